"""Matching: which rule of the codebook a figure matches, found from the words nearest to it.

There are four general ways: the head word left or right of the figure, the predicate at the end of its list, the head
carried over from the words before, and a head shared with other figures (`pipelines.extract.sentence.sharing`). The
words of the single indicators stand in the codebook, and what makes a figure no result stands in
`pipelines.codebook.cues`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.codebook.compiled import SUBJECTS
from pipelines.extract.sentence.candidates import (
    HEDGE,
    LIGHT_ONLY,
    Match,
    MatchContext,
    best_candidates,
    match_context,
    touches,
)
from pipelines.extract.sentence.scopes import PLACE_KIND
from pipelines.extract.sentence.sharing import match_also, match_each, match_shared
from pipelines.extract.sentence.tokens import TokenizedSentence, Window

# What tells figures of one thing apart: the level, or the part of the year.
_TOLD_APART = re.compile(
    r"(?:国家|自治区|自治州|省|市|县|区|州|盟|旗|乡|镇|村|社区)级|[上下]半年|[一二三四]季度|(?<![0-9])[0-9]{1,2}月|年[底末]"
)
# What opens a figure of an earlier year, or a frequency.
_NO_RESULT = re.compile("^(?:去年|前年|上年度?|上一年度?|每(?:周|月|季度?|半年)(?:度|各)?)")
_AND = re.compile("^(?:和|以及|及|与)")
_LISTED = re.compile(rf"[^,，。;；:：、和]{{1,12}}[、和](?:{HEDGE})?")
# An item that names nothing but where (进社区6场), and perhaps that something was held there (深入企业开展4场次).
_AT_PLACE = re.compile(
    rf"[、和及]?(?:还|并|又|再|先后)*(?:深入|走进|走入|进入?|到|赴|在|来到)[^,，。;；:：、0-9]{{0,6}}?(?:{PLACE_KIND}|村居|村组|村入户|农村|乡村|农户"
    r"|家庭|企业|机关|单位|军营|工地|车间|商圈|商铺|集镇|网格|小区|院坝|校园|养老院|宗教场所|田间|地头|牧区|一线)"
    r"(?P<deed>(?:开展|举办|组织|举行|进行|宣讲|宣传|普法)*)"
)
_OCCASIONS = frozenset({"次", "场", "场次", "期", "堂", "节", "课", "讲"})
# Classifiers of kinds of things.
_KINDS = frozenset({"类", "大类", "种", "项", "大项", "个"})
# An item of a list that has no verb of its own.
_ITEM_WITHOUT_VERB = re.compile(
    r"[,，、](?:(?!报送|上报|编发|印发|发放|推送|转发|采用|录用|撰写|征集|收集|受理|办理|办结|收到|答复|回复|接待|处理|开展|举办|组织|召开|排查|调解|化解|检查|审查|制作)[^,，。;；:：、0-9]){1,12}"
)
_ADJACENT = 3
_LONGEST_LIST = 12  # items that one predicate behind them may hold for


def match_figure(sentence: TokenizedSentence, window: Window, index: int, in_subset: bool) -> list[Match]:
    """All matches of the figure at `index`, best first; empty when no rule of the codebook fits.

    in_subset: the figure stands behind 其中.
    """
    window = _own_words(sentence, window, index)
    context = match_context(sentence, window)
    each = match_each(sentence, window, context)
    if each:
        return each
    found = _match_near(sentence, window, context)
    if not any(match.rule.coded for match in found):
        found = _match_predicate(sentence, window, index, not found) or _match_listed(sentence, window, index) or found
    if not found and (not in_subset or _TOLD_APART.search(sentence.text[window.left : window.figure.start])):
        found = _match_carried(sentence, window, index, context)
    return found + match_also(sentence, window, index, context, {match.rule.metric for match in found})


def _own_words(sentence: TokenizedSentence, window: Window, index: int) -> Window:
    """Leave the words between two figures to the second where the first has its noun left of it: 纠纷368件调结361件.

    Words that end in 和 stay with the first: 在册的22名矫正对象和53名帮教对象.
    """
    figure = window.figure
    glued = index + 1 < len(sentence.figures) and sentence.figures[index + 1].start == window.right
    if not glued or sentence.text[window.right - 1] in "和及与":
        return window
    tokens = sentence.between(window.left, figure.start)
    if not tokens or not touches(sentence, tokens[-1], window):
        return window
    for token in tokens:
        rules = sentence.term(token).heads.get(figure.unit, ()) if token[1] == tokens[-1][1] else ()
        if any(not rule.weak for rule in rules):
            return replace(window, right=figure.end)
    return window


def _match_near(sentence: TokenizedSentence, window: Window, context: MatchContext) -> list[Match]:
    """The matches by a head word in the figure's own words, on the side that fits better."""
    figure, text = window.figure, sentence.text
    left = best_candidates(sentence, sentence.named(window.left, figure.start), context, "left")
    tokens = sentence.between(figure.end, window.right)
    if any(other.start == window.right for other in sentence.figures):
        # A noun further on that touches the next figure belongs to that figure.
        tokens = [t for t in tokens if t[0] == figure.end or not LIGHT_ONLY.fullmatch(text[t[1] : window.right])]
    right = best_candidates(sentence, tokens, context, "right")
    if left and right:
        gap_left, gap_right = figure.start - left[0].token[1], right[0].token[0] - figure.end
        if left[0].rule.weak != right[0].rule.weak:
            drop_left = left[0].rule.weak
        elif text[figure.start - 1] == "等" and gap_right <= _ADJACENT:
            drop_left = True  # what 等 closes are examples
        else:
            drop_left = gap_right <= max(2, gap_left) and not touches(sentence, left[0].token, window)
        if drop_left:
            left = []
    if not left and not right:  # 经调解成功36件: what came first is all that is said
        tokens = sentence.between(window.left, figure.start)
        left = best_candidates(sentence, [t for t in tokens if touches(sentence, t, window)], context, "left")
    candidates = left or right
    if not candidates:
        return []
    best = candidates[0]
    others = {
        other.rule.metric: None
        for other in candidates[1:]
        if other.rule.metric != best.rule.metric
        and (other.rule.specificity, other.size) == (best.rule.specificity, best.size)
    }
    read_as = "tie" if others else "clause"
    match = Match(best.rule, min(window.clause, best.token[0]), read_as, tied_with=tuple(others))
    if left:
        return [match, *match_shared(sentence, window, context, best.token)]
    match.reach = best.token[1]
    return [match]


