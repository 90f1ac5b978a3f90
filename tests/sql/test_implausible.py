"""Figures far beyond what one township can have: marked, asked about, and in no mart, until a person confirms them."""

from datetime import date
from math import inf

import pytest
from asked_fixture import Asked, asked
from warehouse_fixtures import ANHAI, CHIDIAN, Report, Warehouse, say

from pipelines.warehouse.ceilings import load_ceilings

CEILINGS = load_ceilings()
STAFF = CEILINGS.indicators["enforcement_staff"].most
# Marts that hold figures or are made of them.
MARTS = ("township_metric", "county_year", "city_year", "province_year", "area_figure")


def marked(warehouse: Warehouse) -> list[tuple[str, float]]:
    return warehouse.sql("SELECT metric_code, value FROM fact_indicator WHERE implausible ORDER BY metric_code, value")


def status(warehouse: Warehouse, metric: str) -> tuple[str, bool]:
    columns = "status, has_figure"
    where = f"township_code = '{CHIDIAN}' AND report_year = 2023 AND metric_code = '{metric}'"
    (found,) = warehouse.sql(f"SELECT {columns} FROM cell_status WHERE {where}")
    return found


@pytest.mark.parametrize(
    ("metric", "value", "kind"),
    [
        ("enforcement_fines", 1e16, "implausible"),
        ("enforcement_staff", 1e12, "implausible"),
        ("exam_pass_rate", 1e12, "rate_out_of_range"),
        ("exam_pass_rate", 100.5, "rate_out_of_range"),
        ("exam_sessions", inf, "implausible"),
        ("laws_studied", 10 * CEILINGS.units["部"].most + 1, "implausible"),  # by unit: it has no bound of its own
    ],
)
def test_a_figure_far_beyond_its_bound_is_kept_marked_asked_about_and_in_no_mart(tmp_path, metric, value, kind):
    report = Report(
        "a.txt", CHIDIAN, 2023, [say(metric, "共{9}。", value), say("petitions_received", "受理{4}件。", 4)]
    )
    warehouse = asked(tmp_path, report)
    assert marked(warehouse) == [(metric, value)]
    items = warehouse.sql("SELECT kind, fact_ids FROM review_queue")
    assert items == [(kind, [report.fact_id(0)])]
    for mart in MARTS:
        assert warehouse.sql(f"SELECT count(*) FROM {mart} WHERE metric_code = '{metric}'") == [(0,)], mart
    assert warehouse.figure("petitions_received")["value"] == 4


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("enforcement_staff", STAFF + 1),
        ("enforcement_staff", 10 * STAFF),
        ("laws_studied", 10 * CEILINGS.units["部"].most),
        ("exam_pass_rate", 100),
        ("exam_sessions", 0),
    ],
)
def test_a_figure_up_to_ten_times_its_bound_is_only_listed(tmp_path, metric, value):
    warehouse = asked(tmp_path, Report("a.txt", CHIDIAN, 2023, [say(metric, "共{9}。", value)]))
    assert marked(warehouse) == [] and warehouse.figure(metric)["value"] == value
    assert warehouse.sql("SELECT kind FROM review_queue") == []


def test_a_bound_of_a_fact_that_is_far_beyond_makes_it_implausible(tmp_path):
    span = say("enforcement_staff", "执法人员{3}至许多人。", 3, value_high=1e12, qualifier="at_least")
    warehouse = asked(tmp_path, Report("a.txt", CHIDIAN, 2023, [span]))
    assert marked(warehouse) == [("enforcement_staff", 3)] and warehouse.figure("enforcement_staff") is None


def test_the_cell_says_why_it_is_empty_and_so_does_that_of_the_headline(tmp_path):
    report = Report("a.txt", CHIDIAN, 2023, [say("enforcement_staff", "执法人员{9}人。", 1e12)])
    warehouse = asked(tmp_path, report)
    assert status(warehouse, "enforcement_staff") == status(warehouse, "enforcement_staff_headline")
    assert status(warehouse, "enforcement_staff") == ("implausible", False)
    assert status(warehouse, "petitions_received") == ("silent", False)
    assert warehouse.sql("SELECT enforcement_staff, enforcement_staff_headline FROM township_year") == [(None, None)]


