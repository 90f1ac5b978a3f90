"""Which edition of a report a text is: for a part of the year, for several years, a correction, or the plain one.

Only the title decides; without one, the opening. Which of several editions counts is decided in
`sql/tables/dim_report.sql`.
"""

import datetime
import re

from pipelines.numerals.months import find_months

_PART = re.compile(
    r"上半年|下半年|半年度|(?<!新)年中(?=工作|总结|报告)|(?:第?[一二三四1-4]|前[一二三123])个?季度"
    r"|(?<![0-9])1 ?月?[-—~至到] ?(?:[2-9]|1[01]) ?月|一至(?:[二三四五六七八九十]|十一)月"
)
_SPAN = re.compile(r"(20[0-9]{2}) ?年?度? ?[-—–~至到]{1,2} ?(20[0-9]{2}|[0-9]{2})(?![0-9]|[-.]| ?月)")
_NEIGHBOURS = re.compile(r"(20[0-9]{2}) ?年?度?[、和及与](20[0-9]{2}) ?年度?")  # 2023、2024年度
# 2021-2025年规划 is the name of a plan, not what the report is on.
_PLAN_OF_SPAN = re.compile(r" ?年?度?[^及和总报,，]{0,14}(?:规划|纲要|方案|计划|行动)")
# From a month of one year to a month of the next.
OVER_NEW_YEAR = re.compile(
    r"(20[0-9]{2}) ?年 ?([0-9]{1,2}) ?月(?: ?[0-9]{1,2} ?日|[初底末])? ?[-—–~至到]{1,2} ?"
    r"(20[0-9]{2}) ?年 ?([0-9]{1,2}) ?月(?:份| ?[0-9]{1,2} ?日|[底末])?"
)
_SEVERAL_YEARS = re.compile(
    r"十[二三四五]五[”\"]?(?:期间|时期|以来)|(?:近|过去|最近)[两二三四五]年|[三四五]年来|[本上]届(?:党委|政府|以来)"
    r"|^(?!.*20[0-9]{2}).*[六七八九]五[”\"]?(?:普法|规划|法治)[^,，。]{0,8}(?:中期|期间|期满|终期|规划|以来)"
)
_SINCE = re.compile(r"(?<![0-9])(20[0-9]{2}) ?年?以来")
_OPENS_SINCE = re.compile(rf"(?:自|从)?{_SINCE.pattern}")
_YEAR = re.compile(r"20[0-9]{2}")
_LEAST_YEARS = 2  # a report of January 2024 on what was done since 2023 is on one year, since 2022 on two
# 池店镇2023年11月法治政府建设工作总结 is on a month; one of December may be on the year.
_ON_MONTH = re.compile(r"(?<=[镇乡处道府])(?:关于)?20[0-9]{2}年(1[01]|[1-9])月(?=法治|法制|依法|普法|行政|工作)")
QUOTED = re.compile(r"《[^》]{0,80}》|[((（][^))）]{0,40}[))）]")
_LONGEST_SPAN = 10  # years
# (2021—2023年) behind 中期 is what the report is on; behind the name of a plan it is the plan's.
_SPAN_IN_BRACKETS = re.compile(rf"(?<![规划纲要方案计行动意见])[((（]{_SPAN.pattern} ?年?度?[))）]")
_HALF_OPENS = re.compile(r"^[^。;；]{0,12}(?:上|前)半年")
_STRETCH_OPENS = re.compile(
    r"^(?:自|从|在)?20[0-9]{2} ?年[0-9]{1,2} ?月?(?:份|1 ?日)? ?[-—–~至到]{1,2} ?[0-9]{1,2} ?月"
)
_MONTHS = 12
_PLANNED = re.compile(r"[及和暨与,](?:20[0-9]{2}|下半年|下一年|明年).*$")
_CORRECTED = re.compile(r"更正|勘误|订正|补正|修订[版稿]|修正[版稿]|更新[版稿]|修改[版稿]")
# Months of a title: 2023年12月 is the date of the report, 12月份 and 11-12月 are what it is on.
_DATED = re.compile(r"[0-9一二三四五六七八九十]{1,2}月(?!份)")


def edition(
    title: str, opening: str, written_on: datetime.date | None = None, published_on: datetime.date | None = None
) -> str | None:
    """Return `part_of_year`, `multi_year`, `correction`, or None for the plain edition.

    Both texts are folded, years in them are in digits. The dates tell how many years 2021年以来 are. Twelve months over
    New Year (2023年12月至2024年11月) are a year.
    What follows with another year or half-year (及2024年上半年计划) is a plan and says nothing of the edition.
    """
    if _CORRECTED.search(title):
        return "correction"
    over = OVER_NEW_YEAR.search(title)
    if over and over[1] != over[3]:
        return None if _length(over) == _MONTHS else "multi_year"
    plain = QUOTED.sub("", title)
    if last_of_span(title) or _SEVERAL_YEARS.search(plain):  # 2022年至2024年, 2022-2024年, 十四五以来
        return "multi_year"
    since = _SINCE.search(plain)
    until = written_on or published_on
    if not _YEAR.search(plain):  # an old report may be published again, so only its signature says when it was new
        since, until = _OPENS_SINCE.match(opening), written_on
    if since and until and until.year - int(since[1]) >= _LEAST_YEARS:
        return "multi_year"
    return "part_of_year" if edition_months(title, opening) else None


def _length(over: re.Match[str]) -> int:
    """Return how many months a stretch has that reaches into another year."""
    return (int(over[3]) - int(over[1])) * _MONTHS + int(over[4]) - int(over[2]) + 1


def last_of_span(title: str) -> int | None:
    """Return the last year of the span of years that a title names; None where it names none."""
    plain = QUOTED.sub("", title)
    bracketed = _SPAN_IN_BRACKETS.finditer(re.sub("《[^》]{0,80}》", "", title))
    for span in (*_SPAN.finditer(plain), *_NEIGHBOURS.finditer(plain), *bracketed):
        if _PLAN_OF_SPAN.match(plain, span.end()):
            continue
        first = int(span[1])
        last = int(span[2]) if len(span[2]) > 2 else first // 100 * 100 + int(span[2])
        if first < last <= first + _LONGEST_SPAN:
            return last
    return None


def edition_months(title: str, opening: str) -> tuple[int, int] | None:
    """The first and last month (1 to 12) of the part of the year that a report is on; None where it is on the year.

    Arguments as of `edition`. Where the words name a part without its months (年中工作总结), it is the first half-year.
    """
    named = _PLANNED.sub("", title)
    if not title:
        stretch = _STRETCH_OPENS.match(opening)
        named = stretch[0] if stretch else ""
    over = OVER_NEW_YEAR.search(named)
    if over and over[1] != over[3]:
        return None
    month = _ON_MONTH.search(named)
    if month:
        return int(month[1]), int(month[1])
    for months in find_months(named):
        words = named[months.start : months.end]
        # 截至10月, like a date, is when the report was written.
        is_date = _DATED.search(words) if months.kind == "day" else months.kind == "till" and not _PART.search(words)
        if not months.is_year and not is_date:
            return months.first, months.last
    is_half = _PART.search(named) or (not title and _HALF_OPENS.match(opening))
    return (1, 6) if is_half else None
