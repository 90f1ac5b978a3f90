"""Dagster's home: the folder with the history of one warehouse, and the two files by which Dagster is set up."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

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


def prepare_home(home: Path) -> None:
    """Make the folder and its `dagster.yaml`. One that a person wrote or changed stays as it is.

    An older fazhi wrote a `dagster.yaml` without storages. That one is replaced; the history stays, because the files
    of both storages are the same.
    """
    home.mkdir(parents=True, exist_ok=True)
    config = home / DAGSTER_YAML
    if not config.exists() or config.read_text(encoding="utf-8") == OLD_CONFIG:
        _log.info("writing %s", config)
        config.write_text(CONFIG, encoding="utf-8")


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
