"""OFD (GB/T 33190), the Chinese fixed-layout format: text by its place on the page, as in a PDF.

A file is a zip archive of XML: OFD.xml leads to the document, this to its pages and to the templates drawn below and
above them. What a template repeats on several pages is furniture. Stamps and other annotations are no text.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from pipelines.read.document import Document, ReadError
from pipelines.read.formats.ofd_glyphs import Drawn, drawn_in
from pipelines.read.formats.ofd_package import OfdPackage, number_list
from pipelines.read.formats.page_glyphs import upright_text
from pipelines.read.formats.page_lines import rows_of
from pipelines.read.formats.page_rows import Row, is_page_number, parts_of
from pipelines.read.layout import LayoutPart, compose
from pipelines.reasons import ReasonCode

MEDIA_TYPE = "application/ofd"
MOST_PAGES = 1000
_A4 = (0.0, 0.0, 210.0, 297.0)  # millimetres
_LEAST_TEXT = 10  # characters a page, as for PDF
_SCAN = 0.25  # of the page that a picture covers where it is a scan
_OUTLINES = 20  # paths that may be characters drawn as outlines
_KNOWN = re.compile(r"[\x20-\x7e一-龥\u2000-\u206f\u2190-\u25ff\u2e80-\u303f\uff00-\uffef·×°—]")


class _Page:
    """The rows of one page, those of the templates that several pages share, and what else is drawn."""

    def __init__(self, own: Drawn, shared: Sequence[Drawn]) -> None:
        self.rows = rows_of(upright_text(own.glyphs))
        self.shared = [rows_of(upright_text(template.glyphs)) for template in shared]
        self.characters = "".join(glyph.char.text for glyph in own.glyphs)
        self.picture, self.outlines, self.nameless = own.picture, own.outlines, own.nameless

    @property
    def text(self) -> str:
        return "".join(row.text for row in self.rows if not is_page_number(row))

    @property
    def is_bare(self) -> bool:
        return len(self.text) < _LEAST_TEXT


def read(data: bytes, name: str) -> Document:
    """Return the text of an OFD file.

    Raises ReadError `encrypted`, `broken`, `bomb`, `too_large`, `empty`, `needs_ocr`, `attachment`, or `several` for a
    file of several documents that all have text.
    """
    try:
        package = OfdPackage(data)
        found = [(root, _pages(package, root)) for root in package.documents()]
    except ReadError:
        raise
    except Exception as error:  # zipfile and lxml raise whatever the damage leads to
        message = f"found a damaged OFD document ({type(error).__name__}); fetch it again, or save it as PDF"
        raise ReadError(ReasonCode.BROKEN, message) from error
    written = [(root, pages) for root, pages in found if any(page.rows for page in pages)]
    if len(written) > 1:
        message = f"found {len(written)} documents in one OFD file, expected one report; save each alone"
        raise ReadError(ReasonCode.SEVERAL, message)
    root, pages = written[0] if written else found[0]
    attached = package.attached(root)
    if attached and not any(page.text for page in pages):
        message = f"found an OFD file with the attached files {', '.join(attached[:5])}, expected a report"
        raise ReadError(ReasonCode.ATTACHMENT, f"{message}; save the report alone")
    _refuse_without_text(pages)
    return compose(_parts(pages), MEDIA_TYPE, None, whole=all(page.rows for page in pages))


def _pages(package: OfdPackage, document: str) -> list[_Page]:
    """Return the pages of the document whose root part has this name, in their order."""
    root = package.tree(document)
    places = [(node.get("BaseLoc") or "") for node in root.iterfind("Pages/Page")]
    if not 0 < len(places) <= MOST_PAGES:
        code = ReasonCode.TOO_LARGE if places else ReasonCode.EMPTY
        raise ReadError(code, f"found {len(places)} pages, expected 1 to {MOST_PAGES}; give the report alone")
    templates = {
        node.get("ID"): package.find(document, node.get("BaseLoc") or "")
        for node in root.iterfind("CommonData/TemplatePage")
    }
    resources = package.resources(document, root.iterfind("CommonData/*"))
    names = [package.find(document, place) for place in places]
    contents = [package.tree(name) for name in names]
    cited = [[node.get("TemplateID") for node in content.iterfind("Template")] for content in contents]
    times = Counter(template for one in cited for template in set(one))
    pages = []
    for name, content, ids in zip(names, contents, cited, strict=True):
        box = _box(content.find("Area")) or _box(root.find("CommonData/PageArea")) or _A4
        own = package.resources(name, content.iterfind("PageRes")) | resources
        drawn = drawn_in(content, box, own)
        shared = []
        for template in ids:
            part = templates.get(template)
            if part is None:
                continue
            more = drawn_in(package.tree(part), box, resources)
            if times[template] > 1:
                shared.append(more)
            else:  # what one page alone shows is its text, wherever it lies
                drawn = drawn.with_more(more)
        pages.append(_Page(drawn, shared))
    return pages


def _box(area: Any | None) -> tuple[float, ...] | None:
    """Return the box of the paper: left, top, width, height in millimetres."""
    node = None if area is None else area.find("PhysicalBox")
    box = number_list("" if node is None else node.text or "")
    return tuple(box) if len(box) == 4 and box[2] > 0 and box[3] > 0 else None


def _refuse_without_text(pages: Sequence[_Page]) -> None:
    """Raise ReadError `empty` or `needs_ocr` where a page has no text that can be read."""
    shown = "".join(page.text for page in pages)
    if _is_meaningless("".join(page.characters for page in pages)):
        message = "found text whose characters mean nothing (fonts without a table); print it to pictures, and use OCR"
        raise ReadError(ReasonCode.NEEDS_OCR, message)
    for what, numbers in (
        ("scans", [at for at, page in enumerate(pages, 1) if page.is_bare and page.picture > _SCAN]),
        ("characters drawn by number", [at for at, page in enumerate(pages, 1) if page.nameless >= _LEAST_TEXT]),
        ("outlines", [at for at, page in enumerate(pages, 1) if page.is_bare and page.outlines >= _OUTLINES]),
    ):
        if numbers:
            more = ", ..." if len(numbers) > 10 else ""
            listed = f"page{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers[:10]))}{more}"
            message = f"found {what} without text on {listed} of {len(pages)}; add a text layer by OCR"
            raise ReadError(ReasonCode.NEEDS_OCR, message)
    if not shown:
        raise ReadError(ReasonCode.EMPTY, "found pages without text or pictures, expected a report; look at the file")


def _is_meaningless(text: str) -> bool:
    """Return whether most characters are no known ones, or one and the same: what a font without a table leaves."""
    text = re.sub(r"\s", "", text)
    if len(text) < _LEAST_TEXT:
        return False
    return max(len(text) - len(_KNOWN.findall(text)), Counter(text).most_common(1)[0][1]) > len(text) / 2


def _parts(pages: Sequence[_Page]) -> Iterator[LayoutPart]:
    """Yield what templates repeat, as furniture, and the paragraphs."""
    repeated: dict[str, Row] = {row.text: row for page in pages for rows in page.shared for row in rows}
    yield from (LayoutPart(text, "running_head") for text in repeated)
    yield from parts_of([page.rows for page in pages])
