"""Section 2 of the rules: what one source says of one metric (figure_rules tells more)."""

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
    """What one source says of one metric: figures after section 2.4, things after 2.6."""

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


# Section 2: things, the figures of one metric in one source


def parts_apart(facts: Sequence[Fact]) -> tuple[list[Fact], set[str]]:
    """2.1: parts are set aside, and what says a part again. Returns the facts left and the words."""
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
    """2.2: what the words call a repeat is set aside if another fact is of its months, or of longer ones."""
    first = [fact for fact in facts if fact.role != "repeat"]
    left = [
        f for f in facts if f.role != "repeat" or not any(one.start <= f.start and f.end <= one.end for one in first)
    ]
    return left, {"deduplicated"} if len(left) < len(facts) else set()


def sentence_figures(facts: Sequence[Fact], aggregation: str) -> list[Figure]:
    """2.3: figures of one sentence, scope and period are a list: they are combined, equal or not."""
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
    """The largest; of equal ones the one with the closest bounds, then the first in the text."""

    def rank(figure: Figure) -> tuple[Any, ...]:
        value, low, high = figure.interval
        return -value, inf if low is None else -low, inf if high is None else high, figure.facts[0].place

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
    """2.4, figures that meet: their common interval. An exact one counts, else the largest, then one with a high."""
    low, high = intersection(figure.interval for figure in figures)
    counted = min(
        figures,
        key=lambda f: (not f.interval.is_exact, -f.interval.value, f.interval.high is None, f.facts[0].place),
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
    """2.4: figures of one scope and period in several sentences are one; where they do not meet, the larger is kept.

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
    """2.6, stocks: the latest moment counts."""
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
    """2.6: the figures of one scope group over the year. One thing, or for a mean one a period."""
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
    """2.6: the least that a nested period proves is a lower bound of the longer one, which it can contradict."""
    proofs = [figure for figure in nested if figure.interval.low is not None]
    most = min(proofs, key=lambda f: (-(f.interval.low or 0), f.facts[0].place), default=None)
    if most is None or most.interval.low is None or most.interval.low <= whole.interval.value:
        return [whole], nested
    high, low = whole.interval.high, most.interval.low
    conflict = most.conflict or whole.conflict or (high is not None and high < low)
    return [replace(most, interval=at_least(low), conflict=conflict)], [whole, *(f for f in nested if f is not most)]


def added_periods(left: Sequence[Figure], aggregation: str) -> tuple[Figure, set[str]]:
    """2.6: several periods as one figure: disjoint ones add up, overlapping ones give the largest to the sum."""
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
    """What a part of the year says of the year: at least this much; of a mean nothing but the value."""
    if indicator.aggregation == "mean":
        return Interval(interval.value, None, None)
    return interval._replace(high=None)


def source_of(facts: Sequence[Fact], documents: Sequence[Document], indicator: Indicator) -> Source:
    """Section 2: what one source says of one metric. `documents` are its reports, whatever they state."""
    left, words = parts_apart(sorted(facts, key=lambda fact: fact.place))
    left, more = repeats_apart(left)
    # Related audiences may be the same people, but their rates are not the same rate.
    scope = "scope_key" if indicator.aggregation == "mean" else "scope_group"
    each_place = groups(sentence_figures(left, indicator.aggregation), lambda f: (getattr(f, scope), f.start, f.end))
    figures = [same_thing_again(each, indicator.aggregation) for each in each_place]
    things = [thing for each in groups(figures, lambda f: getattr(f, scope)) for thing in periods(each, indicator)]
    return Source(indicator.code, tuple(documents), tuple(figures), tuple(things), frozenset(words | more))
