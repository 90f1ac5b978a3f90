"""township_year: headlines beside the plain figures, each with its qualifier, and the reports behind a row."""

from datetime import date
from typing import Any

from asked_fixture import Asked, asked
from warehouse_fixtures import ANHAI, AT_LEAST, CHIDIAN, SQL_DIR, TIANFU, Report, Warehouse, say

from pipelines.codebook.load import load_codebook


def row(warehouse: Warehouse, columns: str, code: str = CHIDIAN, year: int = 2023) -> dict[str, Any]:
    (found,) = warehouse.sql(
        f"SELECT {{{', '.join(f'{name!r}: {name}' for name in columns.split())}}} FROM township_year "
        f"WHERE township_code = '{code}' AND report_year = {year}"
    )
    return dict(found[0])


def test_a_certified_share_is_not_one_by_construction(tmp_path):
    """The headline takes the certified for the staff where nothing else is stated; the plain figure stays empty."""
    warehouse = asked(
        tmp_path,
        Report("a.txt", CHIDIAN, 2023, [say("enforcement_staff_certified", "{18}人持证。", 18)]),
        Report(
            "b.txt", ANHAI, 2023,
            [say("enforcement_staff", "执法人员{20}人，", 20), say("enforcement_staff_certified", "{18}人持证。", 18)],
        ),
    )  # fmt: skip
    share = "SELECT township_code, enforcement_staff_certified / enforcement_staff FROM township_year ORDER BY 1"
    assert warehouse.sql(share) == [(ANHAI, 0.9), (CHIDIAN, None)]
    columns = "enforcement_staff_headline enforcement_staff_headline_qualifier enforcement_staff_qualifier"
    assert row(warehouse, columns) == {
        "enforcement_staff_headline": 18, "enforcement_staff_headline_qualifier": "at_least",
        "enforcement_staff_qualifier": None,
    }  # fmt: skip


def test_each_figure_has_its_own_bounds_and_qualifier(tmp_path):
    warehouse = asked(
        tmp_path,
        Report(
            "a.txt", CHIDIAN, 2023,
            [
                say("publicity_talks", "宣讲{8}场。", 8),
                say("publicity_events", "普法活动{20}余场。", 20, **AT_LEAST),
                say("training_sessions", "培训约{50}场。", 50, qualifier="approx", value_low=45, value_high=55),
            ],
        ),
    )  # fmt: skip
    columns = [f"{name}{end}" for name in ("publicity_events", "publicity_events_headline") for end in
               ("", "_low", "_high", "_is_lower_bound", "_qualifier")]  # fmt: skip
    found = row(
        warehouse, " ".join([*columns, "publicity_talks", "publicity_talks_qualifier", "training_sessions_qualifier"])
    )
    assert list(found.values()) == [
        20, 20, None, True, "at_least", 28, 28, None, True, "at_least", 8, "exact", "approx",
    ]  # fmt: skip


def test_the_main_indicators_of_the_codebook_are_the_columns_with_a_qualifier(tmp_path):
    """sql/steps/main_indicator.sql says what is main; every code of it is in the codebook and in the table."""
    warehouse = Asked(tmp_path, [Report("a.txt", CHIDIAN, 2023, [say("exam_sessions", "测试{3}次。", 3)])])
    columns = [column.name for column in warehouse.specs["township_year"].columns]
    with_qualifier = {name.removesuffix("_qualifier") for name in columns if name.endswith("_qualifier")}
    listed = {code for (code,) in warehouse.sql((SQL_DIR / "steps/main_indicator.sql").read_text(encoding="utf-8"))}
    headlines = {code for (code,) in warehouse.sql("SELECT metric_code FROM dim_indicator WHERE is_headline")}
    assert with_qualifier == listed | headlines
    assert with_qualifier <= set(columns)
    assert listed <= {indicator.code for indicator in load_codebook().indicators}
    known = {code for (code,) in warehouse.sql("SELECT metric_code FROM dim_indicator WHERE NOT is_headline")}
    assert {code for (code,) in warehouse.sql("SELECT metric_code FROM dim_indicator WHERE is_main")} == listed & known


def test_it_says_which_reports_stand_behind_a_row(tmp_path):
    clauses = [say("exam_sessions", "测试{3}次。", 3)]
    warehouse = asked(
        tmp_path,
        Report("a.txt", CHIDIAN, 2023, clauses, identity={"published_on": date(2024, 1, 20), "edition": "correction"}),
        Report("b.txt", CHIDIAN, 2023, clauses, identity={"published_on": date(2024, 1, 10)}),
        Report(
            "c.txt", CHIDIAN, 2023, clauses,
            identity={"doc_type": "enforcement_report", "edition": "part_of_year", "published_on": date(2023, 7, 1)},
        ),
        Report("d.txt", CHIDIAN, 2022, clauses, identity={"published_on": None}),
        Report(
            "e.txt", ANHAI, 2023, clauses,
            identity={"doc_type": "enforcement_report", "edition": "part_of_year", "published_on": date(2023, 12, 30)},
        ),
    )  # fmt: skip
    columns = "n_reports n_versions report_edition days_to_publication"
    assert list(row(warehouse, columns).values()) == [2, 3, "correction", 20]
    assert list(row(warehouse, columns, year=2022).values()) == [1, 1, None, None]
    assert list(row(warehouse, columns, ANHAI).values()) == [1, 1, "part_of_year", -1]


def test_a_balanced_unit_reports_in_every_year_of_the_warehouse(tmp_path):
    """Also of the years for which only units of other provinces report."""
    clauses = [say("exam_sessions", "测试{3}次。", 3)]
    years = {CHIDIAN: (2021, 2022, 2023), ANHAI: (2022, 2023), TIANFU: (2021, 2023)}
    reports = [Report(f"{code}{year}.txt", code, year, clauses) for code, own in years.items() for year in own]
    warehouse = asked(tmp_path, *reports)
    panel = "SELECT DISTINCT township_code, panel_years, is_balanced FROM township_year ORDER BY 1"
    assert warehouse.sql(panel) == [(ANHAI, 2, False), (CHIDIAN, 3, True), (TIANFU, 2, False)]
    warehouse = asked(tmp_path / "later", *reports, Report("f.txt", TIANFU, 2024, clauses))
    assert warehouse.sql(panel) == [(ANHAI, 2, False), (CHIDIAN, 3, False), (TIANFU, 3, False)]
