"""The generated corpus: the same for a seed, of every kind, and read rightly however it is cut into batches."""

import re
from collections import Counter
from collections.abc import Sequence

import polars as pl
import pytest

from benchmarks import amounts
from benchmarks.bench import Accuracy, compare
from benchmarks.corpus import LENGTH, Generated, generate
from benchmarks.lexicon import doubled_codebook, indicator_patterns, rule_patterns
from benchmarks.measure import KNOWN_SCHEMA, TEXT_SCHEMA
from benchmarks.patterns import load_wording
from benchmarks.unrepeated import generate_unrepeated, repeated
from pipelines.codebook.load import load_codebook
from pipelines.extract.report.batch import extract_frame
from pipelines.extract.report.engine import Extractor, extract
from pipelines.extract.report.fact_names import fact_ids
from pipelines.extract.row_schemas import FACT_SCHEMA

SEED = 11
CODES = {indicator.code for indicator in load_codebook().indicators}


@pytest.fixture(scope="module")
def reports() -> list[Generated]:
    return list(generate(200, SEED))


@pytest.fixture(scope="module")
def documents(reports: list[Generated]) -> pl.DataFrame:
    return pl.DataFrame([(r.report_id, r.text, [], r.report_year) for r in reports], schema=TEXT_SCHEMA, orient="row")


@pytest.fixture(scope="module")
def read(documents: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    return extract_frame(documents, Extractor(load_codebook()))


def test_a_seed_names_one_corpus(reports: list[Generated]) -> None:
    assert list(generate(20, SEED)) == reports[:20]
    assert list(generate(5, SEED, first=100)) == reports[100:105]
    assert [r.text for r in generate(5, SEED + 1)] != [r.text for r in reports[:5]]


def test_every_indicator_and_every_kind_of_distractor_occurs() -> None:
    wording = load_wording()
    some = list(generate(400, SEED))
    assert {fact.metric_code for report in some for fact in report.facts} == CODES == set(wording.by_code)
    kinds = {*wording.distractors, *wording.page, *wording.tail, "plan", "problem"}
    assert set().union(*(report.distractors for report in some)) == kinds
    assert len({r.township_code[:2] for r in some}) == 31


def test_reports_are_of_the_usual_size(reports: list[Generated]) -> None:
    assert all(0.9 * LENGTH < len(report.text) < 1.1 * LENGTH for report in reports)
    assert 15 <= sum(len(report.facts) for report in reports) / len(reports) <= 25
    sentences = [s for report in reports for s in re.split("[。\n]", report.text) if s]
    counted = sum(bool(re.search("[0-9０-９][余多万]*(?:[次场件份名人个起]|%)", s)) for s in sentences)
    assert 0.08 < counted / len(sentences) < 0.2
    assert not any(mark in report.text for report in reports for mark in "{}\0")


def test_wordings_of_the_other_corpus_hardly_repeat(reports: list[Generated]) -> None:
    other = list(generate_unrepeated(150, SEED))
    assert list(generate_unrepeated(3, SEED, first=100)) == other[100:103]
    assert repeated([(report.text, report.report_year) for report in other]) < 0.01
    assert repeated([(report.text, report.report_year) for report in reports]) > 0.1
    assert all(0.9 * LENGTH < len(report.text) < 1.5 * LENGTH for report in other)
    facts = [fact for report in other[:5] for fact in extract(report.text, (), 2023, load_codebook()).facts]
    assert len(facts) > 25


def test_qualifiers_of_all_kinds_are_written(reports: list[Generated]) -> None:
    used = Counter(fact.qualifier for report in reports for fact in report.facts)
    assert {"exact", "at_least", "at_most", "approx"} == set(used)


@pytest.mark.parametrize(("value", "numeral"), [(2, "两"), (10, "十"), (12, "十二"), (20, "二十")])
def test_small_numbers_in_chinese(value: int, numeral: str) -> None:
    assert amounts._chinese(value) == numeral


def test_facts_do_not_depend_on_the_batch(documents: pl.DataFrame, read: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    whole, extractor = read, Extractor(load_codebook())
    for size in (1, 7, 64):
        parts = [extract_frame(part, extractor) for part in documents.iter_slices(size)]
        assert pl.concat([facts for facts, _ in parts]).equals(whole[0])
        assert pl.concat([numbers for _, numbers in parts]).equals(whole[1])
    facts, _ = extract_frame(documents.reverse(), extractor)
    assert facts.sort("fact_id").equals(whole[0].sort("fact_id"))


def test_plain_path_and_fast_path_agree(reports: list[Generated], read: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    facts = read[0].partition_by("report_id", as_dict=True)
    for report in reports:
        plain = extract(report.text, (), report.report_year, load_codebook())
        starts = [fact.number_start for fact in plain.facts]
        ids = fact_ids(report.report_id, [fact.metric_code for fact in plain.facts], starts)
        rows = facts[(report.report_id,)].to_dicts() if plain.facts else []
        assert [row["fact_id"] for row in rows] == ids
        for fact, row in zip(plain.facts, rows, strict=True):
            total = None if fact.subset_of is None else ids[fact.subset_of]
            own = [name for name in FACT_SCHEMA if hasattr(fact, name) and name != "subset_of"]
            assert {name: getattr(fact, name) for name in own} == {name: row[name] for name in own}
            assert row["subset_of"] == total
            assert report.text[fact.char_start : fact.char_end] == fact.evidence


def test_known_facts_are_found(reports: list[Generated], read: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    accuracy = compare(known_facts(reports), *read)
    assert accuracy.precision >= 0.99, accuracy.worst
    assert accuracy.recall >= 0.99, accuracy.worst
    assert accuracy.unclassified == 0


def known_facts(reports: Sequence[Generated]) -> pl.DataFrame:
    rows = [(r.report_id, f.metric_code, f.value, f.qualifier) for r in reports for f in r.facts]
    return pl.DataFrame(rows, schema=KNOWN_SCHEMA, orient="row")


def test_comparison_pairs_one_to_one() -> None:
    known = pl.DataFrame([("a", "m", 1.0, "exact")] * 2 + [("b", "m", 2.0, "exact")], KNOWN_SCHEMA, orient="row")
    found = pl.DataFrame([("a", "m", 1.0, "exact")] * 3 + [("b", "m", 2.0, "approx")], KNOWN_SCHEMA, orient="row")
    numbers = pl.DataFrame({"disposition": ["fact", "unclassified", "date"]})
    accuracy = compare(known, found, numbers)
    assert isinstance(accuracy, Accuracy)
    assert (accuracy.known, accuracy.found, accuracy.right, accuracy.unclassified) == (3, 4, 2, 1)
    assert accuracy.worst.row(0) == ("m", 3, 4, 2, 3)


def test_doubled_lexicon_finds_the_same(documents: pl.DataFrame, read: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    plain = load_codebook()
    double = doubled_codebook(documents["text"].to_list())
    assert 1.9 * len(plain.terms) < len(double.terms) <= 2 * len(plain.terms)
    facts, _ = extract_frame(documents.head(20), Extractor(double))
    same = read[0].filter(pl.col("report_id").is_in(documents["report_id"].head(20).to_list()))
    assert facts.drop("codebook_version").equals(same.drop("codebook_version"))


def test_regexes_find_what_they_are_for() -> None:
    assert len(indicator_patterns()) == len(CODES)
    assert len(rule_patterns()) > len(CODES)
    found = [m[1] for pattern in indicator_patterns() for m in pattern.finditer("全年发放宣传资料4,200余份。")]
    assert "4,200" in found
