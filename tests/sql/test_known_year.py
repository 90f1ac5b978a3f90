"""No report is on a year after the present one: what its year is then, and what a new year builds again."""

from dataclasses import dataclass
from datetime import date

import pytest
from warehouse_fixtures import ANHAI, CHIDIAN, Report, Warehouse, say

EXAM = [say("exam_sessions", "测试{3}次。", 3)]


@dataclass
class Dated:
    """A warehouse of a report on 2023 and one on a later year, built in a given year."""

    warehouse: Warehouse

    def build(self, present_year: int | None) -> set[str]:
        """The tables that were built again."""
        built = self.warehouse.build(present_year)
        return {name for name, table in built.items() if not table.reused}

    @property
    def reports(self) -> dict[str, tuple[object, ...]]:
        columns = "raw_path, report_year, year_method, status, reason_code, status_reason"
        return {row[0]: row[1:] for row in self.warehouse.sql(f"SELECT {columns} FROM dim_report")}


def dated(folder, year: int, *more: Report) -> Dated:
    title = {"year_method": "title"}
    return Dated(
        Warehouse(
            folder,
            [Report("a.txt", CHIDIAN, 2023, EXAM, title), Report("b.txt", ANHAI, year, EXAM, title), *more],
        )
    )


@pytest.mark.parametrize("year", [2027, 2064])
def test_a_report_on_a_later_year_is_kept_out_and_says_why(tmp_path, year):
    found = dated(tmp_path, year)
    found.build(2026)
    assert found.reports["a.txt"] == (2023, "title", "accepted", None, None)
    sentence = f"no_year: {year} is later than the present year, and no report is; give the right year as a correction"
    assert found.reports["b.txt"] == (None, None, "quarantined", "no_year", sentence)
    sql = found.warehouse.sql
    assert sql("SELECT max(report_year) FROM fact_indicator") == [(2023,)]
    assert sql("SELECT * FROM panel_year") == [(2023,)]
    assert sql("SELECT DISTINCT report_year FROM cell_status") == [(2023,)]
    assert sql("SELECT kind, report_id FROM review_queue") == [
        ("quarantined_report", Report("b.txt", ANHAI, year, EXAM).report_id)
    ]


@pytest.mark.parametrize("present_year", [2026, 2027, None])
def test_the_present_year_itself_is_no_later_year(tmp_path, present_year):
    found = dated(tmp_path, 2026)
    found.build(present_year)
    assert found.reports["b.txt"] == (2026, "title", "accepted", None, None)


def test_another_reason_goes_first(tmp_path):
    speech = {"doc_type": "speech", "status": "quarantined", "reason_code": "speech", "status_reason": "a speech"}
    found = dated(tmp_path, 2024, Report("c.txt", CHIDIAN, 2064, EXAM, speech))
    found.build(2026)
    assert found.reports["c.txt"][0] is None and found.reports["c.txt"][3:] == ("speech", "a speech")


def test_on_1_january_nothing_is_built_again_but_what_asks_for_the_year(tmp_path):
    found = dated(tmp_path, 2024)
    found.build(2026)
    assert found.build(2026) == set()
    assert found.build(2027) == {"correction", "dim_report"}  # equal rows: nothing that reads them is built


def test_on_1_january_a_report_that_waited_for_its_year_is_accepted_and_when_the_clock_goes_back_it_waits_again(
    tmp_path,
):
    found = dated(tmp_path, 2027)
    found.build(2026)
    assert found.reports["b.txt"][2] == "quarantined"
    assert "township_metric" in found.build(2027)
    assert found.reports["b.txt"] == (2027, "title", "accepted", None, None)
    found.build(2026)
    assert found.reports["b.txt"][2] == "quarantined"


def line(right: str, machine: str | None = None) -> dict[str, object]:
    return {
        "line": 2, "report": "b.txt", "action": "year", "machine_expected": machine, "person_says": right,
        "reason": "read it", "corrected_by": "Li", "corrected_on": date(2026, 3, 1),
    }  # fmt: skip


def test_a_person_gives_the_right_year(tmp_path):
    found = dated(tmp_path, 2064)
    found.warehouse.rows["stage_corrections"] = [line("2024")]
    found.build(2026)
    assert found.reports["b.txt"] == (2024, "correction", "accepted", None, None)


def test_a_person_cannot_give_a_later_year(tmp_path):
    found = dated(tmp_path, 2024)
    found.warehouse.rows["stage_corrections"] = [line("2204", "2024")]
    found.build(2026)
    assert found.reports["b.txt"] == (2024, "title", "accepted", None, None)
    ((outcome, reason),) = found.warehouse.sql("SELECT outcome, outcome_reason FROM correction")
    assert outcome == "invalid" and reason.startswith("value is 2204, which is later than the present year")
