"""The title of a document: one line, several lines that belong together, or none.

What a title says about year, unit and kind is decided in `year`, `place` and `kind`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.identify.page import PageLine

_TOPIC = re.compile(r"法治|法制|依法|普法|执法|信息公开|工作报告|工作总结|述职|述法|年度报告")
_ENDING = re.compile(
    r"(?:报告|总结|汇报|情况|小结|年报|思路|打算|安排|计划|要点|材料|通知|方案|意见|公告|公示|讲话|发言稿?|致辞|稿)"
    r"(?:[((（【\[][^))）】\]]{1,20}[))）】\]])?$"
)
_LAST = frozenset("告结报况路算排划点料知案见示话言稿辞)）】]")  # what an ending ends with, asked before the pattern
_NO_TITLE = re.compile(
    r"[。;；!！]|[:：]$|^[一二三四五六七八九十]+[、.]|^[((（][一二三四五六七八九十]+[))）]|^[0-9]+[、.]|[,，].*[,，]"
    # The day in the head of a site, and lists of fields that the reader has not known.
    r"|星期[一二三四五六日天]|^[-•·] |^[-•·| ]*\[ ?[一-龥][一-龥 ]{1,7}\]"
)
# May be the name of a column of the site (工作报告, 2023法治政府建设报告公示): it names nobody.
_COLUMN = re.compile(r"(?!.*(?:关于|[我本]))[^镇乡街县市区旗州盟省局办厅委]{2,20}$")
_DOC_NUMBER = re.compile(r"[〔\[【((（].{0,2}20 ?[0-9 ]{2,4}.{0,2}[〕\]】))）].{0,6}号")
_FLAT = re.compile(r"^(\S[^。,，;；]{5,60}?(?:报告|总结|汇报|情况))\s+(?=\S{0,12}20[0-9]{2}|为|近年|今年|\S{0,6}党)")
# A converter that lost the line break: ...工作报告2023年,...
_GLUED = re.compile(
    r"^(\S[^。,，;；]{5,60}?(?:报告|总结|汇报|情况))(?=20[0-9]{2}年(?:度|来|以来|是)?[,，“关重]|自?20[0-9]{2}年以来|今年以来|[一近]年来"
    r"|过去一年|为(?:贯彻|深入|全面|认真)|根据|按照|现将|在(?:[省市县区]委|上级)|[^。,，;；:：]{2,20}[:：]|[((]20[0-9]{2}年)"
)
_SECOND_BODY = re.compile(r"(?:(?<=委员会)|(?<=委員會)|(?<=党工委)|(?<=党委))\s+(?=\S{2,30}(?:政府|办事处))")
_LOOK_AT = 14
_MOST_LINES = 4
_LONGEST_LINE = 48
_LONGEST = 90


@dataclass(frozen=True, slots=True)
class Title:
    """A title as written and folded, and the number of the first content line after it."""

    written: str
    folded: str
    next_line: int


def find_title(lines: Sequence[PageLine]) -> Title | None:
    """Return the title among the first content lines, or None where the text starts without one.

    What may be the name of a column is passed over where a title that names somebody follows before the body.
    """
    column = None
    for title in _titles(lines):
        if not _COLUMN.match(title.folded):
            return title
        column = column or title
    body = next((number for number, line in enumerate(lines[:_LOOK_AT]) if len(line.folded) > _LONGEST_LINE), _LOOK_AT)
    return column or _headline(lines[:body])


def _titles(lines: Sequence[PageLine]) -> Iterator[Title]:
    """Yield what reads as a title, one for each line above the body that begins one."""
    for first, line in enumerate(lines[:_LOOK_AT]):
        if len(line.folded) > _LONGEST_LINE or _NO_TITLE.search(line.folded):
            flat = (_FLAT.match(line.folded) or _GLUED.match(line.folded)) if first == 0 else None
            if flat and _TOPIC.search(flat[1]):
                yield Title(_clean(line.written[: flat.end(1)]), _clean(flat[1]), 0)
            if len(line.folded) > _LONGEST_LINE:
                return
            continue
        for count in range(1, _MOST_LINES + 1):
            part = lines[first : first + count]
            if len(part) < count or _breaks(part[-1].folded):
                break
            if part[-1].folded[-1] not in _LAST:
                continue
            folded = _join([each.folded for each in part])
            if len(folded) <= _LONGEST and _ENDING.search(folded) and _TOPIC.search(folded):
                yield Title(_join([each.written for each in part]), folded, first + count)
                break


def _breaks(folded: str) -> bool:
    """Return whether a line cannot be part of a title."""
    return len(folded) > _LONGEST_LINE or bool(_NO_TITLE.search(folded)) or bool(_DOC_NUMBER.search(folded))


def _headline(lines: Sequence[PageLine]) -> Title | None:
    """Return a short line about the rule of law without a report's ending: the headline of a news item."""
    for number, line in enumerate(lines):
        if 8 <= len(line.folded) <= _LONGEST_LINE and _TOPIC.search(line.folded) and not _breaks(line.folded):
            return Title(_clean(line.written), _clean(line.folded), number + 1)
    return None


def _join(lines: Sequence[str]) -> str:
    return _clean("\n".join(lines))


def _clean(title: str) -> str:
    """Drop all spaces, but keep one between two issuing bodies."""
    if len(title.split(None, 1)) < 2:
        return title.strip()
    return "".join(_SECOND_BODY.sub("\x00", title).split()).replace("\x00", " ")
