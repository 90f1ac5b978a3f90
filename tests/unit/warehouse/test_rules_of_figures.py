"""The rules of figures in plain Python (benchmarks.figure_rules): one small example a rule, in their order."""

import pytest
from figure_rows import document, figure, figures, stated

EVENTS, TALKS, SCHOOL = "publicity_events", "publicity_talks", "publicity_school_events"
STAFF, CERTIFIED, LAWS = "enforcement_staff", "enforcement_staff_certified", "laws_studied"
RATE, TAKERS = "exam_pass_rate", "exam_takers"
BOTH, PETITIONS, HOTLINE = "petitions_and_hotline_received", "petitions_received", "hotline_received"
CENTER, STUDY_STAFF, OTHER = "study_center_group_sessions", "study_staff_sessions", "study_other_sessions"
FIRST_HALF, SECOND_HALF = (1, 6), (7, 12)


def sure(value, method, conflict=False):
    return (value, value, value, method, conflict)


# Bad input and substitutes


def test_a_bound_that_is_not_stated_follows_from_the_qualifier():
    assert figure(EVENTS, stated(EVENTS, 9, value_low=None, value_high=None)) == sure(9, "single")
    assert figure(EVENTS, stated(EVENTS, 9, "at_least", value_low=None)) == (9, 9, None, "single", False)
    assert figure(EVENTS, stated(EVENTS, 9, "at_most", value_high=None)) == (9, None, 9, "single", False)
    assert figure(EVENTS, stated(EVENTS, 9, "approx")) == (9, None, None, "single", False)


def test_bounds_that_contradict_the_value_are_widened_and_a_conflict():
    assert figure(EVENTS, stated(EVENTS, 9, "approx", value_low=11, value_high=12)) == (
        9,
        9,
        12,
        "larger_of_conflict",
        True,
    )
    assert figure(EVENTS, stated(EVENTS, 9, "at_least", value_low=9, value_high=7)) == (
        9,
        7,
        9,
        "larger_of_conflict",
        True,
    )


def test_a_period_that_ends_before_it_begins_is_turned_round_and_a_conflict():
    assert figure(EVENTS, stated(EVENTS, 9, months=(12, 1))) == sure(9, "larger_of_conflict", True)


def test_a_substitute_counts_only_alone():
    handled = stated(PETITIONS, 43, is_substitute=True)
    assert figure(PETITIONS, handled) == sure(43, "substitute")
    rows = figures(handled, stated(PETITIONS, 45))
    assert rows[PETITIONS]["value"] == 45 and rows[PETITIONS]["set_aside_fact_ids"] == ["f0"]


# Several reports of one unit and year


def test_reports_on_parts_of_the_year_are_one_source():
    documents = [document(name, is_canonical=name == "a", edition="part_of_year") for name in "ab"]
    first = stated(EVENTS, 5, months=FIRST_HALF, report_id="a")
    second = stated(EVENTS, 7, months=SECOND_HALF, report_id="b")
    assert figure(EVENTS, first, second, documents=documents) == sure(12, "periods_summed+summed")


def test_two_reports_on_the_year_are_two_sources():
    documents = [document("a", is_canonical=False), document("b")]
    rows = figures(stated(EVENTS, 5, report_id="a"), stated(EVENTS, 7, report_id="b"), documents=documents)
    assert (rows[EVENTS]["value"], rows[EVENTS]["n_versions_disagree"]) == (7, 1)
    assert rows[EVENTS]["set_aside_fact_ids"] == ["f0"] and rows[EVENTS]["report_ids"] == ["b"]
    assert rows["publicity_events_headline"]["n_versions_disagree"] == 1


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"months": FIRST_HALF}, "other_version"),  # a full year goes before a canonical part of it
        ({"scope": "干部"}, "other_version"),  # unscoped before scoped
        ({}, "single"),  # then the canonical report
    ],
)
def test_which_source_is_chosen(other, words):
    documents = [document("a"), document("b", is_canonical=False, family="enforcement")]
    rows = (stated(EVENTS, 7, report_id="a", **other), stated(EVENTS, 7, report_id="b"))
    assert figure(EVENTS, *rows, documents=documents) == sure(7, words)


# Parts behind 其中, and repeats by words


def test_a_part_and_its_repetition_are_set_aside():
    part = stated(EVENTS, 6, part_of=0, scope="学校")
    assert figure(EVENTS, stated(EVENTS, 20), part) == sure(20, "total_over_parts")
    assert figure(EVENTS, stated(EVENTS, 20), part, stated(EVENTS, 6, scope="学校")) == sure(20, "total_over_parts")
    assert figure(EVENTS, stated(EVENTS, 20), part, stated(EVENTS, 4, scope="学校"))[0] == 20  # may be contained


