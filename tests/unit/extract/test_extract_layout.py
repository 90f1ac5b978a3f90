"""What is no result of the year, by where it stands or how it looks: no fact, and the reason in number_mention."""

import pytest

from pipelines.codebook.load import load_codebook
from pipelines.extract.report.engine import extract


def dispositions(text: str, year: int = 2024) -> dict[str, str]:
    """Number as printed to its disposition; the numbers of these texts are all different."""
    return {n.text: n.disposition for n in extract(text, (), year, load_codebook()).numbers}


BEFORE = "二、主要成效\n（一）普法。举办法治讲座6场。\n"

PLAN_HEADINGS = [
    "三、下一步工作打算",
    "三、下步工作安排",
    "三、2025年工作思路",
    "三、2025年度法治政府建设工作安排",
    "三、2025年重点工作谋划",
    "三、明年工作计划",
    "三、来年工作重点",
    "三、今后努力方向",
    "三、下阶段主要任务",
    "三、工作展望",
    "三、下一年度推进法治政府建设的工作计划",
    "（三）下一步推进法治街道建设的主要措施",
    "（三）2025年工作计划",
    "3.下一步工作计划",
    "3、下步安排",
    "下一步工作打算",
    "2025年工作计划",
    "第三部分 下一步打算",
    "三、主要工作安排",
    "三、改进措施",
    "三、整改措施",
    "三、工作目标",
    "三、工作重点",
    "三、工作谋划",
    "三、工作思路",
    "三、下半年工作",
    "三、年度工作计划",
]


@pytest.mark.parametrize("heading", PLAN_HEADINGS)
def test_a_plan_section_holds_no_result(heading: str) -> None:
    text = f"{BEFORE}{heading}\n开展法治宣传活动12场，受理信访件30件。\n一是调解纠纷40件；二是培训干部50人次。"
    found = dispositions(text)
    assert found["6场"] == "fact"
    assert {found[n] for n in ("12场", "30件", "40件", "50人次")} == {"plan"}


def test_a_campaign_against_weaknesses_is_no_section_on_problems() -> None:
    assert dispositions("三、深化普法强基补短板专项行动\n开展法治宣传活动12场。")["12场"] == "fact"


@pytest.mark.parametrize(
    "heading", ["（四）执法年度计划的制定和完成情况。", "三、普法年度计划落实情况", "二、2024年工作计划执行情况"]
)
def test_a_section_on_a_plan_that_was_carried_out_holds_results(heading: str) -> None:
    assert dispositions(f"{BEFORE}{heading}\n开展法治宣传活动12场。")["12场"] == "fact"


@pytest.mark.parametrize("heading", ["三、下一步工作打算", "三、2025年工作思路", "三、明年计划"])
def test_a_plan_section_keeps_its_lower_headings(heading: str) -> None:
    text = f"{BEFORE}{heading}\n（一）强化宣传\n1.开展法治宣传活动12场。\n（二）强化调解。受理信访件30件。"
    found = dispositions(text)
    assert (found["12场"], found["30件"]) == ("plan", "plan")


def test_a_plan_section_without_a_mark_keeps_its_headings() -> None:
    found = dispositions(
        f"{BEFORE}下一步工作打算\n（一）强化宣传\n开展法治宣传活动12场。\n（二）强化调解\n受理信访件30件。"
    )
    assert (found["12场"], found["30件"]) == ("plan", "plan")


@pytest.mark.parametrize(
    "paragraph",
    [
        "三、下一步工作打算。开展法治宣传活动12场，受理信访件30件。",
        "三、2025年工作思路：开展法治宣传活动12场，受理信访件30件。",
        "（三）下步安排。开展法治宣传活动12场，受理信访件30件。",
        "下一步，我乡将开展法治宣传活动12场，受理信访件30件。",
        "明年开展法治宣传活动12场，受理信访件30件。",
        "2025年，我街道将开展法治宣传活动12场，受理信访件30件。",
        "2025年开展法治宣传活动12场，受理信访件30件。",
        "新的一年，开展法治宣传活动12场，受理信访件30件。",
        "力争开展法治宣传活动12场，受理信访件30件。",
        "拟开展法治宣传活动12场，受理信访件30件。",
        "预计全年开展法治宣传活动12场，受理信访件30件。",
    ],
)
def test_a_plan_in_a_paragraph(paragraph: str) -> None:
    found = dispositions(BEFORE + paragraph)
    assert (found["12场"], found["30件"]) == ("plan", "plan")


