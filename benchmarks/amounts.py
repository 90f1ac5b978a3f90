"""Amounts: a random number the way reports write it, with the value and qualifier that a reader should find.

It may have 余 or 约, thousands separators, 万, full-width digits, spaces or Chinese numerals.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

_FULL_WIDTH = str.maketrans("0123456789.,", "０１２３４５６７８９．，")
_CHINESE = "零一二三四五六七八九"
#: Classifiers before which a small number is often written in Chinese numerals.
_SPOKEN = frozenset("次 场 期 名 人 件 起 场次".split())
_Hedge = tuple[str, str, str, str]
#: (words before, words behind the numeral, words behind the classifier, qualifier) of a number that is not exact.
_HEDGES = (
    ("", "余", "", "at_least"),
    ("", "余", "", "at_least"),
    ("", "多", "", "at_least"),
    ("超", "", "", "at_least"),
    ("", "", "以上", "at_least"),
    ("约", "", "", "approx"),
    ("近", "", "", "approx"),
    ("", "", "左右", "approx"),
    ("不到", "", "", "at_most"),
)
_RATE_HEDGES = (("", "", "以上", "at_least"), ("超", "", "", "at_least"))


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as written, classifier and all, and what it says."""

    text: str
    value: float
    qualifier: str


def count(rng: Random, low: float, high: float, unit: str, before: str, after: str) -> Amount:
    """A count or a sum of money between `low` and `high`; `before` and `after` are the characters around it."""
    value = float(max(2, round(math.exp(rng.uniform(math.log(low), math.log(high))))))
    front, behind, end, qualifier = "", "", "", "exact"
    if value >= 10 and rng.random() < 0.28:
        value = _rounded(value)
        front, behind, end, qualifier = rng.choice(_fitting(_HEDGES, before, after))
    numeral, value = _numeral(rng, value)
    if qualifier == "exact" and value <= 20 and unit in _SPOKEN and rng.random() < 0.06:
        return Amount(_chinese(int(value)) + unit, value, qualifier)
    return Amount(_spelled(rng, front, f"{numeral}{behind}", unit + end), value, qualifier)


def rate(rng: Random, low: float, high: float, before: str, after: str) -> Amount:
    """A percentage between `low` and `high`; often the round hundred, unless both are the same figure."""
    if low == high:
        return Amount(_spelled(rng, "", f"{low:g}", "%"), low, "exact")
    if high > 90 and rng.random() < 0.35:
        return Amount(_spelled(rng, "", "100", "%"), 100.0, "exact")
    if high > 90 and rng.random() < 0.25:
        front, _, end, qualifier = rng.choice(_fitting(_RATE_HEDGES, before, after))
        value = float(rng.randint(85, 99))
        return Amount(f"{front}{value:.0f}%{end}", value, qualifier)
    value = round(rng.uniform(low, high), 1)
    return Amount(_spelled(rng, "", f"{value:g}", "%"), value, "exact")


def _fitting(hedges: Sequence[_Hedge], before: str, after: str) -> list[_Hedge]:
    """The hedges that read naturally: no 约 behind 达 or 为, no 以上 between a classifier and its noun."""
    fitting = [h for h in hedges if not (h[0] and before in "达到为至在共均") and not (h[2] and after not in ",。、;")]
    return fitting or [("", "", "", "exact")]


def _rounded(value: float) -> float:
    step = 10 ** max(1, len(str(int(value))) - 2)
    return float(round(value / step) * step)


def _numeral(rng: Random, value: float) -> tuple[str, float]:
    """The digits of a value, and the value they say (3.2万 says 32000 of 31870)."""
    if value >= 10_000 and rng.random() < 0.7:
        myriads = round(value / 10_000, 2 if rng.random() < 0.3 else 1)
        return f"{myriads:g}万", round(myriads * 10_000)
    if value >= 1_000 and rng.random() < 0.35:
        return f"{value:,.0f}", value
    return f"{value:.0f}", value


def _spelled(rng: Random, front: str, numeral: str, unit: str) -> str:
    """Mostly plain; now and then full-width, or with the blanks that word processors leave around numbers."""
    style = rng.random()
    if style < 0.04:
        numeral = numeral.translate(_FULL_WIDTH)
    elif style < 0.08:
        return f"{front} {numeral} {unit}"
    return f"{front}{numeral}{unit}"


def _chinese(value: int) -> str:
    if value == 2:
        return "两"
    tens, ones = divmod(value, 10)
    head = "" if not tens else "十" if tens == 1 else f"{_CHINESE[tens]}十"
    return head + (_CHINESE[ones] if ones or not tens else "")
