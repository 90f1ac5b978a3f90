"""The cache: it is bounded, it stays in its process, it knows what depends on the context, and it leaves no trace."""

import pickle
from collections.abc import Sized
from dataclasses import fields

import pytest

from pipelines.codebook.load import load_codebook
from pipelines.extract.cache import BoundedDict, ByContext, ComputedDict, SentenceCache
from pipelines.extract.report.engine import Extractor
from pipelines.extract.sentence.context import HEADING, TOPICS_BEFORE, PrecedingContext
from pipelines.extract.sentence.template import make_template, numeral_offsets
from pipelines.extract.statement_tables import StatementTables

TEXT = "一、普法宣传\n2024年开展法治宣传12场，发放资料300余份。受理信访件3件，其中初访2件。\n我镇高度重视。"


class Answers(PrecedingContext):
    """A context with given answers."""

    def __init__(self, answers: dict[int, int]) -> None:
        super().__init__()
        self._given = answers

    def _find(self, question: int) -> int:
        return self._given.get(question, 0)


def parts(cache: SentenceCache) -> dict[str, BoundedDict]:  # type: ignore[type-arg]
    return {name: part for name, part in vars(cache).items() if isinstance(part, BoundedDict)}


def tables(extractor: Extractor) -> StatementTables:
    assert extractor.cache.statements is not None
    return extractor.cache.statements


def test_a_full_dict_is_emptied() -> None:
    bounded: BoundedDict[int, int] = BoundedDict(3)
    for key in range(8):
        assert bounded.keep(key, key * key) == key * key
        assert len(bounded) <= 3
    assert bounded == {6: 36, 7: 49}


def test_a_limit_of_nothing_keeps_nothing() -> None:
    bounded: BoundedDict[int, int] = BoundedDict(0)
    assert bounded.keep(1, 2) == 2
    assert not bounded


def test_a_value_is_worked_out_once() -> None:
    asked: list[str] = []
    lengths = ComputedDict(2, lambda key: asked.append(key) or len(key))
    assert [lengths[key] for key in ("a", "bb", "a", "bb")] == [1, 2, 1, 2]
    assert asked == ["a", "bb"]
    assert lengths["ccc"] == 3
    assert len(lengths) == 1


def test_a_value_holds_where_the_answers_that_were_asked_for_are_the_same() -> None:
    values: ByContext[str] = ByContext()
    first = Answers({HEADING: 1, TOPICS_BEFORE: 2})
    first.answer(HEADING)  # the reading asked for the heading alone
    values.keep(first, "under heading 1")
    assert values.get(Answers({HEADING: 1, TOPICS_BEFORE: 5})) == "under heading 1"
    assert values.get(Answers({HEADING: 3})) is None
    second = Answers({HEADING: 3, TOPICS_BEFORE: 4})
    second.answer(TOPICS_BEFORE)
    values.keep(second, "topics asked too")
    assert values.get(Answers({HEADING: 3, TOPICS_BEFORE: 4})) == "topics asked too"
    assert values.get(Answers({HEADING: 3, TOPICS_BEFORE: 5})) is None


def test_who_uses_a_value_depends_on_what_it_depends_on() -> None:
    values: ByContext[str] = ByContext()
    context = Answers({HEADING: 1})
    context.answer(HEADING)
    values.keep(context, "value")
    user = Answers({HEADING: 1})
    assert values.get(user) == "value"
    assert user.asked == HEADING


@pytest.mark.parametrize("entries", [1, 2, 5])
def test_a_small_cache_gives_the_same_and_stays_small(entries: int) -> None:
    extractor = Extractor(load_codebook())
    whole = extractor.extract(TEXT, (), 2024)
    extractor.cache = SentenceCache(load_codebook(), entries)
    for _ in range(2):
        assert extractor.extract(TEXT, (), 2024) == whole
        assert all(len(part) <= entries for part in parts(extractor.cache).values())
    assert any(parts(extractor.cache).values())


def test_an_extractor_that_does_not_remember_keeps_nothing() -> None:
    extractor = Extractor(load_codebook(), remember=False)
    assert extractor.extract(TEXT, (), 2024).facts
    assert not any(parts(extractor.cache).values())
    assert extractor.cache.statements is None


@pytest.mark.parametrize("entries", [1, 3])
def test_the_tables_of_statements_are_emptied_with_the_templates(entries: int) -> None:
    extractor = Extractor(load_codebook())
    extractor.cache = SentenceCache(load_codebook(), entries)
    whole, held = Extractor(load_codebook()), []
    for scene in range(40):
        text = f"{TEXT}我镇“{scene}号机制”推行{scene + 1}次。"
        assert extractor.extract(text, (), 2024) == whole.extract(text, (), 2024)
        held.append(len(tables(extractor)))
    assert 0 < max(held) <= 4 * entries + 6 < len(tables(whole))  # six are those of a report


def test_what_no_other_report_states_is_not_kept() -> None:
    extractor = Extractor(load_codebook())
    table = "项目|单位|2024年\n受理信访件|件|45\n法治讲座|场|12"
    for _ in range(2):
        assert [fact.value for fact in extractor.extract(table, (), 2024).facts] == [45, 12]
        assert not len(tables(extractor))
        assert not tables(extractor).kinds


def test_a_report_with_other_numbers_adds_no_template() -> None:
    extractor = Extractor(load_codebook())
    extractor.extract(TEXT, (), 2024)
    known = len(extractor.cache.templates)
    again = extractor.extract(TEXT.replace("12场", "3,456场").replace("2024", "2021"), (), 2021)
    assert len(extractor.cache.templates) == known > 0
    assert again.facts[0].value == 3456


def test_the_codebook_is_not_changed_by_reading() -> None:
    codebook = load_codebook()
    values = {field.name: getattr(codebook, field.name) for field in fields(codebook)}
    sizes = {name: len(value) for name, value in values.items() if isinstance(value, Sized)}
    Extractor(codebook).extract(TEXT, (), 2024)
    assert sizes["units"] and {name: len(getattr(codebook, name)) for name in sizes} == sizes


def test_a_cache_is_not_sent_to_another_process() -> None:
    with pytest.raises(TypeError, match="make an Extractor in each worker"):
        pickle.dumps(SentenceCache(load_codebook()))


@pytest.mark.parametrize(
    ("text", "year", "template", "as_of", "numerals"),
    [
        ("2024年举办讲座12场。", 2024, "2020年举办讲座1场。", 2020, ["12"]),
        ("2023年举办讲座1,200场。", 2024, "2019年举办讲座1场。", 2020, ["1,200"]),
        ("2019—2023年举办讲座5场。", 2024, "2019—2023年举办讲座1场。", 2024, ["5"]),  # a span of years stays
        ("2001年举办讲座5场。", 2024, "2001年举办讲座1场。", 2024, ["5"]),  # 1997 is of another century
        ("举办讲座12场。", None, "举办讲座1场。", None, ["12"]),
        ("举办第12场讲座。", 2024, "举办第12场讲座。", 2020, []),
    ],
)
def test_template(text: str, year: int | None, template: str, as_of: int | None, numerals: list[str]) -> None:
    made, of, found, pieces = make_template(text, year)
    assert (made, of, found) == (template, as_of, numerals)
    assert [made[offset] for offset in numeral_offsets(pieces)] == ["1"] * len(numerals)
