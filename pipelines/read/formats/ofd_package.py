"""The parts of an OFD file: a zip archive of XML, whose parts name each other by paths, with or without a root.

Writers differ in prefixes of names, in separators of paths and in the case of file names; none of that matters here.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from lxml import etree

from pipelines.read.document import ReadError
from pipelines.reasons import ReasonCode

_MOST_MEMBERS = 20_000
_MOST_BYTES, _MOST_IN_ALL = 30_000_000, 100_000_000  # unpacked: of a part, and of all parts that are read
_LOCKED = 0x1
_SEALED = frozenset({"encryptions.xml", "decryptseed.dat", "entriesmap.dat"})  # encrypted as GM/T 0099 has it
_CITED = ("CompositeGraphicUnits/CompositeGraphicUnit", "DrawParams/DrawParam", "MultiMedias/MultiMedia")
AT = "At"  # the attribute that is set to where the file of a picture lies, from the root
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,2})?")


def number_list(text: str) -> list[float]:
    """Return the numbers of an attribute such as `25 105 170 7`."""
    return [float(number) for number in _NUMBER.findall(text)]


class OfdPackage:
    """The parts of one file by their names."""

    def __init__(self, data: bytes) -> None:
        """Take the bytes of a file; raises what zipfile and lxml raise at damage, ReadError `encrypted` and `bomb`."""
        self._zip = zipfile.ZipFile(io.BytesIO(data))
        infos = self._zip.infolist()
        if len(infos) > _MOST_MEMBERS:
            message = f"found {len(infos)} parts in an OFD file, the limit is {_MOST_MEMBERS}; save it anew"
            raise ReadError(ReasonCode.BOMB, message)
        self._infos = {info.filename.replace("\\", "/").strip("/").lower(): info for info in infos}
        self._left = _MOST_IN_ALL
        self._trees: dict[str, Any] = {}
        self._is_sealed = any(posixpath.basename(name) in _SEALED for name in self._infos)

    def documents(self) -> list[str]:
        """Return the names of the root parts of the documents in it. Raises ReadError `broken` or `encrypted`."""
        found = [
            self.find("", node.text.strip())
            for node in self.tree("ofd.xml").iterfind("DocBody/DocRoot")
            if node.text and node.text.strip()
        ]
        if not found:
            raise self._broken("no document named in OFD.xml")
        return list(dict.fromkeys(found))

    def find(self, source: str, place: str) -> str:
        """Return the name of the part at `place` as the part `source` names it. Raises ReadError `broken`."""
        place = place.strip().replace("\\", "/").lower()
        beside = posixpath.join("/", posixpath.dirname(source).lower(), place)
        for path in (beside, posixpath.join("/", place)):  # some writers count from the root without saying so
            name = posixpath.normpath(path).strip("/")
            if name in self._infos:
                return name
        raise self._broken(f"no part {place}")

    def tree(self, name: str) -> Any:
        """Return the XML of a part with its names without namespace.

        Raises ReadError `broken`, `encrypted` or `bomb`, and what lxml raises.
        """
        if name not in self._trees:
            self._trees[name] = self._parsed(name)
        return self._trees[name]

    def resources(self, source: str, nodes: Iterable[Any]) -> dict[str, Any]:
        """Return what pages cite by its ID, from the resource parts that these elements of `source` name."""
        found: dict[str, Any] = {}
        for node in nodes:
            if node.tag in ("PublicRes", "DocumentRes", "PageRes") and (node.text or "").strip():
                try:
                    root = self.tree(self.find(source, node.text))
                except (ReadError, etree.XMLSyntaxError):  # a text needs none of its fonts and pictures
                    continue
                for kind in _CITED:
                    found |= {item.get("ID"): item for item in root.iterfind(kind) if item.get("ID")}
                part, folder = self.find(source, node.text), root.get("BaseLoc") or ""
                for item in root.iterfind("MultiMedias/MultiMedia"):
                    beside = posixpath.join(posixpath.dirname(part), folder).replace("\\", "/")
                    with suppress(ReadError):
                        item.set(AT, self.find(f"{beside}/", item.findtext("MediaFile") or ""))
        return found

    def content(self, name: str) -> bytes:
        """Return the bytes of a part. Raises ReadError `broken`, `encrypted` or `bomb`."""
        info = self._infos.get(name)
        if info is None:
            raise self._broken(f"no part {name}")
        if info.flag_bits & _LOCKED:
            raise _sealed()
        self._left -= info.file_size
        if info.file_size > _MOST_BYTES or self._left < 0:
            message = f"found {info.file_size} bytes of {name} when unpacked, the limit is {_MOST_BYTES}; save it anew"
            raise ReadError(ReasonCode.BOMB, message)
        return self._zip.read(info)

    def attached(self, document: str) -> list[str]:
        """Return the names of the files attached to a document."""
        return list(self._attached(document))

    def _attached(self, document: str) -> Iterator[str]:
        node = self.tree(document).find("Attachments")
        if node is None or not (node.text or "").strip():
            return
        try:
            root = self.tree(self.find(document, node.text))
        except (ReadError, etree.XMLSyntaxError):
            return
        for item in root.iterfind("Attachment"):
            place = (item.findtext("FileLoc") or "").strip()
            yield item.get("Name") or posixpath.basename(place) or "without a name"

    def _parsed(self, name: str) -> Any:
        data = self.content(name)
        if self._is_sealed and not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            raise _sealed()
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True))
        for node in root.iter(etree.Element):
            node.tag = node.tag.rpartition("}")[2]
        return root

    def _broken(self, what: str) -> ReadError:
        if self._is_sealed:
            return _sealed()
        return ReadError(ReasonCode.BROKEN, f"found {what} in an OFD file, expected its text; fetch it again")


def _sealed() -> ReadError:
    message = "found an OFD file that needs a password or a key, expected an open one; save it without protection"
    return ReadError(ReasonCode.ENCRYPTED, message)
