"""Dagster's home: the folder with the history of one warehouse, and the two files by which Dagster is set up."""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from sqlalchemy.exc import SQLAlchemyError

from pipelines.build.atomic import atomic_write, leftovers
from pipelines.build.mending import mend_databases, mend_shapes, put_aside
from pipelines.errors import FazhiError
from pipelines.paths import CODE_LOCATIONS, DAGSTER_YAML

LOCATION = "fazhi"  # the code location, as [tool.dg] in pyproject.toml calls it too
MODULE = "pipelines.definitions"
_log = logging.getLogger(__name__)

QUIET = """\
telemetry:
  enabled: false
nux:
  enabled: false
"""
OLD_CONFIG = "# Written by fazhi when the folder was made; change it freely, it is not written again.\n" + QUIET
CONFIG = f"""\
# Written by fazhi when the folder was made. Change it as you like: fazhi does not write it again.
{QUIET}run_storage:
  module: pipelines.assets.storage
  class: OpenRunStorage
  config:
    home:
      env: DAGSTER_HOME
event_log_storage:
  module: pipelines.assets.storage
  class: OpenEventLogStorage
  config:
    home:
      env: DAGSTER_HOME
"""
LOCATIONS = f"""\
# Written by `fazhi ui` at each start: the code that Dagster's UI loads.
load_from:
  - python_module:
      module_name: {MODULE}
      location_name: {LOCATION}
"""


_FILES = (DAGSTER_YAML, CODE_LOCATIONS, "history/*.db", "history/runs/*.db", "schedules/*.db")
_FOLDERS = ("history", "history/runs", "schedules", "storage")


class HomeError(FazhiError):
    """Dagster's home cannot be used; the message names the folder, the reason and what to do."""


@contextmanager
def usable(home: Path) -> Iterator[None]:
    """Within the block an error of Dagster that began with the disk or a database of `home` is a HomeError."""
    try:
        yield
    except (FazhiError, OSError):  # they say by themselves what was found, and where
        raise
    except Exception as error:  # Dagster wraps what SQLite raises, and SQLAlchemy wraps it too
        if (reason := _refusal(error)) is None:
            raise
        raise HomeError(
            f"DAGSTER_HOME {home} cannot be used ({reason}); see whether its disk is full and whether you may write "
            "there, then run again"
        ) from error


def _refusal(error: BaseException | None) -> str | None:
    """What the disk or SQLite said, in one line; None where neither led to the error."""
    while error is not None:
        if isinstance(error, OSError | sqlite3.Error):
            return getattr(error, "strerror", None) or str(error)
        error = error.__cause__ or error.__context__
    return None


def prepare_home(home: Path) -> None:
    """Make the folder and its `dagster.yaml`. One that a person wrote or changed stays as it is.

    An older fazhi wrote a `dagster.yaml` without storages. That one is replaced; the history stays, because the files
    of both storages are the same. Raises OSError.
    """
    home.mkdir(parents=True, exist_ok=True)
    for left in leftovers(home):  # by a run that was killed while it wrote the file
        left.unlink(missing_ok=True)
    config = home / DAGSTER_YAML
    if not config.exists() or config.read_bytes() == OLD_CONFIG.encode():
        _log.info("writing %s", config)
        with atomic_write(config) as beside:  # half of it may be a file that Dagster takes
            beside.write_text(CONFIG, encoding="utf-8")


def mend_home(home: Path) -> list[str]:
    """Set aside what Dagster cannot use in its home, as `pipelines.build.mending` does in a warehouse.

    That is each database of the history in which SQLite finds damage, and a `dagster.yaml` with which Dagster does not
    start. Reads all of the history. Returns a line for each file.
    """
    lines = [put_aside(home, "a file where a folder should be")] if home.is_file() else []
    lines += mend_shapes(home, _FILES, _FOLDERS)
    lines += mend_databases(path for pattern in _FILES for path in home.glob(pattern) if path.suffix == ".db")
    try:
        with open_instance(home) as instance:
            instance.get_runs(limit=1)
    except (OSError, sqlite3.Error, SQLAlchemyError):  # a full disk, a missing permission
        pass
    except Exception as error:  # whatever Dagster and its parser raise
        config = home / DAGSTER_YAML
        if config.is_file():
            lines.append(put_aside(config, f"{type(error).__name__}: {str(error).splitlines()[0]}"))
    return lines


def write_code_locations(home: Path) -> Path:
    """Write the file that tells `dagster dev` what to load, wherever it is started; returns its path."""
    path = home / CODE_LOCATIONS
    path.write_text(LOCATIONS, encoding="utf-8")
    return path


@contextmanager
def open_instance(home: Path) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance in `home`. Within the block DAGSTER_HOME names it, as `dagster.yaml` expects."""
    prepare_home(home)
    before = os.environ.get("DAGSTER_HOME")
    os.environ["DAGSTER_HOME"] = str(home)
    try:
        with dg.DagsterInstance.get() as instance:
            yield instance
    finally:
        if before is None:
            del os.environ["DAGSTER_HOME"]
        else:
            os.environ["DAGSTER_HOME"] = before
