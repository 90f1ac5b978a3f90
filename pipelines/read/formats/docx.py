"""Word documents (docx, docm, XML of 2003, wps files that are docx inside), read as they look, all changes accepted.

The walk is over the XML itself: python-docx does not know insertions, content controls and list numbers, and takes ten
times as long. Page headers and footers, comments, tables of contents, and deleted, struck or hidden text are no part of
the report's text. Notes stand behind the paragraph or the table that cites them. The numbers of lists come from
`numbering`.

Not read: page headers and footers, comments, tables of contents, deleted, struck and hidden text, charts, and pictures
beside a text.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any

from pipelines.read.damage import damage_named
from pipelines.read.document import Document, ReadError
from pipelines.read.formats import picture as picture_file
from pipelines.read.formats.docx_package import WordPackage, choose_alternatives
from pipelines.read.formats.docx_visibility import Visibility
from pipelines.read.formats.numbering import Numbering, qn
from pipelines.read.formats.page_rows import parts_of
from pipelines.read.layout import LayoutPart, compose, spread, table_lines, text_parts
from pipelines.read.notes import CitedNotes, with_notes
from pipelines.read.paragraphs import whole_numbers
from pipelines.read.scans.scan_requests import require, rows_of_scan
from pipelines.read.scans.scanned_page import NO_SCANS, Scans
from pipelines.read.shell import has_text, no_text
from pipelines.reasons import ReasonCode

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SKIPPED = frozenset(
    qn(name)
    for name in (
        "w:del w:moveFrom w:pPr w:rPr w:sectPr w:instrText w:delText w:tbl w:txbxContent w:footnote w:endnote".split()
    )
)
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_WRITTEN = {qn("w:tab"): " ", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
# A fraction and a power are not the digits of one number.
_BEFORE = {f"{_MATH}den": "/", f"{_MATH}sup": "^", f"{_MATH}sub": "_"}
_BR, _RUNS, _WORDS = qn("w:br"), (qn("w:r"), f"{_MATH}r"), (qn("w:t"), f"{_MATH}t")
_NOTES = {qn("w:footnoteReference"): "footnote", qn("w:endnoteReference"): "endnote"}
_CHUNK, _ID = qn("w:altChunk"), f"{_RELATIONS}id"
_DEEPEST = 3  # documents that take in others
_P, _TBL, _BOX = qn("w:p"), qn("w:tbl"), qn("w:txbxContent")
_FROM_ABOVE = "\ue000"
_PICTURE = "\ue001"  # begins a line that stands for a picture; the name of its relationship follows
_SHOWN = tuple(qn(name) for name in ("w:drawing", "w:pict", "w:object"))
_BLIP, _EMBED = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip", f"{_RELATIONS}embed"
_IMAGE_DATA, _IMAGE_ID = "{urn:schemas-microsoft-com:vml}imagedata", f"{_RELATIONS}id"
_CONTENTS = re.compile(r"^toc ?[0-9]", re.IGNORECASE)


def read(data: bytes, name: str, scans: Scans = NO_SCANS) -> Document:
    """Return the text of a Word document; one that holds only pictures has the text of these from `scans`.

    Raises ReadError `broken`, `bomb`, `empty`, `too_deep` (documents that take in others) or `needs_ocr`
    (ScansWantedError where pictures are to be read).
    """
    with damage_named("Word document"):
        lines = list(_Body(WordPackage(data)).lines())
        texts = [line for line in lines if not line.startswith(_PICTURE)]
        pictures = len(lines) - len(texts)
        if not pictures or has_text(texts):
            return compose(text_parts(texts), MEDIA_TYPE, None)
        found = f"{pictures} picture{'s' * (pictures > 1)} and no text beside the title"
        require(range(1, pictures + 1), scans, found)
        parts = list(_with_scans(lines, scans))
        if not has_text(part.text for part in parts):
            message = f"found {found}, and none that can be read in them; give sharper pictures, or the text"
            raise ReadError(ReasonCode.NEEDS_OCR, message)
        return compose(parts, MEDIA_TYPE, None)


def picture(data: bytes, number: int) -> bytes:
    """Return picture `number` (from 1) of a Word document as PNG. Raises ReadError `broken`."""
    with damage_named("Word document"):
        package = WordPackage(data)
        names = [line[1:] for line in _Body(package).lines() if line.startswith(_PICTURE)]
        return picture_file.picture(package.linked(names[number - 1]), 1)


def _with_scans(lines: Iterable[str], scans: Scans) -> Iterator[LayoutPart]:
    """Yield the lines, and the rows of the pictures where these stand."""
    first = 1
    for is_picture, group in groupby(lines, lambda line: line.startswith(_PICTURE)):
        if not is_picture:
            yield from text_parts(group)
            continue
        numbers = range(first, first + len(list(group)))
        yield from parts_of([rows_of_scan(scans[number]) for number in numbers], first)
        first = numbers.stop


class _Body:
    """The body of one document with its styles, lists and notes."""

    def __init__(self, package: WordPackage, depth: int = 0) -> None:
        self._package, self._depth = package, depth
        self._root = package.body()
        choose_alternatives(self._root)
        styles = package.part("styles")
        self._styles = _styles(styles)
        self._visibility = Visibility(styles)
        self._numbering = Numbering(package.part("numbering"))
        self._cited = CitedNotes(self._blocks)
        self._notes = {
            (kind, note.get(qn("w:id"))): note
            for kind in _NOTES.values()
            if (root := package.part(f"{kind}s")) is not None
            for note in root
            if note.tag == qn(f"w:{kind}")
        }

    def lines(self) -> Iterator[str]:
        yield from with_notes(self._blocks(self._root))

    def _blocks(self, parent: Any) -> Iterator[str]:
        """Yield the lines of paragraphs and tables in order, whatever wraps them; iterative, for deep nesting."""
        stack = [iter(parent)]
        while stack:
            node = next(stack[-1], None)
            if node is None:
                stack.pop()
            elif node.tag == _P:
                yield from self._paragraph(node)
            elif node.tag == _TBL:
                yield from self._table(node)
                yield from self._cited.lines()
            elif node.tag == _CHUNK:
                yield from self._taken_in(self._package.linked(node.get(_ID) or ""))
            elif node.tag not in _SKIPPED or node.tag == _BOX:
                stack.append(iter(node))

    def _taken_in(self, data: bytes) -> Iterator[str]:
        """Yield the lines of a document of any format that the text takes in; one without text adds nothing."""
        from pipelines.read.reader import read_inside

        if not data:
            message = "found a Word document that takes in another one, which is missing; fetch it again"
            raise ReadError(ReasonCode.BROKEN, message)
        if self._depth == _DEEPEST:
            message = f"found documents within documents, {_DEEPEST} at most are read; save the text as PDF"
            raise ReadError(ReasonCode.TOO_DEEP, message)
        if data.startswith(b"PK"):
            lines = list(_Body(WordPackage(data), self._depth + 1).lines())
            texts = [line for line in lines if not line.startswith(_PICTURE)]
            if len(texts) < len(lines) and not has_text(texts):
                raise no_text(len(lines) - len(texts))
            yield from texts
            return
        try:
            yield from read_inside(data, "a Word document").content.split("\n")
        except ReadError as error:
            if error.code is not ReasonCode.EMPTY:
                raise

    def _paragraph(self, node: Any) -> Iterator[str]:
        style, number = self._style(node)
        if _CONTENTS.match(style):
            return
        text = whole_numbers("".join(self._texts(node))).strip()
        # a list counts its empty paragraphs too, yet a number without words says nothing
        yield number + text if text else ""
        yield from self._cited.lines()
        for shown in node.iter(*_SHOWN):
            if shown.find(f".//{_BOX}") is None:
                links = [link.get(_EMBED) or link.get(_IMAGE_ID) or "" for link in shown.iter(_BLIP, _IMAGE_DATA)]
                yield from (_PICTURE + link for link in links or [""])
        for box in node.iter(_BOX):
            if self._is_shown(box, node):
                yield from self._blocks(box)

    def _is_shown(self, box: Any, paragraph: Any) -> bool:
        """Return whether nothing between a box and its paragraph hides it, or holds it as a part of its own."""
        style = _style_id(paragraph)
        for above in box.iterancestors():
            if above is paragraph:
                return True
            if above.tag in _SKIPPED or (above.tag in _RUNS and self._visibility.is_hidden(above, style)):
                return False
        return True

    def _texts(self, paragraph: Any) -> Iterator[str]:
        """Yield the text of a paragraph with insertions; the notes that it cites are kept for its end.

        What is deleted, struck or hidden, the codes of fields and what boxes hold are no part of it.
        """
        style = _style_id(paragraph)
        stack = [iter(paragraph)]
        while stack:
            child = next(stack[-1], None)
            if child is None:
                stack.pop()
            elif child.tag in _WORDS:
                yield child.text or ""
            elif child.tag in _WRITTEN:
                yield _WRITTEN[child.tag]
            elif child.tag == _BR:  # the end of a page or column parts more than a line does
                yield "\n" if child.get(qn("w:type")) in (None, "textWrapping") else "\n\n"
            elif child.tag in _NOTES:
                # each note once, so that no circle of notes is walked
                note = self._notes.pop((_NOTES[child.tag], child.get(qn("w:id"))), None)
                if note is not None:
                    self._cited.cite(note)
            elif child.tag not in _SKIPPED and not (child.tag in _RUNS and self._visibility.is_hidden(child, style)):
                yield _BEFORE.get(child.tag, "")
                stack.append(iter(child))

    def _style(self, node: Any) -> tuple[str, str]:
        """Return the name of a paragraph's style and the number that its list gives it."""
        style, inherited = self._styles.get(_style_id(node), ("", None))
        own = node.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        numbered = inherited if own is None else own
        if numbered is None:
            return style, ""
        list_id = _val(numbered.find(qn("w:numId"))) or (
            _val(inherited.find(qn("w:numId"))) if inherited is not None else ""
        )
        depth = _val(numbered.find(qn("w:ilvl"))) or "0"
        return style, self._numbering.next(list_id or "", int(depth) if depth.isdecimal() else 0)

    def _table(self, node: Any) -> Iterator[str]:
        """Yield a table as rows; one that holds tables or a single column is a frame, and yields its blocks."""
        rows = list(_children(node, "w:tr"))
        cells = [list(_children(row, "w:tc")) for row in rows]
        is_frame = sum(1 for _ in node.iter(_TBL)) > 1 or max(map(len, cells), default=0) < 2
        if is_frame:
            for cell in (cell for row in cells for cell in row):
                yield from self._blocks(cell)
        else:
            with self._cited.held():
                grid = spread([self._cell(cell) for cell in row] for row in cells)
            for above, row in pairwise(grid):
                row[:] = [_merged(text, above[at : at + 1]) for at, text in enumerate(row)]
            yield from table_lines(grid)

    def _cell(self, cell: Any) -> tuple[str, int, int]:
        span = _val(cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")) or "1"
        merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
        text = _FROM_ABOVE if merge is not None and _val(merge) != "restart" else " ".join(self._blocks(cell)).strip()
        return text, int(span) if span.isdecimal() and len(span) < 4 else 1, 1


def _merged(text: str, above: Sequence[str]) -> str:
    """A label merged with the one above is repeated; a figure stands once, so that none is counted twice."""
    if text != _FROM_ABOVE:
        return text
    return "" if not above or re.search(r"[0-9０-９]", above[0]) else above[0]


def _styles(root: Any | None) -> dict[str, tuple[str, Any | None]]:
    """Return name and list properties of each style by its id."""
    if root is None:
        return {}
    numbered = f"{qn('w:pPr')}/{qn('w:numPr')}"
    return {
        style.get(qn("w:styleId")): (_val(style.find(qn("w:name"))) or "", style.find(numbered))
        for style in root.iter(qn("w:style"))
    }


def _children(node: Any, name: str) -> Iterable[Any]:
    """Return the rows of a table or the cells of a row, also those that a content control wraps."""
    for child in node:
        if child.tag == qn(name):
            yield child
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml")):
            yield from _children(child, name)


def _style_id(paragraph: Any) -> str:
    return _val(paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")) or ""


def _val(node: Any | None) -> str | None:
    return None if node is None else node.get(qn("w:val"))
