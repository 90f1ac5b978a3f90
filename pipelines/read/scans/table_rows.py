"""Ruled tables as rows: each text in the row and the column that the rules give it, however its lines are broken.

As in every format a label that spans rows is repeated in each, a figure stands once (pipelines.read.layout.spread).
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipelines.read.scans.row_cells import CELL_GAP, TextCell, joined, row_of
from pipelines.read.scans.scanned_page import ScannedRow
from pipelines.read.scans.table_grid import RuledCell
from pipelines.read.scans.text_strip import Strip

_SAME_EDGE = 0.5  # of the size: edges of cells no further apart are one rule
_LONGEST_CELL = 200  # characters; a table with more in a cell is a form or a frame around text
_DIGIT = re.compile("[0-9]")
_Place = tuple[int, int]  # row and column


def table_rows(cells: Sequence[RuledCell], strips: Sequence[Strip]) -> list[tuple[ScannedRow, list[Strip]]]:
    """Return the rows of one table with the strips in each; none where the cells make no table of these strips.

    `cells` are those of the table, `strips` those that stand in it or between its outer rules.
    """
    size = sorted(strip.size for strip in strips)[len(strips) // 2] if strips else 0.0
    columns = _edges([edge for cell in cells for edge in (cell.left, cell.right)], size)
    lines = _edges([edge for cell in cells for edge in (cell.top, cell.bottom)], size)
    if len(columns) < 3 or len(lines) < 3 or not strips:
        return []
    held: dict[_Place, list[Strip]] = {}
    spans: dict[_Place, int] = {}
    for strip, cell, is_alone in _owned(cells, strips):
        place = _slot(lines, strip.at[1]), _slot(columns, strip.at[0])
        if cell and is_alone:
            place = _slot(lines, cell.top + size / 3), _slot(columns, cell.left + size / 3)
            spans[place] = max(_slot(lines, cell.bottom - size / 3) - place[0] + 1, 1)
        held.setdefault(place, []).append(strip)
    texts = {place: _text_of(inside) for place, inside in held.items()}
    if max(len(text.text) for text in texts.values()) > _LONGEST_CELL:
        return []
    for (row, column), height in spans.items():
        if not _DIGIT.search(texts[row, column].text):
            texts.update({(row + down, column): texts[row, column] for down in range(1, height)})
    return list(_rows(texts, held, len(columns) - 1))


def _edges(values: Sequence[float], size: float) -> list[float]:
    """Return the rules that edges of cells lie on, from left to right or from top to bottom.

    A photo lets a rule lean, so that its edges are a chain of near ones.
    """
    ordered = sorted(values)
    starts = [0, *(i + 1 for i, (one, other) in enumerate(pairwise(ordered)) if other - one > _SAME_EDGE * size)]
    ends = [*starts[1:], len(ordered)]
    return [sum(ordered[start:end]) / (end - start) for start, end in zip(starts, ends, strict=True)]


def _slot(edges: Sequence[float], value: float) -> int:
    return min(max(bisect_right(edges, value) - 1, 0), len(edges) - 2)


def _owned(cells: Sequence[RuledCell], strips: Sequence[Strip]) -> Iterator[tuple[Strip, RuledCell | None, bool]]:
    """Yield each strip with its cell, and whether the cell is whole.

    Where a rule is broken two cells are one piece. Strips far apart on one line show that; each is then placed by its
    own middle.
    """
    for cell in [*cells, None]:
        inside = [strip for strip in strips if strip.cell == cell]
        ordered = sorted(inside, key=lambda strip: (round(strip.middle / strip.size), strip.left))
        is_parted = any(
            abs(one.middle - other.middle) < 0.5 * one.size and other.left - one.right > CELL_GAP * one.size
            for one, other in pairwise(ordered)
            if _DIGIT.search(one.reading.text + other.reading.text)
        )
        yield from ((strip, cell, not is_parted) for strip in inside)


def _text_of(strips: Sequence[Strip]) -> TextCell:
    """Return the strips of a cell as one text, line after line."""
    lines: list[list[Strip]] = []
    for strip in sorted(strips, key=lambda strip: strip.middle):
        if lines and abs(lines[-1][0].middle - strip.middle) < 0.5 * strip.size:
            lines[-1].append(strip)
        else:
            lines.append([strip])
    ordered = [strip for line in lines for strip in sorted(line, key=lambda strip: strip.left)]
    pieces = [TextCell(one.reading.text, one.reading.confidences, one.left, one.right) for one in ordered]
    whole = pieces[0]
    for piece in pieces[1:]:
        whole = joined(whole, piece, apart=True)
    return whole._replace(left=min(one.left for one in ordered), right=max(one.right for one in ordered))


def _rows(
    texts: dict[_Place, TextCell], held: dict[_Place, list[Strip]], columns: int
) -> Iterator[tuple[ScannedRow, list[Strip]]]:
    """Yield the rows that hold a text of their own, with an empty cell where nothing stands."""
    for row in sorted({row for row, _ in held}):
        strips = [strip for (at, _), inside in held.items() if at == row for strip in inside]
        cells = [texts.get((row, column), TextCell("", (), 0, 0)) for column in range(columns)]
        yield row_of(strips, cells), strips
