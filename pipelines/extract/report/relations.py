"""Relations between the facts of one report: which fact is a part of which total, and which one repeats another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from pipelines.codebook.compiled import Codebook
from pipelines.codebook.periods import Period
from pipelines.extract.report.rows import FactColumns, SubsetMark

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
# By indicator: those of its headline whose figures may lie in one of it, beside what `includes` of the codebook says.
_HEADLINE_TOTALS = {
    "petitions_and_hotline_received": ("petitions_received", "hotline_received"),
    "publicity_events": ("publicity_talks", "publicity_school_events"),
    "enforcement_staff": ("enforcement_staff_certified",),
}


def mark_subsets(facts: FactColumns, marks: Sequence[SubsetMark], codebook: Codebook, text: str) -> None:
    """Give the facts behind 其中 the role `subset` and their total, where one is found. text: the stored text.

    Parts go on over semicolons (其中进校园5场;进企业6场), to the end of the sentence or to where words open another
    total or subject.
    """
    marked = {mark.fact for mark in marks}
    includes = {indicator.code: indicator.includes for indicator in codebook.indicators}
    for mark_start, group in groupby(marks, key=attrgetter("start")):
        totals = {mark.fact: _total_of(facts, mark, codebook, includes, text) for mark in group}
        for at, total in totals.items():
            if total is not None and _has_room(facts, totals, at, total, text, mark_start):
                facts.role[at], facts.subset_of[at] = "subset", total
    part: int | None = None  # the last of the parts that go on
    for at, fact in enumerate(facts.facts):
        if facts.role[at] == "subset":
            part = at
        elif part is not None and at not in marked and facts.sentence[at] == facts.sentence[part]:
            between = text[facts.number_end[part] : facts.number_start[at]]
            if fact.subset_mark is not None or not _goes_on(facts, part, at, text, between):
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
    own, before = facts.facts[at], facts.facts[part]
    if own.classifier != before.classifier and facts.unit_raw[at] != facts.unit_raw[part]:
        return False
    words = text[facts.char_start[part] : facts.number_start[part]]
    if _VERB.search(between, semicolon.end()) and not _VERB.search(words):
        return False
    if own.metric in (before.metric, facts.facts[total].metric):
        return True
    noun = between[semicolon.end() :]
    named_by_total = noun in text[facts.char_start[total] : facts.number_start[total]]
    alike = noun[-_ALIKE:] == text[facts.number_start[part] - _ALIKE : facts.number_start[part]]
    return 1 < len(noun) <= _LONGEST_NOUN and not _VERB.search(noun) and (named_by_total or alike)


def mark_substitutes(facts: FactColumns) -> None:
    """Say which facts are substitutes: in the year, or beside what they stand in for (调解489起,调成486起).

    Those of the second kind are figures of their own where their sentence states nothing else of the indicator.
    """
    stated = {
        (at_sentence, fact.metric)
        for fact, at_sentence, role in zip(facts.facts, facts.sentence, facts.role, strict=True)
        if not fact.substitute and role == "total"
    }
    facts.is_substitute = [
        fact.substitute == "year" or (fact.substitute == "sentence" and (at_sentence, fact.metric) in stated)
        for fact, at_sentence in zip(facts.facts, facts.sentence, strict=True)
    ]


def _total_of(
    facts: FactColumns, mark: SubsetMark, codebook: Codebook, includes: Mapping[str, Sequence[str]], text: str
) -> int | None:
    """The fact that a figure behind 其中 is part of: the same indicator's if it is there, else the nearest of its unit.

    It stands in the same line, before 其中. A fact of another unit is taken only where none of its own is near, and in
    the same sentence. A fact of a sentence before must be of the same thing, unless 其中 opens its own sentence.
    """
    fact, at_sentence = facts.facts[mark.fact], facts.sentence[mark.fact]
    unit = codebook.unit_of(fact.metric)
    opens = text[mark.line_start : mark.start].rstrip()[-1:] in _SENTENCE_END
    near = []
    for at in range(mark.fact - 1, max(-1, mark.fact - _FARTHEST), -1):
        start = facts.number_start[at]
        if start < mark.line_start:
            break
        if start < mark.start and facts.role[at] == "total":
            total = facts.facts[at].metric
            if total == fact.metric:
                return at
            if (codebook.unit_of(total) == _RATE) != (unit == _RATE):
                continue  # a rate is no total of a count
            if opens or facts.sentence[at] == at_sentence or _may_include(total, fact.metric, includes):
                near.append(at)
    if not fact.joined or not near:
        return None
    for at in near[:_NEAR]:
        if codebook.unit_of(facts.facts[at].metric) == unit or facts.unit_raw[at] == fact.classifier:
            return at
    return near[0] if facts.sentence[near[0]] == at_sentence else None


def _may_include(total: str, part: str, includes: Mapping[str, Sequence[str]]) -> bool:
    """Whether figures of one indicator may lie in a figure of another, by the codebook or by what headlines add up."""
    return part in includes.get(total, ()) or part in _HEADLINE_TOTALS.get(total, ())


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
        together = [at for at in together if facts.facts[at].metric == facts.facts[part].metric]
    elif len(together) == 1 and not _SUM.search(text, facts.char_start[total], facts.number_start[total]):
        return False
    return high is None or sum(facts.value_low[at] or 0.0 for at in together) <= high


def mark_repeats(facts: FactColumns) -> None:
    """Give the role `repeat` to a total that says again what one in a sentence before said, in as many words.

    It counts the same thing for the same scope and period. Equal figures of one sentence (在东村2场,在西村2场) are two.
    """
    seen: dict[tuple[str, float, str, str, Period], int] = {}
    for at, (fact, value, role) in enumerate(zip(facts.facts, facts.value, facts.role, strict=True)):
        if role != "total" or fact.read_as == "shared":
            continue
        key = (fact.metric, value, fact.amount.qualifier, fact.scope.key, facts.periods[at])
        earlier = seen.setdefault(key, at)
        if (
            facts.sentence[earlier] != facts.sentence[at]
            and facts.evidence[earlier] != facts.evidence[at]
            and facts.unit_raw[earlier] == facts.unit_raw[at]
            and value > 1
        ):
            facts.role[at] = "repeat"
