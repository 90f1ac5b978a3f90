"""From facts to a headline: which count, which are set aside, and what stands in `method` and `fact_ids`."""

from datetime import date

import pytest
from asked_fixture import Asked, asked
from warehouse_fixtures import AT_LEAST, CHIDIAN, Report, say

PARTS = ("value", "qualifier", "method", "has_conflict")


def one(tmp_path, *clauses):
    report = Report("a.txt", CHIDIAN, 2023, clauses)
    return report, asked(tmp_path, report)


def parts(warehouse, metric):
    return tuple(warehouse.figure(metric)[name] for name in PARTS)


def ids(report, *positions):
    return [report.fact_id(position) for position in positions]


def test_a_headline_names_what_it_took_and_what_it_left(tmp_path):
    """Total over part, repeat, conflict and sum in one headline; each step is in the method, each fact in one list."""
    report, warehouse = one(
        tmp_path,
        say("publicity_events", "普法活动{20}场，", 20),
        say("publicity_school_events", "其中进校园{6}场。", 6, subset_of=0),
        say("publicity_talks", "宣讲{5}场。", 5),
        say("publicity_talks", "累计宣讲{9}场。", 9),
        say("publicity_events", "如上所述活动{20}场。", 20, role="repeat"),
    )
    assert parts(warehouse, "publicity_events_headline") == (
        29, "exact", "total_over_parts+deduplicated+larger_of_conflict+summed", True,
    )  # fmt: skip
    headline = warehouse.figure("publicity_events_headline")
    assert headline["fact_ids"] == ids(report, 0, 3)
    assert sorted(headline["set_aside_fact_ids"]) == sorted(ids(report, 1, 2, 4))
    assert headline["n_facts"] == 2


def test_parts_without_their_total_are_no_parts_of_the_headline(tmp_path):
    """其中 of a figure that is of no headline: the total is not in the sum, so the part is."""
    _, warehouse = one(
        tmp_path,
        say("training_participants", "参训{300}人次，", 300),
        say("training_sessions", "其中培训{4}场。", 4, subset_of=0),
    )
    assert parts(warehouse, "trainings_held") == (4, "exact", "single", False)


def test_a_part_of_another_choice_is_not_added(tmp_path):
    """The headline takes the stated total of both channels, and no channel beside it."""
    report, warehouse = one(
        tmp_path,
        say("petitions_and_hotline_received", "受理信访和热线{50}件，", 50),
        say("petitions_received", "其中信访{12}件，", 12, subset_of=0),
        say("hotline_received", "热线{38}件。", 38, subset_of=0),
    )
    assert parts(warehouse, "petitions_handled") == (50, "exact", "total_over_parts", False)
    assert warehouse.figure("petitions_handled")["fact_ids"] == ids(report, 0)


def test_lower_bounds_stay_lower_bounds(tmp_path):
    _, warehouse = one(
        tmp_path,
        say("petitions_received", "受理信访{40}余件，", 40, **AT_LEAST),
        say("hotline_received", "热线{300}件。", 300),
        say("study_seminars", "研讨约{6}次，", 6, qualifier="approx", value_low=None, value_high=None),
        say("training_sessions", "培训{3}场。", 3),
        say("publicity_talks", "宣讲不到{9}场。", 9, qualifier="at_most", value_low=None),
    )
    assert parts(warehouse, "petitions_handled") == (340, "at_least", "summed", False)
    assert parts(warehouse, "trainings_held") == (9, "approx", "summed", False)
    assert parts(warehouse, "publicity_events_headline") == (9, "at_most", "single", False)


def test_a_stated_zero_counts_and_a_missing_figure_does_not(tmp_path):
    _, warehouse = one(
        tmp_path,
        say("petitions_received", "未发生信访{}件。", 0, implicit_zero=True),
        say("hotline_received", "热线{7}件。", 7),
    )
    assert parts(warehouse, "petitions_handled") == (7, "exact", "summed", False)
    assert warehouse.figure("trainings_held") is None
    zero = asked(tmp_path / "zero", Report("z.txt", CHIDIAN, 2023, [say("hotline_received", "无热线{}。", 0)]))
    assert parts(zero, "petitions_handled") == (0, "at_least", "incomplete", False)


def test_staff_are_not_added_to_those_certified(tmp_path):
    report, warehouse = one(
        tmp_path,
        say("enforcement_staff_certified", "持证{15}人。", 15),
        say("enforcement_staff", "执法人员{18}人。", 18),
    )
    assert parts(warehouse, "enforcement_staff_headline") == (18, "exact", "single", False)
    assert warehouse.figure("enforcement_staff_headline")["fact_ids"] == ids(report, 1)


