"""Sections: the lines of a report, its headings and sentences, and which of its parts are plans or problems.

What a single sentence says about time or place is found in `pipelines.codebook.cues`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from pipelines.codebook.periods import Period, period_of_heading

_ORDINALS = "一二三四五六七八九十"
_HEADING = re.compile(
    rf"(?P<one>[{_ORDINALS}]{{1,3}}[、.．]|第[{_ORDINALS}]部分)|(?P<two>[（(][{_ORDINALS}]{{1,3}}[)）])|(?P<three>[0-9]{{1,2}}[、.．](?![0-9]))|(?P<four>[（(][0-9]{{1,2}}[)）])"
)
_HEADING_FIRST = frozenset("（(第0123456789" + _ORDINALS)
_NEXT_FIRST = frozenset("下明来今新")
_LEVELS = {"one": 1, "two": 2, "three": 3, "four": 4}
# Words of a heading that announce plans for the time to come.
_PLAN = re.compile(
    r"下一?步|下一?阶段|下一?年|下年度?|明年|来年|今后|打算|(?:工作|主要|初步|重点|总体|有关|具体|相关)安排|工作计划|工作思路|思路|努力方向|工作措施和打算|改进措施|整改措施|下半年|展望|工作目标|工作重点$|工作谋划|年(?:度)?(?:法治政府建设)?(?:工作)?计划"
)
_PROBLEM = re.compile(
    r"存在.{0,12}(?:问题|不足|短板|困难|差距|薄弱)|问题(?:及|和|与|、)(?:原因|不足|短板)|不足(?:及|和|与|、|之处)|主要问题$|薄弱环节|(?<!强基补)短板"
)
# A heading of both (主要成效和存在的问题, 工作情况及下步打算) opens with results.
_RESULT_FIRST = re.compile(
    r"^(?:(?!下一?[步年阶]|明年|来年|今后|改进|存在|问题)[^,，。;；])*?(?:"
    r"(?:成效|成绩|做法|举措|亮点|主要工作|开展情况|完成情况|工作情况)(?:及其?|和|与|、|以及|暨)[^,，。;；]{0,6}(?:存在|问题|不足|短板)"
    r"|(?:成效|成绩|亮点|亮点工作|开展情况|完成情况|工作情况)(?:及其?|和|与|、|以及|暨)[^,，。;；]{0,6}(?:下一?步|下一?阶段|打算|计划))"
)
# A heading of nothing but results, which opens results even under one of problems or plans.
_RESULTS_ONLY = re.compile(
    r"(?=.*(?:成效|成绩|亮点|成果|回顾|(?:完成|进展|开展|整改)情况))(?:20[0-9]{2}年度?|今年|本年度?|上半年|全年|一年来|主要|已?取得|工作|的|特色|重点|突出|创新|问题整改|整改|举措|做法|经验|完成|进展|开展|落实|情况|成效|成绩|亮点|成果|回顾|及其?|和|与|、)+"
)
_RESULT = re.compile(r"成效|举措|做法|情况(?!.*(?:打算|计划|安排))|主要工作|开展情况|完成情况|附表|附件")
# A heading on a plan that was carried out announces results: 年度计划的制定和完成情况.
_PLAN_DONE = re.compile(r"计划[^,，。;；]{0,10}?(?:完成|落实|执行|实施|进展|推进)的?情况")
_NEXT_YEAR_LINE = re.compile(
    r"^(?:[（(]?[一二三四五六七八九十0-9]{1,3}[)）、.．]+)?(?:下一?步|下一?阶段|明年|来年|今后|下一?年度?|新的一年)"
)
_MARK = 6  # characters of the longest heading mark, or of another and the one behind it
_LEAD = 30  # characters
_LEAD_END = re.compile(r"[。；;：:,，]")
_LONGEST_HEADING = 60  # characters
_LONGEST_UNMARKED = 30  # characters of a heading without a mark
_SHORT_UNMARKED = 20  # characters of one that may open a part
_TITLE_WORDS = re.compile(r"总结|报告|汇报|情况")
# A heading with these announces plans; the title of a report says what its edition says (see identify).
_NO_PERIOD, _TITLE = re.compile(r"计划|打算|安排|思路|目标"), re.compile(r"总结|报告|汇报")
_LONGEST = 800  # characters of one sentence; the longest of real reports have some 400
_HEAD = 48  # characters of a long line that say what it opens
_LEVEL_OF_PART = 9  # where no part but the results is open


class ReportLine(NamedTuple):
    """One line of the working text: a heading, a paragraph (perhaps led by a heading of its own) or a table row."""

    start: int
    end: int
    part: str  # result, plan, problem
    table: bool
    title: str  # the words of the nearest heading line above
    sentences: list[str]
    period: Period | None = None  # the part of the year that a heading above names


class LineOpening(NamedTuple):
    """What a line opens by its first words."""

    level: int  # 0: no heading mark
    heading: bool
    part: str  # '' where the words open none
    part_level: int
    reopens: bool = False  # results, even within problems or plans
    period: Period | None = None  # of a heading: the part of the year that it names for all that stands under it


_OPENING_FIRST = _HEADING_FIRST | _NEXT_FIRST | {"附"}
_OPENS_NOTHING = LineOpening(0, False, "", _LEVEL_OF_PART)


def find_lines(
    text: str, report_year: int | None, openings: Mapping[tuple[str, int | None], LineOpening] | None = None
) -> list[ReportLine]:
    """The non-empty lines of a working text, each with the part of the report that it stands in.

    openings: gives what a line opens in a report of a year (see `line_opening`); None works it out anew.
    """
    lines: list[ReportLine] = []
    part, part_level = "result", _LEVEL_OF_PART
    within: tuple[int, str, int] | None = None  # level of results within another part, and that part with its level
    title = ""
    periods: list[tuple[int, Period]] = []  # level and period of the headings above that name one
    period: Period | None = None  # of the nearest of those that name one
    end = -1
    for line, sentences in zip(text.split("\n"), cut_sentences(text), strict=True):
        start, end = end + 1, end + 1 + len(line)
        if not line:
            continue
        if len(line) > _LONGEST_HEADING and line[0] not in _OPENING_FIRST:
            opening = _OPENS_NOTHING
        else:
            words = line if len(line) <= _LONGEST_HEADING else line[:_HEAD] + " "
            opening = line_opening(words, report_year) if openings is None else openings[words, report_year]
        if opening is _OPENS_NOTHING:  # most lines
            lines.append(ReportLine(start, end, part, "|" in line, title, sentences, period))
            continue
        if not opening.level and opening.part and "|" in line:
            # The first cell says what a table is about; 2025年计划 above its last column is of that column alone.
            first = line.lstrip("| ").partition("|")[0].strip()
            opening = line_opening(first, report_year) if first else _OPENS_NOTHING
        if within and 0 < opening.level <= within[0]:
            _, part, part_level = within
            within = None
        if not opening.level:
            if opening.part:
                part, part_level, within = opening.part, opening.part_level, None
        elif opening.reopens and opening.level > part_level:
            within = opening.level, part, part_level
            part, part_level = "result", _LEVEL_OF_PART
        elif opening.level <= part_level or opening.heading:
            if opening.part != "result" and opening.level <= max(part_level, 3):
                part, part_level = opening.part, opening.level
            elif opening.level <= part_level:
                part, part_level = "result", _LEVEL_OF_PART
        table = "|" in line
        if periods and (opening.level or opening.heading):
            periods = [(level, named) for level, named in periods if level < opening.level]
            period = periods[-1][1] if periods else None
        lines.append(ReportLine(start, end, part, table, title, sentences, period))
        if opening.heading and not table:
            title = line
            if opening.period:
                periods.append((opening.level, opening.period))
                period = opening.period
    return lines


def line_opening(line: str, report_year: int | None) -> LineOpening:
    """What a line opens. Of a long line its first words are given, and a space."""
    mark = _HEADING.match(line[:_MARK]) if line[0] in _HEADING_FIRST else None
    level = _LEVELS[mark.lastgroup] if mark and mark.lastgroup else 0
    # A heading is a short line, marked or not, that does not end like a sentence.
    longest = _LONGEST_HEADING if level else _LONGEST_UNMARKED
    heading = len(line) <= longest and line[-1] not in "。；;，,：: "
    period = _period_named(line, level) if heading else None
    if level:
        words = line
        if not heading:
            # A paragraph may open like a heading: with a short clause without a comma, up to a stop or colon.
            end = _LEAD_END.search(line)
            words = line[: end.start()] if end and end.start() <= _LEAD and end.group() not in ",，" else ""
        announced = _announced_part(words, report_year) if words else "result"
        reopens = heading and bool(_RESULTS_ONLY.fullmatch(_HEADING.sub("", words, count=1)))
        return LineOpening(level, heading, announced, level, reopens and announced == "result", period)
    if line.startswith(("附表", "附件", "附:", "附：")):
        return LineOpening(0, heading, "result", _LEVEL_OF_PART, period=period)
    if heading and len(line) <= _SHORT_UNMARKED and not _TITLE_WORDS.search(line):
        part = _announced_part(line, report_year)
        return LineOpening(0, heading, "" if part == "result" else part, 1, period=period)
    if line[0] in _NEXT_FIRST and _NEXT_YEAR_LINE.match(line):
        return LineOpening(0, heading, "plan", 3, period=period)
    return LineOpening(0, heading, "", _LEVEL_OF_PART, period=period)


def _period_named(heading: str, level: int) -> Period | None:
    if _NO_PERIOD.search(heading) or (not level and _TITLE.search(heading)):
        return None
    return period_of_heading(heading)


def _announced_part(words: str, report_year: int | None) -> str:
    """Which part the words of a heading announce: result, plan or problem."""
    body = _HEADING.sub("", words, count=1)
    # A line break, which stands in no line, where the year is not known.
    this_year, next_year, year_after = [f"{report_year + later}年" if report_year else "\n" for later in range(3)]
    if (next_year in body or year_after in body) and not _RESULT.search(body):
        return "plan"
    if _RESULT_FIRST.search(body):
        return "result"
    if _PROBLEM.search(body):
        return "problem"
    if next_year not in body:
        body = _PLAN_DONE.sub("", body)
    of_this_year = this_year in body and "思路" not in body and _RESULT.search(body)
    return "plan" if _PLAN.search(body) and not of_this_year else "result"


_CUT = "\uffff"  # no character: it marks where a sentence ends
_NO_CUT = "\ufffe"  # stands for it, should a text have it all the same
_STOPS = "。;!?"  # a folded text has them in these forms only
# The literal comes first, as `re` finds a literal a hundred times faster than one of some characters.
_FULL_STOP = re.compile(r"\.(?<=[\u4e00-\u9fff%)”]\.)(?!\.)")
_ITEM = re.compile(rf"是(?<=[\u4e00-\u9fff0-9)）”][{_ORDINALS}]是)(?![否非])")


def cut_sentences(text: str) -> list[list[str]]:
    """The sentences of each line of a working text, which together are the line.

    After 。；！？, and before 一是, 二是 ..., which open an item without a stop. A stretch without a stop is cut at
    commas every 800 characters, so that no text costs more than its length.
    """
    items = [m.start() - 1 for m in _ITEM.finditer(text)]
    marked = text.replace(_CUT, _NO_CUT)
    if items:
        marked = _CUT.join([marked[a:b] for a, b in pairwise([0, *items, len(marked)])])
    if "." in text:
        marked = _FULL_STOP.sub("." + _CUT, marked)
    for stop in _STOPS:
        marked = marked.replace(stop, stop + _CUT)
    return [_cut_long(line) if len(line) > _LONGEST else line.split(_CUT) for line in marked.split("\n")]


def _cut_long(line: str) -> list[str]:
    """The sentences of a line that may hold some without a stop."""
    pieces = []
    for sentence in line.split(_CUT):
        start = 0
        while len(sentence) - start > _LONGEST:
            comma = max(sentence.rfind(mark, start + 1, start + _LONGEST) for mark in ",，、")
            end = comma + 1 if comma > 0 else start + _LONGEST
            pieces.append(sentence[start:end])
            start = end
        pieces.append(sentence[start:])
    return pieces
