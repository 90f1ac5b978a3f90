"""OpenDocument texts and sheets (odt, ott, ods, and flat fodt, fods), read as they look with all changes accepted.

Formulas are text. Page headers and footers, comments, indexes, and deleted, struck or hidden text are no part of the
report's text. Boxes and notes stand behind their paragraph or table. Cells stand as they are shown.

Not read: page headers and footers, comments, indexes, deleted, struck and hidden text, and pictures.
"""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

from pipelines.read.damage import damage_named
from pipelines.read.document import Document, ReadError
from pipelines.read.formats.opendocument_styles import ListCount, Styles, tag_of
from pipelines.read.formats.spreadsheet import lines_of_sheet
from pipelines.read.formats.spreadsheet_cells import Sheet
from pipelines.read.hard_breaks import join_cut_lines
from pipelines.read.layout import compose, spread, table_lines, text_parts
from pipelines.read.notes import CitedNotes, with_notes
from pipelines.read.paragraphs import whole_numbers
from pipelines.reasons import ReasonCode

TEXT_TYPE = "application/vnd.oasis.opendocument.text"
SHEET_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_MOST_BYTES = 50_000_000  # of a part unpacked
_MOST_REPEATED, _MOST_SPACES, _MOST_CELLS = 200, 100, 200_000
_P, _H, _LIST, _SECTION = (tag_of(name) for name in ("text:p", "text:h", "text:list", "text:section"))
_TABLE, _ROW, _CELL = (tag_of(name) for name in ("table:table", "table:table-row", "table:table-cell"))
_COVERED, _ITEM, _NOTE = (tag_of(name) for name in ("table:covered-table-cell", "text:list-item", "text:note"))
_IMAGE, _BOX = tag_of("draw:image"), tag_of("draw:text-box")
_SPACE, _TAB, _BREAK = (tag_of(name) for name in ("text:s", "text:tab", "text:line-break"))
_OBJECT, _HREF = tag_of("draw:object"), "{http://www.w3.org/1999/xlink}href"
_MATH = "{http://www.w3.org/1998/Math/MathML}"
_MATH_WORDS = frozenset(f"{_MATH}{name}" for name in ("mi", "mn", "mo", "mtext", "ms"))
_MATH_NOTES = frozenset(f"{_MATH}{name}" for name in ("annotation", "annotation-xml"))
_BETWEEN = {f"{_MATH}mfrac": "/", f"{_MATH}msup": "^", f"{_MATH}msub": "_"}
_HIDDEN_PARAGRAPH, _SPAN = tag_of("text:hidden-paragraph"), tag_of("text:span")
_SKIPPED = frozenset(
    tag_of(name)
    for name in (
        "text:tracked-changes office:annotation office:annotation-end office:forms text:sequence-decls "
        "text:variable-decls text:user-field-decls text:table-of-content text:alphabetical-index "
        "text:illustration-index text:table-index text:object-index text:user-index text:bibliography text:ruby-text "
        "text:note-citation table:shapes table:tracked-changes office:event-listeners svg:title svg:desc draw:object"
    ).split()
)


def read(data: bytes, name: str) -> Document:
    """Return the text of an OpenDocument file.

    Raises ReadError `encrypted`, `broken`, `bomb`, `too_large`, `unsupported` (a presentation) or `empty`.
    """
    with damage_named("OpenDocument file"):
        content, styles = _parts(data)
        body = content.find(tag_of("office:body"))
        for kind, media_type in (("office:text", TEXT_TYPE), ("office:spreadsheet", SHEET_TYPE)):
            found = None if body is None else body.find(tag_of(kind))
            if found is not None:
                text = _Text(Styles(content, styles), data)
                lines = list(text.lines(found) if media_type == TEXT_TYPE else text.sheets(found))
                return compose(text_parts(lines), media_type, None, pictures=text.pictures)
    raise ReadError(
        ReasonCode.UNSUPPORTED, f"found an OpenDocument drawing or presentation, expected a text; save {name} as PDF"
    )


def _parts(data: bytes) -> tuple[Any, Any | None]:
    """Return the roots of the content and of the styles; in a flat file both are one."""
    if not data.startswith(b"PK"):
        return _parsed(data), None
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        infos = {info.filename.replace("\\", "/"): info for info in package.infolist()}
        manifest = infos.get("META-INF/manifest.xml")
        is_locked = manifest is not None and b"encryption-data" in _unpacked(package, manifest)
        if is_locked or infos["content.xml"].flag_bits & 1:
            message = (
                "found an OpenDocument file that needs a password, expected an open one; save it without protection"
            )
            raise ReadError(ReasonCode.ENCRYPTED, message)
        content = _parsed(_unpacked(package, infos["content.xml"]))
        styles = infos.get("styles.xml")
        return content, None if styles is None else _parsed(_unpacked(package, styles))


