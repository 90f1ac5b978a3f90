"""Workers that see the stage do whole buckets; the files are those of one process, whatever goes wrong."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.build import refresh as refreshing
from pipelines.build import workers as working
from pipelines.build.buckets import StageTable, bucket_paths
from pipelines.build.ledger import Ledger
from pipelines.build.leftovers import sweep
from pipelines.build.local_processes import LocalProcesses
from pipelines.build.one_bucket import RETRY, BatchResult, BucketFiles, BucketTask, StagedColumns, scratch_folder
from pipelines.build.progress import listening
from pipelines.build.refresh import Counts, refresh
from pipelines.build.stamped_parquet import is_written
from pipelines.build.workers import WorkerSettings

TEXTS = StageTable("texts", {"report_id": pl.String(), "input_key": pl.String(), "text": pl.String()})
ROWS = StageTable("rows", {"report_id": pl.String(), "input_key": pl.String(), "length": pl.Int64()})
LETTERS = StageTable("letters", {"report_id": pl.String(), "letter": pl.String()}, sort=("report_id", "letter"))
IDS = [f"{first:02x}{number}" for first in range(0, 40, 2) for number in range(3)]  # ten buckets of six
FATAL = ["000", "0c1"]


@pytest.fixture(autouse=True)
def whole(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Processes of this machine are given whole buckets, of which the names are noted."""
    given: list[str] = []
    submit = LocalProcesses.submit

    def noting(self: LocalProcesses, work: Callable[[Any], Any], batch: Any) -> Any:
        if isinstance(batch, BucketTask):
            given.append(batch.plan.bucket)
        return submit(self, work, batch)

    monkeypatch.setattr(working, "WORTH_A_POOL", 0)
    monkeypatch.setattr(LocalProcesses, "shares", lambda self, folder: True)
    monkeypatch.setattr(LocalProcesses, "submit", noting)
    return given


def copy(batch: pl.DataFrame) -> BatchResult:
    return BatchResult({"texts": batch.with_columns(text=pl.format("text of {}", "report_id"))})


def work(batch: pl.DataFrame, key: str | None = None) -> BatchResult:
    """The length of each text, and its letters; `key` stands in for the input_key where it is given."""
    rows = batch.select("report_id", "input_key", length=pl.col("text").str.len_chars().cast(pl.Int64))
    if key:
        rows = rows.with_columns(input_key=pl.lit(key))
    letters = batch.select("report_id", letter=pl.col("text").str.split("")).explode("letter")
    return BatchResult({"rows": rows, "letters": letters})


def killed_at_some(batch: pl.DataFrame, once: Path | None = None) -> BatchResult:
    """The process ends at two of the reports; with `once` only until that file is there."""
    if batch["report_id"].is_in(FATAL).any() and not (once and once.exists()):
        if once:
            once.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return work(batch)


def one_too_few(batch: pl.DataFrame) -> BatchResult:
    return work(batch.tail(-1))


def crashed(batch: pl.DataFrame) -> BatchResult:
    rows = batch.select("report_id", "input_key", length=pl.lit(-1, pl.Int64))
    return BatchResult({"rows": rows, "letters": pl.DataFrame(schema=LETTERS.schema)}, [batch["report_id"][0]])


def wanted(ids: list[str], key: str = "1") -> pl.DataFrame:
    return pl.DataFrame({"report_id": ids, "input_key": [key] * len(ids)})


def step(folder: Path, rows: pl.DataFrame, processes: int = 2, **options: Any) -> Counts:
    """Bring the texts of some reports to the stage, then what is made of them."""
    ledger = Ledger(folder / "ledger.sqlite")
    given = f"{rows.rows()}"
    refresh(folder, ledger, "texts", [TEXTS], given, lambda: rows, copy)
    how, load = WorkerSettings(processes), StagedColumns(folder, "texts", ("text",))
    made = options.pop("work", work)
    return refresh(folder, ledger, "step", [ROWS, LETTERS], given, lambda: rows, made, load, how, **options)


def files(folder: Path) -> dict[str, bytes]:
    assert not list(folder.glob(".*")), "the scratch folder is gone"
    paths = [path for name in ("rows", "letters") for path in bucket_paths(folder, name)]
    ledger = Ledger(folder / "ledger.sqlite")
    assert all(is_written(ledger, path) for path in paths)
    return {f"{path.parent.name}/{path.name}": path.read_bytes() for path in paths}


