"""consistency: figures of one unit and year that cannot all be right, and what a person is asked about them."""

import pytest
from asked_fixture import Asked, asked
from warehouse_fixtures import AT_LEAST, CHIDIAN, INDICATORS, SQL_DIR, Report, say

from pipelines.codebook.load import load_codebook


@pytest.fixture(autouse=True)
def _with_rates(monkeypatch):
    """The indicators of the other tests, and the closed petitions with their rate."""
    more = [("petitions_closed", "flow", "sum", "件"), ("petition_closure_rate", "rate", "mean", "%")]
    monkeypatch.setattr("warehouse_fixtures.INDICATORS", [*INDICATORS, *more])


def breaks(tmp_path, *clauses) -> list[tuple[object, ...]]:
    warehouse = asked(tmp_path, Report("a.txt", CHIDIAN, 2023, clauses))
    return warehouse.sql(
        "SELECT kind, metric_code, value, allowed_low, allowed_high FROM consistency ORDER BY break_id"
    )


def staff(total, certified, **fields):
    return (
        say("enforcement_staff", f"执法人员{{{total}}}人，", total, **fields),
        say("enforcement_staff_certified", f"{{{certified}}}人持证。", certified),
    )


def test_a_part_is_not_larger_than_its_whole(tmp_path):
    assert breaks(tmp_path / "less", *staff(20, 18)) == []
    assert breaks(tmp_path / "equal", *staff(20, 20)) == []
    assert breaks(tmp_path / "more", *staff(20, 21)) == [("at_most", "enforcement_staff_certified", 21, None, 20)]
    assert breaks(tmp_path / "open", *staff(20, 21, **AT_LEAST)) == []  # at least 20 may be 21


@pytest.mark.parametrize(
    ("received", "closed", "rate", "fits"),
    [
        (410, 410, 100, True),
        (410, 405, 100, False),  # 98.8 %
        (45, 44, 97.8, True),  # 97.78 %, rounded
        (45, 44, 97.7, True),  # cut off
        (45, 44, 97, True),
        (45, 44, 96, False),
        (45, 40, 97.8, False),
        (3, 2, 66.67, True),
        (3, 2, 66.6, True),
        (3, 2, 70, False),
    ],
)
def test_a_rate_of_the_whole_is_the_count(tmp_path, received, closed, rate, fits):
    found = breaks(
        tmp_path,
        say("petitions_received", f"受理信访{{{received}}}件，", received),
        say("petitions_closed", f"办结{{{closed}}}件，", closed),
        say("petition_closure_rate", f"办结率{{{rate}}}%。", rate),
    )
    assert [row[:3] for row in found] == ([] if fits else [("share", "petitions_closed", closed)])
    assert all(not low <= closed <= high for *_, low, high in found)


def test_a_part_behind_its_total_is_not_larger_than_that(tmp_path):
    parts = [
        say("publicity_events", "活动{20}场，", 20),
        say("publicity_school_events", "其中进校园{26}场。", 26, subset_of=0),
    ]
    assert breaks(tmp_path / "more", *parts) == [("part", "publicity_school_events", 26, None, 20)]
    fewer = say("publicity_school_events", "其中进校园{16}场。", 16, subset_of=0)
    assert breaks(tmp_path / "less", parts[0], fewer) == []
    people = say("training_participants", "其中参训{26}人次。", 26, subset_of=0)  # counts something else
    assert breaks(tmp_path / "people", parts[0], people) == []


def test_a_part_of_another_indicator_is_asked_about_once(tmp_path):
    whole = say("petitions_received", "受理信访{20}件，", 20)
    found = breaks(tmp_path, whole, say("petitions_closed", "其中办结{26}件。", 26, subset_of=0))
    assert found == [("part", "petitions_closed", 26, None, 20)]


def test_each_break_is_asked_about_with_both_sentences(tmp_path):
    warehouse = asked(
        tmp_path,
        Report(
            "a.txt", CHIDIAN, 2023,
            [
                say("enforcement_staff", "全镇执法人员{20}人。", 20),
                say("enforcement_staff_certified", "另说{21}人持证。", 21),
                say("publicity_volunteers", "志愿者{20}名。", 20),
                say("publicity_volunteers", "其中党员{26}名。", 26, subset_of=2),
            ],
        ),
    )  # fmt: skip
    query = "SELECT kind, worth, evidence, expected FROM review_queue WHERE kind <> 'conflict' ORDER BY worth DESC"
    assert warehouse.sql(query) == [
        ("inconsistent", 80.0, "全镇执法人员20人 ｜ 另说21人持证",
         "enforcement_staff_certified of at most 20.0, because enforcement_staff is the whole; 21.0 was read: "
         "confirm or correct"),
        ("part_above_total", 78.0, "志愿者20名 ｜ 其中党员26名",
         "publicity_volunteers of at most 20.0, because publicity_volunteers is the whole; 26.0 was read: "
         "confirm or correct"),
    ]  # fmt: skip


def test_the_pairs_are_counts_and_rates_of_the_codebook(tmp_path):
    warehouse = Asked(tmp_path, [Report("a.txt", CHIDIAN, 2023, [])])
    units = {indicator.code: (indicator.unit, indicator.kind) for indicator in load_codebook().indicators}
    pairs = warehouse.sql((SQL_DIR / "steps/consistent_pair.sql").read_text(encoding="utf-8"))
    assert len(set(pairs)) == len(pairs) > 20
    for kind, part, whole, rate in pairs:
        assert {units[part][1], units[whole][1]} <= {"flow", "stock"}, (part, whole)
        assert (kind, rate is None) in {("at_most", True), ("share", False)}
        assert rate is None or units[rate][1] == "rate"
