"""Reading: what each figure of one wording is, either the rules it matches or the reason why it is no result.

This module puts the questions to a wording in their order. The offsets here are those of the wording.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipelines.codebook import cues
from pipelines.codebook.compiled import Codebook
from pipelines.codebook.periods import Period, period_of
from pipelines.extract.sentence.candidates import Match
from pipelines.extract.sentence.context import FIGURE_BEFORE, PrecedingContext
from pipelines.extract.sentence.matching import match_figure, part_at_place
from pipelines.extract.sentence.parsing import Wording
from pipelines.extract.sentence.remainder import reason_for_unread
from pipelines.extract.sentence.scopes import Scope, find_scope
from pipelines.extract.sentence.sharing import continues_list, listed_with, match_respectively
from pipelines.extract.sentence.tokens import TokenizedSentence, Window
from pipelines.extract.sentence.zeros import ZeroStatement, find_zeros
from pipelines.numerals.figures import Figure

_QUOTED = re.compile(r"[“\"「‘][^“”\"「」‘’,，。;；]{0,12}$")
_QUOTE_END = re.compile(r"[^“”\"「」‘’,，。;；]{0,10}[”\"」’]")
_COLON = (":", "：")
_OPEN = ("(", "（", *_COLON)
_CLOSE = re.compile("[)）]")
# Each alternative opens with a character, so that `re` skips fast what opens none.
_SUBSET = re.compile(
    r"其中|包括|包含|涵盖(?=[^,，、。;；]{0,12}(?:[0-9]|\Z))|含(?<=[,，;；]含)|分别[是为]|例如|比如|譬如|以[^,，。;；0-9]{1,10}(?:村|社区|居|组|小区)为例|如(?<=[,，。;；(（]如)(?=[^,，。;；、0-9]{2,10}(?:村|社区))"
)
_ALIKE = 2  # characters that two coordinate nouns end in
_NEGATED = re.compile(r"(?:未发生|没有发生|无|未出现|没有出现|没有|未引发|未引起)过?$")
# 一 before these counts; before others (一个问题) it mostly means "a".
_DEFINITE_ONE = frozenset({"人", "名", "位", "次", "场", "场次", "期", "支"})
# Where one figure of a bare list is no result for one of these reasons, the next is none either: 分别上升27.3%、41.6%.
_INHERITED = frozenset({"growth", "last_year", "share", "average", "norm"})


class FigureMatch(NamedTuple):
    """One fact that a figure gives."""

    metric: str
    rule_id: str
    read_as: str
    scope: Scope
    substitute: str  # year or sentence, where the words say that it stands in for the indicator
    tied_with: tuple[str, ...] = ()  # of a tie: the other indicators


class FigureReading(NamedTuple):
    """What became of one figure."""

    reason: str  # why it gives no fact; '' when there are matches
    matches: tuple[FigureMatch, ...] = ()
    start: int = 0
    end: int = 0  # of the words that show it
    subset_mark: int | None = None  # where 其中 stands, when the figure is behind it
    joined: bool = False  # the figure is one of the parts that 其中 opens, not a figure about them
    negated: bool = False  # 没有发生一起…: the figure is zero
    period: Period | None = None  # None: the words before it in its sentence name none


class SentenceReading(NamedTuple):
    """The readings of all figures of a wording, and its zero statements."""

    figures: tuple[FigureReading, ...]
    zeros: tuple[ZeroStatement, ...]


def read_wording(
    wording: Wording, context: PrecedingContext, report_year: int | None, codebook: Codebook
) -> SentenceReading:
    """Read the figures of a wording from left to right, then its zeros in words."""
    sentence = TokenizedSentence(wording.text, wording.figures, codebook, context, report_year)
    count = len(sentence.figures)
    for index in range(count):
        reason = _no_result(sentence, sentence.window(index))
        if not reason and index and continues_list(sentence, index) and sentence.reasons[index - 1] in _INHERITED:
            reason = sentence.reasons[index - 1]
        sentence.reasons[index] = reason
    readings: list[FigureReading] = []
    while len(readings) < count:
        index = len(readings)
        if sentence.reasons[index]:
            readings.append(FigureReading(sentence.reasons[index]))
            continue
        listed = listed_with(sentence, index)
        respective = match_respectively(sentence, listed) if len(listed) > 1 else []
        if respective:  # A、B、C分别为1、2、3
            windows = [sentence.window(at) for at in listed]
            readings += [_decide(sentence, w, [match], None) for w, match in zip(windows, respective, strict=False)]
        else:
            window, subset_mark = sentence.window(index), _subset_mark(sentence, index)
            matches = match_figure(sentence, window, index, subset_mark is not None)
            sentence.reach[index] = max([match.reach for match in matches], default=0)
            if subset_mark is None:
                subset_mark = part_at_place(sentence, index)
            reading = _decide(sentence, window, matches, subset_mark)
            start = window.figure.start
            if reading.negated and not all(
                _is_about_its_figure(sentence, readings, start, match.metric) for match in reading.matches
            ):
                reading = FigureReading("zero_statement", negated=True)
            readings.append(reading)
        sentence.reasons[index] = readings[index].reason
    zeros = [
        zero
        for zero in find_zeros(sentence)
        if not _has_own_figure(sentence, readings, zero)
        and _is_about_its_figure(sentence, readings, zero.start, zero.rule.metric)
    ]
    return SentenceReading(tuple(readings), tuple(zeros))


def _no_result(sentence: TokenizedSentence, window: Window) -> str:
    """Why a figure is no result of the report's year, or ''."""
    figure, text = window.figure, sentence.text
    if figure.unit != "%":
        quote = _QUOTED.search(text, window.clause, figure.start)
        if quote and _QUOTE_END.match(text, figure.end):
            # Of straight quotation marks every second one closes, so it opens none.
            closes = text[quote.start()] == '"' and text.count('"', 0, quote.start()) % 2
            if not closes:
                return "slogan"
    reason = cues.disposition(sentence.codebook.cues_by_figure, text, figure, window.clause)
    return reason or cues.period_reason(text, 0, figure.start, sentence.report_year)


