"""What remains: a figure that no rule reads has a reason where a person would give one, and else is unclassified."""

import pytest

from pipelines.codebook.load import load_codebook
from pipelines.extract.report.engine import extract
from pipelines.numerals.mentions import find_mentions


def dispositions(text: str) -> list[str]:
    return [number.disposition for number in extract(text, (), 2024, load_codebook()).numbers]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("就水库移民后扶项目召开恳谈会9次,吸纳33条。", "uncoded"),  # opinions
        ("镇人大组织代表视察6次。", "uncoded"),  # oversight
        ("街道纪工委给予党纪政务处分5人。", "uncoded"),
        ("公职人员违规借款被追责问责4人。", "uncoded"),
        ("对首次轻微的12起免予处罚。", "uncoded"),  # of cases
        ("毁林案立案21起,结案19起。", "part_of_total"),
        ("街面一年运走垃圾310吨。", "uncoded"),  # things
        ("台风登陆前转移群众1600余人。", "people_helped"),
        ("临时安置了搬迁户37户。", "people_helped"),
        ("为26名困境儿童送去书包。", "people_helped"),
        ("排出法治文艺作品7件。", "uncoded"),
        ("组建应急救援队伍6支。", "uncoded"),
        ("共清查村级合同88份,其余3份正在核对。", "part_of_total"),
        ("公厕净增3座。", "growth"),
        ("群众跑腿次数压缩62%。", "growth"),
        ("凡涉及20万元以上的工程一律上会。", "norm"),
        ("坚持两人以上执法。", "norm"),
        ("七成多的店主次日就改好。", "share"),
        ("防止矛盾激化7起。", "uncoded"),
        ("大厅和网上,两项合计方便群众。", "reference"),
        ("县委巡察反馈的16条建议,已整改15条。", "part_of_total"),
        ("追缴鱼塘承包费27万元。", "money_other"),
        ("岸线复绿31亩。", "uncoded"),
        ("案卷互查中良好6卷、合格3卷。", "part_of_total"),
        ("乡纪委查实优亲厚友2起,处理4人。", "uncoded"),
        ("落实4大举措。", "slogan"),
        ("此案涉及当事人128人。", "uncoded"),
    ],
)
def test_a_figure_that_no_indicator_counts_has_a_reason(text: str, last: str) -> None:
    assert dispositions(text)[-1] == last


@pytest.mark.parametrize(
    "text",
    [
        "全年共8次。",  # nothing is named
        "年内啃下12件。",  # a deed that no rule knows may be an indicator's
        "四大家一年到头碰面9次。",
        "信访大厅里见了402人次。",
        "各类合同过手45份。",  # the nearest noun is an indicator's
        "机关法治晚课开课41堂。",
        "镇纪委全年受理问题线索9件,立案4件。",  # nothing says what the 9 are, so 4 are no part of it
        "登记初次信访事项98件、重复信访事项31件,总计129件。",  # a sum is not the last of its parts again
        "受理信访件51件,已办结49件,在办2件。",
    ],
)
def test_a_figure_that_a_rule_may_be_missing_for_stays_unclassified(text: str) -> None:
    assert dispositions(text)[-1] == "unclassified"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("收集企业诉求47条,采纳合理建议29条。", ["business_demands_received"]),
        ("结案的行政处罚案件19件。", ["enforcement_penalty_cases"]),
        ("成功调解纠纷60件,防止民转刑2起。", ["disputes_mediated"]),
        ("全年纠纷368件调结361件。", ["disputes_mediated"]),  # the verb is that of the second figure
    ],
)
def test_a_reason_takes_no_figure_from_an_indicator(text: str, codes: list[str]) -> None:
    assert [fact.metric_code for fact in extract(text, (), 2024, load_codebook()).facts] == codes


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("索引号:QZ02-0100-2026-00041", "index_number"),
        ("索引号:lsx-06/2025-0114002", "index_number"),
        ("索取号:612301-sh-2024-00087", "index_number"),
        ("仙桥镇2022法治政府建设工作总结", "date"),
        ("报告2023年法治工作情况及2024工作计划", "date"),
        ("镇20XX年法治政府建设工作总结", "masked"),
        ("日期:2024-01-26 累计次数:452", "page_furniture"),
        ("作者:办公室 人气:18", "page_furniture"),
        ("在216省道沿线", "name"),
    ],
)
def test_numbers_of_a_page_are_known_by_their_form(text: str, reason: str) -> None:
    assert find_mentions(text)[-1].reason == reason


@pytest.mark.parametrize("text", ["发放资料2024份", "印制折页5000-10000份", "接待群众2023人次"])
def test_counts_that_look_like_them_stay_figures(text: str) -> None:
    assert find_mentions(text)[-1].reason == ""
