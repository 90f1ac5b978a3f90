"""Periods: the months that a fact is for, by its own words, its sentence, its heading or the edition of its report."""

import pytest

from pipelines.codebook.load import load_codebook
from pipelines.codebook.periods import YEAR, Period, period_from_to, period_named
from pipelines.extract.report.engine import extract

Stated = list[tuple[float, int, int]]


def months(text: str, edition: Period = YEAR) -> Stated:
    facts = extract(text, (), 2024, load_codebook(), edition).facts
    assert all(fact.months == max(0, fact.period_end - fact.period_start + 1) for fact in facts)
    assert all(period_named(fact.period)[1:] == (fact.period_start, fact.period_end) for fact in facts)
    return [(fact.value, fact.period_start, fact.period_end) for fact in facts]


OWN_WORDS: list[tuple[str, Stated]] = [
    ("1-10月受理信访件36件,11-12月受理信访件9件。", [(36, 1, 10), (9, 11, 12)]),
    ("上半年调解纠纷12件,三季度15件,四季度9件。", [(12, 1, 6), (15, 7, 9), (9, 10, 12)]),
    ("3月开展法治宣传活动2场,6月3场,12月4场。", [(2, 3, 3), (3, 6, 6), (4, 12, 12)]),
    ("3月举办法治讲座2场,6月举办法治讲座3场,共举办法治讲座5场。", [(2, 3, 3), (3, 6, 6), (5, 1, 12)]),
    ("3月印发方案,全年举办法治讲座5场。", [(5, 1, 12)]),
    ("6月底有行政执法人员18名,12月底15名。", [(18, 1, 6), (15, 1, 12)]),
    ("前三个季度受理信访件27件。", [(27, 1, 9)]),
    ("上半年未发生行政复议案件。", [(0, 1, 6)]),
    ("10-3月受理信访件27件。", [(27, 10, 3)]),
    ("上半年、下半年各举办法治讲座1场。", [(1, 1, 12), (1, 1, 12)]),
    ("截至11月底,现有行政执法人员18名。", [(18, 1, 11)]),
    ("至9月底,全镇有人民调解员31名,年末33名。", [(31, 1, 9), (33, 1, 12)]),
    ("4月举办法治讲座1场,目前有行政执法人员18名。", [(1, 4, 4), (18, 1, 12)]),
]
NO_PERIOD: list[tuple[str, Stated]] = [
    ("结合5月民法典宣传月,开展法治宣传活动4场。", [(4, 1, 12)]),
    ("在12月4日国家宪法日期间开展法治宣传活动4场。", [(4, 1, 12)]),
    ("按照县司法局3月印发的方案,开展法治宣传活动4场。", [(4, 1, 12)]),
]
APART: list[tuple[str, Stated]] = [
    ("前三季度接待来信来访17批,第四季度接待来信来访6批。", [(17, 1, 9), (6, 10, 12)]),
    ("2024年1至8月,发放宣传资料6000份。", [(6000, 1, 8)]),
    ("9月份组织法律知识考试1次。", [(1, 9, 9)]),
    ("今年4月,镇党委理论学习中心组集体学法2次。", [(2, 4, 4)]),
    ("第二季度受理12345热线工单90件。", [(90, 4, 6)]),
    ("到8月末共有法律顾问7名。", [(7, 1, 8)]),
    ("二季度调解纠纷8件;三季度调解纠纷9件。", [(8, 4, 6), (9, 7, 9)]),
]
LISTS: list[tuple[str, Stated]] = [
    ("镇党委中心组一季度学法3次、二季度2次、三季度4次、四季度3次。", [(3, 1, 3), (2, 4, 6), (4, 7, 9), (3, 10, 12)]),
    ("第一季度调解纠纷14件、第二季度9件、第三季度11件。", [(14, 1, 3), (9, 4, 6), (11, 7, 9)]),
    ("开展法治宣传活动上半年8场、下半年9场。", [(8, 1, 6), (9, 7, 12)]),
    ("受理信访件1-6月13件、7-12月17件。", [(13, 1, 6), (17, 7, 12)]),
    ("开展法治宣传活动3月2场、6月3场、12月4场。", [(2, 3, 3), (3, 6, 6), (4, 12, 12)]),
    ("一、二季度调解纠纷20件、三季度11件。", [(20, 1, 6), (11, 7, 9)]),
    # apart
    ("接待来信来访一季度6批,二季度8批,三季度5批。", [(6, 1, 3), (8, 4, 6), (5, 7, 9)]),
    ("办理法律援助案件二季度2件和四季度5件。", [(2, 4, 6), (5, 10, 12)]),
    ("举办法治讲座5月1场、9月2场。", [(1, 5, 5), (2, 9, 9)]),
    ("调解纠纷1至3月18件、4至6月21件、7至12月44件。", [(18, 1, 3), (21, 4, 6), (44, 7, 12)]),
]


