"""Which unit reports: from the names in a document to one township-level unit, or to none.

The evidence is used in a fixed order: title, opening, publisher line, signature, then the codes of the page and its
host. Each answer keeps how it was found, and evidence that comes later is not searched once there is an answer. A name
that stays ambiguous or contradicts other evidence is not resolved. Names are found by `gazetteer`.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pipelines.identify.author import OWN_WORK, find_author, rival
from pipelines.identify.evidence import PARTS, EvidenceNames, PlaceEvidence
from pipelines.identify.gazetteer import Gazetteer
from pipelines.identify.names import abbreviates
from pipelines.identify.registered_units import Unit
from pipelines.identify.web_address import by_address

_COUNTY_BEFORE = re.compile(r"(?:^|[^一-龥]|中共|关于|在)([一-龥]{2,5}[县市区旗])(?:人民政府)?$")
_CITY_ABOVE = re.compile(r"^[一-龥]{2,4}(?:市|州|盟|地区)(?=[一-龥]{2})")  # 莱芜市|莱城区, both of which are no more
_NO_COUNTY = re.compile(r"开发区|新区|园区|示范区|管理区|高新区|经开区|度假区|景区|库区|片区|[我全本各该][县市区旗]$")
# Before a unit's name, other syllables make it another name: units that the register lacks hold names that it knows.
_SYLLABLE = re.compile(r"(?![县市区旗州盟省师年度月日共在和及与于由对向将经是为以给到送报发布网原各府委])[一-龥]")
_ZONE_BEFORE = re.compile(
    r"(?:^|[^一-龥]|中共|关于|在)([一-龥]{2,8}(?:高新|经开|开发|技术|产业|示范|新|园|度假|实验|合作|管理|西海岸新)区)(?:管委会|管理委员会)?$"
)
_SHORTEST = 2  # characters of a city's name without its kind would be one
_INDEX = re.compile(r"[0-9]{8,}|[0-9A-Z]{12,}")
_CARRIED_OUT = 1  # years that a change may take until the unit bears its new name
_COUNTY_REACH = 16  # characters before a name in which its county is looked for


class ResolvedPlace(NamedTuple):
    """The unit of a document, or, where none was resolved, the candidates (none if no unit's name was found).

    `method` is the part of the evidence that decided. `name` is the unit's name as found, `region` a county or city
    that the title names instead of a unit, `problem` why no candidate was taken, `doubt` which parts of the evidence
    name different units.
    """

    unit: Unit | None = None
    method: str | None = None
    candidates: tuple[Unit, ...] = ()
    name: str | None = None
    region: str | None = None
    problem: str | None = None
    doubt: str | None = None


def resolve(evidence: PlaceEvidence, gazetteer: Gazetteer, year: int | None = None) -> ResolvedPlace:
    """Return the unit that a document of `year` is about. Without a year, units of all years are candidates."""
    names = EvidenceNames(evidence, gazetteer)
    author = find_author(names)
    if author.name is None:
        return ResolvedPlace(region=author.region)
    name, other = author.name, rival(author.name, names)
    if other and name not in evidence.title:
        return ResolvedPlace(candidates=tuple(gazetteer.by_name[name]), name=name, problem=other, doubt=other)
    place = _among(name, names, gazetteer, year)
    elsewhere = _outside_title(place.unit, names)
    if elsewhere and name not in evidence.title:
        return place._replace(unit=None, method=None, problem=elsewhere, doubt=elsewhere)
    other = other or elsewhere
    if author.doubtful and place.method == "unique_name":
        problem = "it is named in passing, and neither county nor host confirms it"
        return place._replace(unit=None, method=None, problem=problem, doubt=other)
    return place._replace(doubt=other)


def _outside_title(unit: Unit | None, names: EvidenceNames) -> str | None:
    """Say that the title names only regions in which the unit does not lie, None where it may lie in one."""
    regions = names.regions_of("title")
    if unit is None or not regions:
        return None
    region = unit.region
    above = region.county | region.city | region.province | region.former_counties
    if not above.isdisjoint(regions) or any(_was_in(region, unit) for region in regions):
        return None
    return f"the title names {min(regions)}, the text {unit.name} of {min(unit.region.county, key=len)}"


def _among(name: str, names: EvidenceNames, gazetteer: Gazetteer, year: int | None) -> ResolvedPlace:
    """Return which of the units of one name a document of `year` is about."""
    named = gazetteer.by_name[name]
    candidates = _standing(named, year)
    if not candidates:
        ends = "; ".join(f"{u.code} ended on {u.ended}, {u.successor} followed" for u in named)
        problem = f"no unit of that name stood in {year}: {ends}"
        return ResolvedPlace(candidates=tuple(named), name=name, problem=problem)
    in_county = _in_county_before(name, names, candidates)
    if in_county is not None:
        candidates = in_county
        if not candidates:
            return ResolvedPlace(name=name, problem="the county named before it has no such unit")
        if len(candidates) == 1:
            method = "title" if name in names.evidence.title else "opening"
            return ResolvedPlace(candidates[0], method, tuple(named), name)
    elif _ends_a_longer(name, names):
        return ResolvedPlace(candidates=tuple(candidates), name=name, problem="it is the end of a longer name")
    return _narrow(name, candidates, names, gazetteer)


def _standing(named: Sequence[Unit], year: int | None) -> Sequence[Unit]:
    """Leave out the units that did not exist in `year`.

    A change takes up to a year to be carried out, and a report is written the year after the one it is about, so a
    name that has ended is believed for one year more. Of two units of one name in one county only one existed at the
    end of the year.
    """
    past = [(unit, unit.ended.year) for unit in named if unit.ended]
    if not past or year is None:
        return named
    gone = {unit.code for unit, ended in past if ended + _CARRIED_OUT < year}
    for unit, ended in past:
        for other in named:
            if unit.county_code == other.county_code and not other.ended:
                gone.add(other.code if year < ended else unit.code)
    return [unit for unit in named if unit.code not in gone]


def _in_county_before(name: str, names: EvidenceNames, candidates: Sequence[Unit]) -> list[Unit] | None:
    """Return the candidates that lie in the region written right before the name (晋江市池店镇); None when none is.

    A county that is no longer called so counts by its stem (梁平县 for 梁平区), one that was split or renamed by the
    table of county changes, a long name also by its abbreviation (前郭县); an unknown one leaves no candidate.
    """
    for part in PARTS[:2]:
        text, mentions = getattr(names.evidence, part), names.of(part)
        regions = {m.end: m.name for m in mentions if m.kind == "region"}
        for mention in mentions:
            if mention.name != name:
                continue
            before = text[: mention.start].removesuffix("人民政府")
            region = regions.get(len(before))
            if region:
                inside = [u for u in candidates if region in u.region.county | u.region.city | u.region.province]
                return inside or [u for u in candidates if region in u.region.former_counties]
            above = max((end for end in regions if end < len(before)), default=0)  # 松原市|前郭县
            match = _COUNTY_BEFORE.search(before[max(above, len(before) - _COUNTY_REACH) :])
            if match and not _NO_COUNTY.search(match[1]):
                return [u for u in candidates if _was_in(match[1], u)]
            zone = _ZONE_BEFORE.search(before[-_COUNTY_REACH:])
            inside = [u for u in candidates if zone and _has_zone(zone[1], u)]
            if inside:
                return inside
    return None


def _has_zone(zone: str, unit: Unit) -> bool:
    """Return whether a zone is called after the city or county of the unit: 成都高新区, 济源示范区."""
    above = (*unit.region.city, *unit.region.county)
    return any(zone.startswith(place[:-1]) for place in above if len(place) > _SHORTEST)


def _was_in(county: str, unit: Unit) -> bool:
    """Return whether a county's name is that of the unit's county in another form: 梁平县, 前郭县, or a former one."""
    county = _CITY_ABOVE.sub("", county)
    if county[:-1] == unit.region.county_stem or county in unit.region.former_counties:
        return True
    return any(abbreviates(county, full) for full in unit.region.county)


def _narrow(name: str, candidates: Sequence[Unit], names: EvidenceNames, gazetteer: Gazetteer) -> ResolvedPlace:
    """Use the evidence in order until one candidate is left."""
    left = list(candidates)
    for method in PARTS:
        left, agreed = _within(left, names.regions_of(method))
        if len(left) == 1 and agreed:
            return ResolvedPlace(left[0], method, tuple(candidates), name)
    by_code: tuple[tuple[str, Callable[[Sequence[Unit]], list[Unit]]], ...] = (
        ("index_number", lambda units: _by_index(units, names.evidence.index_number)),
        ("url", lambda units: by_address(units, names.evidence.url)),
    )
    for method, choose in by_code:
        chosen = choose(left)
        if len(chosen) == 1:
            return ResolvedPlace(chosen[0], method, tuple(candidates), name)
    if len(left) > 1:
        return ResolvedPlace(candidates=tuple(left), name=name)
    if any(m.name in gazetteer.counties for m in (*names.of("title"), *names.of("opening"))):
        return ResolvedPlace(candidates=tuple(left), name=name, problem="its title or opening names another county")
    return ResolvedPlace(left[0], "unique_name", tuple(candidates), name)


def _ends_a_longer(name: str, names: EvidenceNames) -> bool:
    """Return whether a name always follows one and the same syllable, as 大街街道 does in 银杏大街街道."""
    before = set()
    for part in PARTS[:2]:
        text = getattr(names.evidence, part)
        starts = [m.start for m in names.of(part) if m.name == name]
        before |= {"" if OWN_WORK.search(text, 0, at) else text[max(0, at - 1) : at] for at in starts}
    return len(before) == 1 and bool(_SYLLABLE.match(before.pop()))


def _within(candidates: list[Unit], regions: set[str]) -> tuple[list[Unit], bool]:
    """Keep the candidates in the counties, else prefectures, else provinces named; say whether any region agreed."""
    agreed = False
    if not regions:
        return candidates, agreed
    for level in ("county", "city", "province"):
        inside = [unit for unit in candidates if not getattr(unit.region, level).isdisjoint(regions)]
        if inside:
            candidates, agreed = inside, True
    return candidates, agreed


def _by_index(candidates: Sequence[Unit], index_number: str) -> list[Unit]:
    """Keep the candidates whose county's code opens the index number, after the 11 of a government body or without."""
    code = index_number.replace(" ", "")
    if not _INDEX.match(code):
        return []
    return [unit for unit in candidates if unit.county_code in (code[:6], code[2:8] if code.startswith("11") else "")]
