"""Which unit reports: from the names in a document to one township-level unit, or to none.

The evidence is used in a fixed order: title, opening, publisher line, signature, then the codes of the page and its
host. Each answer keeps how it was found, and evidence that comes later is not searched once there is an answer. A name
that stays ambiguous or contradicts other evidence is not resolved. Names are found by `gazetteer`.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

from pipelines.identify.gazetteer import Gazetteer, NameMention, Unit
from pipelines.identify.names import abbreviates, is_regular

_SELF = re.compile(r"[我全本](?:镇|乡|街道|办)|镇党委|镇政府|乡党委|乡政府|街道党工委|办事处|镇村|苏木")
_FIRST_PERSON = re.compile(r"[我本](?:镇|乡|街道|办事处|苏木)")
_NEIGHBOUR = re.compile(
    r"(?:与|和|同|跟|及|、|联合|邻近的?|毗邻的?|相邻的?|周边的?|对口|赴|到)(?:[一-龥]{2,5}[县市区旗])?$"
)
_ABOVE = re.compile(r"[我全本](?:县|市|区|州|旗)|[县市区](?:政府|委)常务会")
_COUNTY_BEFORE = re.compile(r"(?:^|[^一-龥]|中共|关于|在)([一-龥]{2,5}[县市区旗])(?:人民政府)?$")
_NO_COUNTY = re.compile(r"开发区|新区|园区|示范区|管理区|高新区|经开区|度假区|景区|库区|片区|[我全本各该][县市区旗]$")
# Before a unit's name, other syllables make it another name: units that the register lacks hold names that it knows.
_SYLLABLE = re.compile(r"(?![县市区旗州盟省年度月日共在和及与于由对向将经是为以给到送报发布网原各府委])[一-龥]")
_INDEX = re.compile(r"[0-9]{8,}|[0-9A-Z]{12,}")
_PARTS = ("title", "opening", "publisher", "signature")  # in the order in which they are used
_OPENS_WITHIN = 150
_MATTERS = 2
_CARRIED_OUT = 1  # years that a change may take until the unit bears its new name
_COUNTY_REACH = 16  # characters before a name in which its county is looked for


class PlaceEvidence(NamedTuple):
    """The texts of a document that may name its unit, folded, in the order in which they are used."""

    title: str
    opening: str
    publisher: str
    signature: str
    index_number: str
    url: str | None


class ResolvedPlace(NamedTuple):
    """The unit of a document, or, where none was resolved, the candidates (none if no unit's name was found).

    `method` is the part of the evidence that decided. `name` is the unit's name as found, `region` a county or city
    that the title names instead of a unit, `problem` why no candidate was taken.
    """

    unit: Unit | None = None
    method: str | None = None
    candidates: tuple[Unit, ...] = ()
    name: str | None = None
    region: str | None = None
    problem: str | None = None


class _EvidenceNames:
    """The names in each part of the evidence. A part is searched when its names are first needed."""

    __slots__ = ("_found", "_gazetteer", "evidence")

    def __init__(self, evidence: PlaceEvidence, gazetteer: Gazetteer) -> None:
        self.evidence, self._gazetteer = evidence, gazetteer
        self._found: dict[str, list[NameMention]] = {}

    def of(self, part: str) -> list[NameMention]:
        """Return the names in `title`, `opening`, `publisher` or `signature`."""
        if part not in self._found:
            text = getattr(self.evidence, part)
            found = self._gazetteer.mentions(text, title=part != "opening") if text else []
            self._found[part] = found
        return self._found[part]

    def regions_of(self, part: str) -> set[str]:
        """Return the regions named in a part."""
        return {m.name for m in self.of(part) if m.kind == "region"}


def resolve(evidence: PlaceEvidence, gazetteer: Gazetteer, year: int | None = None) -> ResolvedPlace:
    """Return the unit that a document of `year` is about. Without a year, units of all years are candidates."""
    names = _EvidenceNames(evidence, gazetteer)
    name, region = _reporting_name(names)
    if name is None:
        return ResolvedPlace(region=region)
    signed = _other_signature(name, names, gazetteer)
    if signed:
        problem = f"the opening names {name}, the signature {signed}"
        return ResolvedPlace(candidates=tuple(gazetteer.by_name[name]), name=name, problem=problem)
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


def _reporting_name(names: _EvidenceNames) -> tuple[str | None, str | None]:
    """Return the name of the reporting unit, or the region that reports instead, or two Nones."""
    titled = [m for m in names.of("title") if m.kind == "unit"]
    if len({m.name for m in titled}) == 1:
        return titled[0].name, None
    counts = Counter(m.name for m in names.of("opening") if m.kind == "unit")
    if titled:
        return max(titled, key=lambda m: (is_regular(m.name), counts[m.name], m.end)).name, None
    regions = [m for m in names.of("title") if m.kind == "region"]
    rest = names.evidence.title
    for region in regions:
        rest = rest.replace(region.name, "")  # 镇江市, 新乡县
    if regions and not re.search("镇|乡|街道|办事处", rest):
        signed = _only_unit(names, "signature")
        if signed and _FIRST_PERSON.search(names.evidence.opening):
            return signed, None  # the county's site gave the title, a township wrote and signed the text
        return None, regions[-1].name
    return _name_in_opening(names, counts)


def _name_in_opening(names: _EvidenceNames, counts: Counter[str]) -> tuple[str | None, str | None]:
    """Return the same for a document whose title names nobody: by its opening, else its signature or publisher."""
    opening = names.evidence.opening
    early = {m.name for m in names.of("opening") if m.kind == "unit" and m.start < _OPENS_WITHIN}
    named = {name: count for name, count in counts.items() if name in early or count >= _MATTERS}
    if _FIRST_PERSON.search(opening):
        # 我镇与甲镇: whom a township works with is not the author.
        for name in {m.name for m in names.of("opening") if _NEIGHBOUR.search(opening[: m.start])}:
            named.pop(name, None)
        signed = _only_unit(names, "signature")
        if signed and not named:
            return signed, None
    own = len(_SELF.findall(opening))
    if len(_ABOVE.findall(opening)) > own + sum(named.values()):
        return None, next((m.name for m in names.of("opening") if m.kind == "region"), "全县")
    if named:
        return max(named, key=lambda name: (name in early, named[name])), None
    return _only_unit(names, "signature") or (_only_unit(names, "publisher") if own else None), None


def _only_unit(names: _EvidenceNames, part: str) -> str | None:
    """Return the one unit that a part of the evidence names; None where it names none or several."""
    found = {m.name for m in names.of(part) if m.kind == "unit"}
    return found.pop() if len(found) == 1 else None


def _other_signature(name: str, names: _EvidenceNames, gazetteer: Gazetteer) -> str | None:
    """Return the unit that signs a text in the first person (我镇) whose opening, and no title, names another."""
    if name in names.evidence.title or not _FIRST_PERSON.search(names.evidence.opening):
        return None
    signed = _only_unit(names, "signature")
    own = {unit.code for unit in gazetteer.by_name[name]}
    return signed if signed and own.isdisjoint(unit.code for unit in gazetteer.by_name[signed]) else None


def _in_county_before(name: str, names: _EvidenceNames, candidates: Sequence[Unit]) -> list[Unit] | None:
    """Return the candidates that lie in the region written right before the name (晋江市池店镇); None when none is.

    A county that is no longer called so counts by its stem (梁平县 for 梁平区), one that was split or renamed by the
    table of county changes, a long name also by its abbreviation (前郭县); an unknown one leaves no candidate.
    """
    for part in _PARTS[:2]:
        text, mentions = getattr(names.evidence, part), names.of(part)
        regions = {m.end: m.name for m in mentions if m.kind == "region"}
        for mention in mentions:
            if mention.name != name:
                continue
            before = text[: mention.start].removesuffix("人民政府")
            region = regions.get(len(before))
            if region:
                inside = [u for u in candidates if region in u.county or region in u.city or region in u.province]
                return inside or [u for u in candidates if region in u.former_counties]
            above = max((end for end in regions if end < len(before)), default=0)  # 松原市|前郭县
            match = _COUNTY_BEFORE.search(before[max(above, len(before) - _COUNTY_REACH) :])
            if match and not _NO_COUNTY.search(match[1]):
                return [u for u in candidates if _was_in(match[1], u)]
    return None


def _was_in(county: str, unit: Unit) -> bool:
    """Return whether a county's name is that of the unit's county in another form: 梁平县, 前郭县, or a former one."""
    if county[:-1] == unit.county_stem or county in unit.former_counties:
        return True
    return any(abbreviates(county, full) for full in unit.county)


def _narrow(name: str, candidates: Sequence[Unit], names: _EvidenceNames, gazetteer: Gazetteer) -> ResolvedPlace:
    """Use the evidence in order until one candidate is left."""
    left = list(candidates)
    for method in _PARTS:
        left, agreed = _within(left, names.regions_of(method))
        if len(left) == 1 and agreed:
            return ResolvedPlace(left[0], method, tuple(candidates), name)
    by_code: tuple[tuple[str, Callable[[Sequence[Unit]], list[Unit]]], ...] = (
        ("index_number", lambda units: _by_index(units, names.evidence.index_number)),
        ("url", lambda units: _by_host(units, names.evidence.url)),
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


def _ends_a_longer(name: str, names: _EvidenceNames) -> bool:
    """Return whether a name always follows one and the same syllable, as 大街街道 does in 银杏大街街道."""
    before = set()
    for part in _PARTS[:2]:
        text = getattr(names.evidence, part)
        before |= {text[max(0, m.start - 1) : m.start] for m in names.of(part) if m.name == name}
    return len(before) == 1 and bool(_SYLLABLE.match(before.pop()))


def _within(candidates: list[Unit], regions: set[str]) -> tuple[list[Unit], bool]:
    """Keep the candidates in the counties, else prefectures, else provinces named; say whether any region agreed."""
    agreed = False
    if not regions:
        return candidates, agreed
    for level in ("county", "city", "province"):
        inside = [unit for unit in candidates if not getattr(unit, level).isdisjoint(regions)]
        if inside:
            candidates, agreed = inside, True
    return candidates, agreed


def _by_index(candidates: Sequence[Unit], index_number: str) -> list[Unit]:
    """Keep the candidates whose county's code opens the index number, after the 11 of a government body or without."""
    code = index_number.replace(" ", "")
    if not _INDEX.match(code):
        return []
    return [unit for unit in candidates if unit.county_code in (code[:6], code[2:8] if code.startswith("11") else "")]


def _by_host(candidates: Sequence[Unit], url: str | None) -> list[Unit]:
    """Keep the candidates whose county's pinyin or initials are a label of a government host (rongchang, cqfd)."""
    host = urlsplit(url).hostname or "" if url else ""
    if not host.endswith(".gov.cn"):
        return []
    labels = set(host.split(".")) - {"gov", "cn", "www"}
    return [unit for unit in candidates if labels & _host_labels(unit.pinyin)]


@cache
def _host_labels(pinyin: tuple[str, str, str]) -> set[str]:
    """Return the labels a county's host may have: 荣昌区 of 重庆市 -> rongchang, rongchangqu, rc, rcq, cqrc ..."""
    county, *above = (syllables.split() for syllables in pinyin)
    plain = county[:-1] if len(county) > 2 else county
    if len(county) > 3 and county[-2:] == ["xin", "qu"]:  # 浦东新区 is at pudong
        plain = county[:-2]
    forms = {form for each in (plain, county) for form in ("".join(each), "".join(s[0] for s in each))}
    prefixes = {""} | {"".join(s[0] for s in each[:-1]) for each in above}
    return {prefix + form for prefix in prefixes for form in forms}
