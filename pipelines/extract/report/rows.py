"""Rows: the numbers and facts of one report as columns, with offsets in its stored text.

A batch of reports has a million values, so each field is one list: that takes a third of the time of one object a row.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, NamedTuple, TypeVar

from pipelines.codebook.compiled import Codebook
from pipelines.codebook.cues import scaled, times
from pipelines.codebook.periods import YEAR, Period, period_that_opens
from pipelines.extract.report.sections import ReportLine
from pipelines.extract.sentence.statement import SentenceFact
from pipelines.extract.sentence.template import PlacedStatement
from pipelines.numerals.fold import FoldedText
from pipelines.numerals.values import arabic_value

_ENDS = re.compile(r"[。！？!?\n]")  # where a sentence ends, for whoever asks whether two figures stand in one
_BEFORE, _BEHIND = 30, 15  # characters of context around an unclassified number


@dataclass(slots=True)
class NumberColumns:
    """The numbers of reports; fields as of `Number`."""

    char_start: list[int] = field(default_factory=list)
    char_end: list[int] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    value: list[float | None] = field(default_factory=list)
    unit_raw: list[str | None] = field(default_factory=list)
    disposition: list[str] = field(default_factory=list)
    fact: list[int | None] = field(default_factory=list)
    context: list[str | None] = field(default_factory=list)

    def named(self) -> dict[str, Sequence[Any]]:
        """All fields by their names in `Number`."""
        return {name: getattr(self, name) for name in NumberColumns.__slots__}


@dataclass(slots=True)
class FactColumns:
    """The facts of reports: `facts` has what the sentence alone decides, the rest are fields as of `Fact`."""

    facts: list[SentenceFact] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    value_low: list[float | None] = field(default_factory=list)
    value_high: list[float | None] = field(default_factory=list)
    unit_raw: list[str] = field(default_factory=list)
    role: list[str] = field(default_factory=list)
    subset_of: list[int | None] = field(default_factory=list)
    section: list[str | None] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    char_start: list[int] = field(default_factory=list)
    char_end: list[int] = field(default_factory=list)
    number_start: list[int] = field(default_factory=list)
    number_end: list[int] = field(default_factory=list)
    sentence: list[int] = field(default_factory=list)
    is_substitute: list[bool] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)

    def named(self, codebook: Codebook) -> dict[str, Sequence[Any]]:
        """All fields by their names in `Fact`; what the sentences decide is written out."""
        facts = self.facts
        own = {name: getattr(self, name) for name in FactColumns.__slots__ if name not in ("facts", "periods")}
        return own | {
            "metric_code": [fact.metric for fact in facts],
            "unit": [codebook.unit_of(fact.metric) for fact in facts],
            "qualifier": [fact.amount.qualifier for fact in facts],
            "period": [period.name for period in self.periods],
            "months": [period.months for period in self.periods],
            "period_start": [period.start for period in self.periods],
            "period_end": [period.end for period in self.periods],
            "implicit_zero": [fact.negated for fact in facts],
            "scope": [fact.scope.text for fact in facts],
            "scope_who": [fact.scope.who for fact in facts],
            "scope_where": [fact.scope.where for fact in facts],
            "scope_what": [fact.scope.what for fact in facts],
            "scope_key": [fact.scope.key for fact in facts],
            "scope_group": [fact.scope.group for fact in facts],
            "rule_id": [fact.rule_id for fact in facts],
            "read_as": [fact.read_as for fact in facts],
            "tied_with": [list(fact.tied_with) for fact in facts],
            "confidence": [codebook.confidence[fact.read_as] for fact in facts],
        }


class SubsetMark(NamedTuple):
    """A fact behind 其中, in offsets of the stored text."""

    fact: int  # its index
    line_start: int
    start: int  # of 其中


Columns = TypeVar("Columns", NumberColumns, FactColumns)


def extend(columns: Columns, more: Columns) -> None:
    """Add the rows of another report to all columns."""
    for name in columns.__slots__:
        column = getattr(columns, name)
        column += getattr(more, name)


class ReportRows:
    """Collects the statements of one report, and makes rows of them."""

    def __init__(self, stored: str, folded: FoldedText, edition: Period = YEAR) -> None:
        """stored: the text of the report; folded: the same as it is read, with the way back to the offsets of it.

        edition: the part of the year that the whole report is on.
        """
        self._stored, self._folded, self._edition = stored, folded, edition
        # Line, start of the sentence in the working text, statement, and which of the report's numerals is its first.
        self._statements: list[tuple[ReportLine, int, PlacedStatement, int]] = []
        self._numerals: list[str] = []  # of all sentences

    def add(self, line: ReportLine, start: int, statement: PlacedStatement, numerals: Sequence[str] = ()) -> None:
        """Add the statement of a sentence that starts at `start` in the working text, and the sentence's numerals."""
        self._statements.append((line, start, statement, len(self._numerals)))
        self._numerals += numerals

    def columns(self) -> tuple[NumberColumns, FactColumns, list[SubsetMark]]:
        """The rows of the report in order of appearance, all facts as totals, and which facts stand behind 其中."""
        # In a template each numeral is one digit. `longer` says by how much the numerals of the report are longer that
        # stand before each of them: so far the offsets of the template are to be moved.
        longer = [total - count for count, total in enumerate(accumulate(map(len, self._numerals), initial=0))]
        values = [float(n) if n.isdigit() else arabic_value(n) for n in self._numerals]
        facts, marks = self._fact_columns(longer, values)
        return self._number_columns(longer, values), facts, marks

    def _number_columns(self, longer: Sequence[int], numerals: Sequence[float]) -> NumberColumns:
        rows, spans, n_facts = NumberColumns(), list[int](), 0
        for _, start, statement, first in self._statements:
            offsets, before, values, by, units, dispositions, facts_of_numbers, facts = statement
            base = start - longer[first]
            spans += [base + at + longer[first + count] for at, count in zip(offsets, before, strict=True)]
            if by:
                values = [
                    v if at is None else numerals[first + at] if v == 1.0 else times(v, numerals[first + at])
                    for v, at in zip(values, by, strict=True)
                ]
            rows.value += values
            rows.unit_raw += units
            rows.disposition += dispositions
            if facts:
                facts_of_numbers = [None if at is None else n_facts + at for at in facts_of_numbers]
                n_facts += len(facts)
            rows.fact += facts_of_numbers
        to_stored = self._folded.to_stored
        rows.char_start, rows.char_end = to_stored(spans[::2]), to_stored(spans[1::2], end=True)
        rows.text = self._texts(rows.char_start, rows.char_end)
        # A number that ends the text and that no rule reads may have lost its words.
        unread = rows.text and rows.disposition[-1] == "unclassified"
        if unread and rows.char_end[-1] >= len(self._stored.rstrip()):
            rows.disposition[-1] = "truncated"
        rows.context = [
            self._stored[max(0, start - _BEFORE) : end + _BEHIND] if disposition == "unclassified" else None
            for start, end, disposition in zip(rows.char_start, rows.char_end, rows.disposition, strict=True)
        ]
        return rows

    def _fact_columns(self, longer: Sequence[int], numerals: Sequence[float]) -> tuple[FactColumns, list[SubsetMark]]:
        rows = FactColumns()
        behind: list[tuple[int, int, int]] = []  # fact behind 其中, start of its line, start of 其中
        spans: list[int] = []
        for line, start, statement, first in self._statements:
            base = start - longer[first]
            around = self._period_around(line, start) if statement.facts else None
            for fact, numeral, offsets, before in statement.facts:
                spans += [base + at + longer[first + count] for at, count in zip(offsets, before, strict=True)]
                if fact.subset_mark is not None:
                    behind.append((len(rows.facts), line.start, spans.pop()))
                value, _, low, high = amount = fact.amount
                if numeral is not None:
                    value, low, high = scaled(amount, numerals[first + numeral])
                rows.facts.append(fact)
                rows.value.append(value)
                rows.value_low.append(low)
                rows.value_high.append(high)
                rows.section.append(line.title or None)
                stated = fact.period or around
                rows.periods.append(self._edition if stated is None or stated == YEAR else stated)
        to_stored = self._folded.to_stored
        # Six offsets a fact: where evidence, figure and unit start and end.
        rows.char_start, rows.char_end = to_stored(spans[::6]), to_stored(spans[1::6], end=True)
        rows.number_start, rows.number_end = to_stored(spans[2::6]), to_stored(spans[3::6], end=True)
        ends = [found.end() for found in _ENDS.finditer(self._stored)] if rows.facts else []
        rows.sentence = [bisect_right(ends, start) + 1 for start in rows.number_start]
        rows.evidence = self._texts(rows.char_start, rows.char_end)
        units = self._texts(to_stored(spans[4::6]), to_stored(spans[5::6], end=True))
        rows.unit_raw = [unit.strip() or fact.classifier for unit, fact in zip(units, rows.facts, strict=True)]
        rows.role = ["total"] * len(units)
        rows.subset_of = [None] * len(units)
        return rows, [SubsetMark(fact, *to_stored([line, mark])) for fact, line, mark in behind]

    def _period_around(self, line: ReportLine, start: int) -> Period | None:
        """The period of figures whose words name none: that of the sentence before a semicolon, else of a heading."""
        text = self._folded.text
        if start > line.start and text[start - 1] in ";；":
            opens = max(text.rfind(stop, line.start, start) for stop in "。!?") + 1
            carried = period_that_opens(text, max(opens, line.start), start)
            if carried:
                return carried
        return line.period

    def _texts(self, starts: list[int], ends: list[int]) -> list[str]:
        stored = self._stored
        return [stored[start:end] for start, end in zip(starts, ends, strict=True)]
