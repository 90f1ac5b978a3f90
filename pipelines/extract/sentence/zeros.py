"""Zeros: figures that a report states without a number (未发生行政复议、行政诉讼案件; 进京上访零发生).

An indicator may be zero in words only where the codebook marks a rule of it with `zero`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from pipelines.codebook.compiled import Rule
from pipelines.extract.sentence.candidates import MatchContext
from pipelines.extract.sentence.tokens import Span, Token, TokenizedSentence
from pipelines.numerals.scan import Opening, scan

# Each alternative opens with a character and not with a condition, so that `re` skips fast what opens none.
_NOT_HAPPENED = re.compile(
    r"未发生过?|没有发生过?|未出现过?|没有出现过?|未收到|未接到|没有收到|未产生|没有产生|无一(?:起|件|例|宗|人|名)?|未有|零发生|均无|未实施|没有实施|未作出(?=行政处罚)|未(?:引发|引起)|未(?=因[^,，。;；0-9]{1,16}(?:引发|引起))|没有(?=复议|诉讼|败诉|信访)|没有(?:一起|一例)|没有(?=行政|群体|重大|一起|发生)|无(?=进京|越级|赴省|集体上访|群访|非访|行政(?:复议|诉讼|应诉)|行政处罚(?!权|记录|资格|事项)|败诉|群体性|重大决策|民转刑|越级|重大(?:安全|事故)|安全生产事故|较大)"
    r"|全年(?<=\(全年)(?:无|没有)|都(?<=\(都)(?:无|没有)|全部(?<=\(全部)(?:无|没有)|无(?<=\(无)|没有(?<=\(没有)"
)
_NO_CASE = r"零[”\"]?(?:事故|上访|败诉|复议|诉讼|纠错|投诉|发案|案件)"
_NOTHING = "(?:零|0)(?![0-9.])"
_ZERO_AFTER = re.compile(
    rf"零发生|{_NO_CASE}|“{_NO_CASE}|\"{_NO_CASE}|为{_NOTHING}|均为{_NOTHING}|皆为{_NOTHING}|是{_NOTHING}|保持{_NOTHING}"
    r"|“零[”\"]|\"零[”\"]|零记录|均未(?:发生|出现)|都未(?:发生|出现)"
)
#: How a zero in words starts: a text without any of these states none.
ZERO_OPENINGS: tuple[Opening, ...] = (
    ("未", "(?:发生|出现|收到|接到|产生|有|实施|作出|因|引发|引起)"),
    ("没", "有"),
    ("无", "(?:一|进京|越级|赴省|集体|群访|非访|行政|败诉|群体|重大|民转刑|安全生产|较大)"),
    ("均", "无"),
    ("为是持", "0"),
    ("零", ""),
)
MAY_STATE_ZERO = scan(ZERO_OPENINGS)
_LINK = re.compile(r"[^,，。;；:：0-9]{0,14}?(?:、|和|及|与|以及|或|或者|,|，|且)?[^,，。;；:：0-9]{0,6}")
_AND = re.compile(r"、|和|及|与|或")
# 没有行政复议、行政诉讼案件被撤销: what is denied is what became of the things before it.
_BECAME = re.compile(r"(?<![无未没有])被(?!告)(?:(?!案件|情[形况]|的).){1,12}$")
_REACH = 14
# 没有一起因调处不当引发的民转刑案件: what was caused is what did not happen.
_CAUSE = re.compile(r"(?:一起|一例)?因[^,，。;；]{0,20}$")


@dataclass(frozen=True, slots=True)
class ZeroStatement:
    """A rule whose indicator the words of a sentence make zero. Offsets are those of the wording."""

    rule: Rule
    start: int  # of the words that say so
    end: int
    evidence: Span


def find_zeros(sentence: TokenizedSentence) -> Iterator[ZeroStatement]:
    """The zero statements of one sentence, one for each indicator."""
    seen: set[str] = set()
    found = [_zeros_behind(sentence, cue.start(), cue.end()) for cue in _NOT_HAPPENED.finditer(sentence.text)]
    found += [_zeros_before(sentence, cue.start(), cue.end()) for cue in _ZERO_AFTER.finditer(sentence.text)]
    for zero in chain.from_iterable(found):
        if zero.rule.metric not in seen:
            seen.add(zero.rule.metric)
            yield zero


def _zeros_behind(sentence: TokenizedSentence, start: int, cue_end: int) -> Iterator[ZeroStatement]:
    """The things named behind a cue such as 未发生, up to the first words that do not go on with the list."""
    clause, clause_end = sentence.clause_start(start), sentence.clause_end(cue_end)
    near = sentence.bits(cue_end, clause_end)
    context = MatchContext("", near, near, near | sentence.bits(clause, start))
    became = _BECAME.search(sentence.text, cue_end, clause_end)
    position = opening = became.start() if became else cue_end
    for token in sentence.between(opening, clause_end):
        gap = sentence.text[position : token[0]] if token[0] >= position else ""
        too_far = len(gap) > _REACH and not _CAUSE.match(gap)
        if too_far or (position != opening and token[0] >= position and not _LINK.fullmatch(gap)):
            break
        # Only the words of this one thing may bar a rule: those from the 、, 和 or 及 before it to the next.
        thing = _AND.search(sentence.text, token[1], clause_end)
        first = max([cue_end, *(mark.end() for mark in _AND.finditer(sentence.text, cue_end, token[0]))])
        barring = sentence.bits(first, thing.start() if thing else clause_end)
        rule = _zero_rule(sentence, token, replace(context, barring=barring))
        if rule:
            yield ZeroStatement(rule, start, token[1], (clause, clause_end))
            position = max(position, token[1])


def _zeros_before(sentence: TokenizedSentence, start: int, end: int) -> Iterator[ZeroStatement]:
    """The things named before a cue such as 零发生, in its clause."""
    clause = sentence.clause_start(start)
    near = sentence.bits(clause, end)
    context = MatchContext("", near, near, near)
    for token in reversed(sentence.between(clause, end)):
        rule = _zero_rule(sentence, token, context)
        if rule:
            yield ZeroStatement(rule, token[0], max(end, token[1]), (clause, sentence.clause_end(end)))


def _zero_rule(sentence: TokenizedSentence, token: Token, context: MatchContext) -> Rule | None:
    """The best rule marked `zero` that a token opens and that fits."""
    fitting = [rule for rule in sentence.term(token).zeros if context.fits(rule)]
    return max(fitting, key=lambda rule: (rule.specificity, -rule.rank)) if fitting else None
