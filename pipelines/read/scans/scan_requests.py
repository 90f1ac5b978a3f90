"""Scanned pages among the pages of a file: which are still to be read, and their rows."""

from collections.abc import Sequence

from pipelines.read.document import ReadError, ScansWantedError
from pipelines.read.formats.page_rows import Row
from pipelines.read.normalise import normalise
from pipelines.read.scans.scanned_page import ScannedPage, ScannedRow, Scans
from pipelines.reasons import ReasonCode

_WIDTH = 595.0  # points of an A4 page: rows of pictures of any size get sizes that can be compared
_SHOWN = 10


def require(numbers: Sequence[int], scans: Scans, found: str) -> None:
    """Return if all the pages `numbers` were read. `found` says in words what was found.

    Raises ScansWantedError with the pages that are still to be read, and ReadError `needs_ocr` where one has failed.
    """
    wanted = tuple(number for number in numbers if number not in scans)
    if wanted:
        raise ScansWantedError(f"found {found}; {listed(wanted)} to be read by character recognition", wanted)
    for number in numbers:
        if failure := scans[number].failure:
            message = f"found {found}; {listed([number])} cannot be read ({failure}); give a sharper scan, or the text"
            raise ReadError(ReasonCode.NEEDS_OCR, message)


def listed(numbers: Sequence[int]) -> str:
    """Return page numbers in words; the first ten of many."""
    more = ", ..." if len(numbers) > _SHOWN else ""
    return f"page{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers[:_SHOWN]))}{more}"


def rows_of_scan(page: ScannedPage, width: float = _WIDTH) -> list[Row]:
    """Return the rows of a page that is `width` wide, y growing upwards as in the other formats."""
    scale = width / max(1, page.width)
    return [_row(row, page.height, scale) for row in page.rows]


def _row(row: ScannedRow, height: int, scale: float) -> Row:
    """Return one row; the bars between cells are sure."""
    cells, confidences = [], []
    for cell, sure in zip(row.cells, row.confidences, strict=True):
        kept = [(normalise(character), confidence) for character, confidence in zip(cell, sure, strict=True)]
        cells.append("".join(character for character, _ in kept))
        confidences += [1.0] if len(cells) > 1 else []
        confidences += [confidence for character, confidence in kept if character and not character.isspace()]
    middle = (height - (row.top + row.bottom) / 2) * scale
    place = (row.left * scale, row.right * scale, middle, row.size * scale)
    return Row(tuple(cells), *place, row.column, tuple(confidences))
