"""OFD (GB/T 33190), the Chinese fixed-layout format: text by its place on the page, as in a PDF.

A file is a zip archive of XML: OFD.xml leads to the document, this to its pages and to the templates drawn below and
above them. What a template repeats on several pages is furniture. Stamps and other annotations are no text.

Not read: seals and other annotations, watermarks, what lies off the paper, and pictures beside a text.
"""

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from PIL import Image

from pipelines.read.damage import damage_named
from pipelines.read.document import Document, ReadError
from pipelines.read.formats import picture as picture_file
from pipelines.read.formats.ofd_glyphs import Box, Drawn, drawn_in
from pipelines.read.formats.ofd_package import AT, OfdPackage, number_list
from pipelines.read.formats.page_edges import edge_rows
from pipelines.read.formats.page_glyphs import upright_text
from pipelines.read.formats.page_limits import LEAST_TEXT, SCAN, SMALL, check_count
from pipelines.read.formats.page_lines import rows_of
from pipelines.read.formats.page_rows import Row, count_shown, has_meaning, parts_of
from pipelines.read.layout import LayoutPart, compose
from pipelines.read.scans.scan_requests import listed, require, rows_of_scan
from pipelines.read.scans.scanned_page import NO_SCANS, Scans
from pipelines.read.shell import has_text
from pipelines.reasons import ReasonCode

MEDIA_TYPE = "application/ofd"
_A4: Box = (0.0, 0.0, 210.0, 297.0)  # millimetres
_WHOLE = 0.8  # of what pictures cover: the largest is the page, and no strip of it
_DOTS, _POINTS = 200 / 25.4, 72 / 25.4  # a millimetre
_OUTLINES = 20  # paths that may be characters drawn as outlines


class _Page:
    """The rows of one page, those of the templates that several pages share, and what else is drawn.

    `pictures` are the parts that hold its pictures, with their boxes.
    """

    def __init__(self, own: Drawn, shared: Sequence[Drawn], box: Box, files: Mapping[str, Any]) -> None:
        self.box = box
        self.pictures = [
            (part, at) for cited, at in own.pictures if (part := files[cited].get(AT) if cited in files else None)
        ]
        # a scan may be cut into strips
        self.pictured = sum(width * height for _, (_, _, width, height) in own.pictures) / (box[2] * box[3])
        self.rows = rows_of(upright_text(own.glyphs))
        self.shared = [rows_of(upright_text(template.glyphs)) for template in shared]
        self.characters = "".join(glyph.char.text for glyph in own.glyphs)
        self.outlines, self.nameless = own.outlines, own.nameless

    @property
    def shown(self) -> int:
        """How many characters of text it has, its page number not counted."""
        return count_shown(self.rows)

    @property
    def is_bare(self) -> bool:
        return self.shown < LEAST_TEXT

    @property
    def is_scan(self) -> bool:
        """Whether it is a picture: a large one, and next to no text."""
        return bool(self.pictures) and self.pictured > SCAN and self.is_bare


def read(data: bytes, name: str, scans: Scans = NO_SCANS) -> Document:
    """Return the text of an OFD file, with that of its scanned pages from `scans`.

    Raises ReadError `encrypted`, `broken`, `bomb`, `too_large`, `empty`, `needs_ocr` (ScansWantedError where pages are
    to be read), `attachment`, or `several` for a file of several documents that all have text.
    """
    with damage_named("OFD document"):
        _, pages = _report(OfdPackage(data))
        _refuse_without_text(pages)
        is_title = not has_text(row.text for page in pages for row in page.rows)
        numbers = [
            number
            for number, page in enumerate(pages, 1)
            if page.is_scan or (is_title and page.pictures and page.pictured > SMALL)
        ]
        require(numbers, scans, f"scans without text on {listed(numbers)} of {len(pages)}")
        for number in numbers:
            page = pages[number - 1]  # a title over the picture is no part of it
            page.rows = [*([] if page.is_scan else page.rows), *rows_of_scan(scans[number])]
        if numbers and sum(page.shown for page in pages) < LEAST_TEXT:
            message = f"found {len(pages)} pages with hardly a character that can be read; give a sharper scan"
            raise ReadError(ReasonCode.NEEDS_OCR, message)
        pictures = sum(page.pictured > SMALL for page in pages)
        return compose(_parts(pages), MEDIA_TYPE, None, whole=all(page.rows for page in pages), pictures=pictures)


def picture(data: bytes, number: int) -> bytes:
    """Return scanned page `number` (from 1) as a PNG picture. Raises ReadError."""
    with damage_named("OFD document"):
        package = OfdPackage(data)
        page = _report(package)[1][number - 1]
        largest, (_, _, width, height) = max(page.pictures, key=lambda one: one[1][2] * one[1][3])
        if width * height > _WHOLE * page.pictured * page.box[2] * page.box[3]:
            return picture_file.picture(package.content(largest), 1)
        return _put_together([(package.content(part), box) for part, box in page.pictures], page.box)


