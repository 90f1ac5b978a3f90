"""Crashing libraries and large folders: a reason, a row for each file, and nothing read twice."""

import os
import time
from pathlib import Path

import polars as pl
import pytest

from pipelines.build.buckets import scan
from pipelines.build.progress import listening
from pipelines.build.refresh import Counts
from pipelines.read import isolation
from pipelines.read.document import ReadError
from pipelines.settings import Settings
from pipelines.stage.documents import DOCUMENTS, refresh_documents
from pipelines.stage.raw_inventory import read_files, refresh_files

LARGE = 20_000


def settings_for(folder: Path, processes: int) -> Settings:
    return Settings.load(folder / "raw", folder / "wh", {"FAZHI_PROCESSES": str(processes)})


def rows(settings: Settings) -> pl.DataFrame:
    return scan(settings.stage_dir, DOCUMENTS).collect()


def test_a_library_that_crashes_hangs_or_panics_is_a_reason(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="pipelines.read")
    for call, code in (((os.abort,), "crashed"), ((os._exit, 3), "crashed"), ((time.sleep, 60), "too_slow")):
        with pytest.raises(ReadError) as refusal:
            isolation.run(*call, seconds=0.5 if code == "too_slow" else 60)
        assert refusal.value.code == code
    assert [record.getMessage() for record in caplog.records] == [
        "the helper process ended with exit code -6 in posix",
        "the helper process ended with exit code 3 in posix",
        "the helper process was killed: time took more than 0.5 s",
    ]
    with pytest.raises(ReadError, match=r"gives up \(KeyboardInterrupt"):
        isolation.run(_interrupted)
    with pytest.raises(ReadError, match="too_large"):
        isolation.run(bytearray, isolation.MEMORY)
    assert isolation.run(len, "four") == 4


def _interrupted() -> None:
    raise KeyboardInterrupt


def test_a_large_folder_is_read_in_parallel_with_progress_and_never_twice(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    for number in range(LARGE):
        path = raw / f"{number // 1000}" / f"{number}.txt"
        if number % 1000 == 0:
            path.parent.mkdir(parents=True)
        if number < 1000:
            text = f"第{number}镇2023年法治政府建设工作报告\n全年举办普法讲座{number % 90}场。\n"
            path.write_text(text, encoding="utf-8")
        else:
            path.hardlink_to(
                raw / "0" / f"{number % 1000}.txt"
            )  # the same bytes at another path, twice as fast to make
    settings = settings_for(tmp_path, processes=2)
    seen: list[tuple[str, int, int]] = []
    with listening(lambda *progress: seen.append(progress)):
        refresh_files(settings)
        counts = refresh_documents(read_files(settings), settings)
    assert counts == Counts(LARGE, 0, 0)
    steps = [progress for progress in seen if progress[0] == "documents"]
    assert steps[-1] == ("documents", LARGE, LARGE) and len(steps) >= LARGE / 1000
    assert [done for _, done, _ in steps] == sorted(done for _, done, _ in steps)
    assert rows(settings).filter(pl.col("read_status") == "ok").height == LARGE
    assert refresh_files(settings) == Counts(0, LARGE, 0)
    assert refresh_documents(read_files(settings), settings) == Counts(0, LARGE, 0)
