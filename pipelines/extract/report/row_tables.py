"""Tables: a cell of a pipe table read as the sentence that its row label, column head and number would make.

The made-up sentence is read like any other. The label is the first cell, or the second in a table whose first column
groups the rows (类别 | 指标 | 数量).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from pipelines.codebook.cues import period_reason
from pipelines.extract.cache import SentenceCache
from pipelines.extract.report.sections import ReportLine
from pipelines.extract.sentence.context import PrecedingContext
from pipelines.extract.sentence.parsing import SentenceNumber, parse_sentence, sentence_number, wording_of
from pipelines.extract.sentence.statement import SentenceFact, Statement, figure_facts
from pipelines.extract.sentence.tokens import Span
from pipelines.numerals.classifiers import UNITS
from pipelines.numerals.mentions import find_mentions

_UNIT_BRACKET = re.compile(r"[（(]([^（）()]{1,5})[)）]")
_TARGET = re.compile(r"目标|计划|任务[数量值]")
_OTHER_YEAR = re.compile(r"上年|上一年|去年|同期|上期|基期|往年|累计历年")
# Heads of columns that compare years, and hold no figure of one.
_GROWTH = re.compile(r"增减|增长|增幅|增降|变化|变动|同比|环比|升降|涨幅|降幅|[±＋+]/?[-－]?$")
_BARE_YEAR = re.compile(r"20[0-9]{2}")
# Beside a column of this year, one of sums counts from some year before on.
_SINCE = re.compile(r"(?:历年)?累计")
_OF_YEAR = re.compile(r"数量|数值|本[年期]|当年|全年|新增|20[0-9]{2}年")
# Heads that say in what a bare number below them counts.
_COUNTED = {
    "件数": "件",
    "次数": "次",
    "人数": "人",
    "场数": "场",
    "场次": "场次",
    "份数": "份",
    "户数": "户",
    "人次": "人次",
}
_UNITS = frozenset(UNITS) | {"%"}
_BARE = re.compile(r"[0-9][余多]?$")  # a number without a classifier
# The heads of a table whose rows are grouped, and what its second column then holds.
_CATEGORY = re.compile(
    r"(?:工作|项目|指标|业务|统计|任务|所属)?(?:类别|分类|类型|领域|板块|方面|维度|大类|种类|门类|模块|条线)(?:名称)?|一级(?:指标|项目)"
)
_WORK = re.compile(r"(?:重点|主要)?(?:工作|项目|事项)(?:项目|任务|内容|名称)?")
_INDICATOR = re.compile(
    r"(?:具体|工作|统计|主要|二级|三级|考核|评价|数据)?(?:指标|项目|事项|内容|名称|任务)(?:名称|内容|项目)?"
)
_NAME = re.compile(r"(?![0-9.]+\D{0,2}$)(?=.*[\u4e00-\u9fff]{2}).+")
_LEAST_COLUMNS = 3
_BLOCK = 100  # rows above that may belong to the same block


def read_row(
    text: str, line: ReportLine, furniture: Sequence[Span], report_year: int | None, cache: SentenceCache
) -> Statement:
    """What a table row states, in offsets of the row; the evidence of its figures is the row.

    text: the working text, for the rows above; furniture: spans of the row that belong to the page.
    """
    row = text[line.start : line.end]
    cells, heads, category, label = _named_cells(row, _heads(text, line))
    named = f"{category},{label}" if category else label
    unit = _row_unit(row, label, cells)
    numbers: list[SentenceNumber] = []
    facts: list[SentenceFact] = []
    for number, mention in enumerate(parse_sentence(row, line.part, furniture).mentions):
        if not heads and _BARE_YEAR.fullmatch(row[mention.start : mention.end]):
            mention = replace(mention, reason="date")  # it heads a column
        reason = mention.reason or "uncoded"
        column = bisect_right(cells, (mention.start, len(row))) - 1
        if not mention.reason and column >= 1 and mention.start < cells[column][1]:
            start, end = cells[column]
            head = heads[column] if column < len(heads) else ""
            made, at = _made_sentence(named, head, row[start:end], unit, (mention.start - start, mention.end - start))
            figure = next((found for found in find_mentions(made) if found.start == at), None)
            if figure:
                wording = wording_of(made, [figure])
                (reading,) = cache.reading(wording, PrecedingContext(), report_year).figures
                reason = _not_this_year(label, head, heads, report_year) or reading.reason
                if not reason:
                    place, unit_span = (mention.start, mention.end), (mention.digits_end, mention.end)
                    facts += [
                        replace(fact, evidence=(0, len(row)), figure=place, unit=unit_span)
                        for fact in figure_facts(made, wording, 0, reading, number)
                    ]
                mention = replace(mention, value=figure.value, unit=figure.unit)
        numbers.append(sentence_number(mention, reason))
    return Statement(tuple(numbers), tuple(facts))


def _named_cells(row: str, heads: list[str]) -> tuple[list[Span], list[str], str, str]:
    """The cells of a row and the heads above them, without a running number, and the row's category and label."""
    cells = _cells(row)
    if len(cells) > 2 and row[slice(*cells[0])].strip().isdigit():
        cells, heads = cells[1:], heads[1:]  # a running number is no label
    category, label = "", row[slice(*cells[0])] if cells else ""
    if _names_categories(heads):
        if len(cells) == len(heads) - 1:
            cells = [(0, 0), *cells]  # the category of the row above goes on
        if len(cells) > 1 and _NAME.fullmatch(row[slice(*cells[1])].strip()):
            category, label = row[slice(*cells[0])].strip(), row[slice(*cells[1])]
    return cells, heads, category, label