@pytest.mark.parametrize(
    "heading",
    [
        "三、存在的问题",
        "三、存在的主要问题和不足",
        "三、问题与短板",
        "（三）存在的不足",
        "3.存在的困难和问题",
        "三、存在的差距和薄弱环节",
        "三、工作中的短板弱项",
        "三、主要问题及原因",
        "存在的主要问题",
    ],
)
def test_a_problem_section_holds_no_result(heading: str) -> None:
    found = dispositions(f"{BEFORE}{heading}\n执法人员只有2名，调解纠纷仅40件。")
    assert (found["2名"], found["40件"]) == ("problem", "problem")


@pytest.mark.parametrize(
    ("both", "problems"),
    [
        ("一、主要成效和存在的问题", "（二）存在的问题"),
        ("二、工作开展情况及存在问题", "（二）存在的主要问题"),
        ("一、主要做法、存在的不足", "（二）问题与短板"),
        ("二、取得的成绩与存在的短板", "（二）短板和不足"),
    ],
)
def test_a_heading_of_results_and_problems_opens_with_results(both: str, problems: str) -> None:
    results = "（一）主要成效\n1.化解矛盾。调解纠纷36件，办结信访件12件。"
    found = dispositions(f"{both}\n{results}\n{problems}\n调解纠纷仅40件。\n三、其他\n举办法治讲座2场。")
    assert (found["36件"], found["12件"], found["40件"], found["2场"]) == ("fact", "fact", "problem", "fact")


@pytest.mark.parametrize(
    "text",
    [
        "二、2025年工作计划\n举办法治讲座6场。\n三、主要成效\n调解纠纷40件。",
        "（二）下一步打算\n举办法治讲座6场。\n三、工作成效\n调解纠纷40件。",
        "（二）下一步打算\n举办法治讲座6场。\n（三）其他工作开展情况\n调解纠纷40件。",
        "四、下一步打算\n（一）举办法治讲座6场。\n附件：调解统计\n调解纠纷40件。",
        "三、存在问题\n举办法治讲座6场。\n四、其他需要报告的情况\n调解纠纷40件。",
    ],
)
def test_results_come_back_after_a_plan(text: str) -> None:
    found = dispositions(text)
    assert found["6场"] in {"plan", "problem"}
    assert found["40件"] == "fact"


@pytest.mark.parametrize("stop", ["；", "。", ""])
def test_enumerated_items_are_read_one_by_one(stop: str) -> None:
    items = ("一是开展法治讲座4场", "二是发放普法资料200份", "三是调解纠纷13件")
    assert set(dispositions(stop.join(items) + "。").values()) == {"fact"}


