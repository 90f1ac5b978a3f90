"""Readings: which rule of the codebook a figure answers to, found from the words nearest to it.

Here belong the few general ways of reading: the head left or right of the number, the head carried from the clause
before, one number shared by several heads (均, 各, 分别). Not here: words of any one indicator (those are in the
codebook), nor what makes a number no result (pipelines.extract.cues).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from pipelines.extract.codebook import SUBJECTS, TOPICS, Rule
from pipelines.extract.context import Passage, Token, Window

#: Words that may stand between a head and its number, or alone before a number, without saying what is counted.
_LIGHT = (
    "全年|今年|本年度?|年内|年度|当年|目前|现有|现|一年来|至今|以来|截至|上半年|累计|共计|总计|合计|总共|共|计|总|先后|分别|均|都|各|双|全部|已经|已|了|开展|组织|举办|召开|"
    "举行|完成|进行|实现|实施|办理|办|达到|达|为|有|是|约|大约|近|将近|超过|超|逾|突破|不少于|不低于|至少|满|等|的|工作|活动|任务|各类|各项|数量|总数|总量|次数|场次|件数|人数|数|量|情况|"
    "其中|包括|并|也|还|又|另|一共|稳定在|保持在|保持|在|在册|实有|仅有|仅|目前有|登记|到位|在岗|新增|全镇|全乡|全街道|街道|我镇|我乡|年底|年末|期末|至年底|到年底|每年|一年|升至|升为|提升至|提升到|提高到|提高至|增至|增加到|增加至|达至|至此|拥有|国家级|自治区级|自治州级|省级|市级|县级|区级|州级|盟级|旗级|乡级|镇级|村级|社区级|压减为|调整为|优化为|精简为|20[0-9]{2}年度?|[0-9]{1,2}月|[“”\"'‘’()（）:：,，、《》]"
)
_LIGHT_ONLY = re.compile(rf"(?:{_LIGHT})*")
_LEVEL = re.compile(r"(?:国家|自治区|自治州|省|市|县|区|州|盟|旗|乡|镇|村|社区)级")
_SHARED = re.compile(r"均|都|双|分别|各|同为|皆")
_COORDINATE = re.compile(r"[^,，。;；:：0-9]{0,8}?(?:、|和|及|与|以及|,|，|暨)[^,，。;；:：0-9]{0,8}")
_LISTED = re.compile(r"[^,，。;；:：、和]{1,12}[、和]")
_EACH = re.compile(r"各(?=$|培训|宣讲|学习|开展|组织|举办|举行|办|讲|召开|进行|完成|有|授|印|发|制作|建|约|1|2|3)")
_ITEM_BREAK = re.compile(r"、|和|与|以及|及")
_RESPECTIVELY = re.compile(r"分别|依次|各(?:为|有|占|达)?(?:约)?$")
_NEXT_OF_LIST = re.compile(r"(?:、|和|及|与|,|，|以及)?")

# What became of the things counted does not change what they are: 信访件17件全部办结.
_OUTCOME = re.compile(r"(?:全部|均|都|已|按期|按时|及时|限时)")
_ADJACENT = 3

CONFIDENCE = {"clause": 0.95, "shared": 0.9, "carried": 0.8, "tie": 0.6}


@dataclass(slots=True)
class Reading:
    """One rule met by one figure. `start` is where the words that decided it begin."""

    rule: Rule
    start: int
    read_as: str
    scope: str = ""
    reach: int = 0  # end of the head when it stands right of the number


@dataclass(slots=True)
class _Candidate:
    rule: Rule
    token: Token
    size: int

    def key(self) -> tuple[int, int, int]:
        return (self.size, self.rule.specificity, -self.rule.rank)


@dataclass(slots=True)
class Sight:
    """What a rule may look at: masks of the words near the figure, of its clause, of its sentence and headings."""

    unit: str
    near: int
    barring: int  # like near, but for examples that 等 closes: 信访、合同等难题11个 is not about petitions
    clause: int
    context: int
    topics: int
    subjects: int

    def fits(self, rule: Rule) -> bool:
        """Whether all conditions of a rule are met."""
        if self.barring & rule.without or self.context & rule.without_context:
            return False
        if rule.topics and not self.topics & rule.topics:
            return False
        if rule.subjects and not self.subjects & rule.subjects:
            return False
        return (
            all(self.near & mask for mask in rule.near)
            and all(self.clause & mask for mask in rule.requires)
            and all(self.context & mask for mask in rule.context)
        )


def read(passage: Passage, view: Window, index: int, part: bool) -> list[Reading]:
    """All readings of the figure at `index`, best first; empty when no rule of the codebook fits.

    `part` says that it stands behind 其中.
    """
    view = _own_words(passage, view, index)
    sight = _sight(passage, view)
    each = _read_each(passage, view, sight)
    if each:
        return each
    found = _read_near(passage, view, sight)
    if not any(r.rule.coded for r in found):
        found = _read_predicate(passage, view, index) or found
    if not found and not part:
        found = _read_carried(passage, view, index, sight)
    more = _read_also(passage, view, index, sight, {r.rule.metric for r in found})
    return found + more


def _own_words(passage: Passage, view: Window, index: int) -> Window:
    """Leave the words between two figures to the second where the first has its noun left of it: 纠纷368件调结361件."""
    glued = index + 1 < len(passage.figures) and passage.figures[index + 1].start == view.right
    tokens = passage.between(view.left, view.figure.start) if glued else []
    if (
        tokens
        and _touches(passage, tokens[-1], view)
        and any(t[1] == tokens[-1][1] and _counts(passage, t, view) for t in tokens)
    ):
        return replace(view, right=view.figure.end)
    return view


def _counts(passage: Passage, token: Token, view: Window) -> bool:
    return any(not rule.weak for rule in passage.term(token).heads.get(view.figure.unit, ()))


def _sight(passage: Passage, view: Window) -> Sight:
    figure = view.figure
    right = passage.bits(figure.end, view.right)
    left = passage.bits(view.left, figure.start)
    examples = passage.text.rfind("等", view.left, figure.start)
    barring = passage.bits(examples, figure.start) if examples > view.left else left
    clause = left | right | passage.bits(view.clause, view.left)
    context = clause | passage.context.heading | passage.bits(0, passage.clause_end(figure.end))
    topics, subjects = passage.topics(view), passage.subjects(view)
    if not _OUTCOME.match(passage.text, figure.end):
        barring |= right
    return Sight(figure.unit, left | right, barring, clause, context, topics, subjects)


def _read_near(passage: Passage, view: Window, sight: Sight) -> list[Reading]:
    left = _best(passage, passage.between(view.left, view.figure.start), sight, "left")
    right = _best(passage, _right_tokens(passage, view), sight, "right")
    if left and right and left[0].rule.weak != right[0].rule.weak:
        left = [] if left[0].rule.weak else left
    elif (
        left
        and right
        and passage.text[view.figure.start - 1] == "等"
        and right[0].token[0] - view.figure.end <= _ADJACENT
    ):
        left = []
    elif left and right and not _touches(passage, left[0].token, view):
        gap_left = view.figure.start - left[0].token[1]
        gap_right = right[0].token[0] - view.figure.end
        if gap_right <= max(2, gap_left):
            left = []
    chosen = left or right
    if not chosen:
        return []
    readings = [_reading(passage, view, chosen, "clause")]
    if left:
        readings += _read_shared(passage, view, sight, chosen[0].token)
    else:
        readings[0].reach = chosen[0].token[1]
    return readings


def _right_tokens(passage: Passage, view: Window) -> list[Token]:
    """The tokens right of a figure, without a noun further on that touches the next figure and belongs to it."""
    tokens = passage.between(view.figure.end, view.right)
    if not any(figure.start == view.right for figure in passage.figures):
        return tokens
    return [t for t in tokens if t[0] == view.figure.end or not _LIGHT_ONLY.fullmatch(passage.text[t[1] : view.right])]


def _read_predicate(passage: Passage, view: Window, index: int) -> list[Reading]:
    """The predicate at the end of a list that holds for each of its figures: 13名班子成员、22名村书记完成述法."""
    if index + 1 == len(passage.figures):
        return []
    after = passage.figures[index + 1]
    between = passage.text[view.figure.end : after.start]
    if not _LISTED.fullmatch(between) or after.unit != view.figure.unit:
        return []
    last = passage.window(index + 1)
    wide = replace(view, right=last.right)
    right = _best(passage, passage.between(after.end, last.right), _sight(passage, wide), "right")
    return [Reading(right[0].rule, view.clause, "shared")] if right and right[0].rule.coded else []


def _touches(passage: Passage, token: Token, view: Window) -> bool:
    between = passage.text[token[1] : view.figure.start]
    return bool(_LIGHT_ONLY.fullmatch(between))


def _best(passage: Passage, tokens: Sequence[Token], sight: Sight, side: str) -> list[_Candidate]:
    """The candidates of the head nearest to the number that any rule accepts, best first; weak rules only if no other.

    Right of a number the head is the last noun of an unbroken run (18宗行政处罚案卷 are files, not penalties).
    """
    kept: dict[bool, list[_Candidate]] = {True: [], False: []}
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


def _candidates(passage: Passage, tokens: Iterable[Token], sight: Sight, side: str) -> list[_Candidate]:
    found = [
        _Candidate(rule, token, token[1] - token[0])
        for token in tokens
        for rule in passage.term(token).heads.get(sight.unit, ())
        if rule.side in (side, "both") and sight.fits(rule)
    ]
    found.sort(key=_Candidate.key, reverse=True)
    return found


def _reading(passage: Passage, view: Window, candidates: Sequence[_Candidate], read_as: str) -> Reading:
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
    if not _LIGHT_ONLY.fullmatch(own) or not _LIGHT_ONLY.fullmatch(after):
        return []
    start, end = _carrier(passage, view, index, own)
    if start >= end:
        return []
    mask = passage.bits(start, end)
    wider = replace(sight, near=sight.near | mask, barring=sight.barring | mask, clause=sight.clause | mask)
    candidates = _best(passage, passage.between(start, end), wider, "left")
    if not candidates:
        return []
    return [Reading(candidates[0].rule, start, "carried")]


def _carrier(passage: Passage, view: Window, index: int, own: str) -> tuple[int, int]:
    """The stretch whose head a bare figure may take over; empty when there is none."""
    if view.left != view.clause:
        before = [f for f in passage.figures[:index] if f.start >= view.clause]
        level = _LEVEL.search(own)
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
    bare = not own and counted[-1].end == end - 1 and all(f.unit != view.figure.unit for f in counted)
    return (start, counted[-1].start) if bare else (0, 0)


def _read_shared(passage: Passage, view: Window, sight: Sight, head: Token) -> list[Reading]:
    """Further heads that share the number: 参考率、合格率均达100%; 行政复议、行政诉讼均为0件."""
    between = passage.text[head[1] : view.figure.start]
    marked = bool(_SHARED.search(between))
    if sight.unit != "%" and not marked:
        return []
    readings: list[Reading] = []
    position = head[0]
    for _, group in groupby(reversed(passage.between(view.left, head[0])), key=lambda t: t[1]):
        candidates = _best(passage, list(group), sight, "left")
        if not candidates:
            continue
        start, end, _ = candidates[0].token
        gap = passage.text[end:position]
        if end <= position and (_COORDINATE.fullmatch(gap) or (marked and not gap)):
            readings.append(Reading(candidates[0].rule, view.clause, "shared"))
            position = start
    return readings


def _read_also(passage: Passage, view: Window, index: int, sight: Sight, taken: set[str]) -> list[Reading]:
    """A second fact in the same number by rules marked `also` (24名执法人员全部持证; 执法人员24名,全部持证)."""
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
                readings.append(Reading(rule, view.clause, "shared"))
    return readings


def _read_each(passage: Passage, view: Window, sight: Sight) -> list[Reading]:
    """One number for each of several things: 面向机关干部和执法人员各开展培训4场 is two facts."""
    words = passage.text[view.left : view.figure.start]
    each = next(reversed(list(_EACH.finditer(words))), None)
    if each is None or not each.start():
        return []
    items = _items(words[: each.start()], view.left)
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
    topic, subject = near & TOPICS or sight.topics, near & SUBJECTS or sight.subjects
    own = replace(sight, near=near, barring=near, clause=near, topics=topic, subjects=subject)
    candidates = _best(passage, sorted(tokens, key=lambda t: t[1]), own, "left")
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
    sight = _sight(passage, first)
    rest = passage.between(left + mark.end(), first.figure.start) if mark else []
    last = passage.between(*items[-1])
    readings: list[Reading] = []
    for start, end in items[-len(views) :]:
        own = passage.between(start, end)
        reading = _read_tokens(passage, first, sight, [*own, *rest])
        reading = reading or _read_tokens(passage, first, sight, [*own, *rest, *last])
        if reading is None:
            return []
        readings.append(reading)
    return readings


def continues_list(passage: Passage, index: int) -> bool:
    """Whether a figure follows the one before it with nothing but a list mark between: 100%、97.5%."""
    here, there = passage.figures[index - 1], passage.figures[index]
    joined = _NEXT_OF_LIST.fullmatch(passage.text[here.end : there.start])
    return bool(joined) and here.unit == there.unit


def listed_with(passage: Passage, index: int) -> list[int]:
    """Indices of the figures that continue a list of bare figures from `index` on."""
    end = index + 1
    while end < len(passage.figures) and continues_list(passage, end):
        end += 1
    return list(range(index, end))
