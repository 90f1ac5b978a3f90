"""The engine: from the stored text of one report to its facts and the account of all its numbers.

Here belongs the order of the steps: fold, find numbers, cut lines and sentences, have the sentences read, and write
facts with evidence in offsets of the stored text. Not here: any step itself. Pure: the same text gives the same answer
anywhere.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.extract import cues, sections
from pipelines.extract.codebook import SUBJECTS, Codebook
from pipelines.extract.context import Context
from pipelines.extract.facts import Extraction, Fact, Number, mark_repeats
from pipelines.extract.fold import Working, prepare
from pipelines.extract.matching import CONFIDENCE
from pipelines.extract.mentions import Figure, Mention, find_mentions
from pipelines.extract.sentence import SentenceReading, Verdict, named_in, read_sentence
from pipelines.extract.tables import cells
from pipelines.extract.zeros import HINT, Zero

ENGINE_VERSION = "1"

_ITEM = re.compile(
    r"(?:[（(]?[0-9一二三四五六七八九十]{1,2}[)）、.．])|[一二三四五六七八九十]是|[首其再最][先次后]|另外|此外|同时"
)
_LOOK_BACK = 8  # sentences
_PARTS = 200  # facts among which a total is looked for
_DURATIONS = frozenset({"年", "天", "日", "个月", "分钟", "周", "岁", "届"})
_BRACKET = re.compile(r"[（(].*")


@dataclass(slots=True)
class _Report:
    """What all lines of one report share while it is read."""

    stored: str
    working: Working
    codebook: Codebook
    report_year: int | None
    facts: list[Fact] = field(default_factory=list)
    done: dict[int, int] = field(default_factory=dict)  # start of a mention to the index of its first fact


@dataclass(slots=True)
class _Spoken:
    """A sentence as it is read (0 or 一 for the digits of each figure), and the way back to the working text."""

    text: str
    figures: tuple[Figure, ...]
    mentions: Sequence[Mention]
    start: int

    def working(self, offset: int) -> int:
        """The offset in the working text of an offset in the sentence as it is read."""
        at = bisect_left(self.figures, (offset,)) - 1
        if at < 0:
            return self.start + offset
        return self.mentions[at].end + offset - self.figures[at].end


def extract(text: str, furniture: Sequence[tuple[int, int]], report_year: int | None, codebook: Codebook) -> Extraction:
    """Read one stored text.

    furniture: spans of the stored text that are page furniture, ascending; report_year: the year the report is on, or
    None. Returns facts and numbers with offsets into `text`.
    """
    report = _Report(text, prepare(text), codebook, report_year)
    mentions = find_mentions(report.working.text)
    _mark_furniture(report, mentions, furniture)
    at = 0
    for line in sections.find_lines(report.working.text, report_year):
        first = at
        while at < len(mentions) and mentions[at].start < line.end:
            at += 1
        _read_line(report, line, mentions[first:at])
    mark_repeats(report.facts)
    return Extraction(report.facts, list(_account(report, mentions)))


def _mark_furniture(report: _Report, mentions: Sequence[Mention], furniture: Sequence[tuple[int, int]]) -> None:
    spans = [(report.working.working(start), report.working.working(end)) for start, end in furniture]
    at = 0
    for mention in mentions:
        while at < len(spans) and spans[at][1] <= mention.start:
            at += 1
        if at < len(spans) and spans[at][0] <= mention.start:
            mention.reason = "page_furniture"


def _read_line(report: _Report, line: sections.Line, mentions: Sequence[Mention]) -> None:
    counted = False
    for mention in mentions:
        if not mention.reason:
            mention.reason = line.part if line.part != "result" else "duration" if mention.unit in _DURATIONS else ""
            counted = counted or not mention.reason
    if line.table:
        _read_row(report, line, mentions)
    elif counted or (line.part == "result" and HINT.search(report.working.text, line.start, line.end)):
        _read_paragraph(report, line, [m for m in mentions if not m.reason])


def _read_paragraph(report: _Report, line: sections.Line, figures: Sequence[Mention]) -> None:
    """Read the sentences that hold a figure or may state a zero, each with what those before it hand on."""
    text, codebook = report.working.text, report.codebook
    starts = sections.sentence_starts(text, line.start, line.end)
    by_sentence: dict[int, list[Mention]] = {}
    for figure in figures:
        by_sentence.setdefault(bisect_right(starts, figure.start) - 1, []).append(figure)
    for hint in HINT.finditer(text, line.start, line.end):
        by_sentence.setdefault(bisect_right(starts, hint.start()) - 1, [])
    heading = _heading(codebook, line.title)
    read: dict[int, SentenceReading] = {}
    for at in sorted(by_sentence):
        end = starts[at + 1] if at + 1 < len(starts) else line.end
        spoken = _speak(text, starts[at], end, by_sentence[at])
        said = _item(text, starts, at)
        context = Context(
            *_handed_on(codebook, text, starts, said, read),
            heading,
            any(by_sentence.get(before) for before in said),
            report.report_year,
        )
        read[at] = read_sentence(spoken.text, spoken.figures, context, codebook)
        _write(report, line, spoken, read[at])


def _item(text: str, starts: Sequence[int], at: int) -> range:
    """The sentences before the one at `at` in the same enumerated item, nearest first."""
    first = at
    while first and at - first < _LOOK_BACK and not _ITEM.match(text, starts[first]):
        first -= 1
    return range(at - 1, first - 1, -1)


def _handed_on(
    codebook: Codebook, text: str, starts: Sequence[int], said: range, read: Mapping[int, SentenceReading]
) -> tuple[int, int]:
    """The topics and the subjects of the nearest of the sentences before that names any of either."""
    topics = subjects = 0
    for at in said:
        known = read.get(at)
        here = named_in(text[starts[at] : starts[at + 1]], codebook) if known is None else known.handed_on
        topics, subjects = topics or here[0], subjects or here[1]
        if topics and subjects:
            break
    return topics, subjects


def _heading(codebook: Codebook, title: str) -> int:
    """What the words of a heading say; subjects of a heading are not carried into sentences."""
    known: int | None = codebook.memory.get(("heading", title)) if title else 0
    if known is not None:
        return known
    found = 0
    for token in codebook.tokens(title):
        found |= codebook.terms[token[2]].bits
    return codebook.remember(("heading", title), found & ~SUBJECTS)  # type: ignore[no-any-return]


def _speak(text: str, start: int, end: int, mentions: Sequence[Mention]) -> _Spoken:
    pieces: list[str] = []
    figures: list[Figure] = []
    at, length = start, 0
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
    pieces.append(text[at:end])
    return _Spoken("".join(pieces), tuple(figures), mentions, start)


def _write(report: _Report, line: sections.Line, spoken: _Spoken, reading: SentenceReading) -> None:
    """Turn the verdicts of one sentence into reasons and facts."""
    for mention, verdict in zip(spoken.mentions, reading.verdicts, strict=True):
        mention.reason = verdict.reason
        if verdict.found:
            evidence = spoken.working(verdict.start), spoken.working(verdict.end)
            part = None if verdict.part is None else spoken.working(verdict.part)
            _add(report, line, mention, verdict, evidence, part)
    for zero in reading.zeros:
        _add_zero(report, line, zero, spoken)


def _add(
    report: _Report,
    line: sections.Line,
    mention: Mention,
    verdict: Verdict,
    evidence: tuple[int, int],
    part: int | None,
) -> None:
    """The facts of one figure."""
    working = report.working
    amount = cues.amount(working.text, mention)
    if verdict.negated:
        amount = cues.Amount(0.0, "exact", 0.0, 0.0)
    start, end = working.stored(*evidence)
    number = working.stored(mention.start, mention.end)
    unit = report.stored[slice(*working.stored(mention.digits_end, mention.end))].strip() or mention.unit
    report.done[mention.start] = len(report.facts)
    for found in verdict.found:
        total = None if part is None else _total(report, line, found.metric, part, verdict.joined)
        report.facts.append(
            Fact(
                metric_code=found.metric,
                value=amount.value,
                unit=report.codebook.unit_of(found.metric),
                unit_raw=unit,
                qualifier=amount.qualifier,
                value_low=amount.low,
                value_high=amount.high,
                role="total" if total is None else "subset",
                subset_of=total,
                period=verdict.period,
                implicit_zero=verdict.negated,
                scope=found.scope,
                section=line.title or None,
                evidence=report.stored[start:end],
                char_start=start,
                char_end=end,
                number_start=number[0],
                number_end=number[1],
                rule_id=found.rule_id,
                read_as=found.read_as,
                confidence=CONFIDENCE[found.read_as],
            )
        )


def _total(report: _Report, line: sections.Line, metric: str, part: int, joined: bool) -> int | None:
    """The fact that a figure behind 其中 is part of: the same indicator's if it is there, else the one just before."""
    low, edge = report.working.stored(line.start, line.start)[0], report.working.stored(part, part)[0]
    nearest = None
    for at in range(len(report.facts) - 1, max(-1, len(report.facts) - _PARTS), -1):
        fact = report.facts[at]
        if fact.number_start < low:
            break
        if fact.number_start < edge and fact.role == "total":
            if fact.metric_code == metric:
                return at
            nearest = at if nearest is None else nearest
    return nearest if joined else None


