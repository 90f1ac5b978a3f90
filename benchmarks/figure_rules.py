"""How facts become figures, a second time: the rules of township_metric in plain Python.

The marts do this in SQL for millions of facts. This is the same for reading: one function a rule, in the order in which
the rules apply. `tests/integration/test_figure_rules.py` compares the two row by row. docs/figures.md explains the
rules with examples; the docstrings name rules by its headings.

A figure is an interval: the value that was stated, and the least and the most that it can be. A low of None is not
known, a high of None has no upper bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.figure_facts import (
    Choice,
    Document,
    Fact,
    Figure,
    Indicator,
    Interval,
    at_least,
    combine,
    exceeds,
    groups,
    meet,
    out_of_circles,
    plausible,
    qualifier,
    taken,
    without_substitutes,
)
from benchmarks.figure_things import Source, source_of

#: The words of `method` in their order; from_METRIC goes before them, and how facts were combined after them.
WORDS = (
    *("incomplete", "other_version", "substitute", "part_of_year", "total_over_parts", "total_of_parts"),
    *("year_over_part", "latest_moment", "periods_summed", "deduplicated", "larger_of_conflict", "possible_total"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The figure of one option of a target: of a source of an indicator, or of a choice of a headline."""

    interval: Interval
    things: tuple[Figure, ...]
    words: frozenset[str]
    conflict: bool
    is_weighted: bool = False

    @property
    def covers(self) -> bool:
        """Whether all things that count cover the year."""
        return all(thing.covers for thing in self.things)

    @property
    def facts(self) -> list[Fact]:
        """The facts that count, as they stand in the texts."""
        return sorted((fact for thing in self.things for fact in thing.facts), key=lambda fact: fact.place)


@dataclass(frozen=True, slots=True)
class Codebook:
    """The indicators and headlines by code, and the choices of each headline."""

    indicators: Mapping[str, Indicator]
    headlines: Mapping[str, Sequence[Choice]]


@dataclass(frozen=True, slots=True)
class UnitYear:
    """The facts of one unit and year, those that are used, the sources of each metric, and the one that is chosen."""

    facts: Sequence[Fact]
    used: Sequence[Fact]
    sources: Mapping[str, Sequence[Source]]
    chosen: Mapping[str, Source]
    codebook: Codebook


# A figure from things


def parts_of_headline(things: Sequence[Figure], facts: Iterable[Fact]) -> tuple[list[Figure], set[str], bool]:
    """A part that is another indicator is set aside in a headline. Returns things left, words and conflict.

    `facts` are those of the metrics of the headline, of any source.
    """
    by_id = {fact.fact_id: fact for fact in facts}
    left, conflict = [], False
    for thing in things:
        parts = [f for f in thing.all_facts if f.role == "subset" and f.subset_of in by_id]
        conflict = conflict or any(exceeds(part, by_id[part.subset_of or ""]) for part in parts)
        if not parts:
            left.append(thing)
    return left, {"total_over_parts"} if len(left) < len(things) else set(), conflict


def parts_of_total(total: Figure, things: Sequence[Figure], codebook: Codebook) -> list[Figure]:
    """The things that add up to `total`: all others, else those of its metric, else those of each sentence that do."""
    own = [thing for thing in things if thing is not total and thing.metric == total.metric]
    others = own
    if codebook.indicators[total.metric].includes:
        others = [thing for thing in things if thing is not total]
    sentences = sorted({(fact.report_id, fact.sentence) for thing in others for fact in thing.all_facts})
    together = [
        [t for t in others if any((fact.report_id, fact.sentence) == sentence for fact in t.all_facts)]
        for sentence in sentences
    ]
    for parts in (others, own):
        if adds_up(total, parts):
            return parts
    return [part for parts in together if adds_up(total, parts) for part in parts]


def adds_up(total: Figure, parts: Sequence[Figure]) -> bool:
    """Whether several exact figures add up to the value of `total`."""
    exact = all(part.interval.is_exact and part.interval.value > 0 for part in parts)
    return len(parts) >= 2 and exact and sum(part.interval.value for part in parts) == total.interval.value


