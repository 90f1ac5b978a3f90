"""The result of a query, written for people (a table that fits the terminal, or records) or programs (CSV, JSON)."""

import csv
import io
import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from pipelines.cli.output import cell_text, console, fitting, table, visible

LEAST_WIDTH = 16  # a column of longer texts is broken into lines of at least so many places
_NAMED = 5  # columns that are not shown
_PLAN = ("explain_key", "explain_value")  # DuckDB draws a plan in lines


def write_rows(columns: Sequence[str], rows: Iterable[Sequence[Any]], form: str) -> None:
    """Write a query's result to standard output as `table`, `record`, `csv` or `json` (a list of objects).

    The CSV is safe in a spreadsheet, and its lists are JSON, as in the exports.
    """
    if form == "json":
        print(json.dumps([dict(zip(columns, row, strict=True)) for row in rows], ensure_ascii=False, default=str))
    else:
        {"table": _write_table, "record": _write_records, "csv": _write_csv}[form](
            columns, [tuple(row) for row in rows]
        )


def _write_table(columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Write a table of the first columns that fit, and name those that do not."""
    out = console()
    if tuple(columns) == _PLAN:
        out.print(table(columns, rows, breaks="\n"))
        return
    shown = fitting(columns, rows, out.width, LEAST_WIDTH)
    out.print(table(columns[:shown], [row[:shown] for row in rows], least=LEAST_WIDTH))
    if left := columns[shown:]:
        are = "column is" if len(left) == 1 else "columns are"
        names = ", ".join(map(visible, left[:_NAMED])) + (", ..." if len(left) > _NAMED else "")
        out.print(f"{len(left)} {are} not shown, for want of room: {names}; --format record shows all")


def _write_records(columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Write each row as lines of name and value."""
    out = console()
    names = [Text(visible(name), overflow="fold") for name in columns]
    for number, row in enumerate(rows, 1):
        out.print(f"── {number} ──")
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(max_width=max(1, out.width // 2))
        grid.add_column(overflow="fold")
        for name, value in zip(names, row, strict=True):
            grid.add_row(name, Text(visible(cell_text(value))))
        out.print(grid)


def _write_csv(columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    from pipelines.warehouse.export.copies import spreadsheet_text

    for row in (columns, *rows):
        plain = (cell_text(value) if isinstance(value, list | tuple | dict) else value for value in row)
        line = io.StringIO()
        # a writer quotes the line ends that it writes itself; a reader begins a row at each of both
        csv.writer(line, lineterminator="\r\n").writerow(
            [spreadsheet_text(value) if isinstance(value, str) else value for value in plain]
        )
        sys.stdout.write(line.getvalue().removesuffix("\r\n") + "\n")
