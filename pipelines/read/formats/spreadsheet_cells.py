"""The cells of a workbook as texts: numbers, percentages and dates as its formats show them.

Modern workbooks (xlsx) are read by openpyxl, which knows the formats of cells, hidden rows and struck text. All others,
and those that openpyxl does not open, are read by calamine, which gives bare values: there a value of at most one under
a label that says 率 or 占比 is a percentage.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from pipelines.read.document import ReadError
from pipelines.read.signatures import STRICT, as_usual
from pipelines.reasons import ReasonCode

_MOST_BYTES, _MOST_PARTS = 100_000_000, 5_000  # of the parts of a modern workbook, unpacked
_LARGEST_STYLED = 20_000_000  # bytes of sheets that openpyxl holds in memory, at fifty times their size
_MOST_ROWS, _MOST_COLUMNS, _MOST_CELLS = 50_000, 500, 1_000_000
_MOST_BETWEEN = 5_000_000  # cells between those that hold something
_SHEET_PART = re.compile(r"sheet[^/\\]*\.xml$", re.IGNORECASE)
_FILLED = re.compile(rb"<(?:\w{1,20}:)?c\s[^<>]{0,200}?\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"'][^<>]{0,200}(?<!/)>")
_MERGED = re.compile(
    rb"<(?:\w{1,20}:)?mergeCell\s[^<>]{0,200}?ref=[\"']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"
)
_MOST_BELOW = 200  # rows, or columns, in which the label of a number is looked for
_LOCKED = re.compile(rb"\x09\x08\x10\x00.{16}(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL)  # FILEPASS behind BOF, [MS-XLS]
_RATE = re.compile("[^效]率|占比|比例|百分")
_PLACES = re.compile(r"[0#?]\.(0+)")
_LITERAL = re.compile(r'[0#?](?:\.[0#?]+)?"([^"]{1,10})"')


class Sheet(NamedTuple):
    """The texts of the cells of a sheet, row by row, and its merged cells as (top, left, bottom, right) from 0."""

    rows: Sequence[Sequence[str]]
    merged: Sequence[tuple[int, int, int, int]]


def sheets_of(data: bytes) -> list[Sheet]:
    """Return the visible sheets of a workbook in order.

    Raises ReadError `encrypted`, `bomb`, `too_large`, and what calamine raises at damage.
    """
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            infos = package.infolist()
        size = sum(info.file_size for info in infos)
        if size > _MOST_BYTES or len(infos) > _MOST_PARTS:
            message = f"found a workbook of {size} bytes in {len(infos)} parts when unpacked; save the report alone"
            raise ReadError(ReasonCode.BOMB, message)
        _refuse_far_cells(data)
        names = {info.filename.replace("\\", "/").lower() for info in infos}
        sheets = sum(info.file_size for info in infos if "sheet" in info.filename.lower())
        if "xl/workbook.bin" not in names and sheets < _LARGEST_STYLED:
            data = _transitional(data)
            with suppress(Exception):  # calamine opens more: Strict workbooks, and those of careless writers
                return list(_styled(data))
    return list(_bare(data))


def _refuse_far_cells(data: bytes) -> None:
    """Raise ReadError `too_large` where the cells that hold something, or those that are merged, reach too far apart.

    The libraries make a list of all cells in between, which takes hours for a few bytes.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for info in package.infolist():
            if not _SHEET_PART.search(info.filename):
                continue
            sheet = package.read(info)
            filled = _FILLED.findall(sheet)
            rows, columns = [int(number) for _, number in filled], [_column(letters) for letters, _ in filled]
            if rows:
                _refuse_large(max(rows) - min(rows) + 1, max(columns) - min(columns) + 1, _MOST_BETWEEN)
            areas = [
                (int(bottom) - int(top) + 1) * (_column(right) - _column(left) + 1)
                for left, top, right, bottom in _MERGED.findall(sheet)
            ]
            if sum(areas) > _MOST_CELLS:
                message = f"found {len(areas)} merged areas of {sum(areas)} cells; save the report alone"
                raise ReadError(ReasonCode.TOO_LARGE, message)


def _column(letters: bytes) -> int:
    """Return the number of a column, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _transitional(data: bytes) -> bytes:
    """Return a Strict workbook with the namespaces of the usual ones, which are all that openpyxl knows."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        infos = [info for info in package.infolist() if info.filename.lower().endswith((".xml", ".rels"))]
        book = next((info for info in infos if "workbook.xml" in info.filename.lower()), None)
        if book is None or STRICT.encode() not in package.read(book):
            return data
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as written:
            for info in infos:
                written.writestr(info.filename, as_usual(package.read(info)))
        return stream.getvalue()


