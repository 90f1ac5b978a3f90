"""The characters of a PDF page, as PDFium gives them. Lengths are in points; y grows upwards."""

import ctypes
import math
from collections.abc import Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pipelines.read.formats.page_glyphs import Char, Glyph, is_pale, quarter, upright_text


def chars_of(page: pdfium.PdfPage) -> list[Char]:
    """Return the text of a page as characters that read from left to right and from top to bottom."""
    textpage = page.get_textpage()
    try:
        return upright_text(_glyphs(textpage))
    finally:
        textpage.close()


def _glyphs(textpage: pdfium.PdfTextPage) -> Iterator[Glyph]:
    """Yield the characters that are shown, in the order of the file. Loose boxes: all of one font are equally high."""
    handle = textpage.raw
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    red, green, blue, opacity = (ctypes.c_uint() for _ in range(4))
    for index in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(handle, index)
        if code < 0x20 or not _is_scalar(code) or raw.FPDFText_IsGenerated(handle, index) == 1:
            continue
        if not raw.FPDFText_GetLooseCharBox(handle, index, box):
            continue
        angle, scale = 0, 1.0
        if raw.FPDFText_GetMatrix(handle, index, matrix):
            angle = round(math.degrees(math.atan2(matrix.b, matrix.a))) % 360
            scale = math.hypot(matrix.c, matrix.d)
        pale = False
        if raw.FPDFText_GetFillColor(handle, index, red, green, blue, opacity):
            pale = is_pale(min(red.value, green.value, blue.value), opacity.value)
        char = Char(chr(code), box.left, box.right, box.bottom, box.top)
        if quarter(angle):
            char = _exact(textpage, index, char)
        elif box.top <= box.bottom:
            continue
        yield Glyph(char, angle, raw.FPDFText_GetFontSize(handle, index) * scale, pale)


def _is_scalar(code: int) -> bool:
    return code < 0xD800 or (0xDFFF < code <= 0x10FFFF and code not in (0xFFFE, 0xFFFF))


def _exact(textpage: pdfium.PdfTextPage, index: int, char: Char) -> Char:
    """Return a turned character with its origin as box: loose boxes are right for level ones only."""
    x, y = ctypes.c_double(), ctypes.c_double()
    if not raw.FPDFText_GetCharOrigin(textpage.raw, index, x, y):
        return char
    return Char(char.text, x.value, x.value, y.value, y.value)
