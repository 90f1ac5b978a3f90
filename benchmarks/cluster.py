"""Measure a cluster of 1, 2 and 4 workers on this machine, simulate larger ones, and write docs/cluster-benchmark.md.

    python -m benchmarks.cluster [--reports 2000] [--workers 1,2,4] [--seed 1]

Each time the same files are read, identified, extracted and sketched anew. The staged files must be the same, byte for
byte. Processor seconds are those of the processes themselves, so that they say more than the clock on a busy machine.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.archive import path_of
from benchmarks.bench import machine
from benchmarks.cluster_model import Costs, Simulated, simulate
from benchmarks.corpus import generate
from benchmarks.nodes import Nodes, nodes
from benchmarks.processes import ROOT, family
from pipelines.build import buckets, refresh
from pipelines.build import workers as pool
from pipelines.build.cluster import check_cluster
from pipelines.build.workers import BATCH
from pipelines.settings import ClusterAddress, Settings
from pipelines.stage.facts import refresh_facts
from pipelines.stage.identities import refresh_identities
from pipelines.stage.raw_inventory import read_files, refresh_files
from pipelines.stage.scan_queue import read_documents
from pipelines.stage.sketches import refresh_sketches
from pipelines.stage.worker_settings import cluster_of

PAGE = ROOT / "docs" / "cluster-benchmark.md"
STEPS = ("documents", "identities", "facts", "sketches")
LARGE = 4_000_000  # reports; ten years of all townships are a tenth of them
IDLE_SECONDS = 10.0
FEW = 8  # buckets of the measured runs, in place of 64
SIMULATED = (1, 4, 16, 64, 256)
DISK_RATE = 100e6  # bytes a second: a folder that is shared over a gigabit
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass
class Measured:
    """One run of the steps: seconds of the clock, and processor seconds of driver, scheduler and workers, by step."""

    workers: int
    wall: dict[str, float] = field(default_factory=dict)
    driver: dict[str, float] = field(default_factory=dict)
    scheduler: dict[str, float] = field(default_factory=dict)
    work: dict[str, float] = field(default_factory=dict)
    disk_bytes: dict[str, int] = field(default_factory=dict)
    fixed: float = 0.0  # processor seconds of the driver to connect, and of the scheduler
    scheduler_fixed: float = 0.0
    idle: float = 0.0  # processor seconds of the scheduler in a second in which there is nothing to do
    sha256: str = ""


def measure(folder: Path, workers: int) -> Measured:
    """Do the steps on `folder`/raw with a cluster of so many workers; with 0 in this process."""
    if not workers:
        return _steps(folder, Measured(0), None)
    with nodes(workers) as started:
        return _steps(folder, Measured(workers), started)


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
            for _ in range(2):  # the first time this process imports Dask
                before = _processor_seconds(started)
                check_cluster(cluster_of(settings))
            after = _processor_seconds(started)
            found.fixed, found.scheduler_fixed = after[0] - before[0], after[1] - before[1]
            time.sleep(IDLE_SECONDS)
            found.idle = (_processor_seconds(started)[1] - after[1]) / IDLE_SECONDS
        for step in STEPS:
            before, began = _processor_seconds(started), time.perf_counter()
            steps[step]()
            found.wall[step] = time.perf_counter() - began
            spent = [after - then for after, then in zip(_processor_seconds(started), before, strict=True)]
            found.driver[step], found.scheduler[step], found.work[step] = spent
        sizes = {path: path.stat().st_size for path in sorted(settings.stage_dir.glob("*/*.parquet"))}
        texts = sum(size for path, size in sizes.items() if path.parent.name == "documents")
        raw = sum(path.stat().st_size for path in settings.raw_dir.rglob("*") if path.is_file())
        read = {"documents": raw, "identities": texts, "facts": texts, "sketches": texts}
        tables = {"facts": ("readings", "facts", "numbers")}
        digest = hashlib.sha256()
        for step in STEPS:
            mine = {path: size for path, size in sizes.items() if path.parent.name in tables.get(step, (step,))}
            found.disk_bytes[step] = read[step] + sum(mine.values())
            for path in mine:
                digest.update(path.name.encode() + path.read_bytes())
        found.sha256 = digest.hexdigest()
    return found


def _processor_seconds(started: Nodes | None) -> tuple[float, float, float]:
    """Of this process, of the scheduler, and of the workers, since each began."""
    own = sum(os.times()[:2])
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


def few_buckets() -> None:
    """Let this process put all reports into few buckets."""
    refresh.WIDTH = buckets.WIDTH = 256 // FEW
    refresh.BUCKETS = buckets.BUCKETS = tuple(f"{first:02x}" for first in range(0, 256, buckets.WIDTH))


def costs_of(measured: Measured, reports: int) -> dict[str, Costs]:
    """What one report costs in each step."""
    return {
        step: Costs(
            measured.work[step] / reports,
            max(0.0, measured.driver[step] - measured.fixed) / reports,
            max(0.0, measured.scheduler[step] - measured.scheduler_fixed - measured.idle * measured.wall[step])
            / reports,
            measured.disk_bytes[step] / reports,
        )
        for step in STEPS
    }


def page(runs: list[Measured], reports: int, command: str) -> str:
    """The text of the page. Everything in it comes from these runs: without a cluster, with one worker, with more."""
    alone, single, most = runs[0], runs[1], runs[-1]
    costs = costs_of(single, reports)
    simulated = {
        workers: {step: simulate(costs[step], LARGE, workers, BATCH, DISK_RATE) for step in STEPS}
        for workers in SIMULATED
    }
    spent = sum(cost.worker for cost in costs.values()) / sum(cost.driver + cost.worker for cost in costs.values())
    return f"""# A cluster, measured and simulated

