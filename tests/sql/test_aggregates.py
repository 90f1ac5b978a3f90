"""Aggregates and changes are honest: what is weighted, what only averaged, whose ground, and compared with whom."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from asked_fixture import Asked
from warehouse_fixtures import ANHAI, AT_LEAST, CHIDIAN, Clause, Report, Warehouse, say

SHISHI = "350582999"  # a unit that was merged into another, for these tests only
YINGLIN = "350582998"


def rate(value: float, **fields: Any) -> Clause:
    return say("exam_pass_rate", f"合格率{{{value:g}}}%。", value, **fields)


def takers(value: float, **fields: Any) -> Clause:
    return say("exam_takers", f"参考{{{value:g}}}名。", value, **fields)


def sessions(value: float, **fields: Any) -> Clause:
    return say("exam_sessions", f"测试{{{value:g}}}次。", value, **fields)


def staff(value: float, **fields: Any) -> Clause:
    return say("enforcement_staff", f"执法人员{{{value:g}}}人。", value, **fields)


@pytest.fixture(autouse=True)
def exam_takers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fixtures' small codebook, with the indicator that weights the pass rate."""
    import warehouse_fixtures

    more = [*warehouse_fixtures.INDICATORS, ("exam_takers", "flow", "sum", "名")]
    monkeypatch.setattr(warehouse_fixtures, "INDICATORS", more)


def build(folder: Path, *reports: Report, changes: tuple[tuple[str, str, str, str], ...] = ()) -> Warehouse:
    """A warehouse in which exam_takers weights exam_pass_rate; `changes` are (day, old code, old name, new code)."""
    warehouse = Asked(folder, reports)
    for row in warehouse.rows["ref_indicators"]:
        row["weight"] = "exam_takers" if row["metric_code"] == "exam_pass_rate" else ""
    warehouse.rows["ref_division_changes"] = [
        {"changed_on": date.fromisoformat(day), "kind": "merger", "county_code": "350582", "county_name": "晋江市",
         "old_code": old, "old_name": name, "known_since": date(2015, 9, 30), "new_code": new, "new_name": "某镇",
         "source": "test"}
        for day, old, name, new in changes
    ]  # fmt: skip
    return warehouse


def county(warehouse: Warehouse, metric: str, columns: str) -> list[tuple[Any, ...]]:
    return warehouse.sql(f"SELECT {columns} FROM county_year WHERE metric_code = '{metric}' ORDER BY report_year")


def test_a_rate_is_weighted_where_all_state_the_weight(tmp_path):
    warehouse = build(
        tmp_path,
        Report("a.txt", CHIDIAN, 2023, [takers(30), rate(90)]),
        Report("b.txt", ANHAI, 2023, [takers(10), rate(100)]),
    )
    columns = "value, value_low, value_high, method, n_reporting"
    assert county(warehouse, "exam_pass_rate", columns) == [(92.5, 92.5, 92.5, "weighted_mean", 2)]
    assert warehouse.sql("SELECT value FROM province_year WHERE metric_code = 'exam_pass_rate'") == [(92.5,)]


def test_one_missing_weight_makes_it_a_plain_mean_that_says_n(tmp_path):
    warehouse = build(
        tmp_path,
        Report("a.txt", CHIDIAN, 2023, [takers(30), rate(90)]),
        Report("b.txt", ANHAI, 2023, [rate(100)]),
    )
    assert county(warehouse, "exam_pass_rate", "value, method, n_reporting") == [(95, "mean", 2)]


def test_a_weight_of_nobody_weights_nothing(tmp_path):
    warehouse = build(tmp_path, Report("a.txt", CHIDIAN, 2023, [takers(0), rate(90)]))
    assert county(warehouse, "exam_pass_rate", "value, method") == [(90, "mean")]