def totals_over_parts(things: Sequence[Figure], codebook: Codebook) -> tuple[list[Figure], set[str]]:
    """Totals without 其中: things that add up to an unscoped figure are its parts. Each such figure is tried."""
    totals = [thing for thing in things if thing.scope_group == "" and thing.interval.value > 0]
    parts = [part for total in totals for part in parts_of_total(total, things, codebook)]
    left = [thing for thing in things if not any(thing is part for part in parts)]
    return left, {"total_of_parts"} if parts else set()


def mean_of(things: Sequence[Figure], weights: Iterable[Figure], is_stock: bool) -> tuple[Interval, bool]:
    """The average of rates, weighted if each has an exact weight of its scope and months. True if it is weighted.

    A weight that is a stock has no first month, only a day.
    """
    found = {(w.scope_group, w.end, None if is_stock else w.start): w.interval for w in weights}
    stated = [found.get((t.scope_group, t.end, None if is_stock else t.start)) for t in things]
    heavy = [weight.value for weight in stated if weight and weight.is_exact and weight.value > 0]
    if len(things) < 2 or len(heavy) < len(things):
        return combine("mean", [thing.interval for thing in things]), False

    def weighted(bounds: Sequence[float | None]) -> float | None:
        known = [bound for bound in bounds if bound is not None]
        return sum(w * b for w, b in zip(heavy, known, strict=True)) / sum(heavy) if len(known) == len(heavy) else None

    value, low, high = (weighted(bounds) for bounds in zip(*(thing.interval for thing in things), strict=True))
    assert value is not None
    return Interval(value, low, high), True


def may_contain(whole: Figure, thing: Figure, codebook: Codebook) -> bool:
    """An unscoped figure may contain scoped ones of its metric, and those of the metrics that it includes."""
    if whole.scope_group != "" or thing.interval == (0, 0, 0):
        return False
    if thing.metric == whole.metric:
        return thing.scope_group != ""
    return thing.metric in codebook.indicators[whole.metric].includes


def sum_of(things: Sequence[Figure], codebook: Codebook) -> tuple[Interval, set[str]]:
    """The sum. If one figure may contain another, that is the most (possible totals).

    The least is the larger of two sums: of the figures that no other may contain, and of those that may contain none.
    """
    contained = [any(may_contain(whole, t, codebook) for whole in things if whole is not t) for t in things]
    containing = [any(may_contain(t, other, codebook) for other in things if other is not t) for t in things]
    if not any(contained):
        return combine("sum", [thing.interval for thing in things]), set()
    readings = [
        [t.interval for t, inside in zip(things, contained, strict=True) if not inside],
        [t.interval for t, around in zip(things, containing, strict=True) if not around],
    ]
    value = max(sum(i.value for i in reading) for reading in readings)
    low = max(sum(i.low or 0 for i in reading) for reading in readings)
    interval = Interval(value, low, combine("sum", [thing.interval for thing in things]).high)
    return interval, set() if interval.is_exact else {"possible_total"}


def exceeds_whole(things: Sequence[Figure]) -> bool:
    """One scope above the whole: a scoped figure is larger than an unscoped one of its metric can be."""
    return any(
        thing.scope_group != "" == whole.scope_group
        and thing.metric == whole.metric
        and None not in (thing.interval.low, whole.interval.high)
        and thing.interval.low > whole.interval.high
        for thing in things
        for whole in things
    )


def answer_of(things: Sequence[Figure], target: Indicator, unit: UnitYear) -> Answer | None:
    """The figure of the things of one option, by the aggregation of the target; None if there are no things."""
    if not things:
        return None
    words: set[str] = set()
    is_weighted = False
    if target.aggregation == "mean":
        unscoped = [thing for thing in things if thing.scope_group == ""]
        if unscoped and len(unscoped) < len(things):
            things, words = unscoped, {"total_over_parts"}
        weight = unit.chosen.get(target.weight or "")
        is_stock = weight is not None and unit.codebook.indicators[weight.metric].kind == "stock"
        interval, is_weighted = mean_of(things, weight.figures if weight else (), is_stock)
    elif target.aggregation == "max":
        interval = combine("max", [thing.interval for thing in things])
    else:
        things, words = totals_over_parts(things, unit.codebook)
        interval, more = sum_of(things, unit.codebook)
        words |= more
    words = words.union(*(thing.words for thing in things))
    if any(fact.is_substitute for thing in things for fact in thing.facts):
        words.add("substitute")
    if not all(unit.chosen[thing.metric].is_canonical for thing in things):
        words.add("other_version")
    conflict = any(thing.conflict for thing in things) or (target.aggregation == "sum" and exceeds_whole(things))
    return Answer(interval, tuple(things), frozenset(words), conflict, is_weighted)


