"""Kill runs at random points while a reader queries the release, and write docs/reliability.md.

    python -m benchmarks.torture [--kills 200] [--releases 50] [--rounds 1] [--reports 10] [--seed 1]

Before each release the raw folder changes, runs are killed at random points, and then one runs to its end. Then come
the rounds of disturbances (`benchmarks.disturbances`): files are damaged in each way between two runs, workers are
killed, and the clock goes back. The run after each must be whole and give the same hashes. All the while a reader opens
the release anew for each of its queries. At the end the warehouse must hold the same as one that was built from the
same files without a disturbance.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import duckdb

from benchmarks.archive import path_of
from benchmarks.bench import machine
from benchmarks.corpus import generate
from benchmarks.disturbances import DAMAGES, MODULE, damage, forget_stage, kill_worker, wrong_clock
from benchmarks.mutant_figure import MUTANTS, figure_line
from benchmarks.nodes import nodes
from benchmarks.processes import ROOT, environment, start, watch
from pipelines.build.leftovers import sweep

PAGE = ROOT / "docs" / "reliability.md"
SETTINGS = {  # one format: the way into the folder is the same for all
    "FAZHI_EXPORTS": "csv",
    "FAZHI_PROCESSES": "2",
}
_READER = """
import json, sys, time
import duckdb
path, stop = sys.argv[1:]
seen, failed, reads, wrong = [], [], 0, 0
from pathlib import Path
while not Path(stop).exists():
    try:
        with duckdb.connect(path, read_only=True) as con:
            row = con.sql("SELECT r.release_id, r.n_facts, (SELECT count(*) FROM fact_indicator), r.n_files, "
                          "(SELECT count(*) FROM dim_report) FROM release AS r").fetchall()[0]
        reads += 1
        wrong += row[1] != row[2] or row[3] != row[4]
        if row[0] not in seen:
            seen.append(row[0])
    except Exception as error:
        failed.append(f"{type(error).__name__}: {error}")
    time.sleep(0.05)
