"""The engine: from the stored text of one report to its facts and the account of all its numbers.

`Extractor.read` has the order of the steps. The same text always gives the same answer, whatever was read before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.codebook.compiled import Codebook
from pipelines.codebook.periods import YEAR, Period, period_that_opens
from pipelines.extract.cache import ENTRIES, CachedSentence, SentenceCache
from pipelines.extract.report.records import Extraction, Fact, Number
from pipelines.extract.report.report_rows import ReportRows
from pipelines.extract.report.row_tables import read_table, titles_group
from pipelines.extract.report.sections import ReportLine, find_lines
from pipelines.extract.sentence.context import FIGURE_BEFORE, HEADING, TOPICS_BEFORE, PrecedingContext
from pipelines.extract.sentence.parsing import parse_sentence
from pipelines.extract.sentence.statement import Statement
from pipelines.extract.sentence.tokens import Span
from pipelines.numerals.fold import prepare

if TYPE_CHECKING:
    from pipelines.extract.report.rows import BatchRows

# What opens an item of an enumeration: a sentence takes over nothing from before its item.
_ITEM = re.compile(
    r"(?:[（(]?[0-9一二三四五六七八九十]{1,2}[)）、.．])|[一二三四五六七八九十]是|[首其再最][先次后]|另外|此外|同时"
)
_LOOK_BACK = 8  # sentences
_OPENS_WITH_PART = re.compile(r"\s*(?:其中|[例比譬]如|如[,，:：]|以[^,，。;；:：0-9]{1,10}(?:村|社区|居|组|小区)为例)")


class Extractor:
    """Extracts reports with one codebook. Make one a process and keep it: its cache makes the next report cheaper."""

    def __init__(self, codebook: Codebook, *, remember: bool = True) -> None:
        """remember: keep what sentences state from report to report (False reads each anew, to the same end)."""
        self.codebook = codebook
        self.cache = SentenceCache(codebook, ENTRIES if remember else 0)

    def extract(
        self, text: str, furniture: Sequence[Span], report_year: int | None, edition: Period = YEAR
    ) -> Extraction:
        """The facts and numbers of one report, with offsets into `text`; arguments as of `read`."""
        if not self.cache.remembers:  # no tables: what each sentence states is at hand, and no library is imported
            one = ReportRows(self.codebook)
            self.read(one, text, furniture, report_year, edition)
            return one.extraction()
        rows = self.batch()
        self.read(rows, text, furniture, report_year, edition)
        facts, numbers = (frame.drop("report").iter_rows(named=True) for frame in rows.frames())
        return Extraction([Fact(**row) for row in facts], [Number(**row) for row in numbers])

    def batch(self) -> BatchRows:
        """What `read` adds the reports of a batch to; its frames must be made before the next batch is begun."""
        from pipelines.extract.report.rows import BatchRows

        return BatchRows(self.cache.statement_tables(), self.codebook)

    def read(
        self,
        rows: BatchRows | ReportRows,
        text: str,
        furniture: Sequence[Span],
        report_year: int | None,
        edition: Period = YEAR,
    ) -> None:
        """Read a report and add what it states to some rows.

        text: the stored text; furniture: the spans of it that are page furniture, ascending; report_year: the year that
        the report is on, or None if it is not known; edition: the part of the year that it is on.
        """
        cache, without_numbers = self.cache, self.cache.without_numbers
        folded = prepare(text)
        page = [(folded.working(start), folded.working(end)) for start, end in furniture]
        rows.begin(text, folded, edition)
        lines = find_lines(folded.text, report_year, cache.openings)
        stated: dict[int, Statement] = {}  # by where a table row starts
        for number, line in enumerate(lines):
            if line.table:
                if line.start not in stated:
                    table = _table_from(lines, number, page, folded.text)
                    within = [_within(page, row.start, row.end) for row in table]
                    statements = read_table(folded.text, table, within, report_year, cache)
                    stated = {row.start: statement for row, statement in zip(table, statements, strict=True)}
                rows.add(line, line.start, stated[line.start], (), line.period)
                continue
            with_figure: set[int] = set()  # sentences of the line in which a figure stands
            end = line.start
            for at, words in enumerate(line.sentences):
                start, end = end, end + len(words)
                if words in without_numbers:
                    continue
                found = cache.cached_sentence(words, line.part, report_year)
                if found is None:
                    continue
                sentence, numerals = found
                if page and (own := _within(page, start, end)):
                    sentence, numerals = CachedSentence(parse_sentence(words, line.part, own), report_year), []
                if sentence.has_figure:
                    with_figure.add(at)
                statement = sentence.statement
                if statement is None:
                    statement = sentence.statement_in(_LineContext(cache, line, at, with_figure), cache)
                # A line that opens with 其中 or 例如 parts a total of another line, or a note's: nobody knows which.
                is_bare = at == 0 and _OPENS_WITH_PART.match(words) is not None
                period = line.period
                if start > line.start and folded.text[start - 1] in ";；":
                    period = _period_before(folded.text, line, start) or period
                rows.add(line, start, statement, numerals, period, is_bare=is_bare)


def extract(
    text: str, furniture: Sequence[Span], report_year: int | None, codebook: Codebook, edition: Period = YEAR
) -> Extraction:
    """One text by itself; for several texts make an `Extractor`. Arguments as there."""
    return Extractor(codebook, remember=False).extract(text, furniture, report_year, edition)


def _period_before(text: str, line: ReportLine, semicolon: int) -> Period | None:
    """The period that the sentence before a semicolon hands on."""
    opens = max(text.rfind(stop, line.start, semicolon) for stop in "。!?") + 1
    return period_that_opens(text, max(opens, line.start), semicolon)


def _table_from(lines: Sequence[ReportLine], first: int, page: Sequence[Span], text: str) -> list[ReportLine]:
    """The rows of the table that begins at a line; the foot of a page or the title of a group may stand among them."""
    rows: list[ReportLine] = []
    for at, line in enumerate(lines[first:], first):
        if line.table:
            rows.append(line)
        elif not any(start <= line.start and line.end <= end for start, end in page):
            after = lines[at + 1] if at + 1 < len(lines) else line
            if not after.table or not titles_group(*(text[one.start : one.end] for one in (rows[-1], line, after))):
                break
    return rows


def _within(spans: Sequence[Span], start: int, end: int) -> list[Span]:
    """The spans that meet a stretch of the working text, in offsets of the stretch."""
    return [(a - start, b - start) for a, b in spans if a < end and b > start]


class _LineContext(PrecedingContext):
    """What a sentence of a line takes over from the heading and from the sentences before it in the same item."""

    __slots__ = ("_at", "_cache", "_line", "_with_figure")

    def __init__(self, cache: SentenceCache, line: ReportLine, at: int, with_figure: set[int]) -> None:
        super().__init__()
        self._cache, self._line, self._at, self._with_figure = cache, line, at, with_figure

    def _find(self, question: int) -> int:
        if question == HEADING:
            return self._cache.headings[self._line.title]
        first, sentences = self._at, self._line.sentences
        while first and self._at - first < _LOOK_BACK and not _ITEM.match(sentences[first]):
            first -= 1
        before = range(self._at - 1, first - 1, -1)  # nearest first
        if question == FIGURE_BEFORE:
            return any(at in self._with_figure for at in before)
        kind = 0 if question == TOPICS_BEFORE else 1
        for at in before:
            bits = self._cache.handed_on[sentences[at]][kind]
            if bits:
                return bits
        return 0
