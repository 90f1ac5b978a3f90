"""Worker processes for many documents. A few are worked on in this process, because a new one takes a second to start.

The work is a picklable function from a batch to a result.
"""

import gc
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Protocol, TypeVar

Batch = TypeVar("Batch")
Result = TypeVar("Result")

WORTH_A_POOL = 500  # documents; a spawned worker needs about a second to import what it works with
BATCH = 250


class Map(Protocol):
    """Like the built-in `map` over one iterable: results in the order of the batches."""

    def __call__(self, work: Callable[[Batch], Result], batches: Iterable[Batch], /) -> Iterator[Result]:
        """Apply `work` to each batch."""


@contextmanager
def workers(processes: int, documents: int) -> Iterator[Map]:
    """A `map` that is fit for `documents` documents: in `processes` spawned processes, or here when they are few."""
    if processes < 2 or documents <= WORTH_A_POOL:
        yield map
        return
    # spawn, because Polars hangs in a forked child; one thread each, because the processes share the cores
    with (
        _environment(POLARS_MAX_THREADS="1"),
        ProcessPoolExecutor(processes, get_context("spawn"), _collect_seldom) as pool,
    ):
        yield pool.map


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
