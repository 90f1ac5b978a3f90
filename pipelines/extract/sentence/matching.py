"""Matching: which rules of the codebook the words around a figure meet, and which of them is the nearest and fullest.

Here belong what a rule may look at (Sight), the choice among rules, and the words that count for nothing between a head
and its number. Not here: where to look (pipelines.extract.sentence.reading and .sharing).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipelines.codebook.compile import Rule
from pipelines.extract.sentence.context import Passage, Token, Window

#: Words that may stand between a head and its number, or alone before a number, without saying what is counted.
_LIGHT = """
    在管 在矫 建档 不到 不足 以上 以内 左右 上下 全年 今年 本年度? 年内 年度 当年 目前 现有 现
    一年来 至今 以来 截至 上半年 下半年 第?[一二三四]季度 累计 共计 总计 合计 总共 共 计 总 先后 分别 均 都 各 双 全部
    已经 已 了 开展 组织 举办 召开 举行 完成 进行 实现 实施 办理 办 达到 达 为 有 是 约 大约
    近 将近 超过 超 逾 突破 不少于 不低于 至少 满 等 的 工作 活动 任务 各类 各项 数量 总数
    总量 次数 场次 件数 人数 数 量 情况 其中 包括 并 也 还 又 另 一共 稳定在 保持在 保持 在
    在册 实有 仅有 仅 目前有 登记 到位 在岗 新增 全镇 全乡 全街道 街道 我镇 我乡 年底 年末 期末
    至年底 到年底 每年 一年 升至 升为 提升至 提升到 提高到 提高至 增至 增加到 增加至 达至 至此
    拥有 国家级 自治区级 自治州级 省级 市级 县级 区级 州级 盟级 旗级 乡级 镇级 村级 社区级 压减为
    调整为 优化为 精简为 20[0-9]{2}年度? [0-9]{1,2}月
"""
_PUNCTUATION = "[“”\"'‘’()（）:：,，、《》]"
# Possessive, the longest word first: no run of light words is tried in two ways, so none costs more than its length.
LIGHT_ONLY = re.compile(rf"(?:{'|'.join(sorted(_LIGHT.split(), key=len, reverse=True))}|{_PUNCTUATION})*+")
#: Words between the mark of a list and its next number.
HEDGE = "不少于|不低于|不到|不足|至少|超过|大约|将近|约|近|超|逾"
# What became of the things counted does not change what they are: 信访件17件全部办结.
_OUTCOME = re.compile(r"[(（]?(?:全部|均|都|已|按期|按时|及时|限时)")

#: How sure a fact is, by how it was read.
CONFIDENCE = {"clause": 0.95, "shared": 0.9, "carried": 0.8, "tie": 0.6}


@dataclass(slots=True)
class Reading:
    """One rule met by one figure. `start` is where the words that decided it begin."""

    rule: Rule
    start: int
    read_as: str
    scope: str = ""
    reach: int = 0  # end of the words right of the number that decided it, where some did


@dataclass(slots=True)
class Candidate:
    """A rule that fits, and the head it was found by."""

    rule: Rule
    token: Token
    size: int

    def key(self) -> tuple[int, int, int]:
        """What makes one better than another: a longer head, more conditions, an earlier place in the codebook."""
        return (self.size, self.rule.specificity, -self.rule.rank)


class Around:
    """The wider surroundings of a figure: looked up when a rule asks for them, and kept."""

    __slots__ = ("_context", "_passage", "_subjects", "_topics", "_view")

    def __init__(self, passage: Passage, view: Window) -> None:
        """Of the figure in a window of a passage."""
        self._passage, self._view = passage, view
        self._context = self._topics = self._subjects = -1

    def context(self) -> int:
        """What the sentence up to the end of the figure's clause says, and the headings above it."""
        if self._context < 0:
            end = self._passage.clause_end(self._view.figure.end)
            self._context = self._passage.bits(0, end) | self._passage.context.heading
        return self._context

    def topics(self) -> int:
        """The topics that the figure is about."""
        if self._topics < 0:
            self._topics = self._passage.topics(self._view)
        return self._topics

    def subjects(self) -> int:
        """The audience or organ that the figure is about."""
        if self._subjects < 0:
            self._subjects = self._passage.subjects(self._view)
        return self._subjects


@dataclass(slots=True)
class Sight:
    """What a rule may look at: masks of the words near the figure and of its clause, and what lies around these."""

    unit: str
    near: int
    barring: int  # like near, but for examples that 等 closes: 信访、合同等难题11个 is not about petitions
    clause: int
    around: Around | None = None
    topics: int = 0  # where they are not those of `around`
    subjects: int = 0

    def fits(self, rule: Rule) -> bool:
        """Whether all conditions of a rule are met; the farthest are looked at last."""
        if self.barring & rule.without:
            return False
        return (
            all(self.near & mask for mask in rule.near)
            and all(self.clause & mask for mask in rule.requires)
            and (not rule.topics or bool(self._topics() & rule.topics))
            and (not rule.subjects or bool(self._subjects() & rule.subjects))
            and all(self._context() & mask for mask in rule.context)
            and not (rule.without_context and self._context() & rule.without_context)
        )

    def _context(self) -> int:
        return self.clause | (self.around.context() if self.around else 0)

    def _topics(self) -> int:
        return self.topics or (self.around.topics() if self.around else 0)

    def _subjects(self) -> int:
        return self.subjects or (self.around.subjects() if self.around else 0)


def look(passage: Passage, view: Window) -> Sight:
    """What rules may look at for a figure in its window."""
    figure = view.figure
    right = passage.bits(figure.end, view.right)
    left = passage.bits(view.left, figure.start)
    examples = passage.text.rfind("等", view.left, figure.start)
    barring = passage.bits(examples, figure.start) if examples > view.left else left
    clause = left | right | passage.bits(view.clause, view.left)
    if not _OUTCOME.match(passage.text, figure.end):
        barring |= right
    return Sight(figure.unit, left | right, barring, clause, Around(passage, view))


def touches(passage: Passage, token: Token, view: Window) -> bool:
    """Whether nothing but light words stands between a token and the figure to its right."""
    between = passage.text[token[1] : view.figure.start]
    return bool(LIGHT_ONLY.fullmatch(between))


def best(passage: Passage, tokens: Sequence[Token], sight: Sight, side: str) -> list[Candidate]:
    """The candidates of the head nearest to the number that any rule accepts, best first; weak rules only if no other.

    Right of a number the head is the last noun of an unbroken run (18宗行政处罚案卷 are files, not penalties).
    """
    kept: dict[bool, list[Candidate]] = {True: [], False: []}
    ordered = reversed(tokens) if side == "left" else sorted(tokens, key=lambda t: t[1])
    for _, group in groupby(ordered, key=lambda t: t[1]):
        found = _candidates(passage, group, sight, side)
        if not found:
            continue
        before = kept[found[0].rule.weak]
        if not before:
            kept[found[0].rule.weak] = found
            if side == "left" and not found[0].rule.weak:
                break
        elif side == "right" and found[0].token[0] <= before[0].token[1]:
            kept[found[0].rule.weak] = found
    return kept[False] or kept[True]


def _candidates(passage: Passage, tokens: Iterable[Token], sight: Sight, side: str) -> list[Candidate]:
    found = [
        Candidate(rule, token, token[1] - token[0])
        for token in tokens
        for rule in passage.term(token).heads.get(sight.unit, ())
        if rule.side in (side, "both") and sight.fits(rule)
    ]
    found.sort(key=Candidate.key, reverse=True)
    return found
