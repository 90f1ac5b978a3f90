"""Candidates: the rules of the codebook that fit the words around a figure, and which head word is nearest to it.

Where to search is decided in `pipelines.extract.sentence.matching` and `.sharing`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from pipelines.codebook.compiled import Rule
from pipelines.extract.sentence.context import HEADING
from pipelines.extract.sentence.tokens import Token, TokenizedSentence, Window

#: Words that may stand between a head and its number, or alone before a number, without saying what is counted.
_LIGHT = """
    在管 在矫 建档 不到 不足 以上 以内 左右 上下 全年 今年 本年度? 年内 年度 当年 目前 现有 现
    一年来 至今 以来 截至 上半年 下半年 第?[一二三四]季度 累计 共计 总计 合计 总共 共 计 总 先后 分别 均 都 各 双 全部
    已经 已 了 开展 组织 举办 召开 举行 完成 进行 实现 实施 办理 办 达到 达 为 有 是 约 大约
    近 将近 超过 超 逾 突破 不少于 不低于 至少 满 等 的 工作 活动 任务 各类 各项 数量 总数
    总量 次数 场次 件数 人数 数 量 情况 其中 包括 并 也 还 又 另 一共 稳定在 保持在 保持 在
    在册 实有 仅有 仅 目前有 登记 到位 在岗 新增 全镇 全乡 全街道 街道 我镇 我乡 年底 年末 期末
    至年底 到年底 每年 一年 升至 升为 提升至 提升到 提高到 提高至 增至 增加到 增加至 达至 至此
    实际完成 实际达 实际达到 本年
    拥有 国家级 自治区级 自治州级 省级 市级 县级 区级 州级 盟级 旗级 乡级 镇级 村级 社区级 压减为
    调整为 优化为 精简为 20[0-9]{2}(?:年度?|度) [0-9]{1,2}月(?:份|底|末)? [0-9]{1,2}[-—~至到][0-9]{1,2}月
"""
_PUNCTUATION = "[“”\"'‘’()（）:：,，、《》]"
# Possessive, the longest word first: no run of light words is tried in two ways, so none costs more than its length.
LIGHT_ONLY = re.compile(rf"(?:{'|'.join(sorted(_LIGHT.split(), key=len, reverse=True))}|{_PUNCTUATION})*+")
#: Words between the mark of a list and its next number.
HEDGE = "不少于|不低于|不到|不足|至少|超过|大约|将近|约|近|超|逾"
# What became of the things counted does not change what they are: 信访件17件全部办结.
_OUTCOME = re.compile(r"[(（]?(?:全部|全员|均|都|已|按期|按时|及时|限时)")


@dataclass(slots=True)
class Match:
    """One rule that one figure matches."""

    rule: Rule
    start: int  # where the words that decided it start
    read_as: str
    scope: str = ""  # the words of the item, where several share the number
    scope_span: tuple[int, int] = (0, 0)
    reach: int = 0  # end of the words right of the number that decided it, where some did
    tied_with: tuple[str, ...] = ()  # of a tie: the other indicators, in the order of the codebook


@dataclass(slots=True)
class Candidate:
    """A rule that fits, and the head word that it was found by."""

    rule: Rule
    token: Token
    size: int  # characters of the head word

    def key(self) -> tuple[int, int, int]:
        """What makes one better than another: a longer head, more conditions, an earlier place in the codebook."""
        return (self.size, self.rule.specificity, -self.rule.rank)


class WiderContext:
    """What a rule may ask beyond the clause of a figure. Each answer is found when a rule first asks, and kept."""

    __slots__ = ("_sentence", "_so_far", "_subjects", "_topics", "_window")

    def __init__(self, sentence: TokenizedSentence, window: Window) -> None:
        """For the figure in a window of a sentence."""
        self._sentence, self._window = sentence, window
        self._so_far = self._topics = self._subjects = -1

    def so_far(self) -> int:
        """The bits of the sentence up to the end of the figure's clause, and of the headings above it."""
        if self._so_far < 0:
            sentence = self._sentence
            end = sentence.clause_end(self._window.figure.end)
            self._so_far = sentence.bits(0, end) | sentence.context.answer(HEADING)
        return self._so_far

    def topics(self) -> int:
        """The topics that the figure is about."""
        if self._topics < 0:
            self._topics = self._sentence.topics(self._window)
        return self._topics

    def subjects(self) -> int:
        """The audience or organ that the figure is about."""
        if self._subjects < 0:
            self._subjects = self._sentence.subjects(self._window)
        return self._subjects


