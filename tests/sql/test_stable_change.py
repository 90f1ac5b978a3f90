"""change_stable: the change of an area over the units that state the figure in both years."""

from datetime import date

from asked_fixture import Asked, asked
from warehouse_fixtures import ANHAI, CHIDIAN, TIANFU, Report, Warehouse, say


def of(code: str, year: int, trainings: float | None, rate: float | None = None) -> Report:
    clauses = [] if trainings is None else [say("training_sessions", f"培训{{{trainings}}}场。", trainings)]
    clauses += [] if rate is None else [say("exam_pass_rate", f"合格率{{{rate}}}%。", rate)]
    return Report(f"{code}{year}.txt", code, year, clauses)


def county(warehouse: Warehouse, metric: str = "training_sessions") -> list[tuple[object, ...]]:
    return warehouse.sql(
        "SELECT report_year, value, change_stable, n_stable FROM county_year "
        f"WHERE metric_code = '{metric}' AND county_code = '350582' ORDER BY 1"
    )


def test_a_unit_that_comes_or_goes_changes_nothing(tmp_path):
    """安海镇 comes with 50 in 2022 and goes in 2024; 池店镇 goes from 10 to 12 to 11 and then up by one."""
    own = [of(CHIDIAN, year, n) for year, n in ((2021, 10), (2022, 12), (2023, 11), (2024, 12))]
    warehouse = asked(
        tmp_path, *own, of(ANHAI, 2022, 50), of(ANHAI, 2023, 40), of(ANHAI, 2024, None), of(TIANFU, 2022, 9)
    )
    assert county(warehouse) == [(2021, 10, None, 0), (2022, 62, 2, 1), (2023, 51, -11, 2), (2024, 12, 1, 1)]
    for level, code in (("city", "350500"), ("province", "350000")):
        columns = "report_year, value, change_stable, n_stable"
        found = (
            f"SELECT {columns} FROM {level}_year WHERE metric_code = 'training_sessions' AND {level}_code = '{code}'"
        )
        assert warehouse.sql(f"{found} ORDER BY 1") == county(warehouse)


def test_a_rate_changes_by_the_mean_of_its_units(tmp_path):
    years = {CHIDIAN: {2022: 90, 2023: 100}, ANHAI: {2022: 80, 2023: 86}}
    reports = [of(code, year, None, rate) for code, own in years.items() for year, rate in own.items()]
    assert county(asked(tmp_path, *reports), "exam_pass_rate") == [(2022, 85, None, 0), (2023, 93, 8, 2)]


def test_a_merger_is_no_change_of_who_reports(tmp_path):
    """池店镇 was made in 2023 of 池店乡 (4) and 溜滨镇 (3) and states 9: 2 more than both."""
    old = {"350582298": "溜滨镇", "350582299": "池店乡"}
    warehouse = Asked(tmp_path, [of("350582298", 2022, 3), of("350582299", 2022, 4), of(CHIDIAN, 2023, 9)])
    warehouse.rows["ref_division_changes"] = [
        {
            "kind": "merger", "county_code": "350582", "county_name": "晋江市", "source": "notice", "url": "x",
            "changed_on": date(2023, 6, 1), "old_code": code, "old_name": name, "known_since": date(2010, 1, 1),
            "new_code": CHIDIAN, "new_name": "池店镇",
        }
        for code, name in old.items()
    ]  # fmt: skip
    assert county(warehouse) == [(2022, 7, None, 0), (2023, 9, 2, 1)]
