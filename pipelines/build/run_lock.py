"""One run at a time on a warehouse. The system releases the lock when the process ends, also when it is killed.

The command line and Dagster's resource both take the lock; the same process may take it again.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from pipelines.build.aside import set_aside
from pipelines.errors import FazhiError
from pipelines.paths import RUN_HOLDER, RUN_LOCK


class RunBusy(FazhiError):
    """Another run works on the same warehouse; the message names its process and what to do."""


@contextmanager
def run_lock(warehouse_dir: Path, wait: float = 0) -> Iterator[None]:
    """Within the block no other process runs on `warehouse_dir`. Raises RunBusy after `wait` seconds."""
    warehouse_dir.mkdir(parents=True, exist_ok=True)
    holder = warehouse_dir / RUN_HOLDER
    for path in (warehouse_dir / RUN_LOCK, holder):
        if path.is_dir():  # no run is at work: it could not have locked this
            set_aside(path)
    lock = FileLock(warehouse_dir / RUN_LOCK, is_singleton=True)
    try:
        lock.acquire(timeout=wait)
    except Timeout as error:
        raise RunBusy(
            f"another run (process {_read(holder)}) is at work on {warehouse_dir}; wait until it ends, or give "
            "another folder with --warehouse"
        ) from error
    try:
        holder.write_text(f"{os.getpid()}\n", encoding="utf-8")
        yield
    finally:
        if lock.lock_counter == 1:
            with suppress(OSError):
                holder.write_text("", encoding="utf-8")
        lock.release()


def run_holder(warehouse_dir: Path) -> int | None:
    """The process that runs on `warehouse_dir`, None if no run is at work.

    The lock itself is not touched: to try it would make a run fail that begins at this moment.
    """
    process = _read(warehouse_dir / RUN_HOLDER)
    return int(process) if process.isdigit() and is_alive(int(process)) else None


def is_alive(process: int) -> bool:
    """Whether a process of this number is at work."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it runs, for another user
        return True
    return True


def _read(holder: Path) -> str:
    try:
        return holder.read_text(encoding="utf-8").strip() or "unknown"
    except OSError:  # it has only just begun
        return "unknown"