def answer_of_source(source: Source, unit: UnitYear) -> Answer | None:
    """The figure of an indicator as one source gives it."""
    answer = answer_of(source.things, unit.codebook.indicators[source.metric], unit)
    return answer and replace(answer, words=answer.words | source.words)


def answer_of_choice(choice: Choice, headline: Indicator, things: Sequence[Figure], unit: UnitYear) -> Answer | None:
    """The figure of a headline by one of its choices. `things` are those of the headline, without parts."""
    chosen = [unit.chosen[metric] for metric in sorted(choice.metrics) if metric in unit.chosen]
    answer = answer_of([thing for thing in things if thing.metric in choice.metrics], headline, unit)
    if answer is None:
        return None
    words = answer.words.union(*(source.words for source in chosen))
    if choice.is_lower_bound:
        words |= {f"from_{thing.metric}" for thing in answer.things}
    if len(chosen) < choice.n_needed:
        words |= {"incomplete"}
    interval = answer.interval if is_complete(choice, unit) else answer.interval._replace(high=None)
    return replace(answer, interval=interval, words=words)


def is_complete(choice: Choice, unit: UnitYear) -> bool:
    """Whether the choice counts all that is meant, and each metric that it needs is stated."""
    return not choice.is_lower_bound and len(choice.metrics & unit.chosen.keys()) >= choice.n_needed


def n_disagree(metric: str, unit: UnitYear) -> int:
    """How many sources of a metric that are not chosen give a figure that does not meet the one that is."""
    chosen = answer_of_source(unit.chosen[metric], unit)
    others = (answer_of_source(source, unit) for source in unit.sources[metric] if source is not unit.chosen[metric])
    return sum(1 for other in others if chosen and other and not meet([chosen.interval, other.interval]))


def is_doubtful(fact: Fact, metrics: Set[str]) -> bool:
    """Whether a fact may belong to an indicator that is none of the metrics of a headline."""
    return fact.is_tie and not (fact.tied_with and fact.tied_with <= metrics)


def answer_of_headline(headline: Indicator, unit: UnitYear) -> tuple[Answer, int] | None:
    """The choice that covers the year counts, else the first; another may prove more. With n_versions_disagree.

    Each metric is taken from one source, and parts of any metric of the headline are set aside. A choice whose facts
    are all ties with indicators of no choice is none.
    """
    choices = unit.codebook.headlines[headline.code]
    metrics = {metric for choice in choices for metric in choice.metrics}
    chosen = [thing for metric in sorted(metrics & unit.chosen.keys()) for thing in unit.chosen[metric].things]
    things, words, conflict = parts_of_headline(chosen, [fact for fact in unit.used if fact.metric in metrics])
    answers = ((choice, answer_of_choice(choice, headline, things, unit)) for choice in choices)
    found = [(choice, a) for choice, a in answers if a and not all(is_doubtful(fact, metrics) for fact in a.facts)]
    if not found:
        return None
    found.sort(key=lambda pair: (not (pair[1].covers and is_complete(pair[0], unit)), pair[0].number))
    choice, answer = found[0]
    others = sorted(found[1:], key=lambda pair: (-(pair[1].interval.low or 0), pair[0].number))
    if others and (others[0][1].interval.low or 0) > answer.interval.value:
        chosen, (choice, answer) = answer, others[0]
        low = answer.interval.low or 0
        conflict = conflict or (chosen.interval.high is not None and chosen.interval.high < low)
        answer = replace(answer, interval=at_least(low))
    answer = replace(answer, words=answer.words | words, conflict=answer.conflict or conflict)
    return answer, max(n_disagree(metric, unit) for metric in choice.metrics if metric in unit.chosen)


