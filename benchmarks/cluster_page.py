"""The page docs/cluster-benchmark.md: what was measured of a cluster, and what follows from it for larger ones."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.bench import machine
from benchmarks.cluster_model import Costs, Simulated, simulate
from pipelines.build import buckets
from pipelines.build.cluster import FED_BY_SENDING
from pipelines.build.workers import BATCH

STEPS = ("documents", "identities", "facts", "sketches")
LARGE = 4_000_000  # reports; ten years of all townships are a tenth of them
FEW = 8  # buckets of the measured runs, in place of those of a warehouse
ALL = len(buckets.BUCKETS)
SIMULATED = (1, 4, 16, 64, 256)
DISK_RATE = 100e6  # bytes a second: a folder that is shared over a gigabit
SPREAD = 0.3  # batches take longer or shorter by so much
WAYS = {False: "texts are sent", True: "whole buckets"}
_LIFTS = {
    "worker": "more workers",
    "driver": "less that goes through the driver",
    "scheduler": "larger batches, as every one goes through the scheduler",
    "disk": "a faster shared folder",
    "bucket": f"more buckets than {ALL}, as a worker without one waits",
}

Steps = dict[str, Simulated]


@dataclass
class Measured:
    """One run of the steps: seconds of the clock, and processor seconds of driver, scheduler and workers, by step.

    `is_whole` says that workers do whole buckets. `sent` and `back` are the bytes between driver and workers.
    """

    workers: int
    is_whole: bool = False
    wall: dict[str, float] = field(default_factory=dict)
    driver: dict[str, float] = field(default_factory=dict)
    scheduler: dict[str, float] = field(default_factory=dict)
    work: dict[str, float] = field(default_factory=dict)
    disk_bytes: dict[str, int] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    back: dict[str, int] = field(default_factory=dict)
    fixed: float = 0.0  # processor seconds of the driver to connect, and of the scheduler
    scheduler_fixed: float = 0.0
    idle: float = 0.0  # processor seconds of the scheduler in a second in which there is nothing to do
    sha256: str = ""


def page(runs: list[Measured], reports: int, command: str) -> str:
    """The text of the page. All in it comes from these runs: without a cluster, then each number of workers both ways.

    The first of them with a cluster have one worker.
    """
    alone, most = runs[0], runs[-2]
    single = {is_whole: next(run for run in runs[1:] if run.is_whole == is_whole) for is_whole in WAYS}
    costs = {is_whole: costs_of(run, reports) for is_whole, run in single.items()}
    simulated = {is_whole: {count: _simulated(costs, is_whole, count) for count in SIMULATED} for is_whole in WAYS}
    sent = costs[False].values()
    spent = sum(cost.worker for cost in sent) / sum(cost.driver + cost.worker for cost in sent)
    return f"""# A cluster, measured and simulated

<!-- written by `{command}`; do not edit -->

Written by `{command}` (`make bench-cluster`) on {machine()}; load at the end {os.getloadavg()[0]:.1f}.
{reports:,} generated reports are read, identified, extracted and sketched anew each time, in {FEW} buckets, so
that batches are as full as in a large warehouse. All processes are on this one machine.
[docs/scale.md](scale.md) tells how a cluster is started.

**Two ways.** Up to {FED_BY_SENDING} workers are sent batches of {BATCH} texts, and the driver writes what comes back.
More workers that see the warehouse do whole buckets: each is sent the names of the reports, reads their texts and
writes the files itself. Reading raw files is in batches either way: only their paths are sent, and the texts come
back. Here both ways are measured whatever the number of workers.

## Measured

| workers | way | seconds | times as fast as 1 | CPU s: driver | scheduler | workers | same files |
|---:|---|---:|---:|---:|---:|---:|---|
{_lines(_measured_row(run, runs) for run in runs)}

0 workers: all in one process, without a cluster. This machine has {os.cpu_count()} processors, which the
driver, the scheduler, the workers and whatever else ran here share. So the clock cannot say how a cluster
grows: never by more than the number of processors. What a cluster costs is seen in the CPU seconds: with one
worker that is sent texts {_total(single[False]) / _total(alone):.2f} times those of one process,
with {most.workers} workers {_total(most) / _total(alone):.2f} times. Each worker pays for its first batch of a
step, in which it loads the register and the codebook and knows no sentence yet. Over millions of
reports that is nothing, so that the cost
of a worker in the next table is rather too high.

## What a report costs

| step | way | ms: worker | driver | scheduler | KB: sent | back | disk | workers that one driver feeds |
|---|---|---:|---:|---:|---:|---:|---:|---:|
{_lines(_cost_row(step, single[is_whole], costs[is_whole][step], reports) for step, is_whole in _ways_of_steps())}

