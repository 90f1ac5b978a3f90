"""The name of the unit that reports, among all names that a document holds.

A unit that the title names reports. Else who opens the text does, or whom the signature or publisher names where the
text speaks in the first person (我镇). Neighbours (我镇与甲镇) are no authors, and a county is one where nothing speaks
for a unit.
"""

import re
from collections import Counter
from typing import NamedTuple

from pipelines.identify.evidence import EvidenceNames
from pipelines.identify.gazetteer import NameMention
from pipelines.identify.names import is_regular

_SELF = re.compile(r"[我全本](?:镇|乡|街道|办)|镇党委|镇政府|乡党委|乡政府|街道党工委|办事处|镇村|苏木")
FIRST_PERSON = re.compile(r"(?:我|(?<![基根资日])本)(?:镇(?!江|平|宁|原|坪|远|雄|康|沅|安)|乡|街道?|办事处|苏木)")
_NEIGHBOUR = re.compile(
    r"(?:与|和|同|跟|及|、|联合|(?:邻近|毗邻|相邻|周边|友邻|兄弟|结对)的?(?:乡?镇|乡|街道)?|对口|赴|到|向|比|前往|参观|考察|走访|观摩"
    r"|学习|借鉴|参照|取经|邀请|请来)(?:了|过)?(?:[一-龥]{2,14}[县市区旗])?$"
)
_WITH_US = re.compile(r"[^,，。;；]{0,8}(?:与|和|同|跟|到|来|对|向|给)我(?:镇|乡|街道?|办事处|苏木)")
# A title with these names more than the county, even where the register has no such unit.
_BELOW_COUNTY = re.compile(r"镇|乡|街道|街办|办事处|苏木|[零〇一二三四五六七八九十百0-9]团|[农林牧渔]场")
# A clause begins with it: 2023年,甲县甲镇坚持…
_SUBJECT = re.compile(r"(?:^|[^一-龥、]|[年度来]|中共|关于|现将|现就)(?:[一-龥]{2,9}?[省市州盟县区旗]){0,3}$")
_ABOVE = re.compile(r"[我全本](?:县|市|区|州|旗)|[县市区](?:政府|委)常务会")
# Where a name stands once and late, these words show that the township speaks of itself: 《甲镇…方案》, 甲镇党委.
_OWN_PAPER = re.compile(
    r"(?:制定|制订|印发|出台|下发|修订|编制|完善|发布|起草)[^。,，;；《》]{0,8}《(?:[一-龥]{2,6}[县市区旗])?$"
)
OWN_WORK = re.compile(
    r"(?:强化|提升|推动|推进|促进|夯实|筑牢|服务|保障|助力|擦亮|建设|打造|结合|围绕|立足)(?:[一-龥]{2,6}[县市区旗])?$"
)
_OWN_BODY = re.compile(r"(?:党委|党工委|人民政府|政府|办事处|法治|依法|治理|高质量|经济社会|辖区|全[镇乡]|党政|实际)")
# Who leads a township is its own committee: 在县委和甲镇党委的领导下,我镇…
_LEADS = re.compile(r"(?:党委|党工委|人民政府|政府|办事处|[、和及])+[^,，。;；]{0,8}领导下")
_OPENS_WITHIN = 150
_MATTERS = 2
_REACH = 24  # characters before a name that say which part it plays


class Author(NamedTuple):
    """The name of the unit that reports, or the region that reports instead.

    `doubtful` says that the name alone does not suffice: county or host must confirm it.
    """

    name: str | None = None
    region: str | None = None
    doubtful: bool = False


def find_author(names: EvidenceNames) -> Author:
    """Return who reports; an empty `Author` where nobody is named."""
    titled = names.units_of("title")
    if len({m.name for m in titled}) == 1:
        return Author(titled[0].name)
    if titled:
        counts = Counter(m.name for m in names.units_of("opening"))
        return Author(max(titled, key=lambda m: (is_regular(m.name), counts[m.name], m.end)).name)
    regions = [m for m in names.of("title") if m.kind == "region"]
    rest = names.evidence.title
    for region in regions:
        rest = rest.replace(region.name, "")  # 镇江市, 新乡县
    if regions and not _BELOW_COUNTY.search(rest):
        # The county's site may give the title of a text that a township wrote.
        township = _first_person(names)
        return Author(township) if township else Author(region=regions[-1].name)
    return _of_opening(names)


