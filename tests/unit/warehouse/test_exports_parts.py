"""Large tables are exported a file a part; what is the same in the next release is taken over, not written again."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import mlcroissant as mlc
import polars as pl
import pytest
from exports_data import reports, rows
from frictionless import Package
from warehouse_fixtures import CHIDIAN, Report, Warehouse, built, published, say

from pipelines.paths import PROJECT_ROOT
from pipelines.warehouse.export import Exported, copies, export

pytest_plugins = ("exports_fixture",)
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated", "ignore:The inplace keyword")
IN_PARTS = ("fact_indicator", "township_metric")
NEW = Report("f.txt", CHIDIAN, 2021, [say("exam_sessions", "测试{4}次。", 4)])


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables in parts are exported so, however small."""
    monkeypatch.setattr(copies, "MOST_GROUPS", 0)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two releases of a warehouse; for the second a report came in."""
    folder = tmp_path_factory.mktemp("two")
    paths = [folder / "first.duckdb", folder / "second.duckdb"]
    for day, (path, late) in enumerate(zip(paths, ([], [NEW]), strict=True)):
        warehouse = built(folder / "w", *reports(), *late, wanted=("township_year", "number_mention", "report_text"))
        shutil.copyfile(published(warehouse, day).path, path)
    return paths


def inodes(folder: Path, form: str) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_ino for path in (folder / form).rglob("*") if path.is_file()}


def held(path: Path, table: str) -> list[dict[str, Any]]:
    frame = pl.read_parquet(path / "parquet" / f"{table}.parquet" / "*.parquet")
    return sorted(frame.to_dicts(), key=str)


def test_the_documentation_says_which_tables_are_large() -> None:
    text = (PROJECT_ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    most = [copies.MOST_GROUPS * rows for rows in (copies.ROW_GROUP, copies.ROW_GROUP_OF_LONG_TEXTS)]
    assert f"(more than {most[0]:,} rows, of texts {most[1]:,})" in text


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize("table", IN_PARTS)
def test_the_parts_of_a_table_hold_its_rows(released: Warehouse, tmp_path: Path, table: str) -> None:
    exported = export(released.release_path, tmp_path / "out", ["parquet"], tables=[table])
    files = sorted((tmp_path / "out" / "parquet" / f"{table}.parquet").iterdir())
    assert len(files) > 1 and {file.path for file in exported.files} == {
        str(path.relative_to(tmp_path / "out")) for path in files
    }
    expected = rows(released.release_path, table)
    assert held(tmp_path / "out", table) == sorted(expected, key=str) and expected
    assert sum(file.rows for file in exported.files) == len(expected)
    parts = rows(released.release_path, f"release_part WHERE table_name = '{table}'")
    marks = {path.stem: pl.read_parquet_metadata(path)["contents"] for path in files}
    assert marks == {row["part"]: row["content_hash"] for row in parts}


@pytest.mark.usefixtures("in_parts")
def test_metadata_describe_the_parts_for_their_own_libraries(released: Warehouse, tmp_path: Path) -> None:
    exported = export(released.release_path, tmp_path / "out", ["parquet"], tables=["township_metric", "dim_report"])
    report = Package(str(exported.folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "type", "message"])
    assert report.stats["tasks"] == len(exported.files) > 2
    dataset = mlc.Dataset(jsonld=str(exported.folder / "croissant.json"))
    assert not dataset.metadata.ctx.issues.errors
    values = sorted(record["township_metric/value"] for record in dataset.records("township_metric"))
    assert values == sorted(row["value"] for row in rows(released.release_path, "township_metric")) and values


@pytest.mark.usefixtures("in_parts")
def test_only_what_changed_is_written_for_the_next_release(two: list[Path], tmp_path: Path) -> None:
    first, second = two
    out = tmp_path / "out"
    export(first, out, ["parquet", "csv"])
    before = {form: inodes(out, form) for form in ("parquet", "csv")}
    exported = export(second, out, ["parquet", "csv"])
    now = {form: inodes(out, form) for form in before}
    written = {path for form in before for path, node in now[form].items() if before[form].get(path) != node}
    assert exported.n_reused == len(exported.files) - len(written) > 0
    assert "csv/dim_report.csv" in written and "csv/dim_division.csv" not in written
    assert not any("dim_indicator" in path for path in written)
    changed = {path for path in written if path.startswith("parquet/township_metric")}
    assert len(changed) == 1 < len([path for path in before["parquet"] if path.startswith("parquet/township_metric")])
    fresh = export(second, tmp_path / "fresh", ["parquet", "csv"])
    assert contents(out) == contents(tmp_path / "fresh") and fresh.files


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_file_that_somebody_changed_is_written_again(two: list[Path], tmp_path: Path) -> None:
    first, second = two
    out = tmp_path / "out"
    export(first, out, ["csv"])
    path = out / "csv" / "dim_division.csv"
    right = path.read_bytes()
    path.write_bytes(right.replace(b"1", b"2"))
    (out / "csv" / "dim_indicator.csv").unlink()
    exported = export(second, out, ["csv"])
    assert path.read_bytes() == right and (out / "csv" / "dim_indicator.csv").is_file() and not exported.reused


def test_rows_that_meet_a_condition_are_never_n_reused(released: Warehouse, tmp_path: Path) -> None:
    def ask(where: str) -> Exported:
        return export(released.release_path, tmp_path / "out", ["csv"], tables=["township_year"], where=where)

    assert ask("report_year = 2023").files[0].rows == 3 and ask("report_year = 2022").files[0].rows == 1


def test_where_links_are_not_possible_the_file_is_written(
    two: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    first, second = two
    export(first, tmp_path / "out", ["csv"])
    monkeypatch.setattr(os, "link", refuse)
    export(second, tmp_path / "out", ["csv"])
    assert contents(tmp_path / "out") == contents(export(second, tmp_path / "x", ["csv"]).folder)
