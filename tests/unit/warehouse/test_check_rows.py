"""The rows that a check names: for each condition of its SQL a row that breaks this one alone, and rows that fit it.

`test_checks` shows what the answers lead to.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
import pytest

from pipelines.build.database import name_views
from pipelines.warehouse.checks import load_checks
from pipelines.warehouse.kept_tables import project_tables

SPECS = project_tables().specs
CHECKS = {check.name: check for check in load_checks()}

# what a row holds where a test does not say otherwise: a sound one
SOUND: Mapping[str, Mapping[str, Any]] = {
    "dim_report": {
        "report_id": "r", "township_code": "350582107", "report_year": 2023, "doc_type": "annual_report",
        "doc_kind": "annual_report", "doc_family": "annual", "status": "accepted", "is_canonical": True,
    },
    "fact_indicator": {
        "fact_id": "f", "report_id": "r", "metric_code": "exam_sessions", "value": 3.0, "value_low": 3.0,
        "value_high": 3.0, "unit": "次", "role": "total", "period": "year", "scope_key": "", "evidence": "组织考试3次",
        "char_start": 10, "char_end": 16, "number_start": 14, "number_end": 15, "implicit_zero": False,
        "implausible": False, "township_code": "350582107", "report_year": 2023, "corrected_by": "王",
    },
    "number_mention": {
        "report_id": "r", "char_start": 14, "char_end": 15, "text": "3", "value": 3.0, "disposition": "fact",
        "fact_id": "f",
    },
    "correction": {
        "line": 2, "outcome": "applied", "action": "value", "fact_id": "f", "value": 3.0, "corrected_by": "王",
        "period": "year", "scope_key": "", "role": "total",
    },
    "township_metric": {
        "township_code": "350582107", "report_year": 2023, "metric_code": "exam_sessions", "value": 3.0, "unit": "次",
        "fact_ids": ["f"], "report_ids": ["r"],
    },
    "report_text": {"report_id": "r", "text": "无无无无无无无无无无组织考试3次"},
}  # fmt: skip


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        for name in SOUND:
            columns = ", ".join(f'"{column.name}" {column.type}' for column in SPECS[name].columns)
            made.execute(f"CREATE TABLE {name} ({columns})")
        yield made


def named(con: duckdb.DuckDBPyConnection, check: str, **tables: list[dict[str, Any]]) -> list[Any]:
    """The first column of the rows that a check finds. A table that is not given has one sound row."""
    for name, plain in SOUND.items():
        con.execute(f"DELETE FROM {name}")
        for row in tables.get(name, [{}]):
            filled = {**plain, **row}
            places = ", ".join(f"${at} AS {column}" for at, column in enumerate(filled, start=1))
            con.execute(f"INSERT INTO {name} BY NAME SELECT {places}", list(filled.values()))
    name_views(con, CHECKS[check].views)
    return [row[0] for row in con.execute(CHECKS[check].rows).fetchall()]


RULES = (
    *("bounds_hold_value", "corrections_stand", "fact_has_number", "fact_has_value", "number_within_evidence"),
    *(
        "report_corrections_stand",
        "number_has_disposition",
        "one_canonical",
        "quarantine_has_reason",
        "accepted_is_placed",
        "rates_in_marts",
    ),
    *("marts_leave_implausible_out", "marts_leave_quarantine_out", "some_report_accepted", "values_not_negative"),
    *("evidence_matches_text", "mention_matches_text", "reason_code_is_documented", "rates_in_source"),
)


@pytest.mark.parametrize("check", RULES)
def test_sound_rows_are_not_named(con: duckdb.DuckDBPyConnection, check: str) -> None:
    assert named(con, check) == []


NEWS = {"status": "quarantined", "reason_code": "news", "reason_text": "news", "status_reason": "news: news"}


@pytest.mark.parametrize(
    ("check", "row"),
    [
        ("bounds_hold_value", {"value_low": 4.0, "value_high": None}),
        ("bounds_hold_value", {"value_low": None, "value_high": 2.0}),
        ("bounds_hold_value", {"value": None, "value_low": 4.0, "value_high": 2.0}),
        ("fact_has_value", {"value": None}),
        ("values_not_negative", {"value": -1.0}),
        ("values_not_negative", {"value_low": -1.0}),
        ("values_not_negative", {"value_high": -1.0}),
        ("values_not_negative", {"value": float("inf")}),
        ("number_within_evidence", {"number_start": None}),
        ("number_within_evidence", {"number_end": None}),
        ("number_within_evidence", {"number_start": 9}),
        ("number_within_evidence", {"number_end": 17}),
        ("number_within_evidence", {"number_start": 15, "number_end": 14}),
        ("fact_has_number", {"number_start": 15, "number_end": 16}),
        ("fact_has_number", {"number_start": 13, "number_end": 14}),
        ("fact_has_number", {"report_id": "other"}),
        ("evidence_matches_text", {"evidence": "组织考试4次"}),
        ("evidence_matches_text", {"char_start": 9}),
        ("evidence_matches_text", {"report_id": "no text"}),
    ],
)
def test_a_fact_that_breaks_one_condition_is_named(
    con: duckdb.DuckDBPyConnection, check: str, row: dict[str, Any]
) -> None:
    assert len(named(con, check, fact_indicator=[row])) == 1


@pytest.mark.parametrize(
    ("check", "row"),
    [
        ("bounds_hold_value", {"value_low": 3.0, "value_high": None}),
        ("bounds_hold_value", {"value_low": 2.0, "value_high": 4.0}),
        ("values_not_negative", {"value": 0.0, "value_low": 0.0, "value_high": 0.0}),
        ("number_within_evidence", {"number_start": 10, "number_end": 16}),
        ("number_within_evidence", {"number_start": 12, "number_end": 12}),
        ("fact_has_number", {"number_start": 13, "number_end": 16}),
        ("fact_has_number", {"number_start": 90, "number_end": 91, "implicit_zero": True}),
    ],
)
def test_a_fact_at_the_edge_of_a_condition_is_not_named(
    con: duckdb.DuckDBPyConnection, check: str, row: dict[str, Any]
) -> None:
    assert named(con, check, fact_indicator=[row]) == []


@pytest.mark.parametrize(
    ("row", "is_wrong"),
    [
        ({"disposition": "date", "fact_id": None}, False),
        ({"disposition": "", "fact_id": None}, True),
        ({"disposition": None, "fact_id": None}, True),
        ({"disposition": "fact", "fact_id": None}, True),
        ({"disposition": "date", "fact_id": "f"}, True),
    ],
)
def test_a_number_is_a_fact_or_has_a_reason(
    con: duckdb.DuckDBPyConnection, row: dict[str, Any], is_wrong: bool
) -> None:
    assert bool(named(con, "number_has_disposition", number_mention=[row])) == is_wrong


def test_only_the_number_of_a_fact_is_one(con: duckdb.DuckDBPyConnection) -> None:
    assert named(con, "fact_has_number", number_mention=[{"disposition": "date", "fact_id": None}]) == ["f"]


@pytest.mark.parametrize("row", [{"text": "4"}, {"char_start": 13}, {"char_end": 16}, {"report_id": "no text"}])
def test_a_number_that_the_text_does_not_hold_is_named(con: duckdb.DuckDBPyConnection, row: dict[str, Any]) -> None:
    assert len(named(con, "mention_matches_text", number_mention=[row])) == 1


@pytest.mark.parametrize(
    ("row", "is_wrong"),
    [
        (NEWS, False),
        ({**NEWS, "status": "accepted"}, True),
        ({"status": "lost"}, True),
        ({**NEWS, "status_reason": None}, True),
        ({**NEWS, "reason_code": None, "reason_text": None}, True),
        ({**NEWS, "reason_text": None}, True),
        ({"status_reason": "news: news"}, True),
        ({"reason_text": "news"}, True),
    ],
)
def test_a_report_is_kept_out_with_its_whole_reason_or_not_at_all(
    con: duckdb.DuckDBPyConnection, row: dict[str, Any], is_wrong: bool
) -> None:
    assert bool(named(con, "quarantine_has_reason", dim_report=[row])) == is_wrong


@pytest.mark.parametrize(
    ("row", "is_wrong"),
    [
        ({"township_code": None}, True),
        ({"report_year": None}, True),
        ({**NEWS, "township_code": None, "report_year": None}, False),
    ],
)
def test_an_accepted_report_has_a_unit_and_a_year(
    con: duckdb.DuckDBPyConnection, row: dict[str, Any], is_wrong: bool
) -> None:
    assert bool(named(con, "accepted_is_placed", dim_report=[row])) == is_wrong


OTHER = {"report_id": "s"}
SECOND = {**OTHER, "is_canonical": False}


@pytest.mark.parametrize(
    ("reports", "is_wrong"),
    [
        ([{}, SECOND], False),
        ([{}, OTHER], True),
        ([{"is_canonical": False}, SECOND], True),
        ([{}, {**OTHER, "report_year": 2022}], False),
        ([{}, {**OTHER, "township_code": "350582104"}], False),
        ([{}, {**OTHER, "doc_family": "enforcement", "doc_type": "enforcement_report"}], False),
        ([{}, {**SECOND, "doc_family": "enforcement", "doc_type": "enforcement_report"}], True),
        ([{}, {**OTHER, "doc_family": None, "doc_type": "other"}], False),
        ([{}, {**OTHER, **NEWS}], False),
        ([{}, {**SECOND, **NEWS, "report_year": 2022}], False),
    ],
)
def test_one_report_of_a_unit_year_and_family_is_canonical(
    con: duckdb.DuckDBPyConnection, reports: list[dict[str, Any]], is_wrong: bool
) -> None:
    assert bool(named(con, "one_canonical", dim_report=reports)) == is_wrong


def test_one_accepted_report_is_enough_and_none_is_not(con: duckdb.DuckDBPyConnection) -> None:
    assert named(con, "some_report_accepted", dim_report=[{}, NEWS]) == []
    assert named(con, "some_report_accepted", dim_report=[NEWS, NEWS]) == ["no accepted report among 2 files"]
    assert named(con, "some_report_accepted", dim_report=[]) == ["no accepted report among 0 files"]


def test_a_reason_that_no_page_explains_is_named(con: duckdb.DuckDBPyConnection) -> None:
    assert named(con, "reason_code_is_documented", dim_report=[NEWS]) == []
    assert named(con, "reason_code_is_documented", dim_report=[{**NEWS, "reason_code": "mood"}]) == ["r mood"]


def test_the_marts_take_nothing_of_a_report_that_is_kept_out(con: duckdb.DuckDBPyConnection) -> None:
    assert named(con, "marts_leave_quarantine_out", dim_report=[NEWS]) == ["r"]
    assert named(con, "marts_leave_quarantine_out", dim_report=[]) == ["r"]
    figures = [{"report_ids": ["r", "s"]}]
    assert named(con, "marts_leave_quarantine_out", dim_report=[{}, OTHER], township_metric=figures) == []
    assert named(con, "marts_leave_quarantine_out", dim_report=[{}, {**OTHER, **NEWS}], township_metric=figures) == [
        "s"
    ]


def test_the_marts_take_no_implausible_fact(con: duckdb.DuckDBPyConnection) -> None:
    facts = [{}, {"fact_id": "huge", "implausible": True}]
    assert named(con, "marts_leave_implausible_out", fact_indicator=facts) == []
    figures = [{"fact_ids": ["f", "huge"]}]
    assert named(con, "marts_leave_implausible_out", fact_indicator=facts, township_metric=figures) == ["huge"]


RATE = {"unit": "%", "value": 101.0, "value_low": 101.0, "value_high": 101.0}


@pytest.mark.parametrize(
    ("figure", "fact", "is_wrong"),
    [
        (RATE, RATE, False),  # the report states it, and a person confirmed it
        (RATE, {**RATE, "implausible": True}, True),
        (RATE, {**RATE, "value": 100.0}, True),
        (RATE, {**RATE, "report_year": 2022}, True),
        (RATE, {**RATE, "township_code": "350582104"}, True),
        (RATE, {**RATE, "metric_code": "exam_pass_rate"}, True),
        ({**RATE, "value": 100.0}, {}, False),
        ({**RATE, "unit": "次"}, {}, False),
    ],
)
def test_a_rate_above_100_is_in_a_mart_only_where_a_report_states_it(
    con: duckdb.DuckDBPyConnection, figure: dict[str, Any], fact: dict[str, Any], is_wrong: bool
) -> None:
    found = named(con, "rates_in_marts", township_metric=[figure], fact_indicator=[fact])
    assert bool(found) == is_wrong


@pytest.mark.parametrize(
    ("fact", "is_wrong"),
    [
        (RATE, True),
        ({**RATE, "value": 100.0}, False),
        ({**RATE, "unit": "次"}, False),
        ({**RATE, "township_code": None}, False),
        ({**RATE, "report_year": None}, False),
    ],
)
def test_a_rate_above_100_of_a_report_with_unit_and_year_is_named(
    con: duckdb.DuckDBPyConnection, fact: dict[str, Any], is_wrong: bool
) -> None:
    assert bool(named(con, "rates_in_source", fact_indicator=[fact])) == is_wrong


@pytest.mark.parametrize(
    ("line", "fact", "is_wrong"),
    [
        ({}, {}, False),
        ({}, {"corrected_by": "李"}, True),
        ({}, {"corrected_by": None}, True),
        ({}, {"value": 4.0}, True),
        ({}, {"period": "half"}, True),
        ({}, {"scope_key": "a||"}, True),
        ({}, {"role": "subset"}, True),
        ({"period": None, "scope_key": None, "role": None}, {"role": "subset"}, False),
        ({"outcome": "stale"}, {}, False),
        ({"fact_id": None}, {}, False),
        ({"fact_id": "gone"}, {}, True),
        ({"action": "reject", "value": None}, {}, True),
        ({"action": "reject", "value": None, "fact_id": "gone"}, {}, False),
    ],
)
def test_what_a_person_said_of_a_fact_stands(
    con: duckdb.DuckDBPyConnection, line: dict[str, Any], fact: dict[str, Any], is_wrong: bool
) -> None:
    found = named(con, "corrections_stand", correction=[line], fact_indicator=[fact])
    assert found == (["line 2"] if is_wrong else [])


@pytest.mark.parametrize(
    ("line", "report", "is_wrong"),
    [
        ({"action": "place", "township_code": "350582104"}, {}, True),
        ({"action": "place", "township_code": "350582107"}, {}, False),
        ({"action": "place", "township_code": "350582107"}, {"township_code": None}, True),
        ({"action": "year", "report_year": 2022}, {}, True),
        ({"action": "year", "report_year": 2023}, {}, False),
        ({"action": "year", "report_year": 2023}, {"report_year": None}, True),
        ({"action": "kind", "doc_kind": "work_summary"}, {}, True),
        ({"action": "kind", "doc_kind": "annual_report"}, {}, False),
        ({"action": "kind", "doc_kind": "work_summary"}, {"doc_kind": "work_summary"}, False),
        ({"action": "kind", "doc_kind": "enforcement_report"}, {"doc_kind": "enforcement_report"}, False),
        ({"action": "kind", "doc_kind": "annual_report"}, {"doc_kind": None}, True),
        ({"action": "kind", "doc_kind": "news"}, {"doc_kind": "news"}, True),
        ({"action": "kind", "doc_kind": "news"}, {"doc_kind": "news", **NEWS}, False),
        ({"action": "kind", "doc_kind": "news", "outcome": "stale"}, {}, False),
        ({"action": "place", "township_code": "350582104", "outcome": "superseded"}, {}, False),
        ({"action": "value"}, {"township_code": None, "report_year": None, "doc_kind": None}, False),
    ],
)
def test_what_a_person_said_of_a_report_stands(
    con: duckdb.DuckDBPyConnection, line: dict[str, Any], report: dict[str, Any], is_wrong: bool
) -> None:
    found = named(con, "report_corrections_stand", correction=[{"report_id": "r", **line}], dim_report=[report])
    assert found == (["line 2"] if is_wrong else [])
