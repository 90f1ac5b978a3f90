"""Sentences: what each figure of one sentence is, a reading or the reason why it is no result.

Here belongs the order of the questions that are asked of a sentence. Not here: offsets of the stored text and facts
(pipelines.extract.report.engine). What a sentence says depends on its words, on how its figures are written and on its
context, never on the digits: so the same words need not be read twice (pipelines.extract.sentence.statement).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipelines.codebook import cues
from pipelines.codebook.compile import SUBJECTS, TOPICS, Codebook
from pipelines.extract.report.records import part_start
from pipelines.extract.sentence.context import Context, Passage, Window
from pipelines.extract.sentence.matching import Reading
from pipelines.extract.sentence.reading import read
from pipelines.extract.sentence.sharing import continues_list, listed_with, read_respectively
from pipelines.extract.sentence.zeros import Zero, find_zeros
from pipelines.numerals.mentions import Figure

_QUOTED = re.compile(r"[“\"「‘][^“”\"「」‘’,，。;；]{0,12}$")
_QUOTE_END = re.compile(r"[^“”\"「」‘’,，。;；]{0,10}[”\"」’]")
_COLON = (":", "：")
_OPEN = ("(", "（", *_COLON)
_CLOSE = re.compile("[)）]")
_ALIKE = 2  # characters that two coordinate nouns end in
_NEGATED = re.compile(r"(?:未发生|没有发生|无|未出现|没有出现|没有|未引发|未引起)过?$")
# 一 before these counts; before others (一个问题) it mostly means "a".
_DEFINITE_ONE = frozenset({"人", "名", "位", "次", "场", "场次", "期", "支"})
# What makes one figure of a bare list no result holds for the next: 分别上升27.3%、41.6%.
_INHERITED = frozenset({"growth", "last_year", "share", "average", "norm"})


@dataclass(frozen=True, slots=True)
class Found:
    """One fact that a figure gives. `start` is where the words that decided it begin."""

    metric: str
    rule_id: str
    start: int
    read_as: str
    scope: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one figure. Offsets are those of the sentence as it is read."""

    reason: str  # why it is no fact; '' when `found` holds any
    found: tuple[Found, ...] = ()
    start: int = 0
    end: int = 0  # of the words that show it
    part: int | None = None  # where 其中 stands, when the figure is behind it
    joined: bool = False  # no comma between 其中 and the figure
    negated: bool = False  # 没有发生一起…: the figure is zero
    period: str = "year"


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """All figures and zero statements of one sentence, and what the next sentence takes over from it."""

    verdicts: tuple[Verdict, ...]
    zeros: tuple[Zero, ...]


def read_sentence(
    text: str, figures: tuple[Figure, ...], context: Context, report_year: int | None, codebook: Codebook
) -> SentenceReading:
    """Read one sentence; `text` has 0 or 一 for the digits of each figure."""
    passage = Passage(text, figures, codebook, context, report_year)
    verdicts = _verdicts(passage)
    zeros = tuple(z for z in find_zeros(passage) if not _counted(passage, verdicts, z))
    return SentenceReading(tuple(verdicts), zeros)


def named_in(text: str, codebook: Codebook) -> tuple[int, int]:
    """The topics and the subjects that a sentence hands on to the next: those of its last clause that names any."""
    shelf = codebook.shelf("named")
    known: tuple[int, int] | None = shelf.get(text)
    if known is not None:
        return known
    tokens = [(token[0], codebook.terms[token[2]].bits) for token in codebook.tokens(text)]
    named = tuple(_last_named(text, tokens, kind) for kind in (TOPICS, SUBJECTS))
    return codebook.remember(shelf, text, named)  # type: ignore[no-any-return]


def _last_named(text: str, tokens: Sequence[tuple[int, int]], kind: int) -> int:
    """What the last clause that names any of a kind names, from its tokens' starts and bits."""
    last = next((start for start, bits in reversed(tokens) if bits & kind), None)
    if last is None:
        return 0
    clause = max(text.rfind(mark, 0, last) for mark in ",:;。!?")
    end = min((at for at in (text.find(mark, last) for mark in ",:;。!?") if at >= 0), default=len(text))
    found = 0
    for start, bits in tokens:
        if clause < start < end:
            found |= bits
    return found & kind


def _counted(passage: Passage, verdicts: Sequence[Verdict], zero: Zero) -> bool:
    """Whether the words of a zero statement hold a figure of their own, which then speaks for what it reads."""
    inside = [
        verdict
        for figure, verdict in zip(passage.figures, verdicts, strict=True)
        if zero.evidence[0] <= figure.start < zero.evidence[1]
    ]
    if any(not v.negated or any(f.metric == zero.rule.metric for f in v.found) for v in inside):
        return True
    stated = Figure(zero.start, zero.end, "", False, False)
    return bool(_no_result(passage, Window(stated, zero.evidence[0], zero.start, zero.end)))


