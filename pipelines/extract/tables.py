"""Tables: a cell of a pipe table read as the sentence that its row label, column head and number would make.

Here belongs the layout of tables. The made-up sentence goes through the same reading as any other.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.extract.cues import period_reason
from pipelines.extract.mentions import UNITS, Mention, find_mentions
from pipelines.extract.sections import Line

_UNIT_BRACKET = re.compile(r"[（(]([^（）()]{1,5})[)）]")
_OTHER_YEAR = re.compile(r"上年|去年|同期|往年|累计历年")
_UNITS = frozenset(UNITS)
_BLOCK = 100  # rows above that may belong to the same block


@dataclass(slots=True)
class Cell:
    """A figure of a table row and the sentence that its cell makes."""

    mention: Mention  # in the working text
    text: str
    spoken: Mention  # the same figure in `text`, with the classifier that row or column gives it
    reason: str  # why its row or column is of another year, or ''


def cells(text: str, line: Line, figures: Sequence[Mention], report_year: int | None) -> Iterator[Cell]:
    """The figures of a table row, but for those of its first cell, which is the label."""
    spans = _cells(text, line.start, line.end)
    if not spans or not figures:
        return
    heads = _heads(text, line)
    if len(spans) > 2 and text[spans[0][0] : spans[0][1]].strip().isdigit():
        spans, heads = spans[1:], heads[1:]  # a running number is no label
    label = text[spans[0][0] : spans[0][1]]
    unit = _row_unit(text, label, spans)
    for mention in figures:
        column = bisect_right(spans, (mention.start, len(text))) - 1
        if column < 1 or mention.start >= spans[column][1]:
            continue
        a, b = spans[column]
        head = heads[column] if column < len(heads) else ""
        made, start = _sentence(_bare(label), head, text[a:b], unit, (mention.start - a, mention.end - a))
        found = [m for m in find_mentions(made) if m.start == start]
        if found:
            yield Cell(mention, made, found[0], _reason(label, report_year) or _reason(head, report_year))


def _reason(words: str, report_year: int | None) -> str:
    return "last_year" if _OTHER_YEAR.search(words) else period_reason(words, 0, len(words), report_year)


def _bare(words: str) -> str:
    """Words without a unit in brackets; other brackets (在册) say what is counted and stay."""
    return _UNIT_BRACKET.sub(lambda m: "" if m[1] in _UNITS else m.group(), words)


def _row_unit(text: str, label: str, cells: Sequence[tuple[int, int]]) -> str:
    """The classifier that a row gives its bare numbers: in brackets behind the label, or in a cell of its own."""
    bracket = _UNIT_BRACKET.search(label)
    if bracket and bracket[1] in _UNITS:
        return bracket[1]
    return next((text[a:b] for a, b in cells[1:] if text[a:b] in _UNITS), "")


def _sentence(label: str, head: str, cell: str, row_unit: str, span: tuple[int, int]) -> tuple[str, int]:
    """The sentence a cell makes, and where its figure stands in it."""
    before, number, after = cell[: span[0]], cell[span[0] : span[1]], cell[span[1] :]
    bracket = _UNIT_BRACKET.search(head)
    if number[-1].isdigit():
        number += bracket[1] if bracket and bracket[1] in _UNITS else row_unit
    own = re.sub(r"[^\u4e00-\u9fff]", "", before)
    start = f"{label},{before}" if own else f"{label}{_bare(head)}"
    return f"{start}{number}{after}", len(start)


def _heads(text: str, line: Line) -> list[str]:
    """The cells of the row that opens the block of table rows this line stands in; none for that row itself."""
    start = line.start
    for _ in range(_BLOCK):
        if not start:
            break
        above = text.rfind("\n", 0, start - 1) + 1
        if "|" not in text[above:start]:
            break
        start = above
    if start == line.start:
        return []
    end = text.find("\n", start)
    return [text[a:b] for a, b in _cells(text, start, end if end >= 0 else len(text))]


def _cells(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of the cells of a row, without the empty ones that outer bars make."""
    spans: list[tuple[int, int]] = []
    at = start
    while at <= end:
        bar = text.find("|", at, end)
        stop = end if bar < 0 else bar
        spans.append((at, stop))
        at = stop + 1
        if bar < 0:
            break
    if spans and not text[spans[0][0] : spans[0][1]].strip():
        spans = spans[1:]
    return spans
