"""Values: Chinese and Arabic numerals, and the figures that are written with them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.codebook.load import load_codebook
from pipelines.extract.report.engine import Extractor
from pipelines.numerals.values import arabic_value, chinese_value, magnitude

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
