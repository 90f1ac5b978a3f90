"""From strips of text to the rows of a page: cells from left to right, columns of text one after the other."""

from collections.abc import Iterator, Sequence
from functools import reduce
from statistics import median

from pipelines.read.han import HAN
from pipelines.read.scans.row_cells import TextCell, cells_of, joined, row_of
from pipelines.read.scans.scanned_page import ScannedRow
from pipelines.read.scans.table_grid import RuledCell
from pipelines.read.scans.table_rows import table_rows
from pipelines.read.scans.text_strip import Strip

_LEAST_LINES, _PROSE = 6, 9  # lines beside each other that make columns; characters of a line of prose in one
_TABLE_REACH = 3.2  # of the size: rows further apart than this are not of one table


def rows_of(strips: Sequence[Strip], ruled: Sequence[RuledCell] = ()) -> tuple[ScannedRow, ...]:
    """Return the rows of a page from top to bottom; `ruled` are the cells of its ruled tables."""
    free = list(strips)
    tables: list[list[ScannedRow]] = []
    for table in dict.fromkeys(cell.table for cell in ruled):
        cells = [cell for cell in ruled if cell.table == table]
        placed = table_rows(cells, [strip for strip in free if _is_within(cells, strip)])
        if placed:
            tables.append([row for row, _ in placed])
            taken = {id(strip) for _, inside in placed for strip in inside}
            free = [strip for strip in free if id(strip) not in taken]
    rows = list(_free_rows(free))
    for found in tables:
        at = next((i for i, row in enumerate(rows) if row.top + row.bottom > found[0].top + found[0].bottom), len(rows))
        rows[at:at] = found
    return tuple(rows)


def _is_within(cells: Sequence[RuledCell], strip: Strip) -> bool:
    """Return whether a strip stands in a cell of a table, or in a gap of it where a cell was not found."""
    x, y = strip.at
    inside = min(c.left for c in cells) < x < max(c.right for c in cells)
    return strip.cell in cells or (
        strip.cell is None and inside and min(c.top for c in cells) < y < max(c.bottom for c in cells)
    )


def _free_rows(strips: Sequence[Strip]) -> Iterator[ScannedRow]:
    """Yield the rows of what stands in no ruled table."""
    if not strips:
        return
    lines = _lines(strips)
    gutter = _gutter(lines)
    if gutter is None:
        yield from _with_columns([(line, cells_of(line)) for line in lines])
    else:
        yield from _by_column(lines, gutter)


def _lines(strips: Sequence[Strip]) -> list[list[Strip]]:
    """Return the strips line by line. A strip belongs to the line whose middle lies within half its height."""
    lines: list[list[Strip]] = []
    for strip in sorted(strips, key=lambda strip: strip.middle):
        near = [line for line in lines[-2:] if _is_beside(line, strip)]
        if near:
            near[-1].append(strip)
        else:
            lines.append([strip])
    return [sorted(line, key=lambda strip: strip.left) for line in lines]


def _is_beside(line: Sequence[Strip], strip: Strip) -> bool:
    """Return whether a strip stands in a line: level with the strip nearest to it, and over none of them."""
    nearest = min(line, key=lambda other: max(other.left - strip.right, strip.left - other.right))
    overlap = min(nearest.right, strip.right) - max(nearest.left, strip.left)
    height = min(nearest.bottom - nearest.top, strip.bottom - strip.top)
    return abs(nearest.middle - strip.middle) < 0.5 * height and overlap < 0.5 * min(
        nearest.right - nearest.left, strip.right - strip.left
    )


def _with_columns(rows: Sequence[tuple[list[Strip], list[TextCell]]]) -> Iterator[ScannedRow]:
    """Yield the rows; in a table each row has a cell, which may be empty, for each column that the table shows."""
    at = 0
    while at < len(rows):
        end = at
        while end < len(rows) and len(rows[end][1]) > 1 and (end == at or _is_next(rows[end - 1][0], rows[end][0])):
            end += 1
        if end - at < 2:
            end = at + 1
            line, cells = rows[at]
            yield row_of(line, [reduce(joined, cells)] if _is_spaced_out(cells) else cells)
        else:
            columns = _columns([cells for _, cells in rows[at:end]])
            for line, cells in rows[at:end]:
                yield row_of(line, _placed(cells, columns))
        at = end


