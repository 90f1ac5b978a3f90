"""One run at a time on a warehouse."""

import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from pipelines.build.leftovers import sweep
from pipelines.build.run_lock import RunBusy, run_holder, run_lock

HOLD = (
    "import sys; from pathlib import Path; from pipelines.build.run_lock import run_lock\n"
    "with run_lock(Path(sys.argv[1])): print('held', flush=True); sys.stdin.readline()"
)


def holder(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_run_leaves_with_a_line_that_names_the_first(tmp_path: Path) -> None:
    first = holder(tmp_path)
    with pytest.raises(RunBusy, match=rf"process {first.pid}\) is at work on .*--warehouse"), run_lock(tmp_path):
        pass
    first.communicate("\n")
    with run_lock(tmp_path):
        assert (tmp_path / ".run.holder").read_text().strip() == str(os.getpid())


def test_a_second_run_can_wait(tmp_path: Path) -> None:
    first = holder(tmp_path)
    first.stdin.write("\n")
    first.stdin.flush()
    with run_lock(tmp_path, wait=60):
        assert first.wait(60) == 0


def test_the_lock_of_a_killed_run_is_free(tmp_path: Path) -> None:
    first = holder(tmp_path)
    first.send_signal(signal.SIGKILL)
    first.wait(60)
    with run_lock(tmp_path):
        pass


def test_one_process_may_take_it_again(tmp_path: Path) -> None:
    with run_lock(tmp_path), run_lock(tmp_path):
        pass
    first = holder(tmp_path)  # and it is free afterwards
    first.communicate("\n")


def test_what_killed_runs_left_is_swept_and_the_rest_stays(tmp_path: Path) -> None:
    left = ["stage/files/.a.parquet.17.tmp", "tables/.spill-17/block", "tables/fact/.a.parquet.ff", ".CHANGES.md.ab"]
    beside = uuid.uuid4().hex  # as `atomic_write` names what it writes
    left += [f".memo.json.{beside}", f"stage/.settled.json.{beside}", f"releases/.a.duckdb.{beside}"]
    left += ["memo.json", "stage/settled.json", "tables/a/contents.json"]  # of versions before the ledger
    stays = ["stage/files/a.parquet", "tables/a.parquet", "ledger.sqlite", ".run.lock", ".git/config", ".dagster/a/.b"]
    stays += [".run.lock.bak", f".notes/{beside}", "releases/.mine"]
    for name in (*left, *stays):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert sweep(tmp_path) == len(left)
    assert sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()) == sorted(stays)


def test_the_holder_is_named_until_the_outermost_block_ends(tmp_path: Path) -> None:
    with run_lock(tmp_path):
        with run_lock(tmp_path):
            assert run_holder(tmp_path) == os.getpid()
        assert run_holder(tmp_path) == os.getpid()
    assert run_holder(tmp_path) is None