def test_a_rounded_weight_leaves_the_bounds_unknown_and_a_rounded_rate_is_marked(tmp_path):
    warehouse = build(
        tmp_path,
        Report("a.txt", CHIDIAN, 2022, [takers(30, **AT_LEAST), rate(90)]),
        Report("b.txt", CHIDIAN, 2023, [takers(30), rate(90, **AT_LEAST)]),
    )
    columns = "value, value_low, value_high, is_lower_bound, method"
    assert county(warehouse, "exam_pass_rate", columns) == [
        (90, None, None, False, "weighted_mean"),
        (90, 90, None, True, "weighted_mean"),
    ]


def test_flows_sum_and_stocks_sum_as_of_the_end_of_the_year(tmp_path):
    warehouse = build(
        tmp_path,
        Report("a.txt", CHIDIAN, 2023, [sessions(3), staff(6)]),
        Report("b.txt", ANHAI, 2023, [sessions(4, **AT_LEAST), staff(5, period="to_10")]),
    )
    columns = "value, is_lower_bound, method, n_part_of_year"
    assert county(warehouse, "exam_sessions", columns) == [(7, True, "sum", 0)]
    assert county(warehouse, "enforcement_staff", columns) == [(11, False, "year_end_sum", 1)]


def test_a_county_stands_beside_its_code_of_the_year(tmp_path):
    warehouse = Asked(tmp_path, [Report(f"{y}.txt", CHIDIAN, y, [sessions(3)]) for y in (2018, 2019)])
    warehouse.rows["ref_county_changes"] = [
        {"changed_on": date(2019, 6, 30), "known_until": date(2018, 12, 31), "kind": "recode", "old_code": "350521",
         "old_name": "晋江县", "new_code": "350582", "new_name": "晋江市"}
    ]  # fmt: skip
    columns = "report_year, county_code, county_code_then, county_name_then"
    assert county(warehouse, "exam_sessions", columns) == [
        (2018, "350582", "350521", "晋江县"),
        (2019, "350582", "350582", "晋江市"),
    ]


def test_a_largest_figure_is_no_sum(tmp_path):
    reports = [
        Report(f"{n}.txt", code, 2023, [say("laws_studied", f"学习法规{{{n}}}部。", n)])
        for n, code in ((3, CHIDIAN), (8, ANHAI))
    ]
    assert county(build(tmp_path, *reports), "laws_studied", "value, method") == [(8, "max")]


MERGED = (("2021-05-06", SHISHI, "石狮乡", CHIDIAN), ("2021-05-06", YINGLIN, "英林乡", CHIDIAN))
UPGRADED = (("2021-05-06", SHISHI, "池店乡", CHIDIAN), ("2021-05-06", YINGLIN, "英林乡", CHIDIAN))


def test_a_unit_counts_in_the_years_at_whose_end_it_existed(tmp_path):
    warehouse = build(
        tmp_path,
        Report("a.txt", SHISHI, 2020, [sessions(3)]),
        Report("b.txt", SHISHI, 2021, [sessions(4)]),  # the new unit accounts for 2021
        Report("c.txt", CHIDIAN, 2021, [sessions(9)]),
        changes=UPGRADED,
    )
    assert county(warehouse, "exam_sessions", "report_year, value, n_reporting, n_units") == [
        (2020, 3, 1, 3),  # two that became one, and the third of the county
        (2021, 9, 1, 2),
    ]


def test_a_unit_that_took_others_in_was_there_before(tmp_path):
    warehouse = build(
        tmp_path,
        Report("a.txt", SHISHI, 2020, [sessions(3)]),
        Report("b.txt", CHIDIAN, 2020, [sessions(9)]),
        changes=MERGED,
    )
    assert county(warehouse, "exam_sessions", "value, n_reporting, n_units") == [(12, 2, 4)]


AREA = "report_year, value, n_reporting, n_units, coverage, n_dropped"