# From rows to rows


def method_of(answer: Answer, aggregation: str) -> str:
    """The words of `method`: what was done, in a fixed order; `single` if nothing was."""
    words = sorted(word for word in answer.words if word.startswith("from_"))
    words += [word for word in WORDS if word in answer.words or (word == "larger_of_conflict" and answer.conflict)]
    if len(answer.facts) > 1:
        how = {"sum": "summed", "max": "maximum", "mean": "weighted" if answer.is_weighted else "averaged"}
        words.append(how[aggregation])
    return "+".join(words) or "single"


def row_of(target: Indicator, metrics: Iterable[str], answer: Answer, disagree: int, unit: UnitYear) -> dict[str, Any]:
    """The row of township_metric."""
    of_target = sorted((fact for fact in unit.facts if fact.metric in set(metrics)), key=lambda fact: fact.place)
    counted = answer.facts
    fact_ids = [fact.fact_id for fact in counted]
    return {
        "metric_code": target.code,
        "value": answer.interval.value,
        "value_low": answer.interval.low,
        "value_high": answer.interval.high,
        "qualifier": qualifier(answer.interval),
        "n_facts": len(fact_ids),
        "method": method_of(answer, target.aggregation),
        "fact_ids": fact_ids,
        "set_aside_fact_ids": [fact.fact_id for fact in of_target if fact.fact_id not in fact_ids],
        "has_conflict": answer.conflict,
        "confidence": min(fact.confidence for fact in counted),
        "report_ids": sorted({fact.report_id for fact in counted}),
        "n_versions_disagree": disagree,
    }


def unit_year(facts: Sequence[Fact], documents: Sequence[Document], codebook: Codebook) -> UnitYear:
    """The sources of each metric in one unit and year, and which is chosen (several reports of one unit and year)."""
    used = sorted(without_substitutes(facts), key=lambda fact: fact.place)
    source_names = {document.report_id: document.source for document in documents}
    sources: dict[str, list[Source]] = {}
    for each in groups(used, lambda fact: (fact.metric, source_names[fact.report_id])):
        own = [document for document in documents if document.source == source_names[each[0].report_id]]
        source = source_of(each, own, codebook.indicators[each[0].metric])
        sources.setdefault(source.metric, []).append(source)
    chosen = {metric: min(each, key=lambda source: source.rank) for metric, each in sources.items()}
    return UnitYear(facts, used, sources, chosen, codebook)


def figures_of_unit(unit: UnitYear) -> Iterator[dict[str, Any]]:
    """The rows of one unit and year: one for each indicator and each headline that a fact is about."""
    for metric, source in unit.chosen.items():
        if answer := answer_of_source(source, unit):
            yield row_of(unit.codebook.indicators[metric], [metric], answer, n_disagree(metric, unit), unit)
    for code, choices in unit.codebook.headlines.items():
        if found := answer_of_headline(unit.codebook.indicators[code], unit):
            metrics = {metric for choice in choices for metric in choice.metrics}
            yield row_of(unit.codebook.indicators[code], metrics, *found, unit)


def township_metric(
    rows: Iterable[Mapping[str, Any]], documents: Iterable[Document], codebook: Codebook
) -> dict[tuple[str, int, str], dict[str, Any]]:
    """township_metric by unit, year and target, of rows of fact_indicator. `documents` are the accepted reports."""
    reports = {each[0].place: each for each in groups(documents, lambda document: document.place)}
    found = {}
    for each in groups(rows, lambda row: (row["township_code"], row["report_year"])):
        code, year = each[0]["township_code"], each[0]["report_year"]
        known = reports.get((code, year), [])
        accepted = {document.report_id for document in known}
        known_rows = plausible([row for row in each if row["report_id"] in accepted])
        facts = [taken(row, codebook.indicators[row["metric_code"]]) for row in known_rows]
        for row in figures_of_unit(unit_year(out_of_circles(facts), known, codebook)):
            found[code, year, row["metric_code"]] = row
    return found
