"""What a person is asked to look at, and in which order."""

from datetime import date

from asked_fixture import Asked, asked
from warehouse_fixtures import ANHAI, CHIDIAN, DIVISIONS, Clause, Report, say

QUEUE = "SELECT kind, worth FROM review_queue ORDER BY worth DESC, review_id"


def test_the_order_is_by_what_a_look_mends(tmp_path):
    """One item of each kind; an unplaced report with many facts comes first, an odd but likely figure last."""
    unplaced = Report(
        "unplaced.txt", None, 2023,
        [say("exam_sessions", "测试{1}次。", 1)] * 20 + [say("enforcement_staff", "执法人员{6}人。", 6)] * 5,
    )  # fmt: skip
    kept_out = Report(
        "news.txt", CHIDIAN, 2022,
        [say("exam_sessions", "测试{2}次。", 2), say("enforcement_staff", "执法人员{9}人。", 9)],
        identity={"doc_type": "news_brief", "status": "quarantined", "reason_code": "news",
                  "status_reason": "not a rule-of-law report: news_brief"},
    )  # fmt: skip
    report = Report(
        "a.txt", CHIDIAN, 2023,
        [
            say("exam_pass_rate", "合格率{120}%。", 120),
            say("publicity_talks", "宣讲{3}场。", 3),
            say("publicity_talks", "又说宣讲{8}场。", 8),
            say("publicity_volunteers", "招募志愿者{5}名。", 5),
            say("publicity_volunteers", "志愿者共{7}名。", 7),
            say("hotline_received", "受理热线{30}件。", 30, confidence=0.6, read_as="tie"),
            say("exam_sessions", "测试{3}次。", 3, confidence=0.6, read_as="tie"),
            say("laws_studied", "学法{4}部。", 4),
            Clause(None, "另有数字。"),
        ],
    )  # fmt: skip
    warehouse = Asked(tmp_path, [unplaced, kept_out, report])
    number = {**warehouse.rows["stage_numbers"][-1], "disposition": "unclassified", "fact_id": None}
    warehouse.rows["stage_numbers"] += [
        {**number, "char_start": 0, "char_end": 1, "text": "合"},
        {**number, "char_start": 1, "char_end": 2, "text": "格", "unit_raw": None},
    ]
    assert warehouse.sql(QUEUE) == [
        ("unresolved_unit", 95.0),  # 60 + 25 facts + 2 x 5 of a headline
        ("rate_out_of_range", 90.0),
        ("conflict", 85.0),  # publicity_talks counts towards a headline, publicity_volunteers does not
        ("conflict", 80.0),
        ("low_confidence", 45.0),
        ("low_confidence", 40.0),
        ("unclassified_number", 40.0),
        ("quarantined_report", 34.0),  # 30 + 2 facts + 2 x 1 of a headline
        ("unclassified_number", 25.0),
    ]


def test_an_unplaced_report_is_worth_more_the_more_facts_wait(tmp_path):
    one = Report("one.txt", None, 2023, [say("exam_sessions", "测试{1}次。", 1)])
    two = Report("two.txt", None, 2023, [say("exam_sessions", "测试{1}次。", 1), say("laws_studied", "学法{2}部。", 2)])
    headline = Report("h.txt", None, 2023, [say("publicity_talks", "宣讲{1}场。", 1)])
    warehouse = asked(tmp_path, one, two, headline, Report("a.txt", CHIDIAN, 2023, []))
    assert warehouse.sql("SELECT report_id, worth FROM review_queue ORDER BY worth DESC") == [
        (headline.report_id, 63.0), (two.report_id, 62.0), (one.report_id, 61.0),
    ]  # fmt: skip


def test_reports_that_are_rightly_out_are_not_asked_about(tmp_path):
    fact = [say("exam_sessions", "测试{1}次。", 1)]
    out = {"status": "quarantined", "reason_code": "county_report", "reason": "x", "status_reason": "x"}
    county = Report("c.txt", None, 2023, fact, identity={**out, "doc_level": "county"})
    template = Report("t.txt", None, 2023, fact, identity={**out, "doc_level": "template", "doc_type": "template"})
    empty = Report("e.txt", CHIDIAN, 2023, [], identity={**out, "doc_type": "speech"})
    twin = {"raw_sha256": "f" * 64}
    copies = [Report(f"{name}.txt", CHIDIAN, 2023, fact, file=twin) for name in ("x", "y")]
    assert asked(tmp_path, county, template, empty, *copies).sql(QUEUE) == []


