"""The parts of a document that tell who reports on what: the lines at its head and foot, without furniture, folded.

Only the first 1,500 characters of content and the last few hundred are used, so a long document costs no more than a
short one.
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


class PageLine(NamedTuple):
    """A line of content, as written and folded, without spaces around it and without pinyin."""

    written: str
    folded: str


@dataclass(frozen=True, slots=True)
class Page:
    """The content lines at the head and the foot, and the folded furniture of navigation and metadata."""

    head: tuple[PageLine, ...]
    foot: tuple[PageLine, ...]
    surroundings: str


def parse_page(text: str, furniture: Sequence[Span]) -> Page:
    """Return head, foot and surroundings of a stored text. `furniture` is sorted and does not overlap."""
    above = sum(span.end - span.start for span in furniture if span.start < FURNITURE_REACH)
    head = _lines(_without(text, furniture, 0, HEAD_LENGTH + above))
    trails = tuple(line for line in head if _TRAIL_MARK.search(line.folded) and _TRAIL.search(line.folded))
    if trails:
        head = tuple(line for line in head if line not in trails)
    if len(text) <= FOOT_LENGTH:
        return Page(head, head, _around(text, furniture, trails))
    below = sum(
        span.end - span.start for span in furniture if span.start > len(text) // 2
    )  # so much of it is no content
    tail = _without(text, furniture, max(0, len(text) - FOOT_LENGTH - below), len(text))
    return Page(head, _lines(tail[-FOOT_LENGTH:]), _around(text, furniture, trails))


def _around(text: str, furniture: Sequence[Span], trails: Sequence[PageLine]) -> str:
    """Return what stands around the content and may name the publisher, folded."""
    around = [
        fold(text[span.start : span.end])
        for span in furniture
        if span.kind in ("navigation", "metadata") and span.start < FURNITURE_REACH
    ]
    return " ".join([*around, *(line.folded for line in trails)])


def _without(text: str, furniture: Sequence[Span], start: int, end: int) -> str:
    """Return text[start:end] without the furniture in it."""
    if not furniture:
        return text[start:end]
    pieces, at = [], start
    for span in furniture:
        if span.end > start and span.start < end:
            pieces.append(text[at : max(at, span.start)])
            at = max(at, span.end)
    pieces.append(text[at : max(at, end)])
    return "".join(pieces)


def _lines(text: str) -> tuple[PageLine, ...]:
    """Return the lines that hold anything. Folding is one to one, so the text is folded once and cut like the other."""
    plain = _PINYIN.sub("", text)
    pairs = zip(plain.split("\n"), fold(plain).split("\n"), strict=True)
    return tuple(PageLine(written.strip(), folded.strip()) for written, folded in pairs if written.strip())