def _match_predicate(sentence: TokenizedSentence, window: Window, index: int, far: bool) -> list[Match]:
    """The predicate at the end of a list that holds for each of its figures: 13名班子成员、22名村书记完成述法.

    far: it may stand more than one item on.
    """
    figures, end = sentence.figures, index
    most = index + (_LONGEST_LIST if far else 1)
    while end < most and end + 1 < len(figures):
        here, after = figures[end], figures[end + 1]
        if here.unit != after.unit or not _LISTED.fullmatch(sentence.text[here.end : after.start]):
            break
        end += 1
    if end == index:
        return []
    last = sentence.window(end)
    context = match_context(sentence, replace(window, right=last.right))
    right = best_candidates(sentence, sentence.between(figures[end].end, last.right), context, "right")
    return [Match(right[0].rule, window.clause, "shared")] if right and right[0].rule.coded else []


def _match_listed(sentence: TokenizedSentence, window: Window, index: int) -> list[Match]:
    """The head in a figure's own words, where the verb that it needs opens the list: 政务公开46类,文件162件、信息376条.

    The figure that opens the list counts the kinds of things in it, so it is no fact itself.
    """
    figures, first = sentence.figures, index
    while first and _ITEM_WITHOUT_VERB.fullmatch(sentence.text, figures[first - 1].end, figures[first].start):
        first -= 1
    if first == index or not sentence.reasons[first] or figures[first].unit not in _KINDS:
        return []
    start = figures[first].start
    context = match_context(sentence, window)
    wider = replace(context, clause=context.clause | sentence.bits(sentence.clause_start(start), start))
    found = best_candidates(sentence, sentence.between(window.left, window.figure.start), wider, "left")
    return [Match(found[0].rule, sentence.clause_start(start), "carried")] if found and found[0].rule.coded else []


def part_at_place(sentence: TokenizedSentence, index: int) -> int | None:
    """Where the figure ends that a figure may be a part of by its place: 全年普法宣传10场,进社区6场,进企业4场.

    None where its words say more than a place. Whether the parts fit into the total is not looked at.
    """
    figures, text = sentence.figures, sentence.text
    start = index
    while start and figures[start].unit in _OCCASIONS and figures[start - 1].unit == figures[start].unit:
        before = figures[start - 1]
        words = _AT_PLACE.fullmatch(text, before.end + (text[before.end] in ",，"), figures[start].start)
        if words is None or words["deed"]:
            break
        start -= 1
    return None if start == index else figures[start].end


