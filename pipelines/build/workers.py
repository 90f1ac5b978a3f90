"""Worker processes for many documents. A few are worked on in this process, because a new one takes a second to start.

The work is a picklable function from a batch to a result. A worker that is killed, by the system for want of memory or
by a library that crashes, does not end the run. The batches that were under way are tried again, each in a process in
which nothing else runs, then by halves. What is left is the one document that ends each process it is given to. A
panic of a library in Rust counts as such an end, wherever it happens.
"""

import gc
import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from typing import Any, Protocol, TypeVar

Batch = TypeVar("Batch")
Result = TypeVar("Result")

WORTH_A_POOL = 500  # documents; a spawned worker needs about a second to import what it works with
BATCH = 250
_AHEAD = 2  # batches for each worker: one that it works on, and the next
_TRIES = 2  # of a single document, in a process of its own; the first may have been killed for another reason

_log = logging.getLogger(__name__)


class Map(Protocol):
    """Like the built-in `map` over one iterable: results in the order of the batches, one or more for each.

    `crashed` gives the result for a batch of the one document that ends its worker. Batches are then Polars frames with
    a row for each document. Without it the first batch that ends its worker twice raises BrokenProcessPool.
    """

    def __call__(
        self,
        work: Callable[[Batch], Result],
        batches: Iterable[Batch],
        crashed: Callable[[Batch], Result] | None = None,
        /,
    ) -> Iterator[Result]:
        """Apply `work` to each batch."""


@contextmanager
def workers(processes: int, documents: int, is_careful: bool = False) -> Iterator[Map]:
    """A `map` that is fit for `documents` documents: in `processes` spawned processes, or here when they are few.

    With `is_careful` none of them is worked on here.
    """
    are_few = processes < 2 or documents <= WORTH_A_POOL
    pool = _Pool(1 if are_few else processes)  # a process starts with the first batch that it is given
    with _environment(POLARS_MAX_THREADS="1"):  # one thread each, because the processes share the cores
        try:
            yield pool.map_here if are_few and not is_careful else pool.map
        finally:
            pool.close()


class _Pool:
    """The worker processes, and one more for the batches that are tried again."""

    def __init__(self, processes: int) -> None:
        self._all, self._single = _Workers(processes), _Workers(1)
        self._most = _AHEAD * processes

    def map(
        self,
        work: Callable[[Batch], Result],
        batches: Iterable[Batch],
        crashed: Callable[[Batch], Result] | None = None,
        /,
    ) -> Iterator[Result]:
        waiting = iter(batches)
        under_way: deque[tuple[Batch, Future[Result]]] = deque()
        while True:
            for batch in islice(waiting, self._most - len(under_way)):
                under_way.append((batch, self._all.submit(work, batch)))
            if not under_way:
                return
            batch, result = under_way.popleft()
            try:
                found = result.result()
            except BrokenProcessPool:  # a worker was killed, and nobody knows at which batch
                _log.warning("a worker process was killed; what it worked on is tried again")
                yield from self._again(work, batch, crashed)
            else:
                yield found

    def map_here(
        self,
        work: Callable[[Batch], Result],
        batches: Iterable[Batch],
        crashed: Callable[[Batch], Result] | None = None,
        /,
    ) -> Iterator[Result]:
        for batch in batches:
            try:
                found = work(batch)
            except BaseException as error:
                if crashed is None or not _is_panic(error):
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
                found = self._single.submit(work, batch).result()
            except BrokenProcessPool:
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
        self._all.close()
        self._single.close()


class _Workers:
    """Spawned processes that are started when they are needed, and anew when one of them was killed."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._executor: ProcessPoolExecutor | None = None

    def submit(self, work: Callable[[Batch], Result], batch: Batch) -> Future[Result]:
        if self._executor is not None:
            try:
                return self._executor.submit(_work, work, batch)
            except BrokenProcessPool:
                self.close()
        # spawn, because Polars hangs in a forked child
        self._executor = ProcessPoolExecutor(self._processes, get_context("spawn"), _collect_seldom)
        return self._executor.submit(_work, work, batch)

    def close(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)


def _work(work: Callable[[Batch], Result], batch: Batch) -> Result:
    try:
        return work(batch)
    except BaseException as error:
        if _is_panic(error):
            os._exit(1)
        raise


def _is_panic(error: BaseException) -> bool:
    """Whether a library in Rust gave up. Each has a class of its own for that, which is no Exception."""
    return type(error).__name__ == "PanicException"


def _collect_seldom() -> None:
    """Workers make hundreds of thousands of objects without cycles: looking for these costs a quarter of the time."""
    gc.set_threshold(50_000, 20, 100)


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