def test_what_else_the_report_states_counts_but_no_part_of_an_implausible_total(tmp_path):
    """Of the staff of 10^12 in all, 30 are not the staff; the 12 with a certificate are another indicator."""
    report = Report(
        "a.txt", CHIDIAN, 2023,
        [
            say("enforcement_staff", "执法人员{9}人,", 1e12),
            say("enforcement_staff", "其中街道{30}人,", 30, subset_of=0, scope="街道"),
            say("enforcement_staff_certified", "持证{12}人。", 12, subset_of=0),
        ],
    )  # fmt: skip
    warehouse = asked(tmp_path, report)
    assert warehouse.figure("enforcement_staff") is None
    assert warehouse.figure("enforcement_staff_certified")["value"] == 12
    headline = warehouse.figure("enforcement_staff_headline")
    assert (headline["value"], headline["qualifier"]) == (12, "at_least")
    assert status(warehouse, "enforcement_staff_headline") == ("stated", True)
    assert warehouse.sql("SELECT kind FROM review_queue") == [("implausible",)]


def test_an_implausible_part_is_left_out_and_its_total_counts(tmp_path):
    report = Report(
        "a.txt", CHIDIAN, 2023,
        [
            say("exam_sessions", "测试{8}次,", 8),
            say("exam_sessions", "其中机关{9}次。", 1e9, subset_of=0, scope="机关"),
        ],
    )  # fmt: skip
    warehouse = asked(tmp_path, report)
    figure = warehouse.figure("exam_sessions")
    assert (figure["value"], figure["has_conflict"], figure["method"]) == (8, False, "single")
    assert warehouse.sql("SELECT kind FROM consistency") == []


def test_another_version_or_unit_is_not_touched(tmp_path):
    warehouse = asked(
        tmp_path,
        Report("a.txt", CHIDIAN, 2023, [say("exam_sessions", "测试{9}次。", 1e9)]),
        Report("b.txt", CHIDIAN, 2023, [say("exam_sessions", "测试{7}次。", 7)], identity={"doc_type": "work_summary"}),
        Report("c.txt", ANHAI, 2023, [say("exam_sessions", "测试{5}次。", 5)]),
    )
    assert warehouse.figure("exam_sessions")["value"] == 7
    assert warehouse.sql("SELECT value FROM county_year WHERE metric_code = 'exam_sessions'") == [(12,)]


def test_an_implausible_figure_of_a_report_that_is_kept_out_is_not_asked_about(tmp_path):
    out = {"status": "quarantined", "reason_code": "county_report", "reason": "x", "status_reason": "x"}
    county = Report(
        "a.txt", None, 2023, [say("exam_sessions", "测试{9}次。", 1e9)], identity={**out, "doc_level": "county"}
    )
    warehouse = asked(tmp_path, county)
    assert marked(warehouse) == [("exam_sessions", 1e9)]
    assert warehouse.sql("SELECT kind FROM review_queue") == []


@pytest.mark.parametrize(
    ("action", "right", "figure"), [("accept", None, 60_000), ("value", 60, 60), ("value", 70_000, 70_000)]
)
def test_a_person_confirms_or_corrects_it_and_then_it_counts(tmp_path, action, right, figure):
    report = Report("a.txt", CHIDIAN, 2023, [say("enforcement_staff", "执法人员{60000}人。", 60_000)])
    warehouse = Asked(tmp_path, [report])
    warehouse.rows["stage_corrections"] = [{
        "line": 2, "report": "a.txt", "action": action, "metric_code": "enforcement_staff",
        "evidence": "执法人员60000人",
        "machine_expected": "60000", "number_expected": 60_000, "person_says": right and str(right),
        "number_right": right, "qualifier": right and "exact", "reason": "asked the office", "corrected_by": "Li",
        "corrected_on": date(2025, 3, 1),
    }]  # fmt: skip
    assert marked(warehouse) == [] and warehouse.figure("enforcement_staff")["value"] == figure
    assert status(warehouse, "enforcement_staff") == ("stated", True)
    assert warehouse.sql("SELECT kind FROM review_queue") == []
