"""The parts of a Word document, however they are packed: in a zip archive, or in one XML file (flat OPC, Word 2003).

Parts are found by the relationships between them, as Word finds them, so their names do not matter. Strict documents
use other namespaces; they are read as if they used the usual ones.
"""

import base64
import io
import posixpath
import zipfile
from typing import Any

from lxml import etree

from pipelines.read.document import ReadError
from pipelines.read.formats.docx_2003 import is_word_2003, parts_of_2003
from pipelines.read.signatures import FLAT_OFFICE, as_usual
from pipelines.reasons import ReasonCode

_PKG = f"{{{FLAT_OFFICE}}}"
_MOST_BYTES = 50_000_000  # of a part unpacked
_MAIN = "word/document.xml"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_TEXT = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"


class WordPackage:
    """The parts of one document by the kind of relationship that leads to them."""

    def __init__(self, data: bytes) -> None:
        """Take the bytes of a zip archive or of a flat XML file; raises what zipfile and lxml raise at damage."""
        self._zip: zipfile.ZipFile | None = None
        self._infos: dict[str, zipfile.ZipInfo] = {}
        self._trees: dict[str, Any] = {}
        self._binaries: dict[str, bytes] = {}
        if data.startswith(b"PK"):
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            # some programs for Windows write the separator of Windows into the archive
            self._infos = {info.filename.replace("\\", "/").lstrip("/"): info for info in self._zip.infolist()}
        else:
            self._take_apart(_parsed(data))
        self._main = self._target("", "officeDocument") or _MAIN

    def _take_apart(self, root: Any) -> None:
        """Find the parts in one XML file."""
        if is_word_2003(root):
            self._trees |= parts_of_2003(root)
        for part in root.iter(f"{_PKG}part"):
            content, name = part.find(f"{_PKG}xmlData"), (part.get(f"{_PKG}name") or "").lstrip("/")
            if content is not None and len(content):
                self._trees[name] = content[0]
            elif (binary := part.findtext(f"{_PKG}binaryData")) is not None:
                self._binaries[name] = base64.b64decode(binary)

    def body(self) -> Any:
        """Return the root of the main part. Raises ReadError `broken` (there is none) or `bomb` (too large)."""
        root = self._root(self._main)
        if root is None:
            message = f"found no part {self._main} in the Word document, expected its text; save it again, or as PDF"
            raise ReadError(ReasonCode.BROKEN, message)
        return root

    def part(self, kind: str) -> Any | None:
        """Return the root of the part `kind` (styles, numbering, footnotes ...), None when there is none.

        Raises ReadError `bomb` when it is too large.
        """
        beside = posixpath.join(posixpath.dirname(self._main), f"{kind}.xml")
        return self._root(self._target(self._main, kind) or beside)

    def linked(self, relation: str) -> bytes:
        """Return the bytes of the file to which the main part has the relationship `relation`; none if it has none.

        Raises ReadError `bomb` when it is too large.
        """
        folder, name = posixpath.split(self._main)
        root = self._root(posixpath.join(folder, "_rels", f"{name}.rels"))
        for node in () if root is None else root:
            if isinstance(node.tag, str) and node.get("Id") == relation:
                return self._bytes(_resolved(folder, node.get("Target") or ""))
        return b""

    def _target(self, source: str, kind: str) -> str | None:
        """Return the name of the part to which `source` (empty: the package) has a relationship of this kind."""
        folder, name = posixpath.split(source)
        root = self._root(posixpath.join(folder, "_rels", f"{name}.rels"))
        for node in () if root is None else root:
            target = node.get("Target") if isinstance(node.tag, str) else None
            if target and (node.get("Type") or "").rpartition("/")[2] == kind:
                found = _resolved(folder, target)
                if found in self._infos or found in self._trees:
                    return found
        return None

    def _root(self, name: str) -> Any | None:
        if name in self._infos and name not in self._trees:
            self._trees[name] = _parsed(self._bytes(name))
        return self._trees.get(name)

    def _bytes(self, name: str) -> bytes:
        info = self._infos.get(name)
        if self._zip is None or info is None:
            return self._binaries.get(name, b"")
        if info.file_size > _MOST_BYTES:
            message = f"found {info.file_size} bytes of {name} when unpacked, the limit is {_MOST_BYTES}; save it anew"
            raise ReadError(ReasonCode.BOMB, message)
        return self._zip.read(info)


def _resolved(folder: str, target: str) -> str:
    """Return the name of the part that a relationship of a part in `folder` leads to."""
    return posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/"))).lstrip("/")


def choose_alternatives(root: Any) -> None:
    """Leave of each `mc:AlternateContent` one alternative: the first that has a text, else the first.

    Word writes a text box twice, for new and for old programs; other programs write it for old ones only.
    """
    for node in list(root.iter(f"{_COMPATIBILITY}AlternateContent")):
        alternatives = list(node)
        kept = next((child for child in alternatives if any(text.text for text in child.iter(_TEXT))), None)
        for child in alternatives:
            if child is not (alternatives[0] if kept is None else kept):
                node.remove(child)


def _parsed(data: bytes) -> Any:
    return etree.fromstring(as_usual(data), etree.XMLParser(resolve_entities=False, no_network=True))
