"""Which unit reports: from names in the text to one township-level unit, or to none.

Here belongs the choice of the reporting unit's name and of the unit among those that share it. Not here: finding
names (`gazetteer`). Evidence is heard in the order of DESIGN: title, opening, publisher line, signature, then the codes
of the page and its host; each answer keeps how it was found, and what comes later is not even searched for names once
the answer stands. What stays ambiguous or contradicts itself is not resolved.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

from pipelines.identify.gazetteer import Gazetteer, Mention, Unit
from pipelines.identify.names import is_regular

_SELF = re.compile(r"[我全本](?:镇|乡|街道|办)|镇党委|镇政府|乡党委|乡政府|街道党工委|办事处|镇村|苏木")
_ABOVE = re.compile(r"[我全本](?:县|市|区|州|旗)|[县市区](?:政府|委)常务会")
_STATED = re.compile(r"(?:^|[^一-龥]|中共|关于|在)([一-龥]{2,5}[县市区旗])(?:人民政府)?$")
_NO_COUNTY = re.compile(r"开发区|新区|园区|示范区|管理区|高新区|经开区|度假区|景区|库区|片区|[我全本各该][县市区旗]$")
# Before a unit's name, other syllables make it another name: units that the register lacks hold names that it knows.
_SYLLABLE = re.compile(r"(?![县市区旗州盟省年度月日共在和及与于由对向将经是为以给到送报发布网原各府委])[一-龥]")
_INDEX = re.compile(r"[0-9]{8,}|[0-9A-Z]{12,}")
_PIECES = ("title", "opening", "publisher", "signature")  # in the order in which they are heard
_OPENS_WITHIN = 150
_MATTERS = 2
_CARRIED_OUT = 1  # years that a change may take until the unit bears its new name
_STATED_REACH = 16  # characters before a name in which its county is looked for


class Evidence(NamedTuple):
    """What a document says about its place, folded: strings in the order in which they are heard."""

    title: str
    opening: str
    publisher: str
    signature: str
    index_number: str
    url: str | None


class Place(NamedTuple):
    """The answer: `unit` when resolved; else the candidates, which are empty when no unit's name was found.

    `name` is the unit's name as found, `region` a county or city that the title names instead of a unit.
    """

    unit: Unit | None = None
    method: str | None = None
    candidates: tuple[Unit, ...] = ()
    name: str | None = None
    region: str | None = None
    problem: str | None = None


class _Heard:
    """The names that each piece of evidence holds, searched for when they are first asked for."""

    __slots__ = ("_found", "_gazetteer", "evidence")

    def __init__(self, evidence: Evidence, gazetteer: Gazetteer) -> None:
        self.evidence, self._gazetteer = evidence, gazetteer
        self._found: dict[str, list[Mention]] = {}

    def names(self, piece: str) -> list[Mention]:
        """Return the names in `title`, `opening`, `publisher` or `signature`."""
        if piece not in self._found:
            text = getattr(self.evidence, piece)
            found = self._gazetteer.mentions(text, title=piece != "opening") if text else []
            self._found[piece] = found
        return self._found[piece]

    def regions(self, piece: str) -> set[str]:
        """Return the regions named in a piece."""
        return {m.name for m in self.names(piece) if m.kind == "region"}


def resolve(evidence: Evidence, gazetteer: Gazetteer, year: int | None = None) -> Place:
    """Return the unit that a document of `year` is about; where the year is not known, units of all years compete."""
    heard = _Heard(evidence, gazetteer)
    name, region = _reporting_name(heard)
    if name is None:
        return Place(region=region)
    named = gazetteer.by_name[name]
    candidates = _standing(named, year)
    if not candidates:
        ends = "; ".join(f"{u.code} ended on {u.ended}, {u.successor} followed" for u in named)
        return Place(candidates=tuple(named), name=name, problem=f"no unit of that name stood in {year}: {ends}")
    stated = _stated_before(name, heard, candidates)
    if stated is not None:
        candidates = stated
        if not candidates:
            return Place(name=name, problem="the county named before it has no such unit")
    return _narrow(name, candidates, heard, gazetteer)


def _standing(named: Sequence[Unit], year: int | None) -> Sequence[Unit]:
    """Leave out the units that did not stand in `year`.

    A change takes up to a year to be carried out, and a report is written the year after the one it is about, so a
    name that has ended is believed for one year more. Of two units of one name in one county only one stood at the end
    of the year.
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


