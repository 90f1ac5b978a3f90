"""The names of facts, by which a number of a report and a part of a total point to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


def fact_ids(report_id: str, metrics: Iterable[str], number_starts: Iterable[int]) -> list[str]:
    """A unique, stable name for each fact: report, indicator, place of the number; counted where these coincide."""
    names = [f"{report_id}:{metric}:{start}" for metric, start in zip(metrics, number_starts, strict=True)]
    if len(set(names)) == len(names):
        return names
    seen: Counter[str] = Counter()
    ids = []
    for name in names:
        seen[name] += 1
        ids.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    return ids
