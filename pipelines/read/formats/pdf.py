"""PDF with a text layer: paragraphs across lines and pages, page numbers and running heads set apart.

The characters of one page are put into rows by `pdf_lines`.
"""

import ctypes
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pipelines.read.document import Document, ReadError
from pipelines.read.formats.pdf_lines import Row, rows_of
from pipelines.read.layout import LayoutPart, compose
from pipelines.read.paragraphs import CLAUSE, FINAL, MARK, seam
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
_DASH = r"[—–―\-－ ·~]*"
_PAGE_NUMBER = re.compile(
    rf"{_DASH}[0-9０-９]{{1,3}}{_DASH}(?:/ ?[0-9]{{1,3}})?"
    r"|第? ?[0-9一二三四五六七八九十]{1,3} ?页(?: ?[,，/]? ?共 ?[0-9]{1,3} ?页)?"
)
_FULL, _INDENT = 2.5, 1.2  # in characters: how far a full line may end before the margin; what is indented

Head = tuple[str, int]  # a running head: its words and the size of its characters


class Margins(NamedTuple):
    """Where the lines of the running text begin and end."""

    left: float
    right: float


def read(data: bytes, name: str) -> Document:
    """Return the text of a PDF. Raises ReadError.

    Codes: `encrypted`, `broken`, `empty`, `too_large`, `needs_ocr`, and `attachment` for a portfolio of other files.
    """
    pages, pictures, attached = _pages(data)
    shown = "".join(row.text for page in pages for row in page if not _is_page_number(row))
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
    heads = _running_heads(pages)
    return compose(_parts(pages, heads), MEDIA_TYPE, None, whole=all(pages))


def _is_scan(page: Sequence[Row], picture: float) -> bool:
    """Return whether a page is a picture: a large one, and not enough words beside it."""
    return picture > _SCAN and sum(len(row.text) for row in page if not _is_page_number(row)) < _LEAST_TEXT


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
            pages.append(rows_of(page))
            pictures.append(_picture(page))
            page.close()
        return pages, pictures, _attached(document)
    except pdfium.PdfiumError as error:
        raise ReadError(
            ReasonCode.BROKEN, "found a PDF with a page that cannot be loaded; fetch or save it again"
        ) from error
    finally:
        document.close()


def _is_page_number(row: Row) -> bool:
    return len(row.cells) == 1 and bool(_PAGE_NUMBER.fullmatch(row.cells[0]))


def _running_heads(pages: Sequence[Sequence[Row]]) -> frozenset[Head]:
    """Return what stands first or last on most pages, numbers aside; page numbers themselves not counted."""
    seen: Counter[Head] = Counter()
    for page in pages:
        content = [row for row in page if not _is_page_number(row)]
        if len(content) > 2:
            seen.update({_head(row) for row in (content[0], content[-1]) if len(row.cells) == 1})
    return frozenset(head for head, times in seen.items() if times > max(1, len(pages) / 2))


def _head(row: Row) -> Head:
    """Return what tells a running head: its words, and its size, since the title may have the same words."""
    return re.sub(r"[0-9０-９]+", "0", row.text), round(row.size)


def _parts(pages: Sequence[Sequence[Row]], heads: frozenset[Head]) -> Iterator[LayoutPart]:
    """Yield paragraphs; furniture that a paragraph runs over follows it."""
    rows = [row for page in pages for row in page]
    margins = {
        column: _margins([row for row in rows if row.column == column]) for column in {row.column for row in rows}
    }
    paragraph, last = "", None
    waiting: list[LayoutPart] = []
    for page in pages:
        for at, row in enumerate(page):
            kind = _kind(row, at, page, heads)
            if kind:
                waiting.append(LayoutPart(row.text, kind))
                continue
            if last is not None and _goes_on(paragraph, last, row, margins):
                paragraph += seam(paragraph, row.text) + row.text
            else:
                yield from ([LayoutPart(paragraph)] if paragraph else [])
                yield from waiting
                waiting, paragraph = [], row.text
            last = row
    yield from ([LayoutPart(paragraph)] if paragraph else [])
    yield from waiting


def _kind(row: Row, at: int, page: Sequence[Row], heads: frozenset[Head]) -> str | None:
    """Return the kind of furniture of a row at the edge of its page."""
    if at > 1 and at < len(page) - 2:
        return None
    if _is_page_number(row) and at in (0, len(page) - 1):
        return "page_number"
    return "running_head" if _head(row) in heads else None


def _margins(rows: Sequence[Row]) -> Margins:
    """Return the margins of the running text: those of the lines that are nearly the widest."""
    prose = [row for row in rows if len(row.cells) == 1] or list(rows)
    widest = max(row.right - row.left for row in prose)
    wide = [row for row in prose if row.right - row.left > widest * 0.8]
    return Margins(min(row.left for row in wide), sorted(row.right for row in wide)[len(wide) // 2])


def _goes_on(paragraph: str, last: Row, row: Row, margins: Mapping[int, Margins]) -> bool:
    """Return whether `row` continues the paragraph that ends with the row `last`."""
    if len(last.cells) > 1 or len(row.cells) > 1 or abs(last.size - row.size) > 0.2 * last.size:
        return False
    if bool(last.column) != bool(row.column):
        return False
    margin = margins[last.column]
    if not _is_cut(paragraph, last, row, margin) and last.right < margin.right - _FULL * last.size:
        return False
    if row.left > margins[row.column].left + _INDENT * row.size:
        return False
    return not (paragraph.endswith(FINAL) and MARK.match(row.text))


def _is_cut(paragraph: str, last: Row, row: Row, margin: Margins) -> bool:
    """Return whether a line ends within a sentence: one cut after so many characters is short where digits stand."""
    if paragraph.endswith(FINAL) or not CLAUSE.search(paragraph) or MARK.match(row.text):
        return False
    return last.right - margin.left > 0.6 * (margin.right - margin.left)
