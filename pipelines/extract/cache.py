"""The cache: what one process knows of the sentences that it has read under one codebook.

Nothing else in `extract` keeps anything between two reports. Each entry depends on its key and the codebook alone, so a
full part of the cache is simply emptied.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar

from pipelines.codebook.compiled import Codebook
from pipelines.extract.report.sections import LineOpening, line_opening
from pipelines.extract.sentence.context import PrecedingContext, heading_bits, topics_and_subjects
from pipelines.extract.sentence.parsing import MAY_STATE, ParsedSentence, Wording, parse_sentence
from pipelines.extract.sentence.reading import SentenceReading, read_wording
from pipelines.extract.sentence.statement import Statement, make_statement, unread_statement, wording_to_read
from pipelines.extract.sentence.template import make_template, numeral_offsets
from pipelines.numerals.figures import Figure

if TYPE_CHECKING:
    from pipelines.extract.statement_tables import StatementTables

ENTRIES = 250_000  # of each part of the cache; as many templates, or as many readings, take some 400 MB
_CONTEXTS = 500  # of one wording or template
_STATEMENTS = 4  # for each template, as it may state several things, each in other contexts; a million take some 200 MB
# A wording with one of these is read as of the year of the report.
_YEAR_WORDS = re.compile(r"20[0-9]{2}[年度]|今年|本年|全年|当年")

K = TypeVar("K")
V = TypeVar("V")


class BoundedDict(dict[K, V]):
    """A dict that is emptied when it would grow beyond `limit` entries; with a limit of 0 it stays empty."""

    __slots__ = ("limit",)

    def __init__(self, limit: int) -> None:
        """limit: the most entries."""
        super().__init__()
        self.limit = limit

    def keep(self, key: K, value: V) -> V:
        """Add an entry. Returns the value."""
        if len(self) >= self.limit:
            self.clear()
        if self.limit:
            self[key] = value
        return value


class ComputedDict(BoundedDict[K, V]):
    """A bounded dict that works out the values of keys that it does not hold."""

    __slots__ = ("_compute",)

    def __init__(self, limit: int, compute: Callable[[K], V]) -> None:
        """limit: the most entries; compute: gives the value of a key."""
        super().__init__(limit)
        self._compute = compute

    def __missing__(self, key: K) -> V:
        return self.keep(key, self._compute(key))


class ByContext(Generic[V]):
    """What the same words came to, by those answers of their context that it depends on."""

    __slots__ = ("_asked", "_values")

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._asked = 0
        self._values: BoundedDict[tuple[int, ...], V] = BoundedDict(_CONTEXTS)

    def get(self, context: PrecedingContext) -> V | None:
        """The value for this context, or None."""
        return self._values.get(context.answers(self._asked) if self._asked else ())

    def keep(self, context: PrecedingContext, value: V) -> V:
        """Add a value that depends on what `context` was asked for. Returns the value."""
        if self._asked != self._asked | context.asked:
            # More depends on the context than was known: earlier values have too short a key.
            self._values.clear()
            self._asked |= context.asked
        return self._values.keep(context.answers(self._asked), value)


class CachedSentence:
    """A parsed sentence and what it states. Once that is known for any context, the parsed form is dropped.

    A statement that is kept is a number, by which the tables of the cache know it.
    """

    __slots__ = ("_by_context", "_marks", "_parsed", "_report_year", "has_figure", "statement")

    def __init__(self, parsed: ParsedSentence, report_year: int | None, marks: tuple[int, ...] | None = None) -> None:
        """report_year: as of which it is read; marks: where its numerals stand, if it is a template that is kept."""
        self.has_figure = parsed.has_figure
        self.statement: int | Statement | None = None  # what it states in any context, once that is known
        self._parsed: ParsedSentence | None = parsed
        self._report_year = report_year
        self._marks = marks
        self._by_context: ByContext[int | Statement] | None = None

    def statement_in(self, context: PrecedingContext, cache: SentenceCache) -> int | Statement:
        """What it states in the context of a report."""
        if self._parsed is None:
            assert self.statement is not None
            return self.statement
        known = self._by_context.get(context) if self._by_context else None
        if known is not None:
            return known
        if self._parsed.needs_reading:
            wording = wording_to_read(self._parsed)
            read = make_statement(self._parsed, wording, cache.reading(wording, context, self._report_year))
        else:
            read = unread_statement(self._parsed)
        tables = cache.statements
        statement = read if self._marks is None or tables is None else tables.add(read, self._marks)
        if not context.asked:
            self.statement, self._parsed, self._by_context = statement, None, None
            return statement
        self._by_context = self._by_context or ByContext()
        return self._by_context.keep(context, statement)


class SentenceCache:
    """Templates, readings and headings that were met before. One cache belongs to one codebook and one process."""

    def __init__(self, codebook: Codebook, entries: int = ENTRIES) -> None:
        """entries: the most entries of each part; with 0 nothing is kept and each sentence is read as it stands."""
        self.codebook = codebook
        #: Whether anything is kept.
        self.remembers = entries > 0
        #: What the templates state; none before the first batch.
        self.statements: StatementTables | None = None
        #: By template, part of the report and year that it is read as of.
        self.templates: BoundedDict[tuple[str, str, int | None], CachedSentence] = BoundedDict(entries)
        #: Sentences that hold no number and state no zero.
        self.without_numbers: BoundedDict[str, None] = BoundedDict(entries)
        #: By text and figures of a wording, and the year of the report if the wording names a year.
        self.readings: BoundedDict[tuple[str, tuple[Figure, ...], int | None], ByContext[SentenceReading]]
        self.readings = BoundedDict(entries)
        #: By sentence: the topics and the subjects that it hands on to the next one.
        self.handed_on = ComputedDict(entries, partial(topics_and_subjects, codebook))
        #: By heading: what its words say, as bits.
        self.headings = ComputedDict(entries, partial(heading_bits, codebook))
        #: By line, or first words of a long one, and year of the report: what it opens.
        self.openings: ComputedDict[tuple[str, int | None], LineOpening]
        self.openings = ComputedDict(entries, lambda key: line_opening(*key))

    def statement_tables(self) -> StatementTables:
        """The tables of what the templates state, for one batch; if they hold too much, they begin anew."""
        from pipelines.extract.statement_tables import StatementTables  # its libraries are slow to import

        if self.statements is None or len(self.statements) > _STATEMENTS * self.templates.limit:
            self.templates.clear()
            self.statements = StatementTables(self.codebook)
        return self.statements

    def __reduce__(self) -> NoReturn:
        raise TypeError("a SentenceCache stays in its process; make an Extractor in each worker instead of sending one")

    def cached_sentence(self, text: str, part: str, report_year: int | None) -> tuple[CachedSentence, list[str]] | None:
        """The cached sentence with the template of `text`, and the numerals that `text` has in its places.

        part: the part of the report that it stands in. A new template is parsed and kept. None if the sentence holds no
        number and states no zero.
        """
        if not self.remembers:
            return (CachedSentence(parse_sentence(text, part), report_year), []) if MAY_STATE.search(text) else None
        if not MAY_STATE.search(text):
            self.without_numbers.keep(text, None)
            return None
        template, as_of, numerals, pieces = make_template(text, report_year)
        key = (template, part, as_of)
        known = self.templates.get(key)
        if known is None:
            parsed = parse_sentence(template, part)
            known = self.templates.keep(key, CachedSentence(parsed, as_of, numeral_offsets(pieces)))
        return known, numerals

    def reading(self, wording: Wording, context: PrecedingContext, report_year: int | None) -> SentenceReading:
        """The reading of a wording in its context."""
        key = (wording.text, wording.figures, report_year if _YEAR_WORDS.search(wording.text) else None)
        by_context = self.readings.get(key)
        if by_context is None:
            by_context = self.readings.keep(key, ByContext())
        known = by_context.get(context)
        if known is not None:
            return known
        return by_context.keep(context, read_wording(wording, context, report_year, self.codebook))
