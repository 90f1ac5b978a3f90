"""Tables: a cell of a pipe table read as the sentence that its row label, column head and number would make.

Here belongs the layout of tables. The made-up sentence goes through the same reading as any other.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from pipelines.codebook.compile import Codebook
from pipelines.codebook.cues import period_reason
from pipelines.extract.report.sections import Line
from pipelines.extract.sentence.statement import Counted, Span, Stated, Statement, count, parse, state_figure
from pipelines.numerals.classifiers import UNITS
from pipelines.numerals.mentions import Mention, find_mentions

_UNIT_BRACKET = re.compile(r"[（(]([^（）()]{1,5})[)）]")
_OTHER_YEAR = re.compile(r"上年|去年|同期|往年|累计历年")
_UNITS = frozenset(UNITS)
_BLOCK = 100  # rows above that may belong to the same block


@dataclass(slots=True)
class _Cell:
    """The sentence that a figure of a table row makes with its row label and column head."""

    text: str
    figure: Mention  # in `text`, with the classifier that row or column gives it
    reason: str  # why its row or column is of another year, or ''


class _Columns(NamedTuple):
    """What the figures of a row share."""

    spans: list[Span]  # of its cells, the label first
    heads: Sequence[str]
    label: str
    unit: str  # the classifier that the row gives its bare numbers


def read_row(
    text: str, line: Line, furniture: Sequence[Span], report_year: int | None, codebook: Codebook
) -> Statement:
    """What a table row states, in offsets of the row; the evidence of its figures is the row.

    text: the working text, for the rows above; furniture: spans of the row that belong to the page.
    """
    row = text[line.start : line.end]
    sentence = parse(row, line.part, furniture)
    columns = _columns(row, _heads(text, line))
    numbers: list[Counted] = []
    facts: list[Stated] = []
    for number, mention in enumerate(sentence.mentions):
        cell = None if mention.reason else _cell(row, columns, mention, report_year)
        stated: list[Stated] = []
        reason = mention.reason or "uncoded"
        if cell:
            reason, stated = state_figure(cell.text, cell.figure, report_year, codebook)
            reason = cell.reason or reason
            mention = replace(mention, value=cell.figure.value, unit=cell.figure.unit)
        if not reason:
            figure, unit = (mention.start, mention.end), (mention.digits_end, mention.end)
            facts += [replace(f, number=number, evidence=(0, len(row)), figure=figure, unit=unit) for f in stated]
        numbers.append(count(mention, reason))
    return Statement(tuple(numbers), tuple(facts))


def _columns(row: str, heads: Sequence[str]) -> _Columns:
    spans = _cells(row)
    if len(spans) > 2 and row[slice(*spans[0])].strip().isdigit():
        spans, heads = spans[1:], heads[1:]  # a running number is no label
    label = row[slice(*spans[0])] if spans else ""
    return _Columns(spans, heads, label, _row_unit(row, label, spans))


def _cell(row: str, columns: _Columns, mention: Mention, report_year: int | None) -> _Cell | None:
    """The sentence of a figure of a row; none in its first cell, which is the label."""
    spans, label = columns.spans, columns.label
    column = bisect_right(spans, (mention.start, len(row))) - 1
    if column < 1 or mention.start >= spans[column][1]:
        return None
    a, b = spans[column]
    head = columns.heads[column] if column < len(columns.heads) else ""
    place = (mention.start - a, mention.end - a)
    made, start = _sentence(_bare(label), head, row[a:b], columns.unit, place)
    found = [m for m in find_mentions(made) if m.start == start]
    reason = _reason(label, report_year) or _reason(head, report_year)
    return _Cell(made, found[0], reason) if found else None


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
    top = text[start : end if end >= 0 else len(text)]
    return [top[a:b] for a, b in _cells(top)]


def _cells(row: str) -> list[tuple[int, int]]:
    """Spans of the cells of a row, without the empty one that an outer bar makes."""
    bars = [at for at, char in enumerate(row) if char == "|"]
    spans = list(zip([0, *(at + 1 for at in bars)], [*bars, len(row)], strict=True))
    return spans if row[slice(*spans[0])].strip() else spans[1:]
