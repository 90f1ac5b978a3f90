"""What a correction may set beside the value: the period, scope and role of a figure, from the cells of its line."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from pipelines.codebook.load import load_codebook
from pipelines.codebook.periods import period_named
from pipelines.extract.sentence.scopes import scope_of_words

COLUMNS = ("period", "scope", "role")
ON = ("accept", "value", "add")  # the actions after which the fact stands
SCHEMA = {
    "period": pl.String(),
    "months": pl.Int64(),
    "period_start": pl.Int64(),
    "period_end": pl.Int64(),
    "scope": pl.String(),  # '' for no scope, null if the line leaves it alone
    "scope_who": pl.String(),
    "scope_where": pl.String(),
    "scope_what": pl.String(),
    "scope_key": pl.String(),
    "scope_group": pl.String(),
    "role": pl.String(),
    "total_words": pl.String(),
}
_NO_SCOPE = "-"
_ROLE = re.compile(r"(total|repeat)|(subset) of\s+(.+)", re.DOTALL)
_PERIODS = "year, first_half, second_half, q2, to_10 (January to October), m03 or m11_12"


def settings_of(row: Mapping[str, str]) -> dict[str, Any]:
    """The staged cells of one line, with the columns of `SCHEMA`. A cell that is empty or wrong leaves nulls."""
    staged: dict[str, Any] = dict.fromkeys(SCHEMA)
    if row["period"] and not any(_period_problems(row["period"])):
        period = period_named(row["period"])
        staged |= {"period": period.name, "months": period.months}
        staged |= {"period_start": period.start, "period_end": period.end}
    if row["scope"]:
        scope = scope_of_words("" if row["scope"] == _NO_SCOPE else row["scope"], load_codebook())
        staged |= {"scope": scope.text or "", "scope_who": scope.who, "scope_where": scope.where}
        staged |= {"scope_what": scope.what, "scope_key": scope.key, "scope_group": scope.group}
    if found := _ROLE.fullmatch(row["role"]):
        staged |= {"role": found[1] or found[2], "total_words": found[3]}
    return staged


def problems_of(row: Mapping[str, str]) -> Iterator[str]:
    """The faults of the three cells, without looking at the report."""
    for name in COLUMNS:
        if row[name] and row["action"] not in ON:
            yield f"{name} is {row[name]!r}, expected nothing where the action is {row['action']}"
    if row["period"]:
        yield from _period_problems(row["period"])
    if row["role"] and not _ROLE.fullmatch(row["role"]):
        yield f"role is {row['role']!r}, expected total, repeat, or 'subset of' and the words that hold its total"


def _period_problems(cell: str) -> Iterator[str]:
    try:
        period = period_named(cell)
    except ValueError:
        yield f"period is {cell!r}, expected a name such as {_PERIODS}"
        return
    if not period.months:
        yield f"period is {cell!r}, which ends before it begins; write the first month first, such as m03_10"
