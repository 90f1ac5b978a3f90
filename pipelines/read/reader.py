"""Reading: bytes in, clean text out, one module a format. The format is chosen by content, never by name.

A new format is a module in `formats/` with a function from bytes to `Document`, and a line below.
"""

import io
import re
import zipfile
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple, cast

from pipelines.read.document import Document, ReadError, ScansWantedError
from pipelines.read.scans.scanned_page import NO_SCANS, Scans
from pipelines.read.shell import refuse_shell
from pipelines.read.signatures import EXCEL_2003, FLAT_OFFICE, OPEN_DOCUMENT, WORD_2003, pdf_start
from pipelines.read.text_signs import is_mail, is_markdown
from pipelines.read.unpack import is_archive
from pipelines.reasons import ReasonCode

# A report is a few thousand characters; whoever calls refuses larger files before they are in memory.
MAX_BYTES = 20_000_000
# Pages and texts up to here are read in this process, which is faster; no more can be lost on them than a second.
MOST_BYTES_HERE = 65_536

_HEAD = 4096
_ROOT = 16_384  # office programs declare dozens of namespaces in the root of an XML document


class _Format(NamedTuple):
    """A format by the name of its module. What a library in C or Rust reads is read in the helper process.

    The module of a format that may hold scans (`has_scans`) has a function `picture` beside `read`.
    """

    module: str
    is_isolated: bool = False
    has_scans: bool = False


_PDF, _DOCX, _PICTURE = _Format("pdf", True, True), _Format("docx", True, True), _Format("picture", True, True)


