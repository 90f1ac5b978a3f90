"""Mentions: which numbers a sentence holds, where each stands, what it is worth and how exact; what is no number."""

import pytest

from pipelines.codebook.cues import Amount, amount
from pipelines.numerals.chinese import CHINESE_OPENINGS
from pipelines.numerals.figures import Mention
from pipelines.numerals.fold import prepare
from pipelines.numerals.mentions import find_mentions
from pipelines.numerals.scan import scan

EXACT, LEAST, MOST, ABOUT = "exact", "at_least", "at_most", "approx"
_MAY_HOLD_NUMBER = scan([("0-9", ""), *CHINESE_OPENINGS])


def mentions(text: str) -> list[Mention]:
    """The mentions of a text; each span holds its numeral and its classifier, and none overlaps the next."""
    found = find_mentions(text)
    end = 0
    for mention in found:
        assert end <= mention.start < mention.digits_end <= mention.end <= len(text)
        end = mention.end
    assert not found or _MAY_HOLD_NUMBER.search(text)
    return found


def read(text: str) -> tuple[str, Amount, str]:
    """The only figure of a sentence as written, its amount and its classifier."""
    working = prepare(text).text
    (mention,) = mentions(working)
    assert not mention.reason
    return working[mention.start : mention.end], amount(working, mention), mention.unit


def least(value: float) -> Amount:
    return Amount(value, LEAST, value, None)


def exact(value: float) -> Amount:
    return Amount(value, EXACT, value, value)


def span(low: float, high: float) -> Amount:
    return Amount(low, LEAST, low, high)


