"""From the characters of a page (PDF, OFD) to its rows: the text of each line, with its place on the page.

Lengths are in points; y grows upwards.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from pipelines.read.formats.aligned_rows import Piece, aligned_cells
from pipelines.read.formats.page_glyphs import Char
from pipelines.read.formats.page_rows import Row
from pipelines.read.paragraphs import FINAL

_CELL_GAP = 1.2  # of the size: two characters further apart than this stand in different cells
_COLUMN_GAP = 0.75  # the same for cells that stand in columns
_SPACE_GAP = 0.3
_LEAST_LINES, _COLUMN = 6, 9  # lines beside each other that make columns; characters of a line of prose in one
_GUTTER = 0.8  # of the size, between two columns at least
_LEAST_LEFT, _LEAST_RIGHT, _LEAST_BELOW = 8, 2, 3  # lines of a left column, of a short right one, and below that one
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
        return _with_tables([line for line in lines if any(char.text.strip() for char in line)], size)
    return list(_by_column(lines, gutter, size))


def _with_tables(lines: Sequence[Sequence[Char]], size: float) -> list[Row]:
    """Return a row for each line, and those of tables cell by cell."""
    pieces = [[Piece(_words(part), part[0].left, part[-1].right) for part in _parts(line, size)] for line in lines]
    cells = aligned_cells(pieces, size)
    rows = [(at, row) for at, line in enumerate(lines) if (row := _row(line))]
    return [row._replace(cells=cells[at]) if at in cells else row for at, row in rows if cells.get(at, True)]


def _parts(line: Sequence[Char], size: float) -> list[list[Char]]:
    """Cut a line where its characters may stand in different columns of a table."""
    parts: list[list[Char]] = []
    for char in line:
        if not char.text.strip():
            continue
        if parts and char.left - max(other.right for other in parts[-1][-2:]) <= _COLUMN_GAP * size:
            parts[-1].append(char)
        else:
            parts.append([char])
    return parts


def _words(chars: Sequence[Char]) -> str:
    row = _row(chars)
    return " ".join(row.cells) if row else ""


def _middle(char: Char) -> float:
    return (char.top + char.bottom) / 2


def _gutter(lines: Sequence[Sequence[Char]], size: float) -> float | None:
    """Return the middle of the gutter between two columns of text; None for a page without, and for a table."""
    shown = [[char for char in line if char.text.strip()] for line in lines]
    shown = [line for line in shown if line]
    starts = sorted(
        char.left for line in shown for last, char in pairwise(line) if char.left - last.right > _GUTTER * size
    )
    if not shown:
        return None
    left, right = min(line[0].left for line in shown), max(line[-1].right for line in shown)
    if len(starts) < _LEAST_LINES:  # lines beside each other may lie a little higher or lower
        starts = sorted(starts + [line[0].left for line in shown if line[0].left > left + 0.35 * (right - left)])
    # indented lines of the right column begin further right, so the gutter ends where the first quarter begins
    first = starts[: len(starts) // 4 + 1]
    last = left
    for start in first:
        middle = start - 0.1
        if start - last < 0.3 * size or not 0.35 < (middle - left) / (right - left) < 0.7:
            continue
        last = start
        if _parts_columns(shown, middle, size):
            return middle
    return None


def _parts_columns(lines: Sequence[Sequence[Char]], middle: float, size: float) -> bool:
    """Return whether columns of text lie on both sides of `middle`: all over the page, or beside a short right one.

    In columns most lines of the left one are full, and there is prose on both sides; cells are short.
    """
    runs: list[list[tuple[list[Char], list[Char]]]] = [[]]
    for line in lines:
        if _is_parted(line, middle, size):
            left, right = ([char for char in line if (char.left < middle) is side] for side in (True, False))
            runs[-1].append((left, right))
        elif runs[-1]:
            runs.append([])
    parts = [part for run in runs for part in run]
    both = [(one, other) for one, other in parts if one and other]
    if len(both) >= _LEAST_LINES and len(parts) >= 0.6 * len(lines):
        edge = max(one[-1].right for one, _ in both)
        full = sum(one[-1].right > edge - 2.5 * size for one, _ in both)
        prose = sum(len(one) >= _COLUMN for one, _ in both), sum(len(other) >= _COLUMN for _, other in both)
        if min(full, *prose) > 0.5 * len(both):
            return True
    beside = [run for run in runs if any(other for _, other in run)]
    return len(beside) == 1 and _has_short_column(beside[0], size)


def _has_short_column(run: Sequence[tuple[list[Char], list[Char]]], size: float) -> bool:
    """Return whether lines without one that goes over the page are a left column of running text and a short right one.

    The left one goes on below the right one, as no table does. Most of its lines are prose, and several are full and
    end within a sentence.
    """
    left, right = [one for one, _ in run if one], [other for _, other in run if other]
    end = max(at for at, (_, other) in enumerate(run) if other)
    if len(left) < _LEAST_LEFT or len(right) < _LEAST_RIGHT or len(run) - 1 - end < _LEAST_BELOW:
        return False
    edge = max(line[-1].right for line in left)
    full = [line[-1].right > edge - 2.5 * size and line[-1].text not in FINAL for line, _ in run if line]
    prose = sum(len(line) >= _COLUMN for line in left), sum(len(line) >= _COLUMN for line in right)
    return sum(full) >= 0.3 * len(left) and prose[0] > 0.5 * len(left) and prose[1] >= 0.5 * len(right)


def _is_parted(line: Sequence[Char], middle: float, size: float) -> bool:
    """Return whether a line has a gap at `middle`, or stands on one side of it."""
    before = max((char.right for char in line if char.left < middle), default=None)
    after = min((char.left for char in line if char.left >= middle), default=None)
    if before is not None and before > middle:
        return False
    return before is None or after is None or after - before > _GUTTER * size


def _by_column(lines: Sequence[Sequence[Char]], gutter: float, size: float) -> Iterator[Row]:
    """Yield the rows of a page of two columns: between lines that go over both, the left column before the right."""
    waiting: list[Row] = []
    for line in lines:
        if not _is_parted([char for char in line if char.text.strip()], gutter, size):
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
