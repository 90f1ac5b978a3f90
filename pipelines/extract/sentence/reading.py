"""Readings: which rule of the codebook a figure answers to, found from the words nearest to it.

Here belong the few general ways of reading one figure: the head left or right of it, the predicate at the end of its
list, the head carried from the words before. Not here: words of any one indicator (those are in the codebook), nor what
makes a number no result (pipelines.codebook.cues).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipelines.extract.sentence.context import Passage, Token, Window
from pipelines.extract.sentence.matching import HEDGE, LIGHT_ONLY, Candidate, Reading, Sight, best, look, touches
from pipelines.extract.sentence.sharing import read_also, read_each, read_shared
from pipelines.numerals.mentions import Figure

# What tells figures of one thing apart: the level, or the part of the year.
_TOLD_APART = re.compile(r"(?:国家|自治区|自治州|省|市|县|区|州|盟|旗|乡|镇|村|社区)级|[上下]半年|[一二三四]季度")
_LISTED = re.compile(rf"[^,，。;；:：、和]{{1,12}}[、和](?:{HEDGE})?")
_ADJACENT = 3
_LONGEST_LIST = 12  # items that one predicate behind them may hold for


def read(passage: Passage, view: Window, index: int, part: bool) -> list[Reading]:
    """All readings of the figure at `index`, best first; empty when no rule of the codebook fits.

    `part` says that it stands behind 其中.
    """
    view = _own_words(passage, view, index)
    sight = look(passage, view)
    each = read_each(passage, view, sight)
    if each:
        return each
    found = _read_near(passage, view, sight)
    if not any(r.rule.coded for r in found):
        found = _read_predicate(passage, view, index, not found) or found
    if not found and (not part or _TOLD_APART.search(passage.text[view.left : view.figure.start])):
        found = _read_carried(passage, view, index, sight)
    more = read_also(passage, view, index, sight, {r.rule.metric for r in found})
    return found + more


def _own_words(passage: Passage, view: Window, index: int) -> Window:
    """Leave the words between two figures to the second where the first has its noun left of it: 纠纷368件调结361件.

    Words that end in 和 stay with the first: 在册的22名矫正对象和53名帮教对象.
    """
    glued = index + 1 < len(passage.figures) and passage.figures[index + 1].start == view.right
    glued = glued and passage.text[view.right - 1] not in "和及与"
    tokens = passage.between(view.left, view.figure.start) if glued else []
    if (
        tokens
        and touches(passage, tokens[-1], view)
        and any(t[1] == tokens[-1][1] and _counts(passage, t, view) for t in tokens)
    ):
        return replace(view, right=view.figure.end)
    return view


def _counts(passage: Passage, token: Token, view: Window) -> bool:
    return any(not rule.weak for rule in passage.term(token).heads.get(view.figure.unit, ()))


def _read_near(passage: Passage, view: Window, sight: Sight) -> list[Reading]:
    left = best(passage, passage.between(view.left, view.figure.start), sight, "left")
    right = best(passage, _right_tokens(passage, view), sight, "right")
    if left and right and left[0].rule.weak != right[0].rule.weak:
        left = [] if left[0].rule.weak else left
    elif (
        left
        and right
        and passage.text[view.figure.start - 1] == "等"
        and right[0].token[0] - view.figure.end <= _ADJACENT
    ):
        left = []
    elif left and right and not touches(passage, left[0].token, view):
        gap_left = view.figure.start - left[0].token[1]
        gap_right = right[0].token[0] - view.figure.end
        if gap_right <= max(2, gap_left):
            left = []
    chosen = left or right
    if not chosen:
        return []
    readings = [_reading(passage, view, chosen, "clause")]
    if left:
        readings += read_shared(passage, view, sight, chosen[0].token)
    else:
        readings[0].reach = chosen[0].token[1]
    return readings


def _right_tokens(passage: Passage, view: Window) -> list[Token]:
    """The tokens right of a figure, without a noun further on that touches the next figure and belongs to it."""
    tokens = passage.between(view.figure.end, view.right)
    if not any(figure.start == view.right for figure in passage.figures):
        return tokens
    return [t for t in tokens if t[0] == view.figure.end or not LIGHT_ONLY.fullmatch(passage.text[t[1] : view.right])]


def _read_predicate(passage: Passage, view: Window, index: int, far: bool) -> list[Reading]:
    """The predicate at the end of a list that holds for each of its figures: 13名班子成员、22名村书记完成述法.

    `far` lets it stand more than one item on.
    """
    end, most = index, index + (_LONGEST_LIST if far else 1)
    while end < most and end + 1 < len(passage.figures) and _listed(passage, end):
        end += 1
    if end == index:
        return []
    after = passage.figures[end]
    last = passage.window(end)
    wide = replace(view, right=last.right)
    right = best(passage, passage.between(after.end, last.right), look(passage, wide), "right")
    return [Reading(right[0].rule, view.clause, "shared")] if right and right[0].rule.coded else []


def _listed(passage: Passage, index: int) -> bool:
    """Whether the next figure is the next item of the list that the figure at `index` stands in."""
    here, after = passage.figures[index], passage.figures[index + 1]
    return here.unit == after.unit and bool(_LISTED.fullmatch(passage.text[here.end : after.start]))


def _reading(passage: Passage, view: Window, candidates: Sequence[Candidate], read_as: str) -> Reading:
    best = candidates[0]
    rivals = [
        c
        for c in candidates[1:]
        if c.rule.metric != best.rule.metric and (c.rule.specificity, c.size) == (best.rule.specificity, best.size)
    ]
    start = min(view.clause, best.token[0])
    return Reading(best.rule, start, "tie" if rivals else read_as)


def _read_carried(passage: Passage, view: Window, index: int, sight: Sight) -> list[Reading]:
    """The head of the words before, where the figure's own words say nothing of what is counted.

    From the clause before (……学习,全年4次), or from before a figure of another unit (拆除违建58处、1.1万平方米).
    """
    own = passage.text[view.left : view.figure.start]
    after = passage.text[view.figure.end : view.right]
    if not LIGHT_ONLY.fullmatch(own) or not LIGHT_ONLY.fullmatch(after):
        return []
    start, end = _carrier(passage, view, index, own)
    if start >= end:
        return []
    mask = passage.bits(start, end)
    wider = replace(sight, near=sight.near | mask, barring=sight.barring | mask, clause=sight.clause | mask)
    candidates = best(passage, passage.between(start, end), wider, "left")
    if not candidates:
        return []
    return [Reading(candidates[0].rule, start, "carried")]


def _carrier(passage: Passage, view: Window, index: int, own: str) -> tuple[int, int]:
    """The stretch whose head a bare figure may take over; empty when there is none."""
    if view.left != view.clause:
        before = [f for f in passage.figures[:index] if f.start >= view.clause]
        level = _TOLD_APART.search(own)
        if not before or (not level and any(f.unit == view.figure.unit for f in before)):
            return 0, 0
        start = passage.clause_start(view.clause - 1) if level and view.clause else view.clause
        return start, before[-1].start
    end = view.clause
    start = passage.clause_start(end - 1) if end else end
    counted = [
        f for f, why in zip(passage.figures[:index], passage.reasons, strict=False) if f.start >= start and not why
    ]
    if not counted:
        return start, end
    if _TOLD_APART.search(own) and counted[-1].unit == view.figure.unit:
        return _other_level(passage, start, counted[-1], index)
    bare = not own and counted[-1].end == end - 1 and all(f.unit != view.figure.unit for f in counted)
    return (start, counted[-1].start) if bare else (0, 0)


def _other_level(passage: Passage, start: int, before: Figure, index: int) -> tuple[int, int]:
    """The stretch that names what figures of several levels count: 国家级示范村1个,省级4个,市级6个."""
    while start and LIGHT_ONLY.fullmatch(passage.text[start : before.start]):
        start = passage.clause_start(start - 1)
        before = next((f for f in passage.figures[:index] if start <= f.start < before.start), before)
    return start, before.start