def test_a_figure_far_above_the_others_is_asked_about_last(tmp_path):
    units = [f"35058220{n}" for n in range(9)]
    reports = [Report(f"{code}.txt", code, 2023, [say("exam_sessions", "测试{3}次。", 3)]) for code in units]
    far = Report("far.txt", ANHAI, 2023, [say("exam_sessions", "测试{300}次。", 300)])
    warehouse = Asked(tmp_path, [*reports, far])
    names = list(warehouse.rows["ref_divisions"][0])
    warehouse.rows["ref_divisions"] += [
        dict(zip(names, (code, f"甲{code[-1]}镇", *DIVISIONS[0][2:]), strict=True)) for code in units
    ]
    columns = "kind, worth, report_id, fact_ids, expected"
    (found,) = warehouse.sql(f"SELECT {columns} FROM review_queue")
    assert found[:4] == ("outlier", 10.0, far.report_id, [far.fact_id(0)])
    assert found[4].startswith("a figure near 3.0 次, the median; 300.0 was read")


def test_each_item_shows_the_words_and_the_facts(tmp_path):
    report = Report("a.txt", CHIDIAN, 2023, [say("hotline_received", "受理{30}件。", 30, confidence=0.6)])
    assert asked(tmp_path, report).sql("SELECT review_id, evidence, fact_ids, metric_code FROM review_queue") == [
        (f"low_confidence:{report.fact_id(0)}", "受理30件", [report.fact_id(0)], "hotline_received")
    ]


def test_what_a_person_has_answered_is_not_asked_again_and_what_could_not_be_applied_is(tmp_path):
    """Each question of a report, and the same of its twin, where nobody answered; a stale line comes before them."""
    clauses = [
        say("exam_pass_rate", "合格率{120}%。", 120),
        say("publicity_talks", "宣讲{3}场。", 3),
        say("publicity_talks", "又说宣讲{8}场。", 8),
        say("hotline_received", "受理热线{30}件。", 30, confidence=0.6, read_as="tie"),
        say("exam_sessions", "测试{3}次。", 3, confidence=0.6, read_as="tie"),
        say("laws_studied", "学法{4}部。", 4, confidence=0.6, read_as="tie"),
    ]
    answered, twin = Report("a.txt", CHIDIAN, 2023, clauses), Report("b.txt", ANHAI, 2023, clauses)
    warehouse = Asked(tmp_path, [answered, twin])

    def line(at, action, metric, evidence, expected, right=None):
        return {
            "line": at, "report": "a.txt", "action": action, "metric_code": metric, "evidence": evidence,
            "machine_expected": str(expected), "number_expected": expected, "person_says": right, "number_right": right,
            "qualifier": right and "exact", "reason": "read it", "corrected_by": "Li", "corrected_on": date(2025, 3, 1),
        }  # fmt: skip

    warehouse.rows["stage_corrections"] = [
        line(2, "accept", "exam_pass_rate", "合格率120%", 120),
        line(3, "reject", "publicity_talks", "又说宣讲8场", 8),
        line(4, "accept", "hotline_received", "受理热线30件", 30),
        line(5, "value", "exam_sessions", "测试3次", 3, 5),
        line(6, "accept", "laws_studied", "学法4部", 9),
    ]
    found = warehouse.sql("SELECT report_id, kind, metric_code, worth FROM review_queue ORDER BY worth DESC, review_id")
    assert [row[1:] for row in found if row[0] == answered.report_id] == [
        ("correction_stale", "laws_studied", 92.0), ("low_confidence", "laws_studied", 40.0),
    ]  # fmt: skip
    assert [row[1:] for row in found if row[0] == twin.report_id] == [
        ("rate_out_of_range", "exam_pass_rate", 90.0), ("conflict", "publicity_talks", 85.0),
        ("low_confidence", "hotline_received", 45.0),
        *[("low_confidence", metric, 40.0) for metric in ("exam_sessions", "laws_studied")],
    ]  # fmt: skip
    asked = "SELECT evidence, expected FROM review_queue WHERE kind = 'correction_stale'"
    assert warehouse.sql(asked) == [
        ("学法4部", "a line of corrections.csv that can be applied: the machine says 4.0, expected 9; "
                    "look again, then change machine_value or drop the line"),
    ]  # fmt: skip


def test_a_jump_on_the_year_before_is_asked_about(tmp_path):
    """Ten times as many of a large figure; small figures, rounded ones and rates jump without being asked about."""

    def of(year, petitions, talks, rate):
        return Report(
            f"{year}.txt", CHIDIAN, year,
            [
                say("petitions_received", f"信访{{{petitions}}}件。", petitions),
                say("publicity_talks", f"宣讲{{{talks}}}场。", talks),
                say("exam_pass_rate", f"合格率{{{rate}}}%。", rate),
            ],
        )  # fmt: skip

    warehouse = asked(tmp_path, of(2022, 30, 2, 1), of(2023, 301, 90, 100), of(2024, 3010, 90, 100))
    assert warehouse.sql("SELECT report_year, kind, worth, metric_code, expected FROM review_queue") == [
        (2023, "jump", 20.0, "petitions_received",
         "a figure near 30.0 件, that of the year before; 301.0 was read: confirm or correct"),
    ]  # fmt: skip