@pytest.mark.parametrize(("text", "stated"), [*OWN_WORDS, *NO_PERIOD, *APART, *LISTS])
def test_the_words_of_a_figure_say_its_months(text: str, stated: Stated) -> None:
    assert months(text) == stated


def test_what_opens_a_sentence_goes_on_over_its_semicolons_and_no_further() -> None:
    text = "1-10月,受理信访件45件;调解纠纷30件。举办法治讲座4场。"
    assert months(text) == [(45, 1, 10), (30, 1, 10), (4, 1, 12)]
    assert months("上半年受理信访件20件、下半年25件;调解纠纷36件。")[2] == (36, 1, 12)
    assert months("3月15日受理信访件2件;调解纠纷36件。")[1] == (36, 1, 12)


def test_a_heading_says_the_months_of_what_stands_under_it() -> None:
    text = "一、上半年工作情况\n(一)普法\n举办法治讲座3场。三月举办法治讲座1场。全年举办法治讲座9场。"
    text += "\n二、其他\n调解纠纷7件。"
    assert months(text) == [(3, 1, 6), (1, 3, 3), (9, 1, 12), (7, 1, 12)]


@pytest.mark.parametrize(
    "title", ["某镇2024年工作总结和2025年上半年工作计划", "上半年工作总结", "2024年上半年法治工作汇报"]
)
def test_a_title_or_a_plan_is_no_such_heading(title: str) -> None:
    assert months(f"{title}\n举办法治讲座3场。") == [(3, 1, 12)]


def test_the_edition_says_the_months_where_nothing_else_does() -> None:
    half = period_from_to(1, 6, half=True)
    text = "举办法治讲座3场。一季度调解纠纷4件。今年以来受理信访件9件。全年发放宣传资料500份。"
    assert months(text, half) == [(3, 1, 6), (4, 1, 3), (9, 1, 6), (500, 1, 6)]
    assert extract(text, (), 2024, load_codebook(), half).facts[0].period == "first_half"
    assert months("举办法治讲座3场。", period_from_to(12, 12)) == [(3, 12, 12)]


@pytest.mark.parametrize(
    ("text", "figure", "before"),
    [
        ("行政执法人员由年初的12名增加到年末的18名。", 18, 12),
        ("行政执法人员从年初的9名增至年末的14名。", 14, 9),
        ("行政执法人员由年初的21名减少到年末的19名。", 19, 21),
        ("法律明白人从年初的80名增加到12月底的120名。", 120, 80),
        ("人民调解员由年初的25名增加到目前的30名。", 30, 25),
    ],
)
def test_of_a_change_the_later_moment_is_the_figure(text: str, figure: float, before: float) -> None:
    extraction = extract(text, (), 2024, load_codebook())
    assert [fact.value for fact in extraction.facts] == [figure]
    assert [n.value for n in extraction.numbers if n.disposition == "before_change"] == [before]


@pytest.mark.parametrize("name", ["", "?", "to_13", "m0", "q5", "half"])
def test_a_text_that_names_no_period_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no period; one is year"):
        period_named(name)
