"""cell_status: every cell of township_year, with the reason for every blank."""

from datetime import date

import pytest
from asked_fixture import Asked, asked
from warehouse_fixtures import ANHAI, AT_LEAST, CHIDIAN, TIANFU, Report, Warehouse, say

EXAM = [say("exam_pass_rate", "合格率{98}%。", 98)]
KEPT_OUT = {"status": "quarantined", "reason_code": "news", "reason": "x", "status_reason": "news: x"}


def cells(warehouse: Warehouse, metric: str = "exam_pass_rate") -> dict[tuple[str, int], tuple[object, ...]]:
    """(status, has_figure, reason_code) of one indicator, by unit and year."""
    columns = "township_code, report_year, status, has_figure, reason_code"
    found = warehouse.sql(f"SELECT {columns} FROM cell_status WHERE metric_code = '{metric}'")
    return {(code, year): tuple(cell) for code, year, *cell in found}


def test_every_blank_has_its_reason(tmp_path):
    part = {"edition": "part_of_year"}
    warehouse = asked(
        tmp_path,
        Report("a.txt", CHIDIAN, 2021, EXAM),
        Report("b.txt", CHIDIAN, 2022, [say("laws_studied", "学法{4}部。", 4)]),
        Report("c.txt", CHIDIAN, 2024, EXAM, identity=KEPT_OUT),
        Report(
            "d.txt", ANHAI, 2021, [say("training_sessions", "上半年培训{4}场。", 4, period="first_half")], identity=part
        ),
        Report("e.txt", TIANFU, 2024, EXAM),
        Report("f.txt", "441900003", None, EXAM),  # of no year and not accepted, but a document of the unit
    )
    assert cells(warehouse) == {
        (CHIDIAN, 2021): ("stated", True, None),
        (CHIDIAN, 2022): ("silent", False, None),
        (CHIDIAN, 2023): ("no_report", False, None),
        (CHIDIAN, 2024): ("quarantined", False, "news"),
        (ANHAI, 2021): ("part_of_year", False, None),
        **{(ANHAI, year): ("no_report", False, None) for year in (2022, 2023, 2024)},
        **{(TIANFU, year): ("no_report", False, None) for year in (2021, 2022, 2023)},
        (TIANFU, 2024): ("stated", True, None),
        **{("441900003", year): ("no_report", False, None) for year in (2021, 2022, 2023, 2024)},
    }
    assert cells(warehouse, "training_sessions")[ANHAI, 2021] == ("part_of_year", True, None)


def test_a_cell_has_a_figure_where_township_year_has_one(tmp_path):
    """For each headline and main indicator, each unit with a document and each year of the warehouse."""
    warehouse = asked(
        tmp_path,
        Report("a.txt", CHIDIAN, 2022, [*EXAM, say("enforcement_staff_certified", "{18}人持证。", 18)]),
        Report("b.txt", ANHAI, 2023, [say("publicity_events", "普法{20}余场。", 20, **AT_LEAST)]),
        Report("c.txt", TIANFU, 2023, [say("laws_studied", "学法{4}部。", 4)]),
    )
    codes = [code for (code,) in warehouse.sql("SELECT metric_code FROM dim_indicator WHERE is_headline OR is_main")]
    assert len(codes) > 12
    wide = {
        (unit, year, code)
        for code in codes
        for unit, year in warehouse.sql(
            f"SELECT township_code, report_year FROM township_year WHERE {code} IS NOT NULL"
        )
    }
    assert wide == set(
        warehouse.sql("SELECT township_code, report_year, metric_code FROM cell_status WHERE has_figure")
    )
    assert {code for _, _, code in wide} >= {
        "enforcement_staff_headline",
        "publicity_events",
        "publicity_events_headline",
    }
    assert warehouse.sql("SELECT count(*) FROM cell_status") == [(3 * 2 * len(codes),)]


@pytest.mark.parametrize(("year", "status"), [(2019, "outside_years"), (2021, "no_report"), (2020, "stated")])
def test_a_unit_that_was_not_there_at_the_end_of_the_year_owes_nothing(tmp_path, year, status):
    """池店镇 was made of 池店乡 in 2020; 安海镇 was always there. A report outside the years counts as what it is."""
    change = {
        "kind": "upgrade", "county_code": "350582", "county_name": "晋江市", "source": "notice", "url": "x",
        "changed_on": date(2020, 6, 1), "old_code": "350582299", "old_name": "池店乡", "known_since": date(2010, 1, 1),
        "new_code": CHIDIAN, "new_name": "池店镇",
    }  # fmt: skip
    reports = [Report(f"{y}.txt", ANHAI, y, EXAM) for y in (2019, 2021)]
    warehouse = Asked(
        tmp_path, [*reports, Report("a.txt", CHIDIAN, 2020, EXAM), Report("b.txt", "350582299", 2019, EXAM)]
    )
    warehouse.rows["ref_division_changes"] = [change]
    found = cells(warehouse)
    assert found[CHIDIAN, year][0] == status
    assert found["350582299", 2021] == ("outside_years", False, None)
    assert found["350582299", 2019] == ("stated", True, None)


def test_the_reason_of_a_quarantined_cell_is_not_that_a_copy_was_found(tmp_path):
    twin = {"raw_sha256": "f" * 64}
    copies = [Report(f"{name}.txt", CHIDIAN, 2023, EXAM, identity=KEPT_OUT, file=twin) for name in ("x", "y")]
    assert cells(asked(tmp_path, *copies, Report("b.txt", ANHAI, 2023, EXAM)))[CHIDIAN, 2023][2] == "news"