def _subset_mark(sentence: TokenizedSentence, index: int) -> int | None:
    """Where the parts start that a figure belongs to: at 其中, at 包括, or at a bracket or colon behind their total."""
    figure, text = sentence.figures[index], sentence.text
    for before in sentence.figures[:index]:
        opened = text.startswith(_OPEN, before.end) and not _CLOSE.search(text, before.end, figure.start)
        if opened and before.unit == figure.unit:
            return before.end
    marks = [match.start() for match in _SUBSET.finditer(text, 0, figure.start)]
    if not marks:
        return None
    has_total = index and sentence.figures[0].end <= marks[-1]
    return marks[-1] if has_total or sentence.context.answer(FIGURE_BEFORE) else None


def _is_joined(sentence: TokenizedSentence, figure: Figure, subset_mark: int) -> bool:
    """Whether a figure is one of the parts by its place, or by words that end like those of the part before it.

    其中初次信访80件,重复信访40件 names two parts; 其中初次信访80件,办结78件 names one.
    """
    text = sentence.text
    while breaks := [end for end in sentence.clause_ends if subset_mark < end < figure.start]:
        before = next((f for f in reversed(sentence.figures) if f.end <= figure.start), None)
        if before is None or before.end != breaks[-1] or before.start < subset_mark or before.unit != figure.unit:
            return False
        if text[figure.start - _ALIKE : figure.start] != text[before.start - _ALIKE : before.start]:
            return False
        figure = before
    return True


def _decide(
    sentence: TokenizedSentence, window: Window, matches: Sequence[Match], subset_mark: int | None
) -> FigureReading:
    """The reading of a figure: facts for what the codebook codes, a named reason for what it leaves out."""
    figure, text = window.figure, sentence.text
    coded = [match for match in matches if match.rule.coded]
    negated = figure.one and bool(_NEGATED.search(text, 0, figure.start))
    if negated:
        coded = [match for match in coded if match.rule.zero]
    elif figure.one and figure.unit not in _DEFINITE_ONE and text[figure.end : window.right]:
        coded = []
    if not coded:
        if negated:
            reason = "zero_statement"
        elif matches and not matches[0].rule.coded:
            reason = matches[0].rule.metric
        elif subset_mark is not None:
            reason = "part_of_total"
        elif figure.unit == "小时":
            reason = "duration"
        else:
            reason = "indefinite" if figure.one else reason_for_unread(sentence, window) or "unclassified"
        return FigureReading(reason, negated=negated)
    return FigureReading(
        reason="",
        matches=tuple(
            FigureMatch(
                match.rule.metric,
                match.rule.rule_id,
                match.read_as,
                find_scope(sentence, window, match),
                _substitute(sentence, window, match),
                match.tied_with,
            )
            for match in coded
        ),
        start=min(min(match.start for match in coded), figure.start),
        end=max(window.right, figure.end, *(match.reach for match in coded)),
        subset_mark=subset_mark,
        joined=subset_mark is not None
        and not text.startswith(_COLON, subset_mark)
        and _is_joined(sentence, figure, subset_mark),
        negated=negated,
        period=period_of(text, 0, figure.start),
    )


def _substitute(sentence: TokenizedSentence, window: Window, match: Match) -> str:
    """Where a figure is a substitute, by the words near it (办理 for what was received): in the year, or a sentence."""
    substitute = match.rule.substitute
    if substitute is None:
        return ""
    bits = sentence.bits(match.start if match.read_as == "carried" else window.left, window.right)
    return substitute.within if bits & substitute.words and not bits & substitute.unless else ""


def _is_about_its_figure(
    sentence: TokenizedSentence, readings: Sequence[FigureReading], position: int, metric: str
) -> bool:
    """Whether a bracket behind a figure denies something of what the figure counts, or the position is in none.

    410件(无退单) states no returned calls; 信访件36件(无越级上访) only says which petitions those were.
    """
    families, text = sentence.codebook.families, sentence.text
    for figure, reading in zip(sentence.figures, readings, strict=False):
        opened = figure.end < position and text.startswith(_OPEN[:2], figure.end)
        if opened and not _CLOSE.search(text, figure.end, position):
            return families[metric] in {families[match.metric] for match in reading.matches}
    return True


def _has_own_figure(sentence: TokenizedSentence, readings: Sequence[FigureReading], zero: ZeroStatement) -> bool:
    """Whether the words of a zero statement hold a figure that speaks for itself, or say that they are no result."""
    start, end = zero.evidence
    for figure, reading in zip(sentence.figures, readings, strict=True):
        if start <= figure.start < end and (
            not reading.negated or any(match.metric == zero.rule.metric for match in reading.matches)
        ):
            return True
    words = Figure(zero.start, zero.end, "", False, False)
    return bool(_no_result(sentence, Window(words, start, zero.start, zero.end)))
