"""Write an archive of generated reports as it would lie below raw/: a file for each unit and year, a folder a county.

    python -m benchmarks.archive FOLDER [--reports 400000] [--seed 1] [--adversarial]

The texts come from benchmarks.corpus; benchmarks.rehearsal measures runs on them. Adversarial ones are hard to add up:
they come from benchmarks.adversarial, and benchmarks.recompute compares what two readings of the rules make of them.
"""

from __future__ import annotations

import argparse
import time
from functools import partial
from pathlib import Path

from benchmarks.adversarial import reports_of
from benchmarks.corpus import Generated, generate_series
from benchmarks.measure import PROCESSES
from pipelines.build.workers import WORTH_A_POOL, WorkerSettings, workers

PART = 1_000  # reports that a worker writes at a time


def path_of(report: Generated) -> Path:
    """The path of a report's file below the raw folder: province, county, unit and year."""
    code = report.township_code
    return Path("reports", code[:2], code[:6], f"{code}_{report.report_year}.txt")


def write_reports(folder: Path, seed: int, total: int, first: int) -> int:
    """Write reports `first` to `first + PART` of the series of a seed. Returns how many were written."""
    count = 0
    for report in generate_series(min(PART, total - first), seed, first):
        path = folder / path_of(report)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(report.text, encoding="utf-8")
        count += 1
    return count


def write_hard_reports(folder: Path, reports: int, seed: int) -> int:
    """Write at least `reports` reports that are hard to add up, all those of a unit and year. Returns their number."""
    count = number = 0
    while count < reports:
        for report in reports_of(number, seed):
            path = folder / report.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(report.text, encoding="utf-8")
            count += 1
        number += 1
    return count


def write_archive(folder: Path, reports: int, seed: int) -> int:
    """Write an archive of `reports` files with all processors. Returns how many files there are."""
    with workers(WorkerSettings(PROCESSES), reports + WORTH_A_POOL) as each:
        return sum(each(partial(write_reports, folder, seed, reports), range(0, reports, PART)))


def main() -> None:
    """Write the archive and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--reports", type=int, default=400_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--adversarial", action="store_true", help="reports that are hard to add up")
    arguments = parser.parse_args()
    start = time.perf_counter()
    write = write_hard_reports if arguments.adversarial else write_archive
    written = write(arguments.folder, arguments.reports, arguments.seed)
    print(f"{written} reports in {time.perf_counter() - start:.0f} s below {arguments.folder}")


if __name__ == "__main__":
    main()
