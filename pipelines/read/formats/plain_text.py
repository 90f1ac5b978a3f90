"""Plain text, and web pages that were saved as text: the one format without structure.

Its furniture is found by wording and place alone. Lines that were cut at one width are joined, and sentences that a
page ends within. Tables of tabs or spaces become rows.
"""

from itertools import accumulate

from pipelines.read.charset import decode
from pipelines.read.completeness import is_complete
from pipelines.read.document import Document, ReadError, Span
from pipelines.read.furniture import find_furniture
from pipelines.read.hard_breaks import paragraphs_of
from pipelines.read.normalise import normalise
from pipelines.read.text_pages import TextPages, pages_of
from pipelines.read.text_tables import rows_as_lines
from pipelines.reasons import ReasonCode


def read(data: bytes, name: str) -> Document:
    """Return the document in the bytes of a text file. Raises ReadError `empty`, `binary` or `undecodable`."""
    decoded, charset = decode(data)
    if not normalise(decoded).strip():
        raise ReadError(ReasonCode.EMPTY, f"{name} has nothing but white space")
    stored, known = _stored(decoded)
    found, fields = find_furniture(stored)
    # what stands between pages goes before what the wording shows; spans do not overlap
    free = [span for span in found if not any(span.start < other.end and other.start < span.end for other in known)]
    furniture = tuple(sorted([*known, *free], key=lambda span: span.start))
    return Document(
        text=stored,
        media_type="text/plain",
        encoding=charset,
        furniture=furniture,
        fields=fields,
        is_complete=is_complete(stored, furniture),
    )


def _with_rows(pages: TextPages) -> TextPages:
    """Return pages whose tables are rows; where a row has taken several lines, those behind it move up."""
    shown = rows_as_lines(pages.lines)
    number = [*accumulate((line is not None for line in shown), initial=-1)][1:]
    return TextPages(
        [line for line in shown if line is not None],
        frozenset(number[start] for start in pages.starts),
        {number[at] if at >= 0 else at: lines for at, lines in pages.aside.items()},
    )


def _stored(decoded: str) -> tuple[str, list[Span]]:
    """Return the text in whole paragraphs, with the furniture between its pages."""
    lines, starts, aside = _with_rows(pages_of(decoded))
    ends = sorted(aside)
    parts: list[str] = []
    known: list[Span] = []
    at = 0
    for text, last in [("", -1), *((paragraph.text, paragraph.last) for paragraph in paragraphs_of(lines, starts))]:
        if last >= 0:
            parts.append(text)
            at += len(text) + 1
        while ends and ends[0] <= last:
            for line, kind in aside[ends.pop(0)]:
                parts.append(line)
                known.append(Span(at, at + len(line), kind))
                at += len(line) + 1
    return "\n".join(parts), known