def test_a_report_under_the_new_name_stands_for_the_units_before_the_change(tmp_path):
    """Neither of the two that became one reports for 2020; the new unit accounts for the ground of both."""
    warehouse = build(
        tmp_path,
        Report("a.txt", CHIDIAN, 2020, [sessions(7)]),
        Report("b.txt", ANHAI, 2020, [sessions(2)]),
        changes=UPGRADED,
    )
    assert county(warehouse, "exam_sessions", AREA) == [(2020, 9, 2, 3, 1, 0)]


def test_a_report_under_the_new_name_is_left_out_where_a_unit_of_then_states_the_same(tmp_path):
    warehouse = build(
        tmp_path,
        Report("a.txt", CHIDIAN, 2020, [sessions(7), staff(5)]),
        Report("b.txt", SHISHI, 2020, [sessions(3)]),
        changes=UPGRADED,
    )
    assert county(warehouse, "exam_sessions", AREA) == [(2020, 3, 1, 3, 1 / 3, 1)]
    assert county(warehouse, "enforcement_staff", AREA) == [(2020, 5, 1, 3, 2 / 3, 0)]


def test_reports_under_the_old_names_stand_for_the_new_unit_until_it_reports(tmp_path):
    warehouse = build(
        tmp_path,
        Report("a.txt", SHISHI, 2021, [sessions(3)]),
        Report("b.txt", YINGLIN, 2021, [sessions(4)]),
        Report("c.txt", SHISHI, 2022, [sessions(3)]),
        Report("d.txt", YINGLIN, 2022, [sessions(4)]),
        Report("e.txt", CHIDIAN, 2022, [sessions(9)]),
        changes=UPGRADED,
    )
    assert county(warehouse, "exam_sessions", AREA) == [(2021, 7, 2, 2, 0.5, 0), (2022, 9, 1, 2, 0.5, 2)]


@pytest.mark.parametrize(("codes", "value"), [((CHIDIAN, SHISHI), 1), ((CHIDIAN, YINGLIN), 2), ((SHISHI, YINGLIN), 2)])
def test_of_several_units_of_one_line_one_always_counts(codes, value, tmp_path):
    """2019: the first unit has ended, the second counts, the third does not yet exist."""
    figures = {CHIDIAN: 1, YINGLIN: 2, SHISHI: 3}
    warehouse = build(
        tmp_path,
        *(Report(f"{code}.txt", code, 2019, [sessions(figures[code])]) for code in codes),
        changes=(("2018-05-06", SHISHI, "英林村", YINGLIN), ("2021-05-06", YINGLIN, "池店乡", CHIDIAN)),
    )
    assert county(warehouse, "exam_sessions", "value, n_reporting, n_dropped") == [(value, 1, 1)]


def test_a_bound_that_is_not_known_counts_as_nothing_in_a_sum(tmp_path):
    """At most 9 of the one, exactly 3 of the other: at least 3, at most 12."""
    warehouse = build(
        tmp_path,
        Report("a.txt", CHIDIAN, 2022, [sessions(9, qualifier="at_most", value_low=None)]),
        Report("b.txt", ANHAI, 2022, [sessions(3)]),
        Report("c.txt", CHIDIAN, 2023, [sessions(9, qualifier="approx", value_low=None, value_high=None)]),
        Report("d.txt", ANHAI, 2023, [sessions(3)]),
    )
    assert county(warehouse, "exam_sessions", "value, value_low, value_high") == [(12, 3, 12), (12, 3, None)]


def test_plain_and_weighted_mean_stand_side_by_side_in_every_year(tmp_path):
    """In 2022 both state the weight, in 2023 one: `value` changes its method, the two columns do not."""
    warehouse = build(
        tmp_path,
        Report("a.txt", CHIDIAN, 2022, [takers(30), rate(90), sessions(4)]),
        Report("b.txt", ANHAI, 2022, [takers(10), rate(100)]),
        Report("c.txt", CHIDIAN, 2023, [takers(30), rate(90)]),
        Report("d.txt", ANHAI, 2023, [rate(100)]),
    )
    columns = "value, method, mean, weighted_mean, n_weighted, n_reporting"
    assert county(warehouse, "exam_pass_rate", columns) == [
        (92.5, "weighted_mean", 95, 92.5, 2, 2),
        (95, "mean", 95, 90, 1, 2),
    ]
    assert county(warehouse, "exam_sessions", "mean, weighted_mean, n_weighted") == [(None, None, None)]


