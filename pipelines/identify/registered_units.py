"""Units of the register: what is known of each, and all of them by the names that they go by."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple


class Region(NamedTuple):
    """Where units lie: their county and what is above it. Names are folded and hold full and short forms.

    Pinyin is space-separated. All units of a county share one object.
    """

    county_code: str
    county: frozenset[str]
    county_stem: str
    city: frozenset[str]
    province: frozenset[str]
    pinyin: tuple[str, str, str]  # county, city, province
    former_counties: frozenset[str]  # names of counties that it belonged to before


class Unit(NamedTuple):
    """One township-level unit.

    A unit that is no more has the day of its end in `ended`, and in `successor` the code of the one that followed.
    """

    code: str
    name: str
    region: Region
    ended: datetime.date | None = None
    successor: str | None = None

    @property
    def county_code(self) -> str:
        """The code of its county."""
        return self.region.county_code


class UnitsByName(Mapping[str, list[Unit]]):
    """The units that go by each name, kept as columns: to make an object of each of 41,000 takes 40 ms.

    A unit is made when one of its names is asked for. Names and codes have no line breaks.
    """

    def __init__(self, units: Sequence[Unit], named: Mapping[str, Sequence[Unit]]) -> None:
        """units: all of them, each once; named: those that go by a name, by the name."""
        regions = {region: number for number, region in enumerate(dict.fromkeys(unit.region for unit in units))}
        places = {unit: number for number, unit in enumerate(units)}
        self._regions = list(regions)
        self._of_region = [regions[unit.region] for unit in units]
        self._codes, self._written = [unit.code for unit in units], [unit.name for unit in units]
        self._ends = {place: (unit.ended, unit.successor) for unit, place in places.items() if unit.ended}
        self._places: dict[str, int | tuple[int, ...]] = {
            name: places[found[0]] if len(found) == 1 else tuple(places[unit] for unit in found)
            for name, found in named.items()
        }
        self._made: dict[str, list[Unit]] = {}

    def __getitem__(self, name: str) -> list[Unit]:
        made = self._made.get(name)
        if made is None:
            places = self._places[name]
            made = [self._unit(place) for place in (places if isinstance(places, tuple) else (places,))]
            self._made[name] = made
        return made

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def units(self) -> list[Unit]:
        """All units, each once."""
        return [self._unit(place) for place in range(len(self._codes))]

    def _unit(self, place: int) -> Unit:
        region = self._regions[self._of_region[place]]
        return Unit(self._codes[place], self._written[place], region, *self._ends.get(place, (None, None)))

    def __getstate__(self) -> tuple[Any, ...]:
        """Long texts in place of many short ones, which are slow to load."""
        texts = ("\n".join(texts) for texts in (self._codes, self._written, self._places))
        return (*texts, list(self._places.values()), self._of_region, self._regions, self._ends)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        codes, written, names, places, self._of_region, self._regions, self._ends = state
        self._codes, self._written = codes.split("\n"), written.split("\n")
        self._places = dict(zip(names.split("\n"), places, strict=True))
        self._made = {}
