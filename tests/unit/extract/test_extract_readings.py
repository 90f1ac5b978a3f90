"""Readings that need more than one clause: carried, shared and split figures, parts, tables, zeros, periods, scope."""

import pytest

from pipelines.codebook.load import load_codebook
from pipelines.codebook.periods import period_named
from pipelines.extract.report.engine import extract
from pipelines.extract.report.records import Extraction


def read(text: str, year: int = 2024) -> Extraction:
    result = extract(text, (), year, load_codebook())
    for fact in result.facts:
        assert text[fact.char_start : fact.char_end] == fact.evidence
        assert fact.char_start <= fact.number_start <= fact.number_end <= fact.char_end
    return result


def figures(text: str) -> list[tuple[str, float]]:
    return sorted((f.metric_code, f.value) for f in read(text).facts)


# the text, and every figure that must be read from it, no more and no fewer
CARRIED = [
    ("镇党委理论学习中心组围绕依法行政开展学习，全年共8次。", {"study_center_group_sessions": 8}),
    (
        "将《信访工作条例》列入理论学习中心组计划，年内集中学习6次、撰写心得12篇。",
        {"study_center_group_sessions": 6, "study_writings": 12},
    ),
    (
        "共办理12345热线工单350件，办结率100%，满意率96%。",
        {"hotline_received": 350, "hotline_closure_rate": 100, "hotline_satisfaction_rate": 96},
    ),
    (
        "受理群众信访42件，办结40件，办结率95.2%。",
        {"petitions_received": 42, "petitions_closed": 40, "petition_closure_rate": 95.2},
    ),
    ("拆除违建16处、1.3万平方米。", {"illegal_buildings_demolished": 16, "illegal_building_area_demolished": 13_000}),
    ("理论学习中心组集体学法不少于4次，今年实际学习6次。", {"study_center_group_sessions": 6}),
    (
        "全年学法：中心组6次、班子12次、干部大会18次。",
        {"study_center_group_sessions": 6, "study_leadership_sessions": 12, "study_staff_sessions": 18},
    ),
    ("调解矛盾纠纷23起，律师5起。", {"disputes_mediated": 23}),
    ("机关干部集中学法，2022年15次，2023年19次，本年度提高到24次。", {"study_staff_sessions": 24}),
    ("受理信访件，去年45件，今年28件。", {"petitions_received": 28}),
    ("中心组学法，每季度1次，全年4次。", {"study_center_group_sessions": 4}),
    ("年初列出学法计划8次，实际完成9次。", {"study_other_sessions": 9}),
    ("下一步结合实际，计划举办法治讲座6场。", {}),
]
SHARED = [
    ("悬挂横幅18条、张贴海报46张。", {"publicity_banners": 18, "publicity_materials": 46}),
    ("机关干部培训、执法人员培训各2次。", {"training_sessions": 2, "training_enforcement_sessions": 2}),
    ("面向机关干部和执法人员各开展培训3场。", {"training_sessions": 3, "training_enforcement_sessions": 3}),
    (
        "法治讲座、普法宣讲、法治进校园各3场。",
        {"training_sessions": 3, "publicity_talks": 3, "publicity_school_events": 3},
    ),
    (
        "中心组学习4次，班子会前学法12次，干部职工集中学法20次。",
        {"study_center_group_sessions": 4, "study_leadership_sessions": 12, "study_staff_sessions": 20},
    ),
    ("学法考试参考率、合格率均为100%。", {"exam_participation_rate": 100, "exam_pass_rate": 100}),
    ("学法考试参考率和优秀率双100%。", {"exam_participation_rate": 100, "exam_excellence_rate": 100}),
    (
        "学法考试参考率、合格率、优秀率分别为100%、98%、76%。",
        {"exam_participation_rate": 100, "exam_pass_rate": 98, "exam_excellence_rate": 76},
    ),
    ("举办法治讲座和普法宣讲分别为4场、9场。", {"training_sessions": 4, "publicity_talks": 9}),
    ("受理信访件、热线工单分别为30件、200件。", {"petitions_received": 30, "hotline_received": 200}),
    (
        "发放手册、悬挂横幅、设置展板分别为900本、18条、6块。",
        {
            "publicity_materials": 900,
            "publicity_banners": 18,
            "publicity_boards": 6,
        },
    ),
    ("全乡9名行政执法人员全部取得执法证。", {"enforcement_staff": 9, "enforcement_staff_certified": 9}),
    ("全乡9名执法人员均持证上岗。", {"enforcement_staff": 9, "enforcement_staff_certified": 9}),
    ("苏木现有执法人员15名，全部持证。", {"enforcement_staff": 15, "enforcement_staff_certified": 15}),
    ("行政复议、行政诉讼均为0件。", {"reconsideration_cases": 0, "litigation_cases": 0}),
    ("共受理信访20件、12345热线90件。", {"petitions_received": 20, "hotline_received": 90}),
]
ORDER = [
    ("召开5次法治建设专题会议。", {"governance_meetings": 5}),
    ("开展了7场法治讲座。", {"training_sessions": 7}),
    ("建成2处法治文化广场。", {"rule_of_law_venues": 2}),
    (
        "发放宣传单1300份接受法律咨询85人次调解纠纷22起。",
        {"publicity_materials": 1300, "legal_consultations": 85, "disputes_mediated": 22},
    ),
    ("受理信访件 42 件，办 结 40 件。", {"petitions_received": 42, "petitions_closed": 40}),
    ("执法事项由142项调整为97项。", {"enforcement_powers": 97}),
    ("举办法治讲座两场。", {"training_sessions": 2}),
    ("举办一场法治讲座。", {"training_sessions": 1}),
    ("举办三场法治讲座。", {"training_sessions": 3}),
    ("召开两次法治专题会议。", {"governance_meetings": 2}),
]