From the runs with one worker, without what the driver needs to connect to the cluster in each step
({single[False].fixed:.2f} CPU s), what the scheduler needs to do nothing ({single[False].idle:.3f} CPU s a second) and
what it took to count the bytes. Where texts are sent the driver loads the rows of a bucket, sends them, takes
the results and writes the bucket. Of all that driver and worker do then, the worker does {spent:.0%}. Of whole buckets
the driver looks at each file before it takes it, so that the disk moves that twice.

## Simulated: {LARGE:,} reports

`benchmarks/cluster_model.py` hands on batches of {BATCH} reports, or {ALL} whole buckets, as the program does:
two for each worker, results in order. Driver and scheduler do one thing at a time, at the cost above, and the
shared folder moves {DISK_RATE / 1e6:.0f} MB a second. Every worker is as fast as one core here. Tables,
marts and checks, which stay on one machine, are not in it.

| workers | way | hours | times as fast as 1 | efficiency | busy: workers | driver | scheduler | disk |
|---:|---|---:|---:|---:|---:|---:|---:|---:|
{_lines(_simulated_row(count, way, simulated[way]) for count in SIMULATED for way in WAYS)}

{_verdict(False, simulated[False])}

{_verdict(True, simulated[True])}
"""


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


def _simulated(costs: dict[bool, dict[str, Costs]], is_whole: bool, workers: int) -> Steps:
    """Each step on so many workers. Files are read in batches either way."""
    size = LARGE // ALL
    return {
        step: simulate(costs[True][step], LARGE, workers, size, DISK_RATE, SPREAD * (BATCH / size) ** 0.5)
        if is_whole and step != STEPS[0]
        else simulate(costs[False][step], LARGE, workers, BATCH, DISK_RATE, SPREAD)
        for step in STEPS
    }


def _lines(rows: Iterable[str]) -> str:
    return "\n".join(rows)


def _total(run: Measured) -> float:
    return sum(sum(part.values()) for part in (run.driver, run.scheduler, run.work))


def _measured_row(run: Measured, runs: list[Measured]) -> str:
    wall, first = sum(run.wall.values()), sum(runs[1].wall.values())
    cells = [run.workers, WAYS[run.is_whole] if run.workers else "", f"{wall:.1f}", f"{first / wall:.2f}",
             *(f"{sum(part.values()):.1f}" for part in (run.driver, run.scheduler, run.work)),
             "yes" if run.sha256 == runs[0].sha256 else "NO"]  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


def _ways_of_steps() -> list[tuple[str, bool]]:
    """Each step with each way that it has."""
    return [(step, is_whole) for step in STEPS for is_whole in WAYS if not (is_whole and step == STEPS[0])]


def _cost_row(step: str, run: Measured, cost: Costs, reports: int) -> str:
    way = "files are read" if step == STEPS[0] else WAYS[run.is_whole]
    times = [f"{1000 * seconds:.3f}" for seconds in (cost.worker, cost.driver, cost.scheduler)]
    travelled = [f"{run.sent[step] / reports / 1000:.2f}", f"{run.back[step] / reports / 1000:.2f}"]
    fed = cost.worker / max(cost.driver, 1e-9)
    return f"| {' | '.join([step, way, *times, *travelled, f'{cost.disk_bytes / 1000:.1f}', f'{fed:.0f}'])} |"


def _hours(steps: Steps) -> float:
    return sum(step.seconds for step in steps.values()) / 3600


def _simulated_row(workers: int, is_whole: bool, simulated: dict[int, Steps]) -> str:
    steps, hours = simulated[workers].values(), _hours(simulated[workers])
    faster = _hours(simulated[SIMULATED[0]]) / hours
    busy = " | ".join(
        f"{sum(getattr(step, name) * step.seconds for step in steps) / hours / 3600:.0%}"
        for name in ("worker", "driver", "scheduler", "disk")
    )
    return f"| {workers} | {WAYS[is_whole]} | {hours:.2f} | {faster:.1f} | {faster / workers:.0%} | {busy} |"


def _verdict(is_whole: bool, simulated: dict[int, Steps]) -> str:
    """Where it stops to grow, what the limit of each step is there, and what would lift it."""
    hours = {workers: _hours(steps) for workers, steps in simulated.items()}
    last = SIMULATED[-1]
    enough = next((workers for workers in SIMULATED if hours[workers] < 1.25 * hours[last]), last)
    grown = "it grows to the last row" if enough == last else f"it hardly grows from {enough} workers on"
    limits = {step: found.limit for step, found in simulated[last].items()}
    by_step = ", ".join(
        f"{step} {found.seconds / 3600:.2f} hours (the {limits[step]})" for step, found in simulated[last].items()
    )
    lifts = "; ".join(f"the {limit}: {_LIFTS[limit]}" for limit in dict.fromkeys(limits.values()))
    other = " Whole buckets lift that." if not is_whole and "driver" in limits.values() else ""
    return (
        f"**{WAYS[is_whole].capitalize()}:** {grown}. At {last} workers each step takes, by what limits it: {by_step}."
        f"{other} What would lift it further: {lifts}."
    )
