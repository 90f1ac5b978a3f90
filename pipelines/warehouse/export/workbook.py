"""XLSX: the marts in one workbook, after a sheet about the release and a dictionary of all columns.

Cells are written a row at a time, so that memory stays small. Nothing is a formula or a link unless Excel makes it one:
text is written as text. What Excel cannot hold is left out and named on the first sheet, never cut short silently.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from pipelines.warehouse.export import about
from pipelines.warehouse.export.export_files import File, Place
from pipelines.warehouse.export.release_reader import Column, Source, Table, plain

FILE_NAME = "fazhi.xlsx"
MAX_ROWS = 1_048_575  # of a sheet, without its heading
MAX_CELLS = 2_000_000  # of a workbook; about what a spreadsheet still opens in a minute
MAX_TEXT = 32_767  # characters of a cell
SHEET_NAME = 31
WIDTH = 16
DATES = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm:ss"}
DICTIONARY = ("table", "column", "名称", "meaning", "type")
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_xlsx(source: Source, tables: Sequence[Table], place: Place) -> list[File]:
    """fazhi.xlsx with a sheet for each of `tables` that fits; the others are in the result's `left_out`."""
    kept, left_out = _fitting(source, tables)
    path = place.folder / FILE_NAME
    with xlsxwriter.Workbook(str(path), OPTIONS) as workbook:
        # the date of the release, not of the export: the same release gives the same file
        workbook.set_properties({"title": about.TITLE, "comments": source.release_id, "created": source.built_at})
        book = _Book(workbook)
        book.add_texts("README", ("fazhi", source.release_id), _readme(source, kept, left_out))
        book.add_texts("dictionary", DICTIONARY, _dictionary(kept))
        for table in kept:
            book.add_table(table, source.rows(source.select(table, _short)))
    rows = sum(table.rows for table in kept)
    return [place.finished(path, tuple(table.name for table in kept), rows, left_out=tuple(left_out))]


def _fitting(source: Source, tables: Sequence[Table]) -> tuple[list[Table], list[str]]:
    """The tables that the workbook takes, and a line on each that it does not."""
    kept, left_out, room = [], [], MAX_CELLS
    for table in tables:
        filled = " + ".join(f'count("{column.name}")' for column in table.columns)
        ((cells,),) = source.con.sql(f"SELECT {filled} FROM ({source.select(table, plain)})").fetchall()
        if table.rows <= MAX_ROWS and cells <= room:
            kept.append(table)
            room -= cells
        else:
            size = f"{table.rows:,} rows and {cells:,} filled cells are too many for one workbook"
            left_out.append(f"{table.name}: {size}; take the CSV, or narrow it with `fazhi export --where`")
    return kept, left_out


def _readme(source: Source, kept: Sequence[Table], left_out: Sequence[str]) -> list[tuple[str, ...]]:
    lines: list[tuple[str, ...]] = [
        ("title", about.TITLE),
        ("标题", about.TITLE_ZH),
        ("built_at", f"{source.built_at:%Y-%m-%d %H:%M:%S} UTC"),
        ("about", about.DESCRIPTION),
        ("说明", about.DESCRIPTION_ZH),
        ("licence", about.LICENCE),
        ("许可", about.LICENCE_ZH),
    ]
    if source.where:
        lines.append(("only rows where", source.where))
    lines += [(table.name, f"{table.rows:,} rows. {table.text.en} {table.text.zh}") for table in kept]
    return lines + [("left out", line) for line in left_out]


def _dictionary(tables: Sequence[Table]) -> list[tuple[str, ...]]:
    return [
        (table.name, column.name, column.text.zh, column.text.en, column.type)
        for table in tables
        for column in table.columns
    ]


class _Book:
    """A workbook and the formats of its cells. The kind of a column decides what a cell is, never how a text looks."""

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

    def add_table(self, table: Table, rows: Iterable[Sequence[Any]]) -> None:
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

    def _writer(self, sheet: Any, column: Column) -> Callable[[int, int, Any], Any]:
        if column.kind in self._dates:
            form = self._dates[column.kind]
            return lambda row, position, value: sheet.write_datetime(row, position, value, form)
        if column.kind == "boolean":
            name = "write_boolean"
        else:
            name = "write_number" if column.kind in ("integer", "number") else "write_string"
        write: Callable[[int, int, Any], Any] = getattr(sheet, name)
        return write


def _short(column: Column) -> str:
    """The column with texts that no cell can hold cut, each with a mark that tells its length."""
    text = plain(column)
    if column.kind not in ("text", "list"):
        return text
    cut = f"left({text}, {MAX_TEXT - 100}) || ' … [cut: ' || length({text}) || ' characters]'"
    return f"CASE WHEN length({text}) > {MAX_TEXT} THEN {cut} ELSE {text} END"
