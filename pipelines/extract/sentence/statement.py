"""Statements: what one sentence says, in its own offsets: its numbers, and the facts among them.

Here belongs all that needs no more than the sentence and what it takes over from its context. Not here: offsets of the
stored text, and relations to facts of other sentences (pipelines.extract.report.engine).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipelines.codebook import cues
from pipelines.codebook.compile import Codebook
from pipelines.extract.sentence.context import Context, Memo
from pipelines.extract.sentence.sentence_reader import SentenceReading, Verdict, read_sentence
from pipelines.extract.sentence.zeros import HINT, OPENINGS, Zero
from pipelines.numerals.mentions import BARE_ZERO, CHINESE_OPENINGS, Figure, Mention, find_mentions
from pipelines.numerals.scan import scan

_DURATIONS = frozenset({"年", "天", "日", "个月", "分钟", "周", "岁", "届"})
_BRACKET = re.compile(r"[（(].*")
#: A sentence without it holds no number and states no zero.
TELLING = scan([("0-9", ""), *CHINESE_OPENINGS, *OPENINGS])
_YEAR = re.compile(r"20[0-9]{2}年|今年|本年|全年|当年")
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Stated:
    """One fact of a sentence."""

    metric: str
    rule_id: str
    read_as: str
    scope: str | None
    period: str
    negated: bool  # the words say that there was none
    number: int | None  # which of the statement's numbers gives it; None for a zero in words
    amount: cues.Amount
    evidence: Span
    figure: Span
    unit: Span  # the classifier as written, may be empty
    classifier: str = ""  # what it stands for
    part: int | None = None  # where 其中 stands, when the fact is behind it
    joined: bool = False


class Counted(NamedTuple):
    """One number of a sentence and what became of it; a fact where `reason` is empty."""

    span: Span
    value: float | None
    unit: str | None
    reason: str


@dataclass(slots=True)
class Statement:
    """All numbers and all facts of one sentence, each in order of appearance (zeros in words last)."""

    numbers: tuple[Counted, ...]
    facts: tuple[Stated, ...]


@dataclass(slots=True)
class _Spoken:
    """A sentence as it is read (0 or 一 for the digits of each figure), and the way back to its own offsets."""

    text: str
    figures: tuple[Figure, ...]
    mentions: Sequence[Mention]

    def own(self, offset: int) -> int:
        """The offset in the sentence of an offset in the sentence as it is read."""
        at = bisect_left(self.figures, (offset,)) - 1
        return offset if at < 0 else self.mentions[at].end + offset - self.figures[at].end

    def span(self, start: int, end: int) -> Span:
        """Both ends of a span."""
        return self.own(start), self.own(end)


@dataclass(slots=True)
class Sentence:
    """A sentence with its numbers found; what it states may still depend on its context."""

    text: str
    mentions: list[Mention]
    counted: bool  # a figure that may be a result stands in it
    silent: bool  # nothing in it needs reading


def parse(text: str, part: str, furniture: Sequence[Span] = ()) -> Sentence:
    """Find the numbers of a sentence in a part of a report (result, plan, problem).

    furniture: spans of the sentence that belong to the page and not to the report.
    """
    mentions = find_mentions(text)
    for mention in mentions:
        if any(start <= mention.start < end for start, end in furniture):
            mention.reason = "page_furniture"
        elif not mention.reason:
            mention.reason = part if part != "result" else "duration" if mention.unit in _DURATIONS else ""
    counted = any(not mention.reason for mention in mentions)
    return Sentence(text, mentions, counted, not counted and (part != "result" or not HINT.search(text)))


def state(sentence: Sentence, context: Context, report_year: int | None, codebook: Codebook) -> Statement:
    """What a sentence states in its context."""
    if sentence.silent:
        return Statement(tuple([count(mention, mention.reason) for mention in sentence.mentions]), ())
    spoken = _speak(sentence.text, [m for m in sentence.mentions if not m.reason])
    reading = _read(spoken, context, report_year, codebook)
    verdicts = iter(reading.verdicts)
    of_mentions = [None if mention.reason else next(verdicts) for mention in sentence.mentions]
    numbers: list[Counted] = []
    facts: list[Stated] = []
    for mention, verdict in zip(sentence.mentions, of_mentions, strict=True):
        if verdict is not None:
            facts += _facts(spoken, sentence.text, len(numbers), mention, verdict)
        numbers.append(count(mention, mention.reason if verdict is None else verdict.reason))
    facts += [_zero(spoken, sentence.mentions, zero) for zero in reading.zeros]
    return Statement(tuple(numbers), tuple(facts))


def state_figure(text: str, mention: Mention, report_year: int | None, codebook: Codebook) -> tuple[str, list[Stated]]:
    """One figure of a sentence by itself: why it is no fact, or its facts."""
    spoken = _speak(text, [mention])
    (verdict,) = _read(spoken, Context(), report_year, codebook).verdicts
    return verdict.reason, list(_facts(spoken, text, 0, mention, verdict))


def _read(spoken: _Spoken, context: Context, report_year: int | None, codebook: Codebook) -> SentenceReading:
    """Read a sentence, or remember how the same words were read."""
    key = (spoken.text, spoken.figures, report_year if _YEAR.search(spoken.text) else None)
    shelf = codebook.shelf("readings")
    memo: Memo[SentenceReading] | None = shelf.get(key)
    if memo is None:
        memo = codebook.remember(shelf, key, Memo())
    known = memo.get(context)
    if known is not None:
        return known
    return memo.put(context, read_sentence(spoken.text, spoken.figures, context, report_year, codebook))


def _speak(text: str, mentions: Sequence[Mention]) -> _Spoken:
    pieces: list[str] = []
    figures: list[Figure] = []
    at = length = 0
    for mention in mentions:
        one = mention.chinese and mention.value == 1.0
        unit = text[mention.digits_end : mention.end]
        piece = text[at : mention.start] + ("一" if one else "0")
        pieces += (piece, unit)
        length += len(piece)
        plain = _BRACKET.sub("", mention.unit)
        figures.append(Figure(length - 1, length + len(unit), plain, mention.chinese, one))
        length += len(unit)
        at = mention.end
    pieces.append(text[at:])
    return _Spoken("".join(pieces), tuple(figures), mentions)


def count(mention: Mention, reason: str) -> Counted:
    """The row of a number in the account."""
    return Counted((mention.start, mention.end), mention.value, _BRACKET.sub("", mention.unit) or None, reason)


def _facts(spoken: _Spoken, text: str, index: int, mention: Mention, verdict: Verdict) -> Iterator[Stated]:
    """The facts of one figure."""
    amount = cues.Amount(0.0, "exact", 0.0, 0.0) if verdict.negated else cues.amount(text, mention)
    for found in verdict.found:
        yield Stated(
            metric=found.metric,
            rule_id=found.rule_id,
            read_as=found.read_as,
            scope=found.scope,
            period=verdict.period,
            negated=verdict.negated,
            number=index,
            amount=amount,
            evidence=spoken.span(verdict.start, verdict.end),
            figure=(mention.start, mention.end),
            unit=(mention.digits_end, mention.end),
            classifier=mention.unit,
            part=None if verdict.part is None else spoken.own(verdict.part),
            joined=verdict.joined,
        )


def _zero(spoken: _Spoken, mentions: Sequence[Mention], zero: Zero) -> Stated:
    """The fact of a zero statement; a bare 0 in its words is the number that gives it."""
    start, end = stated = spoken.span(zero.start, zero.end)
    bare = (at for at, mention in enumerate(mentions) if mention.reason == BARE_ZERO and start <= mention.start < end)
    number = next(bare, None)
    if number is not None:
        stated = mentions[number].start, mentions[number].end
    return Stated(
        metric=zero.rule.metric,
        rule_id=zero.rule.rule_id,
        read_as="clause",
        scope=None,
        period=cues.period_of(spoken.text, 0, zero.start),
        negated=number is None,
        number=number,
        amount=cues.Amount(0.0, "exact", 0.0, 0.0),
        evidence=spoken.span(*zero.evidence),
        figure=stated,
        unit=(stated[1], stated[1]),
    )
