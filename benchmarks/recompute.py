"""Recompute the figures of a release in plain Python and compare them with its marts, row by row.

    python -m benchmarks.recompute [--reports 5000] [--seed 1]   # on generated reports that are hard to add up
    python -m benchmarks.recompute --release warehouse/fazhi.duckdb   # on a release that exists

benchmarks.figure_rules and benchmarks.area_rules are the second reading of the rules. The exit code is 1 if a row
differs.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.archive import write_hard_reports
from benchmarks.area_rules import Unit, county_year, wide_columns, wide_row
from benchmarks.figure_facts import Choice, Document, Indicator
from benchmarks.figure_rules import Codebook, township_metric
from benchmarks.processes import start, watch

Row = Mapping[str, Any]
Key = tuple[Any, ...]

#: The columns that both sides compute.
COLUMNS = (
    *("value", "value_low", "value_high", "qualifier", "n_facts", "method", "has_conflict", "confidence"),
    *("fact_ids", "set_aside_fact_ids", "report_ids", "n_versions_disagree"),
)
COUNTY_COLUMNS = (
    *("value", "value_low", "value_high", "is_lower_bound", "method", "mean", "weighted_mean", "n_weighted"),
    *("n_reporting", "n_units", "coverage", "n_special_reporting", "n_special", "n_dropped", "n_part_of_year"),
    "n_conflicts",
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A row of a mart that the two sides do not agree on; None where one has no row. `evidence`: what it is made of."""

    table: str
    key: Key
    columns: tuple[str, ...]
    mart: Row | None
    recomputed: Row | None
    evidence: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The table, the key of the row, what the two sides say, and the evidence."""
        shown = COLUMNS if self.table == "township_metric" else self.columns
        lines = [f"{self.table} {' '.join(map(str, self.key))}: {', '.join(self.columns) or 'only one side'}"]
        for name, row in (("mart", self.mart), ("recomputed", self.recomputed)):
            lines.append(f"  {name}: { ({column: row[column] for column in shown} if row else 'no row') }")
        return "\n".join([*lines, *(f"  {line}" for line in self.evidence)])


@dataclass(slots=True)
class Comparison:
    """How many rows were compared, by table, and those that differ."""

    n_rows: dict[str, int] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)

    def add(self, table: str, marts: Mapping[Key, Row], recomputed: Mapping[Key, Row], columns: Sequence[str]) -> None:
        """Compare the rows of a table."""
        keys = marts.keys() | recomputed.keys()
        self.n_rows[table] = len(keys)
        for key in sorted(keys):
            mart, other = marts.get(key), recomputed.get(key)
            if mart is None or other is None:
                self.differences.append(Difference(table, key, (), mart, other))
            elif wrong := tuple(column for column in columns if not _same(mart[column], other[column])):
                self.differences.append(Difference(table, key, wrong, mart, other))


def _same(one: Any, other: Any) -> bool:
    """Numbers are the same up to the six digits that the marts are rounded to."""
    if isinstance(one, float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-6)
    return bool(one == other)


def rows_of(con: duckdb.DuckDBPyConnection, sql: str) -> Iterator[dict[str, Any]]:
    """The rows of a query, each by the names of its columns."""
    result = con.execute(sql)
    names = [column[0] for column in result.description or ()]
    for row in result.fetchall():
        yield dict(zip(names, row, strict=True))


def read_codebook(con: duckdb.DuckDBPyConnection) -> Codebook:
    """The indicators and headlines of a release."""
    indicators = {
        row["metric_code"]: Indicator(
            *(row["metric_code"], row["kind"], row["aggregation"], row["weight"], frozenset(row["includes"] or ()))
        )
        for row in rows_of(con, "SELECT metric_code, kind, aggregation, weight, includes FROM dim_indicator")
    }
    choices = """
        SELECT headline, choice, list(metric_code) AS metrics, any_value(n_needed) AS n_needed,
               any_value(is_lower_bound) AS is_lower_bound
        FROM dim_headline GROUP BY headline, choice ORDER BY headline, choice
    """
    headlines: dict[str, list[Choice]] = {}
    for row in rows_of(con, choices):
        choice = Choice(row["choice"], frozenset(row["metrics"]), row["n_needed"], row["is_lower_bound"])
        headlines.setdefault(row["headline"], []).append(choice)
    return Codebook(indicators, headlines)


# A report on several years together is no account of one of them.
_DOCUMENTS = "SELECT * FROM dim_report WHERE status = 'accepted' AND edition IS DISTINCT FROM 'multi_year'"


def read_documents(con: duckdb.DuckDBPyConnection) -> list[Document]:
    """The accepted reports of a release that are on one year or a part of it."""
    names = ("is_canonical", "doc_family", "edition")
    return [
        Document(row["report_id"], (row["township_code"], row["report_year"]), *(row[name] for name in names))
        for row in rows_of(con, _DOCUMENTS)
    ]


def compare(con: duckdb.DuckDBPyConnection) -> Comparison:
    """Recompute township_metric of the facts, and township_year and county_year of township_metric."""
    found = Comparison()
    codebook = read_codebook(con)
    facts = {fact["fact_id"]: fact for fact in rows_of(con, "SELECT * FROM fact_indicator ORDER BY fact_id")}
    metrics = {
        (row["township_code"], row["report_year"], row["metric_code"]): row
        for row in rows_of(con, "SELECT * FROM township_metric")
    }
    found.add("township_metric", metrics, township_metric(facts.values(), read_documents(con), codebook), COLUMNS)
    found.differences = [replace(one, evidence=evidence(one, facts)) for one in found.differences]
    compare_years(found, con, metrics, codebook)
    compare_counties(found, con, metrics, codebook)
    return found


def compare_years(
    found: Comparison, con: duckdb.DuckDBPyConnection, metrics: Mapping[Key, Row], codebook: Codebook
) -> None:
    """Compare the figures of township_year."""
    marts: dict[Key, Row] = {
        (row["township_code"], row["report_year"]): row for row in rows_of(con, "SELECT * FROM township_year")
    }
    by_unit: dict[Key, dict[str, Row]] = {key: {} for key in marts}
    for (code, year, target), row in metrics.items():
        by_unit.setdefault((code, year), {})[target] = row
    names = [row["column_name"] for row in rows_of(con, "DESCRIBE township_year")]
    columns = list(wide_columns(names, codebook.indicators))
    recomputed = {key: wide_row(rows, columns, set(codebook.headlines)) for key, rows in by_unit.items()}
    counts = ("n_metrics", "n_facts", "n_conflicts")
    found.add("township_year", marts, recomputed, [*counts, *(column for column, _, _ in columns)])


def compare_counties(
    found: Comparison, con: duckdb.DuckDBPyConnection, metrics: Mapping[Key, Row], codebook: Codebook
) -> None:
    """Compare the figures of county_year."""
    columns = ("township_code", "county_code", "first_year", "last_year", "unit_class", "followed_by")
    units = [
        Unit(*(tuple(row[name]) if name == "followed_by" else row[name] for name in columns))
        for row in rows_of(con, "SELECT * FROM township_succession")
    ]
    marts: dict[Key, Row] = {
        (row["county_code"], row["report_year"], row["metric_code"]): row
        for row in rows_of(con, "SELECT * FROM county_year")
    }
    found.add("county_year", marts, county_year(metrics.values(), units, codebook.indicators), COUNTY_COLUMNS)


def evidence(difference: Difference, facts: Mapping[str, Row]) -> tuple[str, ...]:
    """The facts of a row of township_metric, as the rules see them, with their sentences."""
    sides = [side for side in (difference.mart, difference.recomputed) if side]
    ids = {one for side in sides for one in [*side["fact_ids"], *side["set_aside_fact_ids"]]}
    lines = []
    for fact in sorted((facts[one] for one in ids), key=lambda fact: (fact["report_id"], fact["number_start"])):
        bounds = f"{fact['value']:g} [{fact['value_low']}, {fact['value_high']}] {fact['qualifier']}"
        months = f"months {fact['period_start']}-{fact['period_end']}"
        scope = f"scope {fact['scope_key']!r} of {fact['scope_group']!r}" if fact["scope_key"] else "unscoped"
        role = f"{fact['role']} {fact['subset_of'] or ''}{' substitute' if fact['is_substitute'] else ''}"
        lines.append(f"{fact['fact_id']}: {bounds}, {months}, {scope}, {role}")
        lines.append(f"    sentence {fact['sentence']}: {fact['evidence']}")
    return tuple(lines)


def make_release(folder: Path, reports: int, seed: int) -> Path:
    """Write reports that are hard to add up, run fazhi on them, and return the release."""
    write_hard_reports(folder / "raw", reports, seed)
    watched = watch(start(folder / "raw", folder / "warehouse", more={"FAZHI_EXPORTS": "csv"}))
    if watched.code:
        raise RuntimeError(f"the run ended with {watched.code}, expected 0: {watched.errors}")
    return folder / "warehouse" / "fazhi.duckdb"


def main() -> None:
    """Compare, print the differences and how many rows there are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--release", type=Path)
    parser.add_argument("--shown", type=int, default=20, help="how many differences are printed in full")
    given = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="fazhi-recompute-") as name:
        release = given.release or make_release(Path(name), given.reports, given.seed)
        with duckdb.connect(str(release), read_only=True) as con:
            found = compare(con)
    for difference in found.differences[: given.shown]:
        print(difference, end="\n\n")
    differing = Counter(difference.table for difference in found.differences)
    for table, n_rows in found.n_rows.items():
        print(f"{table}: {n_rows} rows compared, {differing[table]} differ")
    print(f"{time.perf_counter() - began:.0f} s")
    sys.exit(1 if found.differences else 0)


if __name__ == "__main__":
    main()