def _reporting_name(heard: _Heard) -> tuple[str | None, str | None]:
    """Return the name of the reporting unit, or the region that reports instead, or two Nones."""
    titled = [m for m in heard.names("title") if m.kind == "unit"]
    if len({m.name for m in titled}) == 1:
        return titled[0].name, None
    counts = Counter(m.name for m in heard.names("opening") if m.kind == "unit")
    if titled:
        return max(titled, key=lambda m: (is_regular(m.name), counts[m.name], m.end)).name, None
    regions = [m for m in heard.names("title") if m.kind == "region"]
    rest = heard.evidence.title
    for region in regions:
        rest = rest.replace(region.name, "")  # 镇江市, 新乡县
    if regions and not re.search("镇|乡|街道", rest):
        return None, regions[-1].name
    return _name_in_opening(heard, counts)


def _name_in_opening(heard: _Heard, counts: Counter[str]) -> tuple[str | None, str | None]:
    """Return the same for a document whose title names nobody: by its opening, else its signature or publisher."""
    opening = heard.evidence.opening
    early = {m.name for m in heard.names("opening") if m.kind == "unit" and m.start < _OPENS_WITHIN}
    named = {name: count for name, count in counts.items() if name in early or count >= _MATTERS}
    own = len(_SELF.findall(opening))
    if len(_ABOVE.findall(opening)) > own + sum(named.values()):
        return None, next((m.name for m in heard.names("opening") if m.kind == "region"), "全县")
    if named:
        return max(named, key=lambda name: (name in early, named[name])), None
    for mentions in (heard.names("signature"), heard.names("publisher") if own else ()):
        found = {m.name for m in mentions if m.kind == "unit"}
        if len(found) == 1:
            return found.pop(), None
    return None, None


def _stated_before(name: str, heard: _Heard, candidates: Sequence[Unit]) -> list[Unit] | None:
    """Return the candidates that lie in the region written right before the name (晋江市池店镇); None when none is.

    A county that is no longer called so counts by its stem (梁平县 for 梁平区); an unknown one leaves no candidate.
    """
    for piece in _PIECES[:2]:
        text, mentions = getattr(heard.evidence, piece), heard.names(piece)
        regions = {m.end: m.name for m in mentions if m.kind == "region"}
        for mention in mentions:
            if mention.name != name:
                continue
            before = text[: mention.start].removesuffix("人民政府")
            region = regions.get(len(before))
            if region:
                return [u for u in candidates if region in u.county or region in u.city or region in u.province]
            match = _STATED.search(before[-_STATED_REACH:])
            if match and not _NO_COUNTY.search(match[1]):
                return [u for u in candidates if match[1][:-1] == u.county_stem]
    return None


def _narrow(name: str, candidates: Sequence[Unit], heard: _Heard, gazetteer: Gazetteer) -> Place:
    """Hear the evidence until one candidate is left."""
    left = list(candidates)
    for method in _PIECES:
        left, agreed = _within(left, heard.regions(method))
        if len(left) == 1 and agreed:
            return Place(left[0], method, tuple(candidates), name)
    by_code: tuple[tuple[str, Callable[[Sequence[Unit]], list[Unit]]], ...] = (
        ("index_number", lambda units: _by_index(units, heard.evidence.index_number)),
        ("url", lambda units: _by_host(units, heard.evidence.url)),
    )
    for method, choose in by_code:
        chosen = choose(left)
        if len(chosen) == 1:
            return Place(chosen[0], method, tuple(candidates), name)
    if len(left) > 1:
        return Place(candidates=tuple(left), name=name)
    if any(m.name in gazetteer.counties for m in (*heard.names("title"), *heard.names("opening"))):
        return Place(candidates=tuple(left), name=name, problem="its title or opening names another county")
    if _ends_a_longer(name, heard):
        return Place(candidates=tuple(left), name=name, problem="it is the end of a longer name")
    return Place(left[0], "unique_name", tuple(candidates), name)


def _ends_a_longer(name: str, heard: _Heard) -> bool:
    """Return whether a name always follows one and the same syllable, as 大街街道 does in 银杏大街街道."""
    before = set()
    for piece in _PIECES[:2]:
        text = getattr(heard.evidence, piece)
        before |= {text[max(0, m.start - 1) : m.start] for m in heard.names(piece) if m.name == name}
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
