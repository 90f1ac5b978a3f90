"""Facts and intervals, as the second reading of the rules takes them (figure_rules)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")


class Interval(NamedTuple):
    """A value with its bounds."""

    value: float
    low: float | None
    high: float | None

    @property
    def is_exact(self) -> bool:
        """Whether the bounds leave no value but this one."""
        return self.low == self.value == self.high


@dataclass(frozen=True, slots=True)
class Indicator:
    """What the rules must know of an indicator or a headline (dim_indicator)."""

    code: str
    kind: str
    aggregation: str
    weight: str | None = None
    includes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of a headline (dim_headline): the metrics that are added, and whether that is everything."""

    number: int
    metrics: frozenset[str]
    n_needed: int
    is_lower_bound: bool


@dataclass(frozen=True, slots=True)
class Document:
    """What the rules must know of an accepted report (dim_report). `place` is its unit and year."""

    report_id: str
    place: tuple[str, int]
    is_canonical: bool = True
    family: str = "annual"
    edition: str | None = None

    @property
    def source(self) -> str:
        """The source: the report, or all the reports on parts of the year together."""
        return "part_of_year" if self.edition == "part_of_year" else self.report_id


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact with its bounds and months in order. `conflict`: they were not, or it is a part of itself.

    `is_tie`: it may be that of an indicator in `tied_with`.
    """

    fact_id: str
    report_id: str
    metric: str
    interval: Interval
    scope_key: str
    scope_group: str
    start: int
    end: int
    role: str
    subset_of: str | None
    is_substitute: bool
    number_start: int
    sentence: int
    confidence: float
    conflict: bool
    is_tie: bool
    tied_with: frozenset[str]

    @property
    def place(self) -> tuple[str, int, str]:
        """Sorts facts as they stand in the texts."""
        return self.report_id, self.number_start, self.fact_id


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure made of facts of one metric. `facts` count in it; `others` were merged into it or set aside."""

    metric: str
    interval: Interval
    scope_key: str
    scope_group: str
    start: int
    end: int
    facts: tuple[Fact, ...]
    others: tuple[Fact, ...] = ()
    words: frozenset[str] = frozenset()
    conflict: bool = False
    covers: bool = True

    @property
    def all_facts(self) -> tuple[Fact, ...]:
        """The facts that count, and the others."""
        return self.facts + self.others

    @property
    def is_tied(self) -> bool:
        """Whether all facts that count are ties."""
        return all(fact.is_tie for fact in self.facts)

    @property
    def months(self) -> frozenset[int]:
        """The months that the figure is for, 1 to 12."""
        return frozenset(range(self.start, self.end + 1))


# Intervals


def meet(intervals: Iterable[Interval]) -> bool:
    """Whether one number can lie in all of the intervals."""
    low, high = intersection(intervals)
    return low is None or high is None or low <= high


def intersection(intervals: Iterable[Interval]) -> tuple[float | None, float | None]:
    """The largest low and the smallest high; what is not known does not count."""
    found = list(intervals)
    lows = [i.low for i in found if i.low is not None]
    highs = [i.high for i in found if i.high is not None]
    return max(lows, default=None), min(highs, default=None)


def combine(aggregation: str, intervals: Sequence[Interval]) -> Interval:
    """Several intervals as one: their sum, their maximum or their mean."""
    if len(intervals) == 1:
        return intervals[0]
    values = [i.value for i in intervals]
    lows = [i.low for i in intervals if i.low is not None]
    highs = [i.high for i in intervals if i.high is not None]
    all_low, all_high = len(lows) == len(intervals), len(highs) == len(intervals)
    if aggregation == "sum":
        return Interval(sum(values), sum(lows) if lows else None, sum(highs) if all_high else None)
    if aggregation == "max":
        return Interval(max(values), max(lows, default=None), max(highs) if all_high else None)
    mean = sum(values) / len(values)
    return Interval(mean, min(lows) if all_low else None, max(highs) if all_high else None)


def at_least(value: float) -> Interval:
    """A lower bound."""
    return Interval(value, value, None)


def qualifier(interval: Interval) -> str:
    """The word for an interval: exact, at_least, at_most or approx."""
    if interval.is_exact:
        return "exact"
    if interval.low == interval.value:
        return "at_least"
    return "at_most" if interval.high == interval.value else "approx"


def groups(items: Iterable[T], key: Callable[[T], Hashable]) -> list[list[T]]:
    """Items of equal key together, in the order in which the keys come first."""
    found: dict[Hashable, list[T]] = defaultdict(list)
    for item in items:
        found[key(item)].append(item)
    return list(found.values())


# Bad input, and what never counts


def plausible(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Rows of fact_indicator without those that are implausible, and without the parts of these."""
    left_out = {(row["fact_id"], row["metric_code"]) for row in rows if row["implausible"]}
    return [
        row
        for row in rows
        if not row["implausible"]
        and (row["role"] != "subset" or (row["subset_of"], row["metric_code"]) not in left_out)
    ]


def taken(row: Mapping[str, Any], indicator: Indicator) -> Fact:
    """A row of fact_indicator as a fact. Bounds and months that contradict each other are put in order: a conflict."""
    value, stated = row["value"], row["qualifier"]
    low, high = row["value_low"], row["value_high"]
    low = value if low is None and stated in ("exact", "at_least") else low
    high = value if high is None and stated in ("exact", "at_most") else high
    known = [bound for bound in (low, value, high) if bound is not None]
    conflict = known != sorted(known)
    if conflict:
        low, high = min(known), max(known)
    start, end = row["period_start"], row["period_end"]
    if start > end:
        start, end, conflict = end, start, True
    return Fact(
        *(row["fact_id"], row["report_id"], row["metric_code"], Interval(value, low, high)),
        *(row["scope_key"], row["scope_group"], end if indicator.kind == "stock" else start, end),
        *(row["role"], row["subset_of"], row["is_substitute"], row["number_start"], row["sentence"]),
        *(row["confidence"], conflict, row["read_as"] == "tie" and row["corrected_by"] is None),
        frozenset(row["tied_with"]),
    )


def without_substitutes(facts: Iterable[Fact]) -> list[Fact]:
    """A substitute counts only where nothing else of its metric does."""
    stated = {fact.metric for fact in facts if not fact.is_substitute}
    return [fact for fact in facts if not fact.is_substitute or fact.metric not in stated]


def out_of_circles(facts: Sequence[Fact]) -> list[Fact]:
    """A fact that is, over any number of steps, a part of itself is no part, and a conflict."""
    parts = {fact.fact_id: fact for fact in facts if fact.role == "subset"}
    return [
        replace(fact, role="total", subset_of=None, conflict=True) if _in_circle(fact, parts) else fact
        for fact in facts
    ]


def _in_circle(fact: Fact, facts: Mapping[str, Fact]) -> bool:
    seen: set[str] = set()
    at = fact
    while at.subset_of in facts and at.fact_id not in seen:
        seen.add(at.fact_id)
        at = facts[at.subset_of]
        if at.fact_id == fact.fact_id:
            return True
    return False


def exceeds(part: Fact, total: Fact) -> bool:
    """Whether the least that a part can be is above the most that its total can be."""
    return part.interval.low is not None and total.interval.high is not None and part.interval.low > total.interval.high
