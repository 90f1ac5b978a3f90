"""Character recognition of one picture of a page: the rows that stand on it, and how sure each character is.

The packages are those of the extra `ocr`; they are imported when the first page is read.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from pipelines.read.scans.number_marks import repaired
from pipelines.read.scans.ocr_models import Boxes, Models, Reading, load_models
from pipelines.read.scans.page_picture import Pixels, evened, is_blank, load_picture
from pipelines.read.scans.page_sheet import PageSheet, cut_out, set_upright
from pipelines.read.scans.scanned_page import ScannedPage
from pipelines.read.scans.scanned_rows import rows_of
from pipelines.read.scans.seals import ink_tone, is_covered, is_red, surer, without_seals
from pipelines.read.scans.second_look import confirmed
from pipelines.read.scans.table_grid import Grid, boxes_by_cell, find_grid, part_of
from pipelines.read.scans.text_strip import Strip, character_size, lengths, level, usual_size, usual_slope

_LEAST_MEAN = 0.5  # a strip that is read with less on average is a seal, a drawing or dirt


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
    sheet, boxes, known = set_upright(models, PageSheet(*without_seals(evened(pixels))))
    height, width = sheet.cleaned.shape[:2]
    if not len(boxes):
        return ScannedPage((), width, height)
    size, slope = usual_size(boxes), usual_slope(boxes)
    grid = find_grid(sheet.cleaned, size, slope)
    cut, numbers = boxes_by_cell(grid, boxes, sheet.cleaned, size)
    read = {boxes[i].tobytes(): reading for i, reading in known.items()}
    ink = ink_tone(sheet.cleaned)
    lines = [
        _Line(box, _read(models, sheet, box, read.get(box.tobytes()), ink), number)
        for box, number in zip(cut, numbers, strict=True)
    ]
    strips = [_looked_at_again(models, sheet.cleaned, *found) for found in _with_room(_strips(lines, grid))]
    return ScannedPage(rows_of(strips, grid.cells), width, height)


def _read(models: Models, sheet: PageSheet, box: Boxes, known: Reading | None, ink: float) -> Reading:
    """Return what stands in a box, nothing for the rest of a seal; text under a seal is read with it and without."""
    strip, seal = cut_out(sheet.cleaned, box), cut_out(sheet.seals, box)
    if is_red(strip, seal, ink):
        return Reading("", (), ())
    reading = known or models.read(strip)
    return surer(reading, models.read(cut_out(sheet.seen, box))) if is_covered(seal) else reading


def _strips(lines: list[_Line], grid: Grid) -> list[tuple[Strip, Boxes]]:
    """Return the lines with their places on the straight page and their boxes.

    What is hardly read or lies across the lines is dropped.
    """
    boxes = np.stack([line.box for line in lines])
    straight, along = level(boxes, grid.numbers.shape[1])
    wide, high = lengths(boxes)
    strips = []
    for line, corners, is_along, w, h in zip(lines, straight, along, wide, high, strict=True):
        is_poor = line.reading.mean < _LEAST_MEAN or not line.reading.text.strip()
        if is_poor or not is_along:
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
