"""The folder of an export: written beside the old one and put in its place, whole or not at all.

What is in the folder is no business of this module, except that a folder which no export wrote is never replaced.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pipelines.warehouse.export.release_reader import ExportError

STAMP_FILE = "datapackage.json"
STAMP = "fazhi"  # the key in that file under which an export says what it was made of


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other exports out of `folder`, and put right what a killed one left. Raises ExportError where one runs."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.with_name(f".{folder.name}.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise ExportError(f"another export into {folder} is running; wait for it, or give another folder") from error
    try:
        _recover(folder)
        yield
    finally:
        lock.release()


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """An empty folder beside `folder` that takes its place when the block ends, and goes when it raises.

    Needs the lock. Files of the old folder that somebody has open stay readable until they are closed.
    """
    if folder.exists() and stamp(folder) is None and (not folder.is_dir() or any(folder.iterdir())):
        raise ExportError(f"{folder} exists and is no export; give another folder, or remove it")
    building, old = _beside(folder)
    building.mkdir()
    try:
        yield building
        if folder.exists():
            folder.rename(old)
        building.rename(folder)
    finally:
        _recover(folder)


def stamp(folder: Path) -> dict[str, Any] | None:
    """What the export in `folder` says of itself (see `datapackage`); None where no export lies there."""
    try:
        found: dict[str, Any] = json.loads((folder / STAMP_FILE).read_text(encoding="utf-8"))[STAMP]
        return found
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _beside(folder: Path) -> tuple[Path, Path]:
    """Where a folder is written, and where the old one is kept for the moment between the two renames."""
    return folder.with_name(f".{folder.name}.building"), folder.with_name(f".{folder.name}.old")


def _recover(folder: Path) -> None:
    """Bring the old folder back if the new one did not come, and remove the rest."""
    building, old = _beside(folder)
    if old.exists() and not folder.exists():
        old.rename(folder)
    for leftover in (building, old):
        shutil.rmtree(leftover, ignore_errors=True)