# a sentence, its only number as written, what it is worth
CHINESE = [
    ("组织夜学三五次。", "三五次", span(3, 5)),
    ("院坝会开了二三十场。", "二三十场", span(20, 30)),
    ("入户劝导十七八户。", "十七八户", span(17, 18)),
    ("到场四五十人。", "四五十人", span(40, 50)),
    ("接待来访一两次。", "一两次", span(1, 2)),
    ("巡查河道三至五次。", "三至五次", span(3, 5)),
    ("寄出公开信三到五百封。", "三到五百封", span(300, 500)),
    ("选派网格员十至十五名。", "十至十五名", span(10, 15)),
    ("印制手册一至五册。", "一至五册", span(1, 5)),
    ("来访三十有余件。", "三十有余件", least(30)),
    ("讲解百余次。", "百余次", least(100)),
    ("答复千余条。", "千余条", least(1000)),
    ("涉及十几个村。", "十几个", least(10)),
    ("举办好几十场。", "几十场", least(10)),
    ("来了几百人。", "几百人", least(100)),
    ("走访上万户。", "万户", least(10_000)),
    ("转发成百上千次。", "千次", least(1000)),
    ("受众逾千人。", "千人", least(1000)),
    ("人数过百人。", "百人", least(100)),
    ("受众近千人。", "千人", Amount(1000, ABOUT, 900, 1000)),
    ("受众约千人。", "千人", Amount(1000, ABOUT, 900, 1100)),
    ("受众达万人次。", "万人次", exact(10_000)),
    ("信访总件数三十件。", "三十件", exact(30)),
    ("案件总数十二件。", "十二件", exact(12)),
    ("线上三场。", "三场", exact(3)),
    ("组建宣讲队伍三支。", "三支", exact(3)),
    ("发放廿余份。", "廿余份", least(20)),
    ("印发叁拾份。", "叁拾份", exact(30)),
    ("十二轮次督查。", "十二轮次", exact(12)),
    ("专题学习二次。", "二次", exact(2)),
    ("二次以上来访。", "二次", least(2)),
    ("发生事故零起。", "零起", exact(0)),
]
RARER = [
    ("收到锦旗两面。", "两面", exact(2)),
    ("收到三面锦旗。", "三面", exact(3)),
    ("收到锦旗三十余面。", "三十余面", least(30)),
    ("分成十二组入户。", "十二组", exact(12)),
    ("设接待室两间。", "两间", exact(2)),
    ("建成三间调解室。", "三间", exact(3)),
    ("覆盖学校五所。", "五所", exact(5)),
    ("联系四所学校。", "四所", exact(4)),
    ("添置电脑两台。", "两台", exact(2)),
    ("配备巡逻艇两艘。", "两艘", exact(2)),
    ("发放头盔二百顶。", "二百顶", exact(200)),
    ("通读条例三遍。", "三遍", exact(3)),
    ("拍摄视频十余段。", "十余段", least(10)),
    ("收缴印章三枚。", "三枚", exact(3)),
    ("代办二十余票。", "二十余票", least(20)),
    ("梳理事项二十类。", "二十类", exact(20)),
    ("清理广告四十余版。", "四十余版", least(40)),
    ("寄送感谢信五封。", "五封", exact(5)),
    ("学习三十分钟。", "三十分钟", exact(30)),
]
SHARES = [
    ("到会干部半数。", "半数", exact(50)),
    ("半数以上村民到会。", "半数", least(50)),
    ("超半数村民到会。", "半数", least(50)),
    ("不到半数村民到会。", "半数", Amount(50, MOST, None, 50)),
    ("持证人员过半。", "半", least(50)),
    ("持证人员近半。", "半", Amount(50, ABOUT, 45, 50)),
    ("一半以上村民到会。", "一半", least(50)),
    ("三分之二村民到会。", "三分之二", exact(66.67)),
    ("千分之五抽检。", "千分之五", exact(0.5)),
    ("超百分之八十。", "百分之八十", least(80)),
    ("占百分之三点二五。", "百分之三点二五", exact(3.25)),
    ("八成多村民知晓。", "八成", least(80)),
    ("9成以上村民知晓。", "9成", least(90)),
    ("过95%。", "95%", least(95)),
    ("95%-98.5%。", "95%-98.5%", span(95, 98.5)),
]
ARABIC = [
    ("开庭3至5次。", "3至5次", span(3, 5)),
    ("开庭3~5次。", "3~5次", span(3, 5)),
    ("开庭3次—5次。", "3次—5次", span(3, 5)),
    ("发放200份至1万份。", "200份至1万份", span(200, 10_000)),
    ("发放1万份—2万份。", "1万份—2万份", span(10_000, 20_000)),
    ("投入1.2万至1.5万元。", "1.2万至1.5万元", span(12_000, 15_000)),
    ("投入12.5余万元。", "12.5余万元", least(125_000)),
    ("投入12.5余万元用于普法宣传。", "12.5余万元", least(125_000)),
    ("投入人民币6万元。", "6万元", exact(60_000)),
    ("补助3千元。", "3千元", exact(3000)),
    ("补助五千元。", "五千元", exact(5000)),
    ("拨付壹万贰仟元。", "壹万贰仟元", exact(12_000)),
    ("筹资三百余万元。", "三百余万元", least(3_000_000)),
    ("筹资百万余元。", "百万余元", least(1_000_000)),
    ("筹资近万元。", "万元", Amount(10_000, ABOUT, 9000, 10_000)),
    ("占地1 200平方米。", "1 200平方米", exact(1200)),
    ("占地1200㎡。", "1200㎡", exact(1200)),
    ("占地20余亩。", "20余亩", least(20)),
    ("占地1.2万余亩。", "1.2万余亩", least(12_000)),
    ("发放300余册（份）。", "300余册(份)", least(300)),
    ("到场5000+名。", "5000+名", least(5000)),
]
HEDGES = [
    ("召开过2次。", exact(2)),
    ("召开过两次。", exact(2)),
    ("通过5件。", exact(5)),
    ("最近5次。", exact(5)),
    ("附近5户。", exact(5)),
    ("预约30人次。", exact(30)),
    ("节约12万元。", exact(120_000)),
    ("查找不足12条。", exact(12)),
    ("开展12场多部门演练。", exact(12)),
    ("3级上下联动。", exact(3)),
    ("达到5次。", exact(5)),
    ("未超过5件。", Amount(5, MOST, None, 5)),
    ("不超5件。", Amount(5, MOST, None, 5)),
    ("未达到95%。", Amount(95, MOST, None, 95)),
    ("5件以内。", Amount(5, MOST, None, 5)),
    ("5件（含）以下。", Amount(5, MOST, None, 5)),
    ("5件（含）以上。", least(5)),
    ("不止5次。", least(5)),
    ("不下5次。", least(5)),
    ("运行三年多。", least(3)),
    ("5次左右。", Amount(5, ABOUT, 4.5, 5.5)),
    ("近5次。", Amount(5, ABOUT, 4.5, 5)),
]