@pytest.mark.parametrize(("text", "expected"), [*CARRIED, *SHARED, *ORDER])
def test_every_figure_and_no_other(text: str, expected: dict[str, float]) -> None:
    assert figures(text) == sorted(expected.items())


@pytest.mark.parametrize(
    ("text", "metric", "values"),
    [
        ("年终8名班子成员、15名村书记、6名站所负责人完成述法。", "governance_accountability_reports", [6, 8, 15]),
        ("现有市级民主法治示范村8个，省级3个，国家级1个。", "demonstration_villages", [1, 3, 8]),
        ('建成"宪法广场"1个、"民法典长廊"2条。', "rule_of_law_venues", [1, 2]),
    ],
)
def test_every_item_of_a_list_is_read(text: str, metric: str, values: list[float]) -> None:
    assert figures(text) == [(metric, value) for value in values]


def test_read_as_and_confidence_say_how_a_figure_was_read() -> None:
    text = "镇党委理论学习中心组围绕依法行政开展学习，全年共8次。学法考试参考率、合格率均为100%。"
    facts = read(text).facts
    assert {f.metric_code: f.read_as for f in facts} == {
        "study_center_group_sessions": "carried",
        "exam_pass_rate": "clause",
        "exam_participation_rate": "shared",
    }
    assert all(f.confidence == load_codebook().confidence[f.read_as] for f in facts)


