"""The folder of an export: whole or the one before, reused, limited by a condition; and how it is asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import dagster as dg
import duckdb
import polars as pl
import pytest
from exports_data import rows
from filelock import FileLock
from warehouse_fixtures import CHIDIAN, Warehouse

from pipelines.assets.exports import exports
from pipelines.assets.workspace import Workspace
from pipelines.cli.commands import main
from pipelines.paths import PROJECT_ROOT
from pipelines.settings import Settings, SettingsError
from pipelines.warehouse.export import Exported, ExportError, export

pytest_plugins = ("exports_fixture",)

KILLED = """
import os, signal, sys
from pathlib import Path
from pipelines.warehouse.export import exporting

def die(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)

def rename_and_die(self, target, rename=Path.rename):
    rename(self, target)
    die()

PATCH
exporting.export(Path(sys.argv[1]), Path(sys.argv[2]), ["csv"], tables=["township_year"])
"""
MOMENTS = {"before the swap": "exporting.citation.render = die", "in the swap": "Path.rename = rename_and_die"}


def bytes_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def beside(folder: Path) -> set[str]:
    """What lies beside an export, but for the file of its lock."""
    return {path.name for path in folder.parent.iterdir()} - {folder.name, f".{folder.name}.lock"}


def test_a_second_export_of_the_release_writes_nothing(released: Warehouse, tmp_path: Path) -> None:
    def ask(*formats: str) -> Exported:
        return export(released.release_path, tmp_path / "out", formats, tables=["township_year"])

    first = ask("csv", "parquet")
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    second = ask("parquet", "csv")
    assert (first.reused, second.reused) == (False, True) and second.files == first.files
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == times
    (tmp_path / "out" / "csv" / "township_year.csv").write_text("cut", encoding="utf-8")
    assert not ask("csv", "parquet").reused
    assert not ask("csv").reused and not (tmp_path / "out" / "parquet").exists()
    assert beside(tmp_path / "out") == set()


def test_another_release_is_exported_again(released: Warehouse, tmp_path: Path) -> None:
    for name in ("one", "two"):
        with duckdb.connect(str(tmp_path / f"{name}.duckdb")) as con:
            con.execute(f"CREATE TABLE release AS SELECT '{name}' AS release_id, TIMESTAMP '2024-03-01' AS built_at")
    for name in ("one", "two", "one"):
        exported = export(tmp_path / f"{name}.duckdb", tmp_path / "out", ["csv"])
        assert (exported.release_id, exported.reused) == (name, False)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_export_leaves_the_old_one_whole(released: Warehouse, tmp_path: Path, moment: str) -> None:
    folder = tmp_path / "out"
    export(released.release_path, folder, ["parquet"], tables=["township_year"])
    before = bytes_below(folder)
    code = KILLED.replace("PATCH", MOMENTS[moment])
    done = subprocess.run([sys.executable, "-c", code, released.release_path, folder], cwd=PROJECT_ROOT)
    assert done.returncode == -9 and beside(folder) != set()
    assert folder.exists() == (moment == "before the swap")
    assert export(released.release_path, folder, ["parquet"], tables=["township_year"]).reused
    assert bytes_below(folder) == before and beside(folder) == set()


def test_an_export_that_fails_leaves_the_old_one(
    released: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    export(released.release_path, folder, ["parquet"], tables=["township_year"])
    before = bytes_below(folder)

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipelines.warehouse.export.exporting.citation.render", full)
    with pytest.raises(ExportError, match="No space left on device; make room"):
        export(released.release_path, folder, ["csv"], tables=["township_year"])
    assert bytes_below(folder) == before and beside(folder) == set()


def test_an_open_file_of_the_old_export_stays_readable(released: Warehouse, tmp_path: Path) -> None:
    export(released.release_path, tmp_path / "out", ["csv"], tables=["township_year"])
    path = tmp_path / "out" / "csv" / "township_year.csv"
    content = path.read_bytes()
    with path.open("rb") as reader:
        export(released.release_path, tmp_path / "out", ["csv"], tables=["county_year"])
        assert not path.exists() and reader.read() == content


def test_a_folder_that_is_no_export_is_left_alone(released: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").touch()
    with pytest.raises(ExportError, match="mine exists and is no export"):
        export(released.release_path, tmp_path / "mine", ["csv"])
    assert bytes_below(tmp_path / "mine") == {"notes.txt": b""} and beside(tmp_path / "mine") == set()


def test_two_exports_into_one_folder_do_not_meet(released: Warehouse, tmp_path: Path) -> None:
    with FileLock(tmp_path / ".out.lock"), pytest.raises(ExportError, match=r"another export into .* is running"):
        export(released.release_path, tmp_path / "out", ["csv"])


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("report_year = 2023", "report_year = 2023"),
        ("report_year = 2023 -- and so on", "report_year = 2023"),
        (f"report_year < 2023 OR township_code <> '{CHIDIAN}'", f"report_year < 2023 OR township_code <> '{CHIDIAN}'"),
        (
            "township_code IN (SELECT township_code FROM dim_division WHERE province_name = '四川省')",
            "province_name = '四川省'",
        ),
        ("enforcement_staff IS NULL", "enforcement_staff IS NULL"),
        ("current_setting('lock_configuration')", "true"),
        ("current_setting('enable_external_access')", "false"),
        ("false", "false"),
    ],
)
def test_a_condition_keeps_the_rows_that_meet_it(
    released: Warehouse, tmp_path: Path, where: str, expected: str
) -> None:
    exported = export(released.release_path, tmp_path / "out", ["parquet"], tables=["township_year"], where=where)
    found = pl.read_parquet(tmp_path / "out" / "parquet" / "township_year.parquet").to_dicts()
    assert found == rows(released.release_path, f"township_year WHERE {expected}")
    assert [file.rows for file in exported.files] == [len(found)]


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("", "one condition"),
        ("report_year =", "one condition"),
        ("report_year = 2023; DROP TABLE release", "one condition"),
        ("report_year = 2023) OR (true", "one condition"),
        ("true) UNION SELECT (1", "one condition"),
        ("report_year = 2023, true", "one condition"),
        ("report_year", "type INTEGER, expected one that is true or false"),
        ("max(report_year) = 2023", "aggregate"),
        ("nowhere = 1", "nowhere"),
        ("township_name IN (SELECT content FROM read_text('{file}'))", "disabled"),
        ("township_name IN (SELECT column0 FROM '{file}')", "disabled"),
        ("township_name::INTEGER = 1", "Could not convert"),
    ],
)
def test_what_is_no_condition_on_the_table_is_refused(
    released: Warehouse, tmp_path: Path, where: str, message: str
) -> None:
    (tmp_path / "secret.csv").write_text("池店镇\n", encoding="utf-8")
    asked = where.replace("{file}", str(tmp_path / "secret.csv"))
    with pytest.raises(ExportError, match=message) as refused:
        export(released.release_path, tmp_path / "out", ["csv"], tables=["township_year"], where=asked)
    assert len(str(refused.value).splitlines()) == 1 and not (tmp_path / "out").exists()


def test_a_part_claims_no_references_and_says_what_it_is(released: Warehouse, tmp_path: Path) -> None:
    export(released.release_path, tmp_path / "out", ["csv"], tables=["dim_report"], where="status = 'accepted'")
    text = (tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8")
    assert '"where": "status = \'accepted\'"' in text and "foreignKeys" not in text


@pytest.mark.parametrize(
    ("release", "changes", "message"),
    [
        ("none.duckdb", {}, "there is no release at .*fazhi run"),
        ("junk.duckdb", {}, "no release that can be read"),
        ("empty.duckdb", {}, "no release that can be read"),
        (None, {"tables": ["township_years"]}, "no table township_years; the release has .*township_year"),
        (None, {"formats": ["docx"]}, "no format docx; choose among parquet"),
    ],
)
def test_what_cannot_be_exported_is_one_line(
    released: Warehouse, tmp_path: Path, release: str | None, changes: dict[str, list[str]], message: str
) -> None:
    (tmp_path / "junk.duckdb").write_bytes(b"junk" * 5_000)
    duckdb.connect(str(tmp_path / "empty.duckdb")).close()
    path = tmp_path / release if release else released.release_path
    with pytest.raises(ExportError, match=message) as refused:
        export(path, tmp_path / "out", **{"formats": ["csv"], **changes})
    assert len(str(refused.value).splitlines()) == 1 and not (tmp_path / "out").exists()


def test_the_command_writes_what_is_asked_for(
    released: Warehouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["export", "--warehouse", str(released.folder), "--out", str(tmp_path / "out"), "--format", "csv"]
    asked += ["--table", "township_year", "--table", "township_metric", "--where", "report_year = 2023"]
    for word in ("written", "unchanged"):
        assert main(asked) == 0
        shown = capsys.readouterr().out
        assert "csv/township_metric.csv" in shown and f"{word}: {tmp_path / 'out'}" in shown
    assert set(bytes_below(tmp_path / "out")) == {
        *("csv/township_year.csv", "csv/township_metric.csv", "datapackage.json", "croissant.json", "CITATION.cff")
    }
    assert main([*asked, "--where", "report_year ="]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("fazhi: --where takes one condition")


def test_settings_choose_the_formats_of_every_run() -> None:
    assert Settings.load(environ={}).export_formats == ("parquet", "csv", "xlsx", "dta")
    assert Settings.load(environ={"FAZHI_EXPORTS": "CSV, parquet"}).export_formats == ("csv", "parquet")
    with pytest.raises(SettingsError, match="FAZHI_EXPORTS names 'docx', expected some of parquet,csv,xlsx,dta"):
        Settings.load(environ={"FAZHI_EXPORTS": "csv,docx"})


def test_the_asset_says_what_it_wrote_and_what_it_took_over(
    released: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAZHI_EXPORTS", "csv,dta")
    (tmp_path / "fazhi.duckdb").symlink_to(released.release_path)
    workspace = Workspace(warehouse_dir=str(tmp_path))
    for is_reused in (False, True):
        result = dg.materialize([exports], resources={"workspace": workspace})
        (made,) = result.asset_materializations_for_node("exports")
        told = {name: value.value for name, value in made.metadata.items()}
        assert (told["reused"], told["files_dta"]) == (is_reused, 3) and told["files_csv"] > 10
        assert told["files_reused"] == (told["files_csv"] + 3 if is_reused else 0)
        assert "csv/township_year.csv" in told["files"] and "left_out" not in told
    (tmp_path / "fazhi.duckdb").unlink()
    result = dg.materialize([exports], resources={"workspace": workspace}, raise_on_error=False)
    assert not result.success and (tmp_path / "exports" / "csv").is_dir()
