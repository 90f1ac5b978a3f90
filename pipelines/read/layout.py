"""From the lines that a format gives to the document that is stored: the last step of every format with structure.

Table rows and broken lines are put together, and the furniture that a format knows is joined with what the wording
shows.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipelines.read.completeness import is_complete
from pipelines.read.document import Document, ReadError, Span
from pipelines.read.furniture import find_furniture
from pipelines.read.normalise import normalise
from pipelines.read.notes import NOTE
from pipelines.read.page_fields import Field
from pipelines.read.provenance import Origin, trace
from pipelines.reasons import ReasonCode

_WHITE = re.compile(r"[ \t\n]+")
# A line break in the source between two Chinese characters is no space.
_BROKEN = re.compile(
    r"(?<=[\u2e80-\u9fff\uff00-\uffef\u3001-\u303f])[ \t]*\n\s*(?=[\u2e80-\u9fff\uff00-\uffef\u3001-\u303f])"
)
_DIGIT = re.compile(r"[0-9０-９]")
_FREELY_REPEATED, _MOST_TIMES = 100_000, 20  # characters that spans may add to any table, and as a multiple of its own


@dataclass(frozen=True, slots=True)
class LayoutPart:
    """A piece of the text to be, and its kind of furniture where the format knows that it is furniture.

    `origins` tell the pages that it comes from, where the format has pages.
    """

    text: str
    furniture: str | None = None
    origins: tuple[Origin, ...] = ()


def compose(
    parts: Iterable[LayoutPart],
    media_type: str,
    encoding: str | None,
    fields: Sequence[Field] = (),
    whole: bool = True,
    *,
    pictures: int = 0,
    points_to: str | None = None,
) -> Document:
    """Join parts to a document. `fields` come before those found in the text; `whole` is false if pages are missing.

    `pictures` and `points_to` are those of `Document`.

    Raises ReadError `empty` when nothing is left.
    """
    lines: list[tuple[str, str | None]] = []
    pieces, at = [], 0
    for part in parts:
        own = [line for raw in normalise(part.text).split("\n") if (line := _WHITE.sub(" ", raw).strip())]
        lines += [(line, part.furniture) for line in own]
        end = at + sum(len(line) + 1 for line in own)
        if part.origins:
            pieces.append((at, end, part.origins))
        at = end
    text = "".join(f"{line}\n" for line, _ in lines)
    if not any(kind is None for _, kind in lines):
        raise ReadError(
            ReasonCode.EMPTY, "found a document without text, expected a report; look at it and leave it out"
        )
    known, at = [], 0
    for line, kind in lines:
        if kind:
            known.append(Span(at, at + len(line), kind))
        at += len(line) + 1
    found, found_fields = find_furniture(text)
    # what the format knows goes before what the wording shows; spans do not overlap
    ends = [span.end for span in known]
    after = [bisect_right(ends, span.start) for span in found]  # the first known one that ends behind its start
    free = [span for span, at in zip(found, after, strict=True) if at == len(known) or known[at].start >= span.end]
    furniture = tuple(sorted([*known, *free], key=lambda span: span.start))
    all_fields = tuple(dict.fromkeys((*fields, *found_fields)))
    pages, numerals = trace(text, pieces)
    whole = whole and is_complete(text, furniture)
    return Document(text, media_type, encoding, furniture, all_fields, whole, pages, numerals, pictures, points_to)


def text_parts(lines: Iterable[str]) -> Iterator[LayoutPart]:
    """Yield lines of `with_notes` as pieces of the text; a note that explains a figure is furniture, `note`."""
    for line in lines:
        yield LayoutPart(line.removeprefix(NOTE), "note" if line.startswith(NOTE) else None)


def one_line(text: str) -> str:
    """Return `text` without line breaks and without runs of spaces."""
    return _WHITE.sub(" ", _BROKEN.sub("", normalise(text))).strip()


def table_lines(rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table as lines `a | b | c`; empty rows are left out, an empty first cell gets an outer bar."""
    lines = []
    for cells in rows:
        cleaned = [one_line(cell).replace("|", "／") for cell in cells]
        if not any(cleaned):
            continue
        while len(cleaned) > 1 and not cleaned[-1]:
            cleaned.pop()
        line = " | ".join(cleaned)
        lines.append(f"| {line}" if not cleaned[0] else line)
    return lines


def spread(rows: Iterable[Iterable[tuple[str, int, int]]]) -> list[list[str]]:
    """Return the grid of a table given as rows of (text, columns, rows that a cell spans).

    A label that spans rows is repeated in each; a figure stands once, so that none is counted twice. A table whose
    spans would make it many times as large as it is has no more of them from there on.
    """
    grid: list[list[str]] = []
    hanging: dict[int, tuple[str, int]] = {}
    left = _FREELY_REPEATED
    for row in rows:
        line: list[str] = []
        for text, columns, height in row:
            left -= _let_hang(line, hanging) - _MOST_TIMES * (1 + len(text))
            for column in range(min(columns, 50)):
                shown = "" if column or _DIGIT.search(text) else text
                if height > 1:
                    hanging[len(line)] = (shown, height - 1)
                line.append("" if column else text)
        left -= _let_hang(line, hanging)
        if left < 0:
            hanging.clear()
        grid.append(line)
    return grid


def _let_hang(line: list[str], hanging: dict[int, tuple[str, int]]) -> int:
    """Append the cells that reach down from rows above into the columns that come next; returns their size."""
    size = 0
    while len(line) in hanging:
        text, left = hanging.pop(len(line))
        if left > 1:
            hanging[len(line)] = (text, left - 1)
        line.append(text)
        size += 1 + len(text)
    return size
