"""Scopes as concepts, substitutes, parts over semicolons and repeats: what SQL needs to resolve figures."""

from dataclasses import replace

import pytest

from pipelines.codebook.load import load_codebook
from pipelines.extract.report.engine import extract
from pipelines.extract.report.records import Fact


def read(text: str) -> list[Fact]:
    return extract(text, (), 2024, load_codebook()).facts


SAME = [
    ("党委理论学习中心组集体学法4次。", "党委中心组集中学法4次。"),
    ("开展大型法治宣传活动9场。", "开展法治宣传活动9场。"),
    ("举办法治培训9场。", "举办法治培训班9场。"),
    ("有行政执法人员9名。", "有执法人员9名。"),
    ("法治进校园9场。", "法治进校园活动9场。"),
    # apart
    ("党工委中心组学法4次。", "理论学习中心组学法4次。"),
    ("培育法律明白人80名。", "有“法律明白人”80名。"),
]
RELATED = [
    ("组织机关干部集中学法12次。", "组织干部职工集中学法12次。"),
    ("培训机关干部80人次。", "培训党员干部80人次。"),
    # apart
    ("组织全体干部集中学法12次。", "组织公职人员集中学法12次。"),
]
UNRELATED = [
    ("培训机关干部80人次。", "培训村干部80人次。"),
    ("开展进企业法治宣传活动5场。", "开展进社区法治宣传活动5场。"),
    ("发放宣传手册300份。", "发放宣传单300份。"),
    ("建成县级民主法治示范村3个。", "建成省级民主法治示范村3个。"),
    ("在东村开展法治宣传活动2场。", "在西村开展法治宣传活动2场。"),
    # apart
    ("开展宪法宣传活动5场。", "开展民法典宣传活动5场。"),
    ("在城关社区开展法治宣传活动2场。", "在幸福敬老院开展法治宣传活动2场。"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_wordings_of_one_scope_have_one_key(one: str, other: str) -> None:
    (first,), (second,) = read(one)[:1], read(other)[:1]
    assert (first.metric_code, first.scope_key) == (second.metric_code, second.scope_key)


@pytest.mark.parametrize(("one", "other"), RELATED)
def test_related_scopes_have_one_group(one: str, other: str) -> None:
    (first,), (second,) = read(one)[:1], read(other)[:1]
    assert first.metric_code == second.metric_code
    assert first.scope_key != second.scope_key
    assert first.scope_group == second.scope_group == "officials||"


@pytest.mark.parametrize(("one", "other"), UNRELATED)
def test_unrelated_scopes_have_groups_of_their_own(one: str, other: str) -> None:
    (first,), (second,) = read(one)[:1], read(other)[:1]
    assert first.metric_code == second.metric_code
    assert first.scope_group != second.scope_group
    assert first.scope_key and second.scope_key


def test_what_the_metric_says_itself_is_no_scope() -> None:
    text = "全镇有行政执法人员18名。培育法律明白人120名。组织执法人员培训3次。党委中心组学法4次。举办法治培训5场。"
    assert [(fact.scope is not None, fact.scope_key) for fact in read(text)] == [(True, "")] * 5


def test_each_class_has_its_column() -> None:
    (fact,) = read("在东村为村民举办宪法讲座2场。")
    assert (fact.scope_who, fact.scope_where, fact.scope_what) == ("residents", "东村", "constitution")
    assert fact.scope_key == fact.scope_group == "residents|东村|constitution"
    assert fact.scope == "宪法+村民+讲座"  # the words themselves, without the place


@pytest.mark.parametrize(
    "text",
    [
        "在各村开展法治宣传活动4场。",
        "深入企业、社区开展法治宣传活动4场。",
        "在全镇12个村开展法治宣传活动4场。",
        "在册社区矫正对象22名。",
    ],
)
def test_places_of_a_kind_have_no_name(text: str) -> None:
    assert not any("村" in fact.scope_where or "社区" in fact.scope_where for fact in read(text))


def test_things_that_share_a_number_have_scopes_of_their_own() -> None:
    assert [fact.scope_key for fact in read("在东村、西村各开展法治宣传活动2场。")] == ["|东村|", "|西村|"]


SUBSTITUTES = [
    ("受理信访件45件,办理信访件43件。", [False, True]),
    ("受理信访件45件,办理43件。", [False, True]),
    ("办理信访件43件。", [True]),
    ("受理并办理信访件43件。", [False]),
    ("受理12345热线工单100件,处理12345热线工单98件。", [False, True]),
    ("收到依申请公开8件,答复依申请公开7件。", [False, True]),
    ("调解矛盾纠纷489起,调成486起。", [False, True]),
    ("成功调解矛盾纠纷486起。", [False]),
    ("立案调查6起,作出行政处罚决定4起。", [True, False]),
    # apart
    ("全年接待来访18批,登记信访事项12件。", [False, False]),
    ("办理法律援助案件12件,接受咨询90人次。", [True, False]),
    ("调处纠纷31件,成功化解30件。", [False, True]),
]


@pytest.mark.parametrize(("text", "flags"), SUBSTITUTES)
def test_what_is_done_with_what_came_in_stands_in_for_it(text: str, flags: list[bool]) -> None:
    assert [fact.is_substitute for fact in read(text)] == flags


@pytest.mark.parametrize(("side", "found"), [("both", (True, True)), ("left", (True, False)), ("right", (False, True))])
def test_the_head_of_a_second_fact_stands_on_the_side_that_its_rule_names(side: str, found: tuple[bool, bool]) -> None:
    codebook = load_codebook()
    terms = [
        term._replace(
            also={unit: tuple(replace(rule, side=side) for rule in rules) for unit, rules in term.also.items()}
        )
        for term in codebook.terms
    ]
    sided = replace(codebook, terms=tuple(terms))

    def gives_two(text: str) -> bool:
        return "enforcement_staff_certified" in [fact.metric_code for fact in extract(text, (), 2024, sided).facts]

    assert (gives_two("执法人员24名,全部持证。"), gives_two("24名执法人员全部持证。")) == found


PARTS = [
    ("开展法治宣传活动20场,其中进校园宣传活动5场;进企业宣传活动6场;进社区宣传活动9场。", [None, 0, 0, 0]),
    ("受理信访件和12345热线工单共620件,其中信访件70件;热线工单550件。", [None, 0, 0]),
    ("受理信访件120件,其中初次信访80件;重复信访40件。", [None, 0, 0]),
    ("开展法治宣传活动20场,其中进校园5场;调解矛盾纠纷30件。", [None, 0, None]),
    ("行政复议案件8件,其中调解撤回3件;行政应诉案件11件。", [None, 0, None]),
    ("开展法治宣传活动20场,其中进企业宣传活动6场;全年开展法治宣传活动40场。", [None, 0, None]),
    ("开展法治宣传活动20场,其中进企业宣传活动6场。开展进社区宣传活动9场。", [None, 0, None]),
    ("罚款60万元,其中交通罚款20万元;环保罚款5000圆。", [None, 0, 0]),  # one measure, written in two ways
    ("开展法治讲座20场,其中进校园8场;师生反响好。法治讲座5场。", [None, 0, None]),  # in another sentence
    # apart
    ("发放宣传资料900份,其中宣传单500份;宣传手册400份。", [None, 0, 0]),
    ("受理信访件20件,其中来信8件;调解矛盾纠纷12件。", [None, 0, None]),
]


PARTS_OF_A_SENTENCE_BEFORE = [
    ("班子会前学法8次,形成制度。组织村干部参加法治培训,其中春季培训2期,秋季培训3期。", [None, None, None]),
    ("开展法治宣传活动20场。送法上门,其中开展法治进校园活动5场。", [None, 0]),
    ("受理信访件和12345热线工单共200件。畅通渠道,其中受理信访件60件。", [None, 0]),
    ("现有行政执法人员20人。队伍稳定,其中持证执法人员12人。", [None, 0]),
    ("开展法治宣传活动30场。送法上门,其中开展法治宣讲10场。", [None, 0]),
    ("举办法治培训9期。分层施教,其中面向村干部培训4期,面向机关干部培训3期。", [None, 0, 0]),
    ("举办法治培训3期。分层施教,其中面向村干部培训4期,面向机关干部培训3期。", [None, None, None]),
    ("调解矛盾纠纷50件。丰富形式,其中受理信访件12件。", [None, None]),
    ("受理信访件120件。其中初次信访80件,重复信访40件。", [None, 0, 0]),
    # apart
    ("受理信访件20件。其中初次信访30件。", [None, None]),
    ("干部职工集中学法12次。抓实教育,其中举办法治培训2期。", [None, None]),
    ("开展法治宣传活动30余场。面向重点人群,其中开展法治进校园活动6场。", [None, 0]),
    ("调解成功率98%。完善机制,其中调解矛盾纠纷60件。", [None, None]),
]


@pytest.mark.parametrize(("text", "totals"), [*PARTS, *PARTS_OF_A_SENTENCE_BEFORE])
def test_parts_go_on_over_semicolons_up_to_another_subject(text: str, totals: list[int | None]) -> None:
    facts = read(text)
    assert [fact.subset_of for fact in facts] == totals
    assert [fact.role for fact in facts] == ["total" if total is None else "subset" for total in totals]


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("在东村开展法治宣传活动2场,在西村开展法治宣传活动2场。", ["total", "total"]),
        ("3月开展法治宣传活动2场,6月开展法治宣传活动2场。", ["total", "total"]),
        ("上半年举办法治讲座3场。下半年举办法治讲座3场。", ["total", "total"]),
        ("在东村开展法治宣传活动2场。在西村开展法治宣传活动2场。", ["total", "total"]),
        ("组织学法考试,应考61人,实考61人。", ["total", "total"]),
        ("全年开展法治宣传活动16场。共开展法治宣传活动16场。", ["total", "repeat"]),
        ("理论学习中心组学法6次。党委中心组学法6次。", ["total", "repeat"]),
        # apart
        ("1月受理信访件4件。5月受理信访件4件。", ["total", "total"]),
        ("全年受理信访件41件。截至年底,受理信访件41件。", ["total", "repeat"]),
    ],
)
def test_words_and_not_values_say_what_is_repeated(text: str, roles: list[str]) -> None:
    assert [fact.role for fact in read(text)] == roles


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("发放宣传资料近3000份。", 2700, 3000),
        ("发放宣传资料约500份。", 450, 550),
        ("发放宣传资料1.2万份左右。", 10_800, 13_200),
        ("发放宣传资料大约四百份。", 360, 440),
    ],
)
def test_rounded_values_have_bounds(text: str, low: float, high: float) -> None:
    (fact,) = read(text)
    assert (fact.qualifier, fact.value_low, fact.value_high) == ("approx", low, high)