# text, the number as printed, its disposition; such a number is never a fact
NO_RESULT = [
    ("贯彻县委十二届八次全会精神。", "八次", "name"),
    ("组织开展好差评评价3600次。", "3600次", "uncoded"),
    ("举办读书班2期。", "2期", "uncoded"),
    ("起草调解书15份。", "15份", "uncoded"),
    ("批评教育改正38次。", "38次", "uncoded"),
    ("发布典型案例5起。", "5起", "uncoded"),
    ("人大代表列席党委会议6次。", "6次", "uncoded"),
    ("全年信访总量控制在80件以内。", "80件", "plan"),
    ("2名执法人员因工作调动离岗。", "2名", "uncoded"),
    ("组建37支10人以上的普法志愿者队伍。", "10人", "size"),
    ("每季度组织法治讲座1次。", "1次", "norm"),
    ("每月开展执法检查2次。", "2次", "norm"),
    ("每年举办法治讲座不少于2场。", "2场", "norm"),
    ("每村配备法律顾问1名。", "1名", "norm"),
    ("确保12345热线办结率98%。", "98%", "norm"),
    ("群众诉求5个工作日内办结。", "5个", "deadline"),
    ("24小时内联系来访群众。", "24小时", "deadline"),
    ("全县共受理信访件1200件。", "1200件", "upper_level"),
    ("全州调解矛盾纠纷3000件。", "3000件", "upper_level"),
    ("县委理论学习中心组学法6次。", "6次", "upper_level"),
    ("县司法局共培训执法人员60名。", "60名", "upper_level"),
    ("县里全年举办镇村干部法治讲座11场。", "11场", "upper_level"),
    ("市里组织执法人员培训班3期。", "3期", "upper_level"),
    ("今年，区普法办举办“法律八进”活动260场。", "260场", "upper_level"),
    ("石泉县各镇共化解矛盾纠纷四千余件。", "四千余件", "upper_level"),
    ("平安区各街道全年开展法治宣传九百余场。", "九百余场", "upper_level"),
    ("市人民法院“车载法庭”全年开展巡回宣讲百余场。", "百余场", "upper_level"),
    ("雷山县“法治夜郎”全年巡演八十余场。", "八十余场", "upper_level"),
    # apart
    ("旗里全年开展法治宣传活动180场。", "180场", "upper_level"),
    ("州司法局今年共举办人民调解员培训班9期。", "9期", "upper_level"),
    ("同心县各乡镇举办法治讲座五百场。", "五百场", "upper_level"),
    ("县委依法治县办组织法治培训4期。", "4期", "upper_level"),
    ("去年受理信访件45件。", "45件", "last_year"),
    ("2023年受理信访件45件。", "45件", "last_year"),
    ("与2022年的45件相比明显下降。", "45件", "last_year"),
    ("2022年获评省级民主法治示范村1个。", "1个", "last_year"),
    ("五年来，累计举办法治讲座260场。", "260场", "multi_year"),
    ("三年来调解纠纷90件。", "90件", "multi_year"),
    ("近三年举办法治讲座60场。", "60场", "multi_year"),
    ("2021年以来，举办法治讲座60场。", "60场", "multi_year"),
    ("2020—2024年，举办法治讲座60场。", "60场", "multi_year"),
    ("“十四五”期间举办法治讲座60场。", "60场", "multi_year"),
    ("信访总量同比下降12.5%。", "12.5%", "growth"),
    ("信访件较去年减少15件。", "15件", "growth"),
    ("信访办结率同比提高3.2个百分点。", "3.2个百分点", "growth"),
    ("群众安全感排名全县第3名。", "3", "ordinal"),
    ("群众安全感位居全县前3名。", "3名", "rank"),
    ("村均举办法治讲座2场。", "2场", "average"),
    ("平均每村举办法治讲座2场。", "2场", "average"),
    ("人均学法12次。", "12次", "average"),
    ("邻里纠纷占比38.5%。", "38.5%", "share"),
    ("执法事项由142项调整为97项。", "142项", "before_change"),
    ("印发《法治建设要点》（湖政发〔2024〕12号）。", "〔2024〕12号", "document_number"),
    ("印发镇政发[2024]第8号文件。", "[2024]第8号", "document_number"),
    ("印发镇政办发202415号。", "202415号", "document_number"),
    ("索引号：11370785004269/2025-00012", "11370785004269/2025-00012", "index_number"),
    ("索引号:01463577-2025-0032", "01463577-2025-0032", "index_number"),
    ("联系电话：0536-3211234", "0536-3211234", "phone"),
    ("联系电话：13853601234", "13853601234", "phone"),
    ("浏览次数：328", "328", "page_furniture"),
    ("阅读 156", "156", "page_furniture"),
    ("点击数：20", "20", "page_furniture"),
    ("1、强化学法，举办法治讲座4场。", "1", "ordinal"),
    ("2.阵地建设。建成法治广场1处。", "2", "ordinal"),
    ("（3）强化学法，举办法治讲座4场。", "3", "ordinal"),
    ("第3季度举办法治讲座1场。", "3", "ordinal"),
    ("推行“1310”工作法。", "1310", "slogan"),
    ("推行“1+4+N”调解模式。", "1+4+N", "slogan"),
    ("落实三项制度。", "三项", "slogan"),
    ("落实三个100%。", "100%", "slogan"),
    ("落实三个100%。", "三个", "slogan"),
    ("学习《信访工作条例（第3次修订）》。", "3", "law_title"),
    ("落实《安徽省实施〈2024年计划〉办法》。", "2024年", "law_title"),
    ("在3·15、12·4等节点开展法治宣传活动8次。", "3·15", "date"),
    ("在3·15、12·4等节点开展法治宣传活动8次。", "12·4", "date"),
    ("结合“4.15”国家安全教育日开展法治宣传活动8次。", "4.15", "date"),
    ("2024年3月5日，举办法治讲座1场。", "2024年3月5日", "date"),
    ("发布时间：2025-01-15 10:22", "2025-01-15 10:22", "date"),
    ("受理12345热线工单88件。", "12345", "name"),
    ("受理信访件12", "12", "truncated"),
    ("辖12个行政村。", "12个", "scope_number"),
    ("总面积86平方公里。", "86平方公里", "scope_number"),
    ("建立健全任期三年的考核。", "三年", "duration"),
    ("聘请法律顾问2名，聘期3年。", "3年", "duration"),
]