def _add_zero(report: _Report, line: sections.Line, zero: Zero, spoken: _Spoken) -> None:
    start, end = report.working.stored(*(spoken.working(offset) for offset in zero.evidence))
    number = report.working.stored(spoken.working(zero.start), spoken.working(zero.end))
    report.facts.append(
        Fact(
            metric_code=zero.rule.metric,
            value=0.0,
            unit=report.codebook.unit_of(zero.rule.metric),
            unit_raw="",
            qualifier="exact",
            value_low=0.0,
            value_high=0.0,
            role="total",
            subset_of=None,
            period=cues.period_of(spoken.text, 0, zero.start),
            implicit_zero=True,
            scope=None,
            section=line.title or None,
            evidence=report.stored[start:end],
            char_start=start,
            char_end=end,
            number_start=number[0],
            number_end=number[1],
            rule_id=zero.rule.rule_id,
            read_as="clause",
            confidence=CONFIDENCE["clause"],
        )
    )


def _read_row(report: _Report, line: sections.Line, mentions: Sequence[Mention]) -> None:
    """Read each figure of a table row through the sentence that its cell makes; the evidence is the row."""
    for cell in cells(report.working.text, line, [m for m in mentions if not m.reason], report.report_year):
        spoken = _speak(cell.text, 0, len(cell.text), [cell.spoken])
        context = Context(report_year=report.report_year)
        (verdict,) = read_sentence(spoken.text, spoken.figures, context, report.codebook).verdicts
        mention = cell.mention
        mention.value, mention.unit, mention.more = cell.spoken.value, cell.spoken.unit, cell.spoken.more
        mention.reason = cell.reason or verdict.reason
        if not mention.reason:
            _add(report, line, mention, verdict, (line.start, line.end), None)
    for mention in mentions:
        if not mention.reason and mention.start not in report.done:
            mention.reason = "uncoded"


def _account(report: _Report, mentions: Sequence[Mention]) -> Iterator[Number]:
    """One row for every number, with its fact or its reason."""
    length = len(report.working.text.rstrip())
    for mention in mentions:
        fact = report.done.get(mention.start)
        disposition = mention.reason if fact is None else "fact"
        if not disposition or disposition == "unclassified":
            disposition = "truncated" if mention.end >= length else "unclassified"
        start, end = report.working.stored(mention.start, mention.end)
        unit = _BRACKET.sub("", mention.unit) or None
        yield Number(start, end, report.stored[start:end], mention.value, unit, disposition, fact)
