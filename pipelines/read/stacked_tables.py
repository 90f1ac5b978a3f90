"""Tables whose cells stand below each other, as a program leaves them that copies a table cell by cell.

The heads of such a table are lines that are known to head tables. From there on its lines repeat: as many as there are
heads make a row, and figures stand in the same places of each.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

FIGURE = re.compile(r"[-+±约近]?[0-9][0-9.,]*[余多]?(?:[%％]|[\u4e00-\u9fff]{1,2})?[余多]?")
YEAR = re.compile(r"(?:19|20)[0-9]{2}年?度?")
SERIAL_HEAD = re.compile(r"序\s*号?|编号")
#: What heads the first column of a table.
FIRST_HEAD = re.compile(
    r"序\s*号|编号|年\s*[度份]|[\u4e00-\u9fff（）()]{0,6}(?:指\s*标|项\s*目|内\s*容|事\s*项|名\s*称|类\s*[别型]|分类|领域|板块|任务|业务|工作|"
    r"数据项|村名?|村别|社区|村[（(]社区[）)]|居|部门|站所|形式)(?:名称)?"
)
#: What heads the others.
OTHER_HEAD = re.compile(
    r"(?:计量)?单位|备\s*注|说明|20[0-9]{2}年?度?.{0,4}|[上本去今当]年.{0,4}|全年.{0,2}|[上下]半年|第?[一二三四]季度|合计|总计|"
    r".{0,8}(?:数\s*量|数\s*值|数据|结果|情况|数|率|值|指标|项目|内容|名称|事项|增减|增幅|场次|人次|占比|%|％)|"
    r".{1,12}[（(].{1,4}[）)]"
)
_MARK = re.compile(r"[，。；！？|\t]|  ")
_LONGEST = 24  # characters of a cell
_MOST_COLUMNS = 8
_LEAST_ROWS = 2


def stacked_rows(lines: Sequence[str | None]) -> Iterator[tuple[int, list[str], int]]:
    """Yield the rows of such tables: the numbers of the first and the last line around the cells."""
    filled = [(at, line.strip()) for at, line in enumerate(lines) if line and line.strip()]
    at = 0
    while at < len(filled):
        columns, rows = _table(filled, at)
        for row in range(rows):
            cells = filled[at + row * columns : at + (row + 1) * columns]
            yield cells[0][0], [text for _, text in cells], cells[-1][0]
        at += columns * rows or 1


def _table(filled: Sequence[tuple[int, str]], at: int) -> tuple[int, int]:
    """The columns and rows, with that of the heads, of the table that begins at a line; 0 and 0 if none does."""
    best = 0, 0
    before = filled[at - 1][1] if at else ""
    if not FIRST_HEAD.fullmatch(filled[at][1]) or FIRST_HEAD.fullmatch(before) or OTHER_HEAD.fullmatch(before):
        return best
    for columns in range(2, _MOST_COLUMNS + 1):
        heads = [text for _, text in filled[at : at + columns]]
        if not any(map(OTHER_HEAD.fullmatch, heads[1:])) or any(map(_is_figure, heads)):
            continue
        rows, places = 0, None
        start = at + columns
        while start + columns <= len(filled):
            cells = [text for _, text in filled[start : start + columns]]
            found = _places(cells)
            if not found or (places is not None and found != places) or not _is_label(cells[0], heads[0]):
                break
            places = found
            rows, start = rows + 1, start + columns
        ended = start >= len(filled) or not any(_is_figure(text) for _, text in filled[start : start + columns])
        numbers = [number for number, _ in filled[at:start]]
        steps = {after - number for number, after in pairwise(numbers)}  # a line left blank may be a cell
        if ended and len(steps) == 1 and rows >= _LEAST_ROWS and columns * rows > best[0] * best[1]:
            best = columns, rows + 1
    return best


def _places(cells: Sequence[str]) -> list[int]:
    """Where figures stand in a row; nowhere if one of its cells is none of a table."""
    if any(len(cell) > _LONGEST or _MARK.search(cell) for cell in cells):
        return []
    return [at for at, cell in enumerate(cells) if at and FIGURE.fullmatch(cell)]


def _is_figure(cell: str) -> bool:
    return bool(FIGURE.fullmatch(cell)) and not YEAR.fullmatch(cell)


def _is_label(cell: str, head: str) -> bool:
    """Whether a cell fits below the first head: a number where rows are numbered, else words."""
    return _is_figure(cell) is bool(SERIAL_HEAD.fullmatch(head))
