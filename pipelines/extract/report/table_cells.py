"""Cells of tables: the sentences that a figure makes with its label and head, and what is read in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipelines.extract.cache import SentenceCache
from pipelines.extract.report.table_heads import Head, without_unit
from pipelines.extract.sentence.context import HEADING, PrecedingContext
from pipelines.extract.sentence.parsing import Wording, wording_of
from pipelines.extract.sentence.reading import FigureReading
from pipelines.extract.sentence.tokens import Span
from pipelines.numerals.figures import Mention
from pipelines.numerals.mentions import find_mentions

_BARE = re.compile(r"[0-9][余多]?$")  # a number without a classifier
_RATE = re.compile(r"(?<!效)率$|满意度$")
_NO_HAN = re.compile(r"[^\u4e00-\u9fff]")
_PERSONS = frozenset({"人", "名", "人次"})
_MEASURES = frozenset({"元", "%", "平方米", "学时"})  # in which no bare number counts


class CellWords(NamedTuple):
    """The words that say what a cell counts, from the outermost to the innermost."""

    when: str  # a part of the year
    category: str  # the group of the row
    label: str  # of the row
    head: Head  # of the column
    unit: str  # the classifier that row or table gives to bare numbers

    def openings(self) -> Iterator[str]:
        """What may stand before the figure in a sentence, the fullest first."""
        label = without_unit(self.label)
        if self.category:
            yield f"{self.when}{without_unit(self.category)},{label}{self.head.words}"
        yield f"{self.when}{label}{self.head.words}"


class CellReading(NamedTuple):
    """A made-up sentence with its figure, and what was read of it."""

    text: str
    wording: Wording
    reading: FigureReading
    mention: Mention  # the figure in the sentence


class _UnderHeading(PrecedingContext):
    """A table takes over the words of the heading above it, and nothing else."""

    __slots__ = ("_bits",)

    def __init__(self, bits: int) -> None:
        super().__init__()
        self._bits = bits

    def _find(self, question: int) -> int:
        return self._bits if question == HEADING else 0


def read_cell(
    words: CellWords, cell: str, span: Span, heading: str, report_year: int | None, cache: SentenceCache
) -> CellReading | None:
    """What a figure of a cell states, by the first of its sentences that states something; None if none has a figure.

    span: of the figure in the cell; heading: the line above the table. A bare number takes the classifier of its head,
    row or table; without one that of the only indicator that its words name.
    """
    before, number, after = cell[: span[0]], cell[span[0] : span[1]], cell[span[1] :]
    own = _NO_HAN.sub("", before)
    if own:
        words = words._replace(label=f"{words.label},{before}", head=words.head._replace(words=""))
        before = ""
    unit = ""
    if _BARE.search(number):
        is_rate = _RATE.search(words.head.words or without_unit(words.label))
        unit = words.head.unit or ("%" if is_rate and words.unit in ("", "件") else words.unit)
        if unit == "%" and words.head.unit != "%" and 0 < float(re.sub(r"[^0-9.]", "", number) or 0) <= 1:
            return None  # a share of one, or one percent
    first: CellReading | None = None
    for bits in dict.fromkeys((0, cache.headings[heading])):
        for opening in words.openings():
            if not unit and _BARE.search(number):
                found = _by_own_unit(opening, before, number, after, bits, report_year, cache)
            else:
                found = _read(f"{opening}{before}", f"{number}{unit}{after}", bits, report_year, cache)
            if found and not found.reading.reason:
                return found
            first = first or found
    return first


def _read(opening: str, rest: str, bits: int, report_year: int | None, cache: SentenceCache) -> CellReading | None:
    text = opening + rest
    figure = next((found for found in find_mentions(text) if found.start == len(opening)), None)
    if figure is None:
        return None
    wording = wording_of(text, [figure])
    (reading,) = cache.reading(wording, _UnderHeading(bits), report_year).figures
    return CellReading(text, wording, reading, figure)


def _by_own_unit(
    opening: str, before: str, number: str, after: str, bits: int, report_year: int | None, cache: SentenceCache
) -> CellReading | None:
    """A bare number read in the unit of the only indicator that its words name.

    What is done counts before who takes part: 培训 | 12 are sessions.
    """
    units = [unit for unit in dict.fromkeys(cache.codebook.units.values()) if unit not in _MEASURES]
    found: list[tuple[str, CellReading]] = []
    for unit in units:
        cell = _read(f"{opening}{before}", f"{number}{unit}{after}", bits, report_year, cache)
        metrics = {match.metric for match in cell.reading.matches if match.read_as != "tie"} if cell else set()
        if cell and len(metrics) == 1 and cache.codebook.unit_of(next(iter(metrics))) == unit:
            found.append((unit, cell))
    deeds = [cell for unit, cell in found if unit not in _PERSONS]
    cells = deeds or [cell for _, cell in found]
    if len({cell.reading.matches[0].metric for cell in cells}) == 1:
        return cells[0]
    return _read(f"{opening}{before}", f"{number}{after}", bits, report_year, cache)
