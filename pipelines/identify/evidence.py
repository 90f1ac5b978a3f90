"""The evidence for the unit of a document, and the names that each part of it holds."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipelines.identify.gazetteer import Gazetteer, NameMention
from pipelines.identify.page import Page, PageLine
from pipelines.numerals.fold import fold

PARTS = ("title", "opening", "publisher", "signature")  # in the order in which they are used

# Lines at the foot that name other pages or bodies, not who signs.
_NO_SIGNATURE = re.compile(
    r"[,，。;；|]|[上下]一[篇条页]|相关|链接|抄[送报]|主送|印发|来源|报告|总结|情况|工作|附[件表]|联系|电话|此件|公开|责任编辑|浏览"
)
_SIGNATURE_LINES, _LONGEST_SIGNATURE = 3, 40
# The head of official paper above the title: 甲县甲镇人民政府文件.
_LETTERHEAD = re.compile(r"(?:政府|办事处|委员会|党委|工委|办公室) ?文 ?件$")


class PlaceEvidence(NamedTuple):
    """The texts of a document that may name its unit, folded, in the order in which they are used."""

    title: str
    opening: str
    publisher: str
    signature: str
    index_number: str
    url: str | None


def place_evidence(
    title: str, opening: str, above: Sequence[PageLine], page: Page, known: Mapping[str, str], url: str | None
) -> PlaceEvidence:
    """Return the evidence of a document with a folded title and opening.

    `above` are its lines down to the title, `known` the fields around it as written.
    """
    issuers = [fold(known[name]) for name in ("发布机构", "来源") if name in known]
    letterhead = [line.folded for line in above if _LETTERHEAD.search(line.folded)]
    publisher = " ".join(part for part in (*letterhead, *issuers, page.surroundings) if part)
    short = (line.folded for line in page.foot if len(line.folded) <= _LONGEST_SIGNATURE)
    signed = [line for line in short if not _NO_SIGNATURE.search(line)][-_SIGNATURE_LINES:]
    lines = opening.split("\n")
    while lines and lines[-1] in signed:  # of a short text
        lines.pop()
    return PlaceEvidence(title, "\n".join(lines), publisher, " ".join(signed), known.get("索引号", ""), url)


class EvidenceNames:
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

    def units_of(self, part: str) -> list[NameMention]:
        """Return the names of units in a part."""
        return [m for m in self.of(part) if m.kind == "unit"]

    def only_unit(self, part: str) -> str | None:
        """Return the one unit that a part names; None where it names none or several."""
        found = {m.name for m in self.of(part) if m.kind == "unit"}
        return found.pop() if len(found) == 1 else None

    def regions_of(self, part: str) -> set[str]:
        """Return the regions named in a part."""
        return {m.name for m in self.of(part) if m.kind == "region"}

    def differ(self, one: str, other: str) -> bool:
        """Return whether two names belong to no unit in common: 黄石街 and 黄石街道 do not differ."""
        units = self._gazetteer.by_name
        return {u.code for u in units.get(one, ())}.isdisjoint(u.code for u in units.get(other, ()))
