"""A look at the raw folder that is begun in a process of its own, while this one still loads what a run needs.

At 400,000 files the look takes as long as loading Dagster. Only when it is begun and taken over belongs here; what it
sees is `pipelines.ingest.inventory`, which is not imported before it is needed.
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
_begun: dict[Path, subprocess.Popen[bytes]] = {}


@contextmanager
def looking(raw_dir: Path, inventory: Path) -> Iterator[None]:
    """Look at `raw_dir` beside what is done in the block, if the last `inventory` of it is large."""
    if inventory.is_file() and inventory.stat().st_size > _LARGE:
        command = [sys.executable, "-m", "pipelines.ingest.early_scan", str(raw_dir.absolute())]
        _begun[raw_dir] = subprocess.Popen(
            command, cwd=PROJECT_ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    try:
        yield
    finally:
        forget(raw_dir)


def take(raw_dir: Path) -> pl.DataFrame | None:
    """What was seen, once, with the columns of `scan`; None where no look was begun, or it failed."""
    process = _begun.pop(raw_dir, None)
    if process is None:
        return None
    seen, _ = process.communicate()
    if process.returncode:
        return None
    import polars as pl

    return pl.read_ipc(io.BytesIO(seen))


def forget(raw_dir: Path) -> None:
    """Drop a look that is out of date, as when files were fetched since."""
    if process := _begun.pop(raw_dir, None):
        process.kill()
        process.communicate()


if __name__ == "__main__":
    from pipelines.ingest.inventory import scan

    scan(Path(sys.argv[1])).write_ipc(sys.stdout.buffer)
