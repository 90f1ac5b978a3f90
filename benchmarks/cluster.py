"""Measure a cluster of 1, 2 and 4 workers on this machine, simulate larger ones, and write docs/cluster-benchmark.md.

    python -m benchmarks.cluster [--reports 2000] [--workers 1,2,4] [--seed 1]

Each time the same files are read, identified, extracted and sketched anew, with texts that are sent and with whole
buckets. The staged files must be the same, byte for byte. Processor seconds are those of the processes themselves, so
that they say more than the clock on a busy machine.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import pickle
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.archive import path_of
from benchmarks.cluster_page import FEW, FEW_REPORTS, STEPS, WAYS, Measured, Pair, page
from benchmarks.corpus import generate
from benchmarks.nodes import Nodes, nodes
from benchmarks.processes import ROOT, family
from pipelines.build import buckets, cluster, refresh
from pipelines.build import workers as pool
from pipelines.build.cluster import check_cluster
from pipelines.settings import ClusterAddress, Settings
from pipelines.stage.facts import refresh_facts
from pipelines.stage.identities import refresh_identities
from pipelines.stage.raw_inventory import read_files, refresh_files
from pipelines.stage.scan_queue import read_documents
from pipelines.stage.sketches import refresh_sketches
from pipelines.stage.worker_settings import cluster_of

PAGE = ROOT / "docs" / "cluster-benchmark.md"
IDLE_SECONDS = 10.0
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass
class _Traffic:
    """Bytes that this process sent to workers and got back, and the processor seconds that counting them took."""

    sent: int = 0
    back: int = 0
    seconds: float = 0.0


def measure(folder: Path, workers: int, is_whole: bool = False) -> Measured:
    """Do the steps on `folder`/raw with a cluster of so many workers; with 0 in this process."""
    if not workers:
        return _steps(folder, Measured(0), None)
    with nodes(workers) as started, patch.object(cluster, "FED_BY_SENDING", 0 if is_whole else sys.maxsize):
        return _steps(folder, Measured(workers, is_whole), started)


@contextmanager
def _traffic() -> Iterator[_Traffic]:
    """Count what goes to the workers of a cluster and comes back until the block ends."""
    found = _Traffic()
    submit, result = cluster.ClusterWorkers.submit, cluster.ClusterWorkers.result

    def counted_submit(self: Any, *given: Any) -> Any:
        task = submit(self, *given)
        found.sent += len(task.payload)
        return task

    def counted_result(self: Any, *given: Any) -> Any:
        came = result(self, *given)
        before = time.thread_time()
        found.back += len(pickle.dumps(came, protocol=5))
        found.seconds += time.thread_time() - before
        return came

    with patch.multiple(cluster.ClusterWorkers, submit=counted_submit, result=counted_result):
        yield found


def _steps(folder: Path, found: Measured, started: Nodes | None) -> Measured:
    address: ClusterAddress | None = started.address if started else None
    with tempfile.TemporaryDirectory(dir=folder) as warehouse:
        settings = replace(Settings.load(folder / "raw", warehouse, {"FAZHI_PROCESSES": "1"}), cluster=address)
        refresh_files(settings)
        files = read_files(settings)
        steps: dict[str, Callable[[], Any]] = {
            "documents": lambda: read_documents(files, settings),
            "identities": lambda: refresh_identities(files, settings),
            "facts": lambda: refresh_facts(settings),
            "sketches": lambda: refresh_sketches(settings),
        }
        if started:
            check_cluster(cluster_of(settings))  # the first time this process imports Dask
            before = _processor_seconds(started)
            time.sleep(IDLE_SECONDS)
            found.idle = (_processor_seconds(started)[1] - before[1]) / IDLE_SECONDS
        for step in STEPS:
            before, began = _processor_seconds(started), time.perf_counter()
            with _traffic() as traffic:
                steps[step]()
            found.wall[step] = time.perf_counter() - began
            spent = [after - then for after, then in zip(_processor_seconds(started), before, strict=True)]
            found.driver[step], found.scheduler[step], found.work[step] = spent
            found.driver[step] -= traffic.seconds
            found.sent[step], found.back[step] = traffic.sent, traffic.back
        sizes = {path: path.stat().st_size for path in sorted(settings.stage_dir.glob("*/*.parquet"))}
        texts = sum(size for path, size in sizes.items() if path.parent.name == "documents")
        raw = sum(path.stat().st_size for path in settings.raw_dir.rglob("*") if path.is_file())
        read = {"documents": raw, "identities": texts, "facts": texts, "sketches": texts}
        tables = {"facts": ("readings", "facts", "numbers")}
        digest = hashlib.sha256()
        for step in STEPS:
            mine = {path: size for path, size in sizes.items() if path.parent.name in tables.get(step, (step,))}
            again = found.is_whole and step != "documents"  # the driver looks at what the workers wrote
            found.disk_bytes[step] = read[step] + sum(mine.values()) * (2 if again else 1)
            for path in mine:
                digest.update(path.name.encode() + path.read_bytes())
        found.sha256 = digest.hexdigest()
    return found


def _processor_seconds(started: Nodes | None) -> tuple[float, float, float]:
    """Of this process, of the scheduler, and of the workers, since each began."""
    own = time.process_time()
    if started is None:
        return own, 0.0, 0.0
    scheduler, *workers = [sum(map(_seconds_of, family(process.pid))) for process in started.processes]
    return own, scheduler, sum(workers)


def _seconds_of(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it ended
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


@contextmanager
def in_buckets(count: int) -> Iterator[None]:
    """Let this process put all reports into so many buckets until the block ends."""
    width = 256 // count
    names = tuple(f"{first:02x}" for first in range(0, 256, width))
    with (
        patch.multiple(refresh, WIDTH=width, BUCKETS=names),
        patch.multiple(buckets, WIDTH=width, BUCKETS=names),
    ):
        yield


def measure_all(folder: Path, workers: Iterable[int]) -> tuple[list[Measured], dict[bool, Pair]]:
    """What the page tells, of the reports in `folder`/raw and the few in `folder`/few/raw."""
    with in_buckets(FEW):
        runs = [measure(folder, 0), *(measure(folder, count, way) for count in workers for way in WAYS)]
    with in_buckets(1):
        return runs, {way: (measure(folder, 1, way), measure(folder / "few", 1, way)) for way in WAYS}


def write_reports(folder: Path, reports: int, seed: int) -> None:
    """Write generated reports to `folder`/raw, and the first of them to `folder`/few/raw too."""
    for number, report in enumerate(generate(reports, seed)):
        for raw in (folder / "raw", folder / "few" / "raw")[: 2 if number < FEW_REPORTS else 1]:
            path = raw / path_of(report)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(report.text, encoding="utf-8")


def main() -> None:
    """Run everything, print the page and write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=2000)
    parser.add_argument("--workers", default="1,2,4")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--page", type=Path, default=PAGE)
    given = parser.parse_args()
    command = f"python -m benchmarks.cluster --reports {given.reports} --workers {given.workers} --seed {given.seed}"
    pool.WORTH_A_POOL = 0
    with tempfile.TemporaryDirectory(prefix="fazhi-cluster-") as name:
        write_reports(Path(name), given.reports, given.seed)
        text = page(*measure_all(Path(name), map(int, given.workers.split(","))), given.reports, command)
    print(text)
    given.page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
