"""Tables of plain text, whose cells stand apart by tabs or by runs of spaces: they become rows as in other formats.

A table shows by what its lines share: as many cells in each, short ones, words in the first line and in the first
column, and figures below. A single line with gaps is none.
"""

import re
from collections.abc import Sequence
from itertools import groupby

from pipelines.read.layout import table_lines

_GAP = re.compile(r"[ \u3000]*\t[ \t\u3000]*|[ ]{2,}|\u3000[ \u3000]*")
_FIGURE = re.compile(r"[-+±]?[0-9][0-9.,]*(?:[%％余多]|[\u4e00-\u9fff]{1,2})?")
_MARK = re.compile(r"[，。；！？]")
_LEAST_CELLS, _MOST_CELLS, _LONGEST = 3, 20, 24  # characters of a cell
_LEAST_ROWS = 2  # the heads and one row


def rows_as_lines(lines: Sequence[str]) -> list[str]:
    """Return `lines`, one for one, with those of tables as `a | b | c`."""
    found: list[str] = []
    for count, group in groupby(map(_cells, lines), len):
        rows = list(group)
        start = len(found)
        is_table = count >= _LEAST_CELLS and len(rows) >= _LEAST_ROWS and _is_table(rows)
        shown = table_lines(rows) if is_table else []
        found += shown if len(shown) == len(rows) else lines[start : start + len(rows)]
    return found


def _cells(line: str) -> list[str]:
    """Return the cells of a line; one for a line of prose."""
    cells = _GAP.split(line.strip(" \u3000\r\n"))
    is_row = _LEAST_CELLS <= len(cells) <= _MOST_CELLS and not any(
        not cell or len(cell) > _LONGEST or _MARK.search(cell) for cell in cells
    )
    return cells if is_row else [line]


def _is_table(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether lines of equally many cells have heads, labels, and figures below the heads."""
    heads, body = rows[0], rows[1:]
    named = not any(_FIGURE.fullmatch(head) and not head.startswith("20") for head in heads)
    labelled = not any(_FIGURE.fullmatch(row[0]) and len(row) < _LEAST_CELLS + 1 for row in body)
    figures = sum(bool(_FIGURE.fullmatch(cell)) for row in body for cell in row[1:])
    return named and labelled and figures >= len(body)