print(json.dumps({"reads": reads, "failed": failed, "wrong": wrong, "releases": len(seen)}))
"""


class TortureError(RuntimeError):
    """Something was lost. The message says what was found and what was expected."""


@dataclass
class Tally:
    """What happened: kills by the asset that was made last, complete runs, what the reader saw."""

    kills: Counter[str] = field(default_factory=Counter)
    ended_before: int = 0  # kills that came when the run was through
    unreadable: int = 0
    not_whole: int = 0
    releases: int = 0
    reader: dict[str, object] = field(default_factory=dict)
    left_over: int = 0
    ledgers_damaged: int = 0
    same: bool = False
    tables: int = 0
    disturbed: dict[str, list[bool]] = field(default_factory=dict)  # kind -> whether the next run was whole and same
    workers_killed: int = 0

    @property
    def held(self) -> bool:
        """True if nothing was lost."""
        reader_held = not self.reader["failed"] and not self.reader["wrong"]
        return (
            self.same
            and reader_held
            and all(map(all, self.disturbed.values()))
            and not (self.unreadable or self.not_whole or self.left_over or self.ledgers_damaged)
        )


def torture(folder: Path, kills: int, releases: int, rounds: int, reports: int, seed: int) -> Tally:
    """Kill `kills` runs between `releases` complete runs in `folder`, and disturb `rounds` times in each way."""
    rng, tally = Random(seed), Tally()
    raw, warehouse = folder / "raw", folder / "warehouse"
    _write(raw, seed, 0, reports)
    whole = _finish(raw, warehouse)
    with _reading(warehouse / "fazhi.duckdb", folder / "stop", tally):
        for release in range(releases):
            _change(rng, raw, seed, reports + release)
            for _ in range(kills * (release + 1) // releases - kills * release // releases):
                _kill(rng, raw, warehouse, whole, tally)
            try:
                whole = _finish(raw, warehouse)
                tally.releases += 1
            except TortureError as error:
                print(error, file=sys.stderr)
                tally.not_whole += 1
        tally.ledgers_damaged = len([*warehouse.glob("ledger.sqlite.damaged-*")])
        for _ in range(rounds):
            for places, kind in DAMAGES:
                for place in places:
                    damage(rng, warehouse, place, kind)
                _same_again(raw, warehouse, tally, f"{' and '.join(places)}: {kind}")
            _kill_a_worker(rng, raw, warehouse, tally)
            _kill_a_worker_of_a_cluster(rng, raw, warehouse, tally)
            _change(rng, raw, seed, reports + len(tally.disturbed) + tally.releases)
            _turn_the_clock(rng, raw, warehouse, tally)
    tally.left_over = len([*warehouse.glob("releases/building-*")]) + sweep(warehouse)
    _finish(raw, folder / "in peace")
    found, expected = _contents(warehouse), _contents(folder / "in peace")
    tally.same, tally.tables = found == expected, len(expected)
    return tally


def _same_again(raw: Path, warehouse: Path, tally: Tally, kind: str, *how: Any, **more: Any) -> None:
    """Run on what did not change: the run must be whole, and the release the one that is there, with its hashes."""
    before = _release(warehouse), _contents(warehouse)
    held = True
    try:
        _finish(raw, warehouse, *how, **more)
    except TortureError as error:
        print(f"{kind}: {error}", file=sys.stderr)
        held = False
    found = _release(warehouse), _contents(warehouse)
    if found != before:
        print(f"{kind}: release {found[0]} is not {before[0]}, or its tables differ", file=sys.stderr)
    tally.disturbed.setdefault(kind, []).append(held and found == before)


def _kill_a_worker(rng: Random, raw: Path, warehouse: Path, tally: Tally) -> None:
    """Kill one worker of a run that has everything to do: the run itself must be whole."""
    killed: list[int] = []

    def follow(process: subprocess.Popen[str]) -> None:
        threading.Thread(target=kill_worker, args=(rng, process, killed), daemon=True).start()

    forget_stage(warehouse)
    _same_again(raw, warehouse, tally, "a worker killed", module=(MODULE, "0"), follow=follow)
    tally.workers_killed += len(killed)


def _kill_a_worker_of_a_cluster(rng: Random, raw: Path, warehouse: Path, tally: Tally) -> None:
    """The same with the two workers of a cluster: its nanny starts another, and the run must be whole."""
    killed: list[int] = []
    forget_stage(warehouse)
    with nodes(2) as started:
        nannies = [process.pid for process in started.processes[1:]]

        def follow(process: subprocess.Popen[str]) -> None:
            threading.Thread(target=kill_worker, args=(rng, process, killed, nannies, warehouse / "stage")).start()

        more = {"FAZHI_CLUSTER": started.text}
        _same_again(raw, warehouse, tally, "a worker of a cluster killed", (MODULE, "0"), follow, more)
    tally.workers_killed += len(killed)


def _turn_the_clock(rng: Random, raw: Path, warehouse: Path, tally: Tally) -> None:
    """A release by a clock that went back, on files that changed; then the right clock again, on the same files."""
    try:
        _finish(raw, warehouse, module=(MODULE, str(wrong_clock(rng))))
        tally.releases += 1
    except TortureError as error:
        print(error, file=sys.stderr)
        tally.not_whole += 1
    _same_again(raw, warehouse, tally, "the clock back", module=(MODULE, str(wrong_clock(rng))))
    _same_again(raw, warehouse, tally, "the clock right again")


def _write(raw: Path, seed: int, first: int, count: int) -> None:
    for report in generate(count, seed, first):
        path = raw / path_of(report)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(report.text, encoding="utf-8")


def _change(rng: Random, raw: Path, seed: int, number: int) -> None:
    """Add a report, change one, and sometimes remove one."""
    files = sorted(path for path in raw.rglob("*.txt"))
    changed = rng.choice(files)
    changed.write_text(changed.read_text(encoding="utf-8") + "\n全年开展法治宣传活动3场次。", encoding="utf-8")
    if rng.random() < 0.3:
        rng.choice(files).unlink()
    _write(raw, seed, number, 1)


def _finish(
    raw: Path,
    warehouse: Path,
    module: Sequence[str] = ("pipelines",),
    follow: Callable[[subprocess.Popen[str]], None] = lambda process: None,
    variables: Mapping[str, str] = SETTINGS,
) -> float:
    """Run to the end. Returns the seconds it took. `follow` is called with the process when it has started."""
    process = start(raw, warehouse, more={**SETTINGS, **variables}, module=module)
    follow(process)
    watched = watch(process)
    if watched.code:
        raise TortureError(f"a run ended with {watched.code}: {watched.errors}")
    return watched.seconds


def _kill(rng: Random, raw: Path, warehouse: Path, whole: float, tally: Tally) -> None:
    process = start(raw, warehouse, more=SETTINGS)
    try:
        process.wait(rng.uniform(0, whole))
        tally.ended_before += 1
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
    output, _ = process.communicate()
    made = [line.partition(": ")[0] for line in output.splitlines() if line.partition(": ")[0].isidentifier()]
    tally.kills[made[-1] if made else "before the first asset"] += 1
    try:
        with duckdb.connect(str(warehouse / "fazhi.duckdb"), read_only=True) as con:
            con.sql("SELECT count(*) FROM township_year").fetchall()
    except duckdb.Error as error:
        print(f"unreadable after a kill: {error}", file=sys.stderr)
        tally.unreadable += 1


@contextmanager
def _reading(release: Path, stop: Path, tally: Tally) -> Iterator[None]:
    command = [sys.executable, "-c", _READER, str(release), str(stop)]
    reader = subprocess.Popen(command, env=environment(release.parent), stdout=subprocess.PIPE, text=True)
    try:
        yield
    finally:
        stop.touch()
        tally.reader = json.loads(reader.communicate()[0])


def _contents(warehouse: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(warehouse / "fazhi.duckdb"), read_only=True) as con:
        return con.sql("SELECT * FROM release_table ORDER BY table_name").fetchall()


def _release(warehouse: Path) -> str:
    with duckdb.connect(str(warehouse / "fazhi.duckdb"), read_only=True) as con:
        return str(con.sql("SELECT release_id FROM release").fetchall()[0][0])


def page(tally: Tally, reports: int, seconds: float, command: str) -> str:
    """The text of docs/reliability.md. Everything in it comes from this run."""
    reader = tally.reader
    failed = reader["failed"]
    rows = [
        ("runs killed", sum(tally.kills.values()), ""),
        ("of these after the last step", tally.ended_before, ""),
        ("releases unreadable after a kill", tally.unreadable, "0"),
        ("next runs that were not whole", tally.not_whole, "0"),
        ("releases made", tally.releases, ""),
        ("queries of the reader, each on a new connection", reader["reads"], ""),
        ("failed reads", len(failed) if isinstance(failed, list) else failed, "0"),
        ("reads in which counts did not agree", reader["wrong"], "0"),
        ("releases that the reader saw", reader["releases"], ""),
        ("workers killed in a run", tally.workers_killed, ""),
        ("half-written files left at the end", tally.left_over, "0"),
        ("ledgers that a kill damaged", tally.ledgers_damaged, "0"),
        ("tables that hold what a build in peace holds", tally.tables if tally.same else "not all", str(tally.tables)),
    ]
    kills = [f"| `{asset}` | {count} |" for asset, count in tally.kills.most_common()]
    disturbed = [f"| {kind} | {len(held)} | {sum(held)} |" for kind, held in tally.disturbed.items()]
    return "\n".join(
        [
            f"# Reliability\n\n<!-- written by `{command}`; do not edit -->\n",
            f"Written by `{command}` on {machine()}, in {seconds / 60:.0f} minutes, on {reports} generated reports to "
            "begin with. Before each release a report came, one changed and now and then one went; then runs were "
            "killed (SIGKILL to the whole process group) at a random moment of the time that a whole run takes, and "
            "one ran to its end. Then files were damaged between two runs, single workers were killed, and the clock "
            "went back. A reader opened the release anew for each query all the while.\n",
            "| what | found | expected |\n|---|---:|---:|",
            *(f"| {what} | {found} | {expected} |" for what, found, expected in rows),
            "\n## What was disturbed\n",
            "A file of the stage and one of a table, or the ledger, was damaged before a run. Files and bytes are "
            "drawn at random. In the rows on workers and clocks the run itself is the one that must be whole. On "
            "files that did not change each must leave the release as it is.\n",
            "| disturbance | times | runs that were whole, with the same release and hashes |\n|---|---:|---:|",
            *disturbed,
            "\n## Where the kills struck\n",
            "| asset made last before the kill | kills |\n|---|---:|",
            *kills,
            f"\n{figure_line(MUTANTS.read_text(encoding='utf-8'))}",
            "",
        ]
    )


def main() -> None:
    """Run everything, print the page and write it. The exit code is 1 if something was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("kills", 200), ("releases", 50), ("rounds", 1), ("reports", 10), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--page", type=Path, default=PAGE)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fazhi-torture-") as name:
        began = time.perf_counter()
        tally = torture(Path(name), given.kills, given.releases, given.rounds, given.reports, given.seed)
        seconds = time.perf_counter() - began
    sizes = f"--kills {given.kills} --releases {given.releases} --rounds {given.rounds} --reports {given.reports}"
    command = f"python -m benchmarks.torture {sizes} --seed {given.seed}"
    text = page(tally, given.reports, seconds, command)
    print(text)
    given.page.write_text(text, encoding="utf-8")
    sys.exit(0 if tally.held else 1)


if __name__ == "__main__":
    main()
