"""The tables of statements: a row for each number that a sentence states, and a row for each fact.

A batch of reports states half a million values, and most of its sentences state what others stated before. So what a
sentence states is put into rows of numbers once, and a batch takes the rows of all its sentences together.

Offsets are those of the template, in which each numeral is one digit. Beside each stands how many numerals there are
before it: so many numerals of a report may be longer.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, NamedTuple, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.codebook.compiled import Codebook
from pipelines.codebook.periods import Period
from pipelines.extract.row_schemas import FACT_SCHEMA
from pipelines.extract.sentence.statement import FactKind, Statement

Integers = NDArray[np.signedinteger[Any]]
Floats = NDArray[np.float64]
_NAN = float("nan")
NONE = -1  # in a column of codes or row numbers: there is none
# How many columns of a table are offsets; as many follow with the numerals before them, and then the other columns.
_NUMBER_OFFSETS, _NUMBER_COLUMNS = 2, 8
_FACT_OFFSETS, _FACT_COLUMNS = 7, 17

K = TypeVar("K")
_OF_KINDS = (
    *("metric_code", "unit", "value", "value_low", "value_high", "qualifier", "implicit_zero"),
    *("scope", "scope_who", "scope_where", "scope_what", "scope_key", "scope_group"),
    *("rule_id", "read_as", "tied_with", "confidence"),
)
_KIND_SCHEMA = {name: FACT_SCHEMA[name] for name in _OF_KINDS} | {"period": pl.Int64()}  # the period by its code


class Codes(dict[K, int]):
    """Gives each value a number, from 0 on, in the order in which it is met."""

    def __missing__(self, value: K) -> int:
        code = self[value] = len(self)
        return code


class NumberRows(NamedTuple):
    """Numbers of statements, in order; by number:"""

    owners: Integers  # which of the statements it belongs to
    offsets: Integers  # two columns: where it starts and ends
    before: Integers  # how many numerals stand before each offset
    numerals: Integers  # by which of the sentence's numerals its value is to be multiplied, or NONE
    units: Integers  # codes of `StatementTables.units`
    dispositions: Integers  # codes of `StatementTables.dispositions`
    facts: Integers  # the first of the statement's facts that it gives, or NONE
    values: Floats  # NaN where it has none


class FactRows(NamedTuple):
    """Facts of statements, in order; by fact:"""

    owners: Integers  # which of the statements it belongs to
    offsets: Integers  # seven columns: where evidence, figure and unit start and end, then 其中
    before: Integers  # how many numerals stand before each offset
    numerals: Integers  # by which of the sentence's numerals its amount is to be multiplied, or NONE
    kinds: Integers  # indices of `StatementTables.kinds`
    is_behind: Integers  # 1 where it stands behind 其中


class _Table:
    """Rows of one width. New ones wait in a list until the table is asked for."""

    def __init__(self, width: int, kind: type[np.int32 | np.float64] = np.int32) -> None:
        self._held: NDArray[Any] = np.empty((1024, width), kind)
        self._size = 0
        self.waiting: list[Any] = []  # all fields of all new rows

    @property
    def rows(self) -> NDArray[Any]:
        """All rows."""
        if self.waiting:
            new = np.array(self.waiting, self._held.dtype).reshape(-1, self._held.shape[1])
            size = self._size + len(new)
            if size > len(self._held):
                larger = np.empty((2 * size, self._held.shape[1]), self._held.dtype)
                larger[: self._size] = self._held[: self._size]
                self._held = larger
            self._held[self._size : size] = new
            self._size, self.waiting = size, []
        return self._held[: self._size]

    def cut(self, size: int) -> None:
        """Keep the first `size` of the rows that the table was asked for."""
        self._size, self.waiting = size, []


class StatementTables:
    """The numbers and facts of statements, which are named by numbers from 0 on. They belong to one codebook."""

    def __init__(self, codebook: Codebook) -> None:
        """No statement is known yet."""
        self._codebook = codebook
        self._ends = _Table(2)  # by statement: where its rows end in the two tables
        self._ends.waiting += (0, 0)
        self._numbers = _Table(_NUMBER_COLUMNS)
        self._values = _Table(1, np.float64)
        self._facts = _Table(_FACT_COLUMNS)
        self._n_statements = self._n_numbers = self._n_facts = 0
        self.units: Codes[str | None] = Codes()
        self.dispositions: Codes[str] = Codes()
        self.kinds: list[FactKind] = []
        self.periods: Codes[Period | None] = Codes()
        self._kind_codes: Codes[FactKind] = Codes()
        self._kind_frame = pl.DataFrame(schema=_KIND_SCHEMA)

    def __len__(self) -> int:
        return self._n_statements

    def add(self, statement: Statement, marks: Sequence[int] = ()) -> int:
        """Add what a template states in which numerals stand at `marks`. Returns the number of the statement."""
        numerals = {mark: index for index, mark in enumerate(marks)}
        first_facts: dict[int | None, int] = {}
        for at, one in enumerate(statement.facts):
            first_facts.setdefault(one.number, at)
        units, dispositions = self.units, self.dispositions
        numbers, values = self._numbers.waiting, self._values.waiting
        for at, ((start, end), value, unit, reason) in enumerate(statement.numbers):
            fact = first_facts.get(at, NONE)
            code = dispositions[reason if fact == NONE else "fact"]
            before, before_end = bisect_left(marks, start), bisect_left(marks, end)
            numbers += (start, end, before, before_end, numerals.get(start, NONE), units[unit], code, fact)
            values.append(_NAN if value is None else value)
        for one in statement.facts:
            mark = one.subset_mark
            offsets = (*one.evidence, *one.figure, *one.unit, 0 if mark is None else mark)
            of_number = NONE if one.number is None else numerals.get(statement.numbers[one.number].span[0], NONE)
            self._facts.waiting += (
                *offsets,
                *[bisect_left(marks, offset) for offset in offsets],
                *(of_number, self._kind_codes[one.kind], mark is not None),
            )
        self._n_numbers += len(statement.numbers)
        self._n_facts += len(statement.facts)
        self._ends.waiting += (self._n_numbers, self._n_facts)
        self._n_statements += 1
        return self._n_statements - 1

    @contextmanager
    def with_passing(self, statements: Iterable[Statement]) -> Iterator[None]:
        """Have further statements behind those that are kept; they are forgotten at the end, with their kinds."""
        kept, kinds = len(self), len(self._kind_codes)
        sizes = [(table, len(table.rows)) for table in (self._ends, self._numbers, self._values, self._facts)]
        try:
            for statement in statements:
                self.add(statement)
            yield
        finally:
            for table, size in sizes:
                table.cut(size)
            self._n_statements, self._n_numbers, self._n_facts = kept, len(self._numbers.rows), len(self._facts.rows)
            while len(self._kind_codes) > kinds:
                self._kind_codes.popitem()
            self.kinds, self._kind_frame = self.kinds[:kinds], self._kind_frame.head(kinds)

    def numbers(self, statements: Integers) -> NumberRows:
        """The numbers that each of some statements states, one statement behind the other."""
        owners, at = _spread(self._ends.rows[:, 0], statements)
        rows, size = self._numbers.rows[at], _NUMBER_OFFSETS
        numerals, units, dispositions, facts = rows[:, 2 * size :].T
        values = self._values.rows[at, 0]
        offsets, before = rows[:, :size], rows[:, size : 2 * size]
        return NumberRows(owners, offsets, before, numerals, units, dispositions, facts, values)

    def facts(self, statements: Integers) -> FactRows:
        """The facts that each of some statements states, one statement behind the other."""
        owners, at = _spread(self._ends.rows[:, 1], statements)
        rows, size = self._facts.rows[at], _FACT_OFFSETS
        numerals, kinds, is_behind = rows[:, 2 * size :].T
        return FactRows(owners, rows[:, :size], rows[:, size : 2 * size], numerals, kinds, is_behind)

    def fact_kinds(self, codes: Integers) -> pl.DataFrame:
        """The kinds of facts: columns of `Fact` that the sentence alone decides, and `period`, as its code.

        Value and bounds are those of the template.
        """
        new = list(islice(self._kind_codes, len(self.kinds), None))
        if new:
            self.kinds += new
            self._kind_frame = pl.concat([self._kind_frame, self._kind_rows(new)], rechunk=True)
        return self._kind_frame[codes]

    def _kind_rows(self, kinds: Sequence[FactKind]) -> pl.DataFrame:
        metrics = [kind.metric for kind in kinds]
        scopes, amounts = [kind.scope for kind in kinds], [kind.amount for kind in kinds]
        columns = {
            "metric_code": metrics,
            "unit": [self._codebook.unit_of(metric) for metric in metrics],
            "value": [amount.value for amount in amounts],
            "value_low": [amount.low for amount in amounts],
            "value_high": [amount.high for amount in amounts],
            "qualifier": [amount.qualifier for amount in amounts],
            "period": [self.periods[kind.period] for kind in kinds],
            "implicit_zero": [kind.negated for kind in kinds],
            "scope": [scope.text for scope in scopes],
            "scope_who": [scope.who for scope in scopes],
            "scope_where": [scope.where for scope in scopes],
            "scope_what": [scope.what for scope in scopes],
            "scope_key": [scope.key for scope in scopes],
            "scope_group": [scope.group for scope in scopes],
            "rule_id": [kind.rule_id for kind in kinds],
            "read_as": [kind.read_as for kind in kinds],
            "tied_with": [list(kind.tied_with) for kind in kinds],
            "confidence": [self._codebook.confidence[kind.read_as] for kind in kinds],
        }
        return pl.DataFrame(columns, schema=_KIND_SCHEMA)


def _spread(ends: NDArray[np.int32], chosen: Integers) -> tuple[Integers, Integers]:
    """The rows of the chosen stretches of a table, in order, each with which of the chosen it is of.

    ends: where each stretch ends, with a 0 before the first; stretches lie one behind the other.
    """
    starts = ends[chosen].astype(np.int64)
    counts = ends[chosen + 1] - starts
    owners = np.repeat(np.arange(len(chosen)), counts)
    before = np.cumsum(counts) - counts  # rows of those chosen before it
    return owners, np.arange(len(owners)) + (starts - before)[owners]
