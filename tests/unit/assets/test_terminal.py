"""What the command line shows of troubles: one line of what stops it, and nothing of what is tried again."""

import errno
import os
import resource
import signal
import subprocess
import sys
import time
import uuid
from functools import partial
from pathlib import Path

import dagster as dg
import pytest

from pipelines.assets import retries
from pipelines.assets.automation import nightly_job
from pipelines.assets.dagster_home import CONFIG, HomeError, open_instance, prepare_home, usable
from pipelines.assets.retries import retrying
from pipelines.assets.run_job import run_job
from pipelines.assets.workspace import Workspace
from pipelines.cli import commands
from pipelines.cli.commands import main
from pipelines.paths import PROJECT_ROOT
from pipelines.settings import Settings


@pytest.mark.parametrize("failures", [1, retries.MOST])
def test_what_is_tried_again_says_nothing(
    failures: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(retries, "FIRST_PAUSE", 0)
    (tmp_path / "raw").mkdir()
    left = [OSError(errno.ESTALE, "Stale file handle")] * failures

    @dg.asset
    def work(context: dg.AssetExecutionContext, workspace: Workspace) -> None:
        with retrying(context):
            if left:
                raise left.pop()

    definitions = dg.Definitions(
        assets=[work], jobs=[nightly_job], resources={"workspace": Workspace()}, executor=dg.in_process_executor
    )
    events: list[object] = []
    settings = Settings.load(str(tmp_path / "raw"), str(tmp_path / "wh"), {})
    assert run_job(definitions, settings, events.append).is_done
    assert not left and len(events) == 1
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("how", ["in a step", "raised in a step", "between two steps"])
def test_a_run_that_is_broken_off_ends_as_canceled(how: str, tmp_path: Path) -> None:
    """A signal, as of Ctrl-C. Whoever looks at the run later sees that nothing failed."""
    (tmp_path / "raw").mkdir()

    @dg.asset
    def work() -> None:
        if how == "raised in a step":
            raise KeyboardInterrupt
        if how == "in a step":
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)  # the signal ends it

    def between(event: object) -> None:
        if how == "between two steps":
            raise KeyboardInterrupt

    definitions = dg.Definitions(
        assets=[work], jobs=[nightly_job], resources={"workspace": Workspace()}, executor=dg.in_process_executor
    )
    settings = Settings.load(str(tmp_path / "raw"), str(tmp_path / "wh"), {})
    with pytest.raises(KeyboardInterrupt):
        run_job(definitions, settings, between)
    with open_instance(settings.dagster_home) as instance:
        (run,) = instance.get_runs()
    assert run.status == dg.DagsterRunStatus.CANCELED


@pytest.mark.parametrize("limit", [100, 8_192, 100_000])
def test_a_home_on_a_full_disk_is_one_line(limit: int, tmp_path: Path) -> None:
    """A limit of the size of files stands for the disk: it meets the first, the second or the third file."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/a.txt").write_text("法治政府建设", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", "run", "--raw", str(tmp_path / "raw"), "--warehouse", str(tmp_path / "wh")],
        env={**os.environ, "DAGSTER_HOME": str(tmp_path / "home"), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        preexec_fn=partial(resource.setrlimit, resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("fazhi: ") and "see whether" in line


def test_what_the_system_refuses_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(home: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(home / "dagster.yaml"))

    (tmp_path / "raw").mkdir()
    monkeypatch.setattr("pipelines.assets.dagster_home.prepare_home", full)
    monkeypatch.setattr(commands.os, "execve", lambda *_: pytest.fail("the UI was started"))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    assert main(["ui", "--raw", str(tmp_path / "raw"), "--warehouse", str(tmp_path / "wh")]) == 2
    out, err = capsys.readouterr()
    (line,) = err.splitlines()
    assert out == "" and line.startswith(f"fazhi: {tmp_path / 'home/dagster.yaml'} cannot be used (No space left")


def test_only_the_disk_and_the_databases_make_a_home_unusable(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), usable(tmp_path):
        raise ZeroDivisionError
    with pytest.raises(BrokenPipeError), usable(tmp_path):
        raise BrokenPipeError
    with pytest.raises(HomeError, match="No space left"), usable(tmp_path):
        raise RuntimeError("the event was not stored") from OSError(errno.ENOSPC, "No space left on device")


def test_the_file_that_sets_dagster_up_is_there_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tmp_path / f".dagster.yaml.{uuid.uuid4().hex}"
    left.touch()

    def half(path: Path, text: str, encoding: str) -> int:
        path.write_bytes(text.encode(encoding)[:50])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", half)
        with pytest.raises(OSError, match="No space"):
            prepare_home(tmp_path)
    assert not any(tmp_path.iterdir())
    prepare_home(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["dagster.yaml"]
    assert (tmp_path / "dagster.yaml").read_text(encoding="utf-8") == CONFIG
