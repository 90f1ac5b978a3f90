"""Tables of plain text: cells that stand apart by tabs, spaces or commas become rows as in other formats.

A table shows by what its lines share: short cells, heads without figures, a line of as many cells for each row, and
figures below the heads. Where commas stand between the cells, or where there are two columns, prose looks alike: there
the heads must be words that head tables. Tables with one cell a line are read by `stacked_tables`.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from pipelines.read.han import screen_width
from pipelines.read.layout import table_lines
from pipelines.read.stacked_tables import FIGURE, FIRST_HEAD, OTHER_HEAD, SERIAL_HEAD, YEAR, stacked_rows

_GAP = re.compile(r"[ ]{2,}|\u3000[ \u3000]*|[ \u3000]*\t[ \t\u3000]*")
_MARK = re.compile(r"[。；！？]")
_UNSEEN = re.compile("[\\r\\n\\0]")
_MOST_CELLS, _LONGEST = 20, 24  # characters of a cell
_MOST_HEADS, _LONGEST_LINE = 3, 1_000
_NEAR = 2  # columns of a screen: how far a cell may begin from those above it
_CHECKED = 200  # rows of a body that show whether it is one


class _Cell(NamedTuple):
    """A cell of a line, and where it begins on a screen."""

    text: str
    at: int


_Row = list[_Cell]


def rows_as_lines(lines: Sequence[str]) -> list[str | None]:
    """Return `lines`, one for one, with those of tables as `a | b | c`; None for a cell of the row above."""
    found: list[str | None] = list(lines)
    filled = [at for at, line in enumerate(lines) if line.strip()]
    for cut, needs_heads in ((_at_tabs, False), (_at_gaps, False), (_at_commas, True)):
        by_place = cut is _at_gaps
        rows = [
            (at, cut(lines[at]) if len(lines[at]) <= _LONGEST_LINE and found[at] == lines[at] else []) for at in filled
        ]
        for is_run, group in groupby(rows, lambda row: len(row[1]) > 1):
            if is_run:
                run = list(group)
                for start, table in _tables([row for _, row in run], needs_heads, by_place):
                    shown = table_lines(table)
                    if len(shown) == len(table):
                        for (at, _), line in zip(run[start : start + len(table)], shown, strict=True):
                            found[at] = line
    for at, row, last in stacked_rows(found):
        found[at : last + 1] = [*table_lines([row]), *[None] * (last - at)]
    return found


def _at_tabs(line: str) -> _Row:
    """The cells between single tabs, of which some may be empty; none for a line without a tab or with long cells."""
    return _short([_Cell(cell.strip(), at) for at, cell in enumerate(line.split("\t"))]) if "\t" in line else []


def _at_gaps(line: str) -> _Row:
    """The cells between tabs and runs of spaces."""
    body = line.rstrip()
    start = len(body) - len(body.lstrip(" \u3000\t"))
    gaps = list(_GAP.finditer(body, start))
    if not gaps:  # most lines
        return []
    cells, at = [], start
    for gap in [*gaps, None]:
        end = gap.start() if gap else len(body)
        cells.append(_Cell(body[at:end].strip(), screen_width(body[:at])))
        at = gap.end() if gap else end
    return _short(cells)


def _at_commas(line: str) -> _Row:
    """The cells between commas, half or full width; a cell in quotation marks may hold commas itself."""
    mark = "，" if "，" in line else ","
    if mark not in line:
        return []
    texts = next(csv.reader([_UNSEEN.sub("", line)])) if '"' in line else line.split(mark)
    return _short([_Cell(cell.strip(), at) for at, cell in enumerate(texts)])


def _short(cells: _Row) -> _Row:
    is_row = 1 < len(cells) <= _MOST_CELLS and not any(
        len(cell.text) > _LONGEST or _MARK.search(cell.text) for cell in cells
    )
    return cells if is_row else []


def _tables(rows: Sequence[_Row], needs_heads: bool, by_place: bool) -> Iterator[tuple[int, list[list[str]]]]:
    """Yield the tables in lines that may be rows, each with the number of its first line.

    by_place: rows with fewer cells than others have theirs where those begin.
    """
    ends = [0] * len(rows)  # behind the rows of as many cells
    for at in range(len(rows) - 1, -1, -1):
        ends[at] = ends[at + 1] if at + 1 < len(rows) and len(rows[at]) == len(rows[at + 1]) else at + 1
    at = 0
    while at < len(rows) - 1:
        ways = (_table(rows, at, heads, ends, needs_heads, by_place) for heads in range(1, _MOST_HEADS + 1))
        table = _form(rows[at : ends[at]]) or next(filter(None, ways), [])
        if table:
            yield at, table
        at += len(table) or 1


def _form(rows: Sequence[_Row]) -> list[list[str]]:
    """The cells of rows that have a figure behind each label (调解 | 8件 | 信访 | 3件); empty for others."""
    shown = [[cell.text for cell in row] for row in rows[:_CHECKED]]
    if len(rows) < 2 or len(rows[0]) < 4 or len(rows[0]) % 2:
        return []
    is_form = all(bool(FIGURE.fullmatch(cell)) is bool(at % 2) for row in shown for at, cell in enumerate(row))
    return [[cell.text for cell in row] for row in rows] if is_form else []


def _table(
    rows: Sequence[_Row], at: int, heads: int, ends: Sequence[int], needs_heads: bool, by_place: bool
) -> list[list[str]]:
    """The table that begins at a row and has so many rows of heads; empty if there is none."""
    body = at + heads
    if body >= len(rows) or any(map(_has_figure, rows[at:body])) or not _has_figure(rows[body]):
        return []
    columns = [cell.at for cell in rows[body]]
    grid = [_placed(row, columns) for row in rows[at:body]]
    if not all(grid) or not all(map(any, zip(*grid, strict=True))):
        return []
    shown = [[cell.text for cell in row] for row in rows[body : ends[body]]]
    for row in rows[ends[body] :]:
        placed = _placed(row, columns, _NEAR) if by_place or len(row) == len(columns) else []
        if not placed and grid[-1][-1] == "备注" and len(row) == len(columns) - 1:
            placed = [*(cell.text for cell in row), ""]  # nothing is remarked
        if not placed:
            break
        shown.append(placed)
    return [*grid, *shown] if _is_table(grid, shown, needs_heads) else []


def _placed(row: _Row, columns: Sequence[int], near: int = _LONGEST) -> list[str]:
    """The cells of a row in the columns of another, by where they begin; empty where they have no place there."""
    if len(row) == len(columns):
        return [cell.text for cell in row]
    texts = [""] * len(columns)
    for cell in row:
        nearest = min(range(len(columns)), key=lambda column: abs(columns[column] - cell.at))
        if texts[nearest] or len(row) > len(columns) or abs(columns[nearest] - cell.at) > near:
            return []
        texts[nearest] = cell.text
    return texts


def _has_figure(row: _Row) -> bool:
    return any(FIGURE.fullmatch(cell.text) and not YEAR.fullmatch(cell.text) for cell in row)


def _is_table(heads: Sequence[Sequence[str]], body: Sequence[Sequence[str]], needs_heads: bool) -> bool:
    """Whether rows have labels, and figures below their heads."""
    width = len(heads[0])
    counted = len(body) > 1 and all(FIGURE.fullmatch(cell) for row in body[:_CHECKED] for cell in row[1:])
    known = bool(FIRST_HEAD.fullmatch(heads[0][0])) and (
        counted or any(OTHER_HEAD.fullmatch(head) for row in heads for head in row[1:])
    )
    if (needs_heads or width == 2) and (not known or (width == 2 and len(body) < 2)):
        return False
    checked = body[:_CHECKED]
    labelled = SERIAL_HEAD.fullmatch(heads[0][0]) or not any(
        FIGURE.fullmatch(row[0]) and not YEAR.fullmatch(row[0]) and width < 4 for row in checked
    )
    figures = sum(bool(FIGURE.fullmatch(cell)) for row in checked for cell in row[1:])
    empty = sum(not cell for row in checked for cell in row)
    return bool(labelled) and figures >= len(checked) and empty <= len(checked)
