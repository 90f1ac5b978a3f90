"""Relations between the facts of one report: which fact is a part of which total, and which one repeats another."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.codebook.compiled import Codebook
from pipelines.extract.report.rows import FactColumns, SubsetMark

_NEAR = 3  # facts before 其中 that it may detail
_FARTHEST = 200  # facts among which a total is searched for


def mark_subsets(facts: FactColumns, marks: Sequence[SubsetMark], codebook: Codebook) -> None:
    """Give the facts behind 其中 the role `subset` and their total, where one is found."""
    for mark in marks:
        total = _total_of(facts, mark, codebook)
        if total is not None:
            facts.role[mark.fact], facts.subset_of[mark.fact] = "subset", total


def _total_of(facts: FactColumns, mark: SubsetMark, codebook: Codebook) -> int | None:
    """The fact that a figure behind 其中 is part of: the same indicator's if it is there, else the nearest of its unit.

    It stands in the same line, before 其中. A fact of another unit is taken only where none of its own is near.
    """
    fact = facts.facts[mark.fact]
    near = []
    for at in range(mark.fact - 1, max(-1, mark.fact - _FARTHEST), -1):
        start = facts.number_start[at]
        if start < mark.line_start:
            break
        if start < mark.start and facts.role[at] == "total":
            if facts.facts[at].metric == fact.metric:
                return at
            near.append(at)
    if not fact.joined or not near:
        return None
    unit = codebook.unit_of(fact.metric)
    for at in near[:_NEAR]:
        if codebook.unit_of(facts.facts[at].metric) == unit or facts.unit_raw[at] == fact.classifier:
            return at
    return near[0]


def mark_repeats(facts: FactColumns) -> None:
    """Give the role `repeat` to a total that says again, elsewhere and in as many words, what an earlier one said."""
    seen: dict[tuple[str, float, str, str | None], int] = {}
    for at, (fact, value, role) in enumerate(zip(facts.facts, facts.value, facts.role, strict=True)):
        if role != "total" or fact.read_as == "shared":
            continue
        earlier = seen.setdefault((fact.metric, value, fact.amount.qualifier, fact.scope), at)
        if (
            earlier != at
            and facts.evidence[earlier] != facts.evidence[at]
            and facts.unit_raw[earlier] == facts.unit_raw[at]
            and value > 1
        ):
            facts.role[at] = "repeat"