def _first_person(names: EvidenceNames) -> str | None:
    """Return the township of a text in the first person below a county's title: who opens it, else who signs it."""
    if not FIRST_PERSON.search(names.evidence.opening):
        return None
    opens = {m.name for m in _subjects(names) if m.start < _OPENS_WITHIN}
    return opens.pop() if len(opens) == 1 else names.only_unit("signature")


def _subjects(names: EvidenceNames) -> list[NameMention]:
    """Return the mentions in the opening with which a clause begins, so that the unit does what follows."""
    return [m for m in _authors(names) if _SUBJECT.search(_before(names.evidence.opening, m.start))]


def _before(opening: str, at: int) -> str:
    """Return the few characters before an offset, with another one before them where they do not begin the text."""
    return opening[:at] if at <= _REACH else f"之{opening[at - _REACH : at]}"


def _authors(names: EvidenceNames) -> list[NameMention]:
    """Return the mentions in the opening of all units but those that the text brings in as neighbours."""
    opening, units = names.evidence.opening, names.units_of("opening")
    first = {m.name: m for m in reversed(units)}
    neighbours = {
        name
        for name, m in first.items()
        if (_NEIGHBOUR.search(_before(opening, m.start)) and not _LEADS.match(opening, m.end))
        or _WITH_US.match(opening, m.end)
    }
    return [m for m in units if m.name not in neighbours]


def _of_opening(names: EvidenceNames) -> Author:
    """Return the author of a document whose title names nobody: by its opening, else its signature or publisher."""
    opening = names.evidence.opening
    own_words = bool(FIRST_PERSON.search(opening))
    # 我镇与甲镇: whom a township works with is not the author.
    mentions = _authors(names)
    if not mentions and not own_words:
        mentions = names.units_of("opening")
    subjects = Counter(m.name for m in _subjects(names))
    counts = Counter(m.name for m in mentions)
    early = {m.name for m in mentions if m.start < _OPENS_WITHIN}
    named = {name: count for name, count in counts.items() if name in early or count >= _MATTERS}
    signed = names.only_unit("signature")
    stands_for = signed or names.only_unit("publisher")
    if own_words and stands_for and (stands_for in counts or not any(name in subjects for name in named)):
        return Author(stands_for)
    if own_words and not subjects and sum(counts.values()) == 1:
        return Author(_named_once(mentions, opening), doubtful=True)
    own = len(_SELF.findall(opening))
    if len(_ABOVE.findall(opening)) > own + sum(named.values()):
        return Author(region=next((m.name for m in names.of("opening") if m.kind == "region"), "全县"))
    if named:
        return Author(max(named, key=lambda name: (name in early, name in subjects, named[name])))
    street = _street(names)
    if street:
        return Author(street, doubtful=True)
    return Author(signed or (names.only_unit("publisher") if own else None))


def rival(name: str, names: EvidenceNames) -> str | None:
    """Say which other unit a document gives as its author, None where all agree on `name`.

    Who signs always counts. Who publishes counts beside a text in the first person, and the opening beside a title.
    """
    where = "title" if name in names.evidence.title else "opening"
    signed, published = names.only_unit("signature"), names.only_unit("publisher")
    own_words = FIRST_PERSON.search(names.evidence.opening)
    for part, other in (("signature", signed), ("publisher", published if own_words else None)):
        if other and names.differ(name, other):
            return f"the {where} names {name}, the {part} {other}"
    if where == "opening" or any(m.name == name for m in names.of("opening")):
        return None
    opens = {m.name for m in _subjects(names)}
    if opens and all(names.differ(name, other) for other in opens):
        return f"the title names {name}, the opening {min(opens)}"
    return None


def _named_once(mentions: list[NameMention], opening: str) -> str | None:
    """Return the only unit that a text in the first person names, once and late, as its own; else None."""
    if len(mentions) != 1:
        return None
    (only,) = mentions
    paper = _OWN_PAPER.search(_before(opening, only.start))
    work = OWN_WORK.search(_before(opening, only.start)) and _OWN_BODY.match(opening, only.end)
    leads = _LEADS.match(opening, only.end)
    return only.name if paper or work or leads else None


def _street(names: EvidenceNames) -> str | None:
    """Return the one subdistrict that clauses begin with in the form of a street's name (黄石街坚持…)."""
    found = [m for m in names.of("opening") if m.kind == "street"]
    is_one = len({m.name for m in found}) == 1
    return found[0].name if is_one and (found[0].start < _OPENS_WITHIN or len(found) >= _MATTERS) else None
