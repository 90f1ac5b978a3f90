"""Tables: a cell of a pipe table read as the sentence that its row label, column head and number would make.

Here belongs the layout of tables. The made-up sentence goes through the same reading as any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipelines.extract.codebook import Codebook
from pipelines.extract.context import Passage
from pipelines.extract.cues import period_reason
from pipelines.extract.mentions import UNITS, Mention, find_mentions
from pipelines.extract.sections import Line

_UNIT_BRACKET = re.compile(r"[（(]([^（）()]{1,5})[)）]")
_OTHER_YEAR = re.compile(r"上年|去年|同期|往年|累计历年")
_UNITS = frozenset(UNITS)


def table_passages(
    text: str, line: Line, figures: Sequence[Mention], codebook: Codebook, report_year: int | None
) -> Iterator[tuple[Passage, Mention, str]]:
    """For each figure of a row: its made-up passage, the figure, and why row or column is of another year, or ''."""
    cells = _cells(text, line.start, line.end)
    if not cells:
        return
    heads = _heads(text, line)
    label = text[cells[0][0] : cells[0][1]]
    unit = _row_unit(text, label, cells)
    for mention in figures:
        column = next((i for i, (a, b) in enumerate(cells) if a <= mention.start < b), None)
        if mention.reason or not column:
            continue
        a, b = cells[column]
        head = heads[column] if column < len(heads) else ""
        passage = _passage(_bare(label), head, text[a:b], unit, (mention.start - a, mention.end - a), codebook)
        if passage:
            yield passage, mention, _reason(label, report_year) or _reason(head, report_year)


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


def _passage(
    label: str, head: str, cell: str, row_unit: str, span: tuple[int, int], codebook: Codebook
) -> Passage | None:
    before, number, after = cell[: span[0]], cell[span[0] : span[1]], cell[span[1] :]
    bracket = _UNIT_BRACKET.search(head)
    if number[-1].isdigit():
        number += bracket[1] if bracket and bracket[1] in _UNITS else row_unit
    own = re.sub(r"[^\u4e00-\u9fff]", "", before)
    sentence = f"{label},{before}" if own else f"{label}{_bare(head)}"
    made = f"{sentence}{number}{after}"
    found = [m for m in find_mentions(made) if m.start == len(sentence)]
    return Passage(made, 0, len(made), codebook, codebook.tokens(made), found[:1]) if found else None


def _heads(text: str, line: Line) -> list[str]:
    """The cells of the row that opens the block of table rows this line stands in; none for that row itself."""
    start = line.start
    while start:
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
