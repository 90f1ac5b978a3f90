"""Worker processes of this machine."""

from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from pipelines.build.executor import AHEAD, WorkerLostError, collect_seldom, perform


class LocalProcesses:
    """Spawned processes that are started when they are needed, and anew when one of them was killed."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._executor: ProcessPoolExecutor | None = None

    def most(self) -> int:
        """Two batches for each process."""
        return AHEAD * self._processes

    def submit(self, work: Callable[[Any], Any], batch: Any) -> Future[Any]:
        """Send a batch to the process that is free first."""
        if self._executor is not None:
            try:
                return self._executor.submit(perform, work, batch)
            except BrokenProcessPool:
                self.close()
        # spawn, because Polars hangs in a forked child
        self._executor = ProcessPoolExecutor(self._processes, get_context("spawn"), collect_seldom)
        return self._executor.submit(perform, work, batch)

    def result(self, task: Future[Any], seconds: float) -> Any:
        """What the task gave. After `seconds` all processes are killed, as nobody knows which one hangs."""
        try:
            return task.result(seconds)
        except BrokenProcessPool as error:
            raise WorkerLostError("a worker process was killed") from error
        except TimeoutError:
            if task.done():  # the work itself raised it
                raise
            self._kill()
            raise WorkerLostError(f"a worker process gave no answer in {seconds:g} seconds and was killed") from None

    def shares(self, folder: Path) -> bool:
        """Never: what these processes are sent does not leave the machine."""
        return False

    def close(self) -> None:
        """End the processes once what they work on is done."""
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
            self._executor = None

    def _kill(self) -> None:
        executor, self._executor = self._executor, None
        if executor is not None:
            for process in list((executor._processes or {}).values()):  # Python 3.14 has kill_workers()
                process.kill()
            executor.shutdown(cancel_futures=True)
