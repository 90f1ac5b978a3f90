"""A page as it is read: its pixels with and without seals, turned together until the text is upright."""

from typing import NamedTuple

import numpy as np

from pipelines.read.scans.ocr_models import Boxes, Models, Reading
from pipelines.read.scans.page_picture import Pixels
from pipelines.read.scans.text_strip import lengths

_UPRIGHT_MEAN = 0.85  # upright lines are read with more, lines that stand on their head with 0.3 to 0.7
_TRIED = 5  # lines that tell whether a page stands on its head


class PageSheet(NamedTuple):
    """The pixels of a page without seals, with them, and those of the seals alone (255 where red ink was, else 0)."""

    cleaned: Pixels
    seen: Pixels
    seals: Pixels

    def turned(self, quarters: int) -> "PageSheet":
        """Return the page turned to the right by quarters of a circle."""
        return PageSheet(*(np.ascontiguousarray(np.rot90(pixels, -quarters)) for pixels in self))


def set_upright(models: Models, sheet: PageSheet) -> tuple[PageSheet, Boxes, dict[int, Reading]]:
    """Return the page with its lines level and on their feet, the boxes of its lines, and what was read yet, by box.

    A page that was turned is searched anew: the detector finds ends of lines best where they stand as they should.
    """
    boxes = models.lines(sheet.cleaned)
    if _is_on_its_side(boxes):
        sheet = sheet.turned(1)
        boxes = models.lines(sheet.cleaned)
    known = _read_longest(models, sheet, boxes)
    if not known or _mean(known) >= _UPRIGHT_MEAN:
        return sheet, boxes, known
    other = sheet.turned(2)
    others = models.lines(other.cleaned)
    over = _read_longest(models, other, others)
    return (other, others, over) if over and _mean(over) > _mean(known) else (sheet, boxes, known)


def _is_on_its_side(boxes: Boxes) -> bool:
    """Return whether the lines go from top to bottom: more length stands upright than lies level."""
    wide, high = lengths(boxes)
    long = np.maximum(wide, high) > 2 * np.minimum(wide, high)
    return bool(high[long & (high > wide)].sum() > wide[long & (wide >= high)].sum())


def _read_longest(models: Models, sheet: PageSheet, boxes: Boxes) -> dict[int, Reading]:
    wide, _ = lengths(boxes)
    return {int(i): models.read(cut_out(sheet.cleaned, boxes[i])) for i in np.argsort(-wide)[:_TRIED]}


def _mean(readings: dict[int, Reading]) -> float:
    return sum(reading.mean for reading in readings.values()) / len(readings)


def cut_out(pixels: Pixels, box: Boxes) -> Pixels:
    """Return the picture within a box of four corners as a level strip."""
    import cv2

    wide, high = (max(int(side[0]), 1) for side in lengths(box[None]))
    target = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    lens = cv2.getPerspectiveTransform(np.ascontiguousarray(box, np.float32), target)
    way, border = cv2.INTER_CUBIC, cv2.BORDER_REPLICATE
    return np.asarray(cv2.warpPerspective(pixels, lens, (wide, high), flags=way, borderMode=border), np.uint8)