def _is_spaced_out(cells: Sequence[TextCell]) -> bool:
    """Return whether a line is one word whose characters stand far apart, as in headings."""
    return len(cells) > 1 and all(len(cell.text) == 1 and HAN.fullmatch(cell.text) for cell in cells)


def _is_next(one: Sequence[Strip], other: Sequence[Strip]) -> bool:
    size = max(median(strip.size for strip in one), median(strip.size for strip in other))
    return min(strip.top for strip in other) - max(strip.bottom for strip in one) < _TABLE_REACH * size


def _columns(rows: Sequence[Sequence[TextCell]]) -> list[tuple[float, float]]:
    """Return the columns (left, right) of a table: those of its fullest row, made wider by what stands in them."""
    fullest = max(rows, key=len)
    columns = [(cell.left, cell.right) for cell in fullest]
    for cells in rows:
        for cell in cells:
            over = [i for i, (left, right) in enumerate(columns) if cell.left < right and left < cell.right]
            if len(over) == 1:
                left, right = columns[over[0]]
                columns[over[0]] = (min(left, cell.left), max(right, cell.right))
    return columns


def _placed(cells: Sequence[TextCell], columns: Sequence[tuple[float, float]]) -> list[TextCell]:
    """Return a row with as many cells as the table has columns, empty ones where nothing stands.

    A row that cannot be placed without doubt, two of its cells in one column, stays as it is.
    """
    if len(cells) == len(columns):
        return list(cells)
    placed: list[TextCell | None] = [None] * len(columns)
    for cell in cells:
        place = max(range(len(columns)), key=lambda i: _overlap(cell, columns[i]))
        if placed[place] is not None:
            return list(cells)
        placed[place] = cell
    return [cell or TextCell("", (), 0, 0) for cell in placed]


def _overlap(cell: TextCell, column: tuple[float, float]) -> float:
    """Return the pixels that a cell and a column share; below zero, the pixels between them."""
    return min(cell.right, column[1]) - max(cell.left, column[0])


def _gutter(lines: Sequence[Sequence[Strip]]) -> float | None:
    """Return the middle of the gutter between two columns of text; None for a page without, and for a table.

    The idea is that of `pipelines.read.formats.page_lines`: most lines are parted at the same place near the middle of
    the page, the left ones are full, and there is prose on both sides.
    """
    left = min(line[0].left for line in lines)
    right = max(strip.right for line in lines for strip in line)
    starts = sorted(line[1].left for line in lines if len(line) == 2)
    if len(starts) < _LEAST_LINES:
        return None
    size = median(strip.size for line in lines for strip in line)
    middle = starts[len(starts) // 4] - 0.2 * size
    if not 0.35 < (middle - left) / (right - left) < 0.65:
        return None
    parted = [line for line in lines if not _crosses(line, middle)]
    both = [line for line in parted if len(line) == 2 and line[0].left < middle < line[1].left]
    if len(both) < _LEAST_LINES or len(parted) < 0.6 * len(lines):
        return None
    edge = max(line[0].right for line in both)
    full = sum(line[0].right > edge - 2.5 * size for line in both)
    prose = (sum(len(line[side].reading.text) >= _PROSE for line in both) for side in (0, 1))
    return middle if min(full, *prose) > 0.5 * len(both) else None


def _crosses(line: Sequence[Strip], middle: float) -> bool:
    return any(strip.left < middle - 0.5 * strip.size and middle + 0.5 * strip.size < strip.right for strip in line)


def _by_column(lines: Sequence[Sequence[Strip]], gutter: float) -> Iterator[ScannedRow]:
    """Yield the rows of a page of two columns: between lines that go over both, the left column before the right."""
    waiting: list[ScannedRow] = []
    for line in lines:
        if _crosses(line, gutter):
            yield from waiting
            waiting = []
            yield row_of(line, cells_of(line))
            continue
        halves = [strip for strip in line if strip.left < gutter], [strip for strip in line if strip.left >= gutter]
        if halves[0]:
            yield row_of(halves[0], cells_of(halves[0]), column=1)
        if halves[1]:
            waiting.append(row_of(halves[1], cells_of(halves[1]), column=2))
    yield from waiting
