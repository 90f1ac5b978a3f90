"""Templates: sentences that differ only in their numerals.

Reports say the same things with other numbers. In the template of a sentence every plain numeral is 1, and the years
are moved so that the year of the report is 2020. What the template states, the sentence states with its own numerals.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate

from pipelines.codebook.cues import times
from pipelines.numerals.classifiers import UNIT
from pipelines.numerals.figures import LARGEST_EXACT
from pipelines.numerals.remainders import REMAINDER, REMAINDER_LEFT
from pipelines.numerals.values import MYRIADS, arabic_value

# Numerals whose digits say nothing but their value: before a classifier and bound to nothing on the left; the day of a
# date, a document's number, a running ordinal. The first digit opens them all, as pipelines.numerals.scan explains.
_PLAIN = re.compile(
    r"""([0-9](?:
        (?<![0-9A-Za-z万亿千百十拾佰仟零〇点成之第LEFT.·:/\-—~+至到“"‘「=_&?][0-9])(?<![0-9][,、 ][0-9])
        (?:(?<!0)(?:[0-9]{0,2}(?:,[0-9]{3})+(?!%)|[0-9]{0,6}+))?(?:\.[0-9]{1,4}+(?=[余多]?[万%元亩吨]|平方|公))?
        (?=万?[余多]?(?>%|(?![年月日时号度]|个(?:月|季度))(?:UNIT))(?![-—~至到]{1,2}[0-9]|之[0-9]|REMAINDER))
      | (?<=月[0-9])[0-9]?(?=日)
      | (?<=[〕)\]][0-9])[0-9]{0,3}(?=号)
      | (?:(?<=^[0-9])|(?<=^\([0-9]))[0-9]?(?=[、.)](?![0-9]))
    ))""".replace("UNIT", UNIT)
    .replace("REMAINDER", REMAINDER)
    .replace("LEFT", REMAINDER_LEFT),
    re.VERBOSE,
)
_YEAR = re.compile(r"(20(?<![0-9]20)[0-9]{2})(?=年)")
# A year in another form may belong to a span of years or be a figure: such a sentence is read as of its own year.
_OTHER_YEAR = re.compile(r"20(?<![0-9]20)[0-9]{2}(?![0-9年〕)\]])")
_AS_OF = 2020
_SHORT, _LONGEST = 7, 24  # characters of a numeral that a float holds in any scale, and of one that it may hold
_SCALES = re.compile(r"万?[余多]?[万亿]?")


def make_template(text: str, report_year: int | None) -> tuple[str, int | None, list[str], list[str]]:
    """The template of a sentence, the year it is read as of, its numerals, and the pieces it consists of.

    In the pieces, words and numerals take turns; words come first.
    """
    pieces = _PLAIN.split(text)
    numerals = pieces[1::2]
    if numerals and max(map(len, numerals)) > _SHORT:
        pieces = _with_held(pieces)
        numerals = pieces[1::2]
    pieces[1::2] = ["1"] * len(numerals)
    template = "".join(pieces)
    if report_year is None:
        return template, None, numerals, pieces
    by = _AS_OF - report_year
    if by and "20" in template:
        words = _YEAR.split(template)  # words and years take turns
        years = [int(year) + by for year in words[1::2]]
        # Read it as of its own year where moving would change more than years, or leave this century.
        if _OTHER_YEAR.search(template) or (years and not 2000 <= min(years) <= max(years) <= 2099):
            return template, report_year, numerals, pieces
        words[1::2] = map(str, years)
        template = "".join(words)
    return template, _AS_OF, numerals, pieces


def _with_held(pieces: Sequence[str]) -> list[str]:
    """Words and numerals in turn. A numeral that no float holds is no plain one, but a part of the words."""
    kept, words = [], [pieces[0]]
    for numeral, behind in zip(pieces[1::2], pieces[2::2], strict=True):
        if len(numeral) <= _SHORT or _is_held(numeral, behind):
            kept += ["".join(words), numeral]
            words = [behind]
        else:
            words += [numeral, behind]
    return [*kept, "".join(words)]


def _is_held(numeral: str, behind: str) -> bool:
    """Whether a float holds the numeral in the scale of the words behind it: of 12,345,678,901万元 it does."""
    scale = 1
    for size in _SCALES.match(behind)[0]:  # type: ignore[index]  # it matches anything
        scale *= MYRIADS.get(size, 1)
    value = times(float(scale), arabic_value(numeral)) or 0.0
    return value <= LARGEST_EXACT or (
        len(numeral) <= _LONGEST and Fraction(value) == scale * Fraction(numeral.replace(",", ""))
    )


def numeral_offsets(pieces: Sequence[str]) -> tuple[int, ...]:
    """Where the numerals of a template stand, each a single digit."""
    count = len(pieces) // 2
    offsets = accumulate((len(words) + 1 for words in pieces[2:-1:2]), initial=len(pieces[0]))
    return tuple(offsets)[:count]
