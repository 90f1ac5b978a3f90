"""The whole way, from a folder of files to a release, as a person runs it: each command is a process of its own."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from functools import partial
from pathlib import Path

import command_fixture
import duckdb
import pytest

from pipelines.assets.dagster_home import open_instance
from pipelines.build.run_lock import run_lock
from pipelines.paths import PROJECT_ROOT

REPORT = """象山县石浦镇人民政府关于2023年度法治政府建设情况的报告

2023年,石浦镇党委政府认真履行法治建设职责。镇党委理论学习中心组全年集体学法6次,组织执法人员专题培训3次。
镇综合行政执法队现有行政执法人员12名。全年开展普法宣传活动9场次,发放宣传资料800余份。
"""
OTHER = """象山县石浦镇人民政府关于2022年度法治政府建设情况的报告

2022年,石浦镇扎实推进依法行政。镇党委理论学习中心组全年集体学法5次,开展普法宣传活动7场次。
"""
BAD = {
    "坏/empty.txt": b"",
    "坏/binary.txt": bytes(range(256)) * 8,
    "坏/not_text.txt": "法治政府".encode("gb18030") + b"\xff\xff\x80" * 40,
    "坏/large.txt": b"1" * 60_000,
    "坏/one_line.txt": "今年工作顺利。".encode(),
    "坏/copy.txt": REPORT.encode(),
}


SETTINGS = {"FAZHI_MAX_BYTES": "50000", "FAZHI_EXPORTS": "csv"}


fazhi = partial(command_fixture.fazhi, settings=SETTINGS)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with spaces and Chinese characters in its name, holding two reports and every kind of bad input."""
    folder = tmp_path_factory.mktemp("run") / "乡镇 报告"
    raw = folder / "raw"
    files = {"2023.txt": REPORT.encode(), "2022.txt": OTHER.encode("gb18030"), "2023.meta.json": b"{not json", **BAD}
    for name, content in files.items():
        path = raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (raw / "坏/nowhere.txt").symlink_to(raw / "nothing")
    return folder


def run(place: Path) -> subprocess.CompletedProcess[str]:
    return fazhi("run", "--raw", str(place / "raw"), "--warehouse", str(place / "wh"), home=place / "home")


@pytest.fixture(scope="module")
def first(place: Path) -> subprocess.CompletedProcess[str]:
    return run(place)


@pytest.fixture(scope="module")
def release(place: Path, first: subprocess.CompletedProcess[str]) -> dict[str, tuple[str, str | None]]:
    """raw_path -> (status, status_reason) of every row of dim_report."""
    assert first.returncode == 0, first.stderr
    with duckdb.connect(str(place / "wh/fazhi.duckdb"), read_only=True) as con:
        return {row[0]: row[1:] for row in con.sql("SELECT raw_path, status, status_reason FROM dim_report").fetchall()}


def test_a_run_ends_with_the_release_and_a_summary(place: Path, first: subprocess.CompletedProcess[str]) -> None:
    assert first.returncode == 0, first.stderr
    assert first.stderr == ""
    lines = first.stdout.splitlines()
    end = lines.index(f"release: {place / 'wh/fazhi.duckdb'}")
    assert "9 reports: 2 accepted, 7 quarantined" in lines[end - 1]
    assert "warning" in lines[end + 1] and all(line.startswith("- ") for line in lines[end + 2 :])
    assert "documents: 9 read, 0 reused" in lines
    assert sum("石浦镇" in line for line in lines) == 2


def test_every_bad_file_is_a_row_with_its_reason(release: dict[str, tuple[str, str | None]]) -> None:
    assert set(release) == {"2022.txt", "2023.txt", "坏/nowhere.txt", *BAD}
    assert release["2023.txt"] == release["2022.txt"] == ("accepted", None)
    for name in ("坏/nowhere.txt", *BAD):
        status, reason = release[name]
        assert status == "quarantined" and reason, name
    starts = {"empty": "empty", "large": "too_large", "copy": "duplicate", "nowhere": "missing"}
    for name, start in starts.items():
        assert release[f"坏/{name}.txt"][1].startswith(start)


def test_the_sidecar_that_is_not_json_is_named(place: Path, release: dict[str, tuple[str, str | None]]) -> None:
    with duckdb.connect(str(place / "wh/fazhi.duckdb"), read_only=True) as con:
        rows = con.sql("SELECT raw_path FROM dim_report WHERE sidecar_error LIKE '%JSON%'").fetchall()
    assert rows == [("2023.txt",)]


def test_a_second_run_computes_nothing_and_the_runs_are_kept(
    place: Path, first: subprocess.CompletedProcess[str]
) -> None:
    import dagster as dg

    release = place / "wh/fazhi.duckdb"
    second = run(place)
    assert second.returncode == 0, second.stderr
    lines = second.stdout.splitlines()
    for line in ("documents: 0 read, 9 reused", "identities: 0 identified, 9 reused", "facts: 0 extracted, 9 reused"):
        assert line in lines
    assert anew(lines) == set()
    with open_instance(place / "home") as instance:
        runs = instance.get_runs()
        assert [run.job_name for run in runs] == ["fazhi_nightly"] * 2
        assert all(run.is_success for run in runs)
        event = instance.get_latest_materialization_event(dg.AssetKey("documents"))
        metadata = event.asset_materialization.metadata
    assert (metadata["computed"].value, metadata["reused"].value) == (0, 9)
    assert metadata["dagster/row_count"].value == 9
    assert metadata["reasons"].data == {"binary": 1, "empty": 1, "missing": 1, "too_large": 1, "undecodable": 1}
    assert release.is_file()
    shown = (place / "home/dagster.yaml").read_text(encoding="utf-8")
    assert "telemetry" in shown


