"""One release of the bundled reports, built once for all tests of a process that ask for it.

A test module takes it with `pytest_plugins = ("release_fixture",)` and an argument named `bundled_warehouse`.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.settings import PROJECT_ROOT


@dataclass(frozen=True)
class Built:
    """The warehouse folder and what the run that built it printed."""

    folder: Path
    printed: str

    @property
    def release(self) -> Path:
        return self.folder / "fazhi.duckdb"


@pytest.fixture(scope="session")
def bundled_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The warehouse of `raw/`, built as `make run` builds it, in a temporary folder."""
    place = tmp_path_factory.mktemp("bundled")
    folder = place / "warehouse"
    env = {name: value for name, value in os.environ.items() if not name.startswith("FAZHI_")}
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", "run", "--warehouse", str(folder)],
        env={**env, "DAGSTER_HOME": str(place / "dagster"), "FAZHI_EXPORTS": "parquet"},  # the others have their tests
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return Built(folder, done.stdout)
