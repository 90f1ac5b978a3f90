"""What holds of figures whatever the reports say: properties of the rules in plain Python (benchmarks.figure_rules)."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from figure_rows import CODEBOOK, Row, document, figures, numbered, stated
from hypothesis import example, given, settings
from hypothesis import strategies as st

METRICS = sorted(code for code in CODEBOOK.indicators if code not in CODEBOOK.headlines)
#: Metrics that are added or compared with each other.
FAMILIES = [
    ("publicity_events", "publicity_school_events", "publicity_talks"),
    ("study_other_sessions", "study_center_group_sessions", "study_staff_sessions"),
    ("training_sessions", "training_enforcement_sessions", "study_center_group_sessions"),
    ("petitions_and_hotline_received", "petitions_received", "hotline_received"),
    ("enforcement_staff", "enforcement_staff_certified"),
    ("exam_pass_rate", "exam_takers"),
    ("laws_studied",),
]
SCOPES = [{}, {}, {}, {"scope": "机关干部", "group": "干部"}, {"scope": "职工", "group": "干部"}, {"scope": "村民"}]
MONTHS = [(1, 12), (1, 12), (1, 12), (1, 6), (7, 12), (1, 9), (4, 10), (3, 3), (12, 12)]
DOCUMENTS = [
    document("r1"),
    document("r2", is_canonical=False),
    document("r3", is_canonical=False, family="enforcement"),
    document("r4", is_canonical=False, edition="part_of_year"),
    document("r5", is_canonical=False, edition="part_of_year"),
]
NAMES = tuple(one.report_id for one in DOCUMENTS)
#: Equal values with other bounds beside one that contradicts both.
TIE = [
    stated("publicity_events", 9, "at_least", sentence=1),
    stated("publicity_events", 9, "approx", value_low=8, value_high=10, sentence=2),
    stated("publicity_events", 5, sentence=3),
]
#: Two sentences that each add up to the total.
TWO_SENTENCES = [
    stated("publicity_talks", 4, sentence=1),
    stated("publicity_school_events", 6, sentence=1),
    stated("publicity_events", 3, sentence=2, scope="机关"),
    stated("publicity_events", 7, sentence=2, scope="职工"),
    stated("publicity_events", 10, sentence=3),
    stated("publicity_events", 1, sentence=4, scope="村民"),
]
MANY = settings(deadline=None, max_examples=150)
FOUND = ("value", "value_low", "value_high", "qualifier", "has_conflict", "n_versions_disagree")


@st.composite
def facts(draw: st.DrawFn, metrics: tuple[str, ...], reports: tuple[str, ...]) -> Row:
    """A fact of a small number, so that equal ones, sums and contradictions are frequent."""
    value = float(draw(st.integers(0, 12)))
    said = draw(st.sampled_from(["exact", "exact", "exact", "at_least", "at_most", "approx"]))
    more: dict[str, Any] = dict(draw(st.sampled_from(SCOPES)))
    if said == "approx":
        more |= {"value_low": max(value - 1, 0.0), "value_high": value + 1}  # sums of these are exact
    return stated(
        *(draw(st.sampled_from(metrics)), value, said),
        months=draw(st.sampled_from(MONTHS)),
        report_id=draw(st.sampled_from(reports)),
        sentence=draw(st.integers(1, 5)),
        role=draw(st.sampled_from(["total", "total", "total", "repeat"])),
        is_substitute=draw(st.sampled_from([False, False, False, True])),
        **more,
    )


@st.composite
def reports(draw: st.DrawFn) -> list[Row]:
    """Facts of a unit and year in the order of their sentences. Some are parts of another fact of their report."""
    metrics = draw(st.sampled_from(FAMILIES))
    few = draw(st.sampled_from([("r1",), ("r1",), NAMES]))
    rows = draw(st.lists(facts(draw(st.sampled_from([metrics, metrics[:1]])), few), min_size=1, max_size=7))
    rows = numbered(sorted(rows, key=lambda row: (row["report_id"], row["sentence"])))
    for row in rows:
        totals = [other["fact_id"] for other in rows if other["report_id"] == row["report_id"]]
        if row["role"] == "total" and draw(st.integers(0, 4)) == 0:
            row |= {"role": "subset", "subset_of": draw(st.sampled_from(totals))}
    return rows


def damaged(row: Row, kind: str) -> Row:
    """The row with bounds that contradict its value, or with a period that ends before it begins."""
    if kind == "period":
        return row | {"period_start": 9, "period_end": 2}
    return row | {"value_low": row["value"] + 3, "value_high": row["value"] + 5}


def found(rows: list[Row], columns: tuple[str, ...] = FOUND) -> dict[str, tuple[Any, ...]]:
    """The columns of each target."""
    return {target: tuple(row[c] for c in columns) for target, row in figures(*rows, documents=DOCUMENTS).items()}


def moved(rows: list[Row], place: Callable[[int], int]) -> list[Row]:
    """The rows with each sentence at another place of its text."""
    return [row | {"sentence": (at := place(row["sentence"])), "number_start": 100 * at} for row in rows]


@MANY
@given(reports(), st.sets(st.integers(0, 6)), st.sampled_from(["period", "bounds"]))
def test_the_value_lies_within_its_bounds_and_each_fact_stands_once(rows: list[Row], bad: set[int], kind: str) -> None:
    rows = [damaged(row, kind) if at in bad else row for at, row in enumerate(rows)]
    for target, row in figures(*rows, documents=DOCUMENTS).items():
        assert (row["value_low"] or 0) <= row["value"]
        assert row["value_high"] is None or row["value"] <= row["value_high"]
        exact = row["value_low"] == row["value"] == row["value_high"]
        assert (row["qualifier"] == "exact") == exact
        metrics = {m for c in CODEBOOK.headlines.get(target, ()) for m in c.metrics} or {target}
        expected = sorted(fact["fact_id"] for fact in rows if fact["metric_code"] in metrics)
        assert sorted(row["fact_ids"] + row["set_aside_fact_ids"]) == expected and row["fact_ids"]


@MANY
@given(reports(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows: list[Row], random: Random) -> None:
    assert figures(*random.sample(rows, len(rows)), documents=DOCUMENTS) == figures(*rows, documents=DOCUMENTS)


@MANY
@given(reports(), st.permutations(range(1, 6)))
@example(numbered(TIE), [2, 1, 3, 4, 5])
@example(numbered(TWO_SENTENCES), [2, 1, 3, 4, 5])
def test_the_order_of_sentences_changes_nothing(rows: list[Row], order: list[int]) -> None:
    assert found(moved(rows, lambda sentence: order[sentence - 1])) == found(moved(rows, lambda sentence: sentence))


@MANY
@given(reports(), st.integers(1, 5), st.sampled_from(NAMES))
def test_a_sentence_that_is_said_again_changes_nothing(rows: list[Row], sentence: int, report: str) -> None:
    said = [row for row in rows if (row["report_id"], row["sentence"]) == (report, sentence)]
    names = {row["fact_id"]: f"again {row['fact_id']}" for row in said}
    again = [
        row
        | {"fact_id": names[row["fact_id"]], "sentence": 9, "number_start": 900 + row["number_start"]}
        | {"subset_of": names.get(row["subset_of"], row["subset_of"])}
        for row in said
    ]
    assert found([*rows, *again]) == found(rows)


@MANY
@given(reports())
def test_a_part_is_not_larger_than_its_total_without_a_conflict(rows: list[Row]) -> None:
    made = figures(*rows, documents=DOCUMENTS)
    by_id = {row["fact_id"]: row for row in rows}
    for part in rows:
        total = by_id.get(part["subset_of"])
        if (
            part["is_substitute"]
            or total is None
            or total["value_high"] is None
            or (part["value_low"] or 0) <= total["value_high"]
        ):
            continue
        row = made[total["metric_code"]]
        if total["metric_code"] == part["metric_code"] and total["fact_id"] in row["fact_ids"]:
            assert row["has_conflict"]


@MANY
@given(st.sets(st.integers(1, 11)), st.lists(st.integers(0, 50), min_size=12, max_size=12))
def test_periods_that_cover_the_year_give_the_year(cuts: set[int], values: list[int]) -> None:
    starts = [1, *(cut + 1 for cut in sorted(cuts))]
    ends = [*sorted(cuts), 12]
    split = [
        stated("publicity_events", v, months=m) for v, m in zip(values, zip(starts, ends, strict=True), strict=False)
    ]
    total = float(sum(values[: len(split)]))
    row = figures(*split)["publicity_events"]
    assert (row["value"], row["value_low"], row["value_high"], row["has_conflict"]) == (total, total, total, False)
    whole = figures(*split, stated("publicity_events", total))["publicity_events"]
    assert (whole["value"], whole["qualifier"], whole["has_conflict"]) == (total, "exact", False)


@MANY
@given(reports(), st.sampled_from(["period", "bounds"]))
def test_what_contradicts_itself_is_never_exact_without_a_conflict(rows: list[Row], kind: str) -> None:
    for row in figures(*(damaged(row, kind) for row in rows), documents=DOCUMENTS).values():
        assert row["has_conflict"] or row["qualifier"] != "exact"


@MANY
@given(reports())
def test_a_circle_of_parts_is_never_exact_without_a_conflict(rows: list[Row]) -> None:
    last = rows[-1]["fact_id"]
    for row in rows:
        row |= {"report_id": "r1", "role": "subset", "subset_of": last}
        last = row["fact_id"]
    for row in figures(*rows, documents=DOCUMENTS).values():
        assert row["has_conflict"] or row["qualifier"] != "exact"


@pytest.mark.parametrize("metric", METRICS)
def test_a_figure_alone_is_what_was_said(metric: str) -> None:
    row = figures(stated(metric, 7))[metric]
    assert (row["value"], row["qualifier"], row["method"], row["has_conflict"]) == (7, "exact", "single", False)
