"""How several facts become one figure, and what the marts make of the figures."""

from datetime import date

import pytest
from asked_fixture import asked
from warehouse_fixtures import ANHAI, AT_LEAST, CHIDIAN, DONGCHENG, TIANFU, Clause, Report, say


def one(tmp_path, *clauses, **kwargs):
    report = Report("a.txt", CHIDIAN, 2023, clauses, **kwargs)
    return report, asked(tmp_path, report)


def test_single_figure(tmp_path):
    report, warehouse = one(tmp_path, say("exam_sessions", "组织法律知识测试{3}次。", 3))
    figure = warehouse.figure("exam_sessions")
    assert (figure["value"], figure["method"], figure["n_facts"], figure["qualifier"]) == (3, "single", 1, "exact")
    assert figure["fact_ids"] == [report.fact_id(0)]
    assert figure["report_ids"] == [report.report_id]
    assert figure["has_conflict"] is False


def test_two_figures_for_the_same_thing_conflict_and_the_larger_stays(tmp_path):
    report, warehouse = one(
        tmp_path,
        say("training_law_literate_sessions", "给法律明白人上课{3}次。", 3),
        say("training_law_literate_sessions", "法律明白人全年受训{4}次。", 4),
    )
    figure = warehouse.figure("training_law_literate_sessions")
    assert (figure["value"], figure["method"], figure["has_conflict"]) == (4, "larger_of_conflict", True)
    assert figure["fact_ids"] == [report.fact_id(1)]
    assert figure["set_aside_fact_ids"] == [report.fact_id(0)]
    assert warehouse.figure("trainings_held")["has_conflict"] is True
    queue = warehouse.sql("SELECT kind, metric_code, evidence, fact_ids, worth FROM review_queue")
    evidence = "给法律明白人上课3次 ｜ 法律明白人全年受训4次"
    facts = [report.fact_id(0), report.fact_id(1)]
    assert queue == [("conflict", "training_law_literate_sessions", evidence, facts, 85.0)]


def test_a_figure_said_again_counts_once(tmp_path):
    _, warehouse = one(
        tmp_path,
        say("exam_sessions", "组织测试{3}次。", 3),
        say("exam_sessions", "如前所述，测试{3}次。", 3),
    )
    figure = warehouse.figure("exam_sessions")
    assert (figure["value"], figure["method"], figure["has_conflict"], figure["n_facts"]) == (
        3,
        "deduplicated",
        False,
        1,
    )


def test_repeats_are_set_aside(tmp_path):
    report, warehouse = one(
        tmp_path,
        say("exam_sessions", "组织测试{3}次。", 3),
        say("exam_sessions", "总之测试{3}次。", 3, role="repeat", scope="总结"),
    )
    figure = warehouse.figure("exam_sessions")
    assert (figure["value"], figure["method"]) == (3, "deduplicated")
    assert figure["set_aside_fact_ids"] == [report.fact_id(1)]


def test_a_repeat_of_nothing_is_a_figure(tmp_path):
    _, warehouse = one(tmp_path, say("exam_sessions", "组织测试{3}次。", 3, role="repeat"))
    assert warehouse.figure("exam_sessions")["value"] == 3


@pytest.mark.parametrize("second", [2, 5])
def test_different_scopes_add_up_even_when_equal(tmp_path, second):
    _, warehouse = one(
        tmp_path,
        say("training_sessions", "机关干部受训{2}场。", 2, scope="机关干部"),
        say("training_sessions", "村干部受训{" + str(second) + "}场。", second, scope="村干部"),
    )
    figure = warehouse.figure("training_sessions")
    assert (figure["value"], figure["method"], figure["has_conflict"]) == (2 + second, "summed", False)


def test_an_unscoped_figure_may_include_a_scoped_one(tmp_path):
    _, warehouse = one(
        tmp_path,
        say("training_sessions", "举办培训{9}场。", 9),
        say("training_sessions", "机关干部受训{2}场。", 2, scope="机关干部"),
    )
    figure = warehouse.figure("training_sessions")
    found = [figure[name] for name in ("value", "value_low", "value_high", "qualifier", "method")]
    assert found == [9, 9, 11, "at_least", "possible_total+summed"]


