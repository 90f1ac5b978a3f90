"""Excel workbooks (xlsx, xlsm, xlsb, xls, XML of 2003): the visible sheets in order, and cells as people see them.

A row of one cell is a line, other rows are table rows. `spreadsheet_cells` reads the cells.

Not read: hidden sheets, charts and pictures; in xlsx and XML hidden rows and struck text too.
"""

import re
from collections.abc import Iterable, Iterator

from pipelines.read.damage import damage_named
from pipelines.read.document import Document
from pipelines.read.formats.spreadsheet_2003 import sheets_of_xml
from pipelines.read.formats.spreadsheet_cells import Sheet, sheets_of
from pipelines.read.hard_breaks import join_cut_lines
from pipelines.read.layout import LayoutPart, compose, table_lines

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OLD_MEDIA_TYPE = "application/vnd.ms-excel"
_PICTURE = re.compile(rb"PK\x01\x02.{42}xl[/\\]media[/\\]", re.DOTALL)  # in the list of the files of an archive
_MOST_MERGED = 1_000_000  # rows of merged cells that are filled, and cells that are added for them
_LONGEST_CELL = 200  # characters; a row with a longer cell is laid out as a page, as on web pages


def read(data: bytes, name: str) -> Document:
    """Return the text of a workbook. Raises ReadError `encrypted`, `broken`, `too_large`, `bomb` or `empty`."""
    with damage_named("workbook"):
        sheets = sheets_of(data) if data.startswith((b"PK", b"\xd0\xcf")) else sheets_of_xml(data.lstrip())
        lines = [line for sheet in sheets for line in lines_of_sheet(sheet)]
    media_type = MEDIA_TYPE if data.startswith(b"PK") else OLD_MEDIA_TYPE
    return compose(map(LayoutPart, join_cut_lines(lines)), media_type, None, pictures=len(_PICTURE.findall(data)))


def lines_of_sheet(sheet: Sheet) -> Iterator[str]:
    """Yield the lines of a sheet; a label that is merged over rows is repeated in each, a figure is not."""
    grid = [list(row) for row in sheet.rows]
    filled = [[at for at, cell in enumerate(row) if cell] for row in grid]
    ends = [
        (places[0], places[-1]) if places else None for places in filled
    ]  # the first and the last cell that is filled
    left_to_do = _MOST_MERGED
    for top, left, bottom, right in sheet.merged:
        label = grid[top][left] if top < len(grid) and left < len(grid[top]) else ""
        if not label or len(label) > _LONGEST_CELL or re.search(r"[0-9０-９]", label):
            continue
        for at in range(top + 1, min(bottom + 1, len(grid))):
            row, end = grid[at], ends[at]
            left_to_do -= 1 + max(0, left - len(row))
            if left_to_do < 0:
                break
            if end is not None and (end[0] < left or end[1] > right):
                row += [""] * (left + 1 - len(row))
                row[left] = label
                ends[at] = min(end[0], left), max(end[1], left)
    used = sorted({at for row in grid for at, cell in enumerate(row) if cell})
    for row in grid:
        yield from _lines([row[at] for at in used if at < len(row)])


def _lines(row: list[str]) -> Iterable[str]:
    """Return the lines of one row."""
    shown = [cell for cell in row if cell]
    if len(shown) < 2 or max(map(len, shown)) > _LONGEST_CELL:
        return [line for cell in shown for line in cell.split("\n")]
    return table_lines([row])
