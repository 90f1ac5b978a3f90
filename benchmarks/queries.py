"""Measure how long the worked queries take on a release: the median of each and of all, as a Markdown table.

    python -m benchmarks.queries RELEASE.duckdb [--runs 5] [--only conflicts]

The queries are those of sql/queries; benchmarks.worked shows their answers. The release is opened for reading. Each
query runs once before it is measured, so that the time of the disk is left out. Its answer is taken as an Arrow table:
to make an object of Python of each value would take longer than most queries.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import duckdb

from benchmarks.worked import Question, load_questions

RUNS = 5
MOST, MIDDLE = 300.0, 50.0  # milliseconds: no query takes longer, and half of them less than this


@dataclass(frozen=True)
class QueryTimes:
    """What one query took: median milliseconds by the clock, and of all processors together; and its rows."""

    clock: float
    processor: float
    rows: int


def measure(release: Path, questions: Sequence[Question], runs: int = RUNS) -> dict[str, QueryTimes]:
    """What each query takes, by name."""
    with closing(duckdb.connect(str(release), read_only=True)) as con:
        con.execute("SET python_enable_replacements = false")
        return {question.name: _measure(con, question.sql, runs) for question in questions}


def _measure(con: duckdb.DuckDBPyConnection, sql: str, runs: int) -> QueryTimes:
    rows = con.sql(sql).to_arrow_table().num_rows
    clock, processor = [], []
    for _ in range(runs):
        start, began = time.perf_counter(), time.process_time()
        con.sql(sql).to_arrow_table()
        processor.append(1000 * (time.process_time() - began))
        clock.append(1000 * (time.perf_counter() - start))
    return QueryTimes(median(clock), median(processor), rows)


def render(results: dict[str, QueryTimes]) -> str:
    """The table, the fastest first, with the median of all; below it what is too slow, and how busy the machine was."""
    lines = ["| query | rows | median, ms | processor, ms |", "|---|---:|---:|---:|"]
    ranked = sorted(results.items(), key=lambda item: (item[1].clock, item[0]))
    lines += [f"| `{name}` | {one.rows:,} | {one.clock:,.1f} | {one.processor:,.1f} |" for name, one in ranked]
    middle = median(one.clock for one in results.values())
    work = median(one.processor for one in results.values())
    lines.append(f"| **median of {len(results)}** | | **{middle:,.1f}** | **{work:,.1f}** |")
    slow = [f"`{name}`" for name, one in ranked if one.clock > MOST]
    missed = f"over {MOST:g} ms: {', '.join(slow)}" if slow else f"none takes over {MOST:g} ms"
    load = f"{os.getloadavg()[0]:.1f}"
    lines += [
        "",
        f"Of {len(results)} queries, {missed}; half should take less than {MIDDLE:g} ms. Processor time is that of all",
    ]
    lines += [f"processors together; at the end, {load} processes were at work on {os.cpu_count()} processors."]
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("release", type=Path, help="a release, such as warehouse/fazhi.duckdb")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"runs after the one to warm up (default {RUNS})")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="measure these queries alone")
    given = parser.parse_args()
    questions = [one for one in load_questions() if given.only is None or one.name in given.only]
    if not questions:
        parser.error(f"found no query of the names {' '.join(given.only)}, expected names of files in sql/queries")
    print(render(measure(given.release, questions, given.runs)))


if __name__ == "__main__":
    main()