@pytest.mark.parametrize(("text", "number", "disposition"), NO_RESULT)
def test_what_is_no_result_says_why(text: str, number: str, disposition: str) -> None:
    result = extract(text, (), 2024, load_codebook())
    (mention,) = [n for n in result.numbers if n.text == number]
    assert mention.disposition == disposition
    assert mention.fact is None
    assert not [f for f in result.facts if (f.number_start, f.number_end) == (mention.char_start, mention.char_end)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("在县司法局指导下，我镇开展法治宣传活动12场。", 12),
        ("联合县法院开展法治宣传活动5场。", 5),
        ("联合县司法局全年开展法治宣传活动5场。", 5),
        ("会同县检察院共开展法治宣传活动4场。", 4),
        ("协助市司法局开展法治宣传活动4场。", 4),
        ("县司法局来镇开展法治宣传活动2场。", 2),
        ("县法院在我镇全年开展法治宣传活动6场。", 6),
        ("社区各单位开展法治宣传活动12场。", 12),
        ("省“宪法宣传周”期间共开展法治宣传活动3场。", 3),
        # apart
        ("聘请市人民检察院检察官开展法治宣传活动2场。", 2),
        ("县公安局、镇派出所共开展法治宣传活动7场。", 7),
        ("按照县里统一部署，开展法治宣传活动9场。", 9),
        ("辖区各镇直单位开展法治宣传活动8场。", 8),
        ("区域化党建联盟全年组织法治宣传活动4场。", 4),
    ],
)
def test_what_a_higher_unit_helps_with_is_the_townships(text: str, value: float) -> None:
    facts = extract(text, (), 2024, load_codebook()).facts
    assert [(f.metric_code, f.value) for f in facts] == [("publicity_events", value)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("去年受理信访件45件，今年受理28件。", 28),
        ("全区受理信访件3000件，我镇受理信访件28件。", 28),
        ("信访件28件，同比下降5%。", 28),
        ("根据《信访工作条例》和湖政发〔2024〕12号要求，受理信访件28件。", 28),
        ("1.强化责任。受理信访件28件。", 28),
        ("每月接访2次，全年受理信访件28件。", 28),
    ],
)
def test_the_result_beside_it_is_still_read(text: str, value: float) -> None:
    facts = extract(text, (), 2024, load_codebook()).facts
    assert [(f.metric_code, f.value) for f in facts] == [("petitions_received", value)]


@pytest.mark.parametrize(
    "text",
    [
        *("落实“三重一大”决策制度。", "落实一村一法律顾问。", "深化“八五”普法。", "党的二十大精神。"),
        *("开展综合查一次行动。", "改造普法一条街。", "三家店镇人民政府。", "六户镇人民政府。"),
    ],
)
def test_words_with_numerals_are_no_numbers(text: str) -> None:
    result = extract(text, (), 2024, load_codebook())
    assert not result.facts
    assert not result.numbers


def test_furniture_is_no_result() -> None:
    text = "推荐阅读：某乡举办法治讲座6场\n举办法治讲座9场。"
    result = extract(text, [(0, text.index("\n"))], 2024, load_codebook())
    assert [(n.text, n.disposition) for n in result.numbers] == [("6场", "page_furniture"), ("9场", "fact")]
    assert [f.value for f in result.facts] == [9]


def figures(table: str, year: int = 2023) -> list[tuple[str, float]]:
    """The facts of a table below the head of a report: metric and value."""
    text = f"池店镇{year}年法治政府建设工作报告\n现将情况报告如下：\n{table}\n"
    return [(fact.metric_code, fact.value) for fact in extract(text, (), year, load_codebook()).facts]


