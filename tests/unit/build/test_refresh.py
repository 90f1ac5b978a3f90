"""What is computed again and what is not, in steps of two small tables."""

import os
import signal
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from pipelines.build import refresh as refreshing
from pipelines.build import workers as working
from pipelines.build.buckets import StageTable, bucket_path, bucket_paths, scan
from pipelines.build.ledger import Ledger
from pipelines.build.one_bucket import RETRY, BatchResult
from pipelines.build.progress import listening
from pipelines.build.refresh import Counts, refresh
from pipelines.build.stamped_parquet import frame_key, stamp_in
from pipelines.build.workers import WORTH_A_POOL, WorkerSettings

ROWS = StageTable("rows", {"report_id": pl.String(), "input_key": pl.String(), "pid": pl.Int64()})
PARTS = StageTable("parts", {"report_id": pl.String(), "n": pl.Int64()}, sort=("report_id", "n"))


def work(batch: pl.DataFrame, key: str | None = None) -> BatchResult:
    """Two parts for each report; `key` stands in for its input_key where it is given."""
    rows = batch.select("report_id", "input_key", pid=pl.lit(os.getpid(), pl.Int64))
    if key:
        rows = rows.with_columns(input_key=pl.lit(key))
    parts = batch.select("report_id", n=pl.lit([2, 1], pl.List(pl.Int64))).explode("n")
    return BatchResult({"rows": rows, "parts": parts})


def wanted(ids: list[str], key: str = "1") -> pl.DataFrame:
    return pl.DataFrame({"report_id": ids, "input_key": [key] * len(ids)})


def step(folder: Path, rows: pl.DataFrame, given: str | None = None, **options) -> Counts:
    """Bring both tables to `rows`; planned every time unless `given` is the one of the last time."""
    ledger = Ledger(folder / "ledger.sqlite")
    given = uuid.uuid4().hex if given is None else given
    return refresh(folder, ledger, "step", [ROWS, PARTS], given, lambda: rows, options.pop("work", work), **options)


def times(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in bucket_paths(folder, "parts")}


def test_only_what_is_new_changed_or_gone_is_touched(tmp_path: Path) -> None:
    assert step(tmp_path, wanted(["0a", "0b", "1a"])) == Counts(3, 0, 0)
    before = times(tmp_path)
    assert set(before) == {"08.parquet", "18.parquet"}
    assert step(tmp_path, wanted(["0a", "0b", "1a"])) == Counts(0, 3, 0)
    assert times(tmp_path) == before
    changed = pl.concat([wanted(["0a"]), wanted(["0b"], "2"), wanted(["2a"])])
    assert step(tmp_path, changed) == Counts(2, 1, 1)
    touched = {name for name, time in times(tmp_path).items() if time != before.get(name)}
    assert touched == {"08.parquet", "18.parquet", "28.parquet"}
    parts = scan(tmp_path, PARTS).collect()
    assert parts.rows() == [(name, n) for name in ("0a", "0b", "2a") for n in (1, 2)]


def test_only_the_buckets_whose_wanted_rows_changed_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    step(tmp_path, wanted(["1b", "1a", "0a", "2a"]))
    read: list[str] = []
    real = pl.read_parquet

    def spy(source: Path, **options: object) -> pl.DataFrame:
        read.append(source.stem)
        return real(source, **options)

    monkeypatch.setattr(refreshing.pl, "read_parquet", spy)
    assert step(tmp_path, wanted(["2a", "1a", "0a", "1b"])) == Counts(0, 4, 0)  # the order of the rows is no change
    assert read == []
    assert step(tmp_path, pl.concat([wanted(["0a", "1a", "1b"]), wanted(["2b"])])) == Counts(1, 3, 1)
    assert set(read) == {"28"}


def test_a_bucket_of_which_a_file_is_missing_or_of_another_shape_is_built_anew(tmp_path: Path) -> None:
    step(tmp_path, wanted(["0a", "1a"]))
    bucket_path(tmp_path, "rows", "08").unlink()
    pl.DataFrame({"report_id": ["1a"], "old": [1]}).write_parquet(bucket_path(tmp_path, "parts", "18"))
    assert step(tmp_path, wanted(["0a", "1a"])) == Counts(2, 0, 0)
    bucket_path(tmp_path, "parts", "08").write_bytes(b"not parquet")
    assert step(tmp_path, wanted(["0a", "1a"])) == Counts(1, 1, 0)
    assert scan(tmp_path, PARTS).collect().height == 4


def test_a_bucket_with_the_columns_of_an_older_version_is_built_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step(tmp_path, wanted(["0a"]), given="1")
    monkeypatch.setitem(PARTS.schema, "more", pl.Int64())
    more = lambda batch: BatchResult({**work(batch).frames, "parts": parts_with_more(batch)})  # noqa: E731
    assert step(tmp_path, wanted(["0a"]), given="1", work=more) == Counts(1, 0, 0)
    assert scan(tmp_path, PARTS).collect().columns == ["report_id", "n", "more"]


