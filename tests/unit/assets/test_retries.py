"""What failed for a reason that passes is tried again; what will fail again is not."""

import errno
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from pipelines.assets import raw_files as raw
from pipelines.assets import release, retries, tables
from pipelines.assets.retries import MOST, retrying
from pipelines.definitions import defs
from pipelines.warehouse.table_build import BuildError

PASSING = OSError(errno.ESTALE, "Stale file handle")


def run(errors: list[BaseException], monkeypatch: pytest.MonkeyPatch) -> tuple[bool, int]:
    """Whether an asset that raises `errors`, one at each try, succeeds in the end, and how often it was tried."""
    monkeypatch.setattr(retries, "FIRST_PAUSE", 0)
    left = list(errors)
    tries = []

    @dg.asset
    def work(context: dg.AssetExecutionContext) -> None:
        with retrying(context):
            tries.append(context.retry_number)
            if left:
                raise left.pop(0)

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([work], instance=instance, raise_on_error=False)
    assert tries == list(range(len(tries)))
    return result.success, len(tries)


def caused(error: Exception) -> Exception:
    try:
        raise BuildError("township_year: the disk did not answer") from error
    except BuildError as outer:
        return outer


@pytest.mark.parametrize(
    "error",
    [
        PASSING,
        OSError(errno.EIO, "Input/output error"),
        caused(OSError(errno.ETIMEDOUT, "Connection timed out")),
        caused(duckdb.IOException('IO Error: Could not read from file "a.parquet": Input/output error')),
    ],
)
def test_a_reason_that_passes_is_tried_again(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run([error, error], monkeypatch) == (True, 3)


def test_it_is_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run([PASSING] * 99, monkeypatch) == (False, MOST + 1)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        FileNotFoundError(errno.ENOENT, "No such file or directory"),
        caused(duckdb.IOException('IO Error: No files found that match the pattern "a.parquet"')),
        BuildError("township_year: no place was given"),
    ],
)
def test_a_reason_that_stays_is_told_at_once(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run([error], monkeypatch) == (False, 1)


@pytest.mark.parametrize(
    ("module", "name", "asset"),
    [
        (raw, "refresh_files", "raw_files"),
        (tables, "build", "dim_indicator"),
        (release, "publish", "release"),
    ],
)
def test_the_assets_try_again(
    module: object, name: str, asset: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "FIRST_PAUSE", 0)
    monkeypatch.setenv("FAZHI_WAREHOUSE", str(tmp_path))
    tries = []

    def fail(*_: object, **__: object) -> None:
        tries.append(name)
        raise PASSING

    monkeypatch.setattr(module, name, fail)
    job = defs.resolve_job_def("fazhi_nightly")
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, asset_selection=[dg.AssetKey(asset)], raise_on_error=False)
    assert not result.success
    assert tries == [name] * (MOST + 1)
