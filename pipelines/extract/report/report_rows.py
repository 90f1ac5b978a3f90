"""Rows of a single report, made of what its sentences state as they stand: without templates, tables and frames.

`rows` makes those of a batch. Both come to the same, and this one imports no library: for one file that is quicker.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from pipelines.codebook.compiled import Codebook
from pipelines.codebook.periods import YEAR, Period
from pipelines.extract.report.records import BEFORE, BEHIND, SENTENCE_ENDS, Extraction, Fact, Number
from pipelines.extract.report.relations import FactColumns, SubsetMark, mark_repeats, mark_subsets, mark_substitutes
from pipelines.extract.report.sections import ReportLine
from pipelines.extract.sentence.statement import SentenceFact, Statement
from pipelines.numerals.fold import FoldedText

_ENDS = re.compile(f"[{SENTENCE_ENDS}]")


class _Stated(NamedTuple):
    """A fact of a sentence, the line and the offset of the sentence, and the period that the fact is on."""

    line: ReportLine
    start: int
    fact: SentenceFact
    period: Period


class ReportRows:
    """Collects the statements of one report."""

    def __init__(self, codebook: Codebook) -> None:
        """codebook: the one that the report is read with."""
        self._codebook = codebook
        self._stored, self._folded, self._edition = "", FoldedText(""), YEAR
        self._sentences: list[tuple[ReportLine, int, Statement, Period | None, bool]] = []

    def begin(self, stored: str, folded: FoldedText, edition: Period = YEAR) -> None:
        """Say which report it is; arguments as of `BatchRows.begin`."""
        self._stored, self._folded, self._edition = stored, folded, edition

    def add(
        self,
        line: ReportLine,
        start: int,
        statement: int | Statement,
        numerals: Sequence[str],
        period: Period | None,
        *,
        is_bare: bool = False,
    ) -> None:
        """Add a sentence; arguments as of `BatchRows.add`. It was not read as a template, so it has no numerals."""
        assert isinstance(statement, Statement)
        assert not numerals
        self._sentences.append((line, start, statement, period, is_bare))

    def extraction(self) -> Extraction:
        """All facts and numbers, in order of appearance."""
        numbers: list[Number] = []
        stated: list[_Stated] = []
        for line, start, statement, period, is_bare in self._sentences:
            facts = () if is_bare else statement.facts
            first_facts = {fact.number: len(stated) + at for at, fact in reversed(list(enumerate(facts)))}
            given = {fact.number for fact in statement.facts}
            for at, ((a, b), value, unit, reason) in enumerate(statement.numbers):
                disposition = "fact" if at in first_facts else "uncoded" if at in given else reason
                number_start, end = self._stored_span(start + a, start + b)
                text = self._stored[number_start:end]
                numbers.append(Number(number_start, end, text, value, unit, disposition, first_facts.get(at)))
            for fact in facts:
                own = fact.kind.period or period
                stated.append(_Stated(line, start, fact, self._edition if own is None or own == YEAR else own))
        return Extraction(self._facts(stated), self._accounted(numbers))

    def _stored_span(self, start: int, end: int) -> tuple[int, int]:
        (first,), (last,) = self._folded.to_stored([start]), self._folded.to_stored([end], end=True)
        return first, last

    def _accounted(self, numbers: list[Number]) -> list[Number]:
        """The numbers with the words around those that no rule reads."""
        # A number that ends the text and that no rule reads may have lost its words.
        length = len(self._stored.rstrip())
        if numbers and numbers[-1].disposition == "unclassified" and numbers[-1].char_end >= length:
            numbers[-1] = numbers[-1]._replace(disposition="truncated")
        for at, number in enumerate(numbers):
            if number.disposition == "unclassified":
                context = self._stored[max(0, number.char_start - BEFORE) : number.char_end + BEHIND]
                numbers[at] = number._replace(context=context)
        return numbers

    def _facts(self, stated: Sequence[_Stated]) -> list[Fact]:
        confidence, unit_of = self._codebook.confidence, self._codebook.unit_of
        spans = [
            [
                self._stored_span(one.start + a, one.start + b)
                for a, b in (one.fact.evidence, one.fact.figure, one.fact.unit)
            ]
            for one in stated
        ]
        columns = self._related(stated, spans)
        return [
            Fact(
                metric_code=kind.metric,
                value=columns.value[at],
                unit=unit_of(kind.metric),
                unit_raw=columns.unit_raw[at],
                qualifier=kind.amount.qualifier,
                value_low=columns.value_low[at],
                value_high=columns.value_high[at],
                role=columns.role[at],
                subset_of=columns.subset_of[at],
                period=period.name,
                months=period.months,
                period_start=period.start,
                period_end=period.end,
                implicit_zero=kind.negated,
                scope=kind.scope.text,
                scope_who=kind.scope.who,
                scope_where=kind.scope.where,
                scope_what=kind.scope.what,
                scope_key=kind.scope.key,
                scope_group=kind.scope.group,
                is_substitute=columns.is_substitute[at],
                section=line.title or None,
                evidence=columns.evidence[at],
                char_start=spans[at][0][0],
                char_end=spans[at][0][1],
                number_start=spans[at][1][0],
                number_end=spans[at][1][1],
                sentence=columns.sentence[at],
                rule_id=kind.rule_id,
                read_as=kind.read_as,
                tied_with=list(kind.tied_with),
                confidence=confidence[kind.read_as],
            )
            for at, (kind, (line, _, _, period)) in enumerate(zip(columns.kinds, stated, strict=True))
        ]

    def _related(self, stated: Sequence[_Stated], spans: Sequence[Sequence[tuple[int, int]]]) -> FactColumns:
        """The facts by column, parts, repeats and substitutes marked. spans: of evidence, figure and unit, by fact."""
        text = self._stored
        kinds = [one.fact.kind for one in stated]
        ends = [found.end() for found in _ENDS.finditer(text)] if stated else []
        codes: dict[Period, int] = {}
        columns = FactColumns(
            kinds=kinds,
            reports=[0] * len(kinds),
            sentence=[bisect_right(ends, figure[0]) + 1 for _, figure, _ in spans],
            periods=[codes.setdefault(one.period, len(codes)) for one in stated],
            scope_key=[kind.scope.key for kind in kinds],
            value=[kind.amount.value for kind in kinds],
            value_low=[kind.amount.low for kind in kinds],
            value_high=[kind.amount.high for kind in kinds],
            unit_raw=[text[a:b].strip() or kind.classifier for (_, _, (a, b)), kind in zip(spans, kinds, strict=True)],
            evidence=[text[a:b] for (a, b), _, _ in spans],
            char_start=[evidence[0] for evidence, _, _ in spans],
            number_start=[figure[0] for _, figure, _ in spans],
            number_end=[figure[1] for _, figure, _ in spans],
        )
        marks = [
            SubsetMark(at, *self._folded.to_stored([one.line.start, one.start + one.fact.subset_mark]))
            for at, one in enumerate(stated)
            if one.fact.subset_mark is not None
        ]
        mark_subsets(columns, marks, self._codebook, text)
        mark_repeats(columns)
        mark_substitutes(columns)
        return columns