@dataclass(slots=True)
class MatchContext:
    """What a rule is matched against: the bits of the words near a figure, of its clause, and what lies beyond."""

    unit: str
    near: int
    barring: int  # like near, but for examples that 等 closes: 信访、合同等难题11个 is not about petitions
    clause: int
    wider: WiderContext | None = None
    topics: int = 0  # if not 0, these and not those of `wider`
    subjects: int = 0

    def fits(self, rule: Rule) -> bool:
        """Whether all conditions of a rule are met. What is costly to find is asked last."""
        if self.barring & rule.without:
            return False
        for mask in rule.near:
            if not self.near & mask:
                return False
        for mask in rule.requires:
            if not self.clause & mask:
                return False
        wider = self.wider
        if rule.topics and not (self.topics or (wider.topics() if wider else 0)) & rule.topics:
            return False
        if rule.subjects and not (self.subjects or (wider.subjects() if wider else 0)) & rule.subjects:
            return False
        if rule.context or rule.without_context:
            so_far = self.clause | (wider.so_far() if wider else 0)
            return all(so_far & mask for mask in rule.context) and not so_far & rule.without_context
        return True


def match_context(sentence: TokenizedSentence, window: Window) -> MatchContext:
    """What rules are matched against for the figure of a window."""
    figure = window.figure
    right = sentence.bits(figure.end, window.right)
    left = sentence.bits(window.left, figure.start)
    examples = sentence.text.rfind("等", window.left, figure.start)
    barring = 0
    for token in sentence.named(max(examples, window.left), figure.start):
        barring |= sentence.term(token).bits
    clause = left | right | sentence.bits(window.clause, window.left)
    if not _OUTCOME.match(sentence.text, figure.end):
        barring |= right
    return MatchContext(figure.unit, left | right, barring, clause, WiderContext(sentence, window))


def touches(sentence: TokenizedSentence, token: Token, window: Window) -> bool:
    """Whether nothing but light words stands between a token and the figure to its right."""
    return bool(LIGHT_ONLY.fullmatch(sentence.text[token[1] : window.figure.start]))


def best_candidates(
    sentence: TokenizedSentence, tokens: Sequence[Token], context: MatchContext, side: str
) -> list[Candidate]:
    """The candidates of the head nearest to the number that any rule accepts, best first; weak rules only if no other.

    side: on which side of the number the tokens stand, `left` or `right`. Right of a number the head is the last noun
    of an unbroken run (18宗行政处罚案卷 are files, not penalties).
    """
    strong: list[Candidate] = []
    weak: list[Candidate] = []
    terms, unit, sides = sentence.codebook.terms, context.unit, (side, "both")
    heads = [(token, rules) for token in tokens if (rules := terms[token[2]].heads.get(unit))]
    if not heads:
        return []
    ordered = reversed(heads) if side == "left" else sorted(heads, key=_end)
    for _, same_end in groupby(ordered, key=_end):
        found = [
            Candidate(rule, token, token[1] - token[0])
            for token, rules in same_end
            for rule in rules
            if rule.side in sides and context.fits(rule)
        ]
        if not found:
            continue
        found.sort(key=Candidate.key, reverse=True)
        is_weak = found[0].rule.weak
        before = weak if is_weak else strong
        if before and not (side == "right" and found[0].token[0] <= before[0].token[1]):
            continue
        if is_weak:
            weak = found
        else:
            strong = found
            if side == "left":
                break
    return strong or weak


def _end(head: tuple[Token, Sequence[Rule]]) -> int:
    """Where a token ends that is a head of some rules."""
    return head[0][1]
