"""The rules of county figures and of the wide row in plain Python (benchmarks.area_rules)."""

from benchmarks.area_rules import Unit, county_year, wide_columns, wide_row
from benchmarks.figure_facts import Indicator

INDICATORS = {
    "talks": Indicator("talks", "flow", "sum"),
    "staff": Indicator("staff", "stock", "sum"),
    "rate": Indicator("rate", "rate", "mean", weight="staff"),
}
OLD, NEW = Unit("1", "c", None, 2019, "usual", ("2",)), Unit("2", "c", 2020, None, "usual", ())
OTHER, FARM = Unit("3", "c", None, None, "usual", ()), Unit("4", "c", None, None, "special", ())


def row(code, year, target, value, low=None, high=None, qualifier="exact"):
    bounds = {"value": value, "value_low": low, "value_high": high, "qualifier": qualifier}
    more = {"method": "single", "has_conflict": False, "n_facts": 1}
    return {"township_code": code, "report_year": year, "metric_code": target, **bounds, **more}


def county(*rows, year=2019, target="talks", names=("value", "value_low", "value_high")):
    found = county_year(rows, [OLD, NEW, OTHER, FARM], INDICATORS)["c", year, target]
    return tuple(found[name] for name in names)


def test_an_unknown_low_is_zero_in_a_sum_and_an_unknown_high_leaves_none():
    rows = (row("1", 2019, "talks", 5, None, 5, "at_most"), row("3", 2019, "talks", 4, 4, 4))
    assert county(*rows) == (9, 4, 9)
    assert county(rows[0], row("3", 2019, "talks", 4, 4, None, "at_least")) == (9, 4, None)


def test_a_report_under_the_new_name_stands_for_the_old_unit_unless_that_reports_too():
    names = ("value", "n_reporting", "n_units", "n_dropped", "coverage")
    new, old = row("2", 2019, "talks", 7, 7, 7), row("1", 2019, "talks", 5, 5, 5)
    assert county(new, names=names) == (7, 1, 2, 0, 0.5)
    assert county(new, old, names=names) == (5, 1, 2, 1, 0.5)


def test_a_report_of_a_unit_that_had_ended_gives_way_to_its_successor():
    rows = (row("1", 2021, "talks", 5, 5, 5), row("2", 2021, "talks", 7, 7, 7))
    names = ("value", "n_reporting", "n_units", "n_dropped", "coverage")
    assert county(*rows, year=2021, names=names) == (7, 1, 2, 1, 0.5)
    assert county(rows[0], year=2021, names=names) == (5, 1, 2, 0, 0.5)


def test_a_special_unit_is_counted_apart():
    rows = (row("4", 2019, "talks", 5, 5, 5), row("3", 2019, "talks", 1, 1, 1))
    assert county(*rows, names=("value", "n_units", "n_special", "n_special_reporting", "coverage")) == (
        6,
        2,
        1,
        1,
        0.5,
    )


def test_a_rate_is_weighted_where_each_unit_states_the_weight():
    rates = (row("1", 2019, "rate", 100, 100, 100), row("3", 2019, "rate", 80, 80, 80))
    staff = (row("1", 2019, "staff", 30, 30, 30), row("3", 2019, "staff", 10, 10, 10))
    names = ("value", "value_low", "method", "mean", "weighted_mean", "n_weighted")
    assert county(*rates, *staff, target="rate", names=names) == (95, 95, "weighted_mean", 90, 95, 2)
    assert county(*rates, staff[0], target="rate", names=names) == (90, 90, "mean", 90, 100, 1)
    about = row("3", 2019, "staff", 10, 9, 11, "approx")
    assert county(*rates, staff[0], about, target="rate", names=names[:2]) == (95, None)


def test_stocks_add_up_at_the_end_of_the_year():
    assert county(row("1", 2019, "staff", 3, 3, 3), target="staff", names=("value", "method")) == (3, "year_end_sum")


def test_the_wide_row_shows_what_is_stated_and_nothing_else():
    names = ["township_code", "talks", "talks_low", "talks_qualifier", "talks_is_lower_bound", "rate", "total"]
    columns = list(wide_columns(names, ["talks", "rate", "total"]))
    assert [column for column, _, _ in columns] == names[1:]
    rows = {"talks": row("1", 2019, "talks", 5, 5, None, "at_least"), "total": row("1", 2019, "total", 6, 6, 6)}
    assert wide_row(rows, columns, {"total"}) == {
        **{"n_metrics": 1, "n_facts": 1, "n_conflicts": 0, "rate": None, "total": 6},
        **{"talks": 5, "talks_low": 5, "talks_qualifier": "at_least", "talks_is_lower_bound": True},
    }
