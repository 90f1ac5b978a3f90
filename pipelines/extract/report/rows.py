"""Rows: what is stored of the facts and numbers of one report, and how its facts relate (其中, repeats).

A batch of reports has a million values, so each field is one list: that takes a third of the time of one object a row.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, TypeVar

from pipelines.codebook.compile import Codebook
from pipelines.codebook.cues import scaled, times
from pipelines.extract.cache import Placed
from pipelines.extract.report.sections import Line
from pipelines.extract.sentence.matching import CONFIDENCE
from pipelines.extract.sentence.statement import Stated
from pipelines.numerals.fold import Working
from pipelines.numerals.values import arabic_value

_ENDS = re.compile(r"[。！？!?\n]")  # where a sentence ends, for whoever asks whether two figures stand in one
_BEFORE, _BEHIND = 30, 15  # characters around a number that nobody could class
_NEAR = 3  # facts before 其中 that it may detail
_PARTS = 200  # facts among which a total is looked for


#: A sentence: its line, its start in the working text, what it states, which of the report's numerals is its first.
Said = tuple[Line, int, Placed, int]
#: A fact behind 其中: its index, its line, and where 其中 stands in the working text.
Detail = tuple[int, Line, int]


@dataclass(slots=True)
class Numbers:
    """The numbers of a report; fields as of `Number`."""

    char_start: list[int] = field(default_factory=list)
    char_end: list[int] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    value: list[float | None] = field(default_factory=list)
    unit_raw: list[str | None] = field(default_factory=list)
    disposition: list[str] = field(default_factory=list)
    fact: list[int | None] = field(default_factory=list)
    context: list[str | None] = field(default_factory=list)


@dataclass(slots=True)
class Facts:
    """The facts of a report: `stated` has what the sentence alone decides, the rest are fields as of `Fact`."""

    stated: list[Stated] = field(default_factory=list)
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


def _mark_truncated(numbers: Numbers, stored: str) -> None:
    """A number that ends the text and that no rule reads may have lost its words."""
    unread = numbers.text and numbers.disposition[-1] == "unclassified"
    if unread and numbers.char_end[-1] >= len(stored.rstrip()):
        numbers.disposition[-1] = "truncated"


Rows = TypeVar("Rows", Numbers, Facts)


@dataclass(slots=True)
class Telling:
    """What the sentences of one report state, and what leads back to its stored text."""

    stored: str
    working: Working
    said: list[Said] = field(default_factory=list)
    numerals: list[str] = field(default_factory=list)  # of all sentences

    def say(self, line: Line, start: int, placed: Placed, numerals: Sequence[str] = ()) -> None:
        """Add a sentence of the working text and its numerals."""
        self.said.append((line, start, placed, len(self.numerals)))
        self.numerals += numerals

    def rows(self, codebook: Codebook) -> tuple[Numbers, Facts]:
        """The rows of the report, in order of appearance."""
        # How much longer than a digit each the numerals are that stand before a numeral of the report.
        longer = [total - count for count, total in enumerate(accumulate(map(len, self.numerals), initial=0))]
        values = [float(n) if n.isdigit() else arabic_value(n) for n in self.numerals]
        numbers = self._numbers(longer, values)
        facts, details = self._facts(longer, values)
        self._detail(facts, details, codebook)
        mark_repeats(facts)
        _mark_truncated(numbers, self.stored)
        numbers.context = [
            self.stored[max(0, start - _BEFORE) : end + _BEHIND] if disposition == "unclassified" else None
            for start, end, disposition in zip(numbers.char_start, numbers.char_end, numbers.disposition, strict=True)
        ]
        return numbers, facts

    def _numbers(self, longer: Sequence[int], by: Sequence[float]) -> Numbers:
        rows, spans, facts = Numbers(), list[int](), 0
        for _, start, (offsets, before, values, numerals, units, dispositions, given, its_facts), first in self.said:
            base = start - longer[first]
            spans += [base + at + longer[first + count] for at, count in zip(offsets, before, strict=True)]
            if numerals:
                values = [
                    v if at is None else by[first + at] if v == 1.0 else times(v, by[first + at])
                    for v, at in zip(values, numerals, strict=True)
                ]
            rows.value += values
            rows.unit_raw += units
            rows.disposition += dispositions
            if its_facts:
                given = [None if at is None else facts + at for at in given]
                facts += len(its_facts)
            rows.fact += given
        rows.char_start, rows.char_end = self._in_stored(spans[::2]), self._in_stored(spans[1::2], end=True)
        rows.text = self._texts(rows.char_start, rows.char_end)
        return rows

    def _facts(self, longer: Sequence[int], by: Sequence[float]) -> tuple[Facts, list[Detail]]:
        rows = Facts()
        details: list[Detail] = []
        spans: list[int] = []
        for line, start, placed, first in self.said:
            base = start - longer[first]
            for stated, numeral, offsets, before in placed.facts:
                spans += [base + at + longer[first + count] for at, count in zip(offsets, before, strict=True)]
                if stated.part is not None:
                    details.append((len(rows.stated), line, spans.pop()))
                value, _, low, high = amount = stated.amount
                if numeral is not None:
                    value, low, high = scaled(amount, by[first + numeral])
                rows.stated.append(stated)
                rows.value.append(value)
                rows.value_low.append(low)
                rows.value_high.append(high)
                rows.section.append(line.title or None)
        rows.char_start, rows.char_end = self._in_stored(spans[::6]), self._in_stored(spans[1::6], end=True)
        rows.number_start, rows.number_end = self._in_stored(spans[2::6]), self._in_stored(spans[3::6], end=True)
        ends = [found.end() for found in _ENDS.finditer(self.stored)] if rows.stated else []
        rows.sentence = [bisect_right(ends, start) + 1 for start in rows.number_start]
        rows.evidence = self._texts(rows.char_start, rows.char_end)
        units = self._texts(self._in_stored(spans[4::6]), self._in_stored(spans[5::6], end=True))
        rows.unit_raw = [unit.strip() or stated.classifier for unit, stated in zip(units, rows.stated, strict=True)]
        rows.role = ["total"] * len(units)
        rows.subset_of = [None] * len(units)
        return rows, details

    def _in_stored(self, offsets: list[int], *, end: bool = False) -> list[int]:
        """Offsets of the working text where spans of the stored text begin or end; what was dropped there stays out."""
        gaps, dropped = self.working.gaps, self.working.dropped
        if not gaps:
            return offsets
        before = bisect_left if end else bisect_right
        return [offset + dropped[before(gaps, offset)] for offset in offsets]

    def _texts(self, starts: list[int], ends: list[int]) -> list[str]:
        stored = self.stored
        return [stored[start:end] for start, end in zip(starts, ends, strict=True)]

    def _detail(self, facts: Facts, details: Sequence[Detail], codebook: Codebook) -> None:
        """Give the facts behind 其中 their role and their total."""
        for at, line, part in details:
            low, part = self._in_stored([line.start, part])
            total = _total(facts, at, low, part, codebook)
            if total is not None:
                facts.role[at], facts.subset_of[at] = "subset", total


def _total(facts: Facts, detail: int, low: int, part: int, codebook: Codebook) -> int | None:
    """The fact that a figure behind 其中 is part of: the same indicator's if it is there, else the nearest of its unit.

    low: where the line starts, in the stored text; part: where 其中 stands. A fact of another unit is taken only where
    none of its own is near.
    """
    stated = facts.stated[detail]
    near = []
    for at in range(detail - 1, max(-1, detail - _PARTS), -1):
        start = facts.number_start[at]
        if start < low:
            break
        if start < part and facts.role[at] == "total":
            if facts.stated[at].metric == stated.metric:
                return at
            near.append(at)
    if not stated.joined or not near:
        return None
    unit = codebook.unit_of(stated.metric)
    alike = (
        at
        for at in near[:_NEAR]
        if codebook.unit_of(facts.stated[at].metric) == unit or facts.unit_raw[at] == stated.classifier
    )
    return next(alike, near[0])


def mark_repeats(facts: Facts) -> None:
    """Give role `repeat` to a total that says again, elsewhere and in as many words, what an earlier one said."""
    seen: dict[tuple[str, float, str, str | None], int] = {}
    for at, (stated, value, role) in enumerate(zip(facts.stated, facts.value, facts.role, strict=True)):
        if role != "total" or stated.read_as == "shared":
            continue
        earlier = seen.setdefault((stated.metric, value, stated.amount.qualifier, stated.scope), at)
        if (
            earlier != at
            and facts.evidence[earlier] != facts.evidence[at]
            and facts.unit_raw[earlier] == facts.unit_raw[at]
            and value > 1
        ):
            facts.role[at] = "repeat"


def extend(rows: Rows, more: Rows) -> None:
    """Add the rows of another report."""
    for name in rows.__slots__:
        column = getattr(rows, name)
        column += getattr(more, name)


def fact_columns(facts: Facts, codebook: Codebook) -> dict[str, Sequence[Any]]:
    """All fields of facts, by their names in `Fact`; what sentences decide is written out."""
    stated = facts.stated
    own = {name: getattr(facts, name) for name in Facts.__slots__ if name != "stated"}
    return own | {
        "metric_code": [one.metric for one in stated],
        "unit": [codebook.units[one.metric] for one in stated],
        "qualifier": [one.amount.qualifier for one in stated],
        "period": [one.period for one in stated],
        "months": [months_of(one.period) for one in stated],
        "implicit_zero": [one.negated for one in stated],
        "scope": [one.scope for one in stated],
        "rule_id": [one.rule_id for one in stated],
        "read_as": [one.read_as for one in stated],
        "confidence": [CONFIDENCE[one.read_as] for one in stated],
    }


def months_of(period: str) -> int:
    """The months that a period covers: `year` 12, `first_half` and `second_half` 6, `q2` 3, `to_09` 9; 0 if unknown."""
    if period == "year":
        return 12
    if period.endswith("half"):
        return 6
    if period.startswith("q"):
        return 3
    return int(period[-2:]) if period[-2:].isdigit() else 0


def number_columns(numbers: Numbers) -> dict[str, Sequence[Any]]:
    """All fields of numbers, by their names in `Number`."""
    return {name: getattr(numbers, name) for name in Numbers.__slots__}
