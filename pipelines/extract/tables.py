"""Tables: a cell of a pipe table read as the sentence that its row label, column head and number would make.

Here belongs the layout of tables. The made-up sentence goes through the same reading as any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipelines.extract.codebook import Codebook
from pipelines.extract.context import Passage
from pipelines.extract.cues import period_reason
from pipelines.extract.mentions import Mention, find_mentions
from pipelines.extract.sections import Line

_HEAD_UNIT = re.compile(r"[（(]([^（）()]{1,5})[)）]")


def table_passages(
    text: str, line: Line, figures: Sequence[Mention], codebook: Codebook, report_year: int | None
) -> Iterator[tuple[Passage, Mention, str]]:
    """For each figure of a table row: its made-up passage, the figure, and why the row is of another year ('' if it is not)."""
    heads = _heads(text, line)
    cells = _cells(text, line.start, line.end)
    if not cells:
        return
    label = text[cells[0][0] : cells[0][1]]
    for mention in figures:
        if mention.reason:
            continue
        column = next((i for i, (a, b) in enumerate(cells) if a <= mention.start < b), None)
        if not column:
            continue
        a, b = cells[column]
        passage = _passage(label, heads[column] if column < len(heads) else "", text[a:b], mention, a, codebook)
        if passage:
            yield passage, mention, period_reason(label, 0, len(label), report_year)


def _passage(label: str, head: str, cell: str, mention: Mention, offset: int, codebook: Codebook) -> Passage | None:
    before, number, after = cell[: mention.start - offset], cell[mention.start - offset : mention.end - offset], cell[mention.end - offset :]
    unit = _HEAD_UNIT.search(head)
    if unit and not mention.unit:
        number += unit[1]
    words = _HEAD_UNIT.sub("", head)
    own = re.sub(r"[^\u4e00-\u9fff]", "", before)
    sentence = f"{label},{before}" if own else f"{label}{words}"
    made = f"{sentence}{number}{after}"
    found = [m for m in find_mentions(made) if m.start == len(sentence)]
    if not found:
        return None
    return Passage(made, 0, len(made), codebook, codebook.tokens(made), found[:1])


def _heads(text: str, line: Line) -> list[str]:
    """The cells of the row that opens the block of table rows this line stands in, if it holds no figures of its own."""
    start = line.start
    while start:
        above = text.rfind("\n", 0, start - 1) + 1
        if text.count("|", above, start) < 2:
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