def _verdicts(passage: Passage) -> list[Verdict]:
    count = len(passage.figures)
    for index in range(count):
        reason = _no_result(passage, passage.window(index))
        if not reason and index and continues_list(passage, index) and passage.reasons[index - 1] in _INHERITED:
            reason = passage.reasons[index - 1]
        passage.reasons[index] = reason
    verdicts: list[Verdict] = []
    while len(verdicts) < count:
        index = len(verdicts)
        if passage.reasons[index]:
            verdicts.append(Verdict(passage.reasons[index]))
            continue
        verdicts += _read_list(passage, index) or [_read_figure(passage, index)]
        passage.reasons[index] = verdicts[index].reason
    return verdicts


def _no_result(passage: Passage, view: Window) -> str:
    """Why a figure is no result of the report's year, or ''."""
    figure, text = view.figure, passage.text
    if figure.unit != "%" and _in_quotes(text, view):
        return "slogan"
    reason = cues.disposition(passage.codebook.cues, text, figure, view.clause)
    return reason or cues.period_reason(text, 0, figure.start, passage.report_year)


def _in_quotes(text: str, view: Window) -> bool:
    """Whether a figure stands inside quotation marks; of straight ones, every second closes."""
    opened = _QUOTED.search(text, view.clause, view.figure.start)
    if opened is None or not _QUOTE_END.match(text, view.figure.end):
        return False
    return not (text[opened.start()] == '"' and text.count('"', 0, opened.start()) % 2)


def _read_list(passage: Passage, index: int) -> list[Verdict]:
    """A、B、C分别为1、2、3: a verdict for each figure of the list, or nothing."""
    group = listed_with(passage, index)
    if len(group) < 2:
        return []
    views = [passage.window(i) for i in group]
    readings = read_respectively(passage, views)
    return [_settle(passage, view, [reading], None) for view, reading in zip(views, readings, strict=False)]


def _read_figure(passage: Passage, index: int) -> Verdict:
    view = passage.window(index)
    part = _part(passage, index)
    readings = read(passage, view, index, part is not None)
    passage.reach[index] = max((r.reach for r in readings), default=0)
    return _settle(passage, view, readings, part)


def _part(passage: Passage, index: int) -> int | None:
    """Where the parts open that a figure belongs to: 其中, 包括, a bracket or colon that details the figure before."""
    figure, text = passage.figures[index], passage.text
    for before in passage.figures[:index]:
        opened = text.startswith(_OPEN, before.end) and not _CLOSE.search(text, before.end, figure.start)
        if opened and before.unit == figure.unit:
            return before.end
    part = part_start(text, figure.start)
    if part is not None and not (index and passage.figures[0].end <= part) and not passage.context.counted:
        return None  # no figure stands before it whose part this could be
    return part


def _joined(passage: Passage, view: Window, part: int) -> bool:
    """Whether a figure is one of the parts by its place, or by words that end like those of the part before it.

    其中初次信访80件,重复信访40件 names two parts; 其中初次信访80件,办结78件 names one.
    """
    figure, breaks = view.figure, [end for end in passage.clause_ends if part < end < view.figure.start]
    if not breaks:
        return True
    before = next((f for f in reversed(passage.figures) if f.end <= figure.start), None)
    if before is None or before.end != breaks[-1] or before.start < part or before.unit != figure.unit:
        return False
    alike = passage.text[figure.start - _ALIKE : figure.start] == passage.text[before.start - _ALIKE : before.start]
    return alike and _joined(passage, replace(view, figure=before), part)


def _settle(passage: Passage, view: Window, readings: Sequence[Reading], part: int | None) -> Verdict:
    """Facts for what the codebook codes, a named reason for what it leaves out."""
    figure = view.figure
    coded = [r for r in readings if r.rule.coded]
    negated = figure.one and bool(_NEGATED.search(passage.text, 0, figure.start))
    if negated:
        coded = [r for r in coded if r.rule.zero]
    elif figure.one and figure.unit not in _DEFINITE_ONE and passage.text[figure.end : view.right]:
        coded = []
    if not coded:
        reason = readings[0].rule.metric if readings and not readings[0].rule.coded else ""
        if not reason or negated:
            reason = "zero_statement" if negated else _leftover(figure, part)
        return Verdict(reason, negated=negated)
    return Verdict(
        reason="",
        found=tuple(Found(r.rule.metric, r.rule.rule_id, r.start, r.read_as, _scope(passage, view, r)) for r in coded),
        start=min(min(r.start for r in coded), figure.start),
        end=max(view.right, figure.end, *(r.reach for r in coded)),
        part=part,
        joined=part is not None and not passage.text.startswith(_COLON, part) and _joined(passage, view, part),
        negated=negated,
        period=cues.period_of(passage.text, 0, figure.start),
    )


def _leftover(figure: Figure, part: int | None) -> str:
    """The reason of a figure that no rule of the codebook reads."""
    if part is not None:
        return "part_of_total"
    if figure.unit == "小时":
        return "duration"
    return "indefinite" if figure.one else "unclassified"


def _scope(passage: Passage, view: Window, reading: Reading) -> str | None:
    """The words near a figure that set it apart from another of its kind: audience, organ, level, occasion."""
    if reading.scope:
        return reading.scope
    words = {passage.term(t).text for t in passage.between(view.left, view.right) if passage.term(t).scope}
    if reading.read_as == "carried" and not words:
        words = {passage.term(t).text for t in passage.between(reading.start, view.left) if passage.term(t).scope}
    return "+".join(sorted(words)) or None
