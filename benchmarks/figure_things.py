"""The rules within one source: from its facts of one metric to figures of one scope over the year (things).

benchmarks.figure_rules has the rules across sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any

from benchmarks.figure_facts import (
    Document,
    Fact,
    Figure,
    Indicator,
    Interval,
    at_least,
    combine,
    exceeds,
    groups,
    intersection,
    meet,
)


@dataclass(frozen=True, slots=True)
class Source:
    """One metric in one source: its figures (of a scope and period), and its things (of a scope over the year)."""

    metric: str
    documents: tuple[Document, ...]
    figures: tuple[Figure, ...]
    things: tuple[Figure, ...]
    words: frozenset[str]

    @property
    def is_canonical(self) -> bool:
        """Whether a report of the source is canonical."""
        return any(document.is_canonical for document in self.documents)

    @property
    def rank(self) -> tuple[Any, ...]:
        """The source with the smallest rank is chosen."""
        return (
            not any(thing.covers for thing in self.things),
            not any(thing.scope_group == "" for thing in self.things),
            not self.is_canonical,
            not any(document.family == "annual" for document in self.documents),
            min(document.report_id for document in self.documents),
        )


def parts_apart(facts: Sequence[Fact]) -> tuple[list[Fact], set[str]]:
    """Parts behind 其中 and facts that state one again are set aside. Returns facts left and words for `method`."""
    by_id = {fact.fact_id: fact for fact in facts}
    parts = [fact for fact in facts if fact.role == "subset" and fact.subset_of in by_id]
    part_ids, totals = {part.fact_id for part in parts}, {part.subset_of for part in parts}
    again = {
        fact.fact_id
        for fact in facts
        if fact.fact_id not in part_ids | totals
        and any(_same_place(fact, part) and meet([fact.interval, part.interval]) for part in parts)
    }
    too_large = {part.subset_of for part in parts if exceeds(part, by_id[part.subset_of or ""])}
    left = [
        replace(fact, conflict=fact.conflict or fact.fact_id in too_large)
        for fact in facts
        if fact.fact_id not in part_ids | again
    ]
    return left, {"total_over_parts"} if parts else set()


def _same_place(one: Fact, other: Fact) -> bool:
    return (one.scope_key, one.start, one.end) == (other.scope_key, other.start, other.end)


def repeats_apart(facts: Sequence[Fact]) -> tuple[list[Fact], set[str]]:
    """A figure repeated by words is set aside if another fact is for the same months or more."""
    first = [fact for fact in facts if fact.role != "repeat"]
    left = [
        f for f in facts if f.role != "repeat" or not any(one.start <= f.start and f.end <= one.end for one in first)
    ]
    return left, {"deduplicated"} if len(left) < len(facts) else set()


def sentence_figures(facts: Sequence[Fact], aggregation: str) -> list[Figure]:
    """Facts of one sentence, scope and period are a list (of places, of occasions): they are combined, equal or not."""
    lists = groups(facts, lambda f: (f.report_id, f.sentence, f.scope_key, f.start, f.end))
    return [
        Figure(
            *(each[0].metric, combine(aggregation, [fact.interval for fact in each])),
            *(each[0].scope_key, each[0].scope_group, each[0].start, each[0].end, tuple(each)),
            conflict=any(fact.conflict for fact in each),
        )
        for each in lists
    ]


def first_to_count(figures: Sequence[Figure]) -> Figure:
    """The largest; of equal ones that with the closest bounds, then one that is no tie, then the first in the text."""

    def rank(figure: Figure) -> tuple[Any, ...]:
        value, low, high = figure.interval
        closest = -value, inf if low is None else -low, inf if high is None else high
        return *closest, figure.is_tied, figure.facts[0].place

    return min(figures, key=rank)


def merged(figures: Sequence[Figure], counted: Figure, interval: Interval, word: str, conflict: bool = False) -> Figure:
    """One figure instead of several: that of `counted`; the facts of the others are kept beside."""
    return replace(
        counted,
        interval=interval,
        others=counted.others + tuple(f for figure in figures if figure is not counted for f in figure.all_facts),
        words=frozenset({word}).union(*(figure.words for figure in figures)),
        conflict=conflict or any(figure.conflict for figure in figures),
    )


def one_of_equals(figures: Sequence[Figure]) -> Figure:
    """Figures that meet are one, within all bounds. An exact one counts, else the largest, one with a high, no tie."""
    low, high = intersection(figure.interval for figure in figures)
    counted = min(
        figures,
        key=lambda f: (
            not f.interval.is_exact,
            -f.interval.value,
            f.interval.high is None,
            f.is_tied,
            f.facts[0].place,
        ),
    )
    value = counted.interval.value
    value = value if low is None else max(value, low)
    value = value if high is None else min(value, high)
    return merged(figures, counted, Interval(value, low, high), "deduplicated")


def maximum(figures: Sequence[Figure]) -> Figure:
    """Figures of an indicator whose largest counts; all of them count."""
    return replace(
        figures[0],
        interval=combine("max", [figure.interval for figure in figures]),
        facts=tuple(fact for figure in figures for fact in figure.facts),
        others=tuple(fact for figure in figures for fact in figure.others),
        words=frozenset().union(*(figure.words for figure in figures)),
        conflict=any(figure.conflict for figure in figures),
    )


def same_thing_again(figures: Sequence[Figure], aggregation: str) -> Figure:
    """The same thing said again: figures of several sentences are one; if they do not meet, the larger is kept.

    Scopes of one group are only related: figures of theirs that do not meet give a lower bound.
    """
    if len(figures) == 1:
        return figures[0]
    if meet(figure.interval for figure in figures):
        return one_of_equals(figures)
    if aggregation == "max":
        return maximum(figures)
    counted = first_to_count(figures)
    interval = counted.interval
    if len({figure.scope_key for figure in figures}) > 1:
        interval = Interval(interval.value, intersection(figure.interval for figure in figures)[0], None)
    return merged(figures, counted, interval, "larger_of_conflict", conflict=True)


def latest(figures: Sequence[Figure]) -> list[Figure]:
    """A stock on several days: the latest day counts."""
    end = max(figure.end for figure in figures)
    now, before = [f for f in figures if f.end == end], [f for f in figures if f.end < end]
    words = {"latest_moment"} if before else set()
    return _finished(now, before, words | ({"part_of_year"} if end < 12 else set()))


def _finished(things: Sequence[Figure], aside: Iterable[Figure], words: set[str]) -> list[Figure]:
    """The things of a scope group with their words; what was set aside goes with the first of them."""
    facts = tuple(fact for figure in aside for fact in figure.all_facts)
    done = [replace(t, words=t.words | words, covers="part_of_year" not in words) for t in things]
    return [replace(done[0], others=done[0].others + facts), *done[1:]]


def periods(figures: Sequence[Figure], indicator: Indicator) -> list[Figure]:
    """Periods: figures of one scope become one thing over the year, or, for a mean, one thing a period."""
    if indicator.kind == "stock":
        return latest(figures)
    nested = [figure for figure in figures if any(figure.months < other.months for other in figures)]
    left = [figure for figure in figures if figure not in nested]
    words = {"year_over_part"} if nested else set()
    if indicator.aggregation != "mean":
        whole, more = added_periods(left, indicator.aggregation)
        left, nested = proved_by_part(whole, nested)
        words |= more
    if len(frozenset().union(*(figure.months for figure in figures))) < 12:
        words.add("part_of_year")
        left = [replace(figure, interval=_bounds_of_part(figure.interval, indicator)) for figure in left]
    return _finished(left, nested, words)


def proved_by_part(whole: Figure, nested: list[Figure]) -> tuple[list[Figure], list[Figure]]:
    """A part of the year above the whole: what it proves is a lower bound, and a conflict if the whole excludes it."""
    proofs = [figure for figure in nested if figure.interval.low is not None]
    most = min(proofs, key=lambda f: (-(f.interval.low or 0), f.facts[0].place), default=None)
    if most is None or most.interval.low is None or most.interval.low <= whole.interval.value:
        return [whole], nested
    high, low = whole.interval.high, most.interval.low
    conflict = most.conflict or whole.conflict or (high is not None and high < low)
    return [replace(most, interval=at_least(low), conflict=conflict)], [whole, *(f for f in nested if f is not most)]


def added_periods(left: Sequence[Figure], aggregation: str) -> tuple[Figure, set[str]]:
    """Several periods as one figure: disjoint ones add up; overlapping ones are from the largest up to their sum."""
    if len(left) == 1:
        return left[0], set()
    whole = maximum(left)
    if aggregation == "max":
        return replace(whole, interval=whole.interval._replace(high=None)), set()
    sum_of_all = combine("sum", [figure.interval for figure in left])
    if sum(len(figure.months) for figure in left) == len(frozenset().union(*(f.months for f in left))):
        return replace(whole, interval=sum_of_all), {"periods_summed"}
    return replace(whole, interval=whole.interval._replace(high=sum_of_all.high)), {"possible_total"}


def _bounds_of_part(interval: Interval, indicator: Indicator) -> Interval:
    """The bounds for the year of a figure for a part of it: at least this much; a mean has no bounds."""
    if indicator.aggregation == "mean":
        return Interval(interval.value, None, None)
    return interval._replace(high=None)


def source_of(facts: Sequence[Fact], documents: Sequence[Document], indicator: Indicator) -> Source:
    """One metric in one source, from its facts. `documents` are all reports of the source, those without a fact too."""
    left, words = parts_apart(sorted(facts, key=lambda fact: fact.place))
    left, more = repeats_apart(left)
    # Related audiences may be the same people, but their rates are not the same rate.
    scope = "scope_key" if indicator.aggregation == "mean" else "scope_group"
    each_place = groups(sentence_figures(left, indicator.aggregation), lambda f: (getattr(f, scope), f.start, f.end))
    figures = [same_thing_again(each, indicator.aggregation) for each in each_place]
    things = [thing for each in groups(figures, lambda f: getattr(f, scope)) for thing in periods(each, indicator)]
    return Source(indicator.code, tuple(documents), tuple(figures), tuple(things), frozenset(words | more))
