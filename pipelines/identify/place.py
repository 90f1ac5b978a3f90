"""Which unit reports: from names in the text to one township-level unit, or to none.

Here belongs the choice of the reporting unit's name and of the unit among those that share it. Not here: finding
names (`gazetteer`). Evidence is heard in the order of DESIGN: title, opening, publisher line, signature, then the codes
of the page and its host; each answer keeps how it was found. What stays ambiguous or contradicts itself is not
resolved.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipelines.identify.gazetteer import Gazetteer, Mention, Unit
from pipelines.identify.names import is_regular

_SELF = re.compile(r"[我全本](?:镇|乡|街道|办)|镇党委|镇政府|乡党委|乡政府|街道党工委|办事处|镇村|苏木")
_ABOVE = re.compile(r"[我全本](?:县|市|区|州|旗)|[县市区](?:政府|委)常务会")
_STATED = re.compile(r"(?:^|[^一-龥]|中共|关于|在)([一-龥]{2,5}[县市区旗])(?:人民政府)?$")
_NO_COUNTY = re.compile(r"开发区|新区|园区|示范区|管理区|高新区|经开区|度假区|景区|库区|片区|[我全本各该][县市区旗]$")
_INDEX = re.compile(r"[0-9]{8,}|[0-9A-Z]{12,}")
_OPENS_WITHIN = 150
_MATTERS = 2


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a document says about its place, folded: strings in the order in which they are heard."""

    title: str
    opening: str
    publisher: str
    signature: str
    index_number: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """The answer: `unit` when resolved; else the candidates, which are empty when no unit's name was found.

    `name` is the unit's name as found, `region` a county or city that the title names instead of a unit.
    """

    unit: Unit | None = None
    method: str | None = None
    candidates: tuple[Unit, ...] = ()
    name: str | None = None
    region: str | None = None
    problem: str | None = None


def resolve(evidence: Evidence, gazetteer: Gazetteer) -> Place:
    """Return the unit that a document is about."""
    in_title = gazetteer.mentions(evidence.title, title=True)
    in_opening = gazetteer.mentions(evidence.opening)
    name, region = _reporting_name(evidence, in_title, in_opening, gazetteer)
    if name is None:
        return Place(region=region)
    candidates = gazetteer.by_name[name]
    stated = _stated_before(name, ((evidence.title, in_title), (evidence.opening, in_opening)), candidates, gazetteer)
    if stated is not None:
        candidates = stated
        if not candidates:
            return Place(name=name, problem="the county named before it has no such unit")
    return _narrow(name, candidates, evidence, (in_title, in_opening), gazetteer)


def _reporting_name(
    evidence: Evidence, in_title: list[Mention], in_opening: list[Mention], gazetteer: Gazetteer
) -> tuple[str | None, str | None]:
    """Return the name of the reporting unit, or the region that reports instead, or two Nones."""
    counts = Counter(m.name for m in in_opening if m.kind == "unit")
    titled = [m for m in in_title if m.kind == "unit"]
    if titled:
        return max(titled, key=lambda m: (is_regular(m.name), counts[m.name], m.end)).name, None
    regions = [m.name for m in in_title if m.kind == "region"]
    if regions and not re.search("镇|乡|街道", evidence.title):
        return None, regions[-1]
    early = {m.name for m in in_opening if m.kind == "unit" and m.start < _OPENS_WITHIN}
    named = {name: count for name, count in counts.items() if name in early or count >= _MATTERS}
    if len(_ABOVE.findall(evidence.opening)) > len(_SELF.findall(evidence.opening)) + sum(named.values()):
        regions = [m.name for m in in_opening if m.kind == "region"]
        return None, regions[0] if regions else "全县"
    if named:
        return max(named, key=lambda name: (name in early, named[name])), None
    for text in (evidence.signature, evidence.publisher if _SELF.search(evidence.opening) else ""):
        found = {m.name for m in gazetteer.mentions(text, title=True) if m.kind == "unit"}
        if len(found) == 1:
            return found.pop(), None
    return None, None


def _stated_before(
    name: str, texts: Iterable[tuple[str, list[Mention]]], candidates: Sequence[Unit], gazetteer: Gazetteer
) -> list[Unit] | None:
    """Return the candidates that lie in the region written right before the name (晋江市池店镇); None when none is.

    A county that is no longer called so counts by its stem (梁平县 for 梁平区); an unknown one leaves no candidate.
    """
    for text, mentions in texts:
        regions = {m.end: m.name for m in mentions if m.kind == "region"}
        for mention in mentions:
            if mention.name != name:
                continue
            before = text[: mention.start].removesuffix("人民政府")
            region = regions.get(len(before))
            if region:
                return [u for u in candidates if region in u.county or region in u.city or region in u.province]
            match = _STATED.search(before)
            if match and not _NO_COUNTY.search(match[1]):
                return [u for u in candidates if match[1][:-1] == u.county_stem]
    return None


def _narrow(
    name: str, candidates: Sequence[Unit], evidence: Evidence, mentions: tuple[list[Mention], ...], gazetteer: Gazetteer
) -> Place:
    """Hear the evidence until one candidate is left."""
    said = [{m.name for m in each if m.kind == "region"} for each in mentions]
    for text in (evidence.publisher, evidence.signature):
        said.append({m.name for m in gazetteer.mentions(text, title=True) if m.kind == "region"})
    left = list(candidates)
    for method, regions in zip(("title", "opening", "publisher", "signature"), said, strict=True):
        left, agreed = _within(left, regions)
        if len(left) == 1 and agreed:
            return Place(left[0], method, tuple(candidates), name)
    for method, by_code in (
        ("index_number", _by_index(left, evidence.index_number)),
        ("url", _by_host(left, evidence.url)),
    ):
        if len(by_code) == 1:
            return Place(by_code[0], method, tuple(candidates), name)
    if len(left) > 1:
        return Place(candidates=tuple(left), name=name)
    if (said[0] | said[1]) & gazetteer.counties:
        return Place(candidates=tuple(left), name=name, problem="its title or opening names another county")
    return Place(left[0], "unique_name", tuple(candidates), name)


def _within(candidates: list[Unit], regions: set[str]) -> tuple[list[Unit], bool]:
    """Keep the candidates in the counties, else prefectures, else provinces named; say whether any region agreed."""
    agreed = False
    for level in ("county", "city", "province"):
        inside = [unit for unit in candidates if getattr(unit, level) & regions]
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
    host = urlsplit(url or "").hostname or ""
    if not host.endswith(".gov.cn"):
        return []
    labels = set(host.split(".")) - {"gov", "cn", "www"}
    return [unit for unit in candidates if labels & _host_labels(unit.pinyin)]


def _host_labels(pinyin: tuple[str, str, str]) -> set[str]:
    """Return the labels a county's host may have: 荣昌区 of 重庆市 -> rongchang, rongchangqu, rc, rcq, cqrc ..."""
    county, *above = (syllables.split() for syllables in pinyin)
    plain = county[:-1] if len(county) > 2 else county
    forms = {form for each in (plain, county) for form in ("".join(each), "".join(s[0] for s in each))}
    prefixes = {""} | {"".join(s[0] for s in each[:-1]) for each in above}
    return {prefix + form for prefix in prefixes for form in forms}
