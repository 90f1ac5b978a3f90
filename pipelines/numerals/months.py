"""Months: the stretches of the year that words name, such as 1-10月, 11-12月, 3月, 前三季度, 上半年 or 截至6月底.

Only the words are read here. Which of several stretches a figure belongs to is decided in
`pipelines.codebook.periods`, and what a title says of a whole report in `pipelines.identify.edition`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_NUMERALS = {name: number for number, name in enumerate("一二三四五六七八九十", 1)} | {"两": 2, "十一": 11, "十二": 12}
_MONTH = r"(?:1[0-2]|0?[1-9](?![0-9])|十[一二]?|[一二三四五六七八九])"
_DAY = r"(?:[0-9]{1,2}[日号])"
_DASH = r"[-—~至到]{1,2}"
_YEAR = r"(?:(?:20[0-9]{2}|今|本|当)年)"
_QUARTER = "[一二三四1-4]"
_LISTED = "一二三四1-4度"  # what a list of quarters has before its marks (一、二、三季度); 学法2次、二季度3次 is none
# A single month opens its clause or stands behind a word of time: 县局3月印发的方案 is no time of a figure.
_OPENS = r"(?:(?<![^,，:：(（、。;；\n])|(?<=[0-9今本当其]年)|(?<=年度)|(?<=[在于从自至到是中以及和与]))"
# The first line says what characters open any of them: `re` asks that once at each place, and not each alternative.
_STRETCHES = re.compile(
    rf"""
    (?=[截今本当年前头后上下0-9一二三四五六七八九十])(?:
      截[至止]到?{_YEAR}?(?P<till>{_MONTH})月(?:份|{_DAY}|[底末初])?
    | (?<![0-9.·/\-—~每第个十]){_YEAR}?(?P<first>{_MONTH})(?:月份?{_DAY}?)?{_DASH}
      {_YEAR}?(?P<last>{_MONTH})月(?:份|{_DAY}|底|末)?(?!以?[前内])
    | (?<![每今本])(?:前|头)(?P<months>{_MONTH})个?月
    | (?P<halves>上(?:半年)?[、和及与]?下半年)
    | (?P<half>[上下前后])半年
    | 前(?P<quarters>[一二三两1-4])个?季度
    | (?<![每各前0-9])(?P<quarter_from>{_QUARTER})(?:季度)?(?:、{_QUARTER}(?:季度)?){{0,2}}
      (?:[、和及与]|{_DASH})第?(?P<quarter_to>{_QUARTER})季度
    | (?<![每各前0-9])(?<![{_LISTED}][、和及与])(?P<quarter>{_QUARTER})季度(?P<quarter_end>[底末])?
    | (?P<year_end>年[底末](?!以?之?前))
    | {_OPENS}(?P<month_end>{_MONTH})月[底末](?!以?之?前)
    | {_OPENS}(?P<since>{_MONTH})月(?:份|{_DAY})?(?:以来|至今)
    | {_OPENS}(?P<month>{_MONTH})月份?(?:[上中下]旬|{_DAY}(?:{_DASH}{_DAY})?)?
      (?!以?之?[前内底末起]|[0-9]*[日号]|[一二三四五六七八九十](?!是))
    )""",
    re.VERBOSE,
)
_TOUCHING = re.compile(rf"(?<![每各逐前头两数几第个十0-9.·/\-—~至到、和及与])(?P<month>{_MONTH})月份?\Z")
_LONGEST_MONTH = 5  # characters: one before it, 十二月份
# Most texts name none, which this finds faster.
_MAY_NAME = re.compile("月|季度|半年|年[底末]")
_NO_NUMBER = {"half", "halves", "year_end", "quarter_end"}  # groups whose words name no month or quarter by number
_LIST = re.compile(r"[、和及与]")


class Months(NamedTuple):
    """A stretch of the year in words: its first and last month (1 to 12), and where the words stand."""

    first: int
    last: int
    kind: str  # half, day (a single month or a date in it), till (from January on), or span
    start: int
    end: int

    @property
    def is_year(self) -> bool:
        """Whether it covers the year."""
        return (self.first, self.last) == (1, 12)


def find_months(text: str, start: int = 0, end: int | None = None) -> Iterator[Months]:
    """The stretches that a folded text names between two offsets, in order. What stands in 《》 names none.

    Months in a list (3月、6月、9月分别) are one stretch, from the first to the last.
    """
    end = len(text) if end is None else end
    if not _MAY_NAME.search(text, start, end):
        return
    before: Months | None = None
    for found in _STRETCHES.finditer(text, start, end):
        if text.rfind("《", start, found.start()) > text.rfind("》", start, found.start()):
            continue
        months = Months(*_stretch(found), found.start(), found.end())
        if not 1 <= months.first <= 12 or not 1 <= months.last <= 12:
            continue
        listed = before and before.kind == months.kind == "day" and _LIST.fullmatch(text, before.end, months.start)
        if before and listed:
            first, last = min(before.first, months.first), max(before.last, months.last)
            months = Months(first, last, "day", before.start, months.end)
        elif before:
            yield before
        before = months
    if before:
        yield before


def month_before(text: str, start: int, end: int) -> Months | None:
    """The single month that touches what stands at `end`, whatever opens it: 开展法治宣传3月 before 2场."""
    if not text.endswith(("月", "月份"), start, end):
        return None
    found = _TOUCHING.search(text, max(start, end - _LONGEST_MONTH), end)
    if found is None:
        return None
    month = month_number(found["month"])
    return Months(month, month, "day", found.start(), found.end())


def month_number(words: str) -> int:
    """The number of a month or quarter in digits or Chinese numerals: 07, 7 or 七 is 7."""
    return int(words) if words.isdecimal() else _NUMERALS[words]


def _stretch(found: re.Match[str]) -> tuple[int, int, str]:
    """First month, last month and kind of a match of `_STRETCHES`."""
    named = {name: words for name, words in found.groupdict().items() if words}
    numbers = {name: month_number(words) for name, words in named.items() if name not in _NO_NUMBER}
    if "half" in named:
        return (1, 6, "half") if named["half"] in "上前" else (7, 12, "half")
    if "halves" in named or "year_end" in named:
        return 1, 12, "till"
    if "first" in numbers:
        return numbers["first"], numbers["last"], "span"
    if "quarter_from" in numbers:
        return 3 * numbers["quarter_from"] - 2, 3 * numbers["quarter_to"], "span"
    if "quarter" in numbers:
        last = 3 * numbers["quarter"]
        return (1, last, "till") if "quarter_end" in named else (last - 2, last, "span")
    if "quarters" in numbers:
        return 1, 3 * numbers["quarters"], "till"
    if "since" in numbers:
        return numbers["since"], 12, "span"
    if "month" in numbers:
        return numbers["month"], numbers["month"], "day"
    last = next(numbers[name] for name in ("till", "months", "month_end") if name in numbers)
    return 1, last, "till"
