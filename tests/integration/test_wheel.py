"""The wheel in an environment of its own, outside any checkout: the commands work and write nothing into it."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import venv
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.paths import PROJECT_ROOT, SQL_DIR

REPORT = PROJECT_ROOT / "raw" / "reports" / "001_93de1b03becaf1ca.txt"
RUNS = """{ repositoriesOrError { ... on RepositoryConnection { nodes {
    name location { name } jobs { name runs(limit: 5) { status } } } } } }"""


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel, and an empty folder to work in."""

    environment: Path
    folder: Path

    @property
    def env(self) -> dict[str, str]:
        """The caller's environment without what leads to the checkout or to other folders."""
        ours = ("FAZHI_", "DAGSTER_", "PYTHON")
        return {name: value for name, value in os.environ.items() if not name.startswith(ours)}

    def fazhi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The installed command, in the folder."""
        command = [str(self.environment / "bin" / "fazhi"), *arguments]
        return subprocess.run(
            command, cwd=self.folder, env={**self.env, "FAZHI_EXPORTS": "csv"}, capture_output=True, text=True
        )

    def files(self) -> dict[str, tuple[int, int]]:
        """Every file and folder of the environment with its size and the time of its last change."""
        found = {str(path): path.lstat() for path in sorted(self.environment.rglob("*"))}
        return {path: (stat.st_size, stat.st_mtime_ns) for path, stat in found.items()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=PROJECT_ROOT,
        check=True,
        capture_output=True,
    )
    (found,) = folder.glob("fazhi-*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel alone is installed; what it needs comes from the environment of the tests, so no network is asked."""
    place = tmp_path_factory.mktemp("空 folder")
    environment = place / "environment"
    venv.create(environment, symlinks=True)
    python = environment / "bin" / "python"
    code = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    packages = Path(subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip())
    beside = [path for path in sys.path if path.endswith("-packages")]
    (packages / "dependencies.pth").write_text("\n".join(beside) + "\n", encoding="utf-8")
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", "--compile"]
    subprocess.run([*install, "--quiet", str(wheel)], check=True, capture_output=True)
    folder = place / "work"
    folder.mkdir()
    return Installed(environment, folder)


def test_the_wheel_carries_the_sql_the_codebook_and_the_reference_data(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    sql = {
        f"pipelines/data/sql/{path.relative_to(SQL_DIR).as_posix()}" for path in SQL_DIR.rglob("*") if path.is_file()
    }
    assert len(sql) > 50 and sql <= names
    rules = PROJECT_ROOT / "pipelines" / "codebook" / "rules"
    assert {f"pipelines/codebook/rules/{path.name}" for path in rules.glob("*.toml")} <= names
    assert {f"pipelines/data/reference/{name}" for name in ("divisions.parquet", "division_changes.csv")} <= names
    assert not any(name.startswith(("tests/", "raw/", "sql/")) for name in names)


@pytest.fixture(scope="module")
def untouched(installed: Installed) -> dict[str, tuple[int, int]]:
    """Every file and folder of the environment before a command was used."""
    return installed.files()


@pytest.fixture(scope="module")
def built(installed: Installed, untouched: dict[str, tuple[int, int]]) -> tuple[str, ...]:
    """The options for a raw folder with a report and the warehouse that a run made of it."""
    raw, warehouse = installed.folder / "reports", installed.folder / "built"
    raw.mkdir()
    (raw / "a.txt").write_bytes(REPORT.read_bytes())
    folders = ("--raw", str(raw), "--warehouse", str(warehouse))
    done = installed.fazhi("run", *folders)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert f"release: {warehouse / 'fazhi.duckdb'}" in done.stdout.splitlines()
    return folders


def test_the_commands_work_outside_a_checkout_and_write_only_where_they_are_told(
    installed: Installed, untouched: dict[str, tuple[int, int]], built: tuple[str, ...]
) -> None:
    raw, warehouse = installed.folder / "reports", Path(built[-1])

    done = installed.fazhi("extract", str(raw / "a.txt"), "--format", "jsonl")
    assert (done.returncode, done.stderr) == (0, "")
    identity, *facts = map(json.loads, done.stdout.splitlines())
    assert identity["status"] == "accepted" and facts

    query = "SELECT count(*) AS n FROM fact_indicator"
    done = installed.fazhi("sql", query, "--warehouse", str(warehouse), "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == [{"n": len(facts)}]

    assert "fazhi_nightly: SUCCESS" in _runs_in_the_ui(installed, built)

    changed = installed.files()
    assert {path for path in untouched.keys() | changed.keys() if untouched.get(path) != changed.get(path)} == set()
    assert {path.name for path in installed.folder.iterdir()} == {"reports", "built"}


def test_without_folders_the_current_one_counts_and_is_named(
    installed: Installed, built: tuple[str, ...], tmp_path: Path
) -> None:
    """What was built before is moved here without its release, so that the run has only that to make."""
    here = Installed(installed.environment, tmp_path)
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_bytes(REPORT.read_bytes())
    shutil.copytree(Path(built[-1]), tmp_path / "warehouse")
    (tmp_path / "warehouse" / "fazhi.duckdb").unlink()
    done = here.fazhi("run", "--quiet")
    assert (done.returncode, done.stdout) == (0, f"{tmp_path / 'warehouse' / 'fazhi.duckdb'}\n")
    assert done.stderr.splitlines() == [
        f"fazhi: raw folder is {tmp_path / 'raw'}, in the current folder; choose another with --raw",
        f"fazhi: warehouse folder is {tmp_path / 'warehouse'}, in the current folder; choose another with --warehouse",
    ]
    done = here.fazhi("sql", "SELECT n_accepted FROM release", "--format", "csv")
    assert done.stdout.splitlines() == ["n_accepted", "1"]
    assert [line.split(" is ")[0] for line in done.stderr.splitlines()] == ["fazhi: warehouse folder"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["raw", "warehouse"]


def _runs_in_the_ui(installed: Installed, folders: tuple[str, ...]) -> list[str]:
    """What the UI lists below each job of the code location `fazhi`, as `job: status`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(installed.environment / "bin" / "fazhi"), "ui", "--port", str(port), *folders]
    log = installed.folder.parent / "ui.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=installed.folder, env=installed.env, stdout=out, stderr=out, start_new_session=True
        )
    address = f"http://127.0.0.1:{port}/graphql"
    ask = urllib.request.Request(address, json.dumps({"query": RUNS}).encode(), {"Content-Type": "application/json"})
    try:
        for _ in range(120):
            assert process.poll() is None, log.read_text(encoding="utf-8")
            time.sleep(1)
            try:
                with urllib.request.urlopen(ask, timeout=30) as answer:
                    nodes = json.load(answer)["data"]["repositoriesOrError"]["nodes"]
            except OSError:  # it has not started yet
                continue
            if nodes:
                break
        else:
            raise AssertionError(f"no answer after two minutes: {log.read_text(encoding='utf-8')}")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(60)
        with suppress(ProcessLookupError):  # nothing of the group is left, as it should be
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    (node,) = nodes
    assert (node["name"], node["location"]["name"]) == ("__repository__", "fazhi")
    text = log.read_text(encoding="utf-8")
    assert re.match(rf"Dagster's UI: http://127.0.0.1:{port} ", text), text
    assert "Traceback" not in text, text
    return [f"{job['name']}: {run['status']}" for job in node["jobs"] for run in job["runs"]]
