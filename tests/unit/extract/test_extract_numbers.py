"""Numbers: the value of a written figure, its unit, and how exact it is.

One sentence frame holds every spelling, so that what differs between two rows of the table is the number alone.
"""

import pytest

from pipelines.codebook.load import load_codebook
from pipelines.extract.report.engine import extract
from pipelines.extract.report.records import Fact

EXACT, LEAST, MOST, ABOUT = "exact", "at_least", "at_most", "approx"


def facts(text: str, code: str) -> list[Fact]:
    return [f for f in extract(text, (), 2024, load_codebook()).facts if f.metric_code == code]


# written, value, classifier as written, qualifier, low, high
COPIES = [
    ("320份", 320, "份", EXACT, 320, 320),
    ("4,200份", 4200, "份", EXACT, 4200, 4200),
    ("4，200份", 4200, "份", EXACT, 4200, 4200),
    ("1,234,567份", 1_234_567, "份", EXACT, 1_234_567, 1_234_567),
    ("３２０份", 320, "份", EXACT, 320, 320),
    ("４，２００份", 4200, "份", EXACT, 4200, 4200),
    (" 320 份", 320, "份", EXACT, 320, 320),
    ("3, 200份", 3200, "份", EXACT, 3200, 3200),
    ("1.2万份", 12_000, "份", EXACT, 12_000, 12_000),
    ("2.3千份", 2300, "份", EXACT, 2300, 2300),
    ("3百份", 300, "份", EXACT, 300, 300),
    ("1.2万余份", 12_000, "份", LEAST, 12_000, None),
    ("2万多份", 20_000, "份", LEAST, 20_000, None),
    ("3千余份", 3000, "份", LEAST, 3000, None),
    ("320余份", 320, "份", LEAST, 320, None),
    ("320 余份", 320, "份", LEAST, 320, None),
    ("320餘份", 320, "份", LEAST, 320, None),
    ("320多份", 320, "份", LEAST, 320, None),
    ("500来份", 500, "份", LEAST, 500, None),
    ("300余册(份)", 300, "册(份)", LEAST, 300, None),
    ("两万余份", 20_000, "份", LEAST, 20_000, None),
    ("兩萬餘份", 20_000, "份", LEAST, 20_000, None),
    ("一千二百余份", 1200, "份", LEAST, 1200, None),
    ("三十余份", 30, "份", LEAST, 30, None),
    ("二十多份", 20, "份", LEAST, 20, None),
    ("十几份", 10, "份", LEAST, 10, None),
    ("百余份", 100, "份", LEAST, 100, None),
    ("万余份", 10_000, "份", LEAST, 10_000, None),
    ("数十份", 10, "份", LEAST, 10, None),
    ("数百份", 100, "份", LEAST, 100, None),
    ("几十份", 10, "份", LEAST, 10, None),
    ("好几百份", 100, "份", LEAST, 100, None),
    ("上百份", 100, "份", LEAST, 100, None),
    ("上千份", 1000, "份", LEAST, 1000, None),
    ("近千份", 1000, "份", ABOUT, 900, 1000),
    ("廿份", 20, "份", EXACT, 20, 20),
    ("廿五份", 25, "份", EXACT, 25, 25),
    ("卅二份", 32, "份", EXACT, 32, 32),
    ("三百二十份", 320, "份", EXACT, 320, 320),
    ("一百零六份", 106, "份", EXACT, 106, 106),
    ("壹佰贰拾份", 120, "份", EXACT, 120, 120),
    ("超185份", 185, "份", LEAST, 185, None),
    ("超过185份", 185, "份", LEAST, 185, None),
    ("逾185份", 185, "份", LEAST, 185, None),
    ("突破185份", 185, "份", LEAST, 185, None),
    ("大于185份", 185, "份", LEAST, 185, None),
    ("185份以上", 185, "份", LEAST, 185, None),
    ("185份及以上", 185, "份", LEAST, 185, None),
    ("达到185份", 185, "份", EXACT, 185, 185),
    ("达185份", 185, "份", EXACT, 185, 185),
    ("共计185份", 185, "份", EXACT, 185, 185),
    ("约185份", 185, "份", ABOUT, 166.5, 203.5),
    ("大约185份", 185, "份", ABOUT, 166.5, 203.5),
    ("185份左右", 185, "份", ABOUT, 166.5, 203.5),
    ("185份上下", 185, "份", ABOUT, 166.5, 203.5),
    ("近185份", 185, "份", ABOUT, 166.5, 185),
    ("将近185份", 185, "份", ABOUT, 166.5, 185),
    ("接近185份", 185, "份", ABOUT, 166.5, 185),
    ("不足185份", 185, "份", MOST, None, 185),
    ("不到185份", 185, "份", MOST, None, 185),
    ("最多185份", 185, "份", MOST, None, 185),
    ("185份以内", 185, "份", MOST, None, 185),
    ("185份以下", 185, "份", MOST, None, 185),
    ("300至500份", 300, "份", LEAST, 300, 500),
    ("300—500份", 300, "份", LEAST, 300, 500),
    ("300～500份", 300, "份", LEAST, 300, 500),
    ("2至3万份", 20_000, "份", LEAST, 20_000, 30_000),
    ("8000至1万份", 8000, "份", LEAST, 8000, 10_000),
    ("1万2千份", 12_000, "份", EXACT, 12_000, 12_000),
    ("3万5千余份", 35_000, "份", LEAST, 35_000, None),
    ("5000+份", 5000, "份", LEAST, 5000, None),
    ("500余（份）", 500, "（份）", LEAST, 500, None),
    ("500有余份", 500, "份", LEAST, 500, None),
    ("过万份", 10_000, "份", LEAST, 10_000, None),
    ("三四百份", 300, "份", LEAST, 300, 400),
]


