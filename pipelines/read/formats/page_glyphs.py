"""The characters of a page (PDF, OFD) that are its text, upright: no watermarks, turned and vertical pages set right.

Lengths are in points; y grows upwards.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

_SLANT = 20  # degrees off a right angle at which a character is no text of the page
_TURNED = 0.8  # of the characters must be turned for the page to be
_LEAST_TURNED = 20  # characters; a line along the margin turns no page
_PALE, _WHITE, _SHEER = 170, 250, 150  # lightness of a watermark, from and to; opacity up to which it is one
_TILES, _TILE = 3, 4  # how often a watermark is repeated at least, and its characters
_WIDE = "\u1100"


class Char(NamedTuple):
    """A character and its box."""

    text: str
    left: float
    right: float
    bottom: float
    top: float


class Glyph(NamedTuple):
    """A character as the page draws it: its box, the direction of its line in degrees, its size, and if it is pale.

    `width` is the length along its line where the format tells that of a turned character, else 0.
    """

    char: Char
    angle: int
    size: float
    is_pale: bool
    width: float = 0.0


def upright_text(found: Iterable[Glyph]) -> list[Char]:
    """Return the text of a page as characters that read from left to right and from top to bottom.

    `found` is what the page draws, in the order of the file. A turned character (`angle` nearer to 90, 180 or 270) has
    its origin as its box.
    """
    glyphs = [glyph for glyph in found if abs((glyph.angle + 45) % 90 - 45) <= _SLANT]
    turns = Counter(quarter(glyph.angle) for glyph in glyphs if glyph.char.text != " ")
    if not turns:
        return []
    turn, times = turns.most_common(1)[0]
    if turn and (times < _TURNED * turns.total() or times < _LEAST_TURNED):
        turn = 0
    level = [glyph for glyph in glyphs if quarter(glyph.angle) == turn]
    pale = sum(glyph.is_pale for glyph in level)
    if pale < len(level) / 2:  # a page that is pale as a whole is printed so
        level = [glyph for glyph in level if not glyph.is_pale]
    chars = _without_tiles([_turned(glyph, turn) for glyph in level])
    return [_upright(char) for char in chars] if _is_vertical(chars) else chars


def is_pale(lightness: int, opacity: int) -> bool:
    """Return whether a colour is a watermark's: its darkest part, and its opacity (0 is not stated), of 255."""
    return _PALE <= lightness <= _WHITE or 0 < opacity <= _SHEER


def quarter(angle: int) -> int:
    """Return the right angle that is nearest to `angle`."""
    return round(angle / 90) * 90 % 360


def _turned(glyph: Glyph, turn: int) -> Char:
    """Return the character of a page that was turned by `turn` degrees as if it had not been."""
    char = glyph.char
    if not turn:
        return char
    left, bottom = {90: (char.bottom, -char.left), 180: (-char.left, -char.bottom), 270: (-char.bottom, char.left)}[
        turn
    ]
    width = glyph.width or glyph.size * (1 if char.text >= _WIDE else 0.5)
    return Char(char.text, left, left + width, bottom - 0.12 * glyph.size, bottom + 0.88 * glyph.size)


def _without_tiles(chars: Sequence[Char]) -> list[Char]:
    """Drop level watermarks: the same words in several places, at least once drawn over other words."""
    runs: list[list[Char]] = []
    for char in chars:
        last = runs[-1][-1] if runs else None
        height = char.top - char.bottom
        if last and abs(last.bottom - char.bottom) < 0.2 * height and abs(char.left - last.right) < 1.2 * height:
            runs[-1].append(char)
        else:
            runs.append([char])
    worded = [("".join(char.text for char in run).strip(), run) for run in runs]
    times = Counter(words for words, _ in worded if len(words) >= _TILE)
    from_below = sorted(worded, key=_bottom)
    tallest = max((run[0].top - run[0].bottom for run in runs), default=0.0)
    tiles: set[str] = set()
    for words, run in worded:
        if times[words] < _TILES or words in tiles:
            continue
        # only what begins at this height can be drawn over: a table repeats its cells hundreds of times
        low = bisect_left(from_below, run[0].bottom - tallest, key=_bottom)
        high = bisect_right(from_below, run[0].top, key=_bottom)
        if any(others != words and _covers(run, other) for others, other in from_below[low:high]):
            tiles.add(words)
    return [char for words, run in worded if words not in tiles for char in run]


def _bottom(worded: tuple[str, list[Char]]) -> float:
    return worded[1][0].bottom


def _covers(run: Sequence[Char], other: Sequence[Char]) -> bool:
    """Return whether two stretches of text are drawn over each other."""
    if run[0].left >= other[-1].right or other[0].left >= run[-1].right:
        return False
    height = min(run[0].top - run[0].bottom, other[0].top - other[0].bottom)
    if min(run[0].top, other[0].top) - max(run[0].bottom, other[0].bottom) < 0.3 * height:
        return False
    return any(
        min(one.right, two.right) - max(one.left, two.left) > 0.2 * height
        for one in run
        for two in other
        if one.text != " " and two.text != " "
    )


def _is_vertical(chars: Sequence[Char]) -> bool:
    """Return whether most characters stand below the one before them."""
    shown = [char for char in chars if char.text != " "]
    if len(shown) < _LEAST_TURNED:
        return False
    size = median(char.top - char.bottom for char in shown)
    below = sum(
        abs(char.left - last.left) < 0.6 * size and 0.5 * size < last.bottom - char.bottom < 2.2 * size
        for last, char in pairwise(shown)
    )
    return below > 0.7 * len(shown)


def _upright(char: Char) -> Char:
    """Return a character of vertical text as one of level text: columns become rows, the right one first.

    A digit is narrow, but its column is as wide as that of any other character.
    """
    middle, half = (char.left + char.right) / 2, max(char.right - char.left, char.top - char.bottom) / 2
    return Char(char.text, -char.top, -char.bottom, middle - half, middle + half)
