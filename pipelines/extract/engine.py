"""The engine: from the stored text of one report to its facts and the account of all its numbers.

Here belongs the order of the steps: fold, cut lines and sentences, have the sentences read, and write facts with
evidence in offsets of the stored text. Not here: any step itself. Pure: the same text gives the same answer anywhere.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.extract import cues, sections
from pipelines.extract.codebook import SUBJECTS, Codebook
from pipelines.extract.context import COUNTED, HEADING, TOPICS_BEFORE, Context
from pipelines.extract.facts import Extraction, Fact, Number, mark_repeats
from pipelines.extract.fold import Working, prepare
from pipelines.extract.matching import CONFIDENCE
from pipelines.extract.numerals import arabic_value
from pipelines.extract.sentence import named_in
from pipelines.extract.shape import Hear, Heard, plain, remembering
from pipelines.extract.statement import TELLING, PlacedFact, PlacedNumber, Span, Stated, Statement, parse
from pipelines.extract.tables import read_row

ENGINE_VERSION = "2"

_ITEM = re.compile(
    r"(?:[（(]?[0-9一二三四五六七八九十]{1,2}[)）、.．])|[一二三四五六七八九十]是|[首其再最][先次后]|另外|此外|同时"
)
_LOOK_BACK = 8  # sentences
_NEAR = 3  # facts before 其中 that it may detail
_PARTS = 200  # facts among which a total is looked for
_BEFORE = sections.Line(0, 0, "result", False, "")


@dataclass(slots=True)
class _Report:
    """What all sentences of one report share while it is read."""

    stored: str
    working: Working
    furniture: Sequence[Span]  # in the working text
    codebook: Codebook
    report_year: int | None
    starts: list[int]  # of sentences
    counted: set[int] = field(default_factory=set)  # sentences in which a figure stands
    found: Extraction = field(default_factory=Extraction)


def extract(
    text: str,
    furniture: Sequence[Span],
    report_year: int | None,
    codebook: Codebook,
    *,
    remember: bool = True,
) -> Extraction:
    """Read one stored text.

    furniture: spans of the stored text that are page furniture, ascending; report_year: the year the report is on, or
    None; remember: keep what sentences state with the codebook (False reads each anew, to the same end). Returns facts
    and numbers with offsets into `text`.
    """
    working = prepare(text)
    spans = [(working.working(start), working.working(end)) for start, end in furniture]
    report = _Report(text, working, spans, codebook, report_year, sections.sentence_starts(working.text))
    hear = remembering(codebook) if remember else plain
    lines = iter(sections.find_lines(working.text, report_year))
    line = _BEFORE
    end = 0
    for telling in TELLING.finditer(working.text):
        start = telling.start()
        if start < end:
            continue
        while line.end <= start:
            line = next(lines)
        if line.table:
            _read_row(report, line)
            end = line.end
        else:
            end = _read_sentence(report, line, bisect_right(report.starts, start) - 1, hear)
    mark_repeats(report.found.facts)
    _mark_truncated(report)
    return report.found


def _read_sentence(report: _Report, line: sections.Line, at: int, hear: Hear) -> int:
    """Read the sentence of that number; returns where it ends."""
    start, end = report.starts[at], min(report.starts[at + 1], line.end)
    words = report.working.text[start:end]
    furniture = _furniture(report, start, end) if report.furniture else ()
    if furniture:
        heard = Heard(parse(words, line.part, furniture), report.report_year, end - start)
    else:
        heard = hear(words, line.part, report.report_year)
    if heard.sentence.counted:
        report.counted.add(at)
    if heard.sentence.mentions or not heard.sentence.silent:
        _write(report, line, start, heard, heard.statement(_Said(report, line, at), report.codebook))
    return end


class _Said(Context):
    """What a sentence of a report takes over from those before it in the same enumerated item."""

    __slots__ = ("_at", "_line", "_report")

    def __init__(self, report: _Report, line: sections.Line, at: int) -> None:
        super().__init__()
        self._report, self._line, self._at = report, line, at

    def _look(self, question: int) -> int:
        if question == HEADING:
            return _heading(self._report.codebook, self._line.title)
        if question == COUNTED:
            return any(at in self._report.counted for at in self._before())
        return self._named(0 if question == TOPICS_BEFORE else 1)

    def _before(self) -> range:
        """The sentences before in the same item, nearest first."""
        first, starts, text = self._at, self._report.starts, self._report.working.text
        while (
            starts[first] > self._line.start and self._at - first < _LOOK_BACK and not _ITEM.match(text, starts[first])
        ):
            first -= 1
        return range(self._at - 1, first - 1, -1)

    def _named(self, kind: int) -> int:
        text, starts = self._report.working.text, self._report.starts
        for at in self._before():
            named = named_in(text[starts[at] : starts[at + 1]], self._report.codebook)[kind]
            if named:
                return named
        return 0


def _heading(codebook: Codebook, title: str) -> int:
    """What the words of a heading say; subjects of a heading are not carried into sentences."""
    known: int | None = codebook.memory.get(("heading", title)) if title else 0
    if known is not None:
        return known
    found = 0
    for token in codebook.tokens(title):
        found |= codebook.terms[token[2]].bits
    return codebook.remember(("heading", title), found & ~SUBJECTS)  # type: ignore[no-any-return]


def _write(report: _Report, line: sections.Line, start: int, heard: Heard, statement: Statement) -> None:
    """Turn what one sentence states into rows, in offsets of the stored text."""
    stored, numbers, facts = report.stored, report.found.numbers, report.found.facts
    values = [arabic_value(numeral) for numeral in heard.numerals]
    (placed, stated), by = heard.placed(statement), report.working.shift(start, start + heard.length)
    if by is None:
        placed, stated = _through_gaps(report.working, start, placed, stated)
    by = 0 if by is None else by + start
    first = len(facts)
    for a, b, numeral, value, unit, disposition, fact in placed:
        if numeral is not None and value is not None:
            value = cues.times(value, values[numeral])
        at = None if fact is None else first + fact
        numbers.append(Number(a + by, b + by, stored[a + by : b + by], value, unit, disposition, at))
    for one in stated:
        facts.append(_fact(report, line, one, by, 1.0 if one.numeral is None else values[one.numeral]))


def _through_gaps(
    working: Working, start: int, numbers: Sequence[PlacedNumber], facts: Sequence[PlacedFact]
) -> tuple[list[PlacedNumber], list[PlacedFact]]:
    """Numbers and facts of a sentence in whose stored text something was dropped, in offsets of the stored text."""

    def moved(span: Span) -> Span:
        return working.stored(start + span[0], start + span[1])

    return [number.moved(moved) for number in numbers], [fact.moved(moved) for fact in facts]


def _fact(report: _Report, line: sections.Line, placed: PlacedFact, by: int, times: float) -> Fact:
    """The row of a fact. by: how far its spans are moved in the stored text; times: the value of its numeral."""
    stated, amount = placed.stated, placed.stated.amount
    (a, b), (start, end), unit = placed.evidence, placed.figure, placed.unit
    total = None
    if placed.part is not None:
        total = _total(report, line, stated, placed.part + by, report.codebook.unit_of(stated.metric))
    return Fact(
        metric_code=stated.metric,
        value=cues.times(amount.value, times) or 0.0,
        unit=report.codebook.unit_of(stated.metric),
        unit_raw=report.stored[unit[0] + by : unit[1] + by].strip() or stated.classifier,
        qualifier=amount.qualifier,
        value_low=cues.times(amount.low, times),
        value_high=cues.times(amount.high, times),
        role="total" if total is None else "subset",
        subset_of=total,
        period=stated.period,
        implicit_zero=stated.negated,
        scope=stated.scope,
        section=line.title or None,
        evidence=report.stored[a + by : b + by],
        char_start=a + by,
        char_end=b + by,
        number_start=start + by,
        number_end=end + by,
        rule_id=stated.rule_id,
        read_as=stated.read_as,
        confidence=CONFIDENCE[stated.read_as],
    )


def _total(report: _Report, line: sections.Line, stated: Stated, part: int, unit: str) -> int | None:
    """The fact that a figure behind 其中 is part of: the same indicator's if it is there, else the nearest of its unit.

    part: where 其中 stands, in the stored text. A fact of another unit is taken only where none of its own is near.
    """
    low = report.working.stored(line.start, line.start)[0]
    facts = report.found.facts
    near = []
    for at in range(len(facts) - 1, max(-1, len(facts) - _PARTS), -1):
        fact = facts[at]
        if fact.number_start < low:
            break
        if fact.number_start < part and fact.role == "total":
            if fact.metric_code == stated.metric:
                return at
            near.append(at)
    if not stated.joined or not near:
        return None
    alike = (at for at in near[:_NEAR] if facts[at].unit == unit or facts[at].unit_raw == stated.classifier)
    return next(alike, near[0])


def _read_row(report: _Report, line: sections.Line) -> None:
    """A row of a table is read cell by cell."""
    furniture = _furniture(report, line.start, line.end)
    row, statement = read_row(report.working.text, line, furniture, report.report_year, report.codebook)
    _write(report, line, line.start, Heard(row, report.report_year, line.end - line.start), statement)


def _furniture(report: _Report, start: int, end: int) -> list[Span]:
    """The page furniture within a span of the working text, in offsets of the span."""
    return [(a - start, b - start) for a, b in report.furniture if a < end and b > start]


def _mark_truncated(report: _Report) -> None:
    """A number that ends the text and that no rule reads may have lost its words."""
    numbers = report.found.numbers
    if numbers and numbers[-1].disposition == "unclassified" and numbers[-1].char_end >= len(report.stored.rstrip()):
        numbers[-1] = numbers[-1]._replace(disposition="truncated")
