"""Heads of tables: what the words above a column say of its figures.

A head gives words that name what is counted (受理, 罚款), a classifier for bare numbers (件数, 数量(件)), a part of the
year (上半年), or the reason why the figures below it are no facts of the year (增幅, 目标, 备注). A head in which
nothing is understood gives a reason too: a figure of unknown meaning is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipelines.codebook.compiled import Codebook
from pipelines.codebook.cues import period_reason
from pipelines.numerals.classifiers import UNITS
from pipelines.numerals.months import find_months

UNIT_WORDS = frozenset(UNITS) | {"%"}
_UNIT = re.compile(r"[（(](?:单位[:：])?([^（）()]{1,5})[)）]|[/:：]([^/:：]{1,3})$")
_STATED_UNIT = re.compile(r"(?:计量)?单位[:：]\s*([^\s、,，;；/)）|]{1,4})(?:\s*[)）|]|$)")
_SPACE = re.compile(r"\s+")
_RULE = re.compile("[-:—]{2,}")  # below the heads of a Markdown table

_YEAR_HEAD = re.compile(r"(20[0-9]{2})年?度?")
_OTHER_YEAR = re.compile(r"上年|上一年|去年|前年|同期|上期|基期|往年|累计历年")
# Heads of columns that compare years, and hold no figure of one.
_GROWTH = re.compile(r"增减|增长|增幅|增降|变化|变动|同比|环比|升降|涨幅|降幅|较上年|比上年|[±＋+]/?[-－]?$")
_SINCE = re.compile(r"(?:历年)?累计")  # beside a column of this year, one of sums counts from some year before on
_MANY = re.compile(r"(?:[两二三四五六]|[2-6])年(?:来|间|累|合|总|平)|历年")
_THIS_YEAR = re.compile(r"数量|数值|本[年期]|当年|全年|新增|20[0-9]{2}年")
_TARGET = re.compile(r"目标|计划|任务[数量值]|应[完达]")
_TARGET_MET = re.compile(r"(?:目标|任务)(?:实际)?完成(?:情况|数|值|量)|实际.*")
# Other columns that hold no figure of the township's work, by the reason of their figures.
_ASIDE = (
    (
        "share",
        re.compile(
            r"(?:完成|达标|达成)(?:率|比例|百分比|进度)|进度$|占比|比重|份额|占.*(?:比例|比率|%)|^(?:比例|百分比)$"
        ),
    ),
    ("rank", re.compile(r"(?:排名|名次|位次|排位)$")),
    ("average", re.compile(r"平均|均值|[人户村]均")),
    ("upper_level", re.compile(r"^(?:全[县市区省国州旗]|[县市省区](?:本?级|里)?)(?:数据?|数量|合计|情况)?$")),
    ("part_of_total", re.compile(r"^(?!.*(?:示范|法治|民主|文明|的)).{1,8}(?:村|社区|居委会)$")),
    (
        "uncoded",
        re.compile(
            r"(?:分[值数]|[得评扣加减满计]分|权重|系数|责任(?:单位|部门|人|领导|科室|主体|站所)|"
            r"(?:牵头|配合|负责|承办|联系|主办|协办|报送|填报)(?:人|单位|部门|科室|站所|领导)|部门|时[限间]|日期|依据|来源|地点|"
            r"佐证(?:材料)?|措施|联系电话|电话|文号|编号|代码|序号|项次|页码|评价|等[级次]|原因)$"
        ),
    ),
)
_PART = re.compile("^其中[:：]?")
_REMARK = re.compile(r"(?:备\s*注|备考|附注|说明|其他|补充|注)(?:说明|情况|事项)?")
_OWN_PLACE = re.compile(r"(?:[我本全](?:镇|乡|街道|街办)|[\u4e00-\u9fff]{1,6}(?:镇|乡|街道|办事处)(?:本级)?)(?:数据?)?")
# Words that say that a figure stands below, and not what it counts.
_BARE_HEAD = re.compile(
    r"(?:(?:实际|全年|年度|年内|本年度?|今年|当年|本期|累计|当期|工作|任务|目标|指标|统计|开展|落实|执行|实施|办理|完成|达到)*"
    r"(?:数量|数值|数据|数字|总数|总量|总计|合计|小计|共计|结果|情况|完成数|完成值|完成量|完成|实绩|实际|实际值|指标值|绩效|成果|"
    r"成效|值|数|量|全年|年度|本年度?|今年|当年|本期|累计|现状|实有数|进展))|年末数?|期末数?|个数|内容"
)
_TOTAL_HEAD = re.compile(
    r"(?:全年|年度|[全本][镇乡]|全街道)?(?:合\s*计|总\s*计|共\s*计|小\s*计|总数|累计)(?:数量?)?|[全本][镇乡]|全街道"
)
# Heads that say in what a bare number below them counts.
_COUNTED = {"人次": "人次", "件数": "件", "次数": "次", "场数": "场", "场次": "场次", "期数": "期", "份数": "份"} | {
    "户数": "户",
    "条数": "条",
    "起数": "起",
    "宗数": "宗",
    "人数": "人",
}


class Head(NamedTuple):
    """What the heads above a column say."""

    words: str = ""  # what is counted, '' where that is all in the labels of the rows
    unit: str = ""  # the classifier of bare numbers
    when: str = ""  # a part of the year
    reason: str = ""  # why the figures below are no facts
    is_part: bool = False  # they may be parts of another column's


def tidy(cell: str) -> str:
    """A head or label without spaces between its characters; a bare year gets its 年, a rule is blank."""
    words = _SPACE.sub("", cell)
    if _RULE.fullmatch(words):
        return ""
    return f"{words}年" if _YEAR_HEAD.fullmatch(words) and words.isdigit() else words


def unit_named(words: str) -> str:
    """The classifier in brackets, or behind a slash or colon, in the words of a head or label; '' if none is there."""
    for match in _UNIT.finditer(words):
        unit = match[1] or match[2]
        if unit in UNIT_WORDS:
            return unit
    return "%" if words in ("%", "％") else ""


def unit_stated(words: str) -> str:
    """The classifier of a whole table, from a line such as (单位:件); '' if the line states none or several."""
    match = _STATED_UNIT.search(words)
    return match[1] if match and match[1] in UNIT_WORDS else ""


def without_unit(words: str) -> str:
    """Words without a unit in brackets; other brackets (在册) say what is counted and stay."""
    return _UNIT.sub(lambda m: "" if (m[1] or m[2]) in UNIT_WORDS else m.group(), words)


def is_total(label: str) -> bool:
    """Whether a label or head says that its figures are the sums of the others."""
    return bool(_TOTAL_HEAD.fullmatch(label))


def is_bare(words: str) -> bool:
    """Whether a head says that figures stand below it, and not what they count."""
    return bool(_BARE_HEAD.fullmatch(without_unit(words)))


def is_remark(words: str) -> bool:
    """Whether a head stands over remarks, which may state figures of their own in words."""
    return bool(_REMARK.fullmatch(words))


def is_aside(words: str) -> bool:
    """Whether a head stands over who is in charge, marks and the like."""
    return bool(_ASIDE[-1][1].search(without_unit(words)))


def time_reason(words: str, report_year: int | None) -> str:
    """Why words that name a time put figures outside the year: last_year, multi_year, plan, growth, or ''."""
    if _GROWTH.search(words):
        return "growth"
    return "last_year" if _OTHER_YEAR.search(words) else period_reason(words, 0, len(words), report_year)


class Beside(NamedTuple):
    """What the heads of all columns say together: whether one names this year, and whether they name several years."""

    names_this_year: bool
    names_years: bool


def heads_beside(heads: Sequence[str]) -> Beside:
    """Look at the heads of all columns of a table, as one string each."""
    years = {found[1] for head in heads if (found := _YEAR_HEAD.search(head))}
    return Beside(any(map(_THIS_YEAR.search, heads)), len(years) > 1)


def read_head(path: Sequence[str], beside: Beside, report_year: int | None, codebook: Codebook) -> Head:
    """What the heads of a column say, from the top one to the lowest.

    path: the heads, tidy; beside: what those of all columns say.
    """
    if not path:
        return Head(reason="uncoded")
    words: list[str] = []
    unit = when = ""
    is_part = any(head.startswith("其中") for head in path)
    for head in path:
        unit = unit_named(head) or unit
        bare = _PART.sub("", without_unit(head))
        reason = _head_reason(bare, beside, report_year)
        if reason:
            return Head(reason=reason)
        match = _YEAR_HEAD.match(bare)
        if match:
            bare = bare[match.end() :]
        months = list(find_months(bare))
        if len(months) == 1:
            start, end = months[0].start, months[0].end
            when, bare = bare[start:end], bare[:start].removesuffix("第") + bare[end:]
        counted = next((name for name in _COUNTED if bare.endswith(name)), "")
        if counted:
            unit = unit or _COUNTED[counted]
            bare = bare if counted[0] == "人" and bare != counted else bare.removesuffix(counted)
        if (
            bare in ("", "%", "％")
            or _BARE_HEAD.fullmatch(bare)
            or _TOTAL_HEAD.fullmatch(bare)
            or _OWN_PLACE.fullmatch(bare)
        ):
            continue
        if not codebook.tokens(bare):
            return Head(reason="uncoded")
        words.append(bare)
    if beside.names_years and any(map(is_total, path)):
        return Head(reason="multi_year")
    return Head("".join(words), unit, when, "", is_part)


def _head_reason(words: str, beside: Beside, report_year: int | None) -> str:
    reason = time_reason(words, report_year)
    if reason:
        return reason
    if _MANY.search(words) or (beside.names_this_year and _SINCE.match(words)):
        return "multi_year"
    if _TARGET.search(words) and not _TARGET_MET.fullmatch(words):
        return "plan"
    return next((aside for aside, pattern in _ASIDE if pattern.search(words)), "")