ZONE = "350582501"  # a development zone of the county


def test_a_special_unit_is_not_expected_to_report_and_counts_apart_where_it_does(tmp_path, monkeypatch):
    import warehouse_fixtures

    zone = (ZONE, "晋江经济开发区", "350582", "晋江市", "350500", "泉州市", "350000", "福建省")
    monkeypatch.setattr(warehouse_fixtures, "DIVISIONS", [*warehouse_fixtures.DIVISIONS, zone])
    warehouse = build(
        tmp_path,
        Report("a.txt", CHIDIAN, 2022, [sessions(3)]),
        Report("b.txt", CHIDIAN, 2023, [sessions(3)]),
        Report("c.txt", ZONE, 2023, [sessions(4)]),
    )
    columns = "value, n_reporting, n_units, coverage, n_special_reporting, n_special"
    assert county(warehouse, "exam_sessions", columns) == [(3, 1, 2, 0.5, 0, 1), (7, 2, 2, 0.5, 1, 1)]


@pytest.mark.parametrize(
    ("code", "name", "unit_class"),
    [
        ("350582107", "池店镇", "town"),
        ("411322201", "柳河乡", "township"),
        ("150421201", "罕苏木苏木", "township"),
        ("411322311", "袁店回族乡", "ethnic_township"),
        ("150722201", "鄂温克民族苏木", "ethnic_township"),
        ("441900003", "东城街道", "subdistrict"),
        ("420112001", "吴家山街", "subdistrict"),
        ("110105035", "来广营地区", "subdistrict"),
        ("410104570", "商都路街道", "subdistrict"),
        ("140171406", "太原武宿综合保税区街道", "special"),
        ("650205509", "兵团一三七团乡", "special"),
        ("350582501", "经济开发区", "special"),
        ("230781500", "红旗农场", "special"),
        ("360483400", "山林场", "special"),
        ("340711198", "郊区直辖村级区划", "special"),
    ],
)
def test_the_class_of_a_unit(code, name, unit_class, tmp_path, monkeypatch):
    import warehouse_fixtures

    row = (code, name, "350582", "晋江市", "350500", "泉州市", "350000", "福建省")
    monkeypatch.setattr(warehouse_fixtures, "DIVISIONS", [row])
    warehouse = build(tmp_path)
    assert warehouse.sql("SELECT level, unit_class FROM dim_division ORDER BY level") == [
        ("city", None), ("county", None), ("province", None), ("township", unit_class),
    ]  # fmt: skip


def test_figures_of_the_past_count_where_the_successor_lies(tmp_path):
    warehouse = build(
        tmp_path,
        Report("a.txt", SHISHI, 2020, [sessions(3)]),
        changes=(("2021-05-06", SHISHI, "石狮乡", "441900003"),),
    )
    assert county(warehouse, "exam_sessions", "county_name, value, n_units") == [("东莞市", 3, 2)]


def test_a_chain_of_successors_is_followed_to_its_end(tmp_path):
    warehouse = build(
        tmp_path,
        Report("a.txt", SHISHI, 2017, [sessions(3)]),
        changes=(("2018-05-06", SHISHI, "石狮乡", YINGLIN), ("2021-05-06", YINGLIN, "英林乡", CHIDIAN)),
    )
    assert warehouse.sql(
        f"SELECT current_code, last_year FROM township_succession WHERE township_code IN ('{SHISHI}', '{YINGLIN}') "
        "ORDER BY last_year"
    ) == [(CHIDIAN, 2017), (CHIDIAN, 2020)]