def in_one_process(folder: Path, *stages: pl.DataFrame) -> dict[str, bytes]:
    for rows in stages:
        step(folder, rows, processes=1)
    return files(folder)


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The files that one process makes in batches."""
    with monkeypatch.context() as patch:
        patch.setattr(LocalProcesses, "shares", lambda self, folder: False)
        return in_one_process(tmp_path / "alone", wanted(IDS))


def test_whole_buckets_give_the_files_of_batches(tmp_path: Path, whole: list[str], alone: dict[str, bytes]) -> None:
    seen: list[tuple[str, int, int]] = []
    with listening(lambda *report: seen.append(report)):
        assert step(tmp_path / "whole", wanted(IDS)) == Counts(len(IDS), 0, 0)
    assert files(tmp_path / "whole") == alone and len(alone) == 20
    assert len(whole) == 10 and [done for name, done, _ in seen if name == "step"] == [*range(6, 61, 6)]
    assert step(tmp_path / "whole", wanted(IDS)) == Counts(0, len(IDS), 0) and len(whole) == 10


def test_rows_that_are_kept_changed_or_gone_are_those_of_batches(
    tmp_path: Path, whole: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    later = pl.concat([wanted(IDS[2:20]), wanted(IDS[20:23], "2"), wanted(["0aa", "ff0"])])  # buckets are emptied too
    step(tmp_path / "whole", wanted(IDS))
    whole.clear()
    assert step(tmp_path / "whole", later) == Counts(5, 18, 39)
    assert whole == ["08", "0c", "fc"], "only buckets with work are given away"
    monkeypatch.setattr(LocalProcesses, "shares", lambda self, folder: False)
    assert files(tmp_path / "whole") == in_one_process(tmp_path / "alone", wanted(IDS), later)


def test_a_worker_that_is_killed_changes_nothing(
    tmp_path: Path, whole: list[str], alone: dict[str, bytes], caplog: pytest.LogCaptureFixture
) -> None:
    made = partial(killed_at_some, once=tmp_path / "killed")
    assert step(tmp_path / "whole", wanted(IDS), work=made) == Counts(len(IDS), 0, 0)
    assert files(tmp_path / "whole") == alone and (tmp_path / "killed").exists() and whole
    assert any("was killed; it is done in batches" in line for line in caplog.messages)


def test_the_documents_that_end_their_worker_are_named(tmp_path: Path, alone: dict[str, bytes]) -> None:
    counts = step(tmp_path / "whole", wanted(IDS), work=killed_at_some, crashed=crashed)
    assert counts == Counts(len(IDS), 0, 0, tuple(FATAL))
    found = files(tmp_path / "whole")
    assert {name for name in found if found[name] != alone[name]} == {
        f"{table}/{bucket}.parquet" for table in ("rows", "letters") for bucket in ("00", "0c")
    }


HARM: dict[str, Callable[[Path], object]] = {
    "missing": lambda path: path.unlink(),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:100]),
    "changed": lambda path: path.write_bytes(path.read_bytes()[:-9] + b"X" + path.read_bytes()[-8:]),
}


@pytest.mark.parametrize("harm", HARM)
def test_a_bucket_of_which_a_file_is_not_what_the_worker_wrote_is_done_again(
    tmp_path: Path,
    alone: dict[str, bytes],
    harm: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    take = refreshing.take

    def harmed(found: BucketFiles, stage_dir: Path, ledger: Ledger, bucket: str) -> str | None:
        if bucket == "08":
            HARM[harm](found.written["letters"][0])
        return take(found, stage_dir, ledger, bucket)

    monkeypatch.setattr(refreshing, "take", harmed)
    assert step(tmp_path / "whole", wanted(IDS)) == Counts(len(IDS), 0, 0)
    assert files(tmp_path / "whole") == alone
    (line,) = caplog.messages
    assert line.startswith("step, bucket 08: letters-08-") and line.endswith("; it is done in batches")


def test_a_worker_that_sees_another_file_or_cannot_write_does_nothing(
    tmp_path: Path, alone: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(refreshing, "stamps_read", lambda _, tables, plan, load: {load.path(plan.bucket): "a newer one"})
        step(tmp_path / "older", wanted(IDS))
    assert files(tmp_path / "older") == alone
    assert len(caplog.messages) == 10 and all("the worker sees another " in line for line in caplog.messages)
    caplog.clear()
    nowhere = tmp_path / "not there"
    with monkeypatch.context() as patch:
        patch.setattr(refreshing, "BucketTask", lambda *given: BucketTask(given[0], nowhere, *given[2:]))
        step(tmp_path / "elsewhere", wanted(IDS))
    assert files(tmp_path / "elsewhere") == alone and not nowhere.exists()
    assert len(caplog.messages) == 10 and all("the worker cannot write to " in line for line in caplog.messages)


MANY_THREADS = """
from pathlib import Path
import polars as pl
from pipelines.build.buckets import StageTable
from pipelines.build.one_bucket import BatchResult, BucketPlan, merged

rows = pl.DataFrame({"report_id": [f"{n * 7919 % 1000:03}" for n in range(1000)], "input_key": ["1"] * 1000})
assert pl.thread_pool_size() == 8 and rows.sort("report_id").n_chunks() > 1
plan = BucketPlan("00", rows, rows.clear(), is_new=True, removed=0)
frames, _ = merged(Path(), [StageTable("rows", dict(rows.schema))], plan, [BatchResult({"rows": rows})])
assert frames["rows"].n_chunks() == 1
"""


def test_a_bucket_is_in_one_piece_however_many_threads_sort_it() -> None:
    """Where a table has many rows, pieces would make other bytes in a machine with many cores."""
    subprocess.run([sys.executable, "-c", MANY_THREADS], env={**os.environ, "POLARS_MAX_THREADS": "8"}, check=True)


def test_a_bucket_that_asks_to_be_tried_again_is(tmp_path: Path) -> None:
    step(tmp_path, wanted(IDS), work=partial(work, key=RETRY))
    assert step(tmp_path, wanted(IDS)) == Counts(len(IDS), 0, 0)
    assert step(tmp_path, wanted(IDS)) == Counts(0, len(IDS), 0)


def test_too_few_rows_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="gave too few rows"):
        step(tmp_path, wanted(IDS[:6]), work=one_too_few)
    assert not bucket_paths(tmp_path, "rows")


def test_what_a_killed_run_left_in_its_scratch_folder_is_removed(tmp_path: Path) -> None:
    with scratch_folder(tmp_path / "stage") as scratch:
        (scratch / "rows-00-1.parquet").write_bytes(b"half")
        assert sweep(tmp_path) == 1 and not list((tmp_path / "stage").iterdir())
