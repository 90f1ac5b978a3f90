"""From the characters of a PDF page to its rows: the text of each line, with its place on the page.

Lengths are in points; y grows upwards.
"""

import re
from collections.abc import Iterator
from statistics import median
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

_CELL_GAP = 1.2  # of the size: two characters further apart than this stand in different cells
_SPACE_GAP = 0.3
_LIST_MARK = re.compile(r"[（(]?[0-9一二三四五六七八九十]{1,3}[)）、.．]?|[•●◆■·*-]")
_PRIVATE = re.compile("[\ue000-\uf8ff]+")  # the bullets of symbol fonts


class Char(NamedTuple):
    """A character and its box."""

    text: str
    left: float
    right: float
    bottom: float
    top: float


class Row(NamedTuple):
    """One line of a page: the text of each of its cells, and its place. `size` is the height of its characters."""

    cells: tuple[str, ...]
    left: float
    right: float
    middle: float
    size: float

    @property
    def text(self) -> str:
        """The row as one line."""
        return " | ".join(self.cells)


def rows_of(page: pdfium.PdfPage) -> list[Row]:
    """Return the rows of a page from top to bottom."""
    textpage = page.get_textpage()
    try:
        chars = list(_chars(textpage))
    finally:
        textpage.close()
    if not chars:
        return []
    size = median(char.top - char.bottom for char in chars)
    lines: list[list[Char]] = []
    for char in sorted(chars, key=lambda char: -_middle(char)):
        if lines and abs(_middle(lines[-1][0]) - _middle(char)) < size / 2:
            lines[-1].append(char)
        else:
            lines.append([char])
    return [row for line in lines if (row := _row(sorted(line, key=lambda char: char.left)))]


def _middle(char: Char) -> float:
    return (char.top + char.bottom) / 2


def _chars(textpage: pdfium.PdfTextPage) -> Iterator[Char]:
    """Yield the characters that are shown, in the order of the file. Loose boxes: all of one font are equally high."""
    handle = textpage.raw
    box = raw.FS_RECTF()
    for index in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(handle, index)
        if code < 0x20 or not _is_scalar(code) or raw.FPDFText_IsGenerated(handle, index) == 1:
            continue
        if raw.FPDFText_GetLooseCharBox(handle, index, box) and box.top > box.bottom:
            yield Char(chr(code), box.left, box.right, box.bottom, box.top)


def _is_scalar(code: int) -> bool:
    return code < 0xD800 or (0xDFFF < code <= 0x10FFFF and code not in (0xFFFE, 0xFFFF))


def _row(chars: list[Char]) -> Row | None:
    """Cut a line into cells where its characters stand far apart; None for a line of spaces."""
    size = median(char.top - char.bottom for char in chars)
    shown = [char for char in chars if char.text != " "]
    if not shown:
        return None
    spaces = [char.left for char in chars if char.text == " "]
    cells: list[str] = [shown[0].text]
    end = shown[0].right
    for char in shown[1:]:
        gap = char.left - end
        if gap > _CELL_GAP * size:
            cells.append("")
        elif any(end - 1 <= space < char.left for space in spaces) or (gap > _SPACE_GAP * size and cells[-1].isascii()):
            cells[-1] += " "
        cells[-1] += char.text
        end = max(end, char.right)
    texts = [text for text in cells if not _PRIVATE.fullmatch(text)]
    if len(texts) > 1 and _LIST_MARK.fullmatch(texts[0]) and not texts[0].isdigit():
        texts[:2] = [f"{texts[0]} {texts[1]}"]
    return Row(tuple(texts), shown[0].left, end, _middle(shown[0]), size) if texts else None