def test_figures_of_one_sentence_add_up(tmp_path):
    _, warehouse = one(
        tmp_path,
        say("publicity_volunteers", "乡里招募志愿者{8}名，", 8),
        say("publicity_volunteers", "村里招募志愿者{144}名；", 144),
        say("publicity_volunteers", "社区招募{8}名。", 8),
    )
    figure = warehouse.figure("publicity_volunteers")
    assert (figure["value"], figure["method"], figure["n_facts"]) == (160, "summed", 3)


def test_parts_are_dropped_where_their_total_is_stated(tmp_path):
    report, warehouse = one(
        tmp_path,
        say("enforcement_fines", "罚款共{900}元，", 900),
        say("enforcement_fines", "其中简易程序{200}元，", 200, subset_of=0),
        say("enforcement_fines", "普通程序{700}元。", 700, subset_of=0),
    )
    figure = warehouse.figure("enforcement_fines")
    assert (figure["value"], figure["method"]) == (900, "total_over_parts")
    assert figure["set_aside_fact_ids"] == [report.fact_id(1), report.fact_id(2)]


def test_a_part_of_another_indicator_keeps_its_own_figure(tmp_path):
    _, warehouse = one(
        tmp_path,
        say("enforcement_staff", "执法人员{6}人，", 6),
        say("enforcement_staff_certified", "其中持证{4}人。", 4, subset_of=0),
    )
    assert warehouse.figure("enforcement_staff_certified")["value"] == 4
    headline = warehouse.figure("enforcement_staff_headline")
    assert (headline["value"], headline["qualifier"], headline["method"]) == (6, "exact", "total_over_parts")


def test_a_part_is_no_choice_of_a_headline_even_where_it_exceeds_its_total(tmp_path):
    """Those who are certified stand in for the staff where nobody counts it; a part of it says nothing more."""
    _, warehouse = one(
        tmp_path,
        say("enforcement_staff", "执法人员{6}人，", 6),
        say("enforcement_staff_certified", "其中持证{8}人。", 8, subset_of=0),
    )
    headline = warehouse.figure("enforcement_staff_headline")
    assert (headline["value"], headline["value_high"], headline["has_conflict"]) == (6, 6, True)


def test_rates_are_averaged_and_maxima_taken(tmp_path):
    _, warehouse = one(
        tmp_path,
        say("exam_pass_rate", "干部合格率{90}%。", 90, scope="干部"),
        say("exam_pass_rate", "村民合格率{80}%。", 80, scope="村民"),
        say("laws_studied", "学习法律{10}部。", 10),
        say("laws_studied", "又学法规{12}部。", 12),
    )
    rate, laws = warehouse.figure("exam_pass_rate"), warehouse.figure("laws_studied")
    assert (rate["value"], rate["method"], rate["has_conflict"]) == (85, "averaged", False)
    assert (laws["value"], laws["method"], laws["has_conflict"]) == (12, "maximum", False)


def test_two_rates_for_the_same_thing_conflict(tmp_path):
    _, warehouse = one(
        tmp_path, say("exam_pass_rate", "合格率{90}%。", 90), say("exam_pass_rate", "合格率达{95}%。", 95)
    )
    figure = warehouse.figure("exam_pass_rate")
    assert (figure["value"], figure["has_conflict"]) == (95, True)


def test_bounds_add_up_and_an_unknown_one_stays_unknown(tmp_path):
    _, warehouse = one(
        tmp_path,
        say("training_sessions", "机关干部受训{2}余场，", 2, **AT_LEAST),
        say("training_sessions", "村干部受训{3}场。", 3, confidence=0.7),
        say("publicity_talks", "宣讲近{10}场，", 10, qualifier="approx", value_low=None, value_high=None),
        say("publicity_talks", "又宣讲{1}场。", 1),
    )
    trainings, talks = warehouse.figure("training_sessions"), warehouse.figure("publicity_talks")
    assert [trainings[k] for k in ("value", "value_low", "value_high", "qualifier")] == [5, 5, None, "at_least"]
    assert trainings["confidence"] == 0.7
    assert [talks[k] for k in ("value", "value_low", "value_high", "qualifier")] == [11, 1, None, "approx"]


