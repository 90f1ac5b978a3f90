"""What character recognition gives for one picture of a page: rows of text, and how sure each character is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pydantic import TypeAdapter

# A digit with less confidence is unsure, and so is the number that it stands in. Measured on pages of other seeds than
# those of docs/ocr.md: below it lie most of the wrong numbers, and one or two of a hundred right ones.
UNSURE = 0.95


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
    """The rows of one page from top to bottom, and the size of the upright page in pixels.

    `failure` says why a page could not be read; it then has no rows.
    """

    rows: tuple[ScannedRow, ...]
    width: int
    height: int
    failure: str | None = None


Scans = Mapping[int, ScannedPage]  # the pages of a file that were read, by page number from 1
NO_SCANS: Scans = {}


@cache
def page_adapter() -> TypeAdapter[ScannedPage]:
    """What makes JSON of a page and a page of JSON."""
    from pydantic import TypeAdapter  # slow to import, and most files have no scans

    return TypeAdapter(ScannedPage)
