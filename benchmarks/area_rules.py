"""How figures of townships become those of their county, and a wide row: a second reading in plain Python.

benchmarks.figure_rules makes the rows of township_metric that this starts from; `sql/marts/area_figure.sql` and
`township_year.sql` are the first reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.figure_facts import Indicator, groups

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unit:
    """A township of any year (township_succession): the years at whose end it existed, and what followed it."""

    code: str
    county_code: str | None
    first_year: int | None
    last_year: int | None
    unit_class: str
    followed_by: tuple[str, ...]

    @property
    def is_special(self) -> bool:
        """Whether nobody expects a report of it."""
        return self.unit_class == "special"

    def is_before(self, year: int) -> bool:
        """Whether the unit came later."""
        return self.first_year is not None and year < self.first_year

    def is_after(self, year: int) -> bool:
        """Whether the unit had ended."""
        return self.last_year is not None and year > self.last_year

    def counts(self, year: int) -> bool:
        """Whether the unit existed at the end of the year."""
        return not self.is_before(year) and not self.is_after(year)


@dataclass(frozen=True, slots=True)
class Country:
    """All units by code and by county, and the units that each one was made of."""

    units: Mapping[str, Unit]
    by_county: Mapping[str | None, Sequence[Unit]]
    made_of: Mapping[str, Sequence[Unit]]

    @classmethod
    def of(cls, units: Iterable[Unit]) -> Country:
        """The country of the units."""
        by_code = {unit.code: unit for unit in units}
        by_county = {each[0].county_code: each for each in groups(by_code.values(), lambda unit: unit.county_code)}
        made_of: dict[str, list[Unit]] = {}
        for unit in by_code.values():
            for later in unit.followed_by:
                made_of.setdefault(later, []).append(unit)
        return cls(by_code, by_county, made_of)

    def line(self, unit: Unit, year: int) -> list[Unit]:
        """The units whose ground a figure of a year in which `unit` did not exist stands for."""
        if unit.is_before(year):
            return list(self.made_of.get(unit.code, ()))
        return [self.units[code] for code in unit.followed_by if code in self.units]

    def gives_way_to(self, unit: Unit, year: int) -> list[Unit]:
        """The units that go before it where they state the same: later ones, or earlier ones that had not ended."""
        return [one for one in self.line(unit, year) if not unit.is_before(year) or not one.is_after(year)]


def bound(aggregation: str, bounds: Sequence[float | None], is_low: bool) -> float | None:
    """The bound of several figures: unknown if one is not known; but a low of 0 is safe in a sum or maximum."""
    known = [one for one in bounds if one is not None]
    if not known or (len(known) < len(bounds) and not (is_low and aggregation != "mean")):
        return None
    return combined(aggregation, known)


def combined(aggregation: str, values: Sequence[float]) -> float:
    """Several values by the aggregation of their indicator."""
    if aggregation == "max":
        return max(values)
    return sum(values) / (len(values) if aggregation == "mean" else 1)


def weighted(values: Sequence[float | None], weights: Sequence[float | None]) -> float | None:
    """The mean of those values that have a weight; None where there is no weight above 0."""
    pairs = [(v, w) for v, w in zip(values, weights, strict=True) if v is not None and w is not None]
    whole = sum(w for _, w in pairs)
    return sum(v * w for v, w in pairs) / whole if whole else None


def area_row(indicator: Indicator, rows: Sequence[Row], weights: Sequence[Row | None]) -> dict[str, Any]:
    """The figure of an area and how it was made. `weights` are the units' figures of the weight, None if not stated."""
    values, lows, highs = ([row[name] for row in rows] for name in ("value", "value_low", "value_high"))
    how = indicator.aggregation
    heavy = [weight and weight["value"] for weight in weights]
    row = {
        "value": combined(how, values),
        "value_low": bound(how, lows, is_low=True),
        "value_high": bound(how, highs, is_low=False),
        "method": "year_end_sum" if how == "sum" and indicator.kind == "stock" else how,
        "mean": combined("mean", values) if how == "mean" else None,
        "weighted_mean": weighted(values, heavy) if how == "mean" else None,
        "n_weighted": sum(1 for w in heavy if w) if how == "mean" else None,
        "is_lower_bound": any(row["qualifier"] == "at_least" for row in rows),
        "n_reporting": len(rows),
        "n_part_of_year": sum("part_of_year" in row["method"] for row in rows),
        "n_conflicts": sum(row["has_conflict"] for row in rows),
    }
    if how == "mean" and None not in heavy and row["weighted_mean"] is not None:
        sure = all(weight is not None and weight["qualifier"] == "exact" for weight in weights)
        row |= {
            "method": "weighted_mean",
            "value": row["weighted_mean"],
            "value_low": weighted(lows, heavy) if sure and None not in lows else None,
            "value_high": weighted(highs, heavy) if sure and None not in highs else None,
        }
    return row


