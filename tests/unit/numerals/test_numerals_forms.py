"""Forms of numbers, each beside the forms that it is told from by one character: forms.txt.

A line is a text and what is read in it: the numeral, `|` and its classifier; its value or range, with `+` for "at
least" and `~` for "about"; the unit; why it is no figure.
"""

from pathlib import Path

import pytest

from pipelines.numerals.figures import LARGEST_EXACT, UNREAD, Mention, span_after
from pipelines.numerals.fold import prepare
from pipelines.numerals.mentions import find_mentions
from pipelines.numerals.values import chinese_bounds, chinese_range, chinese_share, chinese_value, hedged

LINES = (Path(__file__).parent / "forms.txt").read_text(encoding="utf-8").splitlines()


def shown(text: str, mention: Mention) -> str:
    """A mention as a line shows it."""
    written = text[mention.start : mention.digits_end]
    if mention.digits_end < mention.end:
        written += "|" + text[mention.digits_end : mention.end]
    value = "" if mention.value is None else f"{mention.value:.15g}"
    value += "" if mention.upper is None else f"..{mention.upper:.15g}"
    value += "+" * mention.more + "~" * mention.about
    words = (written, "=", value, mention.unit, mention.reason, "(chinese)" if mention.chinese else "")
    return " ".join(word for word in words if word)


def read(text: str) -> str:
    working = prepare(text).text
    return "; ".join(shown(working, mention) for mention in find_mentions(working))


@pytest.mark.parametrize("line", LINES, ids=[line.partition("  ->")[0] for line in LINES])
def test_a_form_is_read_as_the_table_says(line: str) -> None:
    text, _, expected = line.partition("  ->")
    assert read(text) == expected.strip()


def test_forms_in_one_text_are_read_as_each_alone() -> None:
    """What one number takes is not taken again, and none is skipped behind it."""
    lines = [line.partition("  ->") for line in LINES]
    plain = [(text, read_as.strip()) for text, _, read_as in lines if read_as.endswith(("件", "份", "件 (chinese)"))]
    assert len(plain) > 50
    whole = read("\n无\n".join(text for text, _ in plain))
    assert whole == "; ".join(read_as for _, read_as in plain)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"投入{int(LARGEST_EXACT)}元", None),
        ("投入90071.9925474亿元", 9007199254740),
        ("投入90071.99254741亿元", None),  # more digits than a count has
        ("投入九万亿元", 9e12),
        ("投入十万亿元", None),
        ("投入九千九百九十九亿元", 999_900_000_000),
    ],
)
def test_an_amount_is_read_up_to_what_a_float_holds_and_a_township_has(text: str, value: float | None) -> None:
    (mention,) = find_mentions(text)
    assert mention.value == value


@pytest.mark.parametrize(
    ("text", "upper"),
    [
        ("投入一亿到九千九百九十九万亿元", 9.999e15),
        ("投入一亿到九千九百九十九万三千二百一十亿元", 9_999_321_000_000_000),
        ("投入一亿到九千九百九十九万九千九百九十九亿一万零三元", None),  # 16 digits: a float holds 15 surely
    ],
)
def test_the_upper_end_of_a_range_is_held_as_it_is_written_too(text: str, upper: float | None) -> None:
    (mention,) = find_mentions(text)
    assert (mention.upper, mention.reason) == (upper, "" if upper else UNREAD)


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        *(("三", 3), ("二〇二四", 2024), ("两", 2), ("两两", None), ("零", 0), ("", None)),
        *(("十", 10), ("十五", 15), ("二十", 20), ("百", 100), ("百五", None), ("佰", None), ("拾", 10)),
        *(("廿三", 23), ("卅", 30), ("一百零五", 105), ("一百五", 150), ("一百五十", 150), ("一百零五十", 150)),
        *(("一百十五", 115), ("三百五千", None), ("三千五百", 3500), ("三千五千", None), ("三百零", None)),
        *(("三百零零五", None), ("一万三", 13_000), ("一万零三", 10_003), ("一万零三百", 10_300), ("万三", None)),
        *(("三百五万", None), ("三百零五万", 3_050_000), ("三百五十万", 3_500_000), ("一万万", None)),
        *(("一万亿", 1e12), ("一亿一万", 100_010_000), ("一亿亿", None), ("万", 10_000), ("亿", 1e8)),
        *(("一亿万", None), ("三点五", 3.5), ("三点零五", 3.05), ("三点五万", 35_000), ("三点十", None)),
        *(("三点五十万", None), ("一万点五", None), ("万点五", 10_000.5), ("三点", None), ("点五", None)),
        *(("1万2千5百", 12_500), ("1万2000", 12_000), ("1万20", None), ("1万零20", 10_020), ("1万20000", None)),
        *(("12千", 12_000), ("1万12百", None), ("1百20万", 1_200_000), ("1百2万", None), ("3.5万", 35_000)),
        *(("3.5万5", None), ("三5", None), ("3三", None), ("三点5万", 35_000), ("三百5十", 350), ("甲", None)),
    ],
)
def test_a_numeral_is_worth_its_whole_or_nothing(numeral: str, value: float | None) -> None:
    assert chinese_value(numeral) == value


