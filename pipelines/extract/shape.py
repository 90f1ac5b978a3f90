"""Shapes: sentences that differ only in their numerals, read once and remembered.

Reports say the same things with other numbers. In the shape of a sentence every plain numeral is 1, and years are moved
so that the report's own year is 2020; what the shape states, the sentence states with its own numerals. Here belong
shapes and the memory of them. Not here: reading (pipelines.extract.statement), which knows nothing of this.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from pipelines.extract.classifiers import UNIT
from pipelines.extract.codebook import Codebook
from pipelines.extract.context import Context
from pipelines.extract.statement import PlacedFact, PlacedNumber, Sentence, Span, Statement, parse, state

# Numerals whose digits say nothing but their value: before a classifier and bound to nothing on the left; the day of a
# date, a document's number, a running ordinal. The first digit opens them all, as pipelines.extract.scan explains.
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


@dataclass(slots=True)
class Heard:
    """A sentence of a report as one that is known: what is known, and what its own numerals are."""

    sentence: Sentence
    report_year: int | None  # as of which it is to be read
    length: int  # of the report's sentence
    marks: tuple[int, ...] = ()  # where its numerals stand in the known sentence, each a single digit
    numerals: Sequence[str] = ()

    def statement(self, context: Context, codebook: Codebook) -> Statement:
        """What the known sentence states in the context of the report's."""
        known = self.sentence.statements.get(context)
        if known is None:
            known = state(self.sentence, context, self.report_year, codebook)
            self.sentence.statements.put(context, known)
        return known

    def placed(self, statement: Statement) -> tuple[list[PlacedNumber], list[PlacedFact]]:
        """The statement in offsets of the report's sentence."""
        lengths = tuple(map(len, self.numerals))
        known = statement.placed.get(lengths)
        if known is None:
            known = statement.placed[lengths] = _place(statement, self.marks, lengths)
        return known


#: Recognizes a sentence, given the part of the report it stands in and the report's year.
Hear = Callable[[str, str, "int | None"], Heard]


def plain(text: str, part: str, report_year: int | None) -> Heard:
    """The sentence itself, found anew."""
    return Heard(parse(text, part), report_year, len(text))


def remembering(codebook: Codebook) -> Hear:
    """Recognizes sentences by their shape; the memory is the codebook's, whose rules decide what they state."""

    def hear(text: str, part: str, report_year: int | None) -> Heard:
        """The known sentence of the same shape; one that is new is found and kept."""
        pieces = _PLAIN.split(text)
        numerals = pieces[1::2]
        pieces[1::2] = ["1"] * len(numerals)
        shape = "".join(pieces)
        if report_year is not None:
            shape, report_year = _move_years(shape, report_year)
        key = (shape, part, report_year)
        known: tuple[Sentence, tuple[int, ...]] | None = codebook.memory.get(key)
        if known is None:
            marks = accumulate((len(words) + 1 for words in pieces[2:-1:2]), initial=len(pieces[0]))
            known = codebook.remember(key, (parse(shape, part), tuple(marks)[: len(numerals)]))
        return Heard(known[0], report_year, len(text), known[1], numerals)

    return hear


def _move_years(text: str, report_year: int) -> tuple[str, int]:
    """The text as of 2020; as of its own year where that would change more than years, or leave this century."""
    by = _AS_OF - report_year
    if not by or "20" not in text:
        return text, _AS_OF
    if _OTHER_YEAR.search(text) or any(not 2000 <= int(year) + by <= 2099 for year in _YEAR.findall(text)):
        return text, report_year
    return _YEAR.sub(lambda year: str(int(year[0]) + by), text), _AS_OF


def _place(
    statement: Statement, marks: tuple[int, ...], lengths: Sequence[int]
) -> tuple[list[PlacedNumber], list[PlacedFact]]:
    longer = list(accumulate((length - 1 for length in lengths), initial=0))

    def moved(span: Span) -> Span:
        return span[0] + longer[bisect_left(marks, span[0])], span[1] + longer[bisect_left(marks, span[1])]

    numeral = {mark: index for index, mark in enumerate(marks)}
    given = {fact.number: at for at, fact in reversed(list(enumerate(statement.facts)))}  # the first fact of a number
    numbers = []
    for index, (span, value, unit, reason) in enumerate(statement.numbers):
        fact = given.get(index)
        placed = moved(span) if marks else span
        numbers.append(
            PlacedNumber(*placed, numeral.get(span[0]), value, unit, reason if fact is None else "fact", fact)
        )
    facts = []
    for stated in statement.facts:
        by = None if stated.number is None else numbers[stated.number].numeral
        fact_placed = PlacedFact(stated, by, stated.evidence, stated.figure, stated.unit, stated.part)
        facts.append(fact_placed.moved(moved) if marks else fact_placed)
    return numbers, facts