def _match_carried(sentence: TokenizedSentence, window: Window, index: int, context: MatchContext) -> list[Match]:
    """The head of the words before, where the figure's own words say nothing of what is counted.

    From the clause before (……学习,全年4次), or from before a figure of another unit (拆除违建58处、1.1万平方米).
    """
    own, audience = _own_audience(sentence, window)
    at_place = window.figure.unit in _OCCASIONS and bool(_AT_PLACE.fullmatch(own))
    if at_place:
        own = ""
    if _TOLD_APART.search(own):
        own = _AND.sub("", own)
    after = sentence.text[window.figure.end : window.right]
    if not LIGHT_ONLY.fullmatch(own) or not LIGHT_ONLY.fullmatch(after):
        return []
    start, end = _carrier(sentence, window, index, own, at_place or bool(audience))
    if start >= end:
        return []
    bits = sentence.bits(start, end)
    wider = replace(context, near=context.near | bits, barring=context.barring | bits, clause=context.clause | bits)
    if audience:
        wider = replace(wider, subjects=audience)
    candidates = best_candidates(sentence, sentence.between(start, end), wider, "left")
    if not candidates or (audience and not candidates[0].rule.subjects):
        return []
    return [Match(candidates[0].rule, start, "carried")]


def _own_audience(sentence: TokenizedSentence, window: Window) -> tuple[str, int]:
    """The words before a figure, without an organ or audience that is all they say (学法:班子12次), and its bits."""
    own = sentence.text[window.left : window.figure.start]
    if LIGHT_ONLY.fullmatch(own):
        return own, 0
    named = [
        token for token in sentence.between(window.left, window.figure.start) if sentence.term(token).bits & SUBJECTS
    ]
    if not named:
        return own, 0
    longest = max(named, key=lambda token: token[1] - token[0])
    rest = sentence.text[window.left : longest[0]] + sentence.text[longest[1] : window.figure.start]
    return (rest, sentence.term(longest).bits & SUBJECTS) if LIGHT_ONLY.fullmatch(rest) else (own, 0)


def _carrier(sentence: TokenizedSentence, window: Window, index: int, own: str, has_own: bool) -> tuple[int, int]:
    """The stretch whose head a bare figure may take over; empty when there is none.

    own: the words before the figure. has_own: they name an organ, an audience or a place of its own.
    """
    figures, unit = sentence.figures[:index], window.figure.unit
    told_apart = has_own or _TOLD_APART.search(own)
    if window.left != window.clause:  # another figure stands before it in its clause
        before = [figure for figure in figures if figure.start >= window.clause]
        if not before or (not told_apart and any(figure.unit == unit for figure in before)):
            return 0, 0
        start = sentence.clause_start(window.clause - 1) if told_apart and window.clause else window.clause
        return start, before[-1].start
    end = window.clause
    start = sentence.clause_start(end - 1) if end else end
    results = [f for f, why in zip(figures, sentence.reasons, strict=False) if f.start >= start and not why]
    if not results:
        return _before_no_results(sentence, start, index), end
    last = results[-1]
    if told_apart and last.unit == unit:
        # 国家级示范村1个,省级4个,市级6个: go back to the clause that names what all of them count.
        while start and any(said.fullmatch(sentence.text[start : last.start]) for said in (LIGHT_ONLY, _AT_PLACE)):
            start = sentence.clause_start(start - 1)
            last = next((figure for figure in figures if start <= figure.start < last.start), last)
        return start, last.start
    bare = not own and last.end == end - 1 and all(figure.unit != unit for figure in results)
    return (start, last.start) if bare else (0, 0)


def _before_no_results(sentence: TokenizedSentence, start: int, index: int) -> int:
    """Where the words before figures that are no results start: 集中学法,2022年15次,2023年19次,今年24次.

    start: of the clause before that of the figure at `index`.
    """
    text = sentence.text
    for figure in reversed(sentence.figures[:index]):
        if figure.start < start or not start:
            break
        if LIGHT_ONLY.fullmatch(_NO_RESULT.sub("", text[start : figure.start])):
            start = sentence.clause_start(start - 1)
    return start
