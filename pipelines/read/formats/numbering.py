"""The numbers that Word makes itself: what stands before a paragraph of a list although nobody typed it.

They follow from the list levels in `numbering.xml` and from how far each list has counted.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any

_DIGITS = "零一二三四五六七八九"
_CHINESE = frozenset(
    "chineseCounting chineseCountingThousand japaneseCounting ideographDigital taiwaneseCounting "
    "chineseLegalSimplified".split()
)
_CIRCLED = frozenset("decimalEnclosedCircle decimalEnclosedCircleChinese".split())
_PLACE = re.compile(r"%([1-9])")


@cache
def qn(name: str) -> str:
    """Return the qualified name of `w:NAME` in WordprocessingML."""
    return "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}" + name.removeprefix("w:")


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: kind of number, the text around it (`%1、`), and the first number."""

    kind: str
    text: str
    start: int


class Numbering:
    """The lists of one document and how far each has counted."""

    def __init__(self, root: Any | None) -> None:
        """`root` is the element `w:numbering`, None in a document without lists."""
        self._levels: dict[str, dict[int, Level]] = {}
        self._counts: defaultdict[str, dict[int, int]] = defaultdict(dict)
        if root is None:
            return
        abstract = {node.get(qn("w:abstractNumId")): _levels(node) for node in root.iter(qn("w:abstractNum"))}
        for number in root.iter(qn("w:num")):
            reference = number.find(qn("w:abstractNumId"))
            if reference is not None:
                self._levels[number.get(qn("w:numId"))] = abstract.get(reference.get(qn("w:val")), {})

    def next(self, list_id: str, depth: int) -> str:
        """Return the number of the next paragraph on level `depth` (0 is the outermost); '' for bullets."""
        levels = self._levels.get(list_id, {})
        level = levels.get(depth)
        if level is None or level.kind in ("bullet", "none"):
            return ""
        counts = self._counts[list_id]
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]

        def shown(place: re.Match[str]) -> str:  # %2 in the text stands for the count of the second level
            depth = int(place[1]) - 1
            level = levels.get(depth)
            return written(counts.get(depth, level.start), level.kind) if level else ""

        return _PLACE.sub(shown, level.text)


def _levels(abstract: Any) -> dict[int, Level]:
    """Return the levels of a list by their depth."""

    def whole(text: str | None, default: int) -> int:
        return int(text) if text and text.isdecimal() and len(text) < 5 else default

    found = {}
    for node in abstract.iter(qn("w:lvl")):
        children = [node.find(qn(name)) for name in ("w:numFmt", "w:lvlText", "w:start")]
        kind, text, start = (None if child is None else child.get(qn("w:val")) for child in children)
        found[whole(node.get(qn("w:ilvl")), 0)] = Level(kind or "decimal", text or "", whole(start, 1))
    return found


def written(number: int, kind: str) -> str:
    """Return a number as a list of this kind writes it."""
    if kind in _CHINESE and 0 < number < 100:
        tens, ones = divmod(number, 10)
        return ("" if tens == 0 else ("" if tens == 1 else _DIGITS[tens]) + "十") + (_DIGITS[ones] if ones else "")
    if kind in _CIRCLED and 0 < number <= 20:
        return chr(0x245F + number)
    if kind in ("upperLetter", "lowerLetter") and 0 < number <= 26:
        return chr((0x40 if kind == "upperLetter" else 0x60) + number)
    return str(number)
