"""A document as identification sees it: its content without furniture, folded, with the lines that carry identity.

Here belongs cutting out the head, the opening and the foot. Not here: what they mean. Only the first 1,500
characters of content and the last few hundred are looked at, so that long documents cost no more than short ones.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipelines.numerals.fold import fold
from pipelines.read.document import Span

HEAD_LENGTH = 1500
FOOT_LENGTH = 400
FURNITURE_REACH = 3000
OPENING_LENGTH = 800

# Mirror sites set pinyin after characters they could not convert: 區(qū).
_PINYIN = re.compile(r"[(（][a-zA-Züāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ]{1,6}[)）]")
# The way to the page in the site (某县政府 > 信息公开 > 年报), where the reader has not known it for furniture.
_TRAIL = re.compile(r"^[^。;；]{0,80}[一-龥) ）][>›»]+ ?[一-龥][^。;；]{0,80}$")
_TRAIL_MARK = re.compile("[>›»]")


class Line(NamedTuple):
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
    head = _lines(_without(text, furniture, 0, HEAD_LENGTH + above))
    trails = tuple(line for line in head if _TRAIL_MARK.search(line.folded) and _TRAIL.search(line.folded))
    if trails:
        head = tuple(line for line in head if line not in trails)
    if len(text) <= FOOT_LENGTH:
        return Page(head, head, _around(text, furniture, trails))
    tail = _without(text, furniture, max(0, len(text) - FOOT_LENGTH - _tail_furniture(text, furniture)), len(text))
    return Page(head, _lines(tail[-FOOT_LENGTH:]), _around(text, furniture, trails))


def _around(text: str, furniture: Sequence[Span], trails: Sequence[Line]) -> str:
    """Return what stands around the content and may name the publisher, folded."""
    around = [
        fold(text[span.start : span.end])
        for span in furniture
        if span.kind in ("navigation", "metadata") and span.start < FURNITURE_REACH
    ]
    return " ".join([*around, *(line.folded for line in trails)])


def _without(text: str, furniture: Sequence[Span], start: int, end: int) -> str:
    if not furniture:
        return text[start:end]
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
    """Return the lines that hold anything. Folding is one to one, so the text is folded once and cut like the other."""
    plain = _PINYIN.sub("", text)
    pairs = zip(plain.split("\n"), fold(plain).split("\n"), strict=True)
    return tuple(Line(written.strip(), folded.strip()) for written, folded in pairs if written.strip())
