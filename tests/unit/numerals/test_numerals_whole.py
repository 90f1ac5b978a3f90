"""Whole numerals: each is read whole or not at all, in whatever form it is written, through the whole engine."""

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.codebook.load import load_codebook
from pipelines.extract.report.engine import Extractor
from pipelines.numerals.fold import prepare
from pipelines.numerals.mentions import find_mentions
from pipelines.read.normalise import normalise

EXTRACTOR = Extractor(load_codebook())
EXACT, LEAST, MOST, ABOUT = "exact", "at_least", "at_most", "approx"
_DIGITS, _FINANCIAL = "零一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"
_FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")
_SIZES = ((1000, "千"), (100, "百"), (10, "十"), (1, ""))


def below_myriad(number: int, digits: str) -> str:
    words, gap = "", False
    for size, name in _SIZES:
        digit = number // size % 10
        if digit:
            words += ("零" if gap and words else "") + digits[digit] + name
        gap = not digit
    return words


def chinese(number: int, digits: str = _DIGITS) -> str:
    """A number from 0 to 10^9 as it is written in full."""
    words = ""
    for size, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        section = number // size % 10_000
        if section:
            words += ("零" if words and section < 1000 else "") + below_myriad(section, digits) + name
    return words or digits[0]


def financial(number: int) -> str:
    return chinese(number, _FINANCIAL).translate(str.maketrans("十百千", "拾佰仟"))


def mixed(number: int) -> str:
    """1万2千5百: a number whose digits are Arabic and whose magnitudes are Chinese."""
    words = ""
    for character in chinese(number):
        words += str(_DIGITS.index(character)) if character in _DIGITS and character != "零" else character
    return ("1" + words if words.startswith("十") else words) or "0"


def written_in(number: int, form: str) -> str:
    """A number in one of the forms that reports use."""
    match form:
        case "full":
            return chinese(number)
        case "financial":
            return financial(number)
        case "mixed":
            return mixed(number)
        case "full width":
            return str(number).translate(_FULL_WIDTH)
        case "grouped":
            return f"{number:,}"
        case "spaced":
            words = mixed(number)
            return " ".join(words) if number > 10**4 and "0" not in words else f" {number:,} "
        case _:
            return str(number)


def copies(written: str) -> tuple[float, str, float | None, float | None]:
    """What the engine reads in a sentence of a known indicator."""
    (fact,) = EXTRACTOR.extract(f"全年发放宣传资料{written}。", (), 2024).facts
    assert fact.metric_code == "publicity_materials"
    return fact.value, fact.qualifier, fact.value_low, fact.value_high


def exact(number: float) -> tuple[float, str, float, float]:
    return number, EXACT, number, number


_NUMBERS = st.one_of(st.integers(1, 10**4), st.integers(1, 10**9))


@settings(deadline=None)
@given(_NUMBERS, st.sampled_from(["full", "financial", "mixed", "arabic", "full width", "grouped", "spaced"]))
def test_any_number_in_any_form(number: int, form: str) -> None:
    written = written_in(number, form)
    if len(str(number)) >= 8 and form in ("arabic", "full width"):
        written += "余"  # a run of eight digits alone is an index number unless a classifier follows
        assert copies(f"{written}份")[:2] == (number, LEAST)
    else:
        assert copies(f"{written}份") == exact(number)


