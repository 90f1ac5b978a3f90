"""Shapes: sentences that differ only in their numerals, read once and remembered.

Reports say the same things with other numbers. In the shape of a sentence every plain numeral is 1, and years are moved
so that the report's own year is 2020; what the shape states, the sentence states with its own numerals. Here belong
shapes and the memory of them. Not here: reading (pipelines.extract.sentence.statement), which knows nothing of this.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import NamedTuple

from pipelines.codebook.compile import Codebook
from pipelines.extract.sentence.context import Context, Memo
from pipelines.extract.sentence.statement import TELLING, Sentence, Stated, Statement, parse, state
from pipelines.numerals.classifiers import UNIT

# Numerals whose digits say nothing but their value: before a classifier and bound to nothing on the left; the day of a
# date, a document's number, a running ordinal. The first digit opens them all, as pipelines.numerals.scan explains.
_PLAIN = re.compile(
    r"""([0-9](?:
        (?<![0-9A-Za-z万亿千百第.·:/\-—~+至到“"‘「=_&?][0-9])(?<![0-9][, ][0-9])
        (?:(?<!0)(?:[0-9]{0,2}(?:,[0-9]{3})+(?!%)|[0-9]{0,6}))?(?:\.[0-9]{1,4}(?=[余多]?[万%元亩吨]|平方|公))?
        (?=万?[余多]?(?>%|(?![年月日时号])(?:UNIT))(?![-—~至到]{1,2}[0-9]))
      | (?<=月[0-9])[0-9]?(?=日)
      | (?<=[〕)\]][0-9])[0-9]{0,3}(?=号)
      | (?:(?<=^[0-9])|(?<=^\([0-9]))[0-9]?(?=[、.)](?![0-9]))
    ))""".replace("UNIT", UNIT),
    re.VERBOSE,
)
_YEAR = re.compile(r"20(?<![0-9]20)[0-9]{2}(?=年)")
# A year in another form may belong to a span of years or be a figure: such a sentence is read as of its own year.
_OTHER_YEAR = re.compile(r"20(?<![0-9]20)[0-9]{2}(?![0-9年〕)\]])")
_AS_OF = 2020


class PlacedFact(NamedTuple):
    """A fact of a sentence."""

    stated: Stated
    numeral: int | None  # which of the sentence's numerals its amount is to be multiplied by
    offsets: tuple[int, ...]  # where evidence, figure and unit start and end, then 其中, if it is behind one
    before: tuple[int, ...]  # how many numerals stand before each


class Placed(NamedTuple):
    """What a known sentence states, in flat tuples: there are hundreds of thousands in memory."""

    offsets: tuple[int, ...]  # where each number starts and ends
    before: tuple[int, ...]  # how many numerals stand before each
    values: Sequence[float | None]
    numerals: tuple[int | None, ...]  # which numeral a value is to be multiplied by; empty where none is
    units: tuple[str | None, ...]
    dispositions: tuple[str, ...]
    given: Sequence[int | None]  # which of the facts a number gives
    facts: tuple[PlacedFact, ...]


class Known:
    """A sentence that is known by its shape. It is kept whole only while what it states may depend on its context."""

    __slots__ = ("_whole", "counted", "settled")

    def __init__(self, sentence: Sentence, report_year: int | None, marks: tuple[int, ...] = ()) -> None:
        """report_year: as of which it is to be read; marks: where its numerals stand, each a single digit."""
        self.counted = sentence.counted
        self.settled: Placed | None = None  # what it states in any context
        self._whole: tuple[Sentence, int | None, tuple[int, ...], Memo[Placed]] | None
        self._whole = (sentence, report_year, marks, Memo())

    def stated(self, context: Context, codebook: Codebook) -> Placed:
        """What it states in the context of a report's sentence."""
        if self._whole is None:
            assert self.settled is not None
            return self.settled
        sentence, report_year, marks, statements = self._whole
        known = statements.get(context)
        if known is None:
            known = statements.put(context, place(state(sentence, context, report_year, codebook), marks))
            if not context.asked:
                self.settled, self._whole = known, None
        return known


#: A known sentence, and the numerals that a report has in its place; None if it holds no number and states no zero.
Heard = tuple[Known, list[str]] | None
#: Recognizes a sentence, given the part of the report it stands in and the report's year.
Hear = Callable[[str, str, "int | None"], Heard]


def plain(text: str, part: str, report_year: int | None) -> Heard:
    """The sentence itself, found anew."""
    return (Known(parse(text, part), report_year), []) if TELLING.search(text) else None


def remembering(codebook: Codebook) -> Hear:
    """Recognizes sentences by their shape; the memory is the codebook's, whose rules decide what they state."""

    shelves = codebook.memory

    def hear(text: str, part: str, report_year: int | None) -> Heard:
        """The known sentence of the same shape; one that is new is found and kept."""
        pieces = _PLAIN.split(text)
        numerals = pieces[1::2]
        pieces[1::2] = ["1"] * len(numerals)
        shape = "".join(pieces)
        if report_year is not None:
            shape, report_year = _move_years(shape, report_year) if "20" in shape else (shape, _AS_OF)
        shelf = shelves.get((part, report_year))
        known: Known | None = shelf.get(shape) if shelf else None
        if known is None:
            if not TELLING.search(text):
                return None
            marks = accumulate((len(words) + 1 for words in pieces[2:-1:2]), initial=len(pieces[0]))
            known = Known(parse(shape, part), report_year, tuple(marks)[: len(numerals)])
            codebook.remember(codebook.shelf((part, report_year)), shape, known)
        return known, numerals

    return hear


def _move_years(text: str, report_year: int) -> tuple[str, int]:
    """The text as of 2020; as of its own year where that would change more than years, or leave this century."""
    by = _AS_OF - report_year
    if not by:
        return text, _AS_OF
    if _OTHER_YEAR.search(text) or any(not 2000 <= int(year) + by <= 2099 for year in _YEAR.findall(text)):
        return text, report_year
    return _YEAR.sub(lambda year: str(int(year[0]) + by), text), _AS_OF


def place(statement: Statement, marks: tuple[int, ...] = ()) -> Placed:
    """A statement whose numerals may be longer than in the known sentence, where they stand at `marks`."""

    def before(offsets: tuple[int, ...]) -> tuple[int, ...]:
        return tuple([bisect_left(marks, offset) for offset in offsets])

    numeral = {mark: index for index, mark in enumerate(marks)}
    numerals = tuple([numeral.get(number.span[0]) for number in statement.numbers])
    facts = []
    for fact in statement.facts:
        offsets = (*fact.evidence, *fact.figure, *fact.unit, *(() if fact.part is None else (fact.part,)))
        by = None if fact.number is None else numerals[fact.number]
        facts.append(PlacedFact(fact, by, offsets, before(offsets)))
    given = {fact.number: at for at, fact in reversed(list(enumerate(statement.facts)))}  # the first fact of a number
    offsets = tuple([offset for number in statement.numbers for offset in number.span])
    return Placed(
        offsets,
        before(offsets),
        tuple([number.value for number in statement.numbers]),
        numerals if any(at is not None for at in numerals) else (),
        tuple([number.unit for number in statement.numbers]),
        tuple(["fact" if at in given else number.reason for at, number in enumerate(statement.numbers)]),
        tuple([given.get(at) for at in range(len(numerals))]),
        tuple(facts),
    )
