"""The page of the rehearsal says what its runs said: seconds by step, what was worked on again, what met its target."""

import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from benchmarks import yardsticks
from benchmarks.processes import Watched, watch
from benchmarks.rehearsal import body, counted, cpu_seconds, seconds
from pipelines.assets.run_job import asset_names
from pipelines.definitions import defs


def run(total: float, memory: int, **made_at: float) -> Watched:
    lines = ["documents: 2 read, 1234 reused", "facts: 1200 extracted, 36 reused"]
    cpu_at = {asset: 1.5 * at for asset, at in made_at.items()}
    return Watched(0, total, made_at, lines, memory, cpu_seconds=1.5 * total, cpu_at=cpu_at, load_before=0.25)


ASSETS = {"raw_files": 3.0, "documents": 5.0, "identities": 9.0, "sketches": 11.0, "facts": 17.0, "numbers": 17.5}
ENDS = {"fact_indicator": 20.0, "review_queue": 24.0, "release": 40.0, "exports": 41.5}


def test_seconds_are_those_between_the_assets_that_end_the_steps() -> None:
    assert seconds(run(43.0, 1, **ASSETS, **ENDS)) == {
        "find and hash the files": 3.0,
        "read": 2.0,
        "identify": 4.0,
        "table of texts, sketches": 2.0,
        "extract": 6.5,
        "tables and marts": 6.5,
        "release": 16.0,
        "exports": 1.5,
    }


def test_the_processor_is_counted_by_step_too() -> None:
    watched = run(43.0, 1, **ASSETS, **ENDS)
    assert cpu_seconds(watched) == {step: 1.5 * spent for step, spent in seconds(watched).items()}


def test_the_work_of_all_processes_is_counted() -> None:
    """A child works for half a second and prints a line of an asset, as `fazhi run` does; then it works on."""
    work = "import time\nwhile time.process_time() < {}: pass\n"
    parent = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {work.format(0.5)!r}])
print("documents: 1 read", flush=True)
sys.stdin.read()
{work.format(0.4)}
"""
    process = subprocess.Popen(
        [sys.executable, "-c", parent],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.close()
    watched = watch(process)
    assert watched.code == 0
    assert 0.5 <= watched.cpu_at["documents"] <= watched.cpu_seconds + 0.02
    assert 0.9 <= watched.cpu_seconds < 3


def test_a_run_that_did_not_get_far_has_the_steps_that_it_did() -> None:
    assert seconds(run(9.0, 1, raw_files=3.0)) == {"find and hash the files": 3.0}


def test_the_reports_of_a_step_are_those_that_the_run_named() -> None:
    watched = run(1.0, 1)
    assert [counted(watched, asset) for asset in ("documents", "facts", "identities")] == ["2", "1,200", ""]


@pytest.mark.parametrize(("nothing_new", "verdict"), [(8.9, "met"), (9.1, "**missed**")])
def test_the_page_holds_every_run_and_its_verdict(nothing_new: float, verdict: str) -> None:
    runs = {"all new": run(43.0, 2_000_000_000, **ASSETS, **ENDS), "nothing new": run(nothing_new, 5_000_000_000)}
    text = body(runs, {"copy the release": 1.25}, "| query |", 1_236, "python -m benchmarks.rehearsal")
    assert "on 1,236 generated reports" in text and "| query |" in text and "| copy the release | 1.2 |" in text
    assert f"| nothing new, seconds | ≤ 9 | {nothing_new} | {verdict} |" in text
    assert "| memory at most, GB | ≤ 3 | 5.0 | **missed** |" in text
    assert "| from stored text to release, seconds | ≤ 600 | 35.0 | met |" in text
    assert "| extract | 6.5 (9.8) |  |" in text and "| load before | 0.2 | 0.2 |" in text
    assert "| files read | 2 | 2 |" in text and "| texts extracted | 1,200 | 1,200 |" in text


def test_each_yardstick_does_its_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(yardsticks, "_empty_job", lambda folder: done.append("job"))
    monkeypatch.setattr(yardsticks, "_pass", lambda folder: done.append(folder.name))
    (tmp_path / "raw" / "a").mkdir(parents=True)
    (tmp_path / "raw" / "a" / "b.txt").touch()
    (tmp_path / "fazhi.duckdb").write_bytes(b"release")
    found = yardsticks.measure(tmp_path / "raw", tmp_path)
    assert done == ["job", "stage"] and len(found) == 4 and all(spent >= 0 for spent in found.values())
    with pytest.raises(FileNotFoundError):
        yardsticks.measure(tmp_path / "none", tmp_path)


def test_the_empty_job_runs_as_many_assets_as_ours(tmp_path: Path) -> None:
    yardsticks._empty_job(tmp_path)
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        assert len(instance.all_asset_keys()) == len(asset_names(defs))
