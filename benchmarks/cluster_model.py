"""What a cluster of many workers would do, from costs that were measured on a few: a simulation, batch by batch.

The driver sends two batches for each worker, takes the results in order and writes them; the scheduler hands both on;
all share one disk. Each of the three does one thing at a time, which is what ends the growth.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass
from random import Random

AHEAD = 2


@dataclass(frozen=True)
class Costs:
    """Seconds that a report costs in one step: of a worker, of the driver, of the scheduler; and bytes of the disk."""

    worker: float
    driver: float
    scheduler: float
    disk_bytes: float


@dataclass(frozen=True)
class Simulated:
    """Seconds from start to end, and which share of them each was busy.

    `bucket` is 0, but where there are fewer tasks than workers it is the share of those workers that had one.
    """

    seconds: float
    worker: float
    driver: float
    scheduler: float
    disk: float
    bucket: float = 0.0

    @property
    def limit(self) -> str:
        """Who is busiest."""
        shares = {name: getattr(self, name) for name in ("worker", "driver", "scheduler", "disk", "bucket")}
        return max(shares, key=lambda name: shares[name])


def simulate(costs: Costs, reports: int, workers: int, batch: int, disk_rate: float, spread: float = 0.3) -> Simulated:
    """One step on `reports` reports. `disk_rate` is in bytes a second; batches take longer or shorter by `spread`.

    A whole bucket is a large batch, whose spread is smaller.
    """
    rng = Random(1)
    batches = max(1, reports // batch)
    send = receive = costs.driver * batch / 2
    hand_on, disk = costs.scheduler * batch, costs.disk_bytes * batch / disk_rate
    free = [0.0] * workers
    under_way: deque[float] = deque()
    driver_at = scheduler_at = disk_at = busy = 0.0
    sent = 0
    for _ in range(batches):
        while sent < batches and len(under_way) < AHEAD * workers:
            driver_at += send
            scheduler_at = max(scheduler_at, driver_at) + hand_on
            begins = max(heapq.heappop(free), scheduler_at)
            work = costs.worker * batch * rng.uniform(1 - spread, 1 + spread)
            disk_at = max(disk_at, begins) + disk
            ends = max(begins + work, disk_at)
            busy += work
            heapq.heappush(free, ends)
            under_way.append(ends)
            sent += 1
        driver_at = max(driver_at, under_way.popleft()) + receive
    total = max(driver_at, 1e-9)
    return Simulated(
        total,
        busy / workers / total,
        batches * (send + receive) / total,
        batches * hand_on / total,
        batches * disk / total,
        busy / batches / total if batches < workers else 0.0,
    )