@pytest.mark.parametrize(("written", "value", "unit", "qualifier", "low", "high"), COPIES)
def test_figure_of_copies(
    written: str, value: float, unit: str, qualifier: str, low: float | None, high: float | None
) -> None:
    text = f"各村发放普法资料{written}。"
    (fact,) = facts(text, "publicity_materials")
    assert (fact.value, fact.qualifier, fact.value_low, fact.value_high) == (value, qualifier, low, high)
    assert fact.unit_raw == unit
    assert text[fact.char_start : fact.char_end] == fact.evidence


def test_a_chinese_numeral_after_a_leaflet_is_a_figure() -> None:
    (fact,) = facts("向牧民发放普法宣传单三十余份。", "publicity_materials")
    assert (fact.value, fact.qualifier) == (30, LEAST)


RATES = [
    ("98%", 98, EXACT, 98, 98),
    ("98.5％", 98.5, EXACT, 98.5, 98.5),
    ("９８．５％", 98.5, EXACT, 98.5, 98.5),
    ("98.5﹪", 98.5, EXACT, 98.5, 98.5),
    ("百分之八十", 80, EXACT, 80, 80),
    ("百分之九十五点五", 95.5, EXACT, 95.5, 95.5),
    ("百分之百", 100, EXACT, 100, 100),
    ("九成", 90, EXACT, 90, 90),
    ("九成以上", 90, LEAST, 90, None),
    ("超九成", 90, LEAST, 90, None),
    ("60%以上", 60, LEAST, 60, None),
    ("超过95%", 95, LEAST, 95, None),
    ("近95%", 95, ABOUT, 85.5, 95),
    ("约95%", 95, ABOUT, 85.5, 104.5),
    ("不到95%", 95, MOST, None, 95),
    ("95—98%", 95, LEAST, 95, 98),
    ("95%~98%", 95, LEAST, 95, 98),
]


@pytest.mark.parametrize(("written", "value", "qualifier", "low", "high"), RATES)
def test_rate(written: str, value: float, qualifier: str, low: float | None, high: float | None) -> None:
    (fact,) = facts(f"干部学法考试合格率达{written}。", "exam_pass_rate")
    assert (fact.value, fact.unit, fact.qualifier) == (value, "%", qualifier)
    assert (fact.value_low, fact.value_high) == (low, high)


