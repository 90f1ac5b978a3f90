"""Reading: bytes in, clean text out, one module a format.

Here belongs the choice of the format, by content and not by name. Not here: who reports on what (`identify`) and
what the figures are (`extract`). A new format is a module with a function from bytes to `Document` and a line below.
"""

from pipelines.read import text
from pipelines.read.document import Document, ReadError, Span

__all__ = ["MAX_BYTES", "READER_VERSION", "Document", "ReadError", "Span", "read_bytes"]

# Part of the key under which read documents are cached: raise it with every change of what reading yields.
READER_VERSION = "1"
# A report is a few thousand characters; whoever calls refuses larger files before they are in memory.
MAX_BYTES = 20_000_000

_HEAD = 1024
# Formats that are known by their first bytes and that nobody reads yet.
_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an Office document (docx, xlsx)"),
    (b"\xd0\xcf\x11\xe0", "an old Office document (doc, xls, wps)"),
    (b"{\\rtf", "an RTF document"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
)
_HTML = (b"<!doctype html", b"<html", b"<head", b"<body", b"<?xml")


def read_bytes(data: bytes, name: str) -> Document:
    """Read the content of one file; `name` serves messages only.

    Raises ReadError with code `empty`, `unsupported`, `binary` or `undecodable`. Callers hold `data` below
    `MAX_BYTES` themselves.
    """
    if not data:
        raise ReadError("empty", f"{name} has no bytes")
    found = _unsupported(data)
    if found:
        raise ReadError("unsupported", f"found {found}, expected text; save {name} as plain text (UTF-8)")
    return text.read(data, name)


def _unsupported(data: bytes) -> str | None:
    """Name the format of `data` when it is one that is not read yet."""
    for magic, found in _MAGIC:
        if data.startswith(magic):
            return found
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return "an HTML page" if head.startswith(_HTML) else None