def test_a_figure_until_october_is_a_lower_bound_and_yields_to_the_whole_year(tmp_path):
    _, warehouse = one(
        tmp_path,
        say("hotline_received", "截至10月受理热线{80}件。", 80, period="to_10"),
        say("petitions_received", "上半年受理信访{5}件。", 5, period="first_half"),
        say("petitions_received", "全年受理信访{12}件。", 12),
    )
    hotline, petitions = warehouse.figure("hotline_received"), warehouse.figure("petitions_received")
    assert (hotline["value"], hotline["qualifier"], hotline["method"]) == (80, "at_least", "part_of_year")
    assert (petitions["value"], petitions["qualifier"], petitions["method"]) == (12, "exact", "year_over_part")


def test_headline_adds_study_and_training(tmp_path):
    report, warehouse = one(
        tmp_path,
        say("study_leadership_sessions", "会前学法{15}次，", 15),
        say("study_staff_sessions", "干部大会学法{20}次。", 20),
        say("training_participants", "受训{300}人次。", 300),
    )
    headline = warehouse.figure("trainings_held")
    assert (headline["value"], headline["method"], headline["is_headline"]) == (35, "summed", True)
    assert headline["fact_ids"] == [report.fact_id(0), report.fact_id(1)]


def test_headline_does_not_add_a_part_again(tmp_path):
    _, warehouse = one(
        tmp_path,
        say("publicity_events", "普法活动{20}场，", 20),
        say("publicity_school_events", "其中进校园{6}场；", 6, subset_of=0),
        say("publicity_talks", "宣讲{5}场。", 5),
    )
    assert warehouse.figure("publicity_school_events")["value"] == 6
    headline = warehouse.figure("publicity_events_headline")
    assert (headline["value"], headline["method"]) == (25, "total_over_parts+summed")


def test_school_events_may_lie_in_the_events(tmp_path):
    _, warehouse = one(
        tmp_path,
        say("publicity_events", "普法活动{20}场。", 20),
        say("publicity_school_events", "进校园{6}场。", 6),
    )
    headline = warehouse.figure("publicity_events_headline")
    found = [headline[name] for name in ("value", "value_low", "value_high", "qualifier", "method")]
    assert found == [20, 20, 26, "at_least", "possible_total+summed"]


def test_certified_staff_stand_in_as_a_lower_bound(tmp_path):
    _, warehouse = one(tmp_path, say("enforcement_staff_certified", "已有{18}人领证。", 18))
    headline = warehouse.figure("enforcement_staff_headline")
    assert [headline[k] for k in ("value", "value_low", "value_high", "qualifier", "method")] == [
        18, 18, None, "at_least", "from_enforcement_staff_certified",
    ]  # fmt: skip
    assert warehouse.figure("enforcement_staff") is None
    columns = "enforcement_staff_headline, enforcement_staff_headline_is_lower_bound, enforcement_staff, trainings_held"
    assert warehouse.sql(f"SELECT {columns} FROM township_year") == [(18, True, None, None)]


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        (
            {"petitions_and_hotline_received": 21, "petitions_received": 10, "hotline_received": 11},
            (21, "exact", "single"),
        ),
        ({"petitions_received": 10, "hotline_received": 11}, (21, "exact", "summed")),
        ({"hotline_received": 10}, (10, "at_least", "incomplete")),
        # Petitions and hotline together cannot be fewer than both added: the larger is a lower bound.
        (
            {"petitions_and_hotline_received": 10, "petitions_received": 11, "hotline_received": 12},
            (23, "at_least", "larger_of_conflict+summed"),
        ),
    ],
)
def test_petitions_handled(tmp_path, clauses, expected):
    _, warehouse = one(tmp_path, *(say(metric, f"受理{{{value}}}件。", value) for metric, value in clauses.items()))
    headline = warehouse.figure("petitions_handled")
    assert (headline["value"], headline["qualifier"], headline["method"]) == expected


def test_annual_report_goes_before_the_enforcement_report(tmp_path):
    annual = Report("a.txt", CHIDIAN, 2023, [say("enforcement_staff", "执法人员{6}人。", 6)])
    enforcement = Report(
        "b.txt", CHIDIAN, 2023,
        [say("enforcement_staff", "执法人员{7}人。", 7), say("enforcement_fines", "罚款{500}元。", 500)],
        identity={"doc_type": "enforcement_report"},
    )  # fmt: skip
    warehouse = asked(tmp_path, annual, enforcement)
    assert warehouse.sql("SELECT is_canonical FROM dim_report") == [(True,), (True,)]
    assert (warehouse.figure("enforcement_staff")["value"], warehouse.figure("enforcement_staff")["n_facts"]) == (6, 1)
    assert warehouse.figure("enforcement_fines")["value"] == 500
    assert warehouse.sql("SELECT n_reports, n_facts FROM township_year") == [(2, 2)]