def parts_with_more(batch: pl.DataFrame) -> pl.DataFrame:
    return work(batch).frames["parts"].with_columns(more=pl.lit(7, pl.Int64))


def test_a_run_that_was_killed_between_two_tables_of_a_bucket_is_taken_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step(tmp_path, wanted(["0a", "1a"]))
    real = refreshing.write_parquet

    def killed(frame: pl.DataFrame, path: Path, stamp: str) -> None:
        if path.parent.name == "parts":
            raise KeyboardInterrupt
        real(frame, path, stamp)

    monkeypatch.setattr(refreshing, "write_parquet", killed)
    with pytest.raises(KeyboardInterrupt):
        step(tmp_path, wanted(["0a", "0b", "1a"]))
    monkeypatch.undo()
    assert step(tmp_path, wanted(["0a", "0b", "1a"])) == Counts(2, 1, 0)  # the half bucket is not taken over
    step(tmp_path / "in peace", wanted(["0a", "0b", "1a"]))
    for name in ("rows", "parts"):
        for path in bucket_paths(tmp_path, name):
            assert path.read_bytes() == bucket_path(tmp_path / "in peace", name, path.stem).read_bytes()


LOST: dict[str, Callable[[Path], object]] = {
    "missing": lambda path: path.unlink(),
    "not SQLite": lambda path: path.write_text("{", encoding="utf-8"),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:5000]),
}


@pytest.mark.parametrize("lost", LOST)
def test_without_the_ledger_everything_is_computed_anew_and_it_is_said(tmp_path: Path, lost: str) -> None:
    stage, ledger = tmp_path / "stage", Ledger(tmp_path / "ledger.sqlite")

    def run(given: str = "1") -> tuple[str | None, Counts]:
        line = ledger.start()
        rows = wanted(["0a", "1a"])
        return line, refresh(stage, ledger, "step", [ROWS, PARTS], given, lambda: rows, work)

    assert run() == (None, Counts(2, 0, 0))
    before = {path: path.read_bytes() for path in stage.rglob("*.parquet")}
    assert len(before) == 4
    LOST[lost](ledger.path)
    line, counts = run()
    assert line is not None and line.endswith(": everything is computed anew") and counts == Counts(2, 0, 0)
    assert {path: path.read_bytes() for path in stage.rglob("*.parquet")} == before
    known = ledger.path.read_bytes()
    assert run() == (None, Counts(0, 2, 0))
    assert ledger.path.read_bytes() == known  # nothing was computed, so nothing was written
    assert run("2") == (None, Counts(0, 2, 0))  # planned anew, and each row is still known


def test_what_asks_to_be_tried_again_is(tmp_path: Path) -> None:
    step(tmp_path, wanted(["0a"]), work=partial(work, key=RETRY))
    assert step(tmp_path, wanted(["0a"])) == Counts(1, 0, 0)
    assert step(tmp_path, wanted(["0a"])) == Counts(0, 1, 0)


def test_a_bucket_with_a_row_to_be_tried_again_has_a_stamp_of_its_own_each_time(tmp_path: Path) -> None:
    """Nobody knows what such a row was computed from, so what is built on it must be built again too."""
    keys = []
    for _ in range(2):
        step(tmp_path, wanted(["0a", "1a"]), work=partial(work, key=RETRY))
        keys.append([stamp_in(bucket_path(tmp_path, "rows", bucket)) for bucket in ("08", "18")])
    assert len({key for pair in keys for key in pair}) == 4


def test_a_step_is_planned_only_when_what_it_was_given_or_what_it_left_has_changed(tmp_path: Path) -> None:
    planned: list[str] = []

    def run(given: str, key: str | None = None) -> Counts:
        def plan() -> pl.DataFrame:
            planned.append(given)
            return wanted(["0a", "1a"], given)

        ledger = Ledger(tmp_path / "ledger.sqlite")
        return refresh(tmp_path, ledger, "step", [ROWS, PARTS], given, plan, partial(work, key=key))

    assert run("1") == Counts(2, 0, 0) and run("1") == Counts(0, 2, 0)
    assert planned == ["1"]
    assert run("2", RETRY) == Counts(2, 0, 0) and run("2") == Counts(2, 0, 0) and run("2") == Counts(0, 2, 0)
    assert planned == ["1", "2", "2"]  # a step with rows to be tried again is not complete
    bucket_path(tmp_path, "parts", "08").unlink()
    assert run("2") == Counts(1, 1, 0)
    bucket_path(tmp_path, "parts", "18").write_bytes(b"not parquet")
    assert run("2") == Counts(1, 1, 0)
    assert len(planned) == 5 and run("2") == Counts(0, 2, 0) and len(planned) == 5
    (tmp_path / "ledger.sqlite").write_text("{")
    assert run("2") == Counts(2, 0, 0) and len(planned) == 6
    assert scan(tmp_path, PARTS).collect().height == 4


def test_the_key_of_a_frame_changes_with_its_rows_and_their_order() -> None:
    frames = [wanted(["0a", "1a"]), wanted(["1a", "0a"]), wanted(["0a"]), wanted(["0a", "1a"], "2"), wanted([])]
    assert len({frame_key(frame) for frame in frames}) == len(frames)
    assert frame_key(wanted(["0a", "1a"])) == frame_key(frames[0])


