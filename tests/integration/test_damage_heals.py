"""Damage between two runs: the next run sets it aside, says so, computes it again, and the one after finds nothing."""

import json
import logging
import shutil
from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path

import duckdb
import pytest

from pipelines.assets.dagster_home import CONFIG
from pipelines.assets.run_job import Event, Made, StepFailed, run_job
from pipelines.build.answers import BYTES
from pipelines.build.file_identity import file_identity
from pipelines.build.ledger import Ledger, LedgerEntry
from pipelines.definitions import defs
from pipelines.settings import Settings

REPORT = """象山县石浦镇人民政府关于{year}年度法治政府建设情况的报告

{year}年,石浦镇扎实推进依法行政。镇党委理论学习中心组全年集体学法{n}次,开展普法宣传活动{n}3场次,发放宣传资料800余份。
"""
MARK = "cannot be used"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three reports and the warehouse that a run made of them."""
    folder = tmp_path_factory.mktemp("base")
    (folder / "raw").mkdir()
    for n, year in enumerate((2021, 2022, 2023), 3):
        (folder / f"raw/{year}.txt").write_text(REPORT.format(year=year, n=n), encoding="utf-8")
    assert not failures(run(folder, folder / "wh"))
    return folder


@pytest.fixture
def warehouse(base: Path, tmp_path: Path) -> Path:
    """A copy of it that keeps its times."""
    return Path(shutil.copytree(base / "wh", tmp_path / "wh", copy_function=shutil.copy2))


def run(base: Path, warehouse: Path) -> list[Event]:
    """What one run made and what failed in it; it must end well."""
    events: list[Event] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(warehouse / ".dagster"))
        patch.setenv("FAZHI_EXPORTS", "csv,parquet")
        settings = Settings.load(str(base / "raw"), str(warehouse))
        assert run_job(defs, settings, events.append).is_done, failures(events)
    return events


def failures(events: list[Event]) -> list[StepFailed]:
    return [event for event in events if isinstance(event, StepFailed)]


def heals(base: Path, warehouse: Path, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Run twice. Returns the lines about what was set aside in the first; in the second there must be none."""
    lines, _ = told(base, warehouse, caplog)
    assert told(base, warehouse, caplog) == ([], 0) and not caplog.messages
    return lines


def told(base: Path, warehouse: Path, caplog: pytest.LogCaptureFixture) -> tuple[list[str], int]:
    """Run once, which must end well. Returns the lines that warn, and how many things were computed."""
    caplog.clear()
    events = run(base, warehouse)
    assert not failures(events)
    assert content(warehouse) == content(base / "wh")
    lines = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert all("\n" not in line for line in lines)
    return lines, sum(event.metadata.get("computed", 0) for event in events if isinstance(event, Made))


def content(warehouse: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(warehouse / "fazhi.duckdb"), read_only=True) as con:
        return con.sql("SELECT * FROM release_table ORDER BY table_name").fetchall()


def flip(path: Path) -> None:
    """Other bytes behind the first that a Parquet file begins with; its footer stays whole."""
    data = bytearray(path.read_bytes())
    data[8:24] = bytes(255 - byte for byte in data[8:24])
    path.write_bytes(data)


def folder_for(path: Path) -> None:
    path.unlink()
    path.mkdir()


def file_for(path: Path) -> None:
    shutil.rmtree(path)
    path.write_text("in the way", encoding="utf-8")


def first(folder: Path) -> Path:
    return sorted(folder.glob("*.parquet"))[0]


def test_damage_in_many_places_at_once(base: Path, warehouse: Path, caplog: pytest.LogCaptureFixture) -> None:
    stage, tables = warehouse / "stage", warehouse / "tables"
    for step in ("documents", "facts"):
        flip(first(stage / step))
    flip(first(tables / "dim_report"))
    flip(first(tables / "fact_indicator"))
    folder_for(first(stage / "identities"))
    folder_for(tables / "dim_division.parquet")
    file_for(stage / "sketches")
    file_for(tables / "report_text")
    folder_for(warehouse / "CHANGES.md")
    folder_for(warehouse / ".run.holder")
    flip(first(warehouse / "exports/parquet"))
    exported = first(warehouse / "exports/parquet")
    lines = heals(base, warehouse, caplog)
    assert len(lines) == 9 and all(MARK in line for line in lines), lines
    assert duckdb.read_parquet(str(exported)).fetchall(), "it was written again"


EXPORTS: dict[str, Callable[[Path], object]] = {
    "gone": lambda path: path.unlink(),
    "another shape": lambda path: path.write_text(json.dumps({"fazhi": {"made_of": {}, "files": [{"path": 1}]}})),
}


def test_damage_that_only_reading_shows(base: Path, warehouse: Path, caplog: pytest.LogCaptureFixture) -> None:
    """As a disk loses bytes: size and times stay. The run fails, looks closely, and begins again."""
    ledger = Ledger(warehouse / "ledger.sqlite")
    for path in (first(warehouse / "stage/documents"), first(warehouse / "tables/dim_report")):
        flip(path)
        identity, name = file_identity(path), ledger.name_of(path)
        assert identity is not None
        ledger.record(BYTES, {name: LedgerEntry(identity.stamp, ledger.known(BYTES)[name].value)})
    lines = heals(base, warehouse, caplog)
    assert len([line for line in lines if MARK in line]) == 2, lines


DAGSTER: dict[str, Callable[[Path], object]] = {
    "dagster.yaml is no YAML": lambda home: (home / "dagster.yaml").write_bytes(b"\x00\xff{{["),
    "dagster.yaml names what is not there": lambda home: (home / "dagster.yaml").write_text(
        CONFIG.replace("OpenRunStorage", "NoSuchStorage"), encoding="utf-8"
    ),
    "the home is a file": file_for,
    "the runs are no database": lambda home: (home / "history/runs.db").write_bytes(b"junk" * 5000),
    "the events are half zeros": lambda home: half_zeros(home / "history/runs/index.db"),
}


WHOLE: tuple[str, Callable[[Path], object]] = ("whole", lambda path: None)


def half_zeros(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:4096] + bytes(len(data) - 4096))


def test_dagsters_home_and_the_description_of_the_exports(
    base: Path, warehouse: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One damage of each after the other: the run that meets one shows also that the one before has gone."""
    home, description = warehouse / ".dagster", warehouse / "exports/datapackage.json"
    for (kind, harm), (shape, harm_exports) in zip_longest(DAGSTER.items(), EXPORTS.items(), fillvalue=WHOLE):
        harm(home)
        harm_exports(description)
        lines, computed = told(base, warehouse, caplog)
        of_exports = [line for line in lines if f"{description.parent} {MARK}" in line]
        assert len(of_exports) == (shape in EXPORTS), (kind, shape, lines)
        assert all("(found no datapackage.json that can be read" in line for line in of_exports), lines
        assert len(lines) > len(of_exports) and computed == 0 and all(MARK in line for line in lines), (kind, lines)
        assert (home / "dagster.yaml").read_text(encoding="utf-8") == CONFIG, kind
        assert description.is_file(), shape
    assert told(base, warehouse, caplog) == ([], 0) and not caplog.messages
