"""The engine: from the stored text of one report to its facts and the account of all its numbers.

Here belongs the order of the steps: fold, cut lines and sentences, have the sentences read, and write facts with
evidence in offsets of the stored text. Not here: any step itself. Pure: the same text gives the same answer anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.codebook.compile import SUBJECTS, Codebook
from pipelines.extract.cache import Hear, Known, place, plain, remembering
from pipelines.extract.report.records import Extraction, Fact, Number
from pipelines.extract.report.row_tables import read_row
from pipelines.extract.report.rows import Facts, Numbers, Telling, fact_columns, number_columns
from pipelines.extract.report.sections import Line, find_lines
from pipelines.extract.sentence.context import COUNTED, HEADING, TOPICS_BEFORE, Context
from pipelines.extract.sentence.sentence_reader import named_in
from pipelines.extract.sentence.statement import Span, parse
from pipelines.numerals.fold import prepare

ENGINE_VERSION = "5"

_ITEM = re.compile(
    r"(?:[（(]?[0-9一二三四五六七八九十]{1,2}[)）、.．])|[一二三四五六七八九十]是|[首其再最][先次后]|另外|此外|同时"
)
_LOOK_BACK = 8  # sentences


@dataclass(slots=True)
class _Report:
    """What all lines of one report share while it is read."""

    telling: Telling
    page: list[Span]  # furniture, in the working text
    year: int | None
    codebook: Codebook
    hear: Hear
    silent: dict[str, None]  # sentences that are known to hold no number and to state no zero


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
    numbers, facts = read_report(text, furniture, report_year, codebook, remember=remember)
    columns = fact_columns(facts, codebook)
    rows = zip(*columns.values(), strict=True)
    return Extraction(
        [Fact(**dict(zip(columns, row, strict=True))) for row in rows],
        [Number(*row) for row in zip(*number_columns(numbers).values(), strict=True)],
    )


def read_report(
    text: str, furniture: Sequence[Span], report_year: int | None, codebook: Codebook, *, remember: bool = True
) -> tuple[Numbers, Facts]:
    """The same as columns."""
    working = prepare(text)
    report = _Report(
        Telling(text, working),
        [(working.working(start), working.working(end)) for start, end in furniture],
        report_year,
        codebook,
        remembering(codebook) if remember else plain,
        codebook.shelf("silent") if remember else {},
    )
    for line in find_lines(working.text, report_year):
        if line.table:
            row = read_row(working.text, line, _within(report.page, line.start, line.end), report_year, codebook)
            report.telling.say(line, line.start, place(row))
        else:
            _read_line(report, line)
    return report.telling.rows(codebook)


def _read_line(report: _Report, line: Line) -> None:
    """Read a line sentence by sentence."""
    silent, hear, codebook = report.silent, report.hear, report.codebook
    counted: set[int] = set()  # sentences in which a figure stands
    end = line.start
    for at, words in enumerate(line.sentences):
        start, end = end, end + len(words)
        if words in silent:
            continue
        heard = hear(words, line.part, report.year)
        if heard is None:
            codebook.remember(silent, words, None)
            continue
        known, numerals = heard
        if report.page and (own := _within(report.page, start, end)):
            known, numerals = Known(parse(words, line.part, own), report.year), []
        if known.counted:
            counted.add(at)
        placed = known.settled
        if placed is None:
            placed = known.stated(_Said(codebook, line, at, counted), codebook)
        report.telling.say(line, start, placed, numerals)


def _within(spans: Sequence[Span], start: int, end: int) -> list[Span]:
    """The spans that meet a stretch of the working text, in offsets of the stretch."""
    return [(a - start, b - start) for a, b in spans if a < end and b > start]


class _Said(Context):
    """What a sentence of a line takes over from those before it in the same enumerated item."""

    __slots__ = ("_at", "_codebook", "_counted", "_line")

    def __init__(self, codebook: Codebook, line: Line, at: int, counted: set[int]) -> None:
        super().__init__()
        self._codebook, self._line, self._at, self._counted = codebook, line, at, counted

    def _look(self, question: int) -> int:
        if question == HEADING:
            return _heading(self._codebook, self._line.title)
        if question == COUNTED:
            return any(at in self._counted for at in self._before())
        return self._named(0 if question == TOPICS_BEFORE else 1)

    def _before(self) -> range:
        """The sentences before in the same item, nearest first."""
        first, sentences = self._at, self._line.sentences
        while first and self._at - first < _LOOK_BACK and not _ITEM.match(sentences[first]):
            first -= 1
        return range(self._at - 1, first - 1, -1)

    def _named(self, kind: int) -> int:
        for at in self._before():
            named = named_in(self._line.sentences[at], self._codebook)[kind]
            if named:
                return named
        return 0


def _heading(codebook: Codebook, title: str) -> int:
    """What the words of a heading say; subjects of a heading are not carried into sentences."""
    shelf = codebook.shelf("headings")
    known: int | None = shelf.get(title) if title else 0
    if known is not None:
        return known
    found = 0
    for token in codebook.tokens(title):
        found |= codebook.terms[token[2]].bits
    return codebook.remember(shelf, title, found & ~SUBJECTS)  # type: ignore[no-any-return]