def _unpacked(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.file_size > _MOST_BYTES:
        message = f"found {info.file_size} bytes of {info.filename}, the limit is {_MOST_BYTES}; save it anew"
        raise ReadError(ReasonCode.BOMB, message)
    return package.read(info)


def _parsed(data: bytes) -> Any:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True))


class _Text:
    """The walk over one body, with its lists and notes. Parsed XML is at most 256 deep, so the walk may call itself."""

    def __init__(self, styles: Styles, data: bytes) -> None:
        self._styles, self._data = styles, data
        self._headings = ListCount(styles.outline)
        self._lists: dict[str, ListCount] = {}
        self._cited = CitedNotes(self._blocks)
        self._cells = 0
        self.pictures = 0

    def lines(self, body: Any) -> Iterator[str]:
        """Yield the lines of a text."""
        yield from with_notes(self._blocks(body))

    def sheets(self, body: Any) -> Iterator[str]:
        """Yield the lines of the sheets that are shown."""
        for table in body.iterfind(_TABLE):
            if not self._styles.is_hidden_table(table):
                rows: list[list[str]] = []
                merged: list[tuple[int, int, int, int]] = []
                for row in self._rows(table):
                    for at, (_, columns, height) in enumerate(row):
                        if columns > 1 or height > 1:
                            merged.append((len(rows), at, len(rows) + height - 1, at + columns - 1))
                    rows.append([text for text, _, _ in row])
                yield from join_cut_lines(list(lines_of_sheet(Sheet(rows, merged))))

    def _blocks(self, parent: Any) -> Iterator[str]:
        """Yield the lines of paragraphs, lists and tables in order, whatever wraps them."""
        for node in parent:
            if node.tag in (_P, _H):
                yield from self._paragraph(node)
            elif node.tag == _LIST:
                yield from self._list(node, "", 0)
            elif node.tag == _TABLE:
                yield from self._table(node)
                yield from self._cited.lines()
            elif node.tag == _IMAGE:
                self.pictures += 1
            elif node.tag not in _SKIPPED and not self._styles.is_hidden_section(node):
                yield from self._blocks(node)

    def _paragraph(self, node: Any, number: str = "") -> Iterator[str]:
        if any(field.get(tag_of("text:is-hidden")) == "true" for field in node.iterfind(f".//{_HIDDEN_PARAGRAPH}")):
            return
        style = node.get(tag_of("text:style-name")) or ""
        boxes: list[Any] = []
        text = whole_numbers("".join(self._inline(node, "paragraph", style, boxes))).strip()
        if node.tag == _H and not number and text:
            level = node.get(tag_of("text:outline-level")) or "1"
            number = self._headings.next(int(level) if level.isdecimal() else 1)
        if text:
            yield number + text
        yield from self._cited.lines()
        for box in boxes:
            yield from self._blocks(box)

    def _inline(self, node: Any, family: str, style: str, boxes: list[Any]) -> Iterator[str]:
        """Yield the text within a paragraph; what boxes hold waits in `boxes`, notes wait for its end."""
        shown = not self._styles.is_hidden(family, style)
        if shown:
            yield _flat(node.text)
        for child in node:
            tag = child.tag
            if tag == _SPACE:
                count = child.get(tag_of("text:c")) or "1"
                yield " " * min(int(count) if count.isdecimal() else 1, _MOST_SPACES) if shown else ""
            elif tag in (_TAB, _BREAK):
                yield (" " if tag == _TAB else "\n") if shown else ""
            elif tag == _NOTE:
                if shown:
                    self._cited.cite(child)
            elif tag == _SPAN:
                own = child.get(tag_of("text:style-name")) or ""
                if shown or self._styles.shows(own):
                    yield from self._inline(child, "text", own, boxes)
            elif isinstance(tag, str) and tag.startswith(tag_of("draw:")):
                formula = self._formula(child)
                if formula is None:
                    boxes.append([child])
                elif shown:
                    yield formula
            elif tag not in _SKIPPED and shown and child.get(tag_of("text:is-hidden")) != "true":
                yield from self._inline(child, "", "", boxes)
            if shown:
                yield _flat(child.tail)

    def _formula(self, frame: Any) -> str | None:
        """Return the text of a formula that stands in a line; None for a frame of anything else."""
        node = frame.find(_OBJECT)
        if node is None:
            return None
        root, part = node.find(f"{_MATH}math"), (node.get(_HREF) or "").removeprefix("./")
        if root is None and part and self._data.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(self._data)) as package:
                infos = {info.filename.replace("\\", "/"): info for info in package.infolist()}
                info = infos.get(f"{part.strip('/')}/content.xml")
                root = None if info is None else _parsed(_unpacked(package, info))
        if root is None or root.tag != f"{_MATH}math":
            return None
        return "".join(_of_formula(root))

    def _list(self, node: Any, style: str, depth: int) -> Iterator[str]:
        """Yield the items of a list; its numbers come from its style."""
        style = node.get(tag_of("text:style-name")) or style
        count = self._lists.setdefault(style, ListCount(self._styles.lists.get(style, {})))
        goes_on = node.get(tag_of("text:continue-numbering")) == "true" or node.get(tag_of("text:continue-list"))
        if not goes_on:
            count.restart(depth + 1)
        for item in node:
            number = ""
            if item.tag == _ITEM and any(child.tag in (_P, _H) for child in item):
                number = count.next(depth + 1, item.get(tag_of("text:start-value")))
            for child in item:
                if child.tag == _LIST:
                    yield from self._list(child, style, depth + 1)
                elif child.tag in (_P, _H):
                    yield from self._paragraph(child, number)
                    number = ""
                else:
                    yield from self._blocks([child])

    def _table(self, node: Any) -> Iterator[str]:
        """Yield a table as rows; one that holds tables or a single column is a frame, and yields its blocks."""
        cells = [list(row.iterfind(_CELL)) for row in _own_rows(node)]
        if next(node.iterdescendants(_TABLE), None) is not None or max(map(len, cells), default=0) < 2:
            for cell in (cell for row in cells for cell in row):
                yield from self._blocks(cell)
        else:
            with self._cited.held():
                grid = spread(_uncovered(row) for row in self._rows(node))
            yield from table_lines(grid)

    def _rows(self, table: Any) -> Iterator[list[tuple[str, int, int]]]:
        """Yield the rows that are shown as (text, columns, rows) of each cell; a covered cell spans no column."""
        for row in _own_rows(table):
            if row.get(tag_of("table:visibility")) in ("collapse", "filter"):
                continue
            cells: list[tuple[str, int, int]] = []
            for cell in row:
                if cell.tag in (_CELL, _COVERED):
                    covered = cell.tag == _COVERED
                    text = "" if covered else "\n".join(self._blocks(cell)).strip()
                    columns, height = (
                        (0, 0) if covered else (_whole(cell, "columns-spanned"), _whole(cell, "rows-spanned"))
                    )
                    cells += [(text, columns, height)] * _whole(cell, "columns-repeated")
            if any(text for text, _, _ in cells):
                times = _whole(row, "rows-repeated")
                self._cells += times * len(cells)
                if self._cells > _MOST_CELLS:
                    message = f"found tables of more than {_MOST_CELLS} cells, expected a report; save it alone"
                    raise ReadError(ReasonCode.TOO_LARGE, message)
                yield from [cells] * times


def _own_rows(table: Any) -> Iterator[Any]:
    """Yield the rows of a table, whatever groups them; those of tables in its cells are not its own."""
    for child in table:
        if child.tag == _ROW:
            yield child
        elif child.tag not in (_TABLE, _CELL, _COVERED):
            yield from _own_rows(child)


def _of_formula(node: Any) -> Iterator[str]:
    """Yield the text of MathML; a fraction and a power are not the digits of one number."""
    if node.tag in _MATH_WORDS:
        yield (node.text or "").strip()
    for at, child in enumerate(node):
        if child.tag not in _MATH_NOTES:
            yield _BETWEEN.get(node.tag, "") if at == 1 else ""
            yield from _of_formula(child)


def _uncovered(row: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    return [cell for cell in row if cell[1]]


def _whole(node: Any, name: str) -> int:
    """Return how often a row or cell is repeated, or how far it reaches."""
    value = node.get(tag_of(f"table:number-{name}")) or "1"
    return min(int(value), _MOST_REPEATED) if value.isdecimal() and value != "0" else 1


def _flat(text: str | None) -> str:
    """Return text as it is shown: line ends of the file are spaces."""
    return (text or "").replace("\r", "").replace("\n", " ")
