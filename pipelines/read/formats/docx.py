"""Word documents (docx, docm, and wps files that are docx inside), read as they look with all changes accepted.

The walk is over the XML itself: python-docx does not know insertions, content controls and list numbers, and takes ten
times as long. Page headers and footers, comments, deleted text and tables of contents are no part of the report's text.
The numbers of lists come from `numbering`.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from lxml import etree

from pipelines.read.document import Document, ReadError
from pipelines.read.formats.numbering import Numbering, qn
from pipelines.read.layout import LayoutPart, compose, spread, table_lines
from pipelines.reasons import ReasonCode

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MOST_BYTES = 50_000_000  # of a part unpacked
_SKIPPED = frozenset(
    qn(name) for name in ("w:del", "w:moveFrom", "w:pPr", "w:rPr", "w:instrText", "w:delText", "w:tbl", "w:txbxContent")
) | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
_WRITTEN = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_P, _TBL, _T, _BOX = qn("w:p"), qn("w:tbl"), qn("w:t"), qn("w:txbxContent")
_FROM_ABOVE = "\ue000"
_CONTENTS = re.compile(r"^toc ?[0-9]", re.IGNORECASE)


def read(data: bytes, name: str) -> Document:
    """Return the text of a Word document. Raises ReadError `broken`, `bomb` or `empty`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return compose(map(LayoutPart, _Body(package).lines()), MEDIA_TYPE, None)
    except ReadError:
        raise
    except Exception as error:  # zipfile and lxml raise whatever the damage leads to
        message = f"found a damaged Word document ({type(error).__name__}); fetch it again, or save it as PDF"
        raise ReadError(ReasonCode.BROKEN, message) from error


def _part(package: zipfile.ZipFile, name: str) -> Any | None:
    """Return the root of the part `name`, None when there is none. Raises ReadError `bomb`."""
    try:
        info = package.getinfo(f"word/{name}.xml")
    except KeyError:
        return None
    if info.file_size > _MOST_BYTES:
        message = f"found {info.file_size} bytes of {name} when unpacked, the limit is {_MOST_BYTES}; save it anew"
        raise ReadError(ReasonCode.BOMB, message)
    return etree.fromstring(package.read(info), etree.XMLParser(resolve_entities=False, no_network=True))


class _Body:
    """The body of one document with its styles and lists."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._root = _part(package, "document")
        self._styles = _styles(_part(package, "styles"))
        self._numbering = Numbering(_part(package, "numbering"))

    def lines(self) -> Iterator[str]:
        return self._blocks(self._root)

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
            elif node.tag not in _SKIPPED or node.tag == _BOX:
                stack.append(iter(node))

    def _paragraph(self, node: Any) -> Iterator[str]:
        style, number = self._style(node)
        if _CONTENTS.match(style):
            return
        text = "".join(_texts(node)).strip()
        # a list counts its empty paragraphs too, yet a number without words says nothing
        yield number + text if text else ""
        for box in node.iter(_BOX):
            if not any(above.tag in _SKIPPED - {_BOX} for above in box.iterancestors()):
                yield from self._blocks(box)

    def _style(self, node: Any) -> tuple[str, str]:
        """Return the name of a paragraph's style and the number that its list gives it."""
        style_id = _val(node.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")) or ""
        style, inherited = self._styles.get(style_id, ("", None))
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


def _texts(node: Any) -> Iterator[str]:
    """Yield the text of a paragraph with insertions, without deletions, fields' codes and what boxes hold."""
    stack = [iter(node)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
        elif child.tag == _T:
            yield child.text or ""
        elif child.tag in _WRITTEN:
            yield _WRITTEN[child.tag]
        elif child.tag not in _SKIPPED:
            stack.append(iter(child))


def _val(node: Any | None) -> str | None:
    return None if node is None else node.get(qn("w:val"))