def _names_categories(heads: Sequence[str]) -> bool:
    """Whether the first column groups the rows, and the second one names what each row counts (类别 | 指标 | 数量)."""
    if len(heads) < _LEAST_COLUMNS:
        return False
    first, second = heads[0], _UNIT_BRACKET.sub("", heads[1]).strip()
    is_group = _CATEGORY.fullmatch(first) or ("指标" in second and _WORK.fullmatch(first))
    return bool(is_group and _INDICATOR.fullmatch(second))


def _not_this_year(label: str, head: str, heads: Sequence[str], report_year: int | None) -> str:
    """The reason that a label or head gives for its figures, or '': another year, many years, a comparison of
    years, or a target."""
    for words in (label, head):
        reason = "last_year" if _OTHER_YEAR.search(words) else period_reason(words, 0, len(words), report_year)
        if reason:
            return reason
    if _GROWTH.search(head):
        return "growth"
    if _SINCE.match(head) and any(_OF_YEAR.search(other) for other in heads):
        return "multi_year"
    return "plan" if _TARGET.search(head) else ""


def _without_unit(words: str) -> str:
    """Words without a unit in brackets; other brackets (在册) say what is counted and stay."""
    return _UNIT_BRACKET.sub(lambda m: "" if m[1] in _UNITS else m.group(), words)


def _row_unit(text: str, label: str, cells: Sequence[Span]) -> str:
    """The classifier that a row gives its bare numbers: in brackets behind the label, or in a cell of its own."""
    bracket = _UNIT_BRACKET.search(label)
    if bracket and bracket[1] in _UNITS:
        return bracket[1]
    return next((text[a:b] for a, b in cells[1:] if text[a:b] in _UNITS), "")


def _made_sentence(label: str, head: str, cell: str, row_unit: str, span: Span) -> tuple[str, int]:
    """The sentence that a cell makes with its label and head, and where its figure stands in it.

    span: of the figure in the cell; row_unit: the classifier of a figure that has none in its cell or head.
    """
    before, number, after = cell[: span[0]], cell[span[0] : span[1]], cell[span[1] :]
    bracket = _UNIT_BRACKET.search(head)
    if _BARE.search(number):
        counted = _COUNTED.get(head, "")
        number += bracket[1] if bracket and bracket[1] in _UNITS else row_unit or counted
        head = "" if counted else head
    own = re.sub(r"[^\u4e00-\u9fff]", "", before)
    start = f"{_without_unit(label)},{before}" if own else f"{_without_unit(label)}{_without_unit(head)}"
    return f"{start}{number}{after}", len(start)


def _heads(text: str, line: ReportLine) -> list[str]:
    """The cells of the first row of the block of table rows that this line stands in; none for that row itself."""
    start = line.start
    for _ in range(_BLOCK):
        if not start:
            break
        above = text.rfind("\n", 0, start - 1) + 1
        if "|" not in text[above:start]:
            break
        start = above
    if start == line.start:
        return []
    end = text.find("\n", start)
    top = text[start : end if end >= 0 else len(text)]
    heads = [top[a:b].strip() for a, b in _cells(top)]
    return [f"{head}年" if _BARE_YEAR.fullmatch(head) else head for head in heads]


def _cells(row: str) -> list[Span]:
    """Spans of the cells of a row, without the empty one that an outer bar makes."""
    bars = [at for at, char in enumerate(row) if char == "|"]
    spans = list(zip([0, *(at + 1 for at in bars)], [*bars, len(row)], strict=True))
    return spans if row[slice(*spans[0])].strip() else spans[1:]