MONEY = [
    ("1200元", 1200, EXACT),
    ("0.8万元", 8000, EXACT),
    ("12000000余元", 12_000_000, LEAST),
    ("2.35万元", 23_500, EXACT),
    ("12亿元", 1_200_000_000, EXACT),
    ("三万五千元", 35_000, EXACT),
    ("二十余万元", 200_000, LEAST),
    ("6万余元", 60_000, LEAST),
    ("近1万元", 10_000, ABOUT),
    ("１．５萬元", 15_000, EXACT),
    ("1亿2000万元", 120_000_000, EXACT),
    ("一亿二千万元", 120_000_000, EXACT),
]


@pytest.mark.parametrize(("written", "value", "qualifier"), MONEY)
def test_money_comes_in_yuan(written: str, value: float, qualifier: str) -> None:
    (fact,) = facts(f"综合行政执法队全年罚款{written}。", "enforcement_fines")
    assert (fact.value, fact.unit, fact.qualifier) == (value, "元", qualifier)


def test_area_comes_in_square_metres() -> None:
    (fact,) = facts("拆除违法建设1.3万平方米。", "illegal_building_area_demolished")
    assert (fact.value, fact.unit) == (13_000, "平方米")


@pytest.mark.parametrize(
    "text",
    ["理论学习中心组学法不少于4次。", "领导班子集体学法应不低于6次。", "执法人员培训不得少于40学时。"],
)
def test_a_lower_bound_in_a_norm_is_no_result(text: str) -> None:
    result = extract(text, (), 2024, load_codebook())
    assert not result.facts
    assert {n.disposition for n in result.numbers} == {"norm"}


@pytest.mark.parametrize(
    "text",
    [
        "全年累计发放普法资料不少于500份。",
        "已发放普法资料不少于500份。",
    ],
)
def test_a_lower_bound_of_a_result_is_at_least(text: str) -> None:
    (fact,) = facts(text, "publicity_materials")
    assert (fact.value, fact.qualifier, fact.value_low, fact.value_high) == (500, LEAST, 500, None)


@pytest.mark.parametrize("written", ["几场", "多场", "若干场", "数场"])
def test_an_indefinite_amount_is_no_figure(written: str) -> None:
    assert not facts(f"牵头举办法治讲座{written}。", "training_sessions")


@pytest.mark.parametrize(
    ("written", "code", "value"),
    [
        ("⻄坡街道举办法治讲座6场。", "training_sessions", 6),
        ("設立法治宣傳欄12塊。", "publicity_boards", 12),
        ("設（shè）立法治宣傳欄12塊。", "publicity_boards", 12),
        ("聘請法律顧問３名。", "legal_advisers", 3),
        ("調解糾紛 8８ 件。", "disputes_mediated", 88),
    ],
)
def test_other_scripts_are_read_like_the_plain_one(written: str, code: str, value: float) -> None:
    (fact,) = facts(written, code)
    assert fact.value == value
    assert written[fact.char_start : fact.char_end] == fact.evidence


@pytest.mark.parametrize(
    "text",
    [
        ("受理信访件三" + "万" * 100 + "件。"),
        "受理信访件3" + "亿" * 60 + "件。",
        ("受理信访件" + "二" * 500 + "件。"),
    ],
)
def test_a_number_beyond_reason_is_no_fact(text: str) -> None:
    assert not extract(text, (), 2024, load_codebook()).facts


@pytest.mark.parametrize(
    ("text", "disposition"),
    [
        ("中心组每年学法不少于4次。", "norm"),
        ("今年中心组学法不少于4次。", "fact"),
        ("执法人员持证率过半。", "fact"),
        ("今年调解纠纷二三十件。", "fact"),
        ("落实四个一制度。", "slogan"),
    ],
)
def test_what_becomes_of_a_number(text: str, disposition: str) -> None:
    result = extract(text, (), 2024, load_codebook())
    assert [number.disposition for number in result.numbers] == [disposition]
    assert len(result.facts) == (disposition == "fact")
