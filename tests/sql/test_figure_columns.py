"""Columns of township_metric that show how far a figure can be trusted: versions, round numbers, last year's figure."""

from typing import Any

import pytest
from asked_fixture import Asked
from warehouse_fixtures import AT_LEAST, CHIDIAN, Report, say


def rows(tmp_path, sql: str, *reports: Report) -> list[tuple[Any, ...]]:
    warehouse = Asked(tmp_path, reports)
    return warehouse.sql(sql)


def events(path: str, value: float, year: int = 2023, **fields: Any) -> Report:
    return Report(path, CHIDIAN, year, [say("publicity_events", f"普法活动{{{value:g}}}场。", value, **fields)])


VERSIONS = "SELECT value, qualifier, method, n_versions_disagree FROM township_metric WHERE NOT is_headline"


def test_the_canonical_version_is_taken_and_others_that_disagree_are_counted(tmp_path):
    found = rows(tmp_path, VERSIONS, events("a.txt", 20), events("b.txt", 21), events("c.txt", 20))
    assert found == [(20, "exact", "single", 1)]


def test_a_disagreement_is_asked_about(tmp_path):
    sql = "SELECT kind, expected FROM review_queue WHERE kind = 'versions_disagree'"
    (item,) = rows(tmp_path, sql, events("a.txt", 20), events("b.txt", 21))
    assert item[1].endswith("20.0 was kept, and 1 other versions state another figure")


def test_a_rounded_version_does_not_disagree(tmp_path):
    assert rows(tmp_path, VERSIONS, events("a.txt", 21), events("b.txt", 20, **AT_LEAST))[0][3] == 0


def test_what_only_another_version_states_counts_and_is_marked(tmp_path):
    other = Report("b.txt", CHIDIAN, 2023, [say("exam_sessions", "组织考试{3}次。", 3)])
    sql = "SELECT metric_code, value, method FROM township_metric WHERE NOT is_headline"
    assert rows(tmp_path, sql, events("a.txt", 20), other) == [
        ("exam_sessions", 3, "other_version"),
        ("publicity_events", 20, "single"),
    ]


def test_a_whole_year_of_another_report_goes_before_a_part(tmp_path):
    canonical = events("a.txt", 20, period="to_10")
    assert rows(tmp_path, VERSIONS, canonical, events("b.txt", 25))[0][:3] == (25, "exact", "other_version")


def test_reports_on_parts_of_a_year_are_pieces_of_it(tmp_path):
    halves = [
        Report("a.txt", CHIDIAN, 2023, [say("publicity_events", "活动{8}场。", 8, period="first_half")],
               identity={"edition": "part_of_year"}),
        Report("b.txt", CHIDIAN, 2023, [say("publicity_events", "活动{9}场。", 9, period="second_half")],
               identity={"edition": "part_of_year"}),
    ]  # fmt: skip
    assert rows(tmp_path, VERSIONS, *halves) == [(17, "exact", "periods_summed+summed", 0)]


@pytest.mark.parametrize(
    ("value", "is_rounded"),
    [
        (0, False),
        (9, False),
        (10, True),
        (15, False),
        (20, True),
        (100, True),
        (120, True),
        (123, False),
        (4200, True),
        (4236, False),
    ],
)
def test_round_numbers(tmp_path, value, is_rounded):
    sql = "SELECT is_rounded FROM township_metric WHERE NOT is_headline"
    assert rows(tmp_path, sql, events("a.txt", value)) == [(is_rounded,)]


def test_last_years_figure(tmp_path):
    sql = "SELECT report_year, equals_last_year FROM township_metric WHERE NOT is_headline ORDER BY report_year"
    reports = [
        events("a.txt", 20, 2019),
        events("b.txt", 20, 2020),
        events("c.txt", 21, 2021),
        events("d.txt", 21, 2023),
    ]
    assert rows(tmp_path, sql, *reports) == [(2019, None), (2020, True), (2021, False), (2023, None)]
