"""The engine: from the stored text of one report to its facts and the account of all its numbers.

Here belongs the order of the steps: fold, find numbers, cut lines and sentences, decide what is no result, read the
rest. Not here: any step itself. Pure: no files, no state; the same text gives the same answer anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.extract import cues, sections
from pipelines.extract.codebook import Codebook, Rule
from pipelines.extract.context import Passage, Window, window
from pipelines.extract.facts import Extraction, Fact, Number, mark_repeats, part_start
from pipelines.extract.fold import Working, prepare
from pipelines.extract.mentions import Mention, find_mentions
from pipelines.extract.reading import (
    CONFIDENCE,
    Reading,
    continues_list,
    listed_with,
    plain_unit,
    read,
    read_respectively,
)
from pipelines.extract.tables import table_passages
from pipelines.extract.zeros import find_zeros

ENGINE_VERSION = "1"

_ITEM = re.compile(
    r"(?:[（(]?[0-9一二三四五六七八九十]{1,2}[)）、.．])|[一二三四五六七八九十]是|[首其再最][先次后]|另外|此外|同时"
)
_QUOTED = re.compile(r"[“\"「‘][^“”\"「」‘’,，。;；]{0,12}$")
_QUOTE_END = re.compile(r"[^“”\"「」‘’,，。;；]{0,10}[”\"」’]")
_NEGATED = re.compile(r"(?:未发生|没有发生|无|未出现|没有出现|没有)过?$")
_DURATIONS = frozenset({"年", "天", "日", "个月", "分钟", "周", "岁", "届"})
_ONE = 1.0
# What makes one figure of a bare list no result holds for the next: 分别上升27.3%、41.6%.
_INHERITED = {reason: reason for reason in ("growth", "last_year", "share", "average", "norm")}
# 一 before these counts; before others (一个问题) it mostly means "a".
_DEFINITE_ONE = frozenset({"人", "名", "位", "次", "场", "场次", "期", "支"})


@dataclass(slots=True)
class _Report:
    """What all lines of one report share while it is read."""

    stored: str
    working: Working
    codebook: Codebook
    report_year: int | None
    result: Extraction
    mentions: list[Mention] = field(default_factory=list)
    done: dict[int, tuple[str, int | None]] = field(default_factory=dict)  # mention start -> disposition, fact index


def extract(text: str, furniture: Sequence[tuple[int, int]], report_year: int | None, codebook: Codebook) -> Extraction:
    """Read one stored text.

    furniture: spans of the stored text that are page furniture, ascending; report_year: the year the report is on, or
    None. Returns facts and numbers with offsets into `text`.
    """
    report = _Report(text, prepare(text), codebook, report_year, Extraction())
    report.mentions = find_mentions(report.working.text)
    _mark_furniture(report, furniture)
    for line, mentions in _lines_with_numbers(report):
        _read_line(report, line, mentions)
    mark_repeats(report.result.facts)
    _account(report)
    return report.result


def _mark_furniture(report: _Report, furniture: Sequence[tuple[int, int]]) -> None:
    spans = [(report.working.working(start), report.working.working(end)) for start, end in furniture]
    at = 0
    for mention in report.mentions:
        while at < len(spans) and spans[at][1] <= mention.start:
            at += 1
        if at < len(spans) and spans[at][0] <= mention.start:
            mention.reason = "page_furniture"


def _lines_with_numbers(report: _Report) -> list[tuple[sections.Line, list[Mention]]]:
    lines = sections.find_lines(report.working.text, report.report_year)
    found: list[tuple[sections.Line, list[Mention]]] = []
    at = 0
    for line in lines:
        while at < len(report.mentions) and report.mentions[at].start < line.start:
            at += 1
        here = []
        while at < len(report.mentions) and report.mentions[at].start < line.end:
            here.append(report.mentions[at])
            at += 1
        found.append((line, here))
    return found


def _read_line(report: _Report, line: sections.Line, mentions: list[Mention]) -> None:
    if line.part != "result":
        for mention in mentions:
            mention.reason = mention.reason or line.part
        return
    for mention in mentions:
        if not mention.reason and mention.unit in _DURATIONS:
            mention.reason = "duration"
    figures = [m for m in mentions if not m.reason or m.reason == "duration"]
    text = report.working.text
    if line.table:
        for virtual, mention, row_year in table_passages(
            report.working.text, line, figures, report.codebook, report.report_year
        ):
            _read_cell(report, line, virtual, mention, row_year)
        return
    if not figures and not _may_hold_zero(text, line):
        return
    tokens = [(s + line.start, e + line.start, t) for s, e, t in report.codebook.tokens(text[line.start : line.end])]
    heading = tuple(report.codebook.terms[t] for _, _, t in report.codebook.tokens(line.title)) if line.title else ()
    passage = Passage(text, line.start, line.end, report.codebook, tokens, figures, heading)
    _read_passage(report, line, passage)


def _may_hold_zero(text: str, line: sections.Line) -> bool:
    return any(text.find(word, line.start, line.end) >= 0 for word in ("未", "无", "零", "没有"))


def _read_passage(report: _Report, line: sections.Line, passage: Passage) -> None:
    item = passage.start
    at = 0
    for start, end in sections.find_sentences(passage.text, passage.start, passage.end):
        if _ITEM.match(passage.text, start):
            item = start
        first = at
        while at < len(passage.figures) and passage.figures[at].start < end:
            at += 1
        _read_sentence(report, line, passage, (start, end), item, range(first, at))
        _read_zeros(report, line, passage, start, end)


def _read_sentence(
    report: _Report, line: sections.Line, passage: Passage, bounds: tuple[int, int], item: int, indices: range
) -> None:
    for index in indices:
        mention = passage.figures[index]
        mention.reason = mention.reason or _no_result(report, passage, window(passage, index, *bounds))
        if not mention.reason and index > indices.start and continues_list(passage, index):
            mention.reason = _INHERITED.get(passage.figures[index - 1].reason, "")
    skip: set[int] = set()
    for index in indices:
        mention = passage.figures[index]
        if index in skip or mention.reason:
            continue
        view = window(passage, index, *bounds)
        group = [i for i in listed_with(passage, index) if i in indices]
        if len(group) > 1:
            views = [window(passage, i, *bounds) for i in group]
            readings = read_respectively(passage, views, item)
            if readings:
                for one, reading in zip(views, readings, strict=True):
                    _settle(report, line, passage, one, [reading], None)
                skip.update(group)
                continue
        _read_figure(report, line, passage, view, item)


def _no_result(report: _Report, passage: Passage, view: Window) -> str:
    """Why a figure is no result of the report's year, or ''."""
    mention, text = view.mention, passage.text
    if mention.unit != "%" and _QUOTED.search(text, view.clause, mention.start) and _QUOTE_END.match(text, mention.end):
        return "slogan"
    reason = cues.disposition(report.codebook.cues, text, mention, view.sentence, view.clause, view.sentence_end)
    return reason or cues.period_reason(text, view.sentence, mention.start, report.report_year)