def test_bad_input_is_kept_as_stated_and_asked_about(tmp_path):
    """Bounds that contradict each other, a period that ends before it begins; a person's answer ends the question."""
    clauses = [
        say("exam_sessions", "测试{30}次。", 30, value_low=35, qualifier="approx"),
        say("training_sessions", "9月至3月培训{4}场。", 4, period_start=9, period_end=3, months=0),
        say("laws_studied", "学法{4}部。", 4),
    ]
    report, kept_out = Report("a.txt", CHIDIAN, 2023, clauses), Report("b.txt", None, 2023, clauses)
    warehouse = Asked(tmp_path, [report, kept_out])
    bad = (
        "SELECT kind, worth, fact_ids, evidence, expected FROM review_queue WHERE worth BETWEEN 85 AND 90 ORDER BY kind"
    )
    assert warehouse.sql(bad) == [
        ("bounds_contradict", 85.0, [report.fact_id(0)], "测试30次",
         "a value between its bounds; 30.0 from 35.0 to 30.0 was read"),
        ("period_backwards", 90.0, [report.fact_id(1)], "9月至3月培训4场",
         "a period that ends after it begins; month 9 to month 3 was read"),
    ]  # fmt: skip
    warehouse.rows["stage_corrections"] = [
        {
            "line": 2, "report": "a.txt", "action": "accept", "metric_code": "exam_sessions", "evidence": "测试30次",
            "machine_expected": "30", "number_expected": 30.0, "reason": "read it", "corrected_by": "Li",
            "corrected_on": date(2025, 3, 1),
        },
    ]  # fmt: skip
    assert [kind for kind, *_ in warehouse.sql(bad)] == ["period_backwards"]


def test_a_unit_that_reports_outside_its_years_is_asked_about(tmp_path):
    """池店镇 was made of 池店乡 in 2020: the first on 2019 and the second on 2021 are asked about."""
    said = [say("exam_sessions", "测试{3}次。", 3)]
    reports = [
        Report(f"{code}{year}.txt", code, year, said) for code in (CHIDIAN, "350582299") for year in (2019, 2021)
    ]
    warehouse = Asked(tmp_path, [*reports, Report("n.txt", ANHAI, 2019, said)])
    warehouse.rows["ref_division_changes"] = [
        {
            "kind": "upgrade", "county_code": "350582", "county_name": "晋江市", "source": "notice", "url": "x",
            "changed_on": date(2020, 6, 1), "old_code": "350582299", "old_name": "池店乡",
            "known_since": date(2010, 1, 1), "new_code": CHIDIAN, "new_name": "池店镇",
        },
    ]  # fmt: skip
    columns = "kind, worth, township_code, report_year, evidence, expected"
    assert warehouse.sql(f"SELECT {columns} FROM review_queue ORDER BY township_code") == [
        ("outside_years", 20.0, CHIDIAN, 2019, "法治政府建设年度报告",
         "a report of a unit that existed at the end of 2019; this one counts from 2020"),
        ("outside_years", 20.0, "350582299", 2021, "法治政府建设年度报告",
         "a report of a unit that existed at the end of 2021; this one counts to 2019"),
    ]  # fmt: skip


def test_a_report_that_contradicts_itself_is_asked_about(tmp_path):
    """Units before years before levels; what was quarantined counts its facts, what a person placed is settled."""
    fact = [say("exam_sessions", "测试{1}次。", 1)]
    out = {"status": "quarantined", "reason": "x", "status_reason": "x", "township_code": None}
    doubts = {
        "units.txt": {"unit_doubt": "the title names 甲镇, the signature 乙镇"},
        "years.txt": {"year_doubt": "the title says 2023, the opening 2022"},
        "both.txt": {"unit_doubt": "u", **out, "reason_code": "unresolved_unit"},
        "county.txt": {"level_doubt": "it says 我镇", **out, "reason_code": "county_report", "doc_level": "county"},
        "news.txt": {"level_doubt": "l", "year_doubt": "y", **out, "reason_code": "news", "doc_type": "news_brief",
                     "doc_level": "county"},
    }  # fmt: skip
    reports = {
        name: Report(name, None if "status" in doubt else CHIDIAN, 2020 + at, fact, identity=doubt)
        for at, (name, doubt) in enumerate(doubts.items())
    }
    warehouse = Asked(tmp_path, [*reports.values(), Report("a.txt", ANHAI, 2023, [])])
    found = warehouse.sql("SELECT kind, worth, report_id, expected FROM review_queue ORDER BY worth DESC")
    assert found == [
        ("unit_disagrees", 66.0, reports["both.txt"].report_id, "the unit that reports; u"),
        ("unit_disagrees", 65.0, reports["units.txt"].report_id,
         "the unit that reports; the title names 甲镇, the signature 乙镇"),
        ("year_disagrees", 55.0, reports["years.txt"].report_id,
         "the year reported on; the title says 2023, the opening 2022"),
        ("level_doubtful", 46.0, reports["county.txt"].report_id, "a report of a township, or not; it says 我镇"),
    ]  # fmt: skip
