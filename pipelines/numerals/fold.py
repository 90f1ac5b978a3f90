"""Folding: the working text, in which two spellings of the same words are equal, and the way back to stored offsets.

Full-width digits, traditional script, look-alike radicals and the dozen dots in 3·15 are folded one character to one.
Spaces and pinyin inside a line are dropped; a table of offsets leads back to the stored text. Folding never changes
what the text says.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cache

import opencc

from pipelines.numerals.scan import scan

# Forms that neither NFKC nor the table of traditional characters folds.
_LOOKALIKES = {
    **{ord(c): "·" for c in "∙•‧・･⋅●․"},
    **{ord(c): "-" for c in "－–‐‑‒−"},
    **{ord(c): "—" for c in "―─"},
    **{ord(c): "~" for c in "～〜∼"},
    ord("％"): "%",
    ord("﹪"): "%",
    ord("○"): "〇",
    ord("◯"): "〇",
    ord("兩"): "两",
    ord("貳"): "贰",
    **dict(zip(map(ord, "弌弍弎弐叄"), "壹贰叁贰叁", strict=True)),  # numerals on bills
}
# Radical forms without a compatibility mapping in Unicode (⻄ for 西, ⻅ for 见 ...), as PDF text layers emit them.
_RADICALS = {
    ord(a): b
    for a, b in zip(
        "⻄⻅⻆⻉⻋⻓⻔⻙⻚⻛⻜⻝⻢⻥⻦⻩⻬⻮⻰⺠⺟⻁⻘⻳",
        "西见角贝车长门韦页风飞食马鱼鸟黄齐齿龙民母虎青龟",
        strict=True,
    )
}
_PINYIN = ("(", r"(?<=[\u4e00-\u9fff].)[a-zà-ǜ]{1,7}[)]")
_DROPPED = scan([(" ", r"(?:(?<![0-9] ) *+| *+(?![0-9 ]))"), _PINYIN])
_DROPPED_BUT_SPACES = scan([_PINYIN])


@cache
def fold_table() -> dict[int, str]:
    """Code point to its folded character, about 3,900 entries (OpenCC's t2s characters and NFKC, both one to one)."""
    ranges = ((0x2E80, 0x2FDF), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0xFF01, 0xFF5E), (0x3131, 0x318E))
    chars = [chr(code) for low, high in ranges for code in range(low, high + 1)]
    normal = [unicodedata.normalize("NFKC", char) for char in chars]
    singles = [plain if len(plain) == 1 else char for char, plain in zip(chars, normal, strict=True)]
    # in one call, and each on a line of its own, so that no two are taken for a word
    simple = opencc.OpenCC("t2s").convert("\n".join(singles)).split("\n")
    pairs = zip(chars, normal, simple, strict=True)
    table = {ord(char): plain for char, norm, plain in pairs if len(norm) == 1 == len(plain) and plain != char}
    return {**table, **_RADICALS, **_LOOKALIKES}


@cache
def _needs_folding() -> re.Pattern[str]:
    return re.compile("[" + "".join(re.escape(chr(code)) for code in sorted(fold_table())) + "]")


# What nearly every text has in full width: replacing each of these is ten times faster than a table.
_FEW = 50  # characters, of which replacing each is faster than a table
_COMMON = tuple((c, unicodedata.normalize("NFKC", c)) for c in "，（）：；！？％．～０１２３４５６７８９")


def fold(text: str) -> str:
    """The text with look-alike characters made equal; same length, same offsets."""
    for wide, plain in _COMMON:
        text = text.replace(wide, plain)
    rare = set(_needs_folding().findall(text))
    if not rare:
        return text
    folded = {char: fold_table()[ord(char)] for char in rare}
    if len(rare) > _FEW or not rare.isdisjoint(folded.values()):
        return text.translate(fold_table())
    for char, plain in folded.items():
        text = text.replace(char, plain)
    return text


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A folded text without spaces (the working text), and the way back from its offsets to the stored text."""

    text: str
    gaps: tuple[int, ...] = ()  # offsets in `text` before which something was dropped, ascending
    dropped: tuple[int, ...] = (0,)  # characters dropped before the first gap, the second ..., the end

    def to_stored(self, offsets: list[int], *, end: bool = False) -> list[int]:
        """The offsets in the stored text of offsets in `text` where spans start; where they end if `end` is set.

        What was dropped at the edge of a span stays out of it.
        """
        if not self.gaps:
            return offsets
        gaps, dropped = self.gaps, self.dropped
        before = bisect_left if end else bisect_right
        return [offset + dropped[before(gaps, offset)] for offset in offsets]

    def working(self, start: int) -> int:
        """The first working offset at or after a stored offset."""
        before = bisect_right(range(len(self.gaps)), start, key=lambda i: self.gaps[i] + self.dropped[i + 1])
        at = start - self.dropped[before]
        return min(at, self.gaps[before]) if before < len(self.gaps) else min(at, len(self.text))


def prepare(text: str) -> FoldedText:
    """Fold a stored text, and drop what mirror pages strew into it: spaces, and pinyin behind a character (設(shè)).

    A space between two digits stays (23 45 is not 2345).
    """
    folded = fold(text)
    pieces: list[str] = []
    gaps: list[int] = []
    dropped = [0]
    at = 0
    for gap in (_DROPPED if " " in folded else _DROPPED_BUT_SPACES).finditer(folded):
        pieces.append(folded[at : gap.start()])
        gaps.append(gap.start() - dropped[-1])
        at = gap.end()
        dropped.append(at - gaps[-1])
    pieces.append(folded[at:])
    return FoldedText("".join(pieces), tuple(gaps), tuple(dropped))