def test_a_part_that_is_larger_than_its_total_is_a_conflict():
    assert figure(EVENTS, stated(EVENTS, 5), stated(EVENTS, 6, part_of=0)) == sure(
        5, "total_over_parts+larger_of_conflict", True
    )
    assert not figure(EVENTS, stated(EVENTS, 5, "at_least"), stated(EVENTS, 6, part_of=0))[-1]


def test_a_circle_of_parts_is_a_conflict_and_no_loss():
    circle = (stated(EVENTS, 5, part_of=1), stated(EVENTS, 5, part_of=0))
    assert figure(EVENTS, *circle) == sure(5, "deduplicated+larger_of_conflict", True)
    assert figure(EVENTS, stated(EVENTS, 5, part_of=0)) == sure(5, "larger_of_conflict", True)


def test_a_repeat_by_its_words_is_chosen_only_alone():
    again = stated(EVENTS, 9, role="repeat")
    half = stated(EVENTS, 8, months=FIRST_HALF)
    assert figure(EVENTS, half, again) == sure(9, "year_over_part")
    assert figure(EVENTS, stated(EVENTS, 8), again) == sure(8, "deduplicated")
    assert figure(EVENTS, again) == sure(9, "single")


# Lists in one sentence, and the same thing said again


def test_figures_of_one_sentence_are_a_list():
    rows = [stated(EVENTS, 2, sentence=1), stated(EVENTS, 2, sentence=1)]
    assert figure(EVENTS, *rows) == sure(4, "summed")
    rows = [stated(LAWS, 2, sentence=1), stated(LAWS, 3, sentence=1)]
    assert figure(LAWS, *rows) == sure(3, "maximum")
    rows = [stated(RATE, 90, sentence=1), stated(RATE, 100, "at_least", sentence=1)]
    assert figure(RATE, *rows) == (95, 90, None, "averaged", False)


def test_rounded_and_exact_are_one_figure():
    assert figure(EVENTS, stated(EVENTS, 4200, "at_least"), stated(EVENTS, 4236)) == sure(4236, "deduplicated")
    rounded = [stated(EVENTS, 4000, "at_least"), stated(EVENTS, 4200, "at_least")]
    assert figure(EVENTS, *rounded) == (4200, 4200, None, "deduplicated", False)
    about = [stated(EVENTS, 500, "approx", value_low=450, value_high=550), stated(EVENTS, 480, "at_most")]
    assert figure(EVENTS, *about) == (480, 450, 480, "deduplicated", False)


def test_figures_that_do_not_meet_are_a_conflict_but_a_maximum_is_none():
    assert figure(EVENTS, stated(EVENTS, 5), stated(EVENTS, 9)) == sure(9, "larger_of_conflict", True)
    assert figure(LAWS, stated(LAWS, 5), stated(LAWS, 9)) == sure(9, "maximum")


def test_of_merged_figures_only_the_one_that_counts_is_cited():
    row = figures(stated(EVENTS, 9), stated(EVENTS, 9), stated(EVENTS, 5))[EVENTS]
    assert row["fact_ids"] == ["f0"] and row["set_aside_fact_ids"] == ["f1", "f2"] and row["n_facts"] == 1


def test_related_audiences_count_once_or_conflict_at_the_lower_bound():
    def both(value):
        return (
            stated(STUDY_STAFF, 12, scope="机关干部", group="干部"),
            stated(STUDY_STAFF, value, scope="职工", group="干部"),
        )

    assert figure(STUDY_STAFF, *both(12)) == sure(12, "deduplicated")
    assert figure(STUDY_STAFF, *both(9)) == (12, 12, None, "larger_of_conflict", True)


# Periods


def test_the_latest_moment_of_a_stock_counts():
    june, december = stated(STAFF, 18, months=(1, 6)), stated(STAFF, 15, months=(12, 12))
    assert figure(STAFF, june, december) == sure(15, "latest_moment")
    assert figure(STAFF, june) == sure(18, "part_of_year")


