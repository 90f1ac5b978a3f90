"""PDF, with text or scanned: paragraphs across lines and pages, page numbers and running heads set apart.

The characters of a page (`pdf_glyphs`) are put into rows by `page_lines`, and these into paragraphs by `page_rows`.

Not read: watermarks, annotations, and pictures beside a text.
"""

import ctypes
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pipelines.read.document import Document, ReadError
from pipelines.read.formats.page_edges import edge_rows
from pipelines.read.formats.page_limits import LEAST_TEXT, SCAN, SMALL, check_count
from pipelines.read.formats.page_rows import Row, count_shown, has_meaning, parts_of
from pipelines.read.formats.pdf_fonts import give_fonts
from pipelines.read.formats.pdf_glyphs import chars_of
from pipelines.read.formats.pdf_rules import rules_of
from pipelines.read.formats.ruled_rows import rows_with_tables
from pipelines.read.layout import compose
from pipelines.read.scans.scan_requests import listed, require, rows_of_scan
from pipelines.read.scans.scanned_page import NO_SCANS, Scans
from pipelines.read.shell import has_text
from pipelines.read.signatures import pdf_start
from pipelines.reasons import ReasonCode

MEDIA_TYPE = "application/pdf"
_PASSWORD = 4  # PDFium's code for a file that needs one
_WHOLE, _LEAST_PROSE = 0.7, 60  # a picture of the whole page, and the characters that a page of text has beside it
_DOTS, _MOST_PIXELS = 200, 20_000_000  # an inch, and of a page
_COVER = 300  # characters of the note that asks for another viewer of the attached files
_MOST_ATTACHED, _LARGEST_ATTACHED = 100, 20_000_000


class _Page(NamedTuple):
    """What a page shows: its rows, the share of it that pictures cover, and whether lines or shapes are drawn on it."""

    rows: list[Row]
    pictured: float
    is_drawn: bool
    width: float
    height: float

    @property
    def characters(self) -> int:
        """How many characters of text it has, its page number not counted."""
        return count_shown(self.rows)


def read(data: bytes, name: str, scans: Scans = NO_SCANS) -> Document:
    """Return the text of a PDF, with that of its scanned pages from `scans`. Raises ReadError.

    Codes: `encrypted`, `broken`, `empty`, `too_large`, `needs_ocr` (ScansWantedError where pages are to be read), and
    `attachment` for a portfolio of other files.
    """
    data, pages = _report(data)
    if all(not page.rows and not page.pictured and not page.is_drawn for page in pages):
        raise ReadError(ReasonCode.EMPTY, "found pages without text or pictures, expected a report; look at the file")
    numbers = _scanned(pages)
    require(numbers, scans, f"scans without text on {listed(numbers)} of {len(pages)}")
    rows = [page.rows for page in pages]
    for number in numbers:
        rows[number - 1] = rows_of_scan(scans[number], pages[number - 1].width)
    shown = sum(map(count_shown, rows))
    if numbers and shown < LEAST_TEXT * len(pages):
        message = f"found {len(pages)} pages with {shown} characters that can be read; give a sharper scan, or the text"
        raise ReadError(ReasonCode.NEEDS_OCR, message)
    pictures = sum(page.pictured > SMALL for page in pages)
    edges = [edge_rows(page, 0, pages[at].height, at == 0) for at, page in enumerate(rows)]
    return compose(parts_of(rows, edges=edges), MEDIA_TYPE, None, whole=all(rows), pictures=pictures)


