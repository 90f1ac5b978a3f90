"""Ruled tables on a picture: the cells that rules close in, and the boxes of text that stand in them.

A cell is a piece of paper that rules enclose, so that skew, perspective and merged cells do no harm.
Tables without upright rules are read by the gaps between their columns (pipelines.read.scans.scanned_rows).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipelines.read.scans.ocr_models import Boxes
from pipelines.read.scans.page_picture import Pixels

_UPRIGHT_RULE, _LEVEL_RULE = 1.5, 2.2  # of the size: longer than any stroke of a character
_LARGEST = 0.4  # of the page: a larger piece is the page itself or its frame
_LEAST_SIDES = (0.9, 0.9)  # of the size: width and height of a cell
_INK_HEIGHT = (0.35, 1.6)  # of the size: ink in a cell that may be a figure
_TRIMMED = 0.12  # of the size: what is left free beside a rule


class RuledCell(NamedTuple):
    """A cell of a ruled table; places in pixels of the picture, with the slope of the page taken out."""

    table: int
    left: float
    top: float
    right: float
    bottom: float


class Grid(NamedTuple):
    """The cells of all ruled tables of a page. `numbers` holds for each pixel the cell it lies in, 0 for none.

    Cell number n is `cells[n - 1]`.
    """

    cells: tuple[RuledCell, ...]
    numbers: NDArray[np.int32]
    slope: float

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return a point of the picture among the places of cells, where the slope of the page is taken out."""
        height, width = self.numbers.shape
        return float(x + self.slope * (y - height / 2)), float(y - self.slope * (x - width / 2))


def find_grid(pixels: Pixels, size: float, slope: float) -> Grid:
    """Return the ruled cells of a page whose characters are `size` high and whose lines have this slope."""
    import cv2

    rules = _rules(_dark(pixels, size), size, slope)
    closed = cv2.dilate(rules, np.ones((3, 3), np.uint8))
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(1 - closed, connectivity=4)
    height, width = closed.shape
    numbers = np.zeros(count, np.int32)
    found: list[tuple[float, float, float, float]] = []
    for piece in range(1, count):
        x, y, w, h, area = (int(value) for value in stats[piece])
        inside = x > 0 and y > 0 and x + w < width and y + h < height
        wide, high = w - abs(slope) * h, h - abs(slope) * w
        if (
            inside
            and wide > _LEAST_SIDES[0] * size
            and high > _LEAST_SIDES[1] * size
            and area < _LARGEST * width * height
            and area > 0.7 * wide * high
        ):
            found.append((x + w / 2, y + h / 2, wide / 2, high / 2))
            numbers[piece] = len(found)
    grid = Grid((), numbers[pieces], slope)
    places = [
        (x - half, y - tall, x + half, y + tall)
        for across, down, half, tall in found
        for x, y in [grid.place(across, down)]
    ]
    cells = [RuledCell(table, *place) for table, place in zip(_tables(places, 0.6 * size), places, strict=True)]
    return grid._replace(cells=tuple(cells))


def _dark(pixels: Pixels, size: float) -> NDArray[np.uint8]:
    """Return 1 where a pixel is darker than the paper around it."""
    import cv2

    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    window = 2 * round(size) + 1
    way = cv2.ADAPTIVE_THRESH_MEAN_C
    return np.asarray(cv2.adaptiveThreshold(grey, 1, way, cv2.THRESH_BINARY_INV, window, 18), np.uint8)


def _rules(dark: NDArray[np.uint8], size: float, slope: float) -> NDArray[np.uint8]:
    """Return 1 on upright and level rules. A rule may lie askew: it is made thicker before it is measured."""
    import cv2

    thick = 3 + 2 * round(abs(slope) * _LEVEL_RULE * size / 2)
    upright = cv2.dilate(dark, np.ones((1, thick), np.uint8))
    upright = cv2.morphologyEx(upright, cv2.MORPH_OPEN, np.ones((round(_UPRIGHT_RULE * size), 1), np.uint8))
    level = cv2.dilate(dark, np.ones((thick, 1), np.uint8))
    level = cv2.morphologyEx(level, cv2.MORPH_OPEN, np.ones((1, round(_LEVEL_RULE * size)), np.uint8))
    return np.asarray(cv2.bitwise_or(upright, level), np.uint8)


