"""A document as identification sees it: its content without furniture, folded, with the lines that carry identity.

Here belongs cutting out the head, the opening and the foot. Not here: what they mean. Only the first 1,500
characters of content and the last few hundred are looked at, so that long documents cost no more than short ones.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.extract.fold import fold
from pipelines.read import Span

HEAD_LENGTH = 1500
FOOT_LENGTH = 400
FURNITURE_REACH = 3000
OPENING_LENGTH = 800

# Mirror sites set pinyin after characters they could not convert: 區(qū).
_PINYIN = re.compile(r"[(（][a-zA-Züāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ]{1,6}[)）]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of content as written and folded, both without spaces around them and without pinyin."""

    written: str
    folded: str


@dataclass(frozen=True, slots=True)
class Page:
    """The content lines at the head and the foot, and the folded furniture of navigation and metadata."""

    head: tuple[Line, ...]
    foot: tuple[Line, ...]
    surroundings: str


def look(text: str, furniture: Sequence[Span]) -> Page:
    """Return the parts of a document that say who reports on what."""
    above = sum(span.end - span.start for span in furniture if span.start < FURNITURE_REACH)
    content = _without(text, furniture, 0, HEAD_LENGTH + above)
    tail = _without(text, furniture, max(0, len(text) - FOOT_LENGTH - _tail_furniture(text, furniture)), len(text))
    around = " ".join(
        text[span.start : span.end]
        for span in furniture
        if span.kind in ("navigation", "metadata") and span.start < FURNITURE_REACH
    )
    return Page(_lines(content), _lines(tail[-FOOT_LENGTH:]), fold(around))


def _without(text: str, furniture: Sequence[Span], start: int, end: int) -> str:
    pieces, at = [], start
    for span in furniture:
        if span.end > start and span.start < end:
            pieces.append(text[at : max(at, span.start)])
            at = max(at, span.end)
    pieces.append(text[at : max(at, end)])
    return "".join(pieces)


def _tail_furniture(text: str, furniture: Sequence[Span]) -> int:
    """Return how much of the text's end is furniture, so that the foot holds enough content."""
    return sum(span.end - span.start for span in furniture if span.start > len(text) // 2)


def _lines(text: str) -> tuple[Line, ...]:
    stripped = (_PINYIN.sub("", line).strip() for line in text.split("\n"))
    return tuple(Line(line, fold(line)) for line in stripped if line)