def test_a_nested_period_is_set_aside_for_the_longer():
    half = stated(EVENTS, 20, months=FIRST_HALF)
    assert figure(EVENTS, half, stated(EVENTS, 45)) == sure(45, "year_over_part")
    assert figure(EVENTS, half, stated(EVENTS, 15)) == (20, 20, None, "year_over_part+larger_of_conflict", True)
    assert figure(EVENTS, half, stated(EVENTS, 15, "at_least")) == (20, 20, None, "year_over_part", False)
    assert figures(half, stated(EVENTS, 15))[EVENTS]["fact_ids"] == ["f0"]


def test_disjoint_periods_add_up_and_less_than_a_year_is_a_lower_bound():
    half, quarter = stated(EVENTS, 20, months=FIRST_HALF), stated(EVENTS, 8, months=(7, 9))
    assert figure(EVENTS, half, stated(EVENTS, 25, months=SECOND_HALF)) == sure(45, "periods_summed+summed")
    assert figure(EVENTS, half, quarter) == (28, 28, None, "part_of_year+periods_summed+summed", False)


def test_overlapping_periods_give_the_larger_to_the_sum():
    rows = (stated(EVENTS, 20, months=(1, 8)), stated(EVENTS, 12, months=(6, 12)))
    assert figure(EVENTS, *rows) == (20, 20, 32, "possible_total+summed", False)


def test_rates_of_periods_are_averaged_and_of_one_period_nothing_but_the_value():
    first, second = stated(RATE, 90, months=FIRST_HALF), stated(RATE, 100, months=SECOND_HALF)
    assert figure(RATE, first, second) == (95, 90, 100, "averaged", False)
    assert figure(RATE, first) == (90, None, None, "part_of_year", False)


def test_the_maximum_of_periods_has_no_upper_bound():
    rows = (stated(LAWS, 5, months=FIRST_HALF), stated(LAWS, 7, months=SECOND_HALF))
    assert figure(LAWS, *rows) == (7, 7, None, "maximum", False)


# Parts of headlines, and totals without 其中


def test_a_part_of_another_metric_is_no_addend_of_the_headline():
    rows = (stated(EVENTS, 20), stated(SCHOOL, 6, part_of=0), stated(TALKS, 5))
    assert figure("publicity_events_headline", *rows) == sure(25, "total_over_parts+summed")
    too_large = (stated(EVENTS, 5), stated(SCHOOL, 6, part_of=0))
    assert figure("publicity_events_headline", *too_large) == sure(5, "total_over_parts+larger_of_conflict", True)


def test_a_part_of_a_figure_of_no_headline_is_an_addend():
    rows = (stated(TAKERS, 300), stated("training_sessions", 4, part_of=0))
    assert figure("trainings_held", *rows) == sure(4, "single")


def test_a_circle_of_parts_of_two_metrics_is_a_conflict_and_no_loss():
    rows = (stated(TALKS, 5, part_of=1), stated(SCHOOL, 6, part_of=0))
    assert figure("publicity_events_headline", *rows) == sure(11, "larger_of_conflict+summed", True)


def test_a_figure_that_others_add_up_to_is_their_total():
    parts = [stated(EVENTS, 5, scope="学校"), stated(EVENTS, 9, scope="企业")]
    assert figure(EVENTS, stated(EVENTS, 14), *parts) == sure(14, "total_of_parts")
    rows = (stated(OTHER, 20), stated(CENTER, 6), stated(STUDY_STAFF, 14))
    assert figure("trainings_held", *rows) == sure(20, "total_of_parts")
    disjoint = (stated(TALKS, 20), stated(EVENTS, 6), stated(SCHOOL, 14))
    assert "total_of_parts" not in figure("publicity_events_headline", *disjoint)[3]


def test_the_parts_of_one_sentence_may_be_all_of_a_total():
    parts = [stated(EVENTS, 5, scope="学校", sentence=1), stated(EVENTS, 9, scope="企业", sentence=1)]
    rows = (stated(EVENTS, 14), *parts, stated(EVENTS, 3, scope="村民"))
    assert figure(EVENTS, *rows) == (14, 14, 17, "total_of_parts+possible_total+summed", False)


# Rates, maxima, sums and possible totals


def test_rates_of_audiences_are_averaged_and_weighted_where_each_weight_is_stated():
    rates = [stated(RATE, 100, scope="干部"), stated(RATE, 80, scope="村民")]
    takers = [stated(TAKERS, 30, scope="干部"), stated(TAKERS, 10, scope="村民")]
    assert figure(RATE, *rates) == (90, 80, 100, "averaged", False)
    assert figure(RATE, *rates, *takers) == sure(95, "weighted")
    assert figure(RATE, *rates, takers[0])[3] == "averaged"
    assert figure(RATE, *rates, stated(RATE, 97)) == sure(97, "total_over_parts")