<!-- written by `{command}`; do not edit -->

Written by `{command}` (`make bench-cluster`) on {machine()}; load at the end {os.getloadavg()[0]:.1f}.
{reports:,} generated reports are read, identified, extracted and sketched anew each time, in {FEW} buckets, so
that batches are as full as in a large warehouse. All processes are on this one machine.
[docs/scale.md](scale.md) tells how a cluster is started.

## Measured

| workers | seconds | times as fast as 1 | CPU s: driver | scheduler | workers | same files |
|---:|---:|---:|---:|---:|---:|---|
{_lines(_measured_row(run, runs) for run in runs)}

0 workers: all in one process, without a cluster. This machine has {os.cpu_count()} processors, which the
driver, the scheduler, the workers and whatever else ran here share. So the clock cannot say how a cluster
grows: never by more than the number of processors. What a cluster costs is seen in the CPU seconds: with one
worker {_total(single) / _total(alone):.2f} times those of one process,
with {most.workers} workers {_total(most) / _total(alone):.2f} times. Each worker pays for its first batch of a
step, in which it loads the register and the codebook and knows no sentence yet. Over millions of
reports that is nothing, so that the cost
of a worker in the next table is rather too high.

## What a report costs

| step | ms of a worker | of the driver | of the scheduler | KB of the disk | workers that one driver feeds |
|---|---:|---:|---:|---:|---:|
{_lines(_cost_row(step, costs[step]) for step in STEPS)}

From the run with one worker, without what the driver needs to connect to the cluster in each step
({single.fixed:.2f} CPU s) and what the scheduler needs to do nothing ({single.idle:.3f} CPU s a second).
The driver loads the rows of a bucket, sends them, takes
the results and writes the bucket. Of all that driver and worker do, the worker does {spent:.0%}.

## Simulated: {LARGE:,} reports

`benchmarks/cluster_model.py` hands on batches of {BATCH} reports as the program does: two for each worker,
results in order. Driver and scheduler do one thing at a time, at the cost above, and the shared folder moves
{DISK_RATE / 1e6:.0f} MB a second. Every worker is as fast as one core here. Tables, marts and checks, which
stay on one machine, are not in it.

| workers | hours | times as fast as 1 | efficiency | busy: workers | driver | scheduler | disk | the limit |
|---:|---:|---:|---:|---:|---:|---:|---:|---|
{_lines(_simulated_row(workers, simulated) for workers in SIMULATED)}

