"""Relations between the facts of a report: which fact is a part of which total, and which one repeats another.

The facts of a batch of reports are looked at together; no relation goes from one report to another.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from pipelines.codebook.compiled import Codebook
from pipelines.extract.sentence.statement import FactKind

_NEAR = 3  # facts before 其中 that it may detail
_LONGEST_NOUN = 10  # characters
_ALIKE = 2  # characters that two coordinate nouns end in
_SEMICOLON = re.compile("[;；]")
_COMMAS = ",，、"
_SUM = re.compile("共|累计|合计|总计|全年|年内|今年")
_NEW_TOTAL = re.compile(
    r"共|累计|合计|总计|全年|年内|今年|另|此外|同时|还|[一二三四五六七八九十]是|[首其再最][先次后]|其中|包括"
)
_VERB = re.compile(
    r"开展|举办|组织|召开|举行|调解|化解|办理|办结|受理|接待|排查|发放|印发|制作|培训|检查|查处|审查|建成|新增"
)
_FARTHEST = 200  # facts among which a total is searched for
_RATE = "%"
_SENTENCE_END = ("", "。", "！", "？", "!", "?")  # before a 其中 that opens its sentence


class SubsetMark(NamedTuple):
    """A fact behind 其中."""

    fact: int  # its index
    line_start: int
    start: int  # of 其中


@dataclass(slots=True)
class FactColumns:
    """The facts of a batch. Offsets are those of the stored texts, one behind the other; other fields as of `Fact`."""

    kinds: list[FactKind]
    reports: list[int]  # by fact: which report states it
    sentence: list[int]  # no number twice, also not in two reports
    periods: list[int]  # a number for each period
    scope_key: list[str]
    value: list[float]
    value_low: list[float | None]
    value_high: list[float | None]
    unit_raw: list[str]
    evidence: list[str]
    char_start: list[int]
    number_start: list[int]
    number_end: list[int]
    role: list[str] = field(init=False)
    subset_of: list[int | None] = field(init=False)
    is_substitute: list[bool] = field(init=False)

    def __post_init__(self) -> None:
        self.role = ["total"] * len(self.kinds)
        self.subset_of = [None] * len(self.kinds)
        self.is_substitute = [False] * len(self.kinds)


def mark_subsets(facts: FactColumns, marks: Sequence[SubsetMark], codebook: Codebook, text: str) -> None:
    """Give the facts behind 其中 the role `subset` and their total, where one is found.

    text: the stored texts.

    Parts go on over semicolons (其中进校园5场;进企业6场), to the end of the sentence or to where words open another
    total or subject.
    """
    if not marks:
        return
    marked = {mark.fact for mark in marks}
    may_hold = {indicator.code: (*indicator.includes, *indicator.subsets) for indicator in codebook.indicators}
    for mark_start, group in groupby(marks, key=attrgetter("start")):
        totals = {mark.fact: _total_of(facts, mark, codebook, may_hold, text) for mark in group}
        for at, total in totals.items():
            if total is not None and _has_room(facts, totals, at, total, text, mark_start):
                facts.role[at], facts.subset_of[at] = "subset", total
    part: int | None = None  # the last of the parts that go on
    for at, role in enumerate(facts.role):
        if role == "subset":
            part = at
        elif part is not None and at not in marked and facts.sentence[at] == facts.sentence[part]:
            between = text[facts.number_end[part] : facts.number_start[at]]
            if not _goes_on(facts, part, at, text, between):
                part = None if _SEMICOLON.search(between) else part
                continue
            facts.role[at], facts.subset_of[at] = "subset", facts.subset_of[part]
            part = at
        else:
            part = None


def _goes_on(facts: FactColumns, part: int, at: int, text: str, between: str) -> bool:
    """Whether a figure is a further part behind a semicolon, by the words between it and the part before it.

    It counts the same as the part or the total, or it is a bare noun that the total names (信访件和热线工单620件,其中
    信访件70件;热线工单550件) or that ends like the part (初次信访80件;重复信访40件).
    """
    semicolon = _SEMICOLON.search(between)
    total = facts.subset_of[part]
    if semicolon is None or total is None or _NEW_TOTAL.search(between, semicolon.end()):
        return False
    own, before = facts.kinds[at], facts.kinds[part]
    if own.classifier != before.classifier and facts.unit_raw[at] != facts.unit_raw[part]:
        return False
    words = text[facts.char_start[part] : facts.number_start[part]]
    if _VERB.search(between, semicolon.end()) and not _VERB.search(words):
        return False
    if own.metric in (before.metric, facts.kinds[total].metric):
        return True
    noun = between[semicolon.end() :]
    named_by_total = noun in text[facts.char_start[total] : facts.number_start[total]]
    alike = noun[-_ALIKE:] == text[facts.number_start[part] - _ALIKE : facts.number_start[part]]
    return 1 < len(noun) <= _LONGEST_NOUN and not _VERB.search(noun) and (named_by_total or alike)


def mark_substitutes(facts: FactColumns) -> None:
    """Say which facts are substitutes: in the year, or beside what they stand in for (调解489起,调成486起).

    Those of the second kind are figures of their own where their sentence states nothing else of the indicator.
    """
    substitutes = [at for at, fact in enumerate(facts.kinds) if fact.substitute]
    if not substitutes:
        return
    stated = {
        (at_sentence, fact.metric)
        for fact, at_sentence, role in zip(facts.kinds, facts.sentence, facts.role, strict=True)
        if not fact.substitute and role == "total"
    }
    for at in substitutes:
        fact = facts.kinds[at]
        facts.is_substitute[at] = fact.substitute == "year" or (facts.sentence[at], fact.metric) in stated


def _total_of(
    facts: FactColumns, mark: SubsetMark, codebook: Codebook, may_hold: Mapping[str, Sequence[str]], text: str
) -> int | None:
    """The fact that a figure behind 其中 is part of: the same indicator's if it is there, else the nearest of its unit.

    It stands in the same line, before 其中. A fact of another unit is taken only where none of its own is near, and in
    the same sentence. A fact of a sentence before must be of the same thing, unless 其中 opens its own sentence.

    may_hold: by indicator, those whose figures may lie in one of it.
    """
    fact, at_sentence = facts.kinds[mark.fact], facts.sentence[mark.fact]
    unit = codebook.unit_of(fact.metric)
    opens = text[mark.line_start : mark.start].rstrip()[-1:] in _SENTENCE_END
    near = []
    for at in range(mark.fact - 1, max(-1, mark.fact - _FARTHEST), -1):
        start = facts.number_start[at]
        if start < mark.line_start:
            break
        if start < mark.start and facts.role[at] == "total":
            total = facts.kinds[at].metric
            if total == fact.metric:
                return at
            if (codebook.unit_of(total) == _RATE) != (unit == _RATE):
                continue  # a rate is no total of a count
            if opens or facts.sentence[at] == at_sentence or fact.metric in may_hold[total]:
                near.append(at)
    if not fact.joined or not near:
        return None
    for at in near[:_NEAR]:
        if codebook.unit_of(facts.kinds[at].metric) == unit or facts.unit_raw[at] == fact.classifier:
            return at
    return near[0] if facts.sentence[near[0]] == at_sentence else None


def _has_room(
    facts: FactColumns, totals: Mapping[int, int | None], part: int, total: int, text: str, mark: int
) -> bool:
    """Whether a total holds the parts that one mark gives it, where the words alone do not say so.

    Parts of a sentence before are those of one indicator. Parts that only name places (the mark is a comma) are all of
    them: several, or one beside a total that says so (全年20场,进社区6场).
    """
    by_place = text[mark] in _COMMAS
    high = facts.value_high[total]
    if not by_place and (facts.sentence[total] == facts.sentence[part] or high is None):
        return True
    together = [at for at, its in totals.items() if its == total]
    if not by_place:
        together = [at for at in together if facts.kinds[at].metric == facts.kinds[part].metric]
    elif len(together) == 1 and not _SUM.search(text, facts.char_start[total], facts.number_start[total]):
        return False
    return high is None or sum(facts.value_low[at] or 0.0 for at in together) <= high


def mark_repeats(facts: FactColumns) -> None:
    """Give the role `repeat` to a total that says again what one in a sentence before said, in as many words.

    It counts the same thing for the same scope and period. Equal figures of one sentence (在东村2场,在西村2场) are two.
    """
    seen: dict[tuple[int, str, float, str, str, int], int] = {}
    values = list(zip(facts.reports, facts.value, strict=True))
    stated = Counter(values)
    # Few values stand in a report twice: the rest need no second look.
    for at in [at for at, value in enumerate(values) if stated[value] > 1]:
        fact, value = facts.kinds[at], facts.value[at]
        if facts.role[at] != "total" or value <= 1 or fact.read_as == "shared":
            continue
        key = (facts.reports[at], fact.metric, value, fact.amount.qualifier, facts.scope_key[at], facts.periods[at])
        earlier = seen.setdefault(key, at)
        if (
            facts.sentence[earlier] != facts.sentence[at]
            and facts.evidence[earlier] != facts.evidence[at]
            and facts.unit_raw[earlier] == facts.unit_raw[at]
        ):
            facts.role[at] = "repeat"
