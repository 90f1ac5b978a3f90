"""A font for PDFium on machines that have none for Chinese, as servers and containers.

A PDF need not bring its fonts. PDFium then looks for one on the machine, and where it finds none it passes over text
whose characters seem to have no size: vertical text, turned text, text that is drawn character by character. The font
that it is given here draws nothing, but each of its characters has the size of a Chinese one. So a PDF is read alike
on each machine.
"""

import ctypes
from functools import cache
from io import BytesIO
from typing import Any

import pypdfium2 as pdfium

_CHARSETS = (128, 129, 134, 136)  # of Windows: Japanese, Korean, Chinese in simplified and in traditional script
_EM, _TOP, _BOTTOM = 1000, 880, -120  # units; usual heights of a Chinese font
_HANDLE = 1  # PDFium's own handles are addresses


class _Fonts(pdfium.PdfSysfontBase):  # type: ignore[misc]
    """The fonts of the machine and, where they have no Chinese characters, one of empty boxes."""

    def MapFont(self, _: Any, *wanted: Any) -> int | None:
        found: int | None = self.default.MapFont(self.default, *wanted)
        _weight, _italic, charset, *_others = wanted
        return found or (_HANDLE if charset in _CHARSETS else None)

    def GetFontData(self, _: Any, font: int, table: int, buffer: Any, size: int) -> int:
        if font != _HANDLE:
            found: int = self.default.GetFontData(self.default, font, table, buffer, size)
            return found
        data = b"" if table else _empty_boxes()
        if buffer and size >= len(data):
            ctypes.memmove(buffer, data, len(data))
        return len(data)

    def GetFaceName(self, _: Any, font: int, buffer: Any, size: int) -> int:
        return 0 if font == _HANDLE else int(self.default.GetFaceName(self.default, font, buffer, size))

    def GetFontCharset(self, _: Any, font: int) -> int:
        return _CHARSETS[2] if font == _HANDLE else int(self.default.GetFontCharset(self.default, font))

    def DeleteFont(self, _: Any, font: int) -> None:
        if font != _HANDLE:
            self.default.DeleteFont(self.default, font)


def give_fonts(machine: pdfium.PdfSysfontBase | None = None) -> None:
    """Give PDFium the font, once in each process. `machine` stands for the fonts that PDFium finds by itself."""
    if pdfium.PdfSysfontBase.SINGLETON is None:
        _Fonts(machine).setup()


@cache
def _empty_boxes() -> bytes:
    """A TrueType font of two glyphs, one for Chinese and one for Latin characters: lines from corner to corner."""
    from fontTools.fontBuilder import FontBuilder  # slow to import, and many machines have fonts
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

    widths = {".notdef": 0, "narrow": _EM // 2, "wide": _EM}
    glyphs = {}
    for name, width in widths.items():
        pen = TTGlyphPen(None)
        if width:
            pen.moveTo((0, _BOTTOM))
            pen.lineTo((width // 2, (_BOTTOM + _TOP) // 2))  # there and back: a line has no area to be filled
            pen.lineTo((width, _TOP))
            pen.closePath()
        glyphs[name] = pen.glyph()
    builder = FontBuilder(_EM, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (width, 0) for name, width in widths.items()})
    builder.setupHorizontalHeader(ascent=_TOP, descent=_BOTTOM)
    builder.setupCharacterMap({})
    characters = CmapSubtable.newSubtable(13)  # many characters, one glyph
    characters.platformID, characters.platEncID, characters.language = 3, 10, 0
    wide = (*range(0x1100, 0xD800), *range(0xE000, 0x10000), *range(0x20000, 0x32000))
    characters.cmap = dict.fromkeys(range(0x21, 0x1100), "narrow") | dict.fromkeys(wide, "wide")
    builder.font["cmap"].tables = [characters]
    builder.setupOS2(sTypoAscender=_TOP, sTypoDescender=_BOTTOM)
    builder.setupNameTable({"familyName": "Empty Boxes", "styleName": "Regular"})
    builder.setupPost()
    stream = BytesIO()
    builder.save(stream)
    return stream.getvalue()
