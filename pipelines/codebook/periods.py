"""Periods: the months of the year that a figure is for, by the words of its sentence, its heading or its report.

The words for months themselves are read by `pipelines.numerals.months`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pipelines.numerals.months import Months, find_months, month_before


class Period(NamedTuple):
    """A stretch of months of the report year. `name` is the value of the column `period`.

    Names: `year`; `first_half`, `second_half`; `to_MM` from January on; `q2`, `q3`, `q4`; `mMM` for a single month;
    `mMM_MM` for any other stretch, kept as stated even where it ends before it begins.
    """

    name: str
    start: int  # 1 to 12
    end: int

    @property
    def months(self) -> int:
        """How many months it covers; 0 where it ends before it begins."""
        return max(0, self.end - self.start + 1)


YEAR = Period("year", 1, 12)
_NAMES = {(1, 12): "year", (7, 12): "second_half", (4, 6): "q2", (7, 9): "q3", (10, 12): "q4"}
_PLAIN = {name: months for months, name in _NAMES.items()} | {"first_half": (1, 6)}
_MONTH = "(?:0[1-9]|1[0-2])"
_NAMED = re.compile(
    rf"(?P<plain>{'|'.join(_PLAIN)})|to_(?P<till>{_MONTH})|m(?P<first>{_MONTH})(?:_(?P<last>{_MONTH}))?"
)
_DIGIT = re.compile("[0-9]")
_WHOLE_YEAR = re.compile("全年(?!度)")
# 全年 and the like open the year again. 共 and 累计 count over all periods that were named before.
_RESET = re.compile(
    r"(?P<year>全年(?!度))|(?P<now>目前|现有|今年以来|一年来|年内|年度内|本年度)|(?P<total>共计?|累计|合计|总计)"
)
# A day or month that is the occasion of what is counted: 结合5月民法典宣传月, 抓住12月4日等节点.
_OCCASION_BEFORE = re.compile(r"(?:结合|利用|围绕|抓住|借助|依托|紧扣|以)[^,，。;；]*$")
_OCCASION_BEHIND = re.compile(r"[^,，。;；0-9]{0,12}?(?:宣传[月周日]|宪法日|纪念日|节日|节点|契机|期间|之际|等)")


def period_from_to(first: int, last: int, half: bool = False) -> Period:
    """The period of two months. half: the words are 上半年, which has a name of its own."""
    if half and first == 1:
        return Period("first_half", first, last)
    name = _NAMES.get((first, last)) or (
        f"to_{last:02d}" if first == 1 else f"m{first:02d}" if first == last else f"m{first:02d}_{last:02d}"
    )
    return Period(name, first, last)


def edition_of(first: int | None, last: int | None) -> Period:
    """The part of the year that a report is on, by its first and last month; the year where it has none."""
    return YEAR if first is None or last is None else period_from_to(first, last, half=(first, last) == (1, 6))


def period_named(name: str) -> Period:
    """The period that has a name; ValueError for a text that is no name of one."""
    named = _NAMED.fullmatch(name)
    if named is None:
        raise ValueError(f"{name!r} is no period; one is year, first_half, second_half, q2, to_10, m03 or m11_12")
    if named["plain"]:
        first, last = _PLAIN[named["plain"]]
        return Period(name, first, last)
    first = int(named["first"] or 1)
    return Period(name, first, int(named["till"] or named["last"] or first))


def period_of(text: str, start: int, end: int) -> Period | None:
    """The period of a figure that stands at `end`, by the words before it from `start` on; None if they name none.

    The last that is named counts. 全年 opens the year again where a figure has used what was named, or where that was
    a month. A total behind figures of several periods (上半年3场,下半年5场,共8场) is for none of them.
    """
    stretches = [months for months in find_months(text, start, end) if not _is_occasion(text, months, start)]
    touching = month_before(text, start, end)
    if touching and all(months.end < touching.end for months in stretches):
        stretches.append(touching)
    if not stretches:
        return YEAR if _WHOLE_YEAR.search(text, start, end) else None
    found: Period | None = None
    named = stretches[0].end
    is_month = False
    used = 0  # periods that a figure has used
    marks: list[Months | re.Match[str]] = sorted([*stretches, *_RESET.finditer(text, start, end)], key=_position)
    for mark in marks:
        if isinstance(mark, Months):
            used += bool(found and _DIGIT.search(text, named, mark.start))
            found = period_from_to(mark.first, mark.last, mark.kind == "half")
            named, is_month = mark.end, mark.kind == "day"
        elif found and mark["year"]:
            if is_month or _DIGIT.search(text, named, mark.start()):
                found, named = YEAR, mark.end()
        elif found and mark["now"]:
            found = None if is_month else found
        elif found and used and _DIGIT.search(text, named, mark.start()):
            found = None
    return found


def _is_occasion(text: str, months: Months, start: int) -> bool:
    return months.kind == "day" and bool(
        _OCCASION_BEHIND.match(text, months.end) or _OCCASION_BEFORE.search(text, start, months.start)
    )


def period_that_opens(text: str, start: int, end: int) -> Period | None:
    """The period that a sentence, read from `start` to a semicolon at `end`, hands on to what follows there.

    It is the only one that it names, longer than a month, and named before any figure (1-10月,受理45件;调解30件).
    """
    stretches = list(find_months(text, start, end))
    if len(stretches) != 1 or stretches[0].kind == "day" or _DIGIT.search(text, start, stretches[0].start):
        return None
    (months,) = stretches
    return period_from_to(months.first, months.last, months.kind == "half")


def _position(mark: Months | re.Match[str]) -> int:
    return mark.start if isinstance(mark, Months) else mark.start()


def period_of_heading(words: str) -> Period | None:
    """The period that a heading names for all that stands under it; a date in it (3月15日) names none."""
    for months in find_months(words):
        if months.kind != "day" or "份" in words[months.start : months.end]:
            return period_from_to(months.first, months.last, months.kind == "half")
    return None
