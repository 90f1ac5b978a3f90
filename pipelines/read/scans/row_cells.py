"""Strips of one line as cells, and cells as a row: what tables, prose and columns of text have in common."""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from pipelines.read.scans.scanned_page import ScannedRow
from pipelines.read.scans.text_strip import Strip

CELL_GAP = 1.3  # of the size: strips further apart than this stand in different cells


class TextCell(NamedTuple):
    """The strips of one cell as one text."""

    text: str
    confidences: tuple[float, ...]
    left: float
    right: float


def cells_of(line: Sequence[Strip]) -> list[TextCell]:
    """Join the strips of a line that the detector cut apart; those far apart are cells."""
    cells: list[TextCell] = []
    for strip in line:
        reading = strip.reading
        new = TextCell(reading.text, reading.confidences, strip.left, strip.right)
        if cells and strip.left - cells[-1].right <= CELL_GAP * strip.size:
            cells[-1] = joined(cells[-1], new, strip.left - cells[-1].right > 0.3 * strip.size)
        else:
            cells.append(new)
    return cells


def joined(one: TextCell, other: TextCell, apart: bool = False) -> TextCell:
    """Return two pieces as one; a space stays between letters and figures, which would run together."""
    space = apart and one.text[-1:].isascii() and other.text[:1].isascii()
    text = one.text + (" " if space else "") + other.text
    confidences = (*one.confidences, *((1.0,) if space else ()), *other.confidences)
    return TextCell(text, confidences, one.left, max(one.right, other.right))


def row_of(line: Sequence[Strip], cells: Sequence[TextCell], column: int = 0) -> ScannedRow:
    """Return the row of these cells, of which at least one has a text; its place is that of the strips in it."""
    shown = [cell for cell in cells if cell.text]
    return ScannedRow(
        tuple(cell.text for cell in cells),
        tuple(cell.confidences for cell in cells),
        min(cell.left for cell in shown),
        max(cell.right for cell in shown),
        min(strip.top for strip in line),
        max(strip.bottom for strip in line),
        median(strip.size for strip in line),
        column,
    )
