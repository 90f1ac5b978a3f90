"""The yardsticks of the nightly job: the seconds of what no run can do without, measured alone.

Machines differ and are noisy, so that the seconds of a run mean little alone. Each yardstick is the shortest way to do
one thing: an empty job of Dagster, the size of every file, a pass over every text, a copy of the release.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from pipelines.assets.run_job import asset_names
from pipelines.build.buckets import bucket_paths
from pipelines.definitions import defs
from pipelines.stage.documents import DOCUMENTS

# As many assets as the nightly job has, one after the other, which do nothing; with the start of the program.
_EMPTY_JOB = """
import sys
import dagster as dg

def asset(number):
    @dg.asset(name=f"asset_{number}", deps=[f"asset_{number - 1}"] if number else [])
    def empty(): pass
    return empty

assets = [asset(number) for number in range(int(sys.argv[1]))]
job = dg.Definitions(assets=assets, jobs=[dg.define_asset_job("empty")]).resolve_job_def("empty")
with dg.DagsterInstance.local_temp(sys.argv[2]) as instance:
    assert job.execute_in_process(instance=instance).success
"""


def measure(raw: Path, warehouse: Path) -> dict[str, float]:
    """The seconds of each yardstick by its name, for the files below `raw` and the release in `warehouse`."""
    with TemporaryDirectory(prefix="fazhi-yardsticks-") as name:
        folder = Path(name)
        copied = folder / "copy.duckdb"
        return {
            "an empty Dagster job of as many assets": _seconds(lambda: _empty_job(folder)),
            "list all files and stat each": _seconds(lambda: _look(raw)),
            "count digits in all stored texts (Polars)": _seconds(lambda: _pass(warehouse / "stage")),
            "copy the release": _seconds(lambda: shutil.copyfile(warehouse / "fazhi.duckdb", copied)),
        }


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _empty_job(folder: Path) -> None:
    command = [sys.executable, "-c", _EMPTY_JOB, str(len(asset_names(defs))), str(folder)]
    subprocess.run(command, check=True, capture_output=True)


def _look(folder: Path) -> None:
    with os.scandir(folder) as inside:
        for entry in inside:
            if entry.is_dir():
                _look(Path(entry.path))
            else:
                entry.stat()


def _pass(stage_dir: Path) -> None:
    texts = pl.scan_parquet(bucket_paths(stage_dir, DOCUMENTS.name))
    texts.select(pl.col("text").str.count_matches("[0-9]+").sum()).collect(engine="streaming")