@pytest.mark.parametrize(
    ("numeral", "low", "high"),
    [
        *(("三四", 3, 4), ("三五", 3, 5), ("三五百", 300, 500), ("三六", None, None), ("四三", None, None)),
        *(("十七八", 17, 18), ("十三五", None, None), ("二三十", 20, 30), ("八九十", 80, 90), ("一二三", None, None)),
        *(("二〇", 20, None), ("〇二", None, None), ("二八", None, None), ("两三", 2, 3), ("两三百", 200, 300)),
        *(("一百", 100, None), ("三四五百", None, None), ("三五十人", None, None)),
    ],
)
def test_neighbouring_digits_are_a_range(numeral: str, low: float | None, high: float | None) -> None:
    assert chinese_bounds(numeral) == (low, high)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        *(("三", "五百", (300, 500)), ("三百", "五百", (300, 500)), ("八千", "一万", (8000, 10_000))),
        *(("七千", "九千亿", (7e11, 9e11)), ("一百二十", "一百五十万", (1_200_000, 1_500_000))),
        *(("五", "三百", (5, 300)), ("五", "五百", (5, 500)), ("甲", "五", (None, 5)), ("五", "甲", (5, None))),
    ],
)
def test_a_magnitude_behind_a_range_is_of_both_where_both_can_have_it(
    low: str, high: str, expected: tuple[float | None, float | None]
) -> None:
    assert chinese_range(low, high) == expected


@pytest.mark.parametrize(
    ("numeral", "hedge", "scale", "expected"),
    [
        *(("三百", "余", "", (0, 1)), ("三百", "余", "万", (0, 10_000)), ("三百", "几", "十", (10, 1))),
        *(("300", "几", "十", (10, 1)), ("30", "几", "十", None), ("3000", "几", "百", (100, 1))),
        *(
            ("三百", "几", "百", None),
            ("三千", "余", "百", None),
            ("五", "几", "十", None),
            ("五", "几", "万", (0, 1e4)),
        ),
        *(("三百", "", "千", (0, 1000)), ("三百", "", "十", (0, 10)), ("三百", "几", "十万", (10, 10_000))),
        *(("305", "几", "十", None), ("三百", "多", "千万", (0, 1e7))),
    ],
)
def test_a_hedge_stands_between_a_numeral_and_a_magnitude_that_fits(
    numeral: str, hedge: str, scale: str, expected: tuple[float, float] | None
) -> None:
    assert hedged(numeral, hedge, scale) == expected


@pytest.mark.parametrize(
    ("whole", "share", "upper", "tenth", "expected"),
    [
        *(("百", "九十五点五", None, None, (95.5, None)), ("三", "二", None, None, (66.67, None))),
        *(("百", "八十", "九十", None, (80, 90)), ("百", "九十", "九十", None, (None, None))),
        *(("百", "九十", "八十", None, (None, None)), ("零", "二", None, None, (None, None))),
        *(("九", "", None, "五", (95, None)), ("九", "", None, "半", (95, None)), ("十", "", None, "五", (None, None))),
        *(("百", "甲", "九十", None, (None, None)), ("百", "八十", "甲", None, (None, None))),
    ],
)
def test_a_share_is_a_percentage_where_all_of_it_can_be_read(
    whole: str, share: str, upper: str | None, tenth: str | None, expected: tuple[float | None, float | None]
) -> None:
    assert chinese_share(whole, share, upper, tenth) == expected


def test_the_first_span_behind_a_place_is_found_from_where_the_last_one_was() -> None:
    spans = [(0, 2), (2, 5), (7, 9)]
    assert [span_after(position, spans, 0) for position in range(11)] == [0, 0, 1, 1, 1, 2, 2, 2, 2, 3, 3]
    assert span_after(3, spans, 2) == 2 and span_after(0, [], 0) == 0