def test_rates_are_never_summed(tmp_path):
    _, warehouse = one(
        tmp_path,
        say("exam_pass_rate", "干部合格率{100}%，", 100, scope="干部"),
        say("exam_pass_rate", "网格员合格率{90}%。", 90, scope="网格员"),
    )
    assert parts(warehouse, "exam_pass_rate") == (95, "approx", "averaged", False)
    bounds = warehouse.sql("SELECT value_low, value_high FROM township_metric WHERE metric_code = 'exam_pass_rate'")
    assert bounds == [(90, 100)]
    assert warehouse.sql("SELECT count(*) FROM township_metric WHERE is_headline") == [(0,)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"period": "first_half"}, {"period": "to_10"}),
        ({"period": "q2"}, {"period": "first_half"}),
        ({"period": "to_06"}, {}),
        ({"period": "first_half", "scope": "干部"}, {"scope": "干部"}),
    ],
)
def test_a_shorter_part_of_the_year_yields_to_a_longer_and_is_no_conflict(tmp_path, first, second):
    report, warehouse = one(
        tmp_path,
        say("training_sessions", "培训{3}场。", 3, **first),
        say("training_sessions", "培训{8}场。", 8, **second),
    )
    figure = warehouse.figure("training_sessions")
    assert (figure["value"], figure["has_conflict"]) == (8, False)
    assert "year_over_part" in figure["method"] and "summed" not in figure["method"]
    assert figure["set_aside_fact_ids"] == ids(report, 0)
    assert parts(warehouse, "trainings_held")[0] == 8


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"period": "second_half"}, {"period": "to_09"}),  # they overlap from July to September
        ({"period": "first_half", "scope": "干部"}, {}),  # may lie in the year's figure, or beside it
        ({"period": "first_half"}, {"scope": "干部"}),
    ],
)
def test_what_may_overlap_is_a_lower_bound_and_no_conflict(tmp_path, first, second):
    _, warehouse = one(
        tmp_path,
        say("training_sessions", "培训{3}场。", 3, **first),
        say("training_sessions", "培训{8}场。", 8, **second),
    )
    value, qualifier, method, has_conflict = parts(warehouse, "training_sessions")
    assert (value, qualifier, has_conflict) == (8, "at_least", False)
    assert "possible_total" in method


def test_parts_of_the_year_of_different_audiences_add_up_to_a_lower_bound(tmp_path):
    _, warehouse = one(
        tmp_path,
        say("training_sessions", "上半年干部培训{3}场。", 3, period="first_half", scope="干部"),
        say("training_sessions", "村民培训{8}场。", 8, scope="村民"),
    )
    assert parts(warehouse, "trainings_held") == (11, "at_least", "part_of_year+summed", False)


def test_what_is_set_aside_sets_nothing_aside(tmp_path):
    """The half year's figure yields to the year's; that this repeats the half year's number must not drop both."""
    report, warehouse = one(
        tmp_path,
        say("hotline_received", "截至10月受理{5}件。", 5, period="to_10"),
        say("hotline_received", "全年受理{5}件。", 5, role="repeat"),
    )
    figure = warehouse.figure("hotline_received")
    assert (figure["value"], figure["method"]) == (5, "year_over_part")
    assert figure["fact_ids"] == ids(report, 1)


def test_a_headline_draws_on_both_reports_of_a_unit(tmp_path):
    annual = Report("a.txt", CHIDIAN, 2023, [say("petitions_received", "信访{4}件。", 4)])
    enforcement = Report(
        "b.txt", CHIDIAN, 2023,
        [say("hotline_received", "热线{6}件。", 6), say("petitions_received", "信访{5}件。", 5)],
        identity={"doc_type": "enforcement_report"},
    )  # fmt: skip
    headline = asked(tmp_path, annual, enforcement).figure("petitions_handled")
    assert (headline["value"], headline["method"]) == (10, "summed")
    assert headline["report_ids"] == sorted([annual.report_id, enforcement.report_id])
    assert set(headline["fact_ids"]) == {annual.fact_id(0), enforcement.fact_id(0)}


TIE = {"read_as": "tie", "confidence": 0.59}


def status(warehouse, metric):
    found = warehouse.sql(f"SELECT status, has_figure FROM cell_status WHERE metric_code = '{metric}'")
    assert len(found) == 1
    return found[0]


def test_a_tie_never_decides_a_headline_alone(tmp_path):
    """The fact may be another indicator's. It counts for its own, the headline stays empty, and a person is asked."""
    report, warehouse = one(tmp_path, say("publicity_talks", "宣讲{9}场。", 9, **TIE))
    assert parts(warehouse, "publicity_talks") == (9, "exact", "single", False)
    assert warehouse.sql("SELECT * FROM township_metric WHERE is_headline") == []
    assert status(warehouse, "publicity_events_headline") == ("unsure", False)
    assert status(warehouse, "trainings_held") == ("silent", False)
    assert warehouse.sql("SELECT review_id, worth > 40 FROM review_queue") == [
        (f"low_confidence:{report.fact_id(0)}", True)
    ]


