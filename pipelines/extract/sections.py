"""Sections: lines, headings, sentences, and which parts of a report speak of something other than this year's results.

Here belongs the layout of a report. Not here: what a single sentence says about time or place (pipelines.extract.cues).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ORDINALS = "一二三四五六七八九十"
_HEADING = re.compile(
    rf"(?P<one>[{_ORDINALS}]{{1,3}}[、.．]|第[{_ORDINALS}]部分)|(?P<two>[（(][{_ORDINALS}]{{1,3}}[)）])|(?P<three>[0-9]{{1,2}}[、.．](?![0-9]))|(?P<four>[（(][0-9]{{1,2}}[)）])"
)
_HEADING_FIRST = frozenset("（(第0123456789" + _ORDINALS)
_NEXT_FIRST = frozenset("下明来今新")
_LEVELS = {"one": 1, "two": 2, "three": 3, "four": 4}
#: Words of a heading that announce plans for the time to come.
_PLAN = re.compile(
    r"下一?步|下一?阶段|下一?年|下年度?|明年|来年|今后|打算|(?:工作|主要|初步|重点|总体|有关|具体|相关)安排|工作计划|工作思路|思路|努力方向|工作措施和打算|改进措施|整改措施|下半年|展望|工作目标|工作重点$|工作谋划|年(?:度)?(?:法治政府建设)?(?:工作)?计划"
)
_PROBLEM = re.compile(
    r"存在.{0,12}(?:问题|不足|短板|困难|差距|薄弱)|问题(?:及|和|与|、)(?:原因|不足|短板)|不足(?:及|和|与|、|之处)|主要问题$|薄弱环节|短板"
)
_RESULT = re.compile(r"成效|举措|做法|情况(?!.*(?:打算|计划|安排))|主要工作|开展情况|完成情况|附表|附件")
_NEXT_YEAR_LINE = re.compile(
    r"^(?:[（(]?[一二三四五六七八九十0-9]{1,3}[)）、.．]+)?(?:下一?步|下一?阶段|明年|来年|今后|下一?年度?|新的一年)"
)
_LEAD = 30  # characters
_UNMARKED = 20  # characters of a heading without a mark
_TITLE_WORDS = re.compile(r"总结|报告|汇报|情况")
_LONGEST = 800  # characters of one sentence; the longest of real reports have some 400
_TABLE_CELLS = 1  # bars in a line that make it a table row


@dataclass(slots=True)
class Line:
    """One line of the working text: a heading, a paragraph (perhaps led by a heading of its own) or a table row."""

    start: int
    end: int
    level: int  # 0: no heading mark
    part: str  # result, plan, problem
    table: bool
    heading: tuple[int, int] | None  # the span of the nearest heading line above
    title: str  # the words of that heading


def find_lines(text: str, report_year: int | None) -> list[Line]:
    """The non-empty lines of a working text, each with the part of the report that it stands in."""
    lines: list[Line] = []
    part, part_level = "result", 9
    heading: tuple[int, int] | None = None
    title = ""
    end = -1
    for line in text.split("\n"):
        start, end = end + 1, end + 1 + len(line)
        if not line:
            continue
        level = _level(line)
        short = _is_heading(line, level)
        if level and (level <= part_level or short):
            lead = line if short else _lead(line)
            announced = _announces(lead, report_year)
            if announced != "result" and level <= max(part_level, 3):
                part, part_level = announced, level
            elif level <= part_level:
                part, part_level = "result", 9
        elif not level and line.startswith(("附表", "附件", "附:", "附：")):
            part, part_level = "result", 9
        elif short and not level and len(line) <= _UNMARKED and not _TITLE_WORDS.search(line):
            announced = _announces(line, report_year)
            if announced != "result":
                part, part_level = announced, 1
        elif not level and line[0] in _NEXT_FIRST and _NEXT_YEAR_LINE.match(line):
            part, part_level = "plan", 3
        table = line.count("|") >= _TABLE_CELLS
        lines.append(Line(start, end, level, part, table, heading, title))
        if short and not table:
            heading, title = (start, end), line
    return lines


def _level(line: str) -> int:
    if line[0] not in _HEADING_FIRST:
        return 0
    match = _HEADING.match(line)
    return _LEVELS[match.lastgroup] if match and match.lastgroup else 0


def _is_heading(line: str, level: int) -> bool:
    """A heading is a short line, marked or not, that does not end like a sentence."""
    return len(line) <= 60 and line[-1] not in "。；;，,：:" and (level > 0 or len(line) <= 30)


def _lead(line: str) -> str:
    """The words with which a paragraph opens like a heading: a short clause without a comma, up to a stop or colon."""
    cut = re.search(r"[。；;：:,，]", line)
    return line[: cut.start()] if cut and cut.start() <= _LEAD and line[cut.start()] not in ",，" else ""


def _announces(words: str, report_year: int | None) -> str:
    """What the part under a heading speaks of."""
    body = _HEADING.sub("", words, count=1)
    if (
        report_year
        and any(f"{year}年" in body for year in (report_year + 1, report_year + 2))
        and not _RESULT.search(body)
    ):
        return "plan"
    if _PROBLEM.search(body):
        return "plan" if _PLAN.search(body) and body.find("下") >= 0 and not _PROBLEM.search(body) else "problem"
    if _PLAN.search(body) and not (
        report_year and f"{report_year}年" in body and "思路" not in body and _RESULT.search(body)
    ):
        return "plan"
    return "result"


_FULL_STOP = re.compile(r"[。；;！!？?]")
_SENTENCE_END = re.compile(
    r"[。；;！!？?]|(?<=[\u4e00-\u9fff%)”])\.(?![.])|(?<=[\u4e00-\u9fff0-9)）”])(?=[一二三四五六七八九]是(?![否非]))"
)


def sentence_starts(text: str, start: int, end: int) -> list[int]:
    """Where the sentences of a line begin: after 。；！？, and at 一是, 二是 ..., which open an item without a stop.

    A stretch without a stop is cut at commas every 800 characters, so that no text costs more than its length.
    """
    plain = text.find(".", start, end) < 0 and text.find("是", start, end) < 0
    stops = (_FULL_STOP if plain else _SENTENCE_END).finditer(text, start, end)
    starts = [start, *[stop.end() for stop in stops if start < stop.end() < end]]
    if end - start <= _LONGEST:
        return starts
    cut = []
    for here, after in zip(starts, [*starts[1:], end], strict=True):
        cut.append(here)
        while after - cut[-1] > _LONGEST:
            comma = max(text.rfind(mark, cut[-1] + 1, cut[-1] + _LONGEST) for mark in ",，、")
            cut.append(comma + 1 if comma > 0 else cut[-1] + _LONGEST)
    return cut
