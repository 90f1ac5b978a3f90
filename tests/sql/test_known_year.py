"""No report is on a year after the present one: what its year is then, and what a new year builds again."""

from datetime import date
from pathlib import Path

import pytest
from asked_fixture import Asked, asked
from warehouse_fixtures import ANHAI, CHIDIAN, Report, Warehouse, say

EXAM = [say("exam_sessions", "测试{3}次。", 3)]


def files(year: int, *more: Report) -> list[Report]:
    """A report on 2023, one on `year`, and more."""
    title = {"year_method": "title"}
    return [Report("a.txt", CHIDIAN, 2023, EXAM, title), Report("b.txt", ANHAI, year, EXAM, title), *more]


def dated(folder: Path, present_year: int | None, year: int, *more: Report) -> Asked:
    """Their tables, as they are in the present year."""
    found = asked(folder, *files(year, *more))
    found.present_year = present_year
    return found


def build(warehouse: Warehouse, present_year: int) -> set[str]:
    """The tables that were built again."""
    return {name for name, table in warehouse.build(present_year).items() if not table.reused}


def reports(warehouse: Warehouse) -> dict[str, tuple[object, ...]]:
    columns = "raw_path, report_year, year_method, status, reason_code, status_reason"
    return {row[0]: row[1:] for row in warehouse.sql(f"SELECT {columns} FROM dim_report")}


@pytest.mark.parametrize("year", [2027, 2064])
def test_a_report_on_a_later_year_is_kept_out_and_says_why(tmp_path, year):
    found = dated(tmp_path, 2026, year)
    assert reports(found)["a.txt"] == (2023, "title", "accepted", None, None)
    sentence = f"no_year: {year} is later than the present year, and no report is; give the right year as a correction"
    assert reports(found)["b.txt"] == (None, None, "quarantined", "no_year", sentence)
    sql = found.sql
    assert sql("SELECT max(report_year) FROM fact_indicator") == [(2023,)]
    assert sql("SELECT * FROM panel_year") == [(2023,)]
    assert sql("SELECT DISTINCT report_year FROM cell_status") == [(2023,)]
    assert sql("SELECT kind, report_id FROM review_queue") == [
        ("quarantined_report", Report("b.txt", ANHAI, year, EXAM).report_id)
    ]


@pytest.mark.parametrize("present_year", [2026, 2027, None])
def test_the_present_year_itself_is_no_later_year(tmp_path, present_year):
    found = dated(tmp_path, present_year, 2026)
    assert reports(found)["b.txt"] == (2026, "title", "accepted", None, None)


def test_another_reason_goes_first(tmp_path):
    speech = {"doc_type": "speech", "status": "quarantined", "reason_code": "speech", "status_reason": "a speech"}
    found = dated(tmp_path, 2026, 2024, Report("c.txt", CHIDIAN, 2064, EXAM, speech))
    assert reports(found)["c.txt"][0] is None and reports(found)["c.txt"][3:] == ("speech", "a speech")


def test_on_1_january_nothing_is_built_again_but_what_asks_for_the_year(tmp_path):
    found = Warehouse(tmp_path, files(2024))
    build(found, 2026)
    assert build(found, 2026) == set()
    assert build(found, 2027) == {"correction", "report_alone"}  # equal rows: nothing that reads them is built


def test_on_1_january_a_report_that_waited_for_its_year_is_accepted_and_when_the_clock_goes_back_it_waits_again(
    tmp_path,
):
    found = Warehouse(tmp_path, files(2027))
    build(found, 2026)
    assert reports(found)["b.txt"][2] == "quarantined"
    assert "township_metric" in build(found, 2027)
    assert reports(found)["b.txt"] == (2027, "title", "accepted", None, None)
    build(found, 2026)
    assert reports(found)["b.txt"][2] == "quarantined"


def line(right: str, machine: str | None = None) -> dict[str, object]:
    return {
        "line": 2, "report": "b.txt", "action": "year", "machine_expected": machine, "person_says": right,
        "reason": "read it", "corrected_by": "Li", "corrected_on": date(2026, 3, 1),
    }  # fmt: skip


def test_a_person_gives_the_right_year(tmp_path):
    found = dated(tmp_path, 2026, 2064)
    found.rows["stage_corrections"] = [line("2024")]
    assert reports(found)["b.txt"] == (2024, "correction", "accepted", None, None)


def test_a_person_cannot_give_a_later_year(tmp_path):
    found = dated(tmp_path, 2026, 2024)
    found.rows["stage_corrections"] = [line("2204", "2024")]
    assert reports(found)["b.txt"] == (2024, "title", "accepted", None, None)
    ((outcome, reason),) = found.sql("SELECT outcome, outcome_reason FROM correction")
    assert outcome == "invalid" and reason.startswith("value is 2204, which is later than the present year")
