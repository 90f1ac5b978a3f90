"""Sharing: one number for several things, and several numbers for as many (均, 双, 各, 分别, lists).

Here belong the readings that pair heads and figures other than one to one. Not here: the reading of a single figure
(pipelines.extract.sentence.reading).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from pipelines.codebook.compile import SUBJECTS, TOPICS
from pipelines.extract.sentence.context import Passage, Token, Window
from pipelines.extract.sentence.matching import HEDGE, Reading, Sight, best, look

_SHARED = re.compile(r"均|都|双|分别|各|同为|皆")
_COORDINATE = re.compile(r"[^,，。;；:：0-9]{0,8}?(?:、|和|及|与|以及|,|，|暨)[^,，。;；:：0-9]{0,8}")
_EACH = re.compile(r"各(?=$|培训|宣讲|学习|开展|组织|举办|举行|办|讲|召开|进行|完成|有|授|印|发|制作|建|约|1|2|3)")
# 在宪法宣传周开展宪法、民法典宣讲各1场: the occasion is none of the things.
_OCCASION = re.compile(r"(?:在|于|利用|结合|围绕|抓住)[^,，。;；、]{2,14}?(?:周|日|月|节|期间|节点|之际)")
_ITEM_BREAK = re.compile(r"、|和|与|以及|及")
_RESPECTIVELY = re.compile(r"分别|依次|各(?:为|有|占|达)?(?:约)?$")
_NEXT_OF_LIST = re.compile(rf"(?:(?:左右|以上)?(?:、|和|及|与|以及)(?:{HEDGE})?|[,，])?")


def read_shared(passage: Passage, view: Window, sight: Sight, head: Token) -> list[Reading]:
    """Further heads that share the number: 参考率、合格率均达100%; 行政复议、行政诉讼均为0件."""
    between = passage.text[head[1] : view.figure.start]
    marked = bool(_SHARED.search(between))
    if sight.unit != "%" and not marked:
        return []
    readings: list[Reading] = []
    position = head[0]
    for _, group in groupby(reversed(passage.between(view.left, head[0])), key=lambda t: t[1]):
        candidates = best(passage, list(group), sight, "left")
        if not candidates:
            continue
        start, end, _ = candidates[0].token
        gap = passage.text[end:position]
        if end <= position and (_COORDINATE.fullmatch(gap) or (marked and not gap)):
            readings.append(Reading(candidates[0].rule, view.clause, "shared"))
            position = start
    return readings


def read_also(passage: Passage, view: Window, index: int, sight: Sight, taken: set[str]) -> list[Reading]:
    """A second fact in the same number by rules marked `also` (24名执法人员全部持证; 执法人员24名,全部持证).

    Words of the next clause belong to the evidence where the rule needs them.
    """
    end = view.right
    following = passage.clause_end(end + 1)
    if index + 1 == len(passage.figures) or passage.figures[index + 1].start >= following:
        end = max(end, following)
    more = passage.bits(view.right, end)
    wider = replace(sight, near=sight.near | more, clause=sight.clause | more)
    readings: list[Reading] = []
    for token in (*passage.between(view.left, view.figure.start), *passage.between(view.figure.end, end)):
        side = "left" if token[1] <= view.figure.start else "right"
        for rule in passage.term(token).also.get(sight.unit, ()):
            if rule.metric not in taken and rule.side in (side, "both") and wider.fits(rule):
                taken.add(rule.metric)
                readings.append(Reading(rule, view.clause, "shared", reach=0 if sight.fits(rule) else end))
    return readings


def read_each(passage: Passage, view: Window, sight: Sight) -> list[Reading]:
    """One number for each of several things: 面向机关干部和执法人员各开展培训4场 is two facts."""
    words = passage.text[view.left : view.figure.start]
    each = next(reversed(list(_EACH.finditer(words))), None)
    if each is None or not each.start():
        return []
    occasion = _OCCASION.match(words)
    begin = occasion.end() if occasion else 0
    items = _items(words[begin : each.start()], view.left + begin)
    if len(items) < 2:
        return []
    rest = (view.left + each.end(), view.figure.start)
    shared_tokens = [*passage.between(*rest), *passage.between(view.figure.end, view.right)]
    last = passage.between(*items[-1])
    readings = []
    for start, end in items:
        own = passage.between(start, end)
        for tokens in ([*own, *shared_tokens], [*own, *last, *shared_tokens]):
            reading = _read_tokens(passage, view, sight, tokens)
            if reading:
                reading.scope = passage.text[start:end]
                readings.append(reading)
                break
    if len({r.rule.metric for r in readings}) == 1 and all(passage.bits(*i) & SUBJECTS for i in items):
        return []  # 书记、镇长各讲1次 says what each did; one figure of one kind
    return readings if len(readings) > 1 else []


def _items(words: str, offset: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = 0
    for cut in _ITEM_BREAK.finditer(words):
        spans.append((offset + start, offset + cut.start()))
        start = cut.end()
    spans.append((offset + start, offset + len(words)))
    return [span for span in spans if span[1] > span[0]]


def _read_tokens(passage: Passage, view: Window, sight: Sight, tokens: Sequence[Token]) -> Reading | None:
    near = 0
    for token in tokens:
        term = passage.term(token)
        near |= term.bits
    own = Sight(sight.unit, near, near, near, sight.around, near & TOPICS, near & SUBJECTS)
    candidates = best(passage, sorted(tokens, key=lambda t: t[1]), own, "left")
    return Reading(candidates[0].rule, view.clause, "shared") if candidates else None


def read_respectively(passage: Passage, views: Sequence[Window]) -> list[Reading]:
    """A、B、C分别为1、2、3: a reading for each figure in turn, or nothing when things and figures do not pair.

    Without 分别 their counts must be equal (巡查、检查205次、36次).
    """
    first = views[0]
    left = first.left
    mark = _RESPECTIVELY.search(passage.text[left : first.figure.start])
    if mark and not mark.start() and left:  # ……开展培训,分别为4场、2场: the things stand in the clause before
        left = passage.clause_start(left - 1)
        mark = _RESPECTIVELY.search(passage.text[left : first.figure.start])
    end = first.figure.start - left if mark is None else mark.start()
    items = _items(passage.text[left : left + end].rstrip(",，"), left)
    if len(items) < len(views) or (mark is None and len(items) != len(views)):
        return []
    sight = look(passage, first)
    rest = passage.between(left + mark.end(), first.figure.start) if mark else []
    last = passage.between(*items[-1])
    readings: list[Reading] = []
    for (start, end), view in zip(items[-len(views) :], views, strict=True):
        sight = replace(sight, unit=view.figure.unit)
        own = passage.between(start, end)
        reading = _read_tokens(passage, first, sight, [*own, *rest])
        reading = reading or _read_tokens(passage, first, sight, [*own, *rest, *last])
        if reading is None:
            return []
        readings.append(reading)
    return readings


def continues_list(passage: Passage, index: int, mixed: bool = False) -> bool:
    """Whether a figure follows the one before it with nothing but a list mark between: 100%、97.5%.

    `mixed` lets their units differ: 宣传单、手册分别为500份、120本.
    """
    here, there = passage.figures[index - 1], passage.figures[index]
    joined = _NEXT_OF_LIST.fullmatch(passage.text[here.end : there.start])
    return bool(joined) and (mixed or here.unit == there.unit)


def listed_with(passage: Passage, index: int) -> list[int]:
    """Indices of the figures that continue a list of bare figures from `index` on."""
    first = passage.figures[index].start
    mixed = bool(_RESPECTIVELY.search(passage.text[passage.clause_start(first) : first]))
    end = index + 1
    while end < len(passage.figures) and continues_list(passage, end, mixed):
        end += 1
    return list(range(index, end))
