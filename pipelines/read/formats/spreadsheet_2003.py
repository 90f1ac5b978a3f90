"""Excel 2003 XML (SpreadsheetML): one XML file with the sheets, their cells and the formats of these."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from lxml import etree

from pipelines.read.document import ReadError
from pipelines.read.formats.spreadsheet_cells import Sheet, number_shown, text_of
from pipelines.read.signatures import EXCEL_2003
from pipelines.reasons import ReasonCode

_SS, _X = f"{{{EXCEL_2003}}}", "{urn:schemas-microsoft-com:office:excel}"
_FORMS = {"Percent": "0.00%", "Fixed": "0.00", "Standard": "#,##0.00"}
_MOST_COLUMNS, _MOST_CELLS = 500, 200_000


def sheets_of_xml(data: bytes) -> Iterator[Sheet]:
    """Yield the visible sheets. Raises what lxml raises at damage, ReadError `broken` or `too_large`."""
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    if root.tag != f"{_SS}Workbook":
        raise ReadError(ReasonCode.BROKEN, "found XML of Excel without a workbook, expected sheets; fetch it again")
    forms = {
        style.get(f"{_SS}ID"): form.get(f"{_SS}Format") or ""
        for style in root.iter(f"{_SS}Style")
        if (form := style.find(f"{_SS}NumberFormat")) is not None
    }
    struck = {
        style.get(f"{_SS}ID")
        for style in root.iter(f"{_SS}Style")
        if (font := style.find(f"{_SS}Font")) is not None and font.get(f"{_SS}StrikeThrough") == "1"
    }
    for sheet in root.iterfind(f"{_SS}Worksheet"):
        visible = sheet.findtext(f"{_X}WorksheetOptions/{_X}Visible") or ""
        if "Hidden" not in visible:
            yield _sheet(sheet, forms, struck)


def _sheet(sheet: Any, forms: dict[str, str], struck: set[str]) -> Sheet:
    rows: list[list[str]] = []
    merged: list[tuple[int, int, int, int]] = []
    for row in sheet.iterfind(f"{_SS}Table/{_SS}Row"):
        cells: list[str] = []
        for cell in row.iterfind(f"{_SS}Cell"):
            cells += [""] * (min(_whole(cell, "Index"), _MOST_COLUMNS) - 1 - len(cells))
            across, down = _whole(cell, "MergeAcross"), _whole(cell, "MergeDown")
            if across or down:
                merged.append((len(rows), len(cells), len(rows) + down, len(cells) + across))
            style = cell.get(f"{_SS}StyleID") or row.get(f"{_SS}StyleID")
            cells.append("" if style in struck else _shown(cell.find(f"{_SS}Data"), forms.get(style, "")))
        rows.append([] if row.get(f"{_SS}Hidden") == "1" else cells)
        if sum(map(len, rows[-1:])) > _MOST_COLUMNS or len(rows) * _MOST_COLUMNS > _MOST_CELLS * 100:
            message = f"found a sheet beyond {_MOST_COLUMNS} columns, expected a report; save the report alone"
            raise ReadError(ReasonCode.TOO_LARGE, message)
    return Sheet(rows, merged)


def _shown(data: Any | None, form: str) -> str:
    """Return the text of the data of a cell; formatted text is in pieces, of which struck ones are none."""
    if data is None:
        return ""
    for piece in list(data.iter("{http://www.w3.org/TR/REC-html40}S")):
        piece.clear(keep_tail=True)
    text = "".join(data.itertext()).strip()
    kind = data.get(f"{_SS}Type")
    if kind == "Number" and re.fullmatch(r"-?[0-9.]+(?:[eE][-+]?[0-9]+)?", text):
        return number_shown(float(text), _FORMS.get(form, form))
    if kind == "DateTime":
        try:
            return text_of(datetime.fromisoformat(text))
        except ValueError:
            return text
    return text_of(text == "1") if kind == "Boolean" else text


def _whole(cell: Any, name: str) -> int:
    value = cell.get(f"{_SS}{name}") or "0"
    return min(int(value), _MOST_COLUMNS) if value.isdecimal() else 0
