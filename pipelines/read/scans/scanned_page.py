"""What character recognition gives for one picture of a page: rows of text, and how sure each character is."""

from typing import NamedTuple

# A digit with less confidence is unsure, and so is the number that it stands in.
UNSURE = 0.9


class ScannedRow(NamedTuple):
    """One line of a page.

    `cells` are the texts of its table cells from left to right; a line of prose has one. `confidences` are those of the
    characters of each cell, 0 to 1, one number a character. Places are in pixels of the upright page, y grows
    downwards. `size` is the height of the characters. `column` is 1 or 2 in a column of text, 0 where a line goes over
    the page.
    """

    cells: tuple[str, ...]
    confidences: tuple[tuple[float, ...], ...]
    left: float
    right: float
    top: float
    bottom: float
    size: float
    column: int = 0


class ScannedPage(NamedTuple):
    """The rows of one page from top to bottom, and the size of the upright page in pixels."""

    rows: tuple[ScannedRow, ...]
    width: int
    height: int