def _read_figure(report: _Report, line: sections.Line, passage: Passage, view: Window, item: int) -> None:
    mention = view.mention
    before = [m.end for m in passage.figures if m.end <= mention.start and m.start >= item]
    part = part_start(passage.text, view.sentence, mention.start, before)
    readings = read(passage, view, item, part is not None)
    _settle(report, line, passage, view, readings, part)


def _settle(
    report: _Report, line: sections.Line, passage: Passage, view: Window, readings: Sequence[Reading], part: int | None
) -> None:
    """Facts for what the codebook codes, a named reason for what it leaves out."""
    mention = view.mention
    coded = [r for r in readings if r.rule.coded]
    mention.reach = max((r.reach for r in readings), default=0)
    if mention.chinese and mention.value == _ONE and _NEGATED.search(passage.text, view.sentence, mention.start):
        coded = [r for r in coded if r.rule.zero]
        mention.value = 0.0
    elif (
        mention.chinese
        and mention.value == _ONE
        and mention.unit not in _DEFINITE_ONE
        and passage.text[mention.end : view.right]
    ):
        coded = []
    if coded:
        _add(report, line, passage, view, coded, part)
    elif readings and not readings[0].rule.coded:
        mention.reason = readings[0].rule.metric
    else:
        mention.reason = _leftover(mention, part)


def _leftover(mention: Mention, part: int | None) -> str:
    """The reason of a figure that no rule of the codebook reads."""
    if part is not None:
        return "part_of_total"
    if mention.unit == "小时":
        return "duration"
    if mention.chinese and mention.value == _ONE:
        return "indefinite"
    return "unclassified"


def _add(
    report: _Report, line: sections.Line, passage: Passage, view: Window, readings: Sequence[Reading], part: int | None
) -> None:
    """Turn the readings of one figure into facts."""
    mention, facts = view.mention, report.result.facts
    report.done[mention.start] = ("fact", len(facts))
    amount = cues.amount(passage.text, mention)
    zero = mention.value == 0 and mention.chinese
    for reading in readings:
        total = _total(facts, reading.rule, passage, report, view, part)
        start, end = report.working.stored(min(reading.start, mention.start), max(view.right, mention.end))
        facts.append(
            Fact(
                metric_code=reading.rule.metric,
                value=amount.value,
                unit=report.codebook.unit_of(reading.rule.metric),
                unit_raw=_stored(report, mention.digits_end, mention.end) or mention.unit,
                qualifier=amount.qualifier,
                value_low=amount.low,
                value_high=amount.high,
                role="total" if total is None else "subset",
                subset_of=total,
                period=cues.period_of(passage.text, passage.start, mention.start),
                implicit_zero=zero,
                scope=reading.scope or _scope(passage, view, reading),
                section=line.title or None,
                evidence=report.stored[start:end],
                char_start=start,
                char_end=end,
                number_start=report.working.stored(mention.start, mention.end)[0],
                number_end=report.working.stored(mention.start, mention.end)[1],
                rule_id=reading.rule.rule_id,
                read_as=reading.read_as,
                confidence=CONFIDENCE[reading.read_as],
            )
        )


