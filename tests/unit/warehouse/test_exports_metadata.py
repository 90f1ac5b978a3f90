"""Metadata of exports, each checked by the library of its own standard: Frictionless, Croissant, citation."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import mlcroissant as mlc
import pandas as pd
import pytest
import yaml
from exports_data import CHOSEN, rows
from frictionless import Package
from warehouse_fixtures import Warehouse

from pipelines.warehouse.descriptions import tables
from pipelines.warehouse.export import Exported, export

pytest_plugins = ("exports_fixture",)
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated", "ignore:The inplace keyword")

#: The tables of a release. A table without `publish` is built for others and is in no export.
PUBLISHED = {name: text for name, text in tables().items() if text.publish}


def package(exported: Exported) -> Package:
    return Package(str(exported.folder / "datapackage.json"))


def test_frictionless_finds_the_package_valid(whole: Exported) -> None:
    """Sizes and hashes of all files, and in the CSV types, keys and references of every row."""
    report = package(whole).validate()
    assert report.valid, report.flatten(["name", "type", "message"])
    assert report.stats["tasks"] == len(whole.files) and report.stats["warnings"] == 0


def test_frictionless_sees_a_changed_file(whole: Exported, tmp_path: Path) -> None:
    shutil.copytree(whole.folder, tmp_path / "copy")
    with (tmp_path / "copy" / "csv" / "township_year.csv").open("a", encoding="utf-8") as file:
        file.write("1,2\n")
    (tmp_path / "copy" / "parquet" / "township_year.parquet").write_bytes(b"")
    report = Package(str(tmp_path / "copy" / "datapackage.json")).validate()
    assert {task.name for task in report.tasks if not task.valid} == {"township_year.csv", "township_year.parquet"}


def test_the_package_names_release_licence_keys_and_references(whole: Exported) -> None:
    content = json.loads((whole.folder / "datapackage.json").read_text(encoding="utf-8"))
    assert content["version"] == content["fazhi"]["made_of"]["release_id"] == whole.release_id
    assert [licence["name"] for licence in content["licenses"]] == ["notspecified"]
    schemas = {resource["name"]: resource["schema"] for resource in content["resources"] if "schema" in resource}
    assert set(schemas) >= {f"{table}.parquet" for table in PUBLISHED}
    for table, text in PUBLISHED.items():
        assert tuple(schemas[f"{table}.parquet"]["primaryKey"]) == text.key, table
        keys = {key["fields"][0]: key["reference"] for key in schemas[f"{table}.parquet"].get("foreignKeys", [])}
        assert set(keys) == set(text.references), table
        for field in schemas[f"{table}.parquet"]["fields"]:
            assert field["title"] and field["description"]
    fact = {key["fields"][0]: key["reference"] for key in schemas["fact_indicator.csv"]["foreignKeys"]}
    assert fact["report_id"] == {"resource": "dim_report.csv", "fields": ["report_id"]}
    assert fact["subset_of"] == {"resource": "", "fields": ["fact_id"]}


def test_frictionless_reads_the_values_with_their_types(released: Warehouse, whole: Exported) -> None:
    found = package(whole).get_resource("dim_report.csv").read_rows()
    for row, expected in zip(found, rows(released.release_path, "dim_report"), strict=True):
        for name, value in expected.items():
            assert row[name] == (f"'{value}" if str(value).startswith(("=", "-")) else value), name


def dataset(exported: Exported) -> mlc.Dataset:
    made = mlc.Dataset(jsonld=str(exported.folder / "croissant.json"))
    issues = made.metadata.ctx.issues
    assert not issues.errors and not issues.warnings, issues.report()
    return made


def as_record(table: str, row: dict[str, Any], is_csv: bool) -> dict[str, Any]:
    """A row as mlcroissant gives it: texts are bytes, dates are timestamps, and in CSV a list is its JSON."""

    def value(found: Any) -> Any:
        if isinstance(found, list):
            return json.dumps(found, separators=(",", ":")).encode() if is_csv else [text.encode() for text in found]
        if isinstance(found, str):
            return found.encode()
        return found

    return {f"{table}/{name}": value(found) for name, found in row.items()}


def plain(value: Any) -> Any:
    """A value as both sides can say it: nothing is None, and a date is a Timestamp without a zone."""
    if isinstance(value, list | bytes):
        return value
    if value is None or pd.isna(value):
        return None
    return pd.Timestamp(value).tz_localize(None) if hasattr(value, "year") else value


def plainly(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: plain(value) for name, value in record.items()} for record in records]


def test_croissant_is_valid_and_describes_every_table_and_file(whole: Exported) -> None:
    metadata = dataset(whole).metadata
    assert {record_set.id for record_set in metadata.record_sets} == set(PUBLISHED)
    hashes = {file.id: file.sha256 for file in metadata.distribution}
    assert hashes == {file.path: file.sha256 for file in whole.files if file.form in ("parquet", "csv")}
    assert metadata.version == f"2024.3.1+{whole.release_id}" and whole.release_id in (metadata.cite_as or "")


@pytest.mark.parametrize("table", CHOSEN)
def test_croissant_gives_the_rows_of_parquet(released: Warehouse, chosen: Exported, table: str) -> None:
    expected = [as_record(table, row, is_csv=False) for row in rows(released.release_path, table)]
    assert expected
    assert plainly(list(dataset(chosen).records(table))) == plainly(expected)


def test_croissant_gives_the_rows_of_csv_where_there_is_no_parquet(released: Warehouse, tmp_path: Path) -> None:
    exported = export(released.release_path, tmp_path / "out", ["csv"], tables=["township_metric"])
    expected = [as_record("township_metric", row, True) for row in rows(released.release_path, "township_metric")]
    assert expected
    assert plainly(list(dataset(exported).records("township_metric"))) == plainly(expected)


def test_the_citation_file_has_the_keys_of_its_format(whole: Exported) -> None:
    content = yaml.safe_load((whole.folder / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(content)  # those that the format requires
    assert set(content) <= {
        *("abstract", "authors", "cff-version", "date-released", "keywords", "message", "references", "title"),
        *("type", "version"),
    }
    assert (content["cff-version"], content["type"]) == ("1.2.0", "dataset")
    assert content["version"] == whole.release_id and f"{content['date-released']}" == "2024-03-01"
    (software,) = content["references"]
    assert (software["type"], software["license"]) == ("software", "Apache-2.0") and "license" not in content
