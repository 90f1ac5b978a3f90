"""The rules that a PDF page draws, as PDFium gives them: lines, thin boxes, and the sides of boxes.

Lengths are in points; y grows upwards.
"""

import ctypes
from collections.abc import Iterator
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

_MOST_PATHS, _MOST_SEGMENTS = 5_000, 200  # of a page, and of a path: a drawing or a map has more
_STRAIGHT = 1.0  # how far the ends of a level or upright line may differ


class DrawnLine(NamedTuple):
    """A level or an upright line: one of its sides is next to nothing."""

    left: float
    bottom: float
    right: float
    top: float


def rules_of(page: pdfium.PdfPage) -> list[DrawnLine]:
    """Return the level and upright lines that a page draws; none for a page with thousands of drawings."""
    found: list[DrawnLine] = []
    for number, thing in enumerate(page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,), max_depth=3)):
        if number == _MOST_PATHS:
            return []
        found += _lines(thing.raw)
    return found


def _lines(path: raw.FPDF_PAGEOBJECT) -> Iterator[DrawnLine]:
    """Yield the level and upright lines of a path, on the page."""
    count = raw.FPDFPath_CountSegments(path)
    matrix = raw.FS_MATRIX()
    if not 1 < count <= _MOST_SEGMENTS or not raw.FPDFPageObj_GetMatrix(path, matrix):
        return
    x, y = ctypes.c_float(), ctypes.c_float()
    start = last = (0.0, 0.0)
    for index in range(count):
        segment = raw.FPDFPath_GetPathSegment(path, index)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO:
            start = point
        else:
            yield from _line(last, point)
        last = point
        if raw.FPDFPathSegment_GetClose(segment):
            yield from _line(point, start)
            last = start


def _line(one: tuple[float, float], other: tuple[float, float]) -> Iterator[DrawnLine]:
    wide, high = abs(one[0] - other[0]), abs(one[1] - other[1])
    if min(wide, high) <= _STRAIGHT < max(wide, high):
        yield DrawnLine(min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1]))