def anew(lines: list[str]) -> set[str]:
    """The tables that a run built, and did not reuse, as its output tells."""
    tables = {path.stem for folder in ("tables", "marts") for path in (PROJECT_ROOT / "sql" / folder).glob("*.sql")}
    told = {line.partition(":")[0]: line for line in lines}
    assert tables & told.keys() >= {"dim_report", "township_year"}
    return {name for name in tables & told.keys() if not told[name].endswith(", reused")}


def test_nothing_in_a_warehouse_remembers_but_the_ledger(place: Path, first: subprocess.CompletedProcess[str]) -> None:
    folder = place / "wh"
    for path in folder.rglob("*.parquet"):
        assert path.relative_to(folder).parts[0] in ("stage", "tables", "exports"), path
    others = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".parquet" and path.relative_to(folder).parts[0] != "exports"
    }
    releases = {name for name in others if name.startswith("releases/") and name.endswith(".duckdb")}
    assert others - releases == {
        *("ledger.sqlite", "fazhi.duckdb", "CHANGES.md"),
        *(".run.lock", ".run.holder", ".exports.lock"),  # empty, or the number of a process
    }


def test_a_run_without_its_ledger_computes_everything_anew_and_says_so(
    place: Path, first: subprocess.CompletedProcess[str]
) -> None:
    """An entry of another form sets it aside; what is said of one that is missing: unit/build/test_ledger.py."""
    ledger = place / "wh/ledger.sqlite"
    staged = {path: path.read_bytes() for path in (place / "wh/stage").rglob("*.parquet")}
    with closing(sqlite3.connect(ledger, isolation_level=None)) as con:
        con.execute("UPDATE entry SET value = '[]' WHERE topic = 'steps' AND name = 'facts'")
    again = run(place)
    assert again.returncode == 0, again.stderr
    (line,) = again.stderr.splitlines()
    assert f"the ledger {ledger} cannot be read (" in line and line.endswith(": everything is computed anew")
    lines = again.stdout.splitlines()
    for told in ("raw_files: 9 hashed, 0 reused", "documents: 9 read, 0 reused", "facts: 9 extracted, 0 reused"):
        assert told in lines
    assert len(anew(lines)) > 15
    assert {path: path.read_bytes() for path in staged} == staged
    with open_instance(place / "home") as instance:
        (newest,) = instance.get_runs(limit=1)
        assert any("everything is computed anew" in entry.message for entry in instance.all_logs(newest.run_id))
    (aside,) = ledger.parent.glob("ledger.sqlite.damaged-*")
    aside.unlink()


def test_two_warehouses_do_not_mix_their_history(
    place: Path, first: subprocess.CompletedProcess[str], tmp_path: Path
) -> None:
    """The second is a copy of the first with its history, to which its own run is added there and not in the first."""
    one, two = tmp_path / "one", tmp_path / "two"
    shutil.copytree(place / "wh", one)
    shutil.copytree(place / "home", one / ".dagster")
    shutil.copytree(one, two)  # what is there already need not be built again
    done = fazhi("run", "--raw", str(place / "raw"), "--warehouse", str(two), "--quiet", home=None)
    assert done.returncode == 0, done.stderr
    ran_on = {}
    for folder in (one, two):
        with open_instance(folder / ".dagster") as instance:  # the newest run comes first
            found = instance.get_runs()
        ran_on[folder] = [run.run_config["resources"]["workspace"]["config"]["warehouse_dir"] for run in found]
    assert set(ran_on[one]) == {str(place / "wh")}
    assert ran_on[two] == [str(two), *ran_on[one]]


def test_a_run_that_fails_says_why_in_a_line_and_leaves_the_release(
    place: Path, first: subprocess.CompletedProcess[str], tmp_path: Path
) -> None:
    release = place / "wh/fazhi.duckdb"
    before = release.read_bytes()
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "README.md").write_text("no reports here", encoding="utf-8")
    failed = fazhi("run", "--raw", str(raw), "--warehouse", str(place / "wh"), "--quiet", home=tmp_path / "home")
    assert failed.returncode == 1
    assert failed.stdout == ""
    line, missing = failed.stderr.splitlines()
    assert "raw_files" in line and "0 files" in line
    assert missing.startswith("fazhi: not made in this run: ") and "release" in missing
    assert release.read_bytes() == before


def test_a_second_run_leaves_with_a_line(place: Path, first: subprocess.CompletedProcess[str]) -> None:
    with run_lock(place / "wh"):
        second = run(place)
    assert (second.returncode, second.stdout) == (2, "")
    (line,) = second.stderr.splitlines()
    assert f"another run (process {os.getpid()}) is at work on {place / 'wh'}" in line


def test_exports_that_fail_do_not_take_the_release_with_them(
    place: Path, first: subprocess.CompletedProcess[str]
) -> None:
    exports = place / "wh/exports"
    shutil.rmtree(exports)
    exports.mkdir()
    (exports / "letters.txt").write_text("mine", encoding="utf-8")
    (place / "raw" / "2021.txt").write_text(OTHER.replace("2022", "2021"), encoding="utf-8")
    failed = run(place)
    assert failed.returncode == 1
    reason, missing = failed.stderr.splitlines()
    assert reason.startswith("fazhi: exports failed: ") and "exists and is no export" in reason
    assert missing == "fazhi: not made in this run: exports"
    with duckdb.connect(str(place / "wh/fazhi.duckdb"), read_only=True) as con:
        assert con.sql("SELECT n_accepted FROM release").fetchall() == [(3,)]
    assert [path.name for path in exports.iterdir()] == ["letters.txt"]
