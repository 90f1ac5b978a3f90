"""Character recognition of one picture of a page: the rows that stand on it, and how sure each character is.

The packages are those of the extra `ocr`; they are imported when the first page is read.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from pipelines.read.scans.number_marks import repaired
from pipelines.read.scans.ocr_models import Boxes, Models, Reading, is_installed, load_models
from pipelines.read.scans.page_picture import Pixels, evened, ink_tone, is_blank, is_red, load_picture, without_seals
from pipelines.read.scans.scanned_page import ScannedPage
from pipelines.read.scans.scanned_rows import rows_of
from pipelines.read.scans.second_look import confirmed
from pipelines.read.scans.table_grid import Grid, boxes_by_cell, find_grid, part_of
from pipelines.read.scans.text_strip import Strip, character_size, lengths, level, usual_size, usual_slope

__all__ = ["is_installed", "recognise"]

_LEAST_MEAN = 0.5  # a strip that is read with less on average is a seal, a drawing or dirt
_UPRIGHT_MEAN = 0.85  # upright lines are read with more, lines that stand on their head with 0.3 to 0.7
_TRIED = 5  # lines that tell whether a page stands on its head


class _Line(NamedTuple):
    """A box, what was read in it, and the number of the ruled cell that it stands in (0 for none)."""

    box: Boxes
    reading: Reading
    cell: int


def recognise(image: bytes, threads: int = 1) -> ScannedPage:
    """Read one picture of a page (png, jpg, one frame of a tif ...); `threads` is how many cores may be used.

    A blank page, a logo or a photo gives a page of no rows or few. Raises ReadError for a picture that cannot be
    decoded, and OcrMissingError where the packages are not installed.
    """
    models = load_models(threads)
    pixels = load_picture(image)
    if is_blank(pixels):
        return ScannedPage((), pixels.shape[1], pixels.shape[0])
    pixels, seals = without_seals(evened(pixels))
    boxes = models.lines(pixels)
    if _is_on_its_side(boxes):
        pixels, seals = _turned(pixels, 1), _turned(seals, 1)
        boxes = models.lines(pixels)
    upright, boxes, known = _upright(models, pixels, boxes)
    if upright is not pixels:
        pixels, seals = upright, _turned(seals, 2)
    height, width = pixels.shape[:2]
    if not len(boxes):
        return ScannedPage((), width, height)
    size, slope = usual_size(boxes), usual_slope(boxes)
    grid = find_grid(pixels, size, slope)
    cut, numbers = boxes_by_cell(grid, boxes, pixels, size)
    read = {boxes[i].tobytes(): reading for i, reading in known.items()}
    lines = [
        _Line(box, read.get(box.tobytes()) or models.read(cut_out(pixels, box)), number)
        for box, number in zip(cut, numbers, strict=True)
    ]

    ink = ink_tone(pixels)

    def left_over(box: Boxes) -> bool:
        return is_red(cut_out(pixels, box), cut_out(seals, box), ink)

    strips = [_looked_at_again(models, pixels, *found) for found in _with_room(_strips(lines, grid, left_over))]
    return ScannedPage(rows_of(strips, grid.cells), width, height)


def cut_out(pixels: Pixels, box: Boxes) -> Pixels:
    """Return the picture within a box of four corners as a level strip."""
    import cv2

    wide, high = (max(int(side[0]), 1) for side in lengths(box[None]))
    target = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    lens = cv2.getPerspectiveTransform(np.ascontiguousarray(box, np.float32), target)
    way, border = cv2.INTER_CUBIC, cv2.BORDER_REPLICATE
    return np.asarray(cv2.warpPerspective(pixels, lens, (wide, high), flags=way, borderMode=border), np.uint8)


def _is_on_its_side(boxes: Boxes) -> bool:
    """Return whether the lines go from top to bottom: more length stands upright than lies level."""
    wide, high = lengths(boxes)
    long = np.maximum(wide, high) > 2 * np.minimum(wide, high)
    return bool(high[long & (high > wide)].sum() > wide[long & (wide >= high)].sum())


def _turned(pixels: Pixels, quarters: int) -> Pixels:
    """Return a page turned to the right by quarters of a circle."""
    return np.ascontiguousarray(np.rot90(pixels, -quarters))


def _upright(models: Models, pixels: Pixels, boxes: Boxes) -> tuple[Pixels, Boxes, dict[int, Reading]]:
    """Return a page turned by 180 degrees where its longest lines are read better so, its boxes, and what is read yet.

    A page that was turned is searched anew: the detector finds ends of lines best where they stand as they should.
    """
    known = _read_longest(models, pixels, boxes)
    if not known or _mean(known) >= _UPRIGHT_MEAN:
        return pixels, boxes, known
    other = _turned(pixels, 2)
    others = models.lines(other)
    over = _read_longest(models, other, others)
    return (other, others, over) if over and _mean(over) > _mean(known) else (pixels, boxes, known)


def _read_longest(models: Models, pixels: Pixels, boxes: Boxes) -> dict[int, Reading]:
    wide, _ = lengths(boxes)
    return {int(i): models.read(cut_out(pixels, boxes[i])) for i in np.argsort(-wide)[:_TRIED]}


def _mean(readings: dict[int, Reading]) -> float:
    return sum(reading.mean for reading in readings.values()) / len(readings)


def _strips(lines: list[_Line], grid: Grid, left_over: Callable[[Boxes], bool]) -> list[tuple[Strip, Boxes]]:
    """Return the lines with their places on the straight page and their boxes.

    What is hardly read, lies across the lines or is what is left of a seal is dropped.
    """
    boxes = np.stack([line.box for line in lines])
    straight, along = level(boxes, grid.numbers.shape[1])
    wide, high = lengths(boxes)
    strips = []
    for line, corners, is_along, w, h in zip(lines, straight, along, wide, high, strict=True):
        is_poor = line.reading.mean < _LEAST_MEAN or not line.reading.text.strip()
        if is_poor or not is_along or left_over(line.box):
            continue
        left, right = float(corners[[0, 3], 0].mean()), float(corners[[1, 2], 0].mean())
        top, bottom = float(corners[:2, 1].mean()), float(corners[2:, 1].mean())
        size = character_size(line.reading, float(w), float(h))
        cell = grid.cells[line.cell - 1] if line.cell else None
        at = grid.place(*line.box.mean(axis=0))
        strips.append((Strip(repaired(line.reading), left, right, top, bottom, size, cell, at), line.box))
    return strips


def _with_room(found: list[tuple[Strip, Boxes]]) -> Iterator[tuple[Strip, Boxes, tuple[float, float]]]:
    """Yield each strip with its box and the pixels that are free to its left and right, to 0.8 of its height at most.

    A neighbour on the same line and the rules of a cell end what is free.
    """
    for strip, box in found:
        most = 0.8 * (strip.bottom - strip.top)
        beside = [other for other, _ in found if other is not strip and other.top < strip.middle < other.bottom]
        left = min((strip.left - other.right for other in beside if other.left < strip.left), default=most)
        right = min((other.left - strip.right for other in beside if other.left > strip.left), default=most)
        if strip.cell:
            half, gap = (strip.right - strip.left) / 2, 0.2 * strip.size
            left = min(left, strip.at[0] - half - strip.cell.left - gap)
            right = min(right, strip.cell.right - strip.at[0] - half - gap)
        yield strip, box, (min(max(left, 0), most), min(max(right, 0), most))


def _looked_at_again(models: Models, pixels: Pixels, strip: Strip, box: Boxes, room: tuple[float, float]) -> Strip:
    """Return a strip whose numbers were read twice."""
    width = max(strip.right - strip.left, 1.0)

    def read_part(start: float, end: float) -> Reading:
        return models.read(cut_out(pixels, part_of(box, start, end, higher=0.1)), wider=1.1)

    shares = room[0] / width, room[1] / width
    return strip._replace(reading=confirmed(strip.reading, strip.size / width, shares, read_part))
