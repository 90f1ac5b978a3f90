"""Zeros: figures that a report states without a number (未发生行政复议、行政诉讼案件; 进京上访零发生).

Here belongs the reading of such statements. Not here: which indicators may be zero (rules marked `zero`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipelines.codebook.compile import Rule
from pipelines.extract.sentence.context import Passage, Token
from pipelines.extract.sentence.matching import Sight
from pipelines.numerals.scan import Opening, scan

_NOT_HAPPENED = re.compile(
    r"未发生过?|没有发生过?|未出现过?|没有出现过?|未收到|未接到|没有收到|未产生|没有产生|无一(?:起|件|例|宗|人|名)?|未有|零发生|均无|未实施|没有实施|未作出(?=行政处罚)|未(?:引发|引起)|未(?=因[^,，。;；0-9]{1,16}(?:引发|引起))|没有(?=复议|诉讼|败诉|信访)|没有(?:一起|一例)|没有(?=行政|群体|重大|一起|发生)|无(?=进京|越级|赴省|集体上访|群访|非访|行政(?:复议|诉讼)|行政处罚(?!权|记录|资格|事项)|败诉|群体性|重大决策|民转刑|越级|重大(?:安全|事故)|安全生产事故|较大)"
)
_ZERO_AFTER = re.compile(
    r"零发生|[“\"]?零[”\"]?(?:事故|上访|败诉|复议|诉讼|纠错|投诉|发案|案件)|(?:为|均为|皆为|是|保持)(?:零|0)(?![0-9.])|[“\"]零[”\"]|零记录|[均都]未(?:发生|出现)"
)
#: A text without these states no zero in words.
OPENINGS: tuple[Opening, ...] = (
    ("未", "(?:发生|出现|收到|接到|产生|有|实施|作出|因|引发|引起)"),
    ("没", "有"),
    ("无", "(?:一|进京|越级|赴省|集体|群访|非访|行政|败诉|群体|重大|民转刑|安全生产|较大)"),
    ("均", "无"),
    ("为是持", "0"),
    ("零", ""),
)
HINT = scan(OPENINGS)
_LINK = re.compile(r"[^,，。;；:：0-9]{0,14}?(?:、|和|及|与|以及|或|或者|,|，|且)?[^,，。;；:：0-9]{0,6}")
_AND = re.compile(r"、|和|及|与|或")
_REACH = 14
# 没有一起因调处不当引发的民转刑案件: what was caused is what did not happen.
_CAUSE = re.compile(r"(?:一起|一例)?因[^,，。;；]{0,20}$")


@dataclass(frozen=True, slots=True)
class Zero:
    """A rule that a statement makes zero, and the words that say so."""

    rule: Rule
    start: int  # of the words that say so, as `end`
    end: int
    evidence: tuple[int, int]


def find_zeros(passage: Passage) -> Iterator[Zero]:
    """Zero statements of one sentence. A metric is yielded once a sentence."""
    seen: set[str] = set()
    for cue in _NOT_HAPPENED.finditer(passage.text):
        for zero in _after(passage, cue.start(), cue.end(), passage.clause_end(cue.end())):
            if zero.rule.metric not in seen:
                seen.add(zero.rule.metric)
                yield zero
    for cue in _ZERO_AFTER.finditer(passage.text):
        for zero in _before(passage, cue.start(), cue.end()):
            if zero.rule.metric not in seen:
                seen.add(zero.rule.metric)
                yield zero


def _after(passage: Passage, start: int, cue_end: int, clause_end: int) -> Iterator[Zero]:
    clause = passage.clause_start(start)
    near = passage.bits(cue_end, clause_end)
    sight = Sight("", near, near, near | passage.bits(clause, start))
    position = cue_end
    for token in passage.between(cue_end, clause_end):
        gap = passage.text[position : token[0]] if token[0] >= position else ""
        if (len(gap) > _REACH and not _CAUSE.match(gap)) or (
            position != cue_end and token[0] >= position and not _LINK.fullmatch(gap)
        ):
            break
        rule = _zero_rule(passage, token, replace(sight, barring=_thing(passage, token, clause_end)))
        if rule:
            yield Zero(rule, start, token[1], (clause, clause_end))
            position = max(position, token[1])


def _before(passage: Passage, start: int, end: int) -> Iterator[Zero]:
    clause = passage.clause_start(start)
    near = passage.bits(clause, end)
    sight = Sight("", near, near, near)
    for token in reversed(passage.between(clause, end)):
        rule = _zero_rule(passage, token, sight)
        if rule:
            yield Zero(rule, token[0], max(end, token[1]), (clause, passage.clause_end(end)))


def _thing(passage: Passage, token: Token, end: int) -> int:
    """What is said of the one thing that a token begins to name: up to the next 、, 和 or 及."""
    cut = _AND.search(passage.text, token[1], end)
    return passage.bits(token[0], cut.start() if cut else end)


def _zero_rule(passage: Passage, token: Token, sight: Sight) -> Rule | None:
    fitting = [rule for rule in passage.term(token).zeros if sight.fits(rule)]
    return max(fitting, key=lambda rule: (rule.specificity, -rule.rank)) if fitting else None
