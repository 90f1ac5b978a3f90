"""A table of a page as a file: CSV and XLSX, with cells that no spreadsheet takes for a formula."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from xlsxwriter import Workbook

from pipelines.warehouse.export.copies import spreadsheet_text
from pipelines.web.open_release import Row


def as_csv(rows: Sequence[Row]) -> bytes:
    """The rows as CSV in UTF-8 with a byte order mark, which Excel needs to see Chinese."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_columns(rows))
    writer.writerows([_guarded(row.get(name)) for name in _columns(rows)] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Sequence[Row]) -> bytes:
    """The rows as a workbook with one sheet. Texts are written as texts, never as formulas or links."""
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("fazhi")
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, _columns(rows))
        for line, row in enumerate(rows, start=1):
            sheet.write_row(line, 0, [_flat(row.get(name)) for name in _columns(rows)])
    return content.getvalue()


#: Ending -> media type, and what writes the rows.
DOWNLOADS: Mapping[str, tuple[str, Callable[[Sequence[Row]], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}


def _columns(rows: Sequence[Row]) -> list[str]:
    return list(rows[0]) if rows else []


def _flat(value: Any) -> Any:
    """A cell: numbers and texts stay, lists are joined, the rest becomes text."""
    if value is None or isinstance(value, (int, float, str)):
        return value
    return " ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _guarded(value: Any) -> Any:
    flat = _flat(value)
    return spreadsheet_text(flat) if isinstance(flat, str) else flat
