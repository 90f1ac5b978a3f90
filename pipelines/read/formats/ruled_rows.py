"""Ruled tables of a page of text: each character in the cell that the rules close in, however its lines are broken.

As in every format a label that spans rows is repeated in each, a figure stands once (pipelines.read.layout.spread).
Lengths are in points; y grows upwards.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from pipelines.read.formats.page_glyphs import Char
from pipelines.read.formats.page_lines import rows_of
from pipelines.read.formats.page_rows import Row
from pipelines.read.formats.pdf_rules import DrawnLine
from pipelines.read.layout import spread
from pipelines.read.paragraphs import seam

_SAME = 3.0  # rules no further apart are one, drawn as the two sides of a thin box or as the edges of two cells
_LEAST_HEIGHT = 0.8  # of the size: an upright rule is no shorter
_LONGEST_CELL = 200  # characters; a table with more in a cell is a frame around text
_MOST_SLOTS = 20_000  # of a table: columns times rows
_Slot = tuple[int, int]  # row and column


def rows_with_tables(chars: Sequence[Char], rules: Sequence[DrawnLine]) -> list[Row]:
    """Return the rows of a page from top to bottom, those of its ruled tables cell by cell."""
    plain = rows_of(chars)
    if not rules or not plain or any(row.column for row in plain):
        return plain
    rest, found = list(chars), list[Row]()
    for table in _tables(rules, median(row.size for row in plain)):
        rows, outside = _table_rows(table, rest)
        if rows:
            found, rest = found + rows, outside
    return sorted([*rows_of(rest), *found], key=lambda row: -row.middle) if found else plain


def _tables(rules: Sequence[DrawnLine], size: float) -> Iterator[list[DrawnLine]]:
    """Yield the rules of each table: upright ones that stand beside or upon each other, with the level ones there."""
    upright = sorted(
        (rule for rule in rules if rule.top - rule.bottom > _LEAST_HEIGHT * size), key=lambda rule: -rule.top
    )
    groups: list[list[DrawnLine]] = []
    bottom = 0.0
    for rule in upright:
        if groups and rule.top > bottom - _SAME:
            groups[-1].append(rule)
            bottom = min(bottom, rule.bottom)
        else:
            groups.append([rule])
            bottom = rule.bottom
    level = [rule for rule in rules if rule.right - rule.left > rule.top - rule.bottom]
    for group in groups:
        top, bottom = group[0].top + _SAME, min(rule.bottom for rule in group) - _SAME
        yield group + [rule for rule in level if bottom < rule.bottom < top]


def _table_rows(rules: Sequence[DrawnLine], chars: Sequence[Char]) -> tuple[list[Row], list[Char]]:
    """Return the rows of a table and the characters outside it; no rows where the rules make no table of text."""
    upright = [rule for rule in rules if rule.top - rule.bottom > rule.right - rule.left]
    level = [rule for rule in rules if rule.top - rule.bottom <= rule.right - rule.left]
    sides = [edge for rule in level for edge in (rule.left, rule.right)]
    columns = _edges([*(rule.left for rule in upright), *sides])
    ends = [edge for rule in upright for edge in (rule.bottom, rule.top)]
    lines = _edges([*(rule.bottom for rule in level), *ends])
    width, height = len(columns) - 1, len(lines) - 1
    if width < 2 or height < 2 or width * height > _MOST_SLOTS:
        return [], list(chars)
    cells = _cells(upright, level, columns, lines)
    inside: dict[_Slot, list[Char]] = defaultdict(list)
    outside = []
    for char in chars:
        x, y = (char.left + char.right) / 2, (char.bottom + char.top) / 2
        if columns[0] < x < columns[-1] and lines[0] < y < lines[-1]:
            slot = height - bisect_right(lines, y), bisect_right(columns, x) - 1
            inside[cells[slot][0]].append(char)
        else:
            outside.append(char)
    texts = {place: _text(held) for place, held in inside.items()}
    if sum(map(bool, texts.values())) < 2 or max(map(len, texts.values())) > _LONGEST_CELL:
        return [], list(chars)
    spans: list[list[tuple[str, int, int]]] = [[] for _ in range(height)]
    for first, last in sorted(set(cells.values())):
        spans[first[0]].append((texts.get(first, ""), last[1] - first[1] + 1, last[0] - first[0] + 1))
    grid = spread(spans)
    size = median(char.top - char.bottom for held in inside.values() for char in held)
    rows = []
    for row, shown in enumerate(grid):
        while shown and not shown[-1]:
            shown.pop()
        middle = (lines[height - row] + lines[height - row - 1]) / 2
        rows += [Row(tuple(shown), columns[0], columns[-1], middle, size)] if shown else []
    return rows, outside


def _edges(values: Sequence[float]) -> list[float]:
    """Return the places of rules, ascending; near ones are one."""
    edges: list[list[float]] = []
    for value in sorted(values):
        if edges and value - edges[-1][-1] < _SAME:
            edges[-1].append(value)
        else:
            edges.append([value])
    return [sum(edge) / len(edge) for edge in edges]


def _cells(
    upright: Sequence[DrawnLine], level: Sequence[DrawnLine], columns: Sequence[float], lines: Sequence[float]
) -> dict[_Slot, tuple[_Slot, _Slot]]:
    """Return for each slot of the grid the first and the last slot of its cell: no rule parts the slots of one."""
    width, height = len(columns) - 1, len(lines) - 1
    middles = [(one + other) / 2 for one, other in pairwise(columns)]
    heights = [(one + other) / 2 for one, other in pairwise(lines)]
    beside = {  # (row, column): a rule stands on the left of the slot
        (height - 1 - at, _nearest(columns, rule.left))
        for rule in upright
        for at in range(bisect_right(heights, rule.bottom - 1), bisect_right(heights, rule.top + 1))
    }
    above = {  # a rule lies above the slot
        (height - _nearest(lines, rule.bottom), at)
        for rule in level
        for at in range(bisect_right(middles, rule.left - 1), bisect_right(middles, rule.right + 1))
    }
    found: dict[_Slot, tuple[_Slot, _Slot]] = {}
    for row in range(height):
        for column in range(width):
            if (row, column) in found:
                continue
            right, down = column, row
            while right + 1 < width and (row, right + 1) not in beside and (row, right + 1) not in found:
                right += 1
            while down + 1 < height and not any((down + 1, at) in above for at in range(column, right + 1)):
                down += 1
            for slot in ((r, c) for r in range(row, down + 1) for c in range(column, right + 1)):
                found[slot] = ((row, column), (down, right))
    return found


def _nearest(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda at: abs(edges[at] - value))


def _text(chars: Sequence[Char]) -> str:
    """Return the text of a cell, line after line."""
    text = ""
    for row in rows_of(chars):
        for cell in row.cells:
            text += seam(text, cell) + cell if text else cell
    return text