@pytest.mark.parametrize("sure", [0, 1])
def test_a_tie_may_confirm_a_headline_or_add_to_it(tmp_path, sure):
    how = [TIE, TIE]
    how[sure] = {}
    report, warehouse = one(
        tmp_path,
        say("publicity_talks", "宣讲{9}场。", 9, **how[0]),
        say("publicity_talks", "全年宣讲{9}场。", 9, **how[1]),
        say("publicity_events", "普法活动{20}场。", 20, **TIE),
    )
    assert parts(warehouse, "publicity_talks") == (9, "exact", "deduplicated", False)
    assert warehouse.figure("publicity_talks")["fact_ids"] == ids(report, sure)
    assert parts(warehouse, "publicity_events_headline") == (29, "exact", "deduplicated+summed", False)
    assert status(warehouse, "publicity_events_headline") == ("stated", True)


def test_another_choice_is_taken_before_a_tie(tmp_path):
    _, warehouse = one(
        tmp_path,
        say("enforcement_staff", "执法人员{18}名。", 18, **TIE),
        say("enforcement_staff_certified", "持证{16}名。", 16),
    )
    assert parts(warehouse, "enforcement_staff_headline")[:2] == (16, "at_least")


def test_a_tie_that_a_person_confirmed_is_one_no_more(tmp_path):
    report = Report("a.txt", CHIDIAN, 2023, [say("publicity_talks", "宣讲{9}场。", 9, **TIE)])
    warehouse = Asked(tmp_path, [report])
    warehouse.rows["stage_corrections"] = [
        {
            "line": 2, "report": "a.txt", "action": "accept", "metric_code": "publicity_talks", "evidence": "宣讲9场",
            "machine_expected": "9", "number_expected": 9, "person_says": None, "number_right": None, "qualifier": None,
            "reason": "read it", "corrected_by": "Li", "corrected_on": date(2025, 3, 1),
        }
    ]  # fmt: skip
    assert parts(warehouse, "publicity_events_headline") == (9, "exact", "single", False)
    assert warehouse.sql("SELECT * FROM review_queue") == []


def test_a_tie_of_indicators_that_count_for_one_headline_is_no_doubt_of_it(tmp_path):
    _, warehouse = one(
        tmp_path,
        say("study_staff_sessions", "学法{8}次。", 8, tied_with=["study_center_group_sessions"], **TIE),
        say("publicity_talks", "宣讲{9}场。", 9, tied_with=["publicity_events", "training_sessions"], **TIE),
    )
    assert parts(warehouse, "trainings_held") == (8, "exact", "single", False)
    assert status(warehouse, "publicity_events_headline") == ("unsure", False)
    asked = "SELECT count(*) FROM review_queue WHERE contains(expected, 'as well study_center_group_sessions')"
    assert warehouse.sql(asked) == [(1,)]


EVENTS, SCHOOL, TALKS = "publicity_events", "publicity_school_events", "publicity_talks"


@pytest.mark.parametrize(
    ("clauses", "value", "high"),
    [
        # What is set aside, and a zero, is in no other figure: 10 activities and 5 talks in villages, or 10 and 3.
        ([(EVENTS, 10), (SCHOOL, 0), (TALKS, 3), (TALKS, 5, "villagers")], 15, 18),
        ([(EVENTS, 10), (TALKS, 3), (SCHOOL, 2, "", 1), (TALKS, 5, "villagers")], 15, 18),
        # 4 and 6 add up to the 10 activities.
        ([(EVENTS, 10), [(SCHOOL, 4), (TALKS, 6, "students")], (TALKS, 3), (TALKS, 5, "villagers")], 15, 18),
        # 4 and 5 add up to the 9 talks; 20 at schools may be among the 10 activities, or not.
        ([(EVENTS, 10), (SCHOOL, 20), (TALKS, 9), [(TALKS, 4, "students"), (TALKS, 5, "villagers")]], 29, 39),
        # The 4 talks are among the activities, so that those in villages can be in none.
        ([(EVENTS, 10), [(TALKS, 4), (SCHOOL, 6)], (TALKS, 5, "villagers"), (SCHOOL, 3, "villagers")], 15, 18),
    ],
)
def test_a_figure_that_is_set_aside_holds_no_other_and_lies_in_none(tmp_path, clauses, value, high):
    said = []
    for sentence in clauses:
        group = sentence if isinstance(sentence, list) else [sentence]
        for at, (metric, number, *more) in enumerate(group, 1):
            scope, total = more[0] if more else "", more[1] if len(more) > 1 else None
            end = "。" if at == len(group) else "，"
            said.append(say(metric, f"{{{number}}}场{end}", number, subset_of=total, scope=scope))
    _, warehouse = one(tmp_path, *said)
    headline = warehouse.figure("publicity_events_headline")
    assert (headline["value"], headline["value_low"], headline["value_high"]) == (value, value, high), headline
