"""A generated report as a file: plain text, a web page, a Word or Excel file with a table, pictures of pages in a PDF.

The same text gives the same bytes, on any day.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from time import gmtime

import docx
import xlsxwriter
from PIL import Image, ImageDraw, ImageFont

from benchmarks.ocr_pages import FONTS

_DAY = datetime(2024, 1, 1, tzinfo=UTC)
_DPI = 150
_A4 = (1240, 1754)  # pixels at 150 dpi
_MARGIN, _SIZE, _PITCH = 130, 29, 50  # pixels: characters of 14 points
_HEAD = ("指标名称", "数量")


@dataclass(frozen=True, slots=True)
class Paper:
    """A title, the lines of the text with it, and a table before line number `at`: figures by what they count."""

    title: str
    lines: Sequence[str]
    table: Mapping[str, str]
    at: int


def can_scan() -> bool:
    """Whether there is a Chinese font to draw pages with."""
    return _font() is not None


def written(paper: Paper, form: str) -> bytes:
    """The bytes of the file. `form` is txt, html, docx, xlsx or pdf (a page in pictures; `can_scan` must be true)."""
    return {"txt": _text, "html": _page, "docx": _word, "xlsx": _workbook, "pdf": _scan}[form](paper)


def _rows(paper: Paper) -> list[tuple[str, str]]:
    return [_HEAD, *paper.table.items()] if paper.table else []


def _text(paper: Paper) -> bytes:
    return "\n".join(paper.lines).encode()


def _page(paper: Paper) -> bytes:
    lines = [f"<p>{escape(line)}</p>" for line in paper.lines]
    cells = (f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in _rows(paper))
    if paper.table:
        lines.insert(paper.at, f"<table border=1>{''.join(cells)}</table>")
    title = escape(paper.title)
    head = f"<head><meta charset=utf-8><title>{title}</title></head>"
    return f"<!DOCTYPE html><html>{head}<body><div id=zoom>{''.join(lines)}</div></body></html>".encode()


def _word(paper: Paper) -> bytes:
    document = docx.Document()
    for number, line in enumerate(paper.lines):
        if number == paper.at and paper.table:
            table = document.add_table(0, 2)
            for row in _rows(paper):
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        document.add_paragraph(line)
    stream = io.BytesIO()
    document.save(stream)
    return _without_time(stream.getvalue())


def _without_time(archive: bytes) -> bytes:
    """A zip archive with all its files dated alike."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _workbook(paper: Paper) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.set_properties({"created": _DAY.replace(tzinfo=None)})
        sheet = book.add_worksheet()
        before = [(line,) for line in paper.lines[: paper.at]]
        after = [(line,) for line in paper.lines[paper.at :]]
        for number, row in enumerate([*before, *_rows(paper), *after]):
            for column, text in enumerate(row):
                if text.isdecimal():
                    sheet.write_number(number, column, int(text))
                else:
                    sheet.write_string(number, column, text)
    return stream.getvalue()


def _font() -> tuple[str, int] | None:
    return next(((file, face) for file, face in FONTS.values() if Path(file).exists()), None)


def _scan(paper: Paper) -> bytes:
    """The text alone, as pictures of its pages: the title in the middle, paragraphs indented."""
    file, face = _font() or ("", 0)
    font = ImageFont.truetype(file, _SIZE, index=face)
    width = (_A4[0] - 2 * _MARGIN) // _SIZE
    lines: list[str] = []
    for paragraph in paper.lines:
        indented = paragraph if paragraph == paper.title else f"　　{paragraph}"
        lines += [indented[at : at + width] for at in range(0, len(indented), width)]
    per_page = (_A4[1] - 2 * _MARGIN) // _PITCH
    pages = []
    for first in range(0, len(lines), per_page):
        page = Image.new("L", _A4, 255)
        pen = ImageDraw.Draw(page)
        for number, line in enumerate(lines[first : first + per_page]):
            is_title = line in paper.title
            left = (_A4[0] - font.getlength(line)) / 2 if is_title else _MARGIN
            pen.text((left, _MARGIN + number * _PITCH), line, fill=20, font=font)
        pages.append(page)
    stream = io.BytesIO()
    day = gmtime(_DAY.timestamp())
    pages[0].save(stream, "PDF", save_all=True, append_images=pages[1:], resolution=_DPI, creationDate=day, modDate=day)
    return stream.getvalue()