CHANGE = (
    "SELECT metric_code, previous_value, value, is_exact, previous_codes FROM township_change "
    "WHERE through_successor ORDER BY metric_code"
)


def test_a_new_unit_is_compared_with_all_that_it_was_made_of(tmp_path):
    warehouse = build(
        tmp_path,
        Report("a.txt", SHISHI, 2020, [sessions(3), rate(90)]),
        Report("b.txt", YINGLIN, 2020, [sessions(4), staff(5, **AT_LEAST), rate(80)]),
        Report("c.txt", CHIDIAN, 2021, [sessions(9), staff(8), rate(85)]),
        changes=UPGRADED,
    )
    # staff: one of the two does not state it; the rate: two rates do not add up
    assert warehouse.sql(CHANGE) == [("exam_sessions", 7, 9, True, [YINGLIN, SHISHI])]


def test_an_upgrade_compares_rates_too(tmp_path):
    warehouse = build(
        tmp_path,
        Report("a.txt", SHISHI, 2020, [rate(90, **AT_LEAST)]),
        Report("b.txt", CHIDIAN, 2021, [rate(95)]),
        Report("c.txt", CHIDIAN, 2022, [rate(96)]),
        changes=UPGRADED[:1],
    )
    assert warehouse.sql(CHANGE) == [("exam_pass_rate", 90, 95, False, [SHISHI])]
    assert warehouse.sql("SELECT change FROM township_change WHERE NOT through_successor") == [(1,)]


def test_a_unit_that_grew_is_not_compared_with_its_smaller_self(tmp_path):
    reports = [
        Report("a.txt", SHISHI, 2020, [sessions(3)]),
        Report("b.txt", CHIDIAN, 2020, [sessions(5)]),
        Report("c.txt", CHIDIAN, 2021, [sessions(9)]),
    ]
    alone = build(tmp_path / "one", *reports[1:], changes=MERGED[:1])
    assert alone.sql("SELECT change FROM township_change") == []
    whole = build(tmp_path / "all", *reports, changes=MERGED[:1])
    assert whole.sql(CHANGE) == [("exam_sessions", 8, 9, True, [CHIDIAN, SHISHI])]


def test_coverage_tells_a_stated_zero_from_nothing_and_counts_lower_bounds(tmp_path):
    warehouse = build(
        tmp_path,
        Report("a.txt", CHIDIAN, 2023, [sessions(0)]),
        Report("b.txt", ANHAI, 2023, [sessions(4, **AT_LEAST)]),
        Report("c.txt", "510921105", 2023, [staff(4)]),
    )
    assert warehouse.sql(
        "SELECT n_stating, n_zero, n_lower_bound, n_reporting FROM metric_coverage WHERE metric_code = 'exam_sessions'"
    ) == [(2, 1, 1, 3)]


@pytest.mark.parametrize("level", ["county", "city", "province"])
def test_an_area_mart_is_one_level_of_one_text(level, tmp_path):
    warehouse = Asked(tmp_path, [Report("a.txt", CHIDIAN, 2023, [say("exam_sessions", "测试{3}次。", 3)])])
    of_then = ("dim_county_year",) if level == "county" else ()
    assert warehouse.specs[f"{level}_year"].depends_on == ("area_figure", *of_then)
    names = [column.name for column in warehouse.specs[f"{level}_year"].columns]
    columns = [name for name in names if not name.endswith("_then")]
    assert len(names) - len(columns) == 2 * len(of_then)
    rows = warehouse.sql(f"SELECT {', '.join(columns)} FROM area_figure WHERE level = '{level}'")
    assert warehouse.sql(f"SELECT {', '.join(columns)} FROM ({warehouse.specs[f'{level}_year'].query})") == rows
    assert {row[0] for row in rows} == {{"county": "350582", "city": "350500", "province": "350000"}[level]}
