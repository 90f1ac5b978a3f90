"""PDF with a text layer: paragraphs across lines and pages, page numbers and running heads set apart.

The characters of a page (`pdf_glyphs`) are put into rows by `page_lines`, and these into paragraphs by `page_rows`.
"""

import ctypes
import re
from collections.abc import Sequence

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pipelines.read.document import Document, ReadError
from pipelines.read.formats.page_lines import rows_of
from pipelines.read.formats.page_rows import Row, is_page_number, parts_of
from pipelines.read.formats.pdf_glyphs import chars_of
from pipelines.read.layout import compose
from pipelines.reasons import ReasonCode

MEDIA_TYPE = "application/pdf"
MOST_PAGES = 1000
_PASSWORD = 4  # PDFium's code for a file that needs one
_LEAST_TEXT = 10  # characters a page; stamps and page numbers make scans look as if they had text
_SCAN = 0.25  # of the page that a picture covers where it is a scan
_START = b"%PDF-"  # a mail program or a script may have put up to 1,024 bytes before it
_COVER = 300  # characters of the note that asks for another viewer of the attached files
_MOST_ATTACHED, _LARGEST_ATTACHED = 100, 20_000_000
_KNOWN = re.compile(r"[\x20-\x7e一-龥\u2000-\u206f\u2190-\u25ff\u2e80-\u303f\uff00-\uffef·×°—]")


def read(data: bytes, name: str) -> Document:
    """Return the text of a PDF. Raises ReadError.

    Codes: `encrypted`, `broken`, `empty`, `too_large`, `needs_ocr`, and `attachment` for a portfolio of other files.
    """
    pages, pictures, attached = _pages(data)
    shown = "".join(row.text for page in pages for row in page if not is_page_number(row))
    if attached and len(shown) < _COVER:
        return _of_attached(attached, name)
    scans = [
        number for number, (page, picture) in enumerate(zip(pages, pictures, strict=True), 1) if _is_scan(page, picture)
    ]
    if len(shown) < _LEAST_TEXT * len(pages):
        if not any(pictures) and not shown:
            raise ReadError(
                ReasonCode.EMPTY, "found pages without text or pictures, expected a report; look at the file"
            )
        message = f"found {len(pages)} scanned pages with {len(shown)} characters of text; add a text layer by OCR"
        raise ReadError(ReasonCode.NEEDS_OCR, message)
    if len(_KNOWN.findall(shown)) < len(shown) / 2:
        message = "found a text layer whose characters mean nothing (fonts without a table); add a text layer by OCR"
        raise ReadError(ReasonCode.NEEDS_OCR, message)
    if scans:
        message = f"found scans without text on {_listed(scans)} of {len(pages)}; add a text layer by OCR"
        raise ReadError(ReasonCode.NEEDS_OCR, message)
    return compose(parts_of(pages), MEDIA_TYPE, None, whole=all(pages))


def _is_scan(page: Sequence[Row], picture: float) -> bool:
    """Return whether a page is a picture: a large one, and not enough words beside it."""
    return picture > _SCAN and sum(len(row.text) for row in page if not is_page_number(row)) < _LEAST_TEXT


def _listed(numbers: Sequence[int]) -> str:
    """Return page numbers in words; the first ten of many."""
    more = ", ..." if len(numbers) > 10 else ""
    return f"page{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers[:10]))}{more}"


def _of_attached(attached: Sequence[tuple[str, bytes]], name: str) -> Document:
    """Read the one PDF that a portfolio holds; ReadError `attachment` names what it holds else."""
    if len(attached) == 1 and _START in attached[0][1][:1024]:
        pages, _, more = _pages(attached[0][1])
        if not more or any(pages):
            return read(attached[0][1], name)
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


def _picture(page: pdfium.PdfPage) -> float:
    """Return the share of the page that its largest picture covers. Sizes in a form are the form's own."""
    width, height = page.get_size()
    largest = 0.0
    for picture in page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
        left, bottom, right, top = picture.get_bounds()
        share = (right - left) * (top - bottom) / max(1.0, width * height)
        largest = max(largest, share, 0.001)
    return largest


def _pages(data: bytes) -> tuple[list[list[Row]], list[float], list[tuple[str, bytes]]]:
    """Return the rows of each page, the share of it that a picture covers, and the attached files."""
    data = data[max(0, data.find(_START, 0, 1024 + len(_START))) :]
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD:
            message = "found a PDF that needs a password, expected an open one; save it without protection"
            raise ReadError(ReasonCode.ENCRYPTED, message) from error
        raise ReadError(
            ReasonCode.BROKEN, "found a damaged PDF that cannot be opened; fetch or save it again"
        ) from error
    try:
        if not 0 < len(document) <= MOST_PAGES:
            code = ReasonCode.TOO_LARGE if len(document) else ReasonCode.EMPTY
            raise ReadError(code, f"found {len(document)} pages, expected 1 to {MOST_PAGES}; give the report alone")
        pages, pictures = [], []
        for page in document:
            pages.append(rows_of(chars_of(page)))
            pictures.append(_picture(page))
            page.close()
        return pages, pictures, _attached(document)
    except pdfium.PdfiumError as error:
        raise ReadError(
            ReasonCode.BROKEN, "found a PDF with a page that cannot be loaded; fetch or save it again"
        ) from error
    finally:
        document.close()