def test_the_canonical_report_is_chosen_by_rule(tmp_path):
    clauses = [say("exam_sessions", "测试{3}次。", 3)]
    summary = Report("a.txt", CHIDIAN, 2023, clauses, identity={"doc_type": "work_summary"})
    cut = Report("b.txt", CHIDIAN, 2023, clauses, document={"is_complete": False})
    early = Report("c.txt", CHIDIAN, 2023, clauses)
    late = Report("d.txt", CHIDIAN, 2023, clauses, identity={"published_on": date(2024, 2, 9)})
    warehouse = asked(tmp_path, summary, cut, early, late)
    rows = warehouse.sql("SELECT raw_path, is_canonical, canonical_report_id FROM dim_report ORDER BY raw_path")
    assert [row[:2] for row in rows] == [("a.txt", False), ("b.txt", False), ("c.txt", False), ("d.txt", True)]
    assert {row[2] for row in rows} == {late.report_id}
    assert warehouse.sql("SELECT report_ids FROM township_metric") == [([late.report_id],)]


def test_same_bytes_are_counted_once(tmp_path):
    clauses = [say("exam_sessions", "测试{3}次。", 3)]
    same = {"raw_sha256": "f" * 64}
    first = Report("x/1.txt", CHIDIAN, 2023, clauses, file=same)
    copy = Report("x/2.txt", CHIDIAN, 2023, clauses, file=same)
    warehouse = asked(tmp_path, copy, first)
    columns = "raw_path, status, reason_code, status_reason, is_canonical"
    assert warehouse.sql(f"SELECT {columns} FROM dim_report ORDER BY raw_path") == [
        ("x/1.txt", "accepted", None, None, True),
        ("x/2.txt", "quarantined", "duplicate", f"duplicate of {first.report_id}", False),
    ]
    assert warehouse.sql("SELECT count(*) FROM fact_indicator") == [(2,)]
    assert warehouse.sql("SELECT n_facts FROM township_metric") == [(1,)]


def test_quarantined_and_unreadable_reports_stay_out_of_every_mart(tmp_path):
    nameless = Report("n.txt", None, 2023, [say("exam_sessions", "测试{9}次。", 9)], identity={"title": "某镇报告"})
    empty = Report(
        "e.txt", None, None, [], file={"size_bytes": 0},
        document={"read_status": "failed", "reason_code": "empty", "reason": "the file has no bytes",
                  "status_reason": "empty: the file has no bytes"},
        identity={"doc_type": "other", "doc_level": "unknown", "publisher": None, "opening": None, "closing": None},
    )  # fmt: skip
    good = Report("g.txt", CHIDIAN, 2023, [say("exam_sessions", "测试{3}次。", 3)])
    warehouse = asked(tmp_path, nameless, empty, good)
    columns = "raw_path, status, reason_code, reason_text, status_reason"
    assert warehouse.sql(f"SELECT {columns} FROM dim_report ORDER BY raw_path") == [
        ("e.txt", "quarantined", "empty", "the file has no bytes", "empty: the file has no bytes"),
        ("g.txt", "accepted", None, None, None),
        ("n.txt", "quarantined", "no_place", "no unit is named", "no_place: no unit is named"),
    ]
    assert warehouse.sql("SELECT value, township_code FROM fact_indicator ORDER BY value") == [(3, CHIDIAN), (9, None)]
    assert warehouse.sql("SELECT value FROM township_metric") == [(3,)]
    assert warehouse.sql("SELECT report_id, publisher, n_facts FROM worklist_divisions") == [
        (nameless.report_id, "某镇人民政府", 1)
    ]
    assert warehouse.sql("SELECT kind, report_id, worth FROM review_queue") == [
        ("unresolved_unit", nameless.report_id, 61.0)
    ]


