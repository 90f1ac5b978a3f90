"""Table layout: which rows of a table are heads, what each column holds, and where the words of its rows stand.

A head that spans columns stands in the first of them, and blanks in the others: it passes down to all. The columns of
labels, categories, units and times are known by their heads and by what most of their cells hold.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from pipelines.codebook.compiled import Codebook
from pipelines.extract.report.table_heads import (
    UNIT_WORDS,
    Head,
    heads_beside,
    is_aside,
    is_bare,
    is_remark,
    is_total,
    read_head,
    without_unit,
)
from pipelines.numerals.classifiers import UNIT

_FIGURE = re.compile(
    rf"[约近超逾达≥≤><+±-]*[0-9][0-9,]*(?:\.[0-9]+)?[余多]?[万亿]?[余多]?(?:%|‰|{UNIT})?(?:以上|左右|[余多])?"
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}年?度?")
_TIME = re.compile(
    r"(?=.*[年月季期度比增减升变])(?:20[0-9]{2}年?度?|[今去上本前当]一?年度?|[本上]期|(?:上年)?同期|全年)?(?:第?[一二三四1-4]季度|[上下]半年|[0-9]{1,2}月份?|前三季度)?"
    r"(?:数量?|情况|完成数?|累计)?|(?:较上年|同比|环比)?(?:增减|增长|增幅|变化|升降|增加|变动)[率数值量幅额情况]*|同比|环比"
)
_DAY = re.compile(
    r"(?:20[0-9]{2}[年.\-/])?(?:0?[1-9]|1[0-2])月[0-9]{1,2}日(?:[-—~至].*)?|20[0-9]{2}[.\-/][0-9]{1,2}[.\-/][0-9]{1,2}"
    r"|(?:20[0-9]{2}年)?[0-9]{1,2}月[上中下]旬"
)
_NAME = re.compile(r".*[\u4e00-\u9fff]{2}.*")
_RUNNING = re.compile(r"[0-9]{1,2}[.、]?")
_DEADLINE = re.compile(r"完成|截[止至]|时限|办结")
_PROSE = 24  # characters; longer cells are sentences
_SERIAL = re.compile(r"序号?|编号|项次|次序|No\.?|№|#", re.IGNORECASE)
_PLACES = re.compile(
    r"(?:行政|自然|所属|各)?(?:村|社区|居)(?:[(（]?(?:社区|居|村)[)）]?)?(?:名称?|别|委会|庄)?|(?:各)?(?:单位|部门|站所|科室|中队|网格|片区|辖区|办所|村居|机构|学校|企业|村组|支部)(?:名称)?"
)
_PLACE = re.compile(r"(?!.*(?:示范|法治|民主|文明|平安|和谐|的)).{1,8}(?:村|社区|居委会|村委会)")
# A row that opens another table below one.
_OPENS_TABLE = re.compile(r"序号|(?:[一二三]级)?(?:指标|项目|类别|事项|年度|年份)(?:名称)?")
_MOST_HEADS = 4


class TableColumn(NamedTuple):
    """What a column holds: figures below a head, or words of the rows."""

    role: str  # figure, remark, label, unit, time, serial, aside
    head: Head = Head()
    label: int | None = None  # of figures: the column of their labels
    category: int | None = None  # and that of the groups of labels
    day: bool = False  # of a time: days, so that each row is an event


class TableLayout(NamedTuple):
    """The heads and columns of a table."""

    heads: int  # rows
    columns: tuple[TableColumn, ...]
    lists_places: bool  # its rows are parts of the township

    def column_of(self, role: str) -> int | None:
        """The first column with a role."""
        return next((at for at, column in enumerate(self.columns) if column.role == role), None)


def is_figure(cell: str) -> bool:
    """Whether a cell holds a number and no more than belongs to it."""
    return bool(_FIGURE.fullmatch(cell)) and not _YEAR.fullmatch(cell)


def is_time(label: str) -> bool:
    """Whether a label names a year, a part of it or a comparison of years, and nothing that is counted."""
    words = without_unit(label)
    return bool(words) and bool(_TIME.fullmatch(words))


def opens_table(cells: Sequence[str]) -> bool:
    """Whether a row below others has the heads of another table, or those of its own again."""
    first = next((cell for cell in cells if cell), "")
    return len(cells) > 1 and bool(_OPENS_TABLE.fullmatch(first)) and not any(map(is_figure, cells))


def lay_out(rows: Sequence[Sequence[str]], report_year: int | None, codebook: Codebook) -> TableLayout:
    """The layout of a table given as tidy cells; without heads where its first row holds a figure."""
    captions = _count_captions(rows)
    heads = captions + _count_heads(rows[captions:])
    width = max(map(len, rows))
    if heads == captions:
        return TableLayout(0, (), False)
    paths = _paths([[*row, *[""] * (width - len(row))] for row in rows[captions:heads]])
    whole = [row for row in rows[heads:] if len(row) == width] or rows[heads:]
    body: list[list[str]] = [[] for _ in range(width)]  # the cells that are not empty
    for row in whole:
        for at, cell in enumerate(row):
            if cell:
                body[at].append(cell)
    joined = ["".join(path) for path in paths]
    beside = heads_beside(joined)
    found = [read_head(path, beside, report_year, codebook) for path in paths]
    roles = [_role(path[-1] if path else "", cells) for path, cells in zip(paths, body, strict=True)]
    columns: list[TableColumn] = []
    labels = [at for at, role in enumerate(roles) if role == "label"]
    for at, (role, head) in enumerate(zip(roles, found, strict=True)):
        on_the_left = bisect_left(labels, at)
        label = labels[on_the_left - 1] if on_the_left else None
        category = label - 1 if label and roles[label - 1] == "label" else None
        if label and category is None and label > 1 and roles[label - 1] == "serial" and roles[label - 2] == "label":
            category = label - 2
        day = role == "time" and any(map(_DAY.fullmatch, body[at]))
        columns.append(TableColumn(role, head, label, category, day))
    lists_places = any(_lists_places(joined[at], body[at], len(labels) == 1) for at in labels)
    return TableLayout(heads, tuple(columns), lists_places)


def _lists_places(head: str, cells: Sequence[str], alone: bool) -> bool:
    """Whether a column of labels lists villages or, where no other says what is counted, offices (`alone`)."""
    names = [cell for cell in cells if cell and not is_total(cell)]
    return bool(alone and _PLACES.fullmatch(head)) or (len(names) > 1 and all(map(_PLACE.fullmatch, names)))


def _count_captions(rows: Sequence[Sequence[str]]) -> int:
    """Rows above the heads that hold one cell: a title that spans the table, or the unit of its figures."""
    count = 0
    while count < len(rows) - 1 and sum(map(bool, rows[count])) < 2:
        count += 1
    return count


def _count_heads(rows: Sequence[Sequence[str]]) -> int:
    """Rows of heads: those without a figure. Below the first stands another one only where cells span."""
    if any(map(is_figure, rows[0])):
        return 0
    count = 1
    while count < min(len(rows), _MOST_HEADS):
        above, row = rows[count - 1], rows[count]
        spans = len(above) < len(row) or "" in above or any(a == b and a for a, b in zip(above, row, strict=False))
        if not spans or any(map(is_figure, row)):
            break
        count += 1
    return count


def _paths(heads: Sequence[Sequence[str]]) -> list[list[str]]:
    """The heads above each column, from top to bottom; one that spans columns stands above each of them."""
    paths = []
    filled = [[at for at, head in enumerate(row) if head] for row in heads]
    for at in range(len(heads[0])):
        path: list[str] = []
        for level, row in enumerate(heads):
            head = row[at]
            below = [lower[at] for lower in heads[level + 1 :]]
            if not head and any(below):
                on_the_left = bisect_left(filled[level], at)
                left = filled[level][on_the_left - 1] if on_the_left else None
                # A head over several rows spans no columns.
                own = left is not None and any(lower[left] not in ("", row[left]) for lower in heads[level + 1 :])
                head = row[left] if left is not None and own else ""
            if head and head not in path:
                path.append(head)
        paths.append(path)
    return paths


def _role(words: str, cells: Sequence[str]) -> str:
    """The role of a column, by its lowest head and by what most of its cells hold."""
    shown = [cell for cell in cells if cell]
    half = len(shown) / 2
    if _SERIAL.fullmatch(words) or (not words and sum(map(bool, map(_RUNNING.fullmatch, shown))) > half):
        return "serial"
    if not shown:
        return "aside"
    if is_remark(words):
        return "remark"
    if sum(cell in UNIT_WORDS for cell in shown) > half:
        return "unit"
    days, times = sum(bool(_DAY.fullmatch(cell)) for cell in shown), sum(map(is_time, shown))
    if max(days, times) > half and not _DEADLINE.search(words):
        return "time"
    if is_aside(words):
        return "aside"
    if sum(len(cell) > _PROSE for cell in shown) > half:
        return "figure"
    names = sum(bool(_NAME.fullmatch(cell)) and not is_figure(cell) for cell in shown)
    return "label" if names > half and (not is_bare(words) or words.endswith("内容")) else "figure"