def _tables(places: Sequence[tuple[float, float, float, float]], reach: float) -> list[int]:
    """Return for each cell the number of its table: cells no further apart than `reach` are of one."""
    tables = list(range(len(places)))
    for at, one in enumerate(places):
        for before, other in enumerate(places[:at]):
            apart = (
                max(one[0] - other[2], other[0] - one[2]) > reach or max(one[1] - other[3], other[1] - one[3]) > reach
            )
            if not apart and tables[before] != tables[at]:
                old, new = tables[at], tables[before]
                tables = [new if table == old else table for table in tables]
    return tables


def boxes_by_cell(grid: Grid, boxes: Boxes, pixels: Pixels, size: float) -> tuple[Boxes, list[int]]:
    """Return the boxes, cut where a rule goes through them, and for each the number of its cell (0 for none).

    Ink in a cell where the detector found nothing, as a lone small figure, gets a box too.
    """
    cut: list[Boxes] = []
    numbers: list[int] = []
    for box in boxes:
        for number, start, end in _stretches(grid, box, size):
            cut.append(box if (start, end) == (0, 1) else part_of(box, start, end))
            numbers.append(number)
    taken = set(numbers)
    tables = {grid.cells[number - 1].table for number in taken if number}
    for number, cell in enumerate(grid.cells, 1):
        if number not in taken and cell.table in tables and (ink := _ink(grid, number, pixels, size)) is not None:
            cut.append(ink)
            numbers.append(number)
    return (np.stack(cut) if cut else boxes), numbers


def _stretches(grid: Grid, box: Boxes, size: float) -> list[tuple[int, float, float]]:
    """Return the cells that the middle line of a box goes through, and between which shares of its length."""
    height, width = grid.numbers.shape
    first, last = (box[0] + box[3]) / 2, (box[1] + box[2]) / 2
    length = max(float(np.linalg.norm(last - first)), 1.0)
    steps = np.linspace(0, 1, max(int(length), 2))
    points = first + steps[:, None] * (last - first)
    xs = np.clip(points[:, 0].round().astype(int), 0, width - 1)
    ys = np.clip(points[:, 1].round().astype(int), 0, height - 1)
    along = grid.numbers[ys, xs]
    found = []
    for number in dict.fromkeys(along[along > 0].tolist()):
        where = steps[along == number]
        if (where[-1] - where[0]) * length > 0.4 * size:
            found.append((int(number), float(where[0]), float(where[-1])))
    if not found:
        return [(0, 0, 1)]
    trim = _TRIMMED * size / length
    return [
        (number, start + trim if start > 0 else 0, end - trim if end < 1 else 1)
        for number, start, end in found
        if end - start > 2 * trim
    ]


def part_of(box: Boxes, start: float, end: float, higher: float = 0.0) -> Boxes:
    """Return the stretch of a box from `start` to `end`, shares of its width; `higher` is a share of its height."""
    upper, lower = box[1] - box[0], box[2] - box[3]
    corners = np.stack([box[0] + start * upper, box[0] + end * upper, box[3] + end * lower, box[3] + start * lower])
    rise = higher * (corners[[3, 2, 1, 0]] - corners)
    return np.asarray(corners - rise, np.float32)


def _ink(grid: Grid, number: int, pixels: Pixels, size: float) -> Boxes | None:
    """Return a box around the ink in a cell; None where it is empty, or holds specks or a stroke alone."""
    import cv2

    ys, xs = np.nonzero(grid.numbers == number)
    top, bottom, left, right = int(ys.min()), int(ys.max()) + 1, int(xs.min()), int(xs.max()) + 1
    inside = (grid.numbers[top:bottom, left:right] == number).astype(np.uint8)
    edge = max(round(0.1 * size), 2)
    inside = cv2.erode(np.pad(inside, 1), np.ones((edge, edge), np.uint8))[1:-1, 1:-1]
    dark = cv2.bitwise_and(_dark(pixels[top:bottom, left:right], size), inside)
    joined = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    marks = [stats[at] for at in range(1, count) if stats[at][3] > _INK_HEIGHT[0] * size]
    if not marks:
        return None
    x0, y0 = min(int(m[0]) for m in marks), min(int(m[1]) for m in marks)
    x1, y1 = max(int(m[0] + m[2]) for m in marks), max(int(m[1] + m[3]) for m in marks)
    if y1 - y0 > _INK_HEIGHT[1] * size:
        return None
    free = 0.25 * size
    west, north, east, south = left + x0 - free, top + y0 - free, left + x1 + free, top + y1 + free
    return np.array([(west, north), (east, north), (east, south), (west, south)], np.float32)
