"""The gazetteer: all township-level units, found by name in running text.

Here belongs looking names up: which units, counties, prefectures and provinces a text names, and which units carry a
name. Not here: deciding which of them reports (`place`). Names are matched in folded text (`fold`).
"""

import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import ahocorasick_rs
import polars as pl

from pipelines.extract.fold import fold
from pipelines.identify.names import is_regular, short_name, short_township, stem

_HAN = re.compile(r"[一-龥]")
# What may stand right before a name that is too short or too plain to be believed elsewhere.
_OPENERS = ("中共", "中国共产党", "在", "和", "及", "与")
_OFFICE = re.compile(r"党工委|党委|办事处|工委|综合")
_IN_BRACKETS = re.compile(r"[（(](.{2,}(?:街道|镇|乡))[)）]")
_LONGEST_PLAIN = 3


@dataclass(frozen=True, slots=True)
class Unit:
    """One township-level unit. Region names are folded and hold full and short forms; pinyin is space-separated."""

    code: str
    name: str
    county_code: str
    county: frozenset[str]
    county_stem: str
    city: frozenset[str]
    province: frozenset[str]
    pinyin: tuple[str, str, str]  # county, city, province


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found in a text. `kind` is `unit` or `region` (a county, prefecture or province)."""

    start: int
    end: int
    name: str
    kind: str


class Gazetteer:
    """All units, with one automaton over their names and those of the regions above them."""

    def __init__(self, divisions: pl.DataFrame) -> None:
        """Build from a table with the columns of `raw/reference/divisions.parquet`."""
        self.units = [_unit(row) for row in divisions.iter_rows(named=True)]
        self.by_name: dict[str, list[Unit]] = {}
        for unit in self.units:
            for name in _unit_names(unit.name):
                self.by_name.setdefault(name, []).append(unit)
        self.counties = {name for unit in self.units for name in unit.county}
        self.cities = {name for unit in self.units for name in unit.city}
        self.provinces = {name for unit in self.units for name in unit.province}
        self.county_codes = {unit.county_code for unit in self.units}
        self.regions = self.counties | self.cities | self.provinces
        self._names = sorted(self.by_name.keys() | self.regions)

    @classmethod
    def load(cls, path: Path | str) -> "Gazetteer":
        """Load the division table (Parquet)."""
        return cls(pl.read_parquet(path))

    @cached_property
    def _automaton(self) -> ahocorasick_rs.AhoCorasick:
        return ahocorasick_rs.AhoCorasick(self._names)

    def mentions(self, text: str, title: bool = False) -> list[Mention]:
        """Return the names in folded `text`, in order; a name inside a longer one is left out.

        In a `title` a subdistrict may be called 黄石街; in running text only where its office follows, as 街 also ends
        the names of streets.
        """
        hits = sorted(
            (
                (start, end, self._names[number])
                for number, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True)
            ),
            key=lambda hit: (hit[0], -hit[1]),
        )
        found: list[Mention] = []
        reach = 0
        for start, end, name in hits:
            if end <= reach:
                continue
            region_end = found[-1].end if found and found[-1].kind == "region" else -1
            if start < region_end and name not in self.regions:
                continue  # 汾阳市|西河街道, although there is a 市西河街道
            kind = self._kind(name, text, start, end, title, after_region=region_end == start)
            if kind:
                found.append(Mention(start, end, name, kind))
                reach = end
        return found

    def _kind(self, name: str, text: str, start: int, end: int, title: bool, after_region: bool) -> str | None:
        """Return what a name found at a place stands for, None when it is part of ordinary words there."""
        free = after_region or start == 0 or not _HAN.match(text[start - 1]) or text[:start].endswith(_OPENERS[:2])
        if name in self.regions and (len(name) > 2 or free):
            return "region"
        if name not in self.by_name:
            return None
        if name.endswith("街") and not (title or _OFFICE.match(text, end)):
            return None
        if len(name) < _LONGEST_PLAIN or not is_regular(name):
            return "unit" if after_region or (free and (title or len(name) > _LONGEST_PLAIN)) else None
        return None if text.startswith(("化", "居民人均"), end) else "unit"


def _unit(row: dict[str, str]) -> Unit:
    county, city, province = row["county_name"], row["city_name"], row["province_name"]
    return Unit(
        code=row["township_code"],
        name=row["township_name"],
        county_code=row["county_code"],
        county=_forms(county),
        county_stem=stem(county),
        city=_forms(city),
        province=_forms(province),
        pinyin=(row["county_pinyin"], row["city_pinyin"], row["province_pinyin"]),
    )


@cache
def _forms(name: str) -> frozenset[str]:
    return frozenset({fold(name), fold(short_name(name))})


def _unit_names(name: str) -> set[str]:
    """Return the folded names a unit goes by, also the one in brackets (科技城（东渚街道）); 街道 alone is no name."""
    folded = fold(name)
    names = {folded, short_township(folded), folded.removeprefix("国营"), folded.removesuffix("地区")}
    names.update(_IN_BRACKETS.findall(folded))
    if folded.endswith("街道") and len(folded) > _LONGEST_PLAIN:
        names.add(folded[:-1])
    return {each for each in names if len(each) > 1} - {"街道"}