def test_area_figures_stand_beside_their_coverage(tmp_path):
    warehouse = asked(
        tmp_path,
        Report("a.txt", CHIDIAN, 2023, [say("exam_sessions", "测试{3}次。", 3), say("exam_pass_rate", "{90}%。", 90)]),
        Report("b.txt", ANHAI, 2023, [say("exam_sessions", "测试{4}余次。", 4, **AT_LEAST),
                                      say("exam_pass_rate", "{100}%。", 100)]),
        Report("c.txt", TIANFU, 2023, [say("exam_sessions", "测试{5}次。", 5)]),
        Report("d.txt", DONGCHENG, 2023, [say("exam_sessions", "测试{6}次。", 6)]),
    )  # fmt: skip
    columns = "metric_code, value, value_high, is_lower_bound, n_reporting, n_units, coverage"
    assert warehouse.sql(f"SELECT county_name, {columns} FROM county_year WHERE county_name <> '东莞市'") == [
        ("晋江市", "exam_pass_rate", 95, 95, False, 2, 2, 1.0),
        ("晋江市", "exam_sessions", 7, None, True, 2, 2, 1.0),
        ("蓬溪县", "exam_sessions", 5, 5, False, 1, 1, 1.0),
    ]
    assert warehouse.sql("SELECT city_name, value FROM city_year WHERE metric_code = 'exam_sessions'") == [
        ("泉州市", 7), ("东莞市", 6), ("遂宁市", 5),
    ]  # fmt: skip
    assert warehouse.sql("SELECT province_name, value, n_units FROM province_year WHERE value > 5 AND value < 90") == [
        ("福建省", 7, 2), ("广东省", 6, 1),
    ]  # fmt: skip
    coverage = "SELECT n_stating, n_reporting, share_stating, median FROM metric_coverage WHERE metric_code = "
    assert warehouse.sql(coverage + "'exam_sessions'") == [(4, 4, 1.0, 4.5)]
    assert warehouse.sql(coverage + "'laws_studied'") == [(0, 4, 0.0, None)]


def test_change_on_the_year_before(tmp_path):
    warehouse = asked(
        tmp_path,
        Report("a.txt", CHIDIAN, 2022, [say("exam_sessions", "测试{4}次。", 4)]),
        Report("b.txt", CHIDIAN, 2023, [say("exam_sessions", "测试{5}余次。", 5, **AT_LEAST)]),
        Report("c.txt", TIANFU, 2021, [say("exam_sessions", "测试{1}次。", 1)]),
        Report("d.txt", TIANFU, 2023, [say("exam_sessions", "测试{2}次。", 2)]),
    )
    assert warehouse.sql("SELECT township_code, report_year, change, change_share, is_exact FROM township_change") == [
        (CHIDIAN, 2023, 1, 0.25, False)
    ]


def test_review_queue_is_ordered_by_worth(tmp_path):
    report, warehouse = one(
        tmp_path,
        Clause(None, "合格情况如下。"),
        say("exam_pass_rate", "合格率{120}%。", 120),
        say("exam_sessions", "测试{3}次。", 3, confidence=0.4, read_as="tie"),
    )
    number = {**warehouse.rows["stage_numbers"][0], "disposition": "unclassified", "fact_id": None}
    warehouse.rows["stage_numbers"].append({**number, "char_start": 0, "char_end": 2, "text": "合格"})
    rows = warehouse.sql("SELECT kind, worth, report_id FROM review_queue")
    assert rows == [
        ("rate_out_of_range", 90.0, report.report_id),
        ("low_confidence", 50.0, report.report_id),
        ("unclassified_number", 40.0, report.report_id),
    ]


def test_a_report_without_figures_has_a_row_and_no_zeros(tmp_path):
    _, warehouse = one(tmp_path, Clause(None, "本镇认真学习。"))
    assert warehouse.sql("SELECT n_facts, trainings_held, petitions_handled FROM township_year") == [(0, None, None)]
    assert warehouse.sql("SELECT count(*) FROM township_metric") == [(0,)]


def test_divisions_of_every_level(tmp_path):
    _, warehouse = one(tmp_path, Clause(None, "无。"))
    rows = warehouse.sql("SELECT level, count(*), count(township_code) FROM dim_division GROUP BY level ORDER BY level")
    assert rows == [("city", 3, 0), ("county", 3, 0), ("province", 3, 0), ("township", 4, 4)]
