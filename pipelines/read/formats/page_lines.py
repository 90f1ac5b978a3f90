"""From the characters of a page (PDF, OFD) to its rows: the text of each line, with its place on the page.

Lengths are in points; y grows upwards.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from pipelines.read.formats.page_glyphs import Char
from pipelines.read.formats.page_rows import Row

_CELL_GAP = 1.2  # of the size: two characters further apart than this stand in different cells
_SPACE_GAP = 0.3
_LEAST_LINES, _COLUMN = 6, 9  # lines beside each other that make columns; characters of a line of prose in one
_LIST_MARK = re.compile(r"[（(]?[0-9一二三四五六七八九十]{1,3}[)）、.．]?|[•●◆■·*-]")
_PRIVATE = re.compile("[\ue000-\uf8ff]+")  # the bullets of symbol fonts


def rows_of(chars: Sequence[Char]) -> list[Row]:
    """Return the rows of a page from top to bottom; the characters come in any order."""
    if not chars:
        return []
    size = median(char.top - char.bottom for char in chars)
    lines: list[list[Char]] = []
    for char in sorted(chars, key=lambda char: -_middle(char)):
        if lines and abs(_middle(lines[-1][0]) - _middle(char)) < size / 2:
            lines[-1].append(char)
        else:
            lines.append([char])
    lines = [sorted(line, key=lambda char: char.left) for line in lines]
    gutter = _gutter(lines, size)
    if gutter is None:
        return [row for line in lines if (row := _row(line))]
    return list(_by_column(lines, gutter))


def _middle(char: Char) -> float:
    return (char.top + char.bottom) / 2


def _gutter(lines: Sequence[Sequence[Char]], size: float) -> float | None:
    """Return the middle of the gutter between two columns of text; None for a page without, and for a table.

    In columns most lines of the left one are full, and there is prose on both sides; cells are short.
    """
    shown = [[char for char in line if char.text.strip()] for line in lines]
    shown = [line for line in shown if line]
    gaps = [
        (last.right, char.left)
        for line in shown
        for last, char in pairwise(line)
        if char.left - last.right > _CELL_GAP * size
    ]
    if len(gaps) < _LEAST_LINES:
        return None
    left, right = min(line[0].left for line in shown), max(line[-1].right for line in shown)
    # indented lines of the right column begin further right, so the gutter ends where the first quarter begins
    middle = sorted(start for _, start in gaps)[len(gaps) // 4] - 0.1
    if not 0.35 < (middle - left) / (right - left) < 0.65:
        return None
    parts = [
        ([char for char in line if char.left < middle], [char for char in line if char.left >= middle])
        for line in shown
        if not any(char.left < middle < char.right for char in line) and _is_parted(line, middle, size)
    ]
    both = [(one, other) for one, other in parts if one and other]
    if len(both) < _LEAST_LINES or len(parts) < 0.6 * len(shown):
        return None
    edge = max(one[-1].right for one, _ in both)
    full = sum(one[-1].right > edge - 2.5 * size for one, _ in both)
    prose = sum(len(one) >= _COLUMN for one, _ in both), sum(len(other) >= _COLUMN for _, other in both)
    return middle if min(full, *prose) > 0.5 * len(both) else None


def _is_parted(line: Sequence[Char], middle: float, size: float) -> bool:
    """Return whether a line has a gap at `middle`, or stands on one side of it."""
    before = max((char.right for char in line if char.left < middle), default=None)
    after = min((char.left for char in line if char.left >= middle), default=None)
    return before is None or after is None or after - before > 0.8 * size


def _by_column(lines: Sequence[Sequence[Char]], gutter: float) -> Iterator[Row]:
    """Yield the rows of a page of two columns: between lines that go over both, the left column before the right."""
    waiting: list[Row] = []
    for line in lines:
        if any(char.left < gutter < char.right for char in line if char.text.strip()):
            yield from waiting
            waiting = []
            yield from ([row] if (row := _row(line)) else [])
            continue
        left = _row([char for char in line if char.left < gutter])
        right = _row([char for char in line if char.left >= gutter])
        yield from ([left._replace(column=1)] if left else [])
        waiting += [right._replace(column=2)] if right else []
    yield from waiting


def _row(chars: Sequence[Char]) -> Row | None:
    """Cut a line into cells where its characters stand far apart; None for a line of spaces."""
    shown = [char for char in chars if char.text.strip()]
    if not shown:
        return None
    size = median(char.top - char.bottom for char in chars)
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