# text, then (metric, value, value of its total or None) in order of appearance
PARTS = [
    (
        "办理行政处罚案件15件，其中简易程序9件、普通程序6件，罚款共计2.35万元。",
        [
            ("enforcement_penalty_cases", 15, None),
            ("enforcement_penalty_cases_summary", 9, 15),
            ("enforcement_penalty_cases_ordinary", 6, 15),
            ("enforcement_fines", 23_500, None),
        ],
    ),
    (
        "审查合同45份，包括征迁合同12份。",
        [("legality_reviews_contracts", 45, None), ("legality_reviews_contracts", 12, 45)],
    ),
    ("举办法治讲座5场，其中县级讲座2场。", [("training_sessions", 5, None), ("training_sessions", 2, 5)]),
    ("受理信访件120件（其中初次信访60件）。", [("petitions_received", 120, None), ("petitions_first", 60, 120)]),
    (
        "受理信访件120件，其中初次信访80件，重复信访40件。",
        [("petitions_received", 120, None), ("petitions_first", 80, 120), ("petitions_repeat", 40, 120)],
    ),
    (
        "受理信访件120件(初次信访80件、重复信访40件)。",
        [("petitions_received", 120, None), ("petitions_first", 80, 120), ("petitions_repeat", 40, 120)],
    ),
    (
        "开展普法活动36场次，受众8000余人次，其中法治进校园6场次。",
        [("publicity_events", 36, None), ("publicity_audience", 8000, None), ("publicity_school_events", 6, 36)],
    ),
    (
        "全镇建成民主法治示范村11个，其中省级4个、市级7个。",
        [("demonstration_villages", 11, None), ("demonstration_villages", 4, 11), ("demonstration_villages", 7, 11)],
    ),
    (
        "主动公开政府信息320条，内容涵盖政务信息110条、重点领域信息45条。",
        [("disclosures_proactive", 320, None), ("disclosures_proactive", 110, 320), ("disclosures_proactive", 45, 320)],
    ),
    (
        "主动公开政府信息210条：公开政务信息18条，公开服务信息192条。",
        [("disclosures_proactive", 210, None), ("disclosures_proactive", 18, 210), ("disclosures_proactive", 192, 210)],
    ),
    (
        "受理信访件120件，其中初次信访80件，办结118件。",
        [("petitions_received", 120, None), ("petitions_first", 80, 120), ("petitions_closed", 118, None)],
    ),
]


@pytest.mark.parametrize(("text", "expected"), PARTS)
def test_parts_name_their_total(text: str, expected: list[tuple[str, float, float | None]]) -> None:
    facts = read(text).facts
    totals = [None if f.subset_of is None else facts[f.subset_of].value for f in facts]
    assert [(f.metric_code, f.value, t) for f, t in zip(facts, totals, strict=True)] == expected
    assert [f.role for f in facts] == ["total" if t is None else "subset" for t in totals]


def test_a_total_said_again_is_a_repeat() -> None:
    facts = read("受理信访件42件。\n回顾全年，我乡共受理信访件42件，做到事事有回音。").facts
    assert [(f.value, f.role) for f in facts] == [(42, "total"), (42, "repeat")]


TABLES = [
    (
        "项目|单位|2024年|2023年\n受理信访件|件|42|51\n调解矛盾纠纷|件|88|90",
        {"petitions_received": 42, "disputes_mediated": 88},
    ),
    (
        "指标|数量\n受理信访件(件)|42\n调解矛盾纠纷（起）|88\n法治讲座（场）|6",
        {"petitions_received": 42, "disputes_mediated": 88, "training_sessions": 6},
    ),
    ("指标|数量(件)\n受理信访件|42\n调解矛盾纠纷|88", {"petitions_received": 42, "disputes_mediated": 88}),
    ("指标|本年|上年\n受理信访件|42件|51件", {"petitions_received": 42}),
    (
        "|项目|数值|\n|---|---|\n|受理信访件|42件|\n|举办法治讲座|6场|",
        {"petitions_received": 42, "training_sessions": 6},
    ),
    (
        "年度|受理信访件(件)|举办法治讲座(场)\n2023年|51|4\n2024年|42|6",
        {"petitions_received": 42, "training_sessions": 6},
    ),
    ("序号|内容|数量\n1|受理信访件|42件\n2|举办法治讲座|6场", {"petitions_received": 42, "training_sessions": 6}),
]


@pytest.mark.parametrize(("text", "expected"), TABLES)
def test_cells_of_tables(text: str, expected: dict[str, float]) -> None:
    assert figures(text) == sorted(expected.items())


