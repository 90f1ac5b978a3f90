"""Statements: what one sentence says, its numbers and the facts among them, with offsets in the sentence.

How its facts relate to those of other sentences is found in `pipelines.extract.report.relations`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from pipelines.codebook import cues
from pipelines.codebook.periods import Period, period_of
from pipelines.extract.sentence.parsing import ParsedSentence, SentenceNumber, Wording, sentence_number, wording_of
from pipelines.extract.sentence.reading import FigureReading, SentenceReading
from pipelines.extract.sentence.scopes import NO_SCOPE, Scope
from pipelines.extract.sentence.tokens import Span
from pipelines.numerals.figures import BARE_ZERO

_ZERO = cues.Amount(0.0, "exact", 0.0, 0.0)


class FactKind(NamedTuple):
    """What a fact says, wherever it stands."""

    metric: str
    rule_id: str
    read_as: str
    scope: Scope
    period: Period | None
    amount: cues.Amount
    negated: bool = False  # the words say that there was none
    classifier: str = ""  # what the unit stands for
    joined: bool = False  # it is one of the parts that 其中 opens
    tied_with: tuple[str, ...] = ()  # of a tie: the other indicators
    substitute: str = ""  # year or sentence: where nothing else of the indicator is stated, it stands in for it


@dataclass(slots=True)
class SentenceFact:
    """One fact of a sentence."""

    kind: FactKind
    number: int | None  # which of the statement's numbers gives it; None for a zero in words
    evidence: Span
    figure: Span
    unit: Span  # the classifier as written, may be empty
    subset_mark: int | None = None  # where 其中 stands, when the fact is behind it


@dataclass(slots=True)
class Statement:
    """All numbers and all facts of one sentence, each in order of appearance (zeros in words last)."""

    numbers: tuple[SentenceNumber, ...]
    facts: tuple[SentenceFact, ...]


def wording_to_read(sentence: ParsedSentence) -> Wording:
    """The wording of a sentence: its figures are the mentions that have no reason yet."""
    return wording_of(sentence.text, [mention for mention in sentence.mentions if not mention.reason])


def unread_statement(sentence: ParsedSentence) -> Statement:
    """The statement of a sentence that needs no reading: numbers that are no figures, and no facts."""
    return Statement(tuple([sentence_number(mention, mention.reason) for mention in sentence.mentions]), ())


def make_statement(sentence: ParsedSentence, wording: Wording, reading: SentenceReading) -> Statement:
    """What a sentence states, from the reading of its wording."""
    numbers: list[SentenceNumber] = []
    facts: list[SentenceFact] = []
    figures = iter(enumerate(reading.figures))
    for mention in sentence.mentions:
        reason = mention.reason
        if not reason:
            at, figure = next(figures)
            reason = figure.reason
            facts += figure_facts(sentence.text, wording, at, figure, len(numbers))
        numbers.append(sentence_number(mention, reason))
    for zero in reading.zeros:
        start, end = span = wording.span_in_sentence(zero.start, zero.end)
        number = None
        for at, mention in enumerate(sentence.mentions):
            if mention.reason == BARE_ZERO and start <= mention.start < end:  # a bare 0 gives the fact
                number, span = at, (mention.start, mention.end)
                break
        facts.append(
            SentenceFact(
                FactKind(
                    zero.rule.metric,
                    zero.rule.rule_id,
                    "clause",
                    NO_SCOPE,
                    period_of(wording.text, 0, zero.start),
                    _ZERO,
                    negated=number is None,
                ),
                number,
                evidence=wording.span_in_sentence(*zero.evidence),
                figure=span,
                unit=(span[1], span[1]),
            )
        )
    return Statement(tuple(numbers), tuple(facts))


def figure_facts(text: str, wording: Wording, at: int, reading: FigureReading, number: int) -> Iterator[SentenceFact]:
    """The facts of the figure at `at` of a wording; number: which of the sentence's numbers it is."""
    mention = wording.mentions[at]
    amount = _ZERO if reading.negated else cues.amount(text, mention)
    mark = reading.subset_mark
    for match in reading.matches:
        yield SentenceFact(
            FactKind(
                match.metric,
                match.rule_id,
                match.read_as,
                match.scope,
                reading.period,
                amount,
                negated=reading.negated,
                classifier=mention.unit,
                joined=reading.joined,
                tied_with=match.tied_with,
                substitute=match.substitute,
            ),
            number,
            evidence=wording.span_in_sentence(reading.start, reading.end),
            figure=(mention.start, mention.end),
            unit=(mention.digits_end, mention.end),
            subset_mark=None if mark is None else wording.offset_in_sentence(mark),
        )