@pytest.mark.parametrize(("text", "written", "worth"), [*CHINESE, *RARER, *SHARES, *ARABIC])
def test_a_number_and_its_worth(text: str, written: str, worth: Amount) -> None:
    assert read(text)[:2] == (written, worth)


@pytest.mark.parametrize(("text", "worth"), HEDGES)
def test_words_that_hedge_and_words_that_only_look_so(text: str, worth: Amount) -> None:
    assert read(text)[1] == worth


@pytest.mark.parametrize("text", [text for text, *_ in SHARES])
def test_a_share_is_a_percentage(text: str) -> None:
    assert read(text)[2] == "%"


def test_what_is_left_when_some_are_done_is_no_hedge() -> None:
    text = "办结10件余下2件。"
    assert [amount(text, m) for m in mentions(text)] == [exact(10), exact(2)]


# Words that hold a numeral and a character that elsewhere is a classifier.
WORDS = """
    一组织 一间接 两面人 一站式 三头六臂 一面旗帜 三队伍 一所学校 统一口径 统一标准 统一部署 唯一一个 两面派
    四面八方 三站合一 三级联动 县乡两级 三类人员 四种形态 三步走 一票否决 三口之家 某村三组村民 河西村十二组
    二期工程 二轮承包 二次供水 三轮车 二人转 三部曲 一成不变 百年大计 千家万户 老百姓 万名党员 千人计划 百亩基地
    千万元项目 零部件 零件 一户一策 一人一档 一个个 一件件 一次性告知 一次办好 一件事 一支队伍管执法 三台县 五台山
    七台河市 队伍年龄 退伍军人 收拾 登陆 一起部署 一起推进 在一起 三支一扶 三位一体 三会一课 四议两公开
    一村一法律顾问 三重一大 八五普法 半年 半天 半个月 时间过半 任务双过半 近半年 部分之间 十分重视 第三批 第十二次
    各两名 逐一 三番五次 百里挑一 一网通办 一窗受理 一把手 一部分 一本账 一张网 一条龙 万无一失 一级响应 二等功
    两会 两委 五保户 七五普法 一审 一号文件 三公经费 万元以下 X万人次 ×万份 几场 数次 多人
""".split()


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("frame", ["深化{}建设。", "{}。", "落实“{}”，", "{}"])
def test_a_word_is_no_number(word: str, frame: str) -> None:
    assert not mentions(frame.format(word))


# What is no figure by its form: the sentence, the number as written, why.
FORMS = [
    ("结合3·15开展活动。", "3·15", "date"),
    ("结合12·4活动。", "12·4", "date"),
    ("2024年3月5日至8日值班。", "2024年3月5日至8日", "date"),
    ("3月—5月值班。", "3月—5月", "date"),
    ("2024 年值班。", "2024年", "date"),
    ("二〇二四年值班。", "二〇二四年", "date"),
    ("二○二四年度值班。", "二〇二四年度", "date"),
    ("一九九八年设所。", "一九九八年", "date"),
    ("电话：0539-2110000", "0539-2110000", "phone"),
    ("拨打13812345678", "13812345678", "phone"),
    ("（3）阵地", "3", "ordinal"),
    ("1、阵地", "1", "ordinal"),
    ("2.阵地", "2", "ordinal"),
    ("“1310”机制", "1310", "slogan"),
    ("1+6+N体系", "1+6+N", "slogan"),
    ("1+村居", "1+", "slogan"),
    ("信用代码640324-110", "640324-110", "index_number"),
    ("三十" + "万" * 12 + "件", "三十" + "万" * 12 + "件", "unread_numeral"),
]


