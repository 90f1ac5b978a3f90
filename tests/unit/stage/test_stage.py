"""The stage: what is computed again and what is not, and that no document ends a run."""

import os
import uuid
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from pipelines.build import refresh as refreshing
from pipelines.build.buckets import StageTable, bucket_path, bucket_paths, scan
from pipelines.build.ledger import Ledger
from pipelines.build.progress import listening
from pipelines.build.refresh import RETRY, BatchResult, Counts, refresh
from pipelines.build.stamped_parquet import frame_key
from pipelines.build.workers import WORTH_A_POOL
from pipelines.extract.report.engine import Extractor
from pipelines.ingest.inventory import inventory
from pipelines.read.reader import READER_VERSION
from pipelines.settings import Settings
from pipelines.stage import documents, facts
from pipelines.stage.documents import DOCUMENTS, refresh_documents

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


def test_rows_that_the_ledger_does_not_know_are_computed_anew(tmp_path: Path) -> None:
    step(tmp_path, wanted(["0a", "1a"]), given="1")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.parquet")}
    (tmp_path / "ledger.sqlite").unlink()
    assert step(tmp_path, wanted(["0a", "1a"]), given="1") == Counts(2, 0, 0)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.parquet")} == before
    assert step(tmp_path, wanted(["0a", "1a"]), given="1") == Counts(0, 2, 0)
    assert step(tmp_path, wanted(["0a", "1a"]), given="2") == Counts(0, 2, 0)


def test_what_asks_to_be_tried_again_is(tmp_path: Path) -> None:
    step(tmp_path, wanted(["0a"]), work=partial(work, key=RETRY))
    assert step(tmp_path, wanted(["0a"])) == Counts(1, 0, 0)
    assert step(tmp_path, wanted(["0a"])) == Counts(0, 1, 0)


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
        counts = step(tmp_path / "pool", wanted(ids), processes=2, batch=20)
    assert counts == Counts(len(ids), 0, 0)
    assert seen[-1] == ("step", len(ids), len(ids))
    workers = set(scan(tmp_path / "pool", ROWS).collect()["pid"])
    assert os.getpid() not in workers and 1 <= len(workers) <= 2
    step(tmp_path / "here", wanted(ids))
    assert scan(tmp_path / "pool", PARTS).collect().equals(scan(tmp_path / "here", PARTS).collect())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "raw").mkdir()
    return Settings.load(tmp_path / "raw", tmp_path / "warehouse", {"FAZHI_MAX_BYTES": "1000", "FAZHI_PROCESSES": "1"})


def read(settings: Settings) -> tuple[Counts, dict[str, dict]]:
    counts = refresh_documents(inventory(settings.raw_dir)[0], settings)
    return counts, {row["raw_path"]: row for row in scan(settings.stage_dir, DOCUMENTS).collect().to_dicts()}


def test_every_file_becomes_a_document_or_says_why_not(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    raw = settings.raw_dir
    (raw / "good.txt").write_text("某镇2023年度法治政府建设情况报告\n全年开展培训3次。", encoding="utf-8")
    (raw / "empty.txt").touch()
    (raw / "binary.txt").write_bytes(bytes(range(256)) * 3)
    (raw / "large.txt").write_bytes(b"1" * 1001)
    (raw / "nowhere.txt").symlink_to(raw / "nothing")
    caplog.set_level("DEBUG", logger="pipelines.stage.documents")
    counts, found = read(settings)
    assert "empty.txt is not read: empty: empty.txt has no bytes" in caplog.messages
    assert counts == Counts(5, 0, 0)
    assert {name: row["read_status"] for name, row in found.items()} == {
        name: "ok" if name == "good.txt" else "failed" for name in found
    }
    reasons = {name: row["reason_code"] for name, row in found.items() if row["reason_code"]}
    assert reasons["empty.txt"] == "empty"
    assert reasons["large.txt"] == "too_large"
    assert reasons["nowhere.txt"] == "missing"
    assert found["large.txt"]["status_reason"] == "too_large: 1001 bytes, the limit is 1000"
    assert set(reasons) == {"empty.txt", "binary.txt", "large.txt", "nowhere.txt"}
    assert read(settings)[0] == Counts(0, 5, 0)


def test_a_document_that_raises_is_a_failed_row_with_its_traceback(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(data: bytes, name: str) -> documents.Document:
        raise KeyError("unforeseen")

    monkeypatch.setattr(documents, "read_bytes", explode)
    (settings.raw_dir / "a.txt").write_text("正文", encoding="utf-8")
    counts, found = read(settings)
    assert found["a.txt"]["status_reason"] == "internal error: KeyError: 'unforeseen'"
    assert found["a.txt"]["reason_code"] == "internal_error"
    assert "Traceback" in counts.errors[0]


def test_a_file_that_changes_under_the_reader_is_not_stored_under_its_old_hash(settings: Settings) -> None:
    path = settings.raw_dir / "a.txt"
    path.write_text("旧", encoding="utf-8")
    files = inventory(settings.raw_dir)[0]
    path.write_text("新", encoding="utf-8")
    refresh_documents(files, settings)
    row = scan(settings.stage_dir, DOCUMENTS).collect().to_dicts()[0]
    assert row["reason_code"] == "changed" and row["text"] == ""


def test_a_new_reader_reads_everything_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    (settings.raw_dir / "a.txt").write_text("正文", encoding="utf-8")
    read(settings)
    monkeypatch.setattr(documents, "READER_VERSION", READER_VERSION + "+")
    assert read(settings)[0] == Counts(1, 0, 0)


def test_a_document_that_cannot_be_extracted_does_not_take_its_batch_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = facts.extract_frame

    def explode(frame: pl.DataFrame, extractor: Extractor) -> tuple[pl.DataFrame, pl.DataFrame]:
        if "毒" in "".join(frame["text"]):
            raise ZeroDivisionError("unforeseen")
        return whole(frame, extractor)

    monkeypatch.setattr(facts, "extract_frame", explode)
    span = pl.List(pl.Struct({"start": pl.Int64, "end": pl.Int64, "kind": pl.String}))
    batch = pl.DataFrame(
        {
            "report_id": ["0a", "0b"],
            "input_key": ["1", "1"],
            "text": ["有毒。", "全年开展普法宣传活动9场次。"],
            "furniture": [[], []],
            "report_year": [2023, 2023],
        },
        schema_overrides={"furniture": span, "report_year": pl.Int32},
    )
    outcome = facts.extract_batch(batch)
    assert outcome.frames["readings"].select("reason_code", "status_reason").rows() == [
        ("internal_error", "internal error: ZeroDivisionError: unforeseen"),
        (None, None),
    ]
    assert set(outcome.frames["numbers"]["report_id"]) == {"0b"}
    assert len(outcome.errors) == 1 and "Traceback" in outcome.errors[0]