@settings(deadline=None)
@given(
    st.integers(1, 9), st.integers(1, 9), st.sampled_from([("百", 100), ("千", 1000), ("万", 10_000)]), st.booleans()
)
def test_an_elliptic_numeral(first: int, second: int, size: tuple[str, int], arabic: bool) -> None:
    name, factor = size
    if not arabic and second == first + 1:
        second = first  # 三百四 has no such twin, but 三四百 would
    written = f"{first}{name}{second}" if arabic else f"{_DIGITS[first]}{name}{_DIGITS[second]}"
    assert copies(f"{written}份") == exact(first * factor + second * factor // 10)


@settings(deadline=None)
@given(st.integers(1, 9999), st.integers(1, 9999), st.sampled_from([("万", 10**4), ("亿", 10**8)]))
def test_a_decimal_with_a_magnitude(whole: int, decimals: int, size: tuple[str, int]) -> None:
    name, factor = size
    whole = whole if name == "万" else whole % 9 + 1
    places = f"{decimals:04d}"
    written = f"{chinese(whole)}点{''.join(_DIGITS[int(c)] for c in places)}{name}"
    assert copies(f"{written}份") == exact(round(float(f"{whole}.{places}") * factor, 6))


_FRAMES = {
    LEAST: ["{}余份", "{}多份", "{}来份", "{}份余", "{}份多", "{}以上份", "{}份以上", "超{}份", "逾{}份", "{}份有余"],
    ABOUT: ["约{}份", "{}份上下", "{}上下份", "{}份左右", "{}左右份"],
    "under": ["近{}份", "将近{}份"],
    MOST: ["不足{}份", "不到{}份", "{}份以内", "{}份以下"],
}


@settings(deadline=None)
@given(
    st.one_of(st.integers(2, 999).map(lambda n: 10 * n), st.integers(10, 99_999).map(lambda n: 10_000 * n)),
    st.sampled_from(["arabic", "full", "financial", "mixed", "full width", "grouped", "spaced"]),
    st.sampled_from([(kind, frame) for kind, frames in _FRAMES.items() for frame in frames]),
)
def test_a_hedge_on_either_side_of_the_classifier(number: int, form: str, hedge: tuple[str, str]) -> None:
    kind, frame = hedge
    if len(str(number)) >= 8 and form in ("arabic", "full width"):
        form = "grouped"  # a run of eight digits may be an index number
    value, qualifier, low, high = copies(frame.format(written_in(number, form)))
    around = {
        LEAST: (number, None),
        ABOUT: (round(0.9 * number, 6), round(1.1 * number, 6)),
        "under": (round(0.9 * number, 6), number),
        MOST: (None, number),
    }
    assert (value, qualifier) == (number, ABOUT if kind == "under" else kind)
    assert (low, high) == around[kind]


@settings(deadline=None)
@given(st.integers(0, 10**9), st.sampled_from(["full", "financial", "mixed", "grouped", "spaced"]))
def test_the_parser_reads_what_the_engine_reads(number: int, form: str) -> None:
    (mention,) = find_mentions(prepare(f"受理{written_in(number, form)}起").text)
    assert (mention.value, mention.unit, mention.reason) == (number, "起", "")


FORMS = [
    ("三点五万余", 35_000, LEAST, None),
    ("一万三", 13_000, EXACT, 13_000),
    ("九十二万四", 924_000, EXACT, 924_000),
    ("四百五", 450, EXACT, 450),
    ("两千三百五", 2350, EXACT, 2350),
    ("1万2千5百", 12_500, EXACT, 12_500),
    ("3百5十", 350, EXACT, 350),
    ("三百5十", 350, EXACT, 350),
    ("三点5万", 35_000, EXACT, 35_000),
    ("1万两千余", 12_000, LEAST, None),
    ("1万2000", 12_000, EXACT, 12_000),
    ("三百几十", 310, LEAST, None),
    ("三五百", 300, LEAST, 500),
    ("七千到九千", 7000, LEAST, 9000),
    ("一百二十到一百五十万", 1_200_000, LEAST, 1_500_000),
    ("三百到500", 300, LEAST, 500),
    ("300到五百", 300, LEAST, 500),
    ("1万2千到1万5千", 12_000, LEAST, 15_000),
    ("三百到五百余万", 3_000_000, LEAST, 5_000_000),
    ("3万（含）-5万", 30_000, LEAST, 50_000),
    ("300几十", 310, LEAST, None),
    ("1百20万", 1_200_000, EXACT, 1_200_000),
    ("3千500万", 35_000_000, EXACT, 35_000_000),
    ("3千零20万", 30_200_000, EXACT, 30_200_000),
    ("2000几百", 2100, LEAST, None),
    ("一百零几", 100, LEAST, None),
    ("二〇", 20, EXACT, 20),
    ("一零五", 105, EXACT, 105),
    ("弍仟伍佰", 2500, EXACT, 2500),
    ("1,234.5万", 12_345_000, EXACT, 12_345_000),
    ("1．2万", 12_000, EXACT, 12_000),
    ("3至5万", 30_000, LEAST, 50_000),
    ("3万--5万", 30_000, LEAST, 50_000),
    ("2——3万", 20_000, LEAST, 30_000),
    ("两~3百", 200, LEAST, 300),
    ("2、3千", 2000, LEAST, 3000),
    ("两、三千", 2000, LEAST, 3000),
    ("30+万", 300_000, LEAST, None),
    ("4200（余）", 4200, LEAST, None),
    ("4200以上", 4200, LEAST, None),
    ("四千二以上", 4200, LEAST, None),
]


@pytest.mark.parametrize(("written", "value", "qualifier", "high"), FORMS)
def test_a_form(written: str, value: float, qualifier: str, high: float | None) -> None:
    assert copies(f"{written}份") == (value, qualifier, value, high)


@pytest.mark.parametrize("words", ["全年累计发放宣传资料最少", "全年发放宣传资料最少", "累计发放宣传资料至少"])
def test_the_fewest_is_a_lower_bound(words: str) -> None:
    (fact,) = EXTRACTOR.extract(f"{words}4200份。", (), 2024).facts
    assert (fact.value, fact.qualifier, fact.value_high) == (4200, LEAST, None)


@pytest.mark.parametrize("space", [" ", "\u3000", "\u00a0", "\u2009", "\u202f"])
@pytest.mark.parametrize("written", ["4{}200", "4200{}", "4{}千{}2{}百", "四{}千{}二{}百"])
def test_a_number_that_spaces_set_apart(space: str, written: str) -> None:
    assert copies(normalise(written.replace("{}", space)) + "份") == exact(4200)


def test_a_pair_of_dashes_before_a_year_is_punctuation() -> None:
    numbers = EXTRACTOR.extract("全年发放宣传资料12万——2024年共5次。", (), 2024).numbers
    assert [number.value for number in numbers] == [120_000, None, 5]


@pytest.mark.parametrize("words", ["一、二百份", "十二、三千份", "第二、三千份"])
def test_an_item_is_no_lower_bound_of_a_number(words: str) -> None:
    (mention,) = find_mentions(f"发放宣传资料，{words}。")
    assert mention.value in (200, 3000)
    assert mention.upper is None


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("十五点七万元", 157_000),
        ("四百五元", 450),
        ("1万2千元", 12_000),
        ("三点二亿元", 320_000_000),
        ("三元五角", 3.5),
        ("12元5角", 12.5),
        ("13元5角8分", 13.58),
        ("13元5角9分", 13.59),
        ("三百二十元零五角", 320.5),
        ("12元零5分", 12.05),
        ("10块5毛", 10.5),
        ("六十四万零一百四十三元一角七分", 640_143.17),
        ("五万元整", 50_000),
        ("壹佰贰拾叁万圆整", 1_230_000),
        ("人民币伍仟圆", 5000),
        ("12万圆", 120_000),
        ("1,234.5万元", 12_345_000),
    ],
)
def test_a_fine(written: str, value: float) -> None:
    (fact,) = EXTRACTOR.extract(f"综合行政执法队全年罚款{written}。", (), 2024).facts
    assert (fact.metric_code, fact.value, fact.unit) == ("enforcement_fines", value, "元")