PENALTIES, INSPECTIONS = ("enforcement_penalty_cases", 87.0), ("enforcement_inspections", 512.0)
GROUPED = {
    "the value has its unit": "类别 | 指标 | 数量\n执法 | 行政处罚案件 | 87件\n执法 | 执法检查 | 512次",
    "the unit has a column": "类别 | 指标 | 单位 | 数量\n执法 | 行政处罚案件 | 件 | 87\n执法 | 执法检查 | 次 | 512",
    "the unit is last": "项目类别 | 项目名称 | 数值 | 单位\n执法 | 行政处罚案件 | 87 | 件\n执法 | 执法检查 | 512 | 次",
    "the unit is in the name": "领域 | 指标名称 | 完成数\n执法 | 行政处罚案件（件） | 87\n执法 | 执法检查（次） | 512",
    "the category is stated once": "类别 | 指标 | 数量\n执法 | 行政处罚案件 | 87件\n | 执法检查 | 512次",
    "the category spans rows": "一级指标 | 二级指标 | 数值\n执法 | 行政处罚案件 | 87件\n执法检查 | 512次",
    "rows have outer bars": "| 类别 | 指标 | 数量 |\n| 执法 | 行政处罚案件 | 87件 |\n| | 执法检查 | 512次 |",
    "rows are numbered": "序号 | 类别 | 项目 | 数量\n1 | 执法 | 行政处罚案件 | 87件\n2 | 执法 | 执法检查 | 512次",
    "last year's stand behind": (
        "类别 | 指标 | 2023年 | 2022年\n执法 | 行政处罚案件 | 87件 | 65件\n执法 | 执法检查 | 512次 | 48次"
    ),
    "last year's stand before": (
        "类别 | 指标 | 上年 | 本年\n执法 | 行政处罚案件 | 65件 | 87件\n执法 | 执法检查 | 48次 | 512次"
    ),
    "the change stands behind": (
        "类别 | 指标 | 数量 | 同比\n执法 | 行政处罚案件 | 87件 | 3%\n执法 | 执法检查 | 512次 | 6%"
    ),
    "targets stand before": (
        "类别 | 指标 | 目标值 | 完成值\n执法 | 行政处罚案件 | 90件 | 87件\n执法 | 执法检查 | 500次 | 512次"
    ),
    "heads are bare years": (
        "类别 | 指标 | 2023 | 2022\n执法 | 行政处罚案件 | 87件 | 65件\n执法 | 执法检查 | 512次 | 48次"
    ),
    "sums of years stand behind": (
        "类别 | 指标 | 数量 | 累计\n执法 | 行政处罚案件 | 87件 | 400件\n执法 | 执法检查 | 512次 | 900次"
    ),
    "another stretch stands behind": (
        "类别 | 指标 | 本期 | 上期\n执法 | 行政处罚案件 | 87件 | 65件\n执法 | 执法检查 | 512次 | 48次"
    ),
    "plans stand behind": (
        "类别 | 指标 | 数量 | 2024年计划\n执法 | 行政处罚案件 | 87件 | 9件\n执法 | 执法检查 | 512次 | 6次"
    ),
}


@pytest.mark.parametrize("table", GROUPED.values(), ids=GROUPED)
def test_a_table_with_categories_names_its_figures_in_the_second_column(table: str) -> None:
    assert figures(table) == [PENALTIES, INSPECTIONS]


@pytest.mark.parametrize(
    "table",
    [
        "类别 | 名称 | 数量\n村 | 甲村 | 87件\n村 | 乙村 | 512次",
        "单位 | 项目 | 数量\n甲村 | 行政处罚案件 | 87件\n乙村 | 行政处罚案件 | 12件",
        "类别 | 指标 | 数量\n执法 | 合计 | 599",
    ],
)
def test_a_table_of_villages_or_sums_gives_none(table: str) -> None:
    assert figures(table) == []


def test_a_head_may_be_the_unit_of_bare_numbers() -> None:
    assert figures("类别 | 项目 | 件数\n执法 | 行政处罚案件 | 87") == [PENALTIES]
    assert dispositions("指标 | 2024 | 2023\n行政处罚案件 | 87件 | 65件\n")["2024"] == "date"


def test_the_head_of_a_last_column_opens_no_part_of_the_report() -> None:
    text = "指标 | 2024年 | 2025年计划\n行政处罚案件 | 87件 | 90件\n全年受理信访件38件。\n"
    assert dispositions(text) == {"2024年": "date", "2025年": "date", "87件": "fact", "90件": "plan", "38件": "fact"}


def test_parts_that_open_a_line_are_no_totals() -> None:
    parts = "其中立案查处食品安全案件15件，调解纠纷40件。"
    assert dispositions(f"全年办理行政处罚案件87件。\n{parts}\n其中：信访件30件。\n") == {
        "87件": "fact",
        "15件": "uncoded",
        "40件": "uncoded",
        "30件": "uncoded",
    }
    facts = extract(f"全年办理行政处罚案件87件。{parts}", (), 2024, load_codebook()).facts
    assert [(fact.value, fact.role) for fact in facts][:2] == [(87.0, "total"), (15.0, "subset")]


@pytest.mark.parametrize("opening", ["下一步", "明年", "来年", "今后", "新的一年"])
def test_a_long_paragraph_about_the_time_to_come_opens_the_plans(opening: str) -> None:
    long = f"{opening}，我镇将" + "深入贯彻落实法治政府建设实施纲要，" * 4 + "再上台阶。"
    assert dispositions(f"{long}\n开展法治讲座12场。")["12场"] == "plan"
    assert dispositions(f"{long[len(opening) + 1 :]}\n开展法治讲座12场。")["12场"] == "fact"