def test_a_run_that_breaks_off_leaves_no_half_bucket(tmp_path: Path) -> None:
    def broken(batch: pl.DataFrame) -> BatchResult:
        raise RuntimeError("power cut")

    step(tmp_path, wanted(["0a"]))
    with pytest.raises(RuntimeError, match="power cut"):
        step(tmp_path, wanted(["0a", "0b"]), work=broken)
    assert scan(tmp_path, ROWS).collect()["report_id"].to_list() == ["0a"]
    assert not list(tmp_path.rglob("*.tmp"))


def test_many_documents_are_spread_over_processes_and_give_the_same_rows(tmp_path: Path) -> None:
    ids = [f"{number:04x}"[::-1] for number in range(WORTH_A_POOL + 1)]
    seen: list[tuple[str, int, int]] = []
    with listening(lambda *report: seen.append(report)):
        counts = step(tmp_path / "pool", wanted(ids), how=WorkerSettings(2), batch=20)
    assert counts == Counts(len(ids), 0, 0)
    assert seen[-1] == ("step", len(ids), len(ids))
    workers = set(scan(tmp_path / "pool", ROWS).collect()["pid"])
    assert os.getpid() not in workers and 1 <= len(workers) <= 2
    step(tmp_path / "here", wanted(ids))
    assert scan(tmp_path / "pool", PARTS).collect().equals(scan(tmp_path / "here", PARTS).collect())


IDS = [f"{first:02x}{number}" for first in range(0, 40, 2) for number in range(3)]  # ten buckets of six


def meet(batch: pl.DataFrame, folder: Path) -> BatchResult:
    """The work on the first bucket ends only when somebody else works on the second."""
    name = batch["report_id"][0][:2]
    (folder / name).touch()
    deadline = time.monotonic() + 60
    while name == "00" and not (folder / "04").exists():
        assert time.monotonic() < deadline, "nobody began the next bucket"
        time.sleep(0.01)
    return work(batch)


def killed_at_some(batch: pl.DataFrame) -> BatchResult:
    """The process ends at the report that is the first, one in the middle, or the last of a bucket."""
    if batch["report_id"].is_in(FATAL).any():
        os.kill(os.getpid(), signal.SIGKILL)
    return work(batch)


FATAL = ["000", "0c1", "262"]


def crashed(batch: pl.DataFrame) -> BatchResult:
    assert batch.height == 1
    rows = work(batch).frames["rows"].with_columns(pid=pl.lit(-1, pl.Int64))
    return BatchResult({"rows": rows, "parts": pl.DataFrame(schema=PARTS.schema)}, [batch["report_id"][0]])


def test_workers_go_on_to_the_next_bucket_before_one_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "WORTH_A_POOL", 0)
    (tmp_path / "met").mkdir()
    counts = step(tmp_path / "two", wanted(IDS), work=partial(meet, folder=tmp_path / "met"), how=WorkerSettings(2))
    assert counts == Counts(len(IDS), 0, 0)
    step(tmp_path / "one", wanted(IDS))
    for path in bucket_paths(tmp_path / "one", "parts"):
        assert bucket_path(tmp_path / "two", "parts", path.stem).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("batch", [4, 250])
def test_documents_that_end_their_process_are_rows_of_their_own_buckets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(working, "WORTH_A_POOL", 0)
    before = wanted([*IDS, "a00", "b00"], "0")  # two buckets are emptied
    step(tmp_path, before)
    counts = step(tmp_path, wanted(IDS), work=killed_at_some, how=WorkerSettings(2), batch=batch, crashed=crashed)
    assert counts == Counts(len(IDS), 0, 2, tuple(FATAL))
    rows = scan(tmp_path, ROWS).collect()
    assert rows["report_id"].to_list() == IDS and rows["input_key"].unique().to_list() == ["1"]
    assert rows.filter(pid=-1)["report_id"].to_list() == FATAL
    assert scan(tmp_path, PARTS).collect().rows() == [(name, n) for name in IDS if name not in FATAL for n in (1, 2)]


def test_a_bucket_is_written_as_soon_as_its_last_batch_is_there(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    with listening(lambda _, done, total: seen.append((done, len(bucket_paths(tmp_path, "parts"))))):
        step(tmp_path, wanted(IDS), batch=4)
    assert [done for done, _ in seen] == [6 * bucket + rows for bucket in range(10) for rows in (4, 6)]
    assert all(written == (done - 1) // 6 for done, written in seen), "all buckets before the one of this batch"


def test_a_step_that_gives_too_few_rows_is_an_error(tmp_path: Path) -> None:
    def lazy(batch: pl.DataFrame) -> BatchResult:
        return work(batch.head(1))

    with pytest.raises(RuntimeError, match=r"missing by bucket: .'04': 5"):
        step(tmp_path, wanted(IDS[6:12]), work=lazy)
    assert not bucket_paths(tmp_path, "parts")