RATES = [
    ("九成五", 95, None),
    ("九成半", 95, None),
    ("9成5", 95, None),
    ("九成5", 95, None),
    ("百分之97.5", 97.5, None),
    ("百分百", 100, None),
    ("百分之八十至九十", 80, 90),
    ("百分之80到85", 80, 85),
    ("千分之2.4", 0.24, None),
    ("2.4‰", 0.24, None),
    ("百分之百", 100, None),
    ("三成半", 35, None),
    ("九点五成", 95, None),
    ("3分之2", 66.67, None),
]


@pytest.mark.parametrize(("written", "value", "high"), RATES)
def test_a_rate(written: str, value: float, high: float | None) -> None:
    (fact,) = EXTRACTOR.extract(f"干部学法考试合格率达{written}。", (), 2024).facts
    assert (fact.metric_code, fact.value, fact.value_high) == ("exam_pass_rate", value, high or value)


@pytest.mark.parametrize("written", ["2/3的", "2/3以上的", "3分之2的", "三分之二的"])
def test_a_fraction_of_the_villages(written: str) -> None:
    for text in ("法治文化广场覆盖全镇3/4的村。", f"法治文化广场覆盖全镇{written}村。"):
        (number,) = EXTRACTOR.extract(text, (), 2024).numbers
    assert number.value == 66.67


