"""Put hostile files beside good reports, night after night, and see whether each run ends with its release.

    python -m benchmarks.hostile [--files 10000] [--seed 1] [--write]

First a run builds the warehouse of a few good reports. Then hostile files come, 500 before each run, and hostile lines
of corrections. After each run there must be a new release with a row for each file, a document or a reason, and the
good reports must say what they said before. `--write` writes docs/hostile.md. The exit code is 1 if anything was lost.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import signal
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import MappingProxyType

import duckdb

from benchmarks.archive import path_of
from benchmarks.bench import machine
from benchmarks.corpus import generate
from benchmarks.hostile_bombs import SECRET
from benchmarks.hostile_file import Hostile
from benchmarks.hostile_files import GOOD, hostile_files
from benchmarks.processes import ROOT, start, watch
from benchmarks.timed_run import FOLDER, text_hash
from pipelines.read.unpack import SEPARATOR
from pipelines.stage.corrections import COLUMNS

PAGE = ROOT / "docs" / "hostile.md"
A_NIGHT = 500  # hostile files that come before a run
SLOWEST = 60.0  # seconds that a file may take
MOST_BYTES = 4_000_000_000  # of memory that all processes of a run may hold
_RUN_SECONDS = 1800.0  # a run that takes longer is killed
# Few scanned pages, as reading one takes seconds whatever is on it; one format of exports, as all go the same way.
_SETTINGS = {"FAZHI_OCR_PAGES": "4", "FAZHI_EXPORTS": "csv"}
_FAILURES = ("internal_error", "crashed", "too_slow")


@dataclass
class Kind:
    """What became of the files of one kind."""

    files: int = 0
    rows: int = 0
    accepted: int = 0
    refused: int = 0  # rows without a text
    slowest: float = 0.0


@dataclass
class Tally:
    """What happened in all runs. `problems` says in a line each what was lost; times are in seconds."""

    files: int = 0
    runs: int = 0
    releases: int = 0
    lost: int = 0
    changed: int = 0  # runs after which a good report said something else
    peak_bytes: int = 0
    cpu: float = 0.0
    run_seconds: list[float] = field(default_factory=list)
    kinds: dict[str, Kind] = field(default_factory=lambda: defaultdict(Kind))
    reasons: Counter[str] = field(default_factory=Counter)
    slowest: list[tuple[float, str, str]] = field(default_factory=list)  # seconds, kind, path
    problems: list[str] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """True if nothing was lost and every bound was kept."""
        return not self.problems

    def note(self, problem: str) -> None:
        """Keep and show what went wrong."""
        print(problem, file=sys.stderr, flush=True)
        self.problems.append(problem)


def hostile(
    folder: Path, files: int, seed: int, most_bytes: int = sys.maxsize, settings: Mapping[str, str] | None = None
) -> Tally:
    """Run the nights in `folder` (raw/, warehouse/), with `files` hostile files in all, of `most_bytes` at most.

    The run in peace is left out where `settings` are given: variables of the environment, for runs that take less time.
    """
    tally, rng = Tally(files), Random(seed)
    raw, warehouse, times = folder / "raw", folder / "warehouse", folder / "times"
    times.mkdir()
    for report in generate(GOOD, seed):
        path = raw / path_of(report)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(report.text, encoding="utf-8")
    good = None
    if settings is None:
        _run(raw, warehouse, times, tally)
        good = _good(warehouse)
    came: dict[str, Hostile] = {}
    makers = (made for made in hostile_files(sys.maxsize, seed) if len(made.data) <= most_bytes)
    while len(came) < files and not (tally.releases < tally.runs):
        night = f"hostile/{tally.runs:02}"
        came |= dict(_written(raw, night, makers, min(A_NIGHT, files - len(came))))
        _correct(raw / "corrections.csv", rng, seed)
        if _run(raw, warehouse, times, tally, settings or {}):
            _look(warehouse, came, good, tally)
    _judge(warehouse, times, came, tally)
    return tally


def _written(raw: Path, night: str, makers: Iterator[Hostile], count: int) -> Iterator[tuple[str, Hostile]]:
    """Write `count` hostile files below the folder of a night; yields each with its path as tables hold it."""
    while count:
        made = next(makers)
        if made.write(raw / night):
            count -= 1
            yield f"{night}/{made.raw_path}", made


def _correct(path: Path, rng: Random, seed: int) -> None:
    """Write corrections that nobody can mean, beside one that names no report."""
    report = path_of(next(generate(1, seed))).as_posix()
    odd = (
        "",
        "9" * 400,
        "-1",
        "1e999",
        "NaN",
        "甲" * 3000,
        "=1+1",
        "'; --",
        "\0",
        "2024-02-30",
        "999999999",
        report,
        "drop",
    )
    rows = [[rng.choice(odd) for _ in range(rng.choice((len(COLUMNS), len(COLUMNS), 3, 40)))] for _ in range(30)]
    for row in rows[:20]:
        row[:2] = [rng.choice((report, "*", "../..", "0" * 16)), rng.choice(("value", "add", "drop", "place", "year"))]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([COLUMNS, *rows])


def _run(raw: Path, warehouse: Path, times: Path, tally: Tally, more: Mapping[str, str] = MappingProxyType({})) -> bool:
    """One night. Returns whether it ended with a new release."""
    before = _release(warehouse)
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = start(raw, warehouse, more={**_SETTINGS, **more, FOLDER: str(times)}, module=("benchmarks.timed_run",))
    limit = threading.Timer(_RUN_SECONDS, os.killpg, (process.pid, signal.SIGKILL))
    limit.start()
    watched = watch(process)
    limit.cancel()
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    tally.runs += 1
    tally.cpu += ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime
    tally.run_seconds.append(watched.seconds)
    tally.peak_bytes = max(tally.peak_bytes, watched.peak_bytes)
    is_made = watched.code == 0 and _release(warehouse) not in (None, before)
    tally.releases += is_made
    if not is_made:
        tally.note(f"run {tally.runs} ended with {watched.code} and without a new release: {watched.errors.strip()}")
    if "Traceback" in watched.errors:
        tally.note(f"run {tally.runs} showed a traceback: {watched.errors[-500:]}")
    if watched.peak_bytes > MOST_BYTES:
        tally.note(f"run {tally.runs} held {watched.peak_bytes / 1e9:.1f} GB, expected {MOST_BYTES / 1e9:.0f} at most")
    return is_made


def _release(warehouse: Path) -> str | None:
    try:
        with _open(warehouse) as con:
            return str(con.sql("SELECT release_id FROM release").fetchall()[0][0])
    except duckdb.Error:
        return None


def _open(warehouse: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(warehouse / "fazhi.duckdb"), read_only=True)


def _good(warehouse: Path) -> tuple[list[tuple[object, ...]], ...]:
    """What the release says of the good reports: their facts, and the years of their units."""
    ours = "FROM dim_report WHERE raw_path LIKE 'reports/%'"
    with _open(warehouse) as con:
        return (
            con.sql(
                f"SELECT * FROM fact_indicator WHERE report_id IN (SELECT report_id {ours}) ORDER BY fact_id"
            ).fetchall(),
            con.sql(
                "SELECT * EXCLUDE (fact_ids) FROM township_metric "
                f"WHERE (township_code, report_year) IN (SELECT (township_code, report_year) {ours}) "
                "ORDER BY township_code, report_year, metric_code"
            ).fetchall(),
            con.sql(f"SELECT report_id, status {ours} ORDER BY report_id").fetchall(),
        )


_Good = tuple[list[tuple[object, ...]], ...]


def _look(warehouse: Path, came: dict[str, Hostile], good: _Good | None, tally: Tally) -> None:
    """Hold the release against the files that came and against the good reports."""
    with _open(warehouse) as con:
        found = {path for (path,) in con.sql("SELECT raw_path FROM dim_report").fetchall()}
        is_leaked = con.sql(f"SELECT count(*) FROM report_text WHERE contains(text, '{SECRET}')").fetchall() != [(0,)]
        unsaid = con.sql(
            "SELECT raw_path FROM dim_report WHERE status = 'quarantined' AND "
            "(reason_code IS NULL OR coalesce(reason_text, '') = '' OR contains(reason_text, 'Traceback'))"
        ).fetchall()
    found |= {path[:at] for path in found for at in _archives(path)}
    lost = [path for path, made in came.items() if made.is_due and path not in found]
    tally.lost = len(lost)
    for path in lost[:10]:
        tally.note(f"run {tally.runs}: no row of {path!r}")
    for (path,) in unsaid[:10]:
        tally.note(f"run {tally.runs}: no reason of {path!r} that a person can read")
    if is_leaked:
        tally.note(f"run {tally.runs}: a text holds what stands in a file of the machine")
    if good is not None and _good(warehouse) != good:
        tally.changed += 1
        tally.note(f"run {tally.runs}: the good reports no longer say what they said")


def _archives(path: str) -> Iterator[int]:
    """Where the archives end that a path leads into."""
    at = path.find(SEPARATOR)
    while at >= 0:
        yield at
        at = path.find(SEPARATOR, at + 1)


def _judge(warehouse: Path, times: Path, came: dict[str, Hostile], tally: Tally) -> None:
    """Count what became of the files by kind, and add up the seconds of each."""
    with _open(warehouse) as con:
        rows = con.sql(
            "SELECT raw_path, status, reason_code, text FROM dim_report LEFT JOIN report_text USING (report_id)"
        ).fetchall()
    seconds: Counter[str] = Counter()
    of_texts: dict[str, str] = {}
    for raw_path, status, code, text in rows:
        path = next((raw_path[:at] for at in (*_archives(raw_path), None) if raw_path[:at] in came), None)
        if path is None:
            continue
        kind = tally.kinds[came[path].kind]
        kind.rows += 1
        kind.accepted += status == "accepted"
        kind.refused += not text
        tally.reasons[code or "accepted"] += 1
        if text:
            of_texts[text_hash(text)] = path
    for line in (line for path in times.iterdir() for line in path.read_text(encoding="utf-8").splitlines()):
        step, spent, name = json.loads(line)
        path = name if step in ("open", "read") else of_texts.get(name, "")
        seconds[next((path[:at] for at in (*_archives(path), None) if path[:at] in came), path)] += spent
    for path, made in came.items():
        kind = tally.kinds[made.kind]
        kind.files += 1
        kind.slowest = max(kind.slowest, seconds[path])
    tally.slowest = [(spent, came[path].kind, path) for path, spent in seconds.most_common() if path in came][:10]
    for spent, _, path in tally.slowest:
        if spent > SLOWEST:
            tally.note(f"{path} took {spent:.0f} s, expected {SLOWEST:.0f} at most")
    if tally.reasons["internal_error"]:
        tally.note(f"{tally.reasons['internal_error']} rows with internal_error, expected none")


def page(tally: Tally, seconds: float, command: str) -> str:
    """The text of docs/hostile.md. Everything in it comes from this run."""
    first, *later = tally.run_seconds
    slowest = tally.slowest[0][0] if tally.slowest else 0.0
    rows = [
        ("hostile files", f"{sum(kind.files for kind in tally.kinds.values()):,}", f"{tally.files:,}"),
        (
            "rows of these in `dim_report`, with the files in archives",
            f"{sum(k.rows for k in tally.kinds.values()):,}",
            "",
        ),
        ("files without a row", tally.lost, 0),
        ("runs", tally.runs, ""),
        ("runs without a new release", tally.runs - tally.releases, 0),
        ("runs after which a good report said something else", tally.changed, 0),
        ("rows at which the program failed (`internal_error`)", tally.reasons["internal_error"], 0),
        ("files that ended their reader (`crashed`)", tally.reasons["crashed"], ""),
        ("files that were not read in time (`too_slow`)", tally.reasons["too_slow"], ""),
        ("slowest file, seconds", f"{slowest:.1f}", f"≤ {SLOWEST:.0f}"),
        ("memory of all processes at most, GB", f"{tally.peak_bytes / 1e9:.1f}", f"≤ {MOST_BYTES / 1e9:.0f}"),
        ("seconds of all runs by the clock", f"{sum(tally.run_seconds):,.0f}", ""),
        ("CPU seconds of all runs", f"{tally.cpu:,.0f}", ""),
        ("seconds of the run in peace", f"{first:.0f}", ""),
        ("seconds of the slowest run with hostile files", f"{max(later, default=0):.0f}", ""),
    ]
    kinds = [
        f"| {name} | {kind.files:,} | {kind.rows:,} | {kind.refused:,} | {kind.accepted:,} | {kind.slowest:.1f} |"
        for name, kind in sorted(tally.kinds.items())
    ]
    reasons = [f"| `{code}` | {count:,} |" for code, count in tally.reasons.most_common()]
    return "\n".join(
        [
            f"# Hostile files\n\n<!-- written by `{command}`; do not edit -->\n",
            f"Written by `{command}` on {machine()}, in {seconds / 60:.0f} minutes. A run built the warehouse of "
            f"{GOOD} good reports. Then hostile files came, {A_NIGHT} before each run, and hostile corrections, and "
            "the folder grew. After each run the release was held against the files and the good reports. Other "
            f"programs ran beside: the mean load of the machine was {os.getloadavg()[2]:.1f} in the last 15 minutes.\n",
            "| what | found | expected |\n|---|---:|---:|",
            *(f"| {what} | {found} | {expected} |" for what, found, expected in rows),
            "\n## Kinds\n",
            "Refused is what gave no text. The slowest file is the sum of its steps: opened as an archive, read, "
            "identified, extracted, in seconds by the clock.\n",
            "| kind | files | rows | refused | accepted | slowest |\n|---|---:|---:|---:|---:|---:|",
            *kinds,
            "\n## Reasons\n",
            "What became of the rows; [formats](formats.md) says what each code means.\n",
            "| reason | rows |\n|---|---:|",
            *reasons,
            "",
        ]
    )


def main() -> None:
    """Run everything, print the page and write it where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="write docs/hostile.md")
    parser.add_argument("--keep", type=Path, help="an empty folder to work in, which stays")
    given = parser.parse_args()
    command = f"python -m benchmarks.hostile --files {given.files} --seed {given.seed} --write"
    with tempfile.TemporaryDirectory(prefix="fazhi-hostile-") as name:
        began = time.perf_counter()
        tally = hostile(given.keep or Path(name), given.files, given.seed)
        text = page(tally, time.perf_counter() - began, command)
    print(text)
    for spent, kind, path in tally.slowest:
        print(f"{spent:6.1f} s  {kind}: {path!r}", file=sys.stderr)
    if given.write:
        PAGE.write_text(text, encoding="utf-8")
    sys.exit(0 if tally.held else 1)


if __name__ == "__main__":
    main()
