"""An Excel workbook: a sheet about the release, a dictionary of all columns, then a sheet for each table.

Cells are written row by row, so that memory stays small. Text is written as text, never as a formula or a link. A table
that Excel cannot hold is left out and named on the first sheet.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import xlsxwriter

from pipelines.warehouse.export import about
from pipelines.warehouse.export.export_files import ExportFile, FormatFolder
from pipelines.warehouse.export.release_reader import ExportColumn, ExportTable, ReleaseReader, plain

FILE_NAME = "fazhi.xlsx"
MAX_ROWS = 1_048_575  # rows of a sheet, without its heading
MAX_CELLS = 2_000_000  # cells of a workbook that a spreadsheet still opens in about a minute
MAX_TEXT = 32_767  # characters that a cell can hold
SHEET_NAME = 31
WIDTH = 16
DATES = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm:ss"}
DICTIONARY = ("table", "column", "名称", "meaning", "type")
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_xlsx(release: ReleaseReader, tables: Sequence[ExportTable], folder: FormatFolder) -> list[ExportFile]:
    """Write fazhi.xlsx with a sheet for each of `tables` that fits. The result names the others in `left_out`."""
    kept, left_out = _fitting(release, tables)
    path = folder.path / FILE_NAME
    with xlsxwriter.Workbook(str(path), OPTIONS) as workbook:
        # the date of the release, not of the export: the same release gives the same file
        workbook.set_properties({"title": about.TITLE, "comments": release.release_id, "created": release.built_at})
        book = _Book(workbook)
        book.add_texts("README", ("fazhi", release.release_id), _readme(release, kept, left_out))
        book.add_texts("dictionary", DICTIONARY, _dictionary(kept))
        for table in kept:
            book.add_table(table, release.rows(release.select(table, _cell_value)))
    rows = sum(table.rows for table in kept)
    return [folder.finished(path, tuple(table.name for table in kept), rows, left_out=tuple(left_out))]


def _fitting(release: ReleaseReader, tables: Sequence[ExportTable]) -> tuple[list[ExportTable], list[str]]:
    """The tables that fit into the workbook, and a line for each that does not."""
    kept, left_out, room = [], [], MAX_CELLS
    for table in tables:
        filled = " + ".join(f'count("{column.name}")' for column in table.columns)
        ((cells,),) = release.con.sql(f"SELECT {filled} FROM ({release.select(table, plain)})").fetchall()
        if table.rows <= MAX_ROWS and cells <= room:
            kept.append(table)
            room -= cells
        else:
            size = f"{table.rows:,} rows and {cells:,} filled cells are too many for one workbook"
            left_out.append(f"{table.name}: {size}; take the CSV, or narrow it with `fazhi export --where`")
    return kept, left_out


def _readme(release: ReleaseReader, kept: Sequence[ExportTable], left_out: Sequence[str]) -> list[tuple[str, ...]]:
    lines: list[tuple[str, ...]] = [
        ("title", about.TITLE),
        ("标题", about.TITLE_ZH),
        ("built_at", f"{release.built_at:%Y-%m-%d %H:%M:%S} UTC"),
        ("about", about.DESCRIPTION),
        ("说明", about.DESCRIPTION_ZH),
        ("licence", about.LICENCE),
        ("许可", about.LICENCE_ZH),
    ]
    if release.where:
        lines.append(("only rows where", release.where))
    lines += [(table.name, f"{table.rows:,} rows. {table.text.en} {table.text.zh}") for table in kept]
    return lines + [("left out", line) for line in left_out]


def _dictionary(tables: Sequence[ExportTable]) -> list[tuple[str, ...]]:
    return [
        (table.name, column.name, column.text.zh, column.text.en, column.type)
        for table in tables
        for column in table.columns
    ]


class _Book:
    """A workbook and its cell formats. The kind of a column decides the type of its cells."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self._workbook = workbook
        self._bold = workbook.add_format({"bold": True})
        self._dates = {kind: workbook.add_format({"num_format": form}) for kind, form in DATES.items()}

    def add_texts(self, name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A sheet of text."""
        sheet = self._sheet(name, head, 2 * WIDTH)
        for row, cells in enumerate(rows, 1):
            for position, text in enumerate(cells):
                sheet.write_string(row, position, text)

    def add_table(self, table: ExportTable, rows: Iterable[Sequence[Any]]) -> None:
        """A sheet with the rows of `table`; a missing value is an empty cell."""
        sheet = self._sheet(table.name[:SHEET_NAME], [column.name for column in table.columns], WIDTH)
        sheet.autofilter(0, 0, table.rows, len(table.columns) - 1)
        writers = [self._writer(sheet, column) for column in table.columns]
        for row, values in enumerate(rows, 1):
            for position, value in enumerate(values):
                if value is not None:
                    writers[position](row, position, value)

    def _sheet(self, name: str, head: Sequence[str], width: int) -> Any:
        sheet = self._workbook.add_worksheet(name)
        sheet.set_column(0, len(head) - 1, width)
        sheet.freeze_panes(1, 0)
        for position, text in enumerate(head):
            sheet.write_string(0, position, text, self._bold)
        return sheet

    def _writer(self, sheet: Any, column: ExportColumn) -> Callable[[int, int, Any], Any]:
        if column.kind in self._dates:
            form = self._dates[column.kind]
            return lambda row, position, value: sheet.write_datetime(row, position, value, form)
        if column.kind == "boolean":
            name = "write_boolean"
        else:
            name = "write_number" if column.kind in ("integer", "number") else "write_string"
        write: Callable[[int, int, Any], Any] = getattr(sheet, name)
        return write


def _cell_value(column: ExportColumn) -> str:
    """SQL for a value that fits into a cell. A longer text is cut and ends with a mark that gives its length."""
    text = plain(column)
    if column.kind not in ("text", "list"):
        return text
    cut = f"left({text}, {MAX_TEXT - 100}) || ' … [cut: ' || length({text}) || ' characters]'"
    return f"CASE WHEN length({text}) > {MAX_TEXT} THEN {cut} ELSE {text} END"
