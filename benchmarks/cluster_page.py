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
FEW_REPORTS = 20
ALL = len(buckets.BUCKETS)
SIMULATED = (1, 4, 16, 64, 256)
DISK_RATE = 100e6  # bytes a second: a folder that is shared over a gigabit
SPREAD = 0.3  # batches take longer or shorter by so much
WAYS = {False: "texts are sent", True: "whole buckets"}
_LIFTS = {
    "worker": "more workers",
    "driver": "less that goes through the driver",
    "scheduler": "larger batches (each goes through the scheduler)",
    "disk": "a faster shared folder",
    "bucket": f"more buckets than {ALL} (a worker without one waits)",
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
    idle: float = 0.0  # processor seconds of the scheduler in a second in which there is nothing to do
    sha256: str = ""


Pair = tuple[Measured, Measured]  # one worker, all reports in one bucket; one worker and the few reports


def page(runs: list[Measured], pairs: dict[bool, Pair], reports: int, command: str) -> str:
    """The text of the page. All in it comes from these runs.

    runs: without a cluster, then each number of workers both ways. pairs: by way, for what a report costs.
    """
    costs = {way: costs_of(all_of_them, few, reports) for way, (all_of_them, few) in pairs.items()}
    return "\n".join([_measured(runs, reports, command), _what_a_report_costs(pairs, costs, reports), _growth(costs)])


def _measured(runs: list[Measured], reports: int, command: str) -> str:
    alone, single, most = runs[0], runs[1], runs[-2]
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
worker that is sent texts {_total(single) / _total(alone):.2f} times those of one process,
with {most.workers} workers {_total(most) / _total(alone):.2f} times. Each worker pays for its first batch of a
step, in which it loads the register and the codebook and knows no sentence yet. Over millions of
reports that is nothing.
"""


def _what_a_report_costs(pairs: dict[bool, Pair], costs: dict[bool, dict[str, Costs]], reports: int) -> str:
    sent = costs[False].values()
    spent = sum(cost.worker for cost in sent) / sum(cost.driver + cost.worker for cost in sent)
    return f"""## What a report costs

| step | way | ms: worker | driver | scheduler | KB: sent | back | disk | workers that one driver feeds |
|---|---|---:|---:|---:|---:|---:|---:|---:|
{_lines(_cost_row(step, *pairs[way], costs[way][step], reports) for step, way in _ways_of_steps())}

From runs with one worker, in one bucket: what all reports cost more than the first {FEW_REPORTS} of them. So what is
paid once a step or once a bucket is not in it, nor what the scheduler needs to do nothing
({pairs[False][0].idle:.3f} CPU s a second), nor what it took to count the bytes.
Where texts are sent the driver loads the rows of a bucket, sends them, takes the results and writes the bucket. Of
all that driver and worker do then, the worker does {spent:.0%}. Of whole buckets the driver looks at each file before
it takes it, so that the disk moves that twice.
"""


def _growth(costs: dict[bool, dict[str, Costs]]) -> str:
    simulated = {way: {count: _simulated(costs, way, count) for count in SIMULATED} for way in WAYS}
    return f"""## Simulated: {LARGE:,} reports

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


def costs_of(run: Measured, few: Measured, reports: int) -> dict[str, Costs]:
    """What one report costs in each step: what the `reports` of a run cost more than the few of another."""
    return {step: _cost(run, few, step, reports) for step in STEPS}


def _cost(run: Measured, few: Measured, step: str, reports: int) -> Costs:
    spent = [(one.work[step], one.driver[step], one.scheduler[step] - one.idle * one.wall[step]) for one in (run, few)]
    more = [max(0.0, all_of_them - some) / (reports - FEW_REPORTS) for all_of_them, some in zip(*spent, strict=True)]
    return Costs(*more, disk_bytes=run.disk_bytes[step] / reports)


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


def _cost_row(step: str, run: Measured, few: Measured, cost: Costs, reports: int) -> str:
    way = "files are read" if step == STEPS[0] else WAYS[run.is_whole]
    times = [f"{1000 * seconds:.3f}" for seconds in (cost.worker, cost.driver, cost.scheduler)]
    more = (run.sent[step] - few.sent[step], run.back[step] - few.back[step])
    travelled = [f"{max(0, size) / (reports - FEW_REPORTS) / 1000:.2f}" for size in more]
    fed = f"{cost.worker / cost.driver:.0f}" if cost.driver else "all"
    return f"| {' | '.join([step, way, *times, *travelled, f'{cost.disk_bytes / 1000:.1f}', fed])} |"


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
    lifts = ", ".join(_LIFTS[limit] for limit in dict.fromkeys(limits.values()))
    other = " Whole buckets lift that." if not is_whole and "driver" in limits.values() else ""
    return (
        f"**{WAYS[is_whole].capitalize()}:** {grown}. At {last} workers each step takes, by what limits it: {by_step}."
        f"{other} What would lift it further: {lifts}."
    )
