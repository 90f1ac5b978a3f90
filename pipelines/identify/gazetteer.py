"""The gazetteer: all township-level units and the regions above them, found by name in running text.

It says which names a text holds and which units carry or carried a name. Which of them reports is decided in `place`.
Names are matched in folded text (`fold`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import ahocorasick_rs

from pipelines.identify.names import is_regular, regiment_names, short_name, short_township, stem
from pipelines.identify.registered_units import Region, Unit, UnitsByName
from pipelines.numerals.fold import fold
from pipelines.paths import COUNTY_CHANGES, DIVISION_CHANGES
from pipelines.read.han import HAN

if TYPE_CHECKING:  # what builds a gazetteer is slow to import, and mostly a kept one is loaded
    import polars as pl

    from pipelines.identify.division_changes import Change

# What may stand right before a name that is too short or too plain to be believed elsewhere.
_OPENERS = ("中共", "中国共产党", "在", "和", "及", "与")
_CLAUSE_ENDS = frozenset(" ,，。;；:：\n")
# What follows the name of a body that acts, and not of a street where something stands or happens.
_ACTS = re.compile(
    r"坚持|始终|认真|深入|深化|严格|紧|全面|全力|高度|扎实|积极|持续|不断|切实|着力|大力|进一步|充分|聚焦|围绕|结合|根据|按照|落实|贯彻"
    r"|推进|推动|加强|强化|成立|制定|组织|依法|依托|把|将|以(?!东|西|南|北|内|外)|在(?:区|县|市|上级|省)|法治|党委|深学"
)
_OFFICE = re.compile(r"党工委|党委|办(?![理公案学结证])|工委|综合")
_IN_BRACKETS = re.compile(r"[（(](.{2,}(?:街道|镇|乡))[)）]")
_LONGEST_PLAIN = 3
# The committee of a zone is how it signs; the register names some zones with it and most without.
_COMMITTEES = ("管理委员会", "管委会")
_SEARCHES = 50  # so many are faster without the automaton of all names, which takes 75 ms to build


class NameMention(NamedTuple):
    """A name found in a text. `kind` is `unit`, `region` (a county, prefecture or province) or `street`.

    A `street` opens a clause and may be a subdistrict (黄石街坚持…) or just a street.
    """

    start: int
    end: int
    name: str
    kind: str


class Gazetteer:
    """All units of today and known ones of the past, with one automaton over their names and their regions'."""

    def __init__(
        self,
        divisions: pl.DataFrame,
        changes: Sequence[Change] = (),
        former_counties: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        """Build from a table with the columns of `raw/reference/divisions.parquet` and the changes that led to it.

        `former_counties` has the names of the counties that a county's code followed.
        """
        former = former_counties or {}
        regions: dict[tuple[str, ...], Region] = {}
        units = [_unit(row, regions, former) for row in divisions.iter_rows(named=True)]
        named: dict[str, list[Unit]] = {}
        for unit in units:
            _register(named, unit, unit.name)
        _add_past(units, named, changes)
        self.by_name = UnitsByName(units, named)
        self.counties = {name for region in regions.values() for name in region.county}
        self.cities = {name for region in regions.values() for name in region.city}
        self.provinces = {name for region in regions.values() for name in region.province}
        self.county_codes = {region.county_code for region in regions.values()}
        self.regions = self.counties | self.cities | self.provinces
        self._names = sorted(self.by_name.keys() | self.regions)  # each has two characters or more
        self._searched = 0

    @classmethod
    def load(cls, path: Path | str) -> Gazetteer:
        """Load the division table (Parquet) and the changes that lie beside it, where they do."""
        import polars as pl

        from pipelines.identify.county_changes import former_names
        from pipelines.identify.division_changes import load_changes

        changes = Path(path).with_name(DIVISION_CHANGES)
        counties = Path(path).with_name(COUNTY_CHANGES)
        former = former_names(counties) if counties.is_file() else {}
        return cls(pl.read_parquet(path), load_changes(changes) if changes.is_file() else (), former)

    @property
    def units(self) -> list[Unit]:
        """All units of today and the known ones of the past."""
        return self.by_name.units()

    @cached_property
    def _automaton(self) -> ahocorasick_rs.AhoCorasick:
        return ahocorasick_rs.AhoCorasick(self._names)

    def _hits(self, text: str) -> list[tuple[int, int, int]]:
        """Every name in `text`, also inside another: its number, where it starts and where it ends."""
        if self._searched >= _SEARCHES:
            return self._automaton.find_matches_as_indexes(text, overlapping=True)
        self._searched += 1
        names, hits = self._names, []
        for start in range(len(text) - 1):
            number = bisect_left(names, opening := text[start : start + 2])
            while number < len(names) and names[number].startswith(opening):
                if text.startswith(names[number], start):
                    hits.append((number, start, start + len(names[number])))
                number += 1
        return hits

    def mentions(self, text: str, title: bool = False) -> list[NameMention]:
        """Return the names in folded `text`, in order; a name inside a longer one is left out.

        In a `title` a subdistrict may be called 黄石街; in running text only where its office follows, as 街 also ends
        the names of streets.
        """
        hits = self._hits(text)
        if len(hits) > 1:
            hits.sort(key=_by_place)
        found: list[NameMention] = []
        reach = region_end = -1
        for number, start, end in hits:
            if end <= reach:
                continue
            name = self._names[number]
            is_region = name in self.regions
            if start < region_end and not is_region:
                continue  # 汾阳市|西河街道, although there is a 市西河街道
            if is_region and len(name) > 2:
                kind: str | None = "region"
            else:
                kind = self._kind(name, text, start, end, title, after_region=region_end == start)
            if kind:
                found.append(NameMention(start, end, name, kind))
                reach = end
                region_end = end if kind == "region" else -1
        return found

    def _kind(self, name: str, text: str, start: int, end: int, title: bool, after_region: bool) -> str | None:
        """Return what a name found at a place stands for, None when it is part of ordinary words there."""
        plain = len(name) < _LONGEST_PLAIN or not is_regular(name)
        if name.endswith("街") and not (title or _OFFICE.match(text, end)):
            opens = after_region or not start or text[start - 1] in _CLAUSE_ENDS
            return "street" if opens and _ACTS.match(text, end) else None
        if not plain:
            several = name.endswith("乡") and text.startswith("镇", end)  # the 乡 and 镇 of a place, not 苏木乡
            return None if several or text.startswith(("化", "居民人均"), end) else "unit"
        free = after_region or start == 0 or not HAN.match(text[start - 1]) or text.endswith(_OPENERS[:2], 0, start)
        free = free or (name.endswith("团") and text[start - 1] == "师")
        if name in self.regions and free:
            return "region"
        if name not in self.by_name:
            return None
        return "unit" if after_region or (free and (title or len(name) > _LONGEST_PLAIN)) else None


def _by_place(hit: tuple[int, int, int]) -> tuple[int, int]:
    """Order hits by where they start, the longest first."""
    return hit[1], -hit[2]


def _register(by_name: dict[str, list[Unit]], unit: Unit, name: str) -> None:
    for form in _unit_names(name):
        named = by_name.setdefault(form, [])
        if unit not in named:
            named.append(unit)


def _add_past(units: list[Unit], named: dict[str, list[Unit]], changes: Sequence[Change]) -> None:
    """Add the units that ended, and the other names of those that kept their code."""
    from pipelines.identify.division_changes import ChangesError

    by_code = {unit.code: unit for unit in units}
    in_county = {unit.county_code: unit for unit in units}
    for change in changes:
        known = by_code.get(change.old_code if change.keeps_code else change.new_code or "")
        if known is None or change.county_code not in in_county:
            raise ChangesError(
                f"{change.old_code} {change.old_name} became {change.new_code} {change.new_name}, but the division "
                "table lacks the unit that followed or the county; give both as the table has them"
            )
        if change.keeps_code:
            _register(named, known, change.old_name)
            _register(named, known, change.new_name)
            continue
        past = Unit(
            change.old_code, change.old_name, in_county[change.county_code].region, change.changed_on, change.new_code
        )
        units.append(past)
        _register(named, past, past.name)


_OF_REGION = ("county_code", "county_name", "city_name", "province_name")
_PINYIN = ("county_pinyin", "city_pinyin", "province_pinyin")


def _unit(row: dict[str, str], regions: dict[tuple[str, ...], Region], former: Mapping[str, frozenset[str]]) -> Unit:
    """The unit of a row. Its region is taken from `regions`, or added there."""
    code, county, city, province, *pinyin = key = tuple(row[name] for name in (*_OF_REGION, *_PINYIN))
    if key not in regions:
        names = (_forms(county), stem(county), _forms(city), _forms(province))
        regions[key] = Region(code, *names, (pinyin[0], pinyin[1], pinyin[2]), former.get(code, frozenset()))
    return Unit(row["township_code"], row["township_name"], regions[key])


@cache
def _forms(name: str) -> frozenset[str]:
    return frozenset({fold(name), fold(short_name(name))})


def _unit_names(name: str) -> set[str]:
    """Return the folded names a unit goes by, also the one in brackets (科技城（东渚街道）); 街道 alone is no name."""
    folded = fold(name)
    for committee in _COMMITTEES:
        folded = folded.removesuffix(committee)
    names = {folded, short_township(folded), folded.removeprefix("国营"), folded.removesuffix("地区")}
    names.update(_IN_BRACKETS.findall(folded))
    if folded.endswith("街道") and len(folded) > _LONGEST_PLAIN:
        names.add(folded[:-2] if folded.endswith("街街道") else folded[:-1])  # 民意街, and not 民意街街
        names.add(folded[:-2] + "办事处")  # how Henan and Shandong write it
    names |= regiment_names(folded)
    return {each for each in names if len(each) > 1} - {"街道"}
