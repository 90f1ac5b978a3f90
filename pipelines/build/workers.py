"""Workers for many documents: processes of this machine, or those of a cluster. A few documents are worked on here.

A new process takes a second to start, so few documents are not worth it. The work is a picklable function from a batch
to a result. A worker that is killed, by the system for want of memory or by a library that crashes, does not end the
run; nor does one that hangs. The batches that were under way are tried again on this machine, each in a process in
which nothing else runs, then by halves. What is left is the one document that ends each process it is given to. A
panic of a library in Rust counts as such an end, wherever it happens.
"""

import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pipelines.build.cluster import Cluster, ClusterWorkers
from pipelines.build.executor import Batch, Executor, Result, WorkerLostError, is_panic
from pipelines.build.local_processes import LocalProcesses

WORTH_A_POOL = 500  # documents; a spawned worker needs about a second to import what it works with
BATCH = 250
# A worker that has a batch for so long hangs. 250 reports take a second, and 250 PDF files of many pages some minutes.
BATCH_SECONDS = 1800.0
_TRIES = 2  # of a single document, in a process of its own; the first may have been killed for another reason

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WorkerSettings:
    """Who works for a step: processes of this machine, or a cluster.

    `seconds` is how long a batch may take before its worker counts as hanging. `needs` are the folders from which the
    work reads; where a worker of the cluster does not see them, this machine does the step.
    """

    processes: int = 1
    seconds: float = BATCH_SECONDS
    cluster: Cluster | None = None
    needs: tuple[Path, ...] = ()


ONE_PROCESS = WorkerSettings()


@contextmanager
def workers(how: WorkerSettings, documents: int, is_careful: bool = False) -> Iterator["Workers"]:
    """What is fit for `documents` documents: in the workers that `how` names, or here when they are few.

    With `is_careful` none of them is worked on here. Raises ClusterError where there is a cluster that cannot be used.
    """
    are_many = documents > WORTH_A_POOL
    # one thread each, because the processes share the cores
    with _environment(POLARS_MAX_THREADS="1"), cluster_workers(how) if are_many else nullcontext() as cluster:
        is_here = cluster is None and (how.processes < 2 or not are_many)
        # a process starts with the first batch that it is given
        elsewhere = cluster or LocalProcesses(1 if is_here else how.processes)
        with closing(Workers(elsewhere, how.seconds, is_here and not is_careful)) as ready:
            yield ready


@contextmanager
def cluster_workers(how: WorkerSettings) -> Iterator[ClusterWorkers | None]:
    """The workers of the cluster that `how` names; None where there is none, or one that lacks a folder.

    Raises ClusterError where there is a cluster that cannot be used.
    """
    if how.cluster is None:
        yield None
        return
    with closing(ClusterWorkers(how.cluster)) as cluster:
        if how.needs and (blind := cluster.blind(how.needs)):
            _log.warning("%s: this step is done by the processes of this machine", blind)
            yield None
        else:
            yield cluster


class Workers:
    """Workers elsewhere or this process, and one process of this machine for the batches that are tried again."""

    def __init__(self, every: Executor, seconds: float, is_here: bool) -> None:
        self._all, self._single = every, LocalProcesses(1)
        self._seconds, self._is_here = seconds, is_here

    def __call__(
        self,
        work: Callable[[Batch], Result],
        batches: Iterable[Batch],
        crashed: Callable[[Batch], Result] | None = None,
        /,
    ) -> Iterator[Result]:
        """Like the built-in `map` over one iterable: results in the order of the batches, one or more for each.

        `crashed` gives the result for a batch of the one document that ends its worker. Batches are then Polars frames
        with a row for each document. Without it the first batch that loses its worker three times raises
        WorkerLostError.
        """
        return (self._map_here if self._is_here else self._map)(work, batches, crashed)

    def shares(self, folder: Path) -> bool:
        """Whether work had better be read from `folder`, and its results be written there, than be sent."""
        return self._all.shares(folder)

    def attempts(
        self, work: Callable[[Batch], Result], batches: Iterable[Batch]
    ) -> Iterator[tuple[Batch, Result | WorkerLostError]]:
        """Each batch with its result, in order. Where its worker was lost, that stands for the result."""
        waiting = iter(batches)
        under_way: deque[tuple[Batch, Any]] = deque()
        while True:
            for batch in islice(waiting, max(0, self._all.most() - len(under_way))):
                under_way.append((batch, self._all.submit(work, batch)))
            if not under_way:
                return
            batch, task = under_way.popleft()
            try:
                found: Result = self._all.result(task, self._seconds)
            except WorkerLostError as error:  # nobody knows at which document, often not even at which batch
                yield batch, error
            else:
                yield batch, found

    def _map(
        self,
        work: Callable[[Batch], Result],
        batches: Iterable[Batch],
        crashed: Callable[[Batch], Result] | None,
    ) -> Iterator[Result]:
        for batch, found in self.attempts(work, batches):
            if isinstance(found, WorkerLostError):
                _log.warning("%s; what it worked on is tried again", found)
                yield from self._again(work, batch, crashed)
            else:
                yield found

    def _map_here(
        self,
        work: Callable[[Batch], Result],
        batches: Iterable[Batch],
        crashed: Callable[[Batch], Result] | None,
    ) -> Iterator[Result]:
        for batch in batches:
            try:
                found = work(batch)
            except BaseException as error:
                if crashed is None or not is_panic(error):
                    raise
                yield from self._again(work, batch, crashed)
            else:
                yield found

    def _again(
        self, work: Callable[[Any], Result], batch: Any, crashed: Callable[[Any], Result] | None
    ) -> Iterator[Result]:
        """The results for a batch of which one document may have ended its worker."""
        is_single = crashed is None or batch.height == 1
        for attempt in range(_TRIES if is_single else 1):
            try:
                found = self._single.result(self._single.submit(work, batch), self._seconds)
            except WorkerLostError:
                if crashed is None and attempt:
                    raise
                continue
            yield found
            return
        if crashed is not None and is_single:
            yield crashed(batch)
        else:
            half = batch.height // 2
            yield from self._again(work, batch.slice(0, half), crashed)
            yield from self._again(work, batch.slice(half), crashed)

    def close(self) -> None:
        """Let all of them go."""
        self._all.close()
        self._single.close()


@contextmanager
def _environment(**variables: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
