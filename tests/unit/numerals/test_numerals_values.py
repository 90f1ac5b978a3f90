"""Values: Chinese and Arabic numerals, and the figures that are written with them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.codebook.load import load_codebook
from pipelines.extract.report.engine import Extractor
from pipelines.numerals.values import (
    arabic_value,
    chinese_bounds,
    chinese_percent,
    chinese_range,
    chinese_share,
    chinese_value,
    hedged,
    magnitude,
)

EXTRACTOR = Extractor(load_codebook())


def section(number: int, liang: bool) -> str:
    """A number below ten thousand in Chinese numerals, 十 always as 一十."""
    digits, words, gap = "零一二三四五六七八九", "", False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if not digit:
            gap = bool(words)
            continue
        words += ("零" if gap else "") + ("两" if liang and digit == 2 and power > 10 else digits[digit]) + name
        gap = False
    return words


def numeral(number: int, liang: bool = False, short_ten: bool = True) -> str:
    """A number from 0 to 99,999,999 as it is written in Chinese."""
    if number == 0:
        return "零"
    high, low = divmod(number, 10_000)
    words = section(high, liang) + "万" if high else ""
    if high and 0 < low < 1000:
        words += "零"
    words += section(low, liang)
    return words[1:] if short_ten and words.startswith("一十") else words


@settings(deadline=None)
@given(st.integers(0, 99_999_999), st.booleans(), st.booleans())
def test_chinese_numerals_round_trip(number: int, liang: bool, short_ten: bool) -> None:
    assert chinese_value(numeral(number, liang, short_ten)) == number


@settings(deadline=None)
@given(st.integers(1, 99_999))
def test_a_chinese_figure_is_read_as_its_arabic_twin(number: int) -> None:
    texts = (f"发放普法资料{numeral(number)}份。", f"发放普法资料{number}份。")
    (chinese,), (arabic,) = (EXTRACTOR.extract(text, (), 2024).facts for text in texts)
    assert chinese.metric_code == arabic.metric_code == "publicity_materials"
    assert (chinese.value, chinese.qualifier) == (arabic.value, arabic.qualifier) == (number, "exact")


@settings(deadline=None)
@given(st.integers(0, 10**12))
def test_thousands_separators_do_not_change_a_value(number: int) -> None:
    assert arabic_value(f"{number:,}") == arabic_value(f"{number:,}".replace(",", "，")) == number


@pytest.mark.parametrize(
    "word", ["", "件", "三件", "3件", "第一", "三百五千", "二三七百", "三点十", "1万20", "百五", "三百零"]
)
def test_what_is_no_chinese_numeral_has_no_value(word: str) -> None:
    assert chinese_value(word) is None


def test_digit_by_digit_and_magnitudes() -> None:
    assert chinese_value("二〇二四") == 2024
    assert magnitude("") == 1
    assert magnitude("百万") == 1_000_000


def test_magnitudes_above_a_hundred_million() -> None:
    assert chinese_value("一亿二千万") == 120_000_000


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        *(
            ("百", 100),
            ("十", 10),
            ("万", 10_000),
            ("亿", 1e8),
            ("佰", None),
            ("仟", None),
            ("百五", None),
            ("十五", 15),
        ),
        *(("一万三", 13_000), ("四百五", 450), ("三千五", 3500), ("两万", 20_000), ("廿三", 23), ("卅", 30)),
        *(("一万零三", 10_003), ("三百零五", 305), ("三百〇〇五", None), ("三百零", None)),
        *(("二〇二四", 2024), ("二两", None), ("两", 2), ("一百十", 110), ("一百一十", 110), ("十十", None)),
        *(("三百五万", None), ("三百零五万", 3_050_000), ("三百五十万", 3_500_000), ("五万万", None), ("一亿亿", None)),
        *(
            ("一万亿", 1e12),
            ("一亿二千万", 1.2e8),
            ("一亿五", 1.5e8),
            ("一亿零五", 100_000_005),
            ("二千亿三万", 200_000_030_000),
        ),
        *(("1万2千5百", 12_500), ("1万2000", 12_000), ("1万20", None), ("1百20万", 1_200_000), ("12千", 12_000)),
        *(("3千12百", None), ("1.5万", 15_000), ("1.5万2", None), ("1千2.5", None), ("3百5", 350), ("2万3", 23_000)),
        *(("十五点七万", 157_000), ("二百五十六点三", 256.3), ("三点5万", 35_000), ("三点", None), ("点五", None)),
        *(("三万点五", None), ("万点五", 10_000.5), ("三点五十", None), ("三点五百", 350), ("三点五三", 3.53)),
        *(
            ("零", 0),
            ("〇五", 5),
            ("零五十", 50),
            ("甲", None),
            ("三 百", None),
            ("一百二百", None),
            ("一百二千", None),
        ),
    ],
)
def test_a_numeral_is_read_whole_or_not_at_all(numeral: str, value: float | None) -> None:
    assert chinese_value(numeral) == value


@pytest.mark.parametrize(
    ("numeral", "bounds"),
    [
        *(
            ("三四百", (300, 400)),
            ("十七八", (17, 18)),
            ("三五百", (300, 500)),
            ("三五", (3, 5)),
            ("二五百", (None, None)),
        ),
        *(
            ("一百三五", (None, None)),
            ("八九", (8, 9)),
            ("二八", (None, None)),
            ("二〇", (20, None)),
            ("〇二", (None, None)),
        ),
        *(("一二三", (None, None)), ("五", (5, None)), ("三百", (300, None)), ("四三百", (None, None))),
    ],
)
def test_two_neighbouring_digits_are_bounds(numeral: str, bounds: tuple[float | None, float | None]) -> None:
    assert chinese_bounds(numeral) == bounds


@pytest.mark.parametrize(
    ("low", "high", "values"),
    [
        *(
            ("三", "五百", (300, 500)),
            ("七千", "九千亿", (7e11, 9e11)),
            ("一百二十", "一百五十万", (1_200_000, 1_500_000)),
        ),
        *(
            ("八千", "一万", (8000, 10_000)),
            ("三百", "五百", (300, 500)),
            ("三", "五", (3, 5)),
            ("五", "三百", (5, 300)),
        ),
        *(("三十", "五百", (30, 500)), ("甲", "五", (None, 5)), ("三", "甲", (3, None)), ("三", "十", (3, 10))),
        *(("百五", "五万", (None, 50_000)), ("三", "五百五百", (3, None))),  # one of the two is no numeral
    ],
)
def test_magnitudes_at_the_end_of_a_range_belong_to_both(low: str, high: str, values: tuple[float, float]) -> None:
    assert chinese_range(low, high) == values


def test_shares_and_percentages() -> None:
    assert chinese_percent("百", "九十八点五") == 98.5
    assert chinese_percent("三", "二") == 66.67
    assert chinese_percent("零", "二") is chinese_percent("百", "甲") is chinese_percent("甲", "二") is None
    assert chinese_percent("百", "零") == 0
    assert chinese_share("九", "", None, "五") == (95, None)
    assert chinese_share("九", "", None, "半") == (95, None)
    assert chinese_share("十", "", None, "五") == (None, None)
    assert chinese_share("百", "八十", "九十") == (80, 90)
    for upper in ("八十", "七十", "甲"):
        assert chinese_share("百", "八十", upper) == (None, None)
    assert chinese_share("百", "八十") == (80, None)
    assert chinese_share("百", "甲") == (None, None)


@pytest.mark.parametrize(
    ("numeral", "hedge", "scale", "found"),
    [
        *(("三百", "余", "万", (0, 10_000)), ("三百", "几", "十", (10, 1)), ("300", "几", "十", (10, 1))),
        *(
            ("三千", "余", "百", None),
            ("五", "几", "十", None),
            ("五", "", "百", (0, 100)),
            ("三百", "", "十", (0, 10)),
        ),
        *(("三百", "余", "", (0, 1)), ("三百", "几", "百", None), ("三百", "几", "十万", (10, 10_000))),
        *(("三十", "几", "万", (0, 10_000)), ("5", "几", "万", (0, 10_000)), ("三百", "余", "百万", None)),
    ],
)
def test_what_stands_behind_a_hedge(numeral: str, hedge: str, scale: str, found: tuple[float, float] | None) -> None:
    assert hedged(numeral, hedge, scale) == found


def test_magnitudes_multiply() -> None:
    assert [magnitude(word) for word in ("十", "佰", "千", "万", "亿", "十万", "万亿")] == [
        10,
        100,
        1e3,
        1e4,
        1e8,
        1e5,
        1e12,
    ]
