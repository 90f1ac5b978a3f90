"""Tables: the rows of a pipe table, and which of their numbers are facts.

What heads and columns say is found in `table_layout`, and what a single cell says in `table_cells`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from pipelines.extract.cache import SentenceCache
from pipelines.extract.report.sections import ReportLine
from pipelines.extract.report.table_cells import CellReading, CellWords, read_cell
from pipelines.extract.report.table_heads import Head, is_total, tidy, time_reason, unit_named, unit_stated
from pipelines.extract.report.table_layout import TableColumn, is_figure, is_time, lay_out, opens_table
from pipelines.extract.sentence.parsing import SentenceNumber, parse_sentence, sentence_number
from pipelines.extract.sentence.statement import SentenceFact, Statement, figure_facts
from pipelines.extract.sentence.tokens import Span
from pipelines.numerals.figures import BARE_ZERO, Mention

_YEAR = re.compile(r"20[0-9]{2}")
_PART = re.compile(r"(?:其中|包括|包含)[:：、,，]?")
_HAN = re.compile("[\u4e00-\u9fff]")
_LIGHT = re.compile("[共计约近合总达为有含]+")
_MINUS = ("-", "－", "−", "﹣")
_LONGEST_EVIDENCE = 1_500  # characters
_LONGEST_CAPTION, _LONGEST_TITLE = 60, 20
_SENTENCE = re.compile("[，。；：！？,;:!?]|[0-9]")


class _Row(NamedTuple):
    """A row of a table: its line, the spans of its cells in the line, and their words."""

    line: ReportLine
    spans: list[Span]
    cells: list[str]


class _Place(NamedTuple):
    """What a cell is read with: its words, its column, and how its row stands to the others."""

    words: CellWords
    column: int
    reason: str = ""
    is_sum: bool = False
    is_part: bool = False
    is_remark: bool = False

    @property
    def details(self) -> bool:
        """Whether it may be a part of another figure of its row."""
        return self.is_remark or self.words.head.is_part


@dataclass(slots=True)
class _Found:
    """A number of a table, and its facts."""

    place: _Place | None
    number: SentenceNumber
    facts: list[SentenceFact] = field(default_factory=list)


def read_table(
    text: str,
    lines: Sequence[ReportLine],
    furniture: Sequence[Sequence[Span]],
    report_year: int | None,
    cache: SentenceCache,
) -> list[Statement]:
    """What each row of a table states, in offsets of the row.

    text: the working text; lines: those of the table, from top to bottom; furniture: for each line the spans that
    belong to the page.

    The evidence of a figure is one stretch of the text, as everywhere: from the heads of the table to its row, so that
    it shows the cell with its label and its head. Where the heads stand too far above it is the row alone, and of a row
    that is too long the cell alone.
    """
    rows = [_row(text, line) for line in lines]
    if len(rows) > 1 and text[rows[0].line.start] == "|" != text[rows[1].line.start]:
        first, below = rows[0], rows[1]
        if len(first.cells) == len(below.cells) - 1:  # the bar stands behind an empty first cell
            rows[0] = first._replace(spans=[(0, 0), *first.spans], cells=["", *first.cells])
    starts, has_figure = [0], False
    for at, row in enumerate(rows):
        if has_figure and opens_table(row.cells):
            starts.append(at)
            has_figure = False
        has_figure = has_figure or any(map(is_figure, row.cells))
    statements: list[Statement] = []
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        table = _Table(text, rows[start:end], report_year, cache)
        found = [table.numbers(at, furniture[start + at]) for at in range(end - start)]
        _drop_parts(found)
        statements += map(_statement, found)
    return statements


def titles_group(above: str, line: str, below: str) -> bool:
    """Whether a line between rows titles a group of them: it is short, and the table goes on below it."""
    if len(line) > _LONGEST_TITLE or _SENTENCE.search(line) or above.count("|") != below.count("|"):
        return False
    cells = [tidy(cell) for cell in below.split("|")]
    return any(map(is_figure, cells)) and not opens_table(cells)


class _Table:
    """Reads the rows of one table."""

    def __init__(self, text: str, rows: Sequence[_Row], report_year: int | None, cache: SentenceCache) -> None:
        self._text, self._rows, self._report_year, self._cache = text, rows, report_year, cache
        self._layout = lay_out([row.cells for row in rows], report_year, cache.codebook)
        start = rows[0].line.start
        above = text[text.rfind("\n", 0, max(0, start - 1)) + 1 : max(0, start - 1)]
        caption = above if len(above) <= _LONGEST_CAPTION and "。" not in above else ""
        stated = [caption, *(" ".join(row.cells) for row in rows[: self._layout.heads])]
        self._unit = next((unit for words in stated if (unit := unit_stated(words))), "")
        self._heading = caption or rows[0].line.title
        self._category = ""  # of the row above
        self._stated: dict[int, list[tuple[str, set[str]]]] = defaultdict(list)  # by column: label and indicators
        # Asked once for a table: it may have as many columns as rows.
        columns = self._layout.columns
        self._time, self._units = self._layout.column_of("time"), self._layout.column_of("unit")
        self._category_at = next((c.category for c in columns if c.category is not None), None)
        self._first_figure = next((one for one in columns if one.role == "figure"), None)
        times = [row.cells[self._time] for row in rows if self._time is not None and self._time < len(row.cells)]
        self._is_of_events = any(column.day for column in self._layout.columns)
        self._is_over_years = len({year[0] for cell in times if (year := _YEAR.search(cell))}) > 1

    def numbers(self, at: int, furniture: Sequence[Span]) -> list[_Found]:
        """The numbers of a row, in order, each with its facts; rows are asked for from top to bottom."""
        row = self._rows[at]
        text = self._text[row.line.start : row.line.end]
        places = self._places(row) if at >= self._layout.heads else {}
        found = []
        for mention in parse_sentence(text, row.line.part, furniture).mentions:
            cell = bisect_right(row.spans, (mention.start, len(text))) - 1
            place = places.get(cell)
            is_year = place is None and _YEAR.fullmatch(text, mention.start, mention.end)
            reason = "date" if is_year else mention.reason
            if place is None or mention.start >= row.spans[cell][1] or reason not in ("", BARE_ZERO):
                found.append(_Found(None, sentence_number(mention, reason or "uncoded")))
                continue
            found.append(self._read(row, text, row.spans[cell], mention, place, len(found)))
        return found

    def _read(self, row: _Row, text: str, span: Span, mention: Mention, place: _Place, number: int) -> _Found:
        """A figure of a cell and its facts."""
        start, end = span
        reason = place.reason
        if text[start : mention.start].strip() in _MINUS:
            reason = reason or "growth"
        inside = mention.start - start, mention.end - start
        made = None
        own = "".join(_HAN.findall(text, start, mention.start))
        if place.is_remark and (not own or _LIGHT.fullmatch(own)):
            reason = reason or "uncoded"  # no words say what it counts
        if not reason:
            made = self._made(place, text[start:end], inside)
            reason = made.reading.reason if made else "uncoded"
        if made is None or reason:
            return _Found(place, sentence_number(mention, reason))
        top = self._rows[0].line.start - row.line.start
        evidence = (top if len(text) - top <= _LONGEST_EVIDENCE else 0, len(text))
        if len(text) > _LONGEST_EVIDENCE:
            evidence = span
        facts = [
            replace(
                fact,
                evidence=evidence,
                figure=(mention.start, mention.end),
                unit=(mention.digits_end, mention.end),
                subset_mark=None,
            )
            for fact in figure_facts(made.text, made.wording, 0, made.reading, number)
        ]
        self._stated[place.column].append((place.words.label, {fact.kind.metric for fact in facts}))
        stated = replace(mention, value=made.mention.value, unit=made.mention.unit)
        return _Found(place, sentence_number(stated, ""), facts)

    def _made(self, place: _Place, cell: str, inside: Span) -> CellReading | None:
        """What is read of a cell; a sum whose own words say nothing counts what all its parts count."""
        made = read_cell(place.words, cell, inside, self._heading, self._report_year, self._cache)
        stated = self._stated[place.column]
        if not place.is_sum or not stated or (made and not made.reading.reason):
            return made
        if any(metrics != stated[0][1] for _, metrics in stated):
            return made
        words = place.words._replace(label=stated[0][0])
        return read_cell(words, cell, inside, self._heading, self._report_year, self._cache)

    def _places(self, row: _Row) -> dict[int, _Place]:
        """What each cell of a row is read with, by its number; cells that hold no figures are left out."""
        if not self._layout.heads:
            return dict(_beside_labels(row.cells, self._unit))
        columns, shift = self._layout.columns, self._shift(row.cells)
        cells = [*[""] * shift, *row.cells]
        time, units, category = self._time, self._units, self._category_at
        when = cells[time] if time is not None and time < len(cells) else ""
        row_unit = cells[units] if units is not None and units < len(cells) else ""
        if category is not None and category < len(cells):
            self._category = cells[category] or self._category
        places = {}
        for at, column in enumerate(columns[: len(cells)]):
            if column.role in ("figure", "remark") and cells[at]:
                if column.role == "remark":
                    column = column._replace(head=Head())
                label = cells[column.label] if column.label is not None else ""
                places[at - shift] = self._place(at, column, cells, label, when, row_unit)
        return places

    def _place(
        self, at: int, column: TableColumn, cells: Sequence[str], label: str, when: str, row_unit: str
    ) -> _Place:
        """What the cell in a column is read with."""
        head = column.head
        is_sum = is_total(label or when or next((cell for cell in cells if cell), ""))
        is_part = bool(_PART.match(label))
        reason = head.reason or (time_reason(when or (label if is_time(label) else ""), self._report_year))
        if not reason and self._layout.lists_places and not is_sum:
            reason = "part_of_total"
        if not reason and is_sum and self._is_over_years:
            reason = "multi_year"
        if not reason and self._is_of_events and not is_sum:
            reason = "uncoded"  # a row is one event of many
        unit = row_unit or unit_named(label) or unit_named(when) or self._unit
        named = "" if is_sum or self._layout.lists_places else _PART.sub("", label)
        stretch = head.when or ("" if _YEAR.match(when) or is_sum else when)
        category = self._category if column.category is not None else ""
        is_remark = column.role == "remark"
        return _Place(CellWords(stretch, category, named, head, unit), at, reason, is_sum, is_part, is_remark)

    def _shift(self, cells: Sequence[str]) -> int:
        """1 where the cell of a category that goes on from the row above is left out, else 0."""
        first = self._first_figure
        if first is None or first.category != 0 or first.label is None or len(cells) >= len(self._layout.columns):
            return 0
        return int(first.label < len(cells) and is_figure(cells[first.label]))


def _beside_labels(cells: Sequence[str], unit: str) -> Iterator[tuple[int, _Place]]:
    """The cells of a row without heads: each figure with the label on its left, if it is the only one there."""
    units = [cell for cell in cells[1:] if unit_named(f"({cell})")]
    row_unit = units[0] if units else ""
    label, figures = "", list[int]()
    for at, cell in enumerate([*cells, ""]):
        if is_figure(cell):
            figures.append(at)
        elif cell not in units and (cell or at == len(cells)):
            if label and len(figures) == 1:
                words = CellWords("", "", label, Head(), row_unit or unit_named(label) or unit)
                yield figures[0], _Place(words, figures[0], time_reason(label, None))
            label, figures = cell, []


def _drop_parts(rows: Sequence[Sequence[_Found]]) -> None:
    """Take the facts from figures whose sum the table states.

    It stands in their column, in a row of sums or above a row with 其中, or in their row, where they are a remark.
    """
    sums: dict[int, set[str]] = defaultdict(set)
    above: dict[int, set[str]] = defaultdict(set)
    placed = [(found, found.place) for row in rows for found in row if found.place and found.facts]
    for found, place in placed:
        if place.is_sum:
            sums[place.column] |= {fact.kind.metric for fact in found.facts}
    for row in rows:
        stated = {fact.kind.metric for found in row if found.place and not found.place.details for fact in found.facts}
        for found in row:
            if found.place and found.place.details and stated & {fact.kind.metric for fact in found.facts}:
                found.facts, found.number = [], found.number._replace(reason="part_of_total")
        _drop_unread_heads(row)
    for found, place in placed:
        metrics = {fact.kind.metric for fact in found.facts}
        if place.words.when:
            continue  # a part of the year has figures of its own
        if (not place.is_sum and metrics & sums[place.column]) or (place.is_part and metrics & above[place.column]):
            found.facts, found.number = [], found.number._replace(reason="part_of_total")
        above[place.column] |= metrics


def _drop_unread_heads(row: Sequence[_Found]) -> None:
    """Take the facts from figures that contradict another of their row, and whose head has words of its own.

    Those words were not understood: below 次数 | 问题(起) a row 行政检查 counts checks, and then something else.
    """
    stated: dict[tuple[str, str, str], float] = {}
    for found in sorted((one for one in row if one.place and one.facts), key=lambda one: bool(_head_words(one))):
        assert found.place is not None
        words = found.place.words
        for fact in found.facts:
            value = stated.setdefault((fact.kind.metric, words.label, words.when), fact.kind.amount.value)
            if value != fact.kind.amount.value and _head_words(found):
                found.facts, found.number = [], found.number._replace(reason="uncoded")
                break


def _head_words(found: _Found) -> str:
    return found.place.words.head.words if found.place else ""


def _statement(found: Sequence[_Found]) -> Statement:
    return Statement(tuple(one.number for one in found), tuple(fact for one in found for fact in one.facts))


def _row(text: str, line: ReportLine) -> _Row:
    """A row with its cells, without the empty one that an outer bar makes."""
    row = text[line.start : line.end]
    bars = [at for at, char in enumerate(row) if char == "|"]
    spans = list(zip([0, *(at + 1 for at in bars)], [*bars, len(row)], strict=True))
    spans = spans if row[slice(*spans[0])].strip() else spans[1:]
    return _Row(line, spans, [tidy(row[start:end]) for start, end in spans])