def picture(data: bytes, number: int) -> bytes:
    """Return a picture (PNG) of page `number`, which counts from 1, fit for character recognition."""
    data, _ = _report(data)
    with _opened(data) as document:
        page = document[number - 1]
        width, height = page.get_size()
        scale = min(_DOTS / 72, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
        image = page.render(scale=scale, rev_byteorder=True).to_pil()
    png = io.BytesIO()
    image.save(png, "PNG", compress_level=1)
    return png.getvalue()


def _scanned(pages: Sequence[_Page]) -> list[int]:
    """Return the numbers of the pages that only character recognition can read."""
    shown = "".join(row.text for page in pages for row in page.rows)
    if not has_meaning(shown):  # fonts without a table
        return list(range(1, len(pages) + 1))
    found = [number for number, page in enumerate(pages, 1) if _is_scan(page)]
    if not has_text(row.text for page in pages for row in page.rows):  # a title over or beside the pictures of the text
        found = [number for number, page in enumerate(pages, 1) if page.pictured > SMALL or _is_scan(page)]
    if found or sum(page.characters for page in pages) >= LEAST_TEXT * len(pages):
        return found
    # next to no text in the whole file: it stands in small pictures, or its letters are drawn as shapes
    return [number for number, page in enumerate(pages, 1) if page.characters < LEAST_TEXT]


def _is_scan(page: _Page) -> bool:
    """Return whether a page is a picture: a large one, and not enough words beside it.

    A program that scans may write its name over the page, and a header may stand there.
    """
    if page.pictured > _WHOLE:
        return page.characters < _LEAST_PROSE
    return page.pictured > SCAN and page.characters < LEAST_TEXT


def _report(data: bytes) -> tuple[bytes, list[_Page]]:
    """Return the PDF that holds the report, with its pages: this one, or the only PDF that a portfolio holds.

    Raises ReadError `attachment`, which names what the portfolio holds else.
    """
    pages, attached = _pages(data)
    if not attached or sum(page.characters for page in pages) >= _COVER:
        return data, pages
    if len(attached) == 1 and pdf_start(attached[0][1]) >= 0:
        inner, more = _pages(attached[0][1])
        if not more or any(page.rows for page in inner):
            return attached[0][1], inner
    names = ", ".join(file for file, _ in attached[:5])
    message = f"found a PDF portfolio with the attached files {names}, expected a report; save the report alone"
    raise ReadError(ReasonCode.ATTACHMENT, message)


def _attached(document: pdfium.PdfDocument) -> list[tuple[str, bytes]]:
    """Return the names and bytes of the attached files; no bytes for one that is too large or damaged."""
    found = []
    for at in range(min(document.count_attachments(), _MOST_ATTACHED)):
        file = document.get_attachment(at)
        size = ctypes.c_ulong()
        raw.FPDFAttachment_GetFile(file.raw, None, 0, size)
        data = bytes(file.get_data()) if 0 < size.value <= _LARGEST_ATTACHED else b""
        found.append((file.get_name() or "without a name", data))
    return found


def _page(page: pdfium.PdfPage) -> _Page:
    """Return what a page shows. Sizes in a form are the form's own."""
    width, height = page.get_size()
    rows = rows_with_tables(chars_of(page), rules_of(page))
    pictured, is_drawn = 0.0, False
    # a table has thousands of lines; they only matter where there is nothing else
    kinds = (raw.FPDF_PAGEOBJ_IMAGE,) if rows else (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_PATH)
    for thing in page.get_objects(filter=kinds, max_depth=3):
        if thing.type == raw.FPDF_PAGEOBJ_PATH:
            is_drawn = True
            continue
        left, bottom, right, top = thing.get_bounds()
        share = (right - left) * (top - bottom) / max(1.0, width * height)
        pictured += max(share, 0.001)  # a scan may be cut into strips
    return _Page(rows, pictured, is_drawn, width, height)


@contextmanager
def _opened(data: bytes) -> Iterator[pdfium.PdfDocument]:
    """Yield the open document. Raises ReadError."""
    data = data[max(0, pdf_start(data)) :]
    try:
        give_fonts()
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD:
            message = "found a PDF that needs a password, expected an open one; save it without protection"
            raise ReadError(ReasonCode.ENCRYPTED, message) from error
        message = "found a damaged PDF that cannot be opened; fetch or save it again"
        raise ReadError(ReasonCode.BROKEN, message) from error
    try:
        yield document
    except pdfium.PdfiumError as error:
        message = "found a PDF with a page that cannot be loaded; fetch or save it again"
        raise ReadError(ReasonCode.BROKEN, message) from error
    finally:
        document.close()


def _pages(data: bytes) -> tuple[list[_Page], list[tuple[str, bytes]]]:
    """Return what each page shows, and the attached files."""
    with _opened(data) as document:
        check_count(len(document))
        pages = []
        for page in document:
            pages.append(_page(page))
            page.close()
        return pages, _attached(document)