def test_cells_of_another_year_say_so() -> None:
    result = read("指标|本年|上年\n受理信访件|42件|51件")
    assert [n.disposition for n in result.numbers] == ["fact", "last_year"]


ZEROS = [
    ("未发生行政复议、行政诉讼案件。", {"reconsideration_cases", "litigation_cases"}),
    ("全镇没有发生行政复议案件和行政诉讼案件。", {"reconsideration_cases", "litigation_cases"}),
    ("全年无行政复议和行政诉讼案件。", {"reconsideration_cases", "litigation_cases"}),
    ("全年行政复议、行政诉讼案件均为零。", {"reconsideration_cases", "litigation_cases"}),
    ("行政复议零发生。", {"reconsideration_cases"}),
    ("全年未收到行政复议申请。", {"reconsideration_cases"}),
    ("全年无一起行政复议案件。", {"reconsideration_cases"}),
    ("行政诉讼零败诉。", {"litigation_lost"}),
    ("本年度未发生行政诉讼败诉案件。", {"litigation_lost"}),
    ("未收到政府信息公开申请。", {"disclosure_requests"}),
    ("全年无安全生产事故。", {"safety_accidents"}),
    ("全年未因执法行为引发行政复议。", {"reconsideration_cases"}),
    ("本年度未作出行政处罚决定。", {"enforcement_penalty_cases"}),
    ("实现进京上访零发生。", {"governance_major_incidents"}),
]


@pytest.mark.parametrize(("text", "expected"), ZEROS)
def test_a_stated_absence_is_zero(text: str, expected: set[str]) -> None:
    facts = read(text).facts
    assert {f.metric_code for f in facts} == expected
    assert all((f.value, f.qualifier, f.value_low, f.value_high) == (0, "exact", 0, 0) for f in facts)
    assert all(f.implicit_zero for f in facts)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        *(("行政复议0件、行政诉讼0件。", 2), ("全年行政诉讼案件0件。", 1), ("依申请公开0件。", 1)),
        *(("行政复议和行政诉讼案件均为0。", 2), ("全年行政复议案件为0，行政诉讼案件为0。", 2)),
    ],
)
def test_a_written_zero_is_a_figure(text: str, facts: int) -> None:
    result = read(text)
    assert len(result.facts) == facts
    assert {(f.value, f.implicit_zero, text[f.number_start]) for f in result.facts} == {(0, False, "0")}
    assert {n.disposition for n in result.numbers} == {"fact"}


@pytest.mark.parametrize(
    "text",
    [
        "积极做好行政复议、行政应诉工作。",
        "健全行政复议和行政诉讼应对机制。",
        "我街道高度重视信访工作。",
        "2023年未发生行政复议案件。",
        "下一步，确保行政诉讼零发生。",
        "去年未发生行政复议案件。",
    ],
)
def test_absence_of_a_statement_is_nothing(text: str) -> None:
    assert not read(text).facts


PERIODS = [
    ("截至10月，受理信访件36件。", "to_10"),
    ("截至2024年10月底，全镇受理信访件36件。", "to_10"),
    ("1—9月，受理信访件36件。", "to_09"),
    ("2024年1至11月受理信访件36件。", "to_11"),
    ("前三季度受理信访件36件。", "to_09"),
    ("上半年，全镇受理信访件36件。", "first_half"),
    ("截至12月底，受理信访件36件。", "year"),
    ("截至目前，受理信访件36件。", "year"),
    ("全年受理信访件36件。", "year"),
    ("下半年受理信访件36件。", "second_half"),
    ("第一季度受理信访件36件。", "to_03"),
    ("三季度受理信访件36件。", "q3"),
    ("每季度研究法治工作，受理信访件36件。", "year"),
    ("截至11月，全年受理信访件36件。", "to_11"),
]