def _stored(report: _Report, start: int, end: int) -> str:
    a, b = report.working.stored(start, end)
    return report.stored[a:b].strip(" 余多几来")


def _total(
    facts: Sequence[Fact], rule: Rule, passage: Passage, report: _Report, view: Window, part: int | None
) -> int | None:
    """The fact that a figure behind 其中 is part of: the same indicator's if it is there, else the one just before."""
    if part is None:
        return None
    edge = report.working.stored(part, part)[0]
    low = report.working.stored(passage.start, passage.start)[0]
    before = [i for i, f in enumerate(facts) if low <= f.number_start < edge and f.role == "total"]
    same = [i for i in before if facts[i].metric_code == rule.metric]
    if same:
        return same[-1]
    joined = not any(part < c < view.mention.start for c in passage.clause_ends)
    return before[-1] if before and joined else None


def _scope(passage: Passage, view: Window, reading: Reading) -> str | None:
    """The words near a figure that set it apart from another of its kind: audience, organ, level, occasion."""
    words = {passage.term(t).text for t in passage.between(view.left, view.right) if passage.term(t).scope}
    if reading.read_as == "carried" and not words:
        words = {passage.term(t).text for t in passage.between(reading.start, view.left) if passage.term(t).scope}
    return "+".join(sorted(words)) or None


def _read_cell(report: _Report, line: sections.Line, virtual: Passage, mention: Mention, row_year: str) -> None:
    """Read a table cell through its made-up sentence (row label, column head, number); the evidence is the row."""
    inner = virtual.figures[0]
    view = window(virtual, 0, virtual.start, virtual.end)
    reason = row_year or cues.disposition(report.codebook.cues, virtual.text, inner, 0, view.clause, virtual.end)
    readings = [] if reason else [r for r in read(virtual, view, virtual.start, False) if r.rule.coded]
    if not readings:
        mention.reason = reason or "uncoded"
        return
    mention.value, mention.unit, mention.more = inner.value, inner.unit, inner.more
    row = Window(mention, line.start, line.start, line.start, line.end, line.end)
    found = [Reading(r.rule, line.start, r.read_as, r.scope) for r in readings]
    _add(report, line, Passage(report.working.text, line.start, line.end, report.codebook, [], []), row, found, None)


def _read_zeros(report: _Report, line: sections.Line, passage: Passage, start: int, end: int) -> None:
    for zero in find_zeros(passage, start, end):
        if any(zero.evidence[0] <= m.start < zero.evidence[1] for m in passage.figures):
            continue
        if cues.period_reason(passage.text, start, zero.start, report.report_year):
            continue
        evidence = report.working.stored(*zero.evidence)
        number = report.working.stored(zero.start, zero.end)
        rule = zero.rule
        report.result.facts.append(
            Fact(
                metric_code=rule.metric,
                value=0.0,
                unit=report.codebook.unit_of(rule.metric),
                unit_raw="",
                qualifier="exact",
                value_low=0.0,
                value_high=0.0,
                role="total",
                subset_of=None,
                period=cues.period_of(passage.text, passage.start, zero.start),
                implicit_zero=True,
                scope=None,
                section=line.title or None,
                evidence=report.stored[slice(*evidence)],
                char_start=evidence[0],
                char_end=evidence[1],
                number_start=number[0],
                number_end=number[1],
                rule_id=rule.rule_id,
                read_as="clause",
                confidence=CONFIDENCE["clause"],
            )
        )


def _account(report: _Report) -> None:
    """One row for every number, with its fact or its reason."""
    length = len(report.working.text.rstrip())
    for mention in report.mentions:
        disposition, fact = report.done.get(mention.start, (mention.reason, None))
        if not disposition or disposition == "unclassified":
            disposition = "truncated" if mention.end >= length else "unclassified"
        start, end = report.working.stored(mention.start, mention.end)
        unit = plain_unit(mention.unit) or None
        report.result.numbers.append(
            Number(start, end, report.stored[start:end], mention.value, unit, disposition, fact)
        )
