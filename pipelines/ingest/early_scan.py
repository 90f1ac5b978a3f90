"""A scan of the raw folder in a process of its own, while this process still loads what a run needs.

At 400,000 files the scan takes as long as loading Dagster. It is the scan of `pipelines.ingest.inventory`, which is
imported only when it is needed.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.paths import PROJECT_ROOT

if TYPE_CHECKING:
    import polars as pl

_LARGE = 1_000_000  # bytes of an inventory, some 10,000 files: fewer are seen before a process has started
_running: dict[Path, subprocess.Popen[bytes]] = {}


@contextmanager
def scanning(raw_dir: Path, inventory: Path) -> Iterator[None]:
    """Scan `raw_dir` beside what is done in the block, if the last `inventory` of it is large."""
    if inventory.is_file() and inventory.stat().st_size > _LARGE:
        command = [sys.executable, "-m", "pipelines.ingest.early_scan", str(raw_dir.absolute())]
        _running[raw_dir] = subprocess.Popen(
            command, cwd=PROJECT_ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    try:
        yield
    finally:
        discard(raw_dir)


def take(raw_dir: Path) -> pl.DataFrame | None:
    """The result of the scan, once, with the columns of `scan`. None where no scan was started, or it failed."""
    process = _running.pop(raw_dir, None)
    if process is None:
        return None
    result, _ = process.communicate()
    if process.returncode:
        return None
    import polars as pl

    return pl.read_ipc(io.BytesIO(result))


def discard(raw_dir: Path) -> None:
    """Drop a scan that is out of date, for example because files were fetched since."""
    if process := _running.pop(raw_dir, None):
        process.kill()
        process.communicate()


if __name__ == "__main__":
    from pipelines.ingest.inventory import scan

    scan(Path(sys.argv[1])).write_ipc(sys.stdout.buffer)