def county_year(
    rows: Iterable[Row], units: Iterable[Unit], indicators: Mapping[str, Indicator]
) -> dict[tuple[str, int, str], dict[str, Any]]:
    """county_year by county, year and target, of rows of township_metric."""
    country = Country.of(units)
    stated = {(row["township_code"], row["report_year"], row["metric_code"]): row for row in rows}
    placed = [(country.units[key[0]], key, row) for key, row in stated.items() if key[0] in country.units]
    found: dict[tuple[str, int, str], dict[str, Any]] = {}
    for each in groups(placed, lambda entry: (entry[0].county_code, *entry[1][1:])):
        county, (_, year, target) = each[0][0].county_code, each[0][1]
        others = {unit.code: country.gives_way_to(unit, year) for unit, _, _ in each if not unit.counts(year)}
        out = [unit for unit, key, _ in each if _is_stated(others.get(unit.code, ()), stated, key)]
        left = [(unit, row) for unit, _, row in each if unit not in out]
        if county is None or not left:
            continue
        indicator = indicators[target]
        weights = [stated.get((unit.code, year, indicator.weight or "")) for unit, _ in left]
        here = [unit for unit in country.by_county[county] if unit.counts(year)]
        n_special = sum(unit.is_special for unit in here)
        n_units = len(here) - n_special
        found[county, year, target] = area_row(indicator, [row for _, row in left], weights) | {
            "n_units": n_units,
            "n_special": n_special,
            "n_special_reporting": sum(unit.is_special for unit, _ in left),
            "n_dropped": len(out),
            "coverage": _covered(country, [unit for unit, _ in left], year) / n_units if n_units else None,
        }
    return found


def _is_stated(units: Iterable[Unit], stated: Mapping[tuple[str, int, str], Row], key: tuple[str, int, str]) -> bool:
    return any((unit.code, *key[1:]) in stated for unit in units)


def _covered(country: Country, units: Sequence[Unit], year: int) -> int:
    """How many usual units of the year have a figure, of their own or one that stands for their ground."""
    own = sum(unit.counts(year) and not unit.is_special for unit in units)
    grounds = [ground for unit in units if not unit.counts(year) for ground in country.line(unit, year)]
    return own + len({ground.code for ground in grounds if ground.counts(year) and not ground.is_special})


#: The endings of the columns of township_year, and what of a row of township_metric they show.
ENDINGS = {
    "_is_lower_bound": "is_lower_bound",
    "_low": "value_low",
    "_high": "value_high",
    "_qualifier": "qualifier",
    "": "value",
}


def wide_columns(columns: Iterable[str], targets: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """The columns of township_year that come of township_metric: (column, target, what of its row)."""
    known = set(targets)
    for column in columns:
        for ending, what in ENDINGS.items():
            target = column.removesuffix(ending)
            if column.endswith(ending) and target in known:
                yield column, target, what
                break


def wide_row(rows: Mapping[str, Row], columns: Iterable[tuple[str, str, str]], headlines: set[str]) -> dict[str, Any]:
    """The figure columns of township_year of one unit and year, of its rows of township_metric by target."""
    plain = [row for target, row in rows.items() if target not in headlines]
    found: dict[str, Any] = {
        "n_metrics": len(plain),
        "n_facts": sum(row["n_facts"] for row in plain),
        "n_conflicts": sum(row["has_conflict"] for row in plain),
    }
    for column, target, what in columns:
        row = rows.get(target)
        if what == "is_lower_bound":
            found[column] = row and row["qualifier"] == "at_least"
        else:
            found[column] = row and row[what]
    return found