@pytest.mark.parametrize(("text", "written", "reason"), FORMS)
def test_a_form_that_is_no_figure(text: str, written: str, reason: str) -> None:
    working = prepare(text).text
    found = [(working[m.start : m.end], m.reason) for m in mentions(working)]
    assert found == [(written, reason)]


@pytest.mark.parametrize("text", ["① 阵地 ② 队伍 ⑶ 活动", "占地㎡", "(三)阵地", "五、队伍", "十二月四日", "平方米²"])
def test_no_number_at_all(text: str) -> None:
    assert not mentions(prepare(text).text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("五名村干部述法", 5),
        ("三名人大代表参加", 3),
        ("两名人民调解员到场", 2),
        ("三名校长受聘", 3),
        ("三人均通过考试", 3),
        ("两起劳动争议", 2),
        ("一起交通事故", 1),
        ("三个人民调解委员会", 3),
        ("移交五条线索", 5),
    ],
)
def test_a_classifier_before_people_and_things_counts(text: str, value: float) -> None:
    assert [mention.value for mention in find_mentions(text)] == [value]


@pytest.mark.parametrize("text", ["大家一起劳动", "部门一起推进", "一起部署落实", "拧成一条线"])
def test_together_is_no_number(text: str) -> None:
    assert find_mentions(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "宣讲*3场",
        "宣讲**3场",
        "宣讲3*场",
        "资料1,*00份",
        "资料*,300份",
        "检查*.5万次",
        "信访×2件",
        "信访××2件",
        "信访X2件",
        "9*%",
    ],
)
def test_what_is_left_of_a_hidden_number_is_no_figure(text: str) -> None:
    (mention,) = find_mentions(text)
    assert (mention.value, mention.reason) == (None, "masked")


def test_a_product_hides_nothing() -> None:
    assert [mention.value for mention in find_mentions("5×8小时")] == [5.0, 8.0]


@pytest.mark.parametrize(
    "written", ["三百至二百次", "五至五次", "3000至2000次", "百分之九十至八十", "百分之九十至百分之九十"]
)
def test_a_range_that_does_not_rise_is_no_figure(written: str) -> None:
    (mention,) = find_mentions(f"全年培训{written}。")
    assert mention.value is None and mention.upper is None and mention.reason


@pytest.mark.parametrize(("written", "more"), [("三十至五十余次", True), ("30至50余次", True), ("三十至五十次", False)])
def test_a_hedge_behind_the_upper_bound_of_a_range_is_kept(written: str, more: bool) -> None:
    (mention,) = find_mentions(f"全年培训{written}。")
    assert (mention.value, mention.upper, mention.more) == (30, 50, more)


@pytest.mark.parametrize(
    ("written", "value"), [("九万亿", 9e12), ("十万亿", None), ("三万至五万余千", None), ("三至五百余万", 3e6)]
)
def test_a_numeral_beyond_what_is_counted_or_with_a_hedge_in_a_wrong_place_is_unread(
    written: str, value: float | None
) -> None:
    (mention,) = find_mentions(f"全年培训{written}次。")
    assert (mention.value, mention.reason) == (value, "" if value else "unread_numeral")


@pytest.mark.parametrize(
    ("unit", "factor"), [("元", 1), ("圆", 1), ("万元", 1e4), ("万圆", 1e4), ("亿元", 1e8), ("亿圆", 1e8)]
)
@pytest.mark.parametrize(("written", "count"), [("3", 3), ("三", 3), ("12", 12), ("十二", 12)])
def test_money_is_counted_in_yuan(written: str, count: float, unit: str, factor: float) -> None:
    (mention,) = find_mentions(f"全年罚款{written}{unit}。")
    assert (mention.value, mention.unit) == (count * factor, "元")
