"""One strip of text as it was read, and the page made straight: the places of strips on an upright, level page.

A scan lies a little askew and a photo is wider at one end, so lines slope and margins lean. Both are fitted on the
boxes of the lines themselves.
"""

from collections.abc import Callable
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipelines.read.scans.ocr_models import Boxes, Reading
from pipelines.read.scans.table_grid import RuledCell

_LONG = 5  # times as wide as high: a strip of which the slope can be told
_MOST_LINES = 8  # strips that are needed to fit more than one slope
_STEEP = 0.14  # further from the slope of the page than this (8 degrees): letters along a seal, handwriting


class Strip(NamedTuple):
    """One strip of text with its place on the straight page, in pixels, y growing downwards.

    `size` is the width of a Chinese character, about the height of all. `cell` is the cell of a ruled table that it
    stands in, `at` its middle (x, y) among the places of such cells.
    """

    reading: Reading
    left: float
    right: float
    top: float
    bottom: float
    size: float
    cell: RuledCell | None = None
    at: tuple[float, float] = (0.0, 0.0)

    @property
    def middle(self) -> float:
        """The height in the middle."""
        return (self.top + self.bottom) / 2


def lengths(boxes: Boxes) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the width and the height of each box along its own edges."""
    return np.linalg.norm(boxes[:, 1] - boxes[:, 0], axis=1), np.linalg.norm(boxes[:, 3] - boxes[:, 0], axis=1)


def slopes(boxes: Boxes) -> NDArray[np.float32]:
    """Return the slope of each box: pixels down for a pixel to the right."""
    along = (boxes[:, 1] - boxes[:, 0]) + (boxes[:, 2] - boxes[:, 3])
    return np.asarray(along[:, 1] / np.maximum(along[:, 0], 1), np.float32)


def usual_size(boxes: Boxes) -> float:
    """Return about the height of the characters of most lines; a box is a third higher than they are."""
    wide, high = lengths(boxes)
    long = wide > _LONG * high
    return 0.75 * float(np.median(high[long] if long.any() else high))


def usual_slope(boxes: Boxes) -> float:
    """Return the slope of most lines; 0 where none is long enough to tell."""
    wide, high = lengths(boxes)
    long = wide > _LONG * high
    return float(np.median(slopes(boxes)[long])) if long.any() else 0.0


def level(boxes: Boxes, width: int) -> tuple[Boxes, NDArray[np.bool_]]:
    """Return the boxes on a page where lines are level and margins upright, and which boxes lie along the lines.

    The slope may grow from top to bottom, as it does on a photo.
    """
    if not len(boxes):
        return boxes, np.zeros(0, np.bool_)
    wide, high = lengths(boxes)
    inclined = slopes(boxes)
    long = wide > _LONG * high
    slope = _fit(boxes[:, :, 1].mean(axis=1)[long], inclined[long], _STEEP)
    middle = boxes[:, :, 1].mean(axis=1)
    along = (np.abs(inclined - slope(middle)) < _STEEP) | (wide < 2.5 * high)
    straight = boxes.copy()
    straight[:, :, 1] -= slope(boxes[:, :, 1]) * (boxes[:, :, 0] - width / 2)
    flat = straight[long] if long.sum() >= _MOST_LINES else straight[:0]
    lean = -float(slope(np.array(float(middle.mean()))))
    straight[:, :, 0] = _upright(straight, flat, lean, width)
    return straight, along


def _fit(at: NDArray[np.float32], values: NDArray[np.float32], reach: float) -> Callable[..., NDArray[np.float32]]:
    """Return a line through values that mostly agree; their median where they are few."""
    if not len(values):
        return lambda y: np.zeros_like(y, dtype=np.float32)
    centre = float(median(values))
    near = np.abs(values - centre) < reach
    if near.sum() < _MOST_LINES or np.ptp(at[near]) < 1:
        return lambda y: np.full_like(y, centre, dtype=np.float32)
    for _ in range(3):
        grade, base = np.polyfit(at[near], values[near], 1)
        off = np.abs(values - (grade * at + base))
        near = off <= max(2.5 * float(np.median(off)), 0.002)
    return lambda y: np.asarray(grade * y + base, np.float32)


def _upright(straight: Boxes, flat: Boxes, lean: float, width: int) -> NDArray[np.float32]:
    """Return the x of all corners with the two margins of the text made upright.

    `flat` are the long strips. A margin leans by the pixels to the right that it goes for each pixel down: that lean is
    right at which most strips begin (or end) at the same place.
    """
    xs, ys = straight[:, :, 0], straight[:, :, 1]
    if not len(flat):
        return np.asarray(xs - lean * (ys - ys.mean()), np.float32)
    centre = float(ys.mean())
    heights = flat[:, :, 1].mean(axis=1) - centre
    size = float(np.median(flat[:, 3, 1] - flat[:, 0, 1]))
    left, left_lean = _margin((flat[:, 0, 0] + flat[:, 3, 0]) / 2, heights, lean, size)
    right, right_lean = _margin((flat[:, 1, 0] + flat[:, 2, 0]) / 2, heights, lean, size)
    if right - left < 0.3 * width:
        return np.asarray(xs - lean * (ys - centre), np.float32)
    starts, ends = left + left_lean * (ys - centre), right + right_lean * (ys - centre)
    return np.asarray(left + (xs - starts) / np.maximum(ends - starts, 1) * (right - left), np.float32)


def _margin(edges: NDArray[Any], heights: NDArray[Any], lean: float, size: float) -> tuple[float, float]:
    """Return where a margin stands at height 0, and its lean: the one that most edges share to a third of a size."""
    best = (-1.0, 0.0, 0.0)
    for change in np.linspace(-0.12, 0.12, 97):
        moved = np.sort(edges - (lean + change) * heights)
        near = np.searchsorted(moved, moved + size / 3, side="right") - np.arange(len(moved))
        at = int(near.argmax())
        shared = float(near[at]) - abs(float(change))  # of leans that serve alike the one that changes least
        if shared > best[0]:
            best = (shared, float(moved[at : at + near[at]].mean()), lean + float(change))
    return best[1], best[2]


def character_size(reading: Reading, width: float, height: float) -> float:
    """Return the width of a Chinese character in a strip: the usual step from one to the next, else from the height."""
    pairs = zip(reading.text, reading.text[1:], reading.places, reading.places[1:], strict=False)
    steps = [(later - place) * width for one, other, place, later in pairs if one > "\u2e7f" and other > "\u2e7f"]
    usual = median(steps) if len(steps) >= 2 else 0.75 * height
    return float(min(max(usual, 0.5 * height), 1.3 * height))