def _put_together(strips: Sequence[tuple[bytes, Box]], paper: Box) -> bytes:
    """Return the picture of a page that is drawn in strips."""
    sheet = Image.new("L", (round(paper[2] * _DOTS), round(paper[3] * _DOTS)), 255)
    for data, (left, top, width, height) in strips:
        strip = Image.open(io.BytesIO(picture_file.picture(data, 1)))
        size = max(1, round(width * _DOTS)), max(1, round(height * _DOTS))
        place = round((left - paper[0]) * _DOTS), round((top - paper[1]) * _DOTS)
        sheet.paste(strip.convert("L").resize(size), place)
    return picture_file.as_png(sheet)


def _report(package: OfdPackage) -> tuple[str, list[_Page]]:
    """Return the document that is the report, with its pages. Raises ReadError `several` or `attachment`."""
    found = [(root, _pages(package, root)) for root in package.documents()]
    written = [(root, pages) for root, pages in found if any(page.rows or page.is_scan for page in pages)]
    if len(written) > 1:
        message = f"found {len(written)} documents in one OFD file, expected one report; save each alone"
        raise ReadError(ReasonCode.SEVERAL, message)
    root, pages = written[0] if written else found[0]
    attached = package.attached(root)
    if attached and not written:
        message = f"found an OFD file with the attached files {', '.join(attached[:5])}, expected a report"
        raise ReadError(ReasonCode.ATTACHMENT, f"{message}; save the report alone")
    return root, pages


def _pages(package: OfdPackage, document: str) -> list[_Page]:
    """Return the pages of the document whose root part has this name, in their order."""
    root = package.tree(document)
    places = [(node.get("BaseLoc") or "") for node in root.iterfind("Pages/Page")]
    check_count(len(places))
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
        pages.append(_Page(drawn, shared, box, own))
    return pages


def _box(area: Any | None) -> Box | None:
    """Return the box of the paper: left, top, width, height in millimetres."""
    node = None if area is None else area.find("PhysicalBox")
    box = number_list("" if node is None else node.text or "")
    return (box[0], box[1], box[2], box[3]) if len(box) == 4 and box[2] > 0 and box[3] > 0 else None


def _refuse_without_text(pages: Sequence[_Page]) -> None:
    """Raise ReadError `empty` or `needs_ocr` where a page has no text that can be read."""
    shown = any(page.shown for page in pages)
    if _is_meaningless("".join(page.characters for page in pages)):
        message = (
            "found characters that mean nothing (fonts without a table); print it to pictures, which are read as scans"
        )
        raise ReadError(ReasonCode.NEEDS_OCR, message)
    bare = {number: page for number, page in enumerate(pages, 1) if page.is_bare and not page.is_scan}
    for what, numbers in (
        ("characters drawn by number", [at for at, page in enumerate(pages, 1) if page.nameless >= LEAST_TEXT]),
        ("outlines", [at for at, page in bare.items() if page.outlines >= _OUTLINES]),
        ("pictures that are missing, and are", [at for at, page in bare.items() if page.pictured > SCAN]),
    ):
        if numbers:
            message = f"found {what} without text on {listed(numbers)} of {len(pages)}; print it to PDF, or give a scan"
            raise ReadError(ReasonCode.NEEDS_OCR, message)
    if not shown and not any(page.is_scan for page in pages):
        raise ReadError(ReasonCode.EMPTY, "found pages without text or pictures, expected a report; look at the file")


def _is_meaningless(text: str) -> bool:
    """Return whether most characters are no known ones, or one and the same: what a font without a table leaves."""
    text = re.sub(r"\s", "", text)
    if len(text) < LEAST_TEXT:
        return False
    return not has_meaning(text) or Counter(text).most_common(1)[0][1] > len(text) / 2


def _parts(pages: Sequence[_Page]) -> Iterator[LayoutPart]:
    """Yield what templates repeat, as furniture, and the paragraphs."""
    repeated: dict[str, Row] = {row.text: row for page in pages for rows in page.shared for row in rows}
    yield from (LayoutPart(text, "running_head") for text in repeated)
    # in points, and downwards as the paper is measured
    papers = [(-(page.box[1] + page.box[3]) * _POINTS, -page.box[1] * _POINTS) for page in pages]
    edges = [edge_rows(page.rows, *paper, at == 0) for at, (page, paper) in enumerate(zip(pages, papers, strict=True))]
    yield from parts_of([page.rows for page in pages], edges=edges)
