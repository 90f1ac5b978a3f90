"""What the units of the example archive state: which indicators, which figures, in which words.

A unit words most of what it states in the same way each year, and leaves out what it usually leaves out. Its figures
move by some percent from year to year; a part is no larger than its whole. All of it depends on the seed and the unit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from random import Random
from typing import Any

import duckdb

from benchmarks.patterns import Known, Pattern, Slot, load_wording
from pipelines.codebook.load import load_codebook
from pipelines.paths import PROJECT_ROOT

_PAIRS = PROJECT_ROOT / "sql" / "steps" / "consistent_pair.sql"
_MOST = 9  # sentences of a family, as they are numbered
_LEAST = 2  # no report writes out a count of one


@dataclass(frozen=True, slots=True)
class Stated:
    """A sentence with its figures, as a report states it."""

    family: str
    words: str
    facts: tuple[Known, ...]

    @property
    def pattern(self) -> Pattern:
        """The sentence as a pattern without slots."""
        return Pattern((self.words,))


@dataclass(frozen=True, slots=True)
class _Unit:
    """The habits of a unit, by indicator, each between 0 and 1: whether it is stated, how, how large, how it grows."""

    stated: Mapping[str, float]
    worded: Mapping[str, float]
    size: Mapping[str, float]
    growth: Mapping[str, float]


@dataclass
class Figures:
    """The figures of a seed. `plan` is example_archive.toml."""

    seed: int
    plan: Mapping[str, Any]
    _units: dict[str, _Unit] = field(default_factory=dict)
    _levels: dict[tuple[str, int, str], float] = field(default_factory=dict)

    @cached_property
    def indicators(self) -> Mapping[str, Any]:
        """The indicators of the codebook by code."""
        return {indicator.code: indicator for indicator in load_codebook().indicators}

    @cached_property
    def ranges(self) -> Mapping[str, tuple[float, float]]:
        """The least and the largest figure that a report states of an indicator."""
        patterns = (pattern for patterns in load_wording().by_code.values() for _, pattern in patterns)
        slots = (piece for pattern in patterns for piece in pattern.pieces if isinstance(piece, Slot) and piece.codes)
        return {slot.codes[0]: (slot.low, slot.high) for slot in slots}

    def unit(self, code: str) -> _Unit:
        """The habits of the unit with this code."""
        if code not in self._units:
            rng = Random(f"{self.seed}:unit:{code}")
            large = rng.random()
            drawn = {name: [rng.random() for _ in range(4)] for name in sorted(self.indicators)}
            self._units[code] = _Unit(
                {name: one[0] for name, one in drawn.items()},
                {name: one[1] for name, one in drawn.items()},
                {name: 0.2 + 0.6 * (large + one[2]) / 2 for name, one in drawn.items()},
                {name: one[3] for name, one in drawn.items()},
            )
        return self._units[code]

    def wanted(self, unit: Mapping[str, Any]) -> list[str]:
        """The indicators that the unit's yearly report states, in the order of the codebook. `unit` has a year."""
        rng = Random(f"{self.seed}:wanted:{unit['code']}:{unit['year']}")
        usual, never = self.unit(unit["code"]).stated, self._never(unit["county_code"])
        found = []
        for code in self.indicators:
            keeps, chance = rng.random() < self.plan["habit"], rng.random()
            share = self.plan["stated"].get(code, self.plan["rare"])
            if code not in never and (usual[code] if keeps else chance) < share:
                found.append(code)
        return found

    def _never(self, county: str) -> Collection[str]:
        rng = Random(f"{self.seed}:never:{county}")
        return {code for code in self.indicators if rng.random() < self.plan["never"]}

    def level(self, unit: Mapping[str, Any], code: str) -> float:
        """The unit's figure of the year: a rate in percent with one decimal, else a whole number."""
        key = unit["code"], unit["year"], code
        if key not in self._levels:
            self._levels[key] = self._level(unit, code)
        return self._levels[key]

    def _level(self, unit: Mapping[str, Any], code: str) -> float:
        usual, year = self.unit(unit["code"]), unit["year"] - self.plan["years"][0]
        low, high = self.ranges[code]
        moved = Random(f"{self.seed}:level:{unit['code']}:{unit['year']}:{code}").uniform(-1, 1)
        if self.indicators[code].kind == "rate":
            rate = min(100, low + (high - low) * (usual.size[code] + 0.1 * moved + 0.2))
            whole = self.level(unit, _wholes()[code]) if code in _wholes() else 0
            return round(100 * round(whole * rate / 100) / whole if whole else rate, 1)
        grown = (0.94 + 0.14 * usual.growth[code]) ** year
        own = low * (high / low) ** usual.size[code] * grown * (1 + 0.07 * moved)
        for whole, rate in _pairs().get(code, ()):
            share = self.level(unit, rate) / 100 if rate else 0.6 + 0.4 * usual.size[code]
            own = self.level(unit, whole) * share if rate else min(own, self.level(unit, whole) * share)
        return round(max(own, sum(self.level(unit, part) for part in self.indicators[code].includes)))

    def sentences(
        self,
        unit: Mapping[str, Any],
        codes: Collection[str],
        factor: float = 1,
        changed: Mapping[str, float] | None = None,
    ) -> list[Stated]:
        """Sentences that state the indicators `codes`, and now and then one more.

        Flows are multiplied by `factor`, single indicators by their factor of `changed`.
        """
        stated: list[Stated] = []
        taken: set[str] = set()
        for code in codes:
            if code in taken:
                continue
            found = self.sentence(unit, code, set(codes), taken, factor, changed or {})
            if found and sum(one.family == found.family for one in stated) < _MOST:
                stated.append(found)
                taken.update(fact.metric_code for fact in found.facts)
        return stated

    def sentence(
        self,
        unit: Mapping[str, Any],
        code: str,
        codes: Collection[str],
        taken: Collection[str] = (),
        factor: float = 1,
        changed: Mapping[str, float] | None = None,
    ) -> Stated | None:
        """A sentence that states `code`, others of `codes` beside it if they are not `taken`; None if there is none."""
        rng = Random(f"{self.seed}:words:{unit['code']}:{unit['year']}:{code}")
        fitting = [
            (family, pattern) for family, pattern in load_wording().by_code[code] if not set(pattern.codes) & set(taken)
        ]
        fitting = [one for one in fitting if set(one[1].codes) <= set(codes)] or fitting
        at = self.unit(unit["code"]).worded[code] if rng.random() < self.plan["habit"] else rng.random()
        if not fitting:
            return None
        family, pattern = fitting[int(at * len(fitting))]
        slots = [self._slot(piece, unit, factor, changed or {}) for piece in pattern.pieces]
        if any(isinstance(slot, Slot) and slot.codes and not slot.zero and slot.low < _LEAST for slot in slots):
            return None
        words, facts = Pattern(tuple(slots)).fill(rng, {**unit, "year": str(unit["year"])})
        return Stated(family, words if factor == 1 else words.replace("全年", "上半年"), tuple(facts))

    def _slot(
        self, piece: str | Slot, unit: Mapping[str, Any], factor: float, changed: Mapping[str, float]
    ) -> str | Slot:
        """The slot with room for one figure."""
        if isinstance(piece, str) or not piece.codes:
            return piece
        code = piece.codes[0]
        times = changed.get(code, 1) * (factor if self.indicators[code].kind == "flow" else 1)
        level = self.level(unit, code)
        figure = level if self.indicators[code].kind == "rate" else round(level * times)
        return replace(piece, low=figure, high=figure)


@cache
def _pairs() -> Mapping[str, list[tuple[str, str | None]]]:
    """For each part the wholes that it is at most as large as, with the rate of the part where there is one."""
    sql = _PAIRS.read_text(encoding="utf-8")
    found: dict[str, dict[str, str | None]] = {}
    with duckdb.connect() as con:
        for _, part, whole, rate in con.execute(sql).fetchall():
            found.setdefault(part, {})[whole] = rate
    return {
        part: [(whole, rate) for whole, rate in wholes.items() if whole not in _sums()]
        for part, wholes in found.items()
    }


@cache
def _wholes() -> Mapping[str, str]:
    """For each rate that is the share of one indicator in another the whole."""
    return {rate: whole for wholes in _pairs().values() for whole, rate in wholes if rate}


@cache
def _sums() -> Collection[str]:
    """Indicators that include others; their figure follows from their parts."""
    return {indicator.code for indicator in load_codebook().indicators if indicator.includes}
