"""Parsing: the numbers of one sentence, and its wording: the sentence without the digits of its figures.

What a sentence says depends on its words, on how its figures are written and on its context, never on their digits. So
rules read the wording, and equal wordings need not be read twice.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipelines.extract.sentence.tokens import Span
from pipelines.extract.sentence.zeros import MAY_STATE_ZERO, ZERO_OPENINGS
from pipelines.numerals.chinese import CHINESE_OPENINGS
from pipelines.numerals.figures import Figure, Mention
from pipelines.numerals.mentions import find_mentions
from pipelines.numerals.scan import scan

_DURATIONS = frozenset({"年", "天", "日", "个月", "个季度", "分钟", "周", "岁", "届"})
#: A sentence in which this finds nothing holds no number and states no zero.
MAY_STATE = scan([("0-9", ""), *CHINESE_OPENINGS, *ZERO_OPENINGS])


@dataclass(slots=True)
class ParsedSentence:
    """A sentence with its numbers found. What it states may still depend on its context."""

    text: str
    mentions: list[Mention]
    has_figure: bool
    needs_reading: bool  # False: no rule has to be asked


class SentenceNumber(NamedTuple):
    """One number of a sentence and what became of it; a fact where `reason` is empty."""

    span: Span
    value: float | None
    unit: str | None
    reason: str


class Wording(NamedTuple):
    """A sentence with 0 (or 一) for the digits of each figure, and the way back to the offsets of the sentence."""

    text: str
    figures: tuple[Figure, ...]
    mentions: Sequence[Mention]  # by figure

    def span_in_sentence(self, start: int, end: int) -> Span:
        """The span of the sentence that a span of the wording stands for."""
        return self.offset_in_sentence(start), self.offset_in_sentence(end)

    def offset_in_sentence(self, offset: int) -> int:
        """The offset in the sentence that an offset in the wording stands for."""
        at = bisect_left(self.figures, (offset,)) - 1
        return offset if at < 0 else self.mentions[at].end + offset - self.figures[at].end


def parse_sentence(text: str, part: str, furniture: Sequence[Span] = ()) -> ParsedSentence:
    """Find the numbers of a sentence, and name the reason of those that are no figures.

    part: the part of the report that the sentence stands in (result, plan, problem); furniture: spans of the sentence
    that belong to the page and not to the report.
    """
    mentions = find_mentions(text)
    for mention in mentions:
        if furniture and any(start <= mention.start < end for start, end in furniture):
            mention.reason = "page_furniture"
        elif not mention.reason:
            mention.reason = part if part != "result" else "duration" if mention.unit in _DURATIONS else ""
    has_figure = not all(mention.reason for mention in mentions)
    may_state_zero = part == "result" and MAY_STATE_ZERO.search(text) is not None
    return ParsedSentence(text, mentions, has_figure, has_figure or may_state_zero)


def wording_of(text: str, mentions: Sequence[Mention]) -> Wording:
    """The wording of a sentence whose figures are `mentions`, in order."""
    pieces: list[str] = []
    figures: list[Figure] = []
    at = length = 0
    for mention in mentions:
        one = mention.chinese and mention.value == 1.0
        unit = text[mention.digits_end : mention.end]
        piece = text[at : mention.start] + ("一" if one else "0")
        pieces += (piece, unit)
        length += len(piece)
        figures.append(Figure(length - 1, length + len(unit), _plain(mention.unit), mention.chinese, one))
        length += len(unit)
        at = mention.end
    pieces.append(text[at:])
    return Wording("".join(pieces), tuple(figures), mentions)


def _plain(unit: str) -> str:
    """A classifier without another that stands in brackets behind it: 场(次)."""
    return unit.partition("(")[0]  # folding leaves no other bracket


def sentence_number(mention: Mention, reason: str) -> SentenceNumber:
    """A mention as a number of a statement; reason: why it gives no fact, or ''."""
    return SentenceNumber((mention.start, mention.end), mention.value, _plain(mention.unit) or None, reason)
