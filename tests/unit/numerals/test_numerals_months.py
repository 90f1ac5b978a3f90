"""Months: which stretch of the year words name, and which words only look so."""

import pytest

from pipelines.numerals.months import find_months, month_before, month_number

STRETCHES = [
    ("1-10月受理", (1, 10)),
    ("1—9月受理", (1, 9)),
    ("2024年1月至11月受理", (1, 11)),
    ("一至十月受理", (1, 10)),
    ("11-12月受理", (11, 12)),
    ("7月到9月受理", (7, 9)),
    ("10-3月受理", (10, 3)),  # kept as stated
    ("截至10月底受理", (1, 10)),
    ("截止2024年6月30日受理", (1, 6)),
    ("6月底有", (1, 6)),
    ("前10个月受理", (1, 10)),
    ("前十一个月受理", (1, 11)),
    ("前三季度受理", (1, 9)),
    ("前3个季度受理", (1, 9)),
    ("一至三季度受理", (1, 9)),
    ("一、二季度受理", (1, 6)),
    ("一、二、三季度受理", (1, 9)),
    ("一季度、二季度、三季度受理", (1, 9)),
    ("第一季度受理", (1, 3)),
    ("件、二季度受理", (4, 6)),
    ("四季度受理", (10, 12)),
    ("三季度末有", (1, 9)),
    ("上半年受理", (1, 6)),
    ("下半年受理", (7, 12)),
    ("上、下半年各受理", (1, 12)),
    ("年底有", (1, 12)),
    ("3月受理", (3, 3)),
    ("今年11月受理", (11, 11)),
    ("十二月受理", (12, 12)),
    ("三月份受理", (3, 3)),
    ("3月15日受理", (3, 3)),
    ("10月中旬受理", (10, 10)),
    ("3月1日至5月10日受理", (3, 5)),
    ("在3月、6月、9月分别受理", (3, 9)),
    ("4月以来受理", (4, 12)),
]
NONE = [
    "县司法局3月印发的方案",
    "每年12月4日",
    "每季度受理",
    "各季度受理",
    "3个月受理",
    "12月底前完成",
    "年底前完成",
    "13月受理",
    "《2024年3月工作提示》",
    "四月八、六月六",
    "全年受理",
]


@pytest.mark.parametrize(("text", "months"), STRETCHES)
def test_words_name_a_stretch_of_months(text: str, months: tuple[int, int]) -> None:
    (found,) = find_months(text)
    assert (found.first, found.last) == months
    assert found.is_year == (months == (1, 12))


@pytest.mark.parametrize("text", NONE)
def test_words_that_only_look_like_a_stretch(text: str) -> None:
    assert not list(find_months(text))


def test_stretches_come_in_order_and_within_the_offsets() -> None:
    text = "上半年3场,7-9月4场,12月5场"
    assert [(m.first, m.last) for m in find_months(text)] == [(1, 6), (7, 9), (12, 12)]
    assert [text[m.start : m.end] for m in find_months(text, 4, 12)] == ["7-9月"]


def test_numbers_of_months() -> None:
    assert [month_number(words) for words in ("7", "07", "七", "十", "十二")] == [7, 7, 7, 10, 12]


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("开展普法宣传3月", 3),
        ("开展普法宣传十二月份", 12),
        ("接待来访6月", 6),
        # apart
        ("开展普法宣传每月", None),
        ("历时3个月", None),
        ("第13月", None),
        ("1-6月", None),
        ("3月份的", None),
    ],
)
def test_a_month_that_touches_what_follows_needs_nothing_to_open_it(text: str, month: int | None) -> None:
    found = month_before(text, 0, len(text))
    assert (found and (found.first, found.last, text[found.start : found.end][-1])) == (
        month and (month, month, text[-1])
    )
