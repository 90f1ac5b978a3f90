"""Folding: the working copy of a text that matching reads, and the way back to stored offsets.

Here belongs what makes two spellings of the same words equal: full-width digits, traditional script, look-alike
radicals, the dozen dots in 3·15, spaces and pinyin inside a line. Not here: anything that changes what the text says.
Characters fold one to one; only spaces and pinyin are dropped, and then a table of offsets leads back to the text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache

import opencc

# Forms whose meaning NFKC or the traditional table does not reach. All one to one.
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
}
_PINYIN = re.compile(r"[(][a-zà-ǜ]{1,7}[)]")
_DROPPED = re.compile(r"(?<![0-9]) +| +(?![0-9 ])|(?<=[\u4e00-\u9fff])[(][a-zà-ǜ]{1,7}[)]")


def _table_entries() -> dict[int, str]:
    to_simplified = opencc.OpenCC("t2s")
    table: dict[int, str] = {}
    ranges = ((0x2E80, 0x2FDF), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0xFF01, 0xFF5E), (0x3131, 0x318E))
    for low, high in ranges:
        for code in range(low, high + 1):
            char = chr(code)
            plain = unicodedata.normalize("NFKC", char)
            plain = to_simplified.convert(plain) if len(plain) == 1 else char
            if plain != char and len(plain) == 1:
                table[code] = plain
    return {**table, **_RADICALS, **_LOOKALIKES}


# Radical forms without a compatibility mapping in Unicode (⻄ for 西, ⻅ for 见 ...), as PDF text layers emit them.
_RADICALS = {
    ord(a): b
    for a, b in zip(
        "⻄⻅⻆⻉⻋⻓⻔⻙⻚⻛⻜⻝⻢⻥⻦⻩⻬⻮⻰⺠⺟⻁⻘⻳",
        "西见角贝车长门韦页风飞食马鱼鸟黄齐齿龙民母虎青龟",
        strict=True,
    )
}


@cache
def fold_table() -> dict[int, str]:
    """Code point to its folded character, about 3,900 entries (OpenCC's t2s characters and NFKC, both one to one)."""
    return _table_entries()


@cache
def _needs_folding() -> re.Pattern[str]:
    return re.compile("[" + "".join(re.escape(chr(code)) for code in sorted(fold_table())) + "]")


# What nearly every text has in full width: replacing each of these is ten times faster than a table.
_COMMON = tuple((c, unicodedata.normalize("NFKC", c)) for c in "，（）：；！？％．～０１２３４５６７８９")


def fold(text: str) -> str:
    """The text with look-alike characters made equal; same length, same offsets."""
    for wide, plain in _COMMON:
        text = text.replace(wide, plain)
    return text.translate(fold_table()) if _needs_folding().search(text) else text


@dataclass(frozen=True, slots=True)
class Working:
    """A folded text without spaces, and where each of its characters stands in the stored text."""

    text: str
    offsets: tuple[int, ...] | None  # None: every character stands where it stood

    def stored(self, start: int, end: int) -> tuple[int, int]:
        """The span of the stored text that a span of the working text covers."""
        if self.offsets is None:
            return start, end
        if end <= start:
            at = self.offsets[start] if start < len(self.offsets) else self.offsets[-1] + 1
            return at, at
        return self.offsets[start], self.offsets[end - 1] + 1

    def working(self, start: int) -> int:
        """The first working offset at or after a stored offset."""
        if self.offsets is None:
            return start
        return bisect_left(self.offsets, start)


def prepare(text: str) -> Working:
    """Fold a stored text, and drop what mirror pages strew into it: spaces, and pinyin behind a character (設(shè)).

    A space between two digits stays (23 45 is not 2345).
    """
    folded = fold(text)
    if " " not in folded and not _PINYIN.search(folded):
        return Working(folded, None)
    pieces: list[str] = []
    offsets: list[int] = []
    at = 0
    for gap in _DROPPED.finditer(folded):
        pieces.append(folded[at : gap.start()])
        offsets.extend(range(at, gap.start()))
        at = gap.end()
    pieces.append(folded[at:])
    offsets.extend(range(at, len(folded)))
    return Working("".join(pieces), tuple(offsets))
