"""One extractor reads every sentence anew, the other every template once: they agree in every field."""

import json
from collections.abc import Sequence

import pytest

from benchmarks.corpus import generate
from pipelines.codebook.load import load_codebook
from pipelines.extract.report.engine import Extractor
from pipelines.extract.sentence.tokens import Span
from pipelines.paths import PROJECT_ROOT
from pipelines.read.reader import read_bytes

GOLD = sorted((PROJECT_ROOT / "tests" / "gold").rglob("*.txt"))
REPORTS = 2_000
SEED = 29


FAST, ANEW = Extractor(load_codebook()), Extractor(load_codebook(), remember=False)


def assert_agreement(text: str, year: int | None, furniture: Sequence[Span] = ()) -> None:
    for _ in range(2):  # the second time nothing is new
        assert FAST.extract(text, furniture, year) == ANEW.extract(text, furniture, year), text[:80]


def test_on_the_labelled_texts() -> None:
    assert len(GOLD) > 150
    for path in GOLD:
        document = read_bytes(path.read_bytes(), path.name)
        furniture = [(span.start, span.end) for span in document.furniture]
        year = json.loads(path.with_suffix(".json").read_text(encoding="utf-8")).get("report_year")
        assert_agreement(document.text, year, furniture)


@pytest.mark.parametrize("first", range(0, REPORTS, 250))
def test_on_generated_reports(first: int) -> None:
    for report in generate(250, SEED, first):
        fast = FAST.extract(report.text, (), report.report_year)
        assert fast == ANEW.extract(report.text, (), report.report_year), report.report_id


@pytest.mark.parametrize(
    "text",
    [
        "2023到各村开展普法宣传36场。",
        "2019年至2023，调解纠纷120件。",
        "2019-2023年调解纠纷120件，2023人次参加。",
        "12345百件次。",
        "罚没4,200%。",
        "投入36亿万元。",
        "培训120人次（2020年60人次）、1234567人次（累计）。",
    ],
)
@pytest.mark.parametrize("year", [None, 2016, 2020, 2024])
def test_what_looks_like_a_year_or_a_plain_numeral(text: str, year: int | None) -> None:
    assert_agreement(text, year)


def test_the_longest_classifier_counts_before_a_bracket() -> None:
    (number, *_) = FAST.extract("培训执法人员120人次（含网络培训）。", (), 2024).numbers
    assert (number.text, number.unit_raw) == ("120人次", "人次")


def test_the_year_of_the_report_moves_nothing_but_years() -> None:
    text = "{}年，全镇开展普法宣传{}场。{}年底，持证执法人员12名，较{}年新增2名。{}年以来累计调解纠纷300件。"
    for year in (2016, 2020, 2024):
        for number in ("2020", "2,024", "2019", "36"):
            said = text.format(year, number, year, year - 1, year - 3)
            assert_agreement(said, year)
    ancient = text.format(2024, 36, 2024, 2001, 2003)  # as of 2020 these would be of the last century
    assert_agreement(ancient, 2024)


@pytest.mark.parametrize(
    "numeral",
    [
        "0",
        "7",
        "07",
        "36",
        "1,200",
        "12000",
        "1234567",
        "12345678",
        "3.5万",
        "1.2万余",
        "2千",
        "1 200",
        "23 45",
        "3件-5",
        "8000至1万",
        "1万2千",
        "1亿2000万",
        "3余",
        "95.5%",
        "3-5",
        "5至8",
        "3·15",
        "3.15",
        "２６",
    ],
)
@pytest.mark.parametrize(
    "words",
    [
        "全年开展普法宣传活动{}场次。",
        "培训执法人员{}人次，发放资料{}份，办结率达{}。",
        "{}.3月{}日至4月{}日办班{}期（县法办〔2024〕{}号）。",
        "({}){}、截至{}月{}日，调解纠纷{}件，{}号台账。",
        "第{}期法治培训，“{}”行动，{}年。",
    ],
)
def test_any_numeral_in_any_place(words: str, numeral: str) -> None:
    text = words.format(*[numeral] * words.count("{}"))
    assert_agreement(text, 2024)