def _styled(data: bytes) -> Iterator[Sheet]:
    """Yield the visible sheets of a modern workbook."""
    from openpyxl import load_workbook
    from openpyxl.worksheet.worksheet import Worksheet

    book = load_workbook(io.BytesIO(data), data_only=True, rich_text=True, keep_links=False)
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible" or not isinstance(sheet, Worksheet):
            continue
        _refuse_large(sheet.max_row, sheet.max_column)  # empty cells with a format count here, not with calamine
        hidden = {
            at
            for dimension in sheet.column_dimensions.values()
            if dimension.hidden
            for at in range(dimension.min or 0, (dimension.max or 0) + 1)
        }
        rows = [
            []
            if sheet.row_dimensions[number].hidden
            else ["" if cell.column in hidden else _shown(cell) for cell in row]
            for number, row in enumerate(sheet.iter_rows(), start=1)
        ]
        merged = [
            (area.min_row - 1, area.min_col - 1, area.max_row - 1, area.max_col - 1) for area in sheet.merged_cells
        ]
        yield Sheet(rows, merged)


def _shown(cell: Any) -> str:
    """Return the text of a cell of openpyxl; struck text is none."""
    value = cell.value
    if value is None or (cell.font and cell.font.strike):
        return ""
    if isinstance(value, list):  # rich text: pieces with a font of their own
        return "".join(
            piece if isinstance(piece, str) else "" if piece.font and piece.font.strike else piece.text
            for piece in value
        ).strip()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return text_of(value)
    return number_shown(value, cell.number_format or "")


def number_shown(value: float, number_format: str) -> str:
    """Return a number as a format such as `0.0%` shows it."""
    form = number_format.partition(";")[0]
    places = _PLACES.search(form)
    decimals = len(places[1]) if places else 0 if re.search("[0#]", form) and not re.search("[/?]", form) else None
    if "%" in form:
        return _number(value * 100, decimals) + "%"
    literal = _LITERAL.search(form)
    return _number(value, decimals) + (literal[1] if literal else "")


def _bare(data: bytes) -> Iterator[Sheet]:
    """Yield the visible sheets of a workbook of any kind."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except CalamineError as error:
        if not isinstance(error, PasswordError) and not _LOCKED.search(data):
            raise
        message = "found a workbook that needs a password, expected an open one; save it without protection"
        raise ReadError(ReasonCode.ENCRYPTED, message) from error
    if not book.sheets_metadata:
        raise ReadError(ReasonCode.BROKEN, "found a workbook without sheets, expected a report; fetch it again")
    for at, known in enumerate(book.sheets_metadata):
        if known.visible != SheetVisibleEnum.Visible or known.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_index(at)
        if sheet.height and sheet.width:
            _refuse_large(sheet.height, sheet.width)
        top, left = sheet.start or (0, 0)
        values = sheet.to_python(skip_empty_area=True)
        merged = [
            (first[0] - top, first[1] - left, last[0] - top, last[1] - left)
            for first, last in sheet.merged_cell_ranges or ()
            if first[0] >= top and first[1] >= left
        ]
        yield Sheet(
            [[_labelled(values, row, column) for column in range(len(values[row]))] for row in range(len(values))],
            merged,
        )


def _labelled(values: Sequence[Sequence[Any]], row: int, column: int) -> str:
    """Return the text of a bare value; a share of one is a percentage where the label beside or above it says so."""
    value = values[row][column]
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1:
        beside = next(
            (
                other
                for other in reversed(values[row][max(0, column - _MOST_BELOW) : column])
                if isinstance(other, str) and other
            ),
            "",
        )
        higher = (values[at][column] for at in range(row - 1, max(-1, row - _MOST_BELOW), -1))
        above = next((other for other in higher if isinstance(other, str) and other), "")
        if any(_RATE.search(label) and len(label) < 30 for label in (beside, above)):
            return _number(value * 100, None) + "%"
    return text_of(value)


def text_of(value: Any) -> str:
    """Return a value as text: dates as 2024年1月15日, whole numbers without a decimal point."""
    if isinstance(value, datetime):
        clock = f" {value:%H:%M}" if (value.hour, value.minute) != (0, 0) else ""
        return f"{value.year}年{value.month}月{value.day}日{clock}"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return _number(value, None)
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value).replace("\r", "").replace("_x000D_", "").strip()


def _number(value: float, decimals: int | None) -> str:
    """Return a number with so many decimals, or with those that it needs; the last ones of a sum are noise."""
    if decimals is None:
        return f"{value:.10f}".rstrip("0").rstrip(".")
    return f"{value:.{min(decimals, 10)}f}"


def _refuse_large(rows: int, columns: int, most_cells: int = 0) -> None:
    """Raise ReadError `too_large` for a sheet beyond the limits; with `most_cells` that one alone counts."""
    is_large = rows > _MOST_ROWS or rows * min(columns, _MOST_COLUMNS) > _MOST_CELLS
    if rows * columns > most_cells if most_cells else is_large:
        message = f"found a sheet of {rows} rows and {columns} columns, expected a report; save the report alone"
        raise ReadError(ReasonCode.TOO_LARGE, message)
