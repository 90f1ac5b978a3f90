"""Rows: the numbers and facts of a batch of reports as frames, with offsets in their stored texts.

A batch of reports has half a million values. So the sentences of all its reports are collected, and their rows are
taken from the tables of statements at once; what remains is arithmetic on offsets.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from pipelines.codebook.compiled import Codebook
from pipelines.codebook.cues import scaled, times
from pipelines.codebook.periods import YEAR, Period
from pipelines.extract.report.offsets import BatchTexts
from pipelines.extract.report.records import BEFORE, BEHIND
from pipelines.extract.report.relations import FactColumns, SubsetMark, mark_repeats, mark_subsets, mark_substitutes
from pipelines.extract.report.sections import ReportLine
from pipelines.extract.sentence.statement import FactKind, Statement
from pipelines.extract.statement_tables import NONE, FactRows, Floats, Integers, NumberRows, StatementTables
from pipelines.numerals.fold import FoldedText
from pipelines.numerals.values import arabic_value

# The fields of a sentence: its statement, where it starts, its first numeral, its line, the period of facts that name
# none, and whether none of its numbers is a fact.
_STATEMENT, _START, _FIRST, _LINE, _PERIOD, _IS_BARE = range(6)


class _PlacedFacts(NamedTuple):
    """The facts of a batch, in order; by fact:"""

    of: Integers  # the fields of its sentence
    reports: Integers  # which of the reports states it
    starts: Integers  # three columns: where evidence, figure and unit start in the stored texts
    ends: Integers  # and where they end
    periods: Integers  # codes of `StatementTables.periods`
    amounts: Sequence[pl.Series]  # value, lower and upper bound


class BatchRows:
    """Collects what the reports of one batch state, and makes frames of it."""

    def __init__(self, tables: StatementTables, codebook: Codebook) -> None:
        """tables: of the statements that are kept; they must not be emptied before the frames are made."""
        self._tables, self._codebook = tables, codebook
        self._texts = BatchTexts()
        self._sentences: list[int] = []  # six fields a sentence
        self._passing: list[Statement] = []  # statements that the tables do not keep
        self._numerals: list[str] = []  # of all sentences
        self._titles: list[str | None] = []  # by line
        self._line_starts: list[int] = []
        self._editions: list[int] = []  # by report, the code of its period
        self._line: ReportLine | None = None  # of the last sentence
        self._period: Period | None = None  # of the last sentence, and its code
        self._period_code = tables.periods[None]
        self._start = 0  # of the last report, in all working texts

    def begin(self, stored: str, folded: FoldedText, edition: Period = YEAR) -> None:
        """Begin the next report.

        stored: its text; folded: the same as it is read, with the way back to the offsets of it; edition: the part of
        the year that the whole report is on.
        """
        self._start = self._texts.add(stored, folded)
        self._editions.append(self._tables.periods[edition])
        self._line = None

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
        """Add a sentence.

        start: its offset in the working text; statement: what it states, by its number if the tables keep it; numerals:
        its own, where it was read as a template; period: that of figures whose words name none; is_bare: none of its
        numbers is a fact.
        """
        if line is not self._line:
            self._line = line
            self._titles.append(line.title or None)
            self._line_starts.append(self._start + line.start)
        if period is not self._period:
            self._period, self._period_code = period, self._tables.periods[period]
        if not isinstance(statement, int):
            self._passing.append(statement)
            statement = -len(self._passing)
        first, of_line = len(self._numerals), len(self._titles) - 1
        self._sentences += (statement, self._start + start, first, of_line, self._period_code, is_bare)
        self._numerals += numerals

    def frames(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Facts and numbers in order of appearance: the fields of `Fact` and `Number`, and the report, from 0 on.

        `subset_of` and `fact` are the numbers of rows of the frame of facts.
        """
        self._texts.finish()
        sentences = np.array(self._sentences, np.int64).reshape(-1, 6)
        lengths = np.array([0, *map(len, self._numerals)], np.int64)
        # In a template each numeral is one digit. `longer` says by how much the numerals of the batch are longer that
        # stand before each of them: so far the offsets of the template are to be moved.
        longer = np.cumsum(lengths) - np.arange(len(lengths))
        values = np.array([float(n) if n.isdigit() else arabic_value(n) for n in self._numerals], np.float64)
        statements, kept = sentences[:, _STATEMENT], len(self._tables)
        sentences[:, _STATEMENT] = np.where(statements < 0, kept - 1 - statements, statements)
        with self._tables.with_passing(self._passing):
            facts, first_facts = self._facts(sentences, longer, values)
            return facts, self._number_rows(sentences, longer, values, first_facts)

    def _number_rows(
        self, sentences: Integers, longer: Integers, numerals: Floats, first_facts: Integers
    ) -> pl.DataFrame:
        tables, texts = self._tables, self._texts
        rows = tables.numbers(sentences[:, _STATEMENT])
        of = sentences[rows.owners]
        offsets = _moved(rows, of, longer)
        starts, ends = texts.stored(offsets[:, 0]), texts.stored(offsets[:, 1], end=True)
        reports = texts.reports(of[:, _START])
        facts = np.where(rows.facts == NONE, NONE, rows.facts + first_facts[rows.owners])
        dispositions = rows.dispositions
        is_bare = of[:, _IS_BARE] == 1
        if is_bare.any():
            stated = tables.dispositions["fact"]
            dispositions[is_bare & (dispositions == stated)] = tables.dispositions["uncoded"]
            facts[is_bare] = NONE
        unread = tables.dispositions["unclassified"]
        # A number that ends the text and that no rule reads may have lost its words.
        is_last = np.diff(reports, append=len(self._editions)) > 0
        for at in np.flatnonzero(is_last & (dispositions == unread)).tolist():
            if texts.is_last(int(reports[at]), int(ends[at])):
                dispositions[at] = tables.dispositions["truncated"]
        context: list[str | None] = [None] * len(facts)
        for at in np.flatnonzero(dispositions == unread).tolist():
            context[at] = texts.around(int(reports[at]), int(starts[at]) - BEFORE, int(ends[at]) + BEHIND)
        begins = texts.starts[reports]
        return pl.DataFrame(
            {
                "report": reports,
                "char_start": starts - begins,
                "char_end": ends - begins,
                "text": pl.Series(texts.between(starts, ends), dtype=pl.String),
                "value": pl.Series(_scaled(rows, of, numerals), nan_to_null=True),
                "unit_raw": pl.Series(list(tables.units), dtype=pl.String)[rows.units],
                "disposition": pl.Series(list(tables.dispositions), dtype=pl.String)[dispositions],
                "fact": pl.Series([None if fact == NONE else fact for fact in facts.tolist()], dtype=pl.Int64),
                "context": pl.Series(context, dtype=pl.String),
            }
        )

    def _facts(self, sentences: Integers, longer: Integers, numerals: Floats) -> tuple[pl.DataFrame, Integers]:
        """The frame of facts, and for each sentence which of them is its first."""
        tables, texts = self._tables, self._texts
        stating = np.flatnonzero(sentences[:, _IS_BARE] == 0)
        rows = tables.facts(sentences[stating, _STATEMENT])
        owners = stating[rows.owners]
        of = sentences[owners]
        offsets = _moved(rows, of, longer)
        kinds = tables.fact_kinds(rows.kinds)
        own = [tables.kinds[kind] for kind in rows.kinds.tolist()]
        reports = texts.reports(of[:, _START])
        facts = _PlacedFacts(
            of,
            reports,
            starts=texts.stored(offsets[:, :6:2]),
            ends=texts.stored(offsets[:, 1:6:2], end=True),
            periods=self._periods(kinds["period"].to_numpy(), of, reports),
            amounts=_amounts(kinds, own, rows, of, numerals),
        )
        columns = self._columns(facts, own, kinds["scope_key"].to_list())
        behind = np.flatnonzero(rows.is_behind)
        self._relate(columns, behind, of[behind, _LINE], offsets[behind, 6])
        frame = {name: kinds[name] for name in kinds.columns if name != "period"} | self._frame_columns(facts, columns)
        return pl.DataFrame(frame), np.searchsorted(owners, np.arange(len(sentences)))

    def _columns(self, facts: _PlacedFacts, kinds: list[FactKind], scope_keys: list[str]) -> FactColumns:
        """What relates facts to each other, by column."""
        texts, starts, ends = self._texts, facts.starts, facts.ends
        value, low, high = facts.amounts
        units = texts.between(starts[:, 2], ends[:, 2])
        return FactColumns(
            kinds=kinds,
            reports=facts.reports.tolist(),
            sentence=texts.sentences(starts[:, 1]).tolist(),
            periods=facts.periods.tolist(),
            scope_key=scope_keys,
            value=value.to_list(),
            value_low=low.to_list(),
            value_high=high.to_list(),
            unit_raw=[unit.strip() or kind.classifier for unit, kind in zip(units, kinds, strict=True)],
            evidence=texts.between(starts[:, 0], ends[:, 0]),
            char_start=starts[:, 0].tolist(),
            number_start=starts[:, 1].tolist(),
            number_end=ends[:, 1].tolist(),
        )

    def _frame_columns(self, facts: _PlacedFacts, columns: FactColumns) -> dict[str, pl.Series]:
        """The columns of the frame of facts beside those of their kinds; offsets count from the start of the report."""
        starts, ends, periods = facts.starts, facts.ends, facts.periods
        value, low, high = facts.amounts
        begins = self._texts.starts[facts.reports]
        known = [period or YEAR for period in self._tables.periods]
        return {
            "report": pl.Series(facts.reports),
            "value": value,
            "value_low": low,
            "value_high": high,
            "unit_raw": pl.Series(columns.unit_raw, dtype=pl.String),
            "role": pl.Series(columns.role, dtype=pl.String),
            "subset_of": pl.Series(columns.subset_of, dtype=pl.Int64),
            "period": pl.Series([period.name for period in known], dtype=pl.String)[periods],
            "months": pl.Series([period.months for period in known], dtype=pl.Int64)[periods],
            "period_start": pl.Series([period.start for period in known], dtype=pl.Int64)[periods],
            "period_end": pl.Series([period.end for period in known], dtype=pl.Int64)[periods],
            "is_substitute": pl.Series(columns.is_substitute, dtype=pl.Boolean),
            "section": pl.Series(self._titles, dtype=pl.String)[facts.of[:, _LINE]],
            "evidence": pl.Series(columns.evidence, dtype=pl.String),
            "char_start": pl.Series(starts[:, 0] - begins),
            "char_end": pl.Series(ends[:, 0] - begins),
            "number_start": pl.Series(starts[:, 1] - begins),
            "number_end": pl.Series(ends[:, 1] - begins),
            "sentence": pl.Series(columns.sentence, dtype=pl.Int64) - self._texts.sentences(begins) + 1,
        }

    def _relate(self, facts: FactColumns, behind: Integers, lines: Integers, marks: Integers) -> None:
        """Mark parts, repeats and substitutes. behind: the facts behind 其中, with their lines, and where it stands."""
        starts = self._texts.stored(np.array(self._line_starts, np.int64)[lines])
        opened = zip(behind.tolist(), starts.tolist(), self._texts.stored(marks).tolist(), strict=True)
        mark_subsets(facts, [SubsetMark(*mark) for mark in opened], self._codebook, self._texts.text)
        mark_repeats(facts)
        mark_substitutes(facts)

    def _periods(self, own: Integers, of: Integers, reports: Integers) -> Integers:
        """The period of each fact: that of its words, else of what stands before it; the year is that of its report."""
        codes = self._tables.periods
        stated = np.where(own == codes[None], of[:, _PERIOD], own)
        editions = np.array(self._editions, np.int64)[reports]
        return np.where((stated == codes[None]) | (stated == codes[YEAR]), editions, stated)