{_verdict(simulated, costs)}
"""


def _lines(rows: Iterable[str]) -> str:
    return "\n".join(rows)


def _total(run: Measured) -> float:
    return sum(sum(part.values()) for part in (run.driver, run.scheduler, run.work))


def _measured_row(run: Measured, runs: list[Measured]) -> str:
    wall, first = sum(run.wall.values()), sum(runs[1].wall.values())
    cells = [run.workers, f"{wall:.1f}", f"{first / wall:.2f}", *(f"{sum(part.values()):.1f}" for part in
             (run.driver, run.scheduler, run.work)), "yes" if run.sha256 == runs[0].sha256 else "NO"]  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


def _cost_row(step: str, cost: Costs) -> str:
    times = [f"{1000 * seconds:.2f}" for seconds in (cost.worker, cost.driver, cost.scheduler)]
    fed = cost.worker / max(cost.driver, 1e-9)
    return f"| {step} | {' | '.join(times)} | {cost.disk_bytes / 1000:.1f} | {fed:.0f} |"


def _shares(steps: dict[str, Simulated]) -> dict[str, float]:
    """How busy each was over all steps."""
    seconds = sum(step.seconds for step in steps.values())
    return {
        name: sum(getattr(step, name) * step.seconds for step in steps.values()) / seconds
        for name in ("worker", "driver", "scheduler", "disk")
    }


def _hours(steps: dict[str, Simulated]) -> float:
    return sum(step.seconds for step in steps.values()) / 3600


def _simulated_row(workers: int, simulated: dict[int, dict[str, Simulated]]) -> str:
    hours, shares = _hours(simulated[workers]), _shares(simulated[workers])
    faster = _hours(simulated[SIMULATED[0]]) / hours
    limit = max(shares, key=lambda name: shares[name])
    busy = " | ".join(f"{share:.0%}" for share in shares.values())
    return f"| {workers} | {hours:.2f} | {faster:.1f} | {faster / workers:.0%} | {busy} | {limit} |"


def _verdict(simulated: dict[int, dict[str, Simulated]], costs: dict[str, Costs]) -> str:
    hours = {workers: _hours(steps) for workers, steps in simulated.items()}
    disk = sum(cost.disk_bytes for cost in costs.values()) / DISK_RATE * LARGE / 3600
    least = sum(max(cost.driver, cost.scheduler, cost.disk_bytes / DISK_RATE) for cost in costs.values()) * LARGE / 3600
    enough = next((workers for workers in SIMULATED if hours[workers] < 1.25 * least), None)
    grown = "It grows to the last row" if enough is None else f"From {enough} workers on it hardly grows"
    shares = _shares(simulated[SIMULATED[-1]])
    limit = max(shares, key=lambda name: shares[name])
    lifts = {
        "driver": "Tasks that read and write whole buckets on the shared folder would lift that: only names would "
        f"travel then, and the disk would be the next limit, at {disk:.2f} hours. There are 64 buckets, so that more "
        "than 64 workers would need more of them. This is not built.",
        "scheduler": "Every batch goes through the scheduler. Tasks that read whole buckets on the shared folder would "
        "lift that. This is not built.",
        "disk": "A faster shared folder would lift that.",
        "worker": "More workers would lift that.",
    }
    return (
        f"{grown}. Whatever the number of workers, {least:.2f} hours is the least. At {SIMULATED[-1]} workers the "
        f"{limit} is busy {shares[limit]:.0%} of the time. {lifts[limit]}"
    )


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
    few_buckets()
    with tempfile.TemporaryDirectory(prefix="fazhi-cluster-") as name:
        folder = Path(name)
        for report in generate(given.reports, given.seed):
            path = folder / "raw" / path_of(report)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(report.text, encoding="utf-8")
        counts = [0, *map(int, given.workers.split(","))]
        text = page([measure(folder, count) for count in counts], given.reports, command)
    print(text)
    given.page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
