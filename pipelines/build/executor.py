"""What does the work on a batch elsewhere: the interface of the two kinds of workers, and what each worker does.

`pipelines.build.local_processes` has the processes of this machine, `pipelines.build.cluster` those of a Dask cluster.
`pipelines.build.workers` hands out the batches, and is all that other rooms know of them.
"""

import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

Batch = TypeVar("Batch")
Result = TypeVar("Result")

AHEAD = 2  # batches for each worker: one that it works on, and the next


class WorkerLostError(Exception):
    """The worker that had a batch was killed, or gave no answer in time. The message says which of the two."""


class Executor(Protocol):
    """Workers elsewhere. A task is what `submit` returns; only `result` of the same object understands it."""

    def most(self) -> int:
        """How many batches may be under way now, so that no worker waits."""

    def submit(self, work: Callable[[Any], Any], batch: Any) -> Any:
        """Send `batch` to a worker, which calls `work` on it. Both must be picklable."""

    def result(self, task: Any, seconds: float) -> Any:
        """What the task gave, awaited so long. Raises WorkerLostError, and what `work` raised."""

    def shares(self, folder: Path) -> bool:
        """Whether work had better be read from `folder`, and its results be written there, than be sent."""

    def close(self) -> None:
        """Let the workers go. Tasks that are under way are given up."""


def perform(work: Callable[[Batch], Result], batch: Batch) -> Result:
    """Do the work in a worker. A panic of a library in Rust ends the process, as its state is unknown after it."""
    try:
        return work(batch)
    except BaseException as error:
        if is_panic(error):
            os._exit(1)
        raise


def is_panic(error: BaseException) -> bool:
    """Whether a library in Rust gave up. Each has a class of its own for that, which is no Exception."""
    return type(error).__name__ == "PanicException"


def collect_seldom() -> None:
    """Workers, and a run, make hundreds of thousands of objects without cycles: to look for these costs much time."""
    gc.set_threshold(50_000, 20, 100)
