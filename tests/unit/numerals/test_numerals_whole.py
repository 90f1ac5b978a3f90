"""Whole numerals: each is read whole or not at all, in whatever form it is written, through the whole engine."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.codebook.load import load_codebook
from pipelines.extract.report.engine import Extractor

EXTRACTOR = Extractor(load_codebook())
EXACT, LEAST, ABOUT = "exact", "at_least", "approx"
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
    written = {
        "full": chinese(number),
        "financial": financial(number),
        "mixed": mixed(number),
        "arabic": str(number),
        "full width": str(number).translate(_FULL_WIDTH),
        "grouped": f"{number:,}",
        "spaced": " ".join(mixed(number)) if number > 10**4 and "0" not in mixed(number) else f" {number} ",
    }[form]
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


@settings(deadline=None)
@given(
    st.integers(2, 999).map(lambda n: 10 * n),
    st.sampled_from([str, chinese, mixed]),
    st.sampled_from(["{}余份", "{}多份", "{}来份", "{}份余", "{}份多", "近{}份", "{}份上下", "{}上下份", "约{}份"]),
)
def test_a_hedge_on_either_side_of_the_classifier(number: int, write: type[str], frame: str) -> None:
    value, qualifier, low, high = copies(frame.format(write(number)))
    assert value == number
    if "近" in frame or "上下" in frame or "约" in frame:
        assert (qualifier, low, high) == (
            ABOUT,
            round(0.9 * number, 6),
            number if "近" in frame else round(1.1 * number, 6),
        )
    else:
        assert (qualifier, low, high) == (LEAST, number, None)


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
]


@pytest.mark.parametrize(("written", "value", "qualifier", "high"), FORMS)
def test_a_form(written: str, value: float, qualifier: str, high: float | None) -> None:
    assert copies(f"{written}份") == (value, qualifier, value, high)


def test_the_fewest_is_a_lower_bound() -> None:
    (fact,) = EXTRACTOR.extract("全年累计发放宣传资料最少4200份。", (), 2024).facts
    assert (fact.value, fact.qualifier, fact.value_high) == (4200, LEAST, None)


@pytest.mark.parametrize(
    ("written", "value"),
    [("十五点七万元", 157_000), ("四百五元", 450), ("1万2千元", 12_000), ("三点二亿元", 320_000_000)],
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
]


@pytest.mark.parametrize(("written", "value", "high"), RATES)
def test_a_rate(written: str, value: float, high: float | None) -> None:
    (fact,) = EXTRACTOR.extract(f"干部学法考试合格率达{written}。", (), 2024).facts
    assert (fact.metric_code, fact.value, fact.value_high) == ("exam_pass_rate", value, high or value)


UNREAD = [
    "2/3",
    "3分之2",
    "1万20份",
    "三百五千份",
    "三百二七份",
    "三点五十份",
    "早上九点三份",
    "5k份",
    "30w份",
    "第三百5件",
]


@pytest.mark.parametrize("written", UNREAD)
def test_what_cannot_be_read_whole_gives_no_part(written: str) -> None:
    result = EXTRACTOR.extract(f"全年发放宣传资料{written}的村。", (), 2024)
    assert [number.disposition for number in result.numbers] == ["unread_numeral"]
    assert not result.facts


@pytest.mark.parametrize("words", ["线索清零4件", "工作站统一到4件", "任务重点4件"])
def test_a_word_before_digits_is_no_part_of_them(words: str) -> None:
    assert [number.value for number in EXTRACTOR.extract(f"全年{words}。", (), 2024).numbers] == [4]


@pytest.mark.parametrize("piece", ["三百5", "1万2", "百分之9", "三点", "三到", "十几", "9成5"])
def test_long_input_ends_in_linear_time(piece: str) -> None:
    def seconds(count: int) -> float:
        start = time.process_time()
        EXTRACTOR.extract(piece * count + "份。", (), 2024)
        return time.process_time() - start

    seconds(100)
    assert seconds(16_000) < 40 * seconds(1600) + 1
