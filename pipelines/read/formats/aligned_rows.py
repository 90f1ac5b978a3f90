"""Tables without rules on a page of text: their cells stand in columns, closer together than cells elsewhere.

Lines below each other that fall apart at the same places, with figures among their pieces, are such a table. A line
with fewer pieces has empty cells, or heads that span columns: those stand over the first or the middle of them.
Lengths are in points.
"""

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

_FIGURE = re.compile(r"[-+±约近]?[0-9][0-9.,]*[余多]?(?:%|％|[\u4e00-\u9fff]{1,3})?[余多]?")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}年?度?")
_BLANK = 0.5  # of the size: what it costs to leave a column blank
_FARTHEST = 2.0  # of the size: how far a head may stand off the place over its columns
_MOST_COLUMNS = 20


class Piece(NamedTuple):
    """A stretch of a line without a gap."""

    text: str
    left: float
    right: float


def aligned_cells(lines: Sequence[Sequence[Piece]], size: float) -> dict[int, tuple[str, ...]]:
    """Return the cells of the lines that are rows of tables, by the number of the line; none of lines of prose.

    A line whose only piece joins the row above it, as a label that is set in the middle of two rows, has no cells.
    """
    found: dict[int, tuple[str, ...]] = {}
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and (len(lines[end]) > 1 or _stands_between(lines, end)):
            end += 1
        if end - start > 1:
            found |= {start + at: cells for at, cells in _table(lines[start:end], size).items()}
        start = end + 1
    return found


def _stands_between(lines: Sequence[Sequence[Piece]], at: int) -> bool:
    """Whether a line of one piece stands between lines that leave its place free."""
    if not 0 < at < len(lines) - 1 or len(lines[at]) != 1:
        return False
    (piece,) = lines[at]
    return all(
        len(line) > 1 and all(piece.right < other.left or other.right < piece.left for other in line)
        for line in (lines[at - 1], lines[at + 1])
    )


def _table(lines: Sequence[Sequence[Piece]], size: float) -> dict[int, tuple[str, ...]]:
    """The cells of the rows among lines that fall apart; empty where the lines make no table."""
    rows: dict[int, list[Piece]] = {}
    joined: list[int] = []
    for at, line in enumerate(lines):
        if len(line) == 1:
            rows[at - 1] = sorted([*rows[at - 1], *line], key=lambda piece: piece.left)
            joined.append(at)
        else:
            rows[at] = list(line)
    width = max(map(len, rows.values()))
    full = [row for row in rows.values() if len(row) == width]
    columns = [(min(p.left for p in column), max(p.right for p in column)) for column in zip(*full, strict=True)]
    figures = sum(_has_figure(row) for row in full)
    is_one_row = len(full) < 2 and not (len(rows) > 2 and all(_FIGURE.fullmatch(piece.text) for piece in full[0][1:]))
    if is_one_row or width > _MOST_COLUMNS or not figures or figures < len(full) - 3:
        return {}
    if any(one[1] >= other[0] for one, other in pairwise(columns)):
        return {}
    found: dict[int, tuple[str, ...]] = dict.fromkeys(joined, ())
    for at, row in rows.items():
        cells = _placed(row, columns, size)
        if cells is None:
            return {}
        while not cells[-1]:
            cells = cells[:-1]
        found[at] = cells
    return found


def _has_figure(row: Sequence[Piece]) -> bool:
    return any(_FIGURE.fullmatch(piece.text) and not _YEAR.fullmatch(piece.text) for piece in row[1:])


def _placed(row: Sequence[Piece], columns: Sequence[tuple[float, float]], size: float) -> tuple[str, ...] | None:
    """The pieces of a row in their columns, a head in the first of those that it spans; None where one has no place."""
    if len(row) == len(columns):
        return tuple(piece.text for piece in row)
    may_span = not _has_figure(row)

    @cache
    def best(at: int, column: int) -> tuple[float, tuple[str, ...]] | None:
        """The least cost of placing the pieces from `at` on in the columns from `column` on, and the cells."""
        if at == len(row):
            left = len(columns) - column
            return left * _BLANK * size, ("",) * left
        ways: list[tuple[float, tuple[str, ...]]] = []
        if column < len(columns) and (rest := best(at, column + 1)):
            ways.append((rest[0] + _BLANK * size, ("", *rest[1])))
        for last in range(column, len(columns) if may_span else min(column + 1, len(columns))):
            cost = _off(row[at], columns[column], columns[last])
            if cost <= _FARTHEST * size and (rest := best(at + 1, last + 1)):
                ways.append((rest[0] + cost, (row[at].text, *[""] * (last - column), *rest[1])))
        return min(ways, default=None)

    way = best(0, 0)
    return way[1] if way else None


def _off(piece: Piece, first: tuple[float, float], last: tuple[float, float]) -> float:
    """How far a piece is from standing over the middle or the left end of columns; in one it may stand anywhere."""
    if first == last and first[0] <= piece.left and piece.right <= first[1]:
        return 0.0
    off = min(abs(piece.left + piece.right - first[0] - last[1]) / 2, abs(piece.left - first[0]))
    return min(off, abs(piece.right - last[1])) if first == last else off