# Formats that are known by their first bytes.
_MAGIC: tuple[tuple[bytes, _Format | str], ...] = (
    (b"%PDF", _PDF),
    (b"{\\rtf", _Format("rtf", True)),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"II*\x00", _PICTURE),
    (b"MM\x00*", _PICTURE),
)
# What a zip archive is by a file in it; one with none of these is an archive of files.
_PACKAGES: tuple[tuple[str, _Format | str], ...] = (
    ("word/document.xml", _DOCX),
    ("xl/workbook.xml", _Format("spreadsheet", True)),
    ("xl/workbook.bin", _Format("spreadsheet", True)),
    ("ppt/presentation.xml", "a PowerPoint file"),
    ("ofd.xml", _Format("ofd", True, True)),
    ("encryptions.xml", _Format("ofd", True, True)),
    ("content.xml", _Format("opendocument", True)),
)
# What a file of one XML document is by a namespace of its root.
_ROOTS = (
    (FLAT_OFFICE, _DOCX),
    (WORD_2003, _DOCX),
    (EXCEL_2003, _Format("spreadsheet", True)),
    (f"{OPEN_DOCUMENT}office", _Format("opendocument", True)),
)
_TAG = re.compile(
    rb"<(?:!doctype html|html|head|body|meta|title|div|table|p|span|h[1-6]|br|font|center)\b[^<]*>", re.IGNORECASE
)
_OPENS = re.compile(rb"\s*<[!?a-z]", re.IGNORECASE)
_JSON = re.compile(rb"\s*(?:[\w.$]{1,60}\s*\(\s*)?(?:\{\s*[\"}]|\[\s*[{\[\"\]])")
_XML = re.compile(rb"\s*<\?xml", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_OLE = b"\xd0\xcf\x11\xe0"
# The streams of old Office documents; a workbook may lie in a text, and then the text counts.
_WORD, _WORKBOOKS = (
    "WordDocument".encode("utf-16-le"),
    tuple(f"{name}\0".encode("utf-16-le") for name in ("Workbook", "Book")),
)
_ZIP, _BOM = b"PK\x03\x04", b"\xef\xbb\xbf"
_BLANKS = tuple(bytes([byte]) for byte in b"\xef\xbb\xbf \t\r\n")
# How what begins with a tag or a bracket begins in UTF-16, with and without a byte order mark.
_WIDE = (
    *((first, "utf-16-le") for first in (b"\xff\xfe<\0", b"\xff\xfe{\0", b"\xff\xfe[\0", b"<\0", b"{\0", b"[\0")),
    *((first, "utf-16-be") for first in (b"\xfe\xff\0<", b"\xfe\xff\0{", b"\xfe\xff\0[", b"\0<", b"\0{", b"\0[")),
)
_DECLARED = re.compile(r"(\A\s*<\?xml[^>]{0,100}?)\s+encoding\s*=\s*[\"'][^\"']*[\"']")
_MOST_JUNK = 1024  # bytes before an archive: a byte order mark, blank lines, the head of an answer


def read_bytes(data: bytes, name: str, scans: Scans = NO_SCANS) -> Document:
    """Read the content of one file; `name` serves messages only, `scans` are its scanned pages that were read.

    Raises ReadError, whose code says what stands in the way: `empty`, `unsupported`, `binary`, `undecodable`,
    `garbled`, `encrypted`, `broken`, `shell`, `needs_ocr`, `attachment`, `bomb`, `too_large`, `too_slow`, `crashed`,
    and `archive` for an archive, of which the caller reads the members (`pipelines.read.unpack`). ScansWantedError
    names the scanned pages that are to be read (`page_picture`). Callers hold `data` to `MAX_BYTES`.
    """
    if not data:
        raise ReadError(ReasonCode.EMPTY, f"{name} has no bytes")
    data = _without_junk(data)
    found = _known_format(data, name)
    arguments = (data, name, scans) if found.has_scans else (data, name)
    try:
        document = cast(Document, _called(found, "read", arguments))
    except ScansWantedError as error:
        if found.has_scans:
            raise
        raise _within(error, name) from error
    refuse_shell(document)
    return document


def read_inside(data: bytes, name: str) -> Document:
    """Read a document that lies in another one, as `read_bytes` does, in the process in which that one is read.

    It may be a part without a text of its own: a title, a picture."""
    if not data:
        raise ReadError(ReasonCode.EMPTY, f"{name} has no bytes")
    data = _without_junk(data)
    read: Callable[[bytes, str], Document] = import_module(
        f"pipelines.read.formats.{_known_format(data, name).module}"
    ).read
    try:
        return read(data, name)
    except ScansWantedError as error:
        raise _within(error, name) from error


def _within(error: ScansWantedError, name: str) -> ReadError:
    """Return the reason for scans in a file within `name`, whose pages have no numbers that the caller knows."""
    message = f"{error.message.partition(';')[0]} in a file within {name}; give that file alone"
    return ReadError(ReasonCode.NEEDS_OCR, message)


def page_picture(data: bytes, name: str, number: int) -> bytes:
    """Return scanned page `number` of a file, as a ScansWantedError of `read_bytes` names it: a PNG picture.

    Raises ReadError.
    """
    data = _without_junk(data)
    return cast(bytes, _called(_known_format(data, name), "picture", (data, number)))


def _called(found: _Format, function: str, arguments: tuple[Any, ...]) -> Any:
    """Return what a function of the format's module returns, called in the helper process where that is needed: for
    libraries that may crash, and for all that is large, since only there is the time limited.
    """
    call: Callable[..., Any] = getattr(import_module(f"pipelines.read.formats.{found.module}"), function)
    if not found.is_isolated and len(arguments[0]) <= MOST_BYTES_HERE:
        return call(*arguments)
    from pipelines.read import isolation

    return isolation.run(call, *arguments)


def _known_format(data: bytes, name: str) -> _Format:
    """Return the format of `data`; raises ReadError `unsupported` when it is none that is read."""
    found = _format(data)
    if isinstance(found, str):
        raise ReadError(
            ReasonCode.UNSUPPORTED, f"found {found}, expected a report; save {name} as PDF, docx or plain text"
        )
    return found


def _format(data: bytes) -> _Format | str:
    """Return the format of `data`, or in words what it is when it is none that is read."""
    for magic, found in _MAGIC:
        if data.startswith(magic):
            return found
    if data.startswith(_OLE):
        return _compound(data)
    if is_archive(data):
        raise ReadError(ReasonCode.ARCHIVE, "found an archive, expected one report; name a file in it, or unpack it")
    if data.startswith(_ZIP):
        return _package(data)
    if _is_bmp_or_webp(data):
        return _PICTURE
    if pdf_start(data) > 0 and b"startxref" in data[-_HEAD:]:
        return _PDF
    head = data[:_HEAD].removeprefix(_BOM)
    root = data[:_ROOT] if _OPENS.match(head) else b""
    if b"<html" not in root.lower():
        for namespace, format_of_root in _ROOTS:
            if namespace.encode() in root:
                return format_of_root
    if _OPENS.match(head):  # a comment may be longer than all the head
        head = _without_comments(data.removeprefix(_BOM))[:_HEAD]
    if _OPENS.match(head) and _TAG.search(head):
        return _Format("html", has_scans=True)
    if _XML.match(head):
        return "an XML document"
    if is_mail(data):
        return _Format("mail", True, True)
    if _JSON.match(head):
        return _Format("json_page")
    return _Format("markdown" if is_markdown(data) else "plain_text")


def _is_bmp_or_webp(data: bytes) -> bool:
    """Return whether `data` is a picture whose first bytes alone do not tell it."""
    is_bmp = data.startswith(b"BM") and int.from_bytes(data[2:6], "little") in (0, len(data)) and data[6:10] == bytes(4)
    return is_bmp or (data.startswith(b"RIFF") and data[8:12] == b"WEBP")


def _without_comments(data: bytes) -> bytes:
    """Return a page without its comments; one that is never closed stays, so that its end is not looked for again."""
    commented, end, rest = data.rpartition(b"-->")
    return _COMMENT.sub(b"", commented + end) + rest


def _without_junk(data: bytes) -> bytes:
    """Return `data` from where its format begins, when blanks, a byte order mark or the head of an answer stand before
    it, and a page or JSON in UTF-16 as UTF-8.
    """
    known = (_OLE, *(magic for magic, _ in _MAGIC))
    if data[:1] in _BLANKS and (bare := data.lstrip(b"".join(_BLANKS))).startswith(known):
        return bare
    start = data.find(_ZIP, 0, _MOST_JUNK + len(_ZIP))
    if start > 0 and not data.startswith(known) and not is_archive(data):
        return data[start:]
    return _narrow(data)


def _narrow(data: bytes) -> bytes:
    """Return a page, an XML document or JSON in UTF-16 as UTF-8, without the charset that it declares."""
    for mark, charset in _WIDE:
        if data.startswith(mark):
            try:
                text = data.decode(charset).lstrip("\ufeff")
            except UnicodeDecodeError:
                return data
            return _DECLARED.sub(r"\1", text).encode() if text.lstrip()[:1] in ("<", "{", "[") else data
    return data


def _compound(data: bytes) -> _Format:
    """Return what an OLE file of old Office is, by the names of its streams."""
    if _WORD not in data and any(name in data for name in _WORKBOOKS):
        return _Format("spreadsheet", True)
    return _Format("doc", True)


def _package(data: bytes) -> _Format | str:
    """Return what a zip archive is."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            # some programs for Windows write the separator of Windows into the archive
            names = {info.filename.replace("\\", "/").lower() for info in package.infolist()}
    except Exception as error:
        raise ReadError(
            ReasonCode.BROKEN, "found a damaged zip archive or Office document; fetch or save it again"
        ) from error
    for member, found in _PACKAGES:
        if member in names:
            return found
    if any(name.startswith("xl/") for name in names):
        return _Format("spreadsheet", True)
    if any(name.startswith("word/") for name in names):  # Word finds its parts by relationships, not by name
        return _DOCX
    return "an Office document without a text"
