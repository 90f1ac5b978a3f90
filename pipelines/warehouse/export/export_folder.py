"""The folder of an export. It is written beside the old one and then takes its place, as a whole or not at all.

A folder that no export wrote is never replaced.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from pipelines.build.mending import put_aside
from pipelines.settings import EXPORT_FORMATS
from pipelines.warehouse.export.export_files import ExportFile
from pipelines.warehouse.export.release_reader import ExportError

STAMP_FILE = "datapackage.json"
DESCRIPTIONS = (STAMP_FILE, "croissant.json", "CITATION.cff")
STAMP = "fazhi"  # under this key of the file stands what the export was made of


class ExportStamp(NamedTuple):
    """What an export was made of, and its files."""

    made_of: dict[str, Any]
    files: tuple[ExportFile, ...]


_STAMP = TypeAdapter(ExportStamp)


@contextmanager
def locked(folder: Path, what: str = "export") -> Iterator[None]:
    """Keep other exports out of `folder` and repair what a killed one left. Raises ExportError if one is running.

    `what` is written there, for the message: an export, or a site.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.with_name(f".{folder.name}.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise ExportError(f"another {what} into {folder} is running; wait for it, or give another folder") from error
    try:
        _clean_up(folder)
        yield
    finally:
        lock.release()


@contextmanager
def replacing(
    folder: Path, is_ours: Callable[[Path], bool] = lambda folder: read_stamp(folder) is not None, what: str = "export"
) -> Iterator[Path]:
    """An empty folder beside `folder`. It replaces `folder` when the block ends and is removed when the block raises.

    The caller holds the lock. Open files of the old folder stay readable until they are closed. Raises ExportError if
    `folder` holds something that is not ours to replace.
    """
    if folder.exists() and not is_ours(folder) and (not folder.is_dir() or any(folder.iterdir())):
        raise ExportError(f"{folder} exists and is no {what}; give another folder, or remove it")
    building, old = _neighbours(folder)
    building.mkdir()
    try:
        yield building
        if folder.exists():
            folder.rename(old)
        building.rename(folder)
    finally:
        _clean_up(folder)


def read_stamp(folder: Path) -> ExportStamp | None:
    """What the export in `folder` was made of and its files (see `datapackage`). None if no export is there.

    A description that is damaged counts as none.
    """
    try:
        return _STAMP.validate_python(json.loads((folder / STAMP_FILE).read_text(encoding="utf-8"))[STAMP])
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def make_way(folder: Path) -> str | None:
    """Set aside a warehouse's own export whose description is damaged or gone. Returns the line that says so.

    A folder that holds anything else than exports hold is a person's, and is left alone.
    """
    if not folder.is_dir() or read_stamp(folder) is not None:
        return None
    names = {path.name for path in folder.iterdir()}
    if not names or not names <= {*EXPORT_FORMATS, *DESCRIPTIONS}:
        return None
    return put_aside(folder, f"no {STAMP_FILE} that can be read")


def _neighbours(folder: Path) -> tuple[Path, Path]:
    """Where the new folder is written, and where the old one is kept between the two renames."""
    return folder.with_name(f".{folder.name}.building"), folder.with_name(f".{folder.name}.old")


def _clean_up(folder: Path) -> None:
    """Bring the old folder back if the new one did not come, and remove the rest."""
    building, old = _neighbours(folder)
    if old.exists() and not folder.exists():
        old.rename(folder)
    for leftover in (building, old):
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)
