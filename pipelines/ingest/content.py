"""What bytes are, as far as fetching must know: the extension of a file name, and the text of a page with links.

Documents are read for their content by `pipelines.read`. Here nothing is refused, and only `unpacked` raises.
"""

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO

_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
)
_MEMBERS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "OFD.xml": "ofd"}  # of a zip archive
_HTML_SIGNS = (b"<!doctype html", b"<html", b"<head", b"<body", b"<meta", b"<div", b"<script", b"<table", b"<p")
_LOOK = 4096
_PIECE = 2**16  # bytes that are unpacked at once


def extension(data: bytes) -> str:
    """The extension that we give a file with these bytes, without the dot; `bin` where they are nothing we know."""
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data.startswith(b"PK\x03\x04"):
        return _kind_of_zip(data)
    if is_page(data):
        return "html"
    return "bin" if b"\0" in data[:_LOOK] else "txt"


def is_page(data: bytes) -> bool:
    """Whether the bytes are HTML, by their beginning."""
    head = data[:_LOOK].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return head.startswith(b"<") and b"\0" not in head and any(sign in head for sign in _HTML_SIGNS)


def page_text(data: bytes) -> str:
    """The characters of a page or list. What it declares is not believed: UTF-8 if it is that, else GB18030."""
    text = data.decode("utf-8-sig", "replace")
    is_utf8 = text.count("\ufffd") * 1000 <= len(text)  # a stray byte does not make it another charset
    return text if is_utf8 else data.decode("gb18030", "replace")


def unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """A body in gzip or deflate, piece by piece; some servers mean deflate without its head.

    Raises zlib.error where it is damaged, and EOFError where it ends before its end.
    """
    inflate, head = None, b""
    for chunk in chunks:
        data = head + chunk
        if inflate is None:
            head = data
            if len(head) < 2:
                continue
            has_head = head[0] & 0x0F == 8 and int.from_bytes(head[:2], "big") % 31 == 0
            inflate, head = zlib.decompressobj(47 if has_head or head[:2] == b"\x1f\x8b" else -zlib.MAX_WBITS), b""
        while data and not inflate.eof:
            yield inflate.decompress(data, _PIECE)
            data = inflate.unconsumed_tail
    if head or (inflate is not None and not inflate.eof):
        raise EOFError


def _kind_of_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        return "zip"
    return next((kind for member, kind in _MEMBERS.items() if member in names), "zip")
