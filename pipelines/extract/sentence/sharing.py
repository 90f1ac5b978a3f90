"""Sharing: one number for several things, and several numbers for as many (均, 双, 各, 分别, lists).

The matches of a single figure with a head of its own are in `pipelines.extract.sentence.matching`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from pipelines.codebook.compiled import SUBJECTS, TOPICS
from pipelines.extract.sentence.candidates import HEDGE, Match, MatchContext, best_candidates, match_context
from pipelines.extract.sentence.tokens import Span, Token, TokenizedSentence, Window

_SHARED = re.compile(r"均|都|双|分别|各|同为|皆")
_COORDINATE = re.compile(r"[^,，。;；:：0-9]{0,8}?(?:、|和|及|与|以及|,|，|暨)[^,，。;；:：0-9]{0,8}")
_EACH = re.compile(r"各(?=$|培训|宣讲|学习|开展|组织|举办|举行|办|讲|召开|进行|完成|有|授|印|发|制作|建|约|1|2|3)")
# 在宪法宣传周开展宪法、民法典宣讲各1场: the occasion is none of the things.
_OCCASION = re.compile(r"(?:在|于|利用|结合|围绕|抓住)[^,，。;；、]{2,14}?(?:周|日|月|节|期间|节点|之际)")
_ITEM_BREAK = re.compile(r"、|和|与|以及|及")
_RESPECTIVELY = re.compile(r"分别|依次|各(?:为|有|占|达)?(?:约)?$")
_NEXT_OF_LIST = re.compile(rf"(?:(?:左右|以上)?(?:、|和|及|与|以及)(?:{HEDGE})?|[,，])?")


def match_shared(sentence: TokenizedSentence, window: Window, context: MatchContext, head: Token) -> list[Match]:
    """Further heads that share the number: 参考率、合格率均达100%; 行政复议、行政诉讼均为0件."""
    between = sentence.text[head[1] : window.figure.start]
    marked = bool(_SHARED.search(between))
    if context.unit != "%" and not marked:
        return []
    matches: list[Match] = []
    position = head[0]
    for _, group in groupby(reversed(sentence.between(window.left, head[0])), key=lambda t: t[1]):
        candidates = best_candidates(sentence, list(group), context, "left")
        if not candidates:
            continue
        start, end, _ = candidates[0].token
        gap = sentence.text[end:position]
        if end <= position and (_COORDINATE.fullmatch(gap) or (marked and not gap)):
            matches.append(Match(candidates[0].rule, window.clause, "shared"))
            position = start
    return matches


def match_also(
    sentence: TokenizedSentence, window: Window, index: int, context: MatchContext, taken: set[str]
) -> list[Match]:
    """A second fact in the same number by rules marked `also` (24名执法人员全部持证; 执法人员24名,全部持证).

    taken: the indicators that the number already gives; those found here are added. The words of the next clause belong
    to the evidence where the rule needs them.
    """
    if context.unit not in sentence.codebook.also_units:
        return []
    end = window.right
    following = sentence.clause_end(end + 1)
    if index + 1 == len(sentence.figures) or sentence.figures[index + 1].start >= following:
        end = max(end, following)
    terms = sentence.codebook.terms
    tokens = (*sentence.between(window.left, window.figure.start), *sentence.between(window.figure.end, end))
    marked = [(token, rules) for token in tokens if (rules := terms[token[2]].also.get(context.unit))]
    if not marked:
        return []
    more = sentence.bits(window.right, end)
    wider = replace(context, near=context.near | more, clause=context.clause | more)
    matches: list[Match] = []
    for token, rules in marked:
        side = "left" if token[1] <= window.figure.start else "right"
        for rule in rules:
            if rule.metric not in taken and rule.side in (side, "both") and wider.fits(rule):
                taken.add(rule.metric)
                matches.append(Match(rule, window.clause, "shared", reach=0 if context.fits(rule) else end))
    return matches


def match_each(sentence: TokenizedSentence, window: Window, context: MatchContext) -> list[Match]:
    """One number for each of several things: 面向机关干部和执法人员各开展培训4场 is two facts."""
    words = sentence.text[window.left : window.figure.start]
    marks = list(_EACH.finditer(words)) if "各" in words else []
    if not marks or not marks[-1].start():
        return []
    each = marks[-1]
    occasion = _OCCASION.match(words)
    begin = occasion.end() if occasion else 0
    items = _items(words[begin : each.start()], window.left + begin)
    if len(items) < 2:
        return []
    rest = (window.left + each.end(), window.figure.start)
    shared_tokens = [*sentence.between(*rest), *sentence.between(window.figure.end, window.right)]
    last = sentence.between(*items[-1])
    matches = []
    for start, end in items:
        own = sentence.between(start, end)
        for tokens in ([*own, *shared_tokens], [*own, *last, *shared_tokens]):
            match = _match_tokens(sentence, window, context, tokens)
            if match:
                match.scope, match.scope_span = sentence.text[start:end], (start, end)
                matches.append(match)
                break
    if len({match.rule.metric for match in matches}) == 1 and all(sentence.bits(*item) & SUBJECTS for item in items):
        return []  # 书记、镇长各讲1次 says what each did; one figure of one kind
    return matches if len(matches) > 1 else []


def _items(words: str, offset: int) -> list[Span]:
    """The spans of the items that 、 or 和 separate; offset: where the words start in the sentence."""
    spans: list[Span] = []
    start = 0
    for cut in _ITEM_BREAK.finditer(words):
        spans.append((offset + start, offset + cut.start()))
        start = cut.end()
    spans.append((offset + start, offset + len(words)))
    return [span for span in spans if span[1] > span[0]]


def _match_tokens(
    sentence: TokenizedSentence, window: Window, context: MatchContext, tokens: Sequence[Token]
) -> Match | None:
    """The match of a figure by these tokens alone, as if they were the only words near it."""
    near = 0
    for token in tokens:
        near |= sentence.term(token).bits
    own = MatchContext(context.unit, near, near, near, context.wider, near & TOPICS, near & SUBJECTS)
    candidates = best_candidates(sentence, sorted(tokens, key=lambda t: t[1]), own, "left")
    return Match(candidates[0].rule, window.clause, "shared") if candidates else None


def match_respectively(sentence: TokenizedSentence, listed: Sequence[int]) -> list[Match]:
    """A、B、C分别为1、2、3: a match for each figure in turn, or nothing when things and figures do not pair.

    listed: the indices of the figures. Without 分别 the counts must be equal (巡查、检查205次、36次).
    """
    first = sentence.window(listed[0])
    left = first.left
    mark = _RESPECTIVELY.search(sentence.text[left : first.figure.start])
    if mark and not mark.start() and left:  # ……开展培训,分别为4场、2场: the things stand in the clause before
        left = sentence.clause_start(left - 1)
        mark = _RESPECTIVELY.search(sentence.text[left : first.figure.start])
    end = first.figure.start - left if mark is None else mark.start()
    items = _items(sentence.text[left : left + end].rstrip(",，"), left)
    if len(items) < len(listed) or (mark is None and len(items) != len(listed)):
        return []
    context = match_context(sentence, first)
    rest = sentence.between(left + mark.end(), first.figure.start) if mark else []
    last = sentence.between(*items[-1])
    matches: list[Match] = []
    for (start, end), index in zip(items[-len(listed) :], listed, strict=True):
        context = replace(context, unit=sentence.figures[index].unit)
        own = sentence.between(start, end)
        match = _match_tokens(sentence, first, context, [*own, *rest])
        match = match or _match_tokens(sentence, first, context, [*own, *rest, *last])
        if match is None:
            return []
        matches.append(match)
    return matches


def continues_list(sentence: TokenizedSentence, index: int, mixed: bool = False) -> bool:
    """Whether a figure follows the one before it with nothing but a list mark between: 100%、97.5%.

    mixed: their units may differ: 宣传单、手册分别为500份、120本.
    """
    here, there = sentence.figures[index - 1], sentence.figures[index]
    joined = _NEXT_OF_LIST.fullmatch(sentence.text[here.end : there.start])
    return bool(joined) and (mixed or here.unit == there.unit)


def listed_with(sentence: TokenizedSentence, index: int) -> list[int]:
    """Indices of the figures that continue a list of bare figures from `index` on."""
    end = index + 1
    if end == len(sentence.figures):
        return [index]
    first = sentence.figures[index].start
    mixed = bool(_RESPECTIVELY.search(sentence.text[sentence.clause_start(first) : first]))
    while end < len(sentence.figures) and continues_list(sentence, end, mixed):
        end += 1
    return list(range(index, end))
