"""Measure how long the worked queries take on a release: the median of each and of all, as a Markdown table.

    python -m benchmarks.queries RELEASE.duckdb [--runs 5]

The queries are those of sql/queries; benchmarks.worked shows their answers. The release is opened for reading. Each
query runs once before it is measured, so that the time of the disk is left out.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

import duckdb

from benchmarks.worked import Question, load_questions

RUNS = 5


def measure(release: Path, questions: Sequence[Question], runs: int = RUNS) -> dict[str, tuple[float, int]]:
    """(median milliseconds, number of rows) of each query by name."""
    with closing(duckdb.connect(str(release), read_only=True)) as con:
        con.execute("SET python_enable_replacements = false")
        return {question.name: _measure(con, question.sql, runs) for question in questions}


def _measure(con: duckdb.DuckDBPyConnection, sql: str, runs: int) -> tuple[float, int]:
    rows = len(con.execute(sql).fetchall())
    spent = []
    for _ in range(runs):
        start = time.perf_counter()
        con.execute(sql).fetchall()
        spent.append(1000 * (time.perf_counter() - start))
    return median(spent), rows


def render(results: dict[str, tuple[float, int]]) -> str:
    """The table, the fastest first, and the median of all below it."""
    lines = ["| query | rows | median, ms |", "|---|---:|---:|"]
    ranked = sorted(results.items(), key=lambda item: (item[1][0], item[0]))
    lines += [f"| `{name}` | {rows:,} | {spent:,.1f} |" for name, (spent, rows) in ranked]
    middle = median(spent for spent, _ in results.values())
    return "\n".join([*lines, f"| **median of {len(results)}** | | **{middle:,.1f}** |"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("release", type=Path, help="a release, such as warehouse/fazhi.duckdb")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"runs after the one to warm up (default {RUNS})")
    arguments = parser.parse_args()
    print(render(measure(arguments.release, load_questions(), arguments.runs)))


if __name__ == "__main__":
    main()