def _moved(rows: NumberRows | FactRows, of: Integers, longer: Integers) -> Integers:
    """The offsets of rows in the working texts. of: by row, the fields of its sentence."""
    first = of[:, _FIRST]
    moved: Integers = (of[:, _START] - longer[first])[:, None] + rows.offsets + longer[first[:, None] + rows.before]
    return moved


def _scaled(rows: NumberRows, of: Integers, numerals: Floats) -> Floats:
    """The values of numbers: those of the template, each multiplied by its numeral."""
    values, scaled_ones = rows.values, np.flatnonzero(rows.numerals != NONE)
    by = numerals[of[scaled_ones, _FIRST] + rows.numerals[scaled_ones]]
    # Most values are 1 there. The others are multiplied as Python rounds, which NumPy does not.
    for at in np.flatnonzero(values[scaled_ones] != 1.0).tolist():
        value = float(values[scaled_ones[at]])
        by[at] = value if value != value else times(value, float(by[at]))
    values[scaled_ones] = by
    return values


def _amounts(
    kinds: pl.DataFrame, own: Sequence[FactKind], rows: FactRows, of: Integers, numerals: Floats
) -> list[pl.Series]:
    """The values and the lower and upper bounds of facts, null where there is none."""
    amounts = kinds.select("value", "value_low", "value_high").to_numpy().copy()
    scaled_ones = np.flatnonzero(rows.numerals != NONE)
    by = numerals[of[scaled_ones, _FIRST] + rows.numerals[scaled_ones]]
    of_one = amounts[scaled_ones]
    amounts[scaled_ones] = np.where(np.isnan(of_one), of_one, by[:, None])
    for at in np.flatnonzero(((of_one != 1.0) & ~np.isnan(of_one)).any(axis=1)).tolist():
        bounds = scaled(own[scaled_ones[at]].amount, float(by[at]))
        amounts[scaled_ones[at]] = [np.nan if bound is None else bound for bound in bounds]
    return [pl.Series(column, nan_to_null=True) for column in amounts.T]