@pytest.mark.parametrize(("text", "period"), PERIODS)
def test_part_of_the_year(text: str, period: str) -> None:
    (fact,) = read(text).facts
    assert (fact.value, fact.period) == (36, period)
    assert fact.months == period_named(period).months == fact.period_end - fact.period_start + 1


@pytest.mark.parametrize(
    ("period", "months"),
    [
        ("year", 12),
        ("first_half", 6),
        ("second_half", 6),
        ("to_03", 3),
        ("q2", 3),
        ("q4", 3),
        ("to_10", 10),
        ("m03", 1),
        ("m11_12", 2),
    ],
)
def test_months_of_a_period(period: str, months: int) -> None:
    assert period_named(period).months == months


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("上半年受理信访件15件，下半年受理16件，全年共受理31件。", ["first_half", "second_half", "year"]),
        ("1—9月受理信访件26件，全年受理信访件31件。", ["to_09", "year"]),
        ("一季度调解纠纷12件，二季度15件，三季度9件。", ["to_03", "q2", "q3"]),
    ],
)
def test_the_last_part_of_the_year_that_is_named_counts(text: str, periods: list[str]) -> None:
    assert [fact.period for fact in read(text).facts] == periods


@pytest.mark.parametrize("text", ["全年受理信访件21件,全部办结。", "执法人员24名,全部持证上岗,开展检查6次。"])
def test_evidence_of_a_second_fact_holds_the_words_that_state_it(text: str) -> None:
    first, second = read(text).facts[:2]
    assert first.value == second.value and first.metric_code != second.metric_code
    assert "全部" in text[second.char_start : second.char_end] and "6" not in text[second.char_start : second.char_end]


def test_scope_sets_apart_figures_of_one_indicator() -> None:
    facts = read("建成县级民主法治示范村3个、省级民主法治示范村1个。").facts
    assert [(f.metric_code, f.value, f.scope) for f in facts] == [
        ("demonstration_villages", 3, "县级"),
        ("demonstration_villages", 1, "省级"),
    ]


def test_figures_of_one_sentence_have_its_number_and_those_of_the_next_another() -> None:
    text = "法治工作情况\n全年组织法律考试2次，开展法治讲座5场。\n调解矛盾纠纷31件！受理信访9件。"
    found = {fact.metric_code: fact.sentence for fact in extract(text, (), 2024, load_codebook()).facts}
    assert sorted(found.values()) == [2, 2, 4, 5]  # the heading, and the line break behind a full stop, count
    assert len(found) == 4


def test_only_a_number_that_nobody_could_class_shows_the_words_around_it() -> None:
    text = f"{'前' * 40}扎下17蒲桑。组织法律考试2次。"
    numbers = extract(text, (), 2024, load_codebook()).numbers
    assert {number.text: number.context for number in numbers} == {
        "17": f"{'前' * 28}扎下17蒲桑。组织法律考试2次。"[: 30 + 2 + 15],
        "2次": None,
    }
    assert [number.disposition for number in numbers] == ["unclassified", "fact"]


CAUSED = "邻里之间长期以来土地边界不清而引发的民转刑案件"


@pytest.mark.parametrize(("text", "is_zero"), [(f"没有一起因{CAUSED}。", True), (f"未发生{CAUSED}。", False)])
def test_only_a_cause_may_part_what_did_not_happen_from_its_denial(text: str, is_zero: bool) -> None:
    assert (figures(text) == [("governance_major_incidents", 0)]) is is_zero


@pytest.mark.parametrize(
    "text",
    [
        "受理行政复议、行政诉讼、信访12件、5件。",
        "办结行政复议、行政诉讼、行政处罚案件12件、5件。",
        "开展法治培训、普法讲座、宣传活动、进校园12场、5场。",
    ],
)
def test_without_a_word_that_pairs_them_more_things_than_figures_are_not_paired(text: str) -> None:
    """The second figure has no thing of its own, and the first is only that of the last thing."""
    assert len(figures(text)) == 1
    assert len(figures(text.replace("12", "分别为12"))) == 2