HALVES = [
    ("三个半小时", 3.5, "小时"),
    ("2个半小时", 2.5, "小时"),
    ("两年半", 2.5, "年"),
    ("3天半", 3.5, "天"),
    ("两个半百分点", 2.5, "个百分点"),
    ("二点五个百分点", 2.5, "个百分点"),
]


MEASURES = [
    ("二百五十六点三亩", 256.3, "亩"),
    ("十五点七公里", 15.7, "公里"),
    ("1,234.5平方米", 1234.5, "平方米"),
    ("七千到九千亿元", 7e11, "元"),
]


@pytest.mark.parametrize(("written", "value", "unit"), [*HALVES, *MEASURES])
def test_a_measure_or_a_half_behind_the_classifier(written: str, value: float, unit: str) -> None:
    (mention,) = find_mentions(f"学习{written}。")
    assert (mention.value, mention.unit, mention.end) == (value, unit, 2 + len(written))


@pytest.mark.parametrize("words", ["3天半封闭培训", "3个半天", "3个半年", "3元5分钟", "任务3圆满完成", "3次圆桌会议"])
def test_what_only_looks_like_a_half_or_an_amount(words: str) -> None:
    assert find_mentions(words)[0].value == 3


UNREAD = [
    "第2/3页",
    "3/2",
    "五又3分之2",
    "1万20份",
    "1百2万份",
    "1百零300万份",
    "三百五千份",
    "三百二七份",
    "三点五十份",
    "早上九点三份",
    "5k份",
    "30w份",
    "第三百5件",
    "二八份",
    "一二三份",
    "〇五份",
    "一一五份",
    "五几十份",
    "三百又五份",
    "3万又500份",
    "300零5份",
    "一万多两万份",
    "五兆六十二亿份",
    "仟伍佰份",
    "1 2 3份",
    "2e5份",
    "1.2.3份",
    "4.200份",
    "3.5份",
    "三5份",
    "百5份",
    "3三份",
    "12余元5角",
    "三至五元五角",
    "3.5角",
]


@pytest.mark.parametrize("written", UNREAD)
def test_what_cannot_be_read_whole_gives_no_part(written: str) -> None:
    result = EXTRACTOR.extract(f"全年发放宣传资料{written}的村。", (), 2024)
    assert [number.disposition for number in result.numbers] == ["unread_numeral"]
    assert not result.facts


WORDS = ["线索清零4件", "工作站统一到4件", "任务重点4件", "统一4件", "十四五4件", "多规合一4件", "每户4.0件"]


@pytest.mark.parametrize("words", WORDS)
def test_a_word_before_digits_is_no_part_of_them(words: str) -> None:
    assert [number.value for number in EXTRACTOR.extract(f"全年{words}。", (), 2024).numbers] == [4]


@settings(deadline=None)
@given(st.text("二三五十百千万亿35", min_size=1, max_size=8).filter(lambda word: not re.search("[二三五]五", word)))
def test_no_end_of_a_numeral_is_a_figure(written: str) -> None:
    """Whatever digits and magnitudes stand in a row: a value is that of all of them. 十三五 and 十五五 are plans."""
    text = f"全年发放宣传资料{written}份。"
    for number in EXTRACTOR.extract(text, (), 2024).numbers:
        whole = (number.char_start, number.char_end) == (8, len(text) - 1)
        assert whole or number.value is None


@settings(deadline=None)
@given(_NUMBERS, st.sampled_from(["五兆", "五又", "5点"]), st.sampled_from([str, chinese, mixed]))
def test_a_numeral_behind_one_that_is_not_read(number: int, before: str, write: Callable[[int], str]) -> None:
    written = write(number if before[0] == "5" or write is chinese else number % 10**7 + 1)
    result = EXTRACTOR.extract(f"全年发放宣传资料{before}{written}份。", (), 2024)
    assert result.numbers[-1].value is None
    assert not result.facts


@pytest.mark.parametrize(
    "piece",
    ["1 2", "3.", "2、3千", "5元5角", "三个半", "三5", "三百5", "1万2", "百分之9", "三点", "三到", "十几", "9成5"],
)
def test_long_input_ends_in_linear_time(piece: str) -> None:
    def seconds(count: int) -> float:
        start = time.process_time()
        EXTRACTOR.extract(piece * count + "份。", (), 2024)
        return time.process_time() - start

    seconds(100)
    assert seconds(16_000) < 40 * seconds(1600) + 1
