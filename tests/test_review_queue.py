"""What a person is asked to look at, and in which order."""

from warehouse_fixtures import ANHAI, CHIDIAN, DIVISIONS, Clause, Report, Warehouse, built, say

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
        identity={"doc_type": "news_brief", "status": "quarantined", "status_reason": "not a rule-of-law report"},
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
    warehouse = Warehouse(tmp_path, [unplaced, kept_out, report])
    number = {**warehouse.rows["stage_numbers"][-1], "disposition": "unclassified", "fact_id": None}
    warehouse.rows["stage_numbers"] += [
        {**number, "char_start": 0, "char_end": 1, "text": "合"},
        {**number, "char_start": 1, "char_end": 2, "text": "格", "unit_raw": None},
    ]
    warehouse.build()
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
    warehouse = built(tmp_path, one, two, headline, Report("a.txt", CHIDIAN, 2023, []))
    assert warehouse.sql("SELECT report_id, worth FROM review_queue ORDER BY worth DESC") == [
        (headline.report_id, 63.0), (two.report_id, 62.0), (one.report_id, 61.0),
    ]  # fmt: skip


def test_reports_that_are_rightly_out_are_not_asked_about(tmp_path):
    fact = [say("exam_sessions", "测试{1}次。", 1)]
    out = {"status": "quarantined", "status_reason": "x"}
    county = Report("c.txt", None, 2023, fact, identity={**out, "doc_level": "county"})
    template = Report("t.txt", None, 2023, fact, identity={**out, "doc_level": "template", "doc_type": "template"})
    empty = Report("e.txt", CHIDIAN, 2023, [], identity={**out, "doc_type": "speech"})
    twin = {"raw_sha256": "f" * 64}
    copies = [Report(f"{name}.txt", CHIDIAN, 2023, fact, file=twin) for name in ("x", "y")]
    assert built(tmp_path, county, template, empty, *copies).sql(QUEUE) == []


def test_a_figure_far_above_the_others_is_asked_about_last(tmp_path):
    units = [f"35058220{n}" for n in range(9)]
    reports = [Report(f"{code}.txt", code, 2023, [say("exam_sessions", "测试{3}次。", 3)]) for code in units]
    far = Report("far.txt", ANHAI, 2023, [say("exam_sessions", "测试{300}次。", 300)])
    warehouse = Warehouse(tmp_path, [*reports, far])
    names = list(warehouse.rows["ref_divisions"][0])
    warehouse.rows["ref_divisions"] += [
        dict(zip(names, (code, f"甲{code[-1]}镇", *DIVISIONS[0][2:]), strict=True)) for code in units
    ]
    warehouse.build()
    columns = "kind, worth, report_id, fact_ids, expected"
    (found,) = warehouse.sql(f"SELECT {columns} FROM review_queue")
    assert found[:4] == ("outlier", 10.0, far.report_id, [far.fact_id(0)])
    assert found[4].startswith("a figure near 3.0 次, the median; 300.0 was read")


def test_each_item_shows_the_words_and_the_facts(tmp_path):
    report = Report("a.txt", CHIDIAN, 2023, [say("hotline_received", "受理{30}件。", 30, confidence=0.6)])
    assert built(tmp_path, report).sql("SELECT review_id, evidence, fact_ids, metric_code FROM review_queue") == [
        (f"low_confidence:{report.fact_id(0)}", "受理30件", [report.fact_id(0)], "hotline_received")
    ]