def test_the_largest_of_audiences_is_the_maximum():
    rows = (stated(LAWS, 5, scope="干部"), stated(LAWS, 7, "at_least", scope="村民"))
    assert figure(LAWS, *rows) == (7, 7, None, "maximum", False)


def test_unrelated_audiences_add_up():
    rows = (stated(EVENTS, 5, scope="干部"), stated(EVENTS, 7, "at_least", scope="村民"))
    assert figure(EVENTS, *rows) == (12, 12, None, "summed", False)


def test_where_one_figure_may_contain_another_the_sum_is_the_upper_bound():
    assert figure(EVENTS, stated(EVENTS, 20), stated(EVENTS, 6, scope="学校")) == (
        20, 20, 26, "possible_total+summed", False,
    )  # fmt: skip
    headline = figure("publicity_events_headline", stated(EVENTS, 20), stated(SCHOOL, 6), stated(TALKS, 5))
    assert headline == (25, 25, 31, "possible_total+summed", False)
    smaller = figure(EVENTS, stated(EVENTS, 5), stated(EVENTS, 4, scope="学校"), stated(EVENTS, 3, scope="村民"))
    assert smaller == (7, 7, 12, "possible_total+summed", False)


def test_a_scoped_figure_above_the_whole_of_its_metric_is_a_conflict():
    part = stated(EVENTS, 9, scope="学校")
    assert figure(EVENTS, stated(EVENTS, 5), part) == (9, 9, 14, "larger_of_conflict+possible_total+summed", True)
    assert figure(EVENTS, stated(EVENTS, 0), part) == sure(9, "larger_of_conflict+summed", True)
    assert not figure(EVENTS, stated(EVENTS, 5, "at_least"), part)[-1]
    assert not figure("publicity_events_headline", stated(EVENTS, 5), stated(SCHOOL, 9))[-1]


def test_a_contained_zero_leaves_the_figure_exact():
    assert figure(EVENTS, stated(EVENTS, 20), stated(EVENTS, 0, scope="学校")) == sure(20, "summed")


# Headlines


def test_one_of_two_addends_is_a_lower_bound():
    assert figure("petitions_handled", stated(PETITIONS, 45)) == (45, 45, None, "incomplete", False)
    assert figure("petitions_handled", stated(PETITIONS, 45), stated(HOTLINE, 5)) == sure(50, "summed")


def test_a_choice_that_covers_the_year_goes_before_one_that_does_not():
    rows = (stated(BOTH, 400, months=(1, 10)), stated(PETITIONS, 45), stated(HOTLINE, 500))
    assert figure("petitions_handled", *rows) == sure(545, "summed")
    assert figure("petitions_handled", stated(BOTH, 400, months=(1, 10)), stated(PETITIONS, 45))[0] == 400


def test_another_choice_may_prove_more():
    rows = (stated(STAFF, 10, months=(12, 12)), stated(CERTIFIED, 12, months=(12, 12)))
    assert figure("enforcement_staff_headline", *rows) == (12, 12, None, f"from_{CERTIFIED}+larger_of_conflict", True)
    about = (stated(STAFF, 10, "at_least", months=(12, 12)), stated(CERTIFIED, 12, months=(12, 12)))
    assert figure("enforcement_staff_headline", *about) == (12, 12, None, f"from_{CERTIFIED}", False)
    fewer = (stated(STAFF, 18, months=(12, 12)), stated(CERTIFIED, 12, months=(12, 12)))
    assert figure("enforcement_staff_headline", *fewer) == sure(18, "single")


def test_the_parts_of_a_total_of_another_choice_are_not_its_rival():
    rows = (stated(BOTH, 50), stated(PETITIONS, 12, part_of=0), stated(HOTLINE, 38, part_of=0))
    row = figures(*rows)["petitions_handled"]
    assert (row["value"], row["method"], row["fact_ids"]) == (50, "total_over_parts", ["f0"])
    assert row["set_aside_fact_ids"] == ["f1", "f2"] and row["qualifier"] == "exact"


def test_a_row_tells_where_it_comes_from():
    row = figures(stated(EVENTS, 9, confidence=0.7), stated(TALKS, 5, "at_least"))["publicity_events_headline"]
    assert row["qualifier"] == "at_least" and row["n_facts"] == 2 and row["confidence"] == 0.7
    assert row["fact_ids"] == ["f0", "f1"] and row["report_ids"] == ["r1"] and row["n_versions_disagree"] == 0
