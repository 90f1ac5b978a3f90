"""Exports: what each format gives back to the library its users read it with, value by value."""

from __future__ import annotations

import csv
import json
import textwrap
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import polars as pl
import pyreadstat
import pytest
from exports_data import CHOSEN, DASH, FORMULA, LONG, rows
from warehouse_fixtures import Warehouse

from pipelines.paths import PROJECT_ROOT
from pipelines.warehouse.descriptions import describe_column
from pipelines.warehouse.export import Exported, ExportError, export, stata, workbook
from pipelines.warehouse.release import OWN_TABLES

pytest_plugins = ("exports_fixture",)

# What stands as `export` in the TOML files under sql/, written down a second time.
NOT_CSV = ("number_mention", "report_text")
XLSX_TABLES = (
    *("township_year", "county_year", "city_year", "province_year", "metric_coverage", "township_change"),
    "dim_indicator",
)
DTA_TABLES = ("township_year", "township_metric", "county_year")


def names(exported: Exported, form: str) -> set[str]:
    return {Path(file.path).stem for file in exported.files if file.form == form}


def test_each_format_holds_the_tables_that_suit_it(released: Warehouse, whole: Exported) -> None:
    everything = {*released.published, *OWN_TABLES}
    assert names(whole, "parquet") == everything
    assert names(whole, "csv") == everything - set(NOT_CSV)
    assert names(whole, "dta") == set(DTA_TABLES)
    (book,) = [file for file in whole.files if file.form == "xlsx"]
    assert book.tables == XLSX_TABLES and book.left_out == ()
    assert {str(path.relative_to(whole.folder)) for path in whole.folder.rglob("*") if path.is_file()} == {
        *(file.path for file in whole.files),
        *("datapackage.json", "croissant.json", "CITATION.cff"),
    }


def test_the_data_hold_what_is_hard_to_write(released: Warehouse) -> None:
    reports = rows(released.release_path, "dim_report")
    assert {FORMULA} < {row["title"] for row in reports} and {None, DASH} <= {row["doc_number"] for row in reports}
    assert {True, False} <= {row["is_canonical"] for row in reports}
    assert {None, date(2024, 1, 2)} <= {row["written_on"] for row in reports}
    assert {None, datetime(2024, 2, 1, 8, 30)} <= {row["fetched_at"] for row in reports}
    assert max(len(row["place_candidates"]) for row in reports) == 2
    assert max(len(row["text"]) for row in rows(released.release_path, "report_text")) > 40_000


def test_parquet_is_the_release_value_by_value(released: Warehouse, whole: Exported) -> None:
    for table in names(whole, "parquet"):
        path = whole.folder / "parquet" / f"{table}.parquet"
        frame = pl.read_parquet(path).with_columns(pl.selectors.datetime().dt.replace_time_zone(None))
        assert frame.to_dicts() == rows(released.release_path, table), table
        held = rows(released.release_path, f"release_table WHERE table_name = '{table}'")
        expected = {"contents": held[0]["content_hash"]} if held else {"release_id": whole.release_id}
        assert expected.items() <= pl.read_parquet_metadata(path).items()


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def as_csv(value: Any) -> Any:
    """What a cell of the CSV is expected to hold."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if isinstance(value, str) and value.startswith(("=", "-", "@")):
        return "'" + value
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    return value if isinstance(value, float) else str(value)


def test_csv_begins_with_a_mark_and_holds_every_value(released: Warehouse, whole: Exported) -> None:
    for table in names(whole, "csv"):
        path = whole.folder / "csv" / f"{table}.csv"
        assert path.read_bytes().startswith(b"\xef\xbb\xbf") and path.read_bytes().count(b"\xef\xbb\xbf") == 1
        found, expected = read_csv(path), rows(released.release_path, table)
        assert len(found) == len(expected), table
        for cells, row in zip(found, expected, strict=True):
            numbers = {name: float(cells[name]) for name, value in row.items() if isinstance(value, float)}
            assert {**cells, **numbers} == {name: as_csv(value) for name, value in row.items()}, table


CELLS = {
    "=1+1": "'=1+1",
    "+cmd": "'+cmd",
    "-甲": "'-甲",
    "@甲": "'@甲",
    "\t=1": "'\t=1",
    "\r=1": "'\r=1",
    "\n=1": "'\n=1",
    "＝1+1": "'＝1+1",
    "-5": "-5",
    "甲=乙": "甲=乙",
    "'甲": "'甲",
    '甲,"乙"\n丙': '甲,"乙"\n丙',
    "": "",
}


def test_codes_survive_pandas_as_the_docs_say(released: Warehouse, whole: Exported) -> None:
    """The lines of docs/exports.md, on every CSV of the export."""
    page = (PROJECT_ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    lines = textwrap.dedent(page.partition("```python\n")[2].partition("  ```")[0])
    assert lines.count("pd.read_csv") == 2
    for file in whole.files:
        if file.form != "csv":
            continue
        names: dict[str, Any] = {}
        exec(lines.replace("warehouse/exports/csv/dim_report.csv", str(whole.folder / file.path)), names)
        read = names["reports"]
        for row, expected in zip(read.to_dict("records"), read_csv(whole.folder / file.path), strict=True):
            for column, value in expected.items():
                if column in names["texts"]:
                    assert (row[column] if value else "") == value, (file.path, column)
        assert {name for name in read if name.endswith("_code")} <= set(names["texts"])


def test_a_cell_like_a_formula_is_made_safe(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "one.duckdb")) as con:
        con.execute("CREATE TABLE release AS SELECT 'one' AS release_id, TIMESTAMP '2024-03-01' AS built_at")
        con.execute("CREATE TABLE t AS SELECT -1.5::DOUBLE AS number, unnest($texts) AS text", {"texts": list(CELLS)})
    export(tmp_path / "one.duckdb", tmp_path / "out", ["csv"], tables=["t"])
    found = read_csv(tmp_path / "out" / "csv" / "t.csv")
    assert dict(zip(CELLS, (row["text"] for row in found), strict=True)) == CELLS
    assert {row["number"] for row in found} == {"-1.5"}


def read_sheet(path: Path, name: str) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(path)
    assert not any(cell.data_type == "f" for row in book[name].iter_rows() for cell in row)
    return [tuple(cell.value for cell in row) for row in book[name].iter_rows()]


def as_cell(value: Any) -> Any:
    """What a cell of a workbook is expected to hold; Excel has no day without an hour."""
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return value


@pytest.mark.parametrize("table", XLSX_TABLES)
def test_the_workbook_holds_the_marts(released: Warehouse, whole: Exported, table: str) -> None:
    head, *found = read_sheet(whole.folder / "xlsx" / "fazhi.xlsx", table)
    expected = rows(released.release_path, table)
    assert found == [tuple(as_cell(value) for value in row.values()) for row in expected]
    assert list(head) == [column.name for column in released.specs[table].columns]


def test_the_workbook_takes_formulas_dates_and_flags_as_they_are(released: Warehouse, chosen: Exported) -> None:
    head, *found = read_sheet(chosen.folder / "xlsx" / "fazhi.xlsx", "dim_report")
    expected = rows(released.release_path, "dim_report")
    assert found == [tuple(as_cell(value) for value in row.values()) for row in expected]
    assert FORMULA in {row[head.index("title")] for row in found}


def test_a_text_too_long_for_a_cell_is_cut_with_a_mark(released: Warehouse, chosen: Exported) -> None:
    _, *found = read_sheet(chosen.folder / "xlsx" / "fazhi.xlsx", "report_text")
    texts = {row["report_id"]: row["text"] for row in rows(released.release_path, "report_text")}
    for report_id, cell in found:
        text = texts[report_id]
        if LONG in text:
            assert text.startswith(cell.rpartition(" … ")[0]) and cell.endswith(f"[cut: {len(text)} characters]")
            assert 32_000 < len(cell) <= 32_767
        else:
            assert cell == text


def test_the_workbook_explains_itself_in_both_languages(released: Warehouse, whole: Exported) -> None:
    path = whole.folder / "xlsx" / "fazhi.xlsx"
    readme = dict(read_sheet(path, "README"))
    assert readme["fazhi"] == whole.release_id and "Apache-2.0" in readme["licence"] and "Apache-2.0" in readme["许可"]
    assert set(XLSX_TABLES) <= set(readme)
    _, *lines = read_sheet(path, "dictionary")
    described = {(table, column): (zh, en) for table, column, zh, en, _ in lines}
    assert set(described) == {(table, column.name) for table in XLSX_TABLES for column in released.specs[table].columns}
    for (table, column), texts in described.items():
        text = describe_column(table, column)
        assert texts == (text.zh, text.en)


def test_what_is_too_large_for_a_workbook_is_named(
    released: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MAX_CELLS", 400)
    exported = export(released.release_path, tmp_path / "out", ["xlsx"])
    (book,) = exported.files
    assert {line.partition(":")[0] for line in book.left_out} | set(book.tables) == set(XLSX_TABLES)
    assert book.left_out and book.tables
    told = [text for key, text in read_sheet(tmp_path / "out" / book.path, "README") if key == "left out"]
    assert tuple(told) == book.left_out
    monkeypatch.setattr(workbook, "MAX_ROWS", 1)
    with pytest.raises(ExportError, match=r"township_metric: .* too many .* --where"):
        export(released.release_path, tmp_path / "out", ["xlsx"], tables=["township_metric"])
    assert (tmp_path / "out" / book.path).is_file()


def read_dta(path: Path) -> tuple[list[dict[str, Any]], Any]:
    frame, meta = pyreadstat.read_dta(str(path), output_format="polars")
    return frame.to_dicts(), meta


def as_stata(found: Warehouse, table: str) -> list[dict[str, Any]]:
    """The rows of a table as Stata holds them: a list is one text, a missing text an empty one, a name cut."""
    types = {row["column_name"]: row["column_type"] for row in rows(found.release_path, f"(DESCRIBE {table})")}

    def value(name: str, plain: Any) -> Any:
        if plain is None and "VARCHAR" in types[name]:
            return ""
        return "; ".join(plain) if isinstance(plain, list) else plain

    assert len({name[:32] for name in types}) == len(types)
    return [{name[:32]: value(name, plain) for name, plain in row.items()} for row in rows(found.release_path, table)]


@pytest.mark.parametrize("table", DTA_TABLES)
def test_stata_holds_values_and_labels(released: Warehouse, whole: Exported, table: str) -> None:
    found, meta = read_dta(whole.folder / "dta" / f"{table}.dta")
    assert found == as_stata(released, table) and found
    types = {row["column_name"]: row["column_type"] for row in rows(released.release_path, f"(DESCRIBE {table})")}
    assert whole.release_id in meta.file_label
    for name, label in zip(types, meta.column_names_to_labels.values(), strict=True):
        text = describe_column(table, name)
        assert len(label) <= 80 and f"{text.zh}: {text.en}".startswith(label.removesuffix("…"))
    flags = {name for name, kind in types.items() if kind == "BOOLEAN" and len(name) < 32}
    assert flags and set(meta.variable_value_labels) == flags
    assert all(labels == {0: "no 否", 1: "yes 是"} for labels in meta.variable_value_labels.values())


def test_stata_takes_dates_lists_and_long_texts(released: Warehouse, chosen: Exported) -> None:
    for table in CHOSEN:
        found, _ = read_dta(chosen.folder / "dta" / f"{table}.dta")
        assert found == as_stata(released, table) and found


def test_many_rows_become_several_stata_files(
    released: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stata, "MAX_ROWS", 2)
    exported = export(released.release_path, tmp_path / "out", ["dta"], tables=["dim_report"])
    assert [(file.path, file.rows) for file in exported.files] == [
        ("dta/dim_report.dta", 2), ("dta/dim_report_2.dta", 2), ("dta/dim_report_3.dta", 1)
    ]  # fmt: skip
    found = [row["report_id"] for file in exported.files for row in read_dta(tmp_path / "out" / file.path)[0]]
    assert found == [row["report_id"] for row in rows(released.release_path, "dim_report")]


def test_long_variable_names_stay_apart() -> None:
    long = "b" * 30
    assert stata.variable_names(["a", f"{long}bb", "b" * 40, "b" * 41]) == ["a", f"{long}bb", f"{long}_2", f"{long}_3"]


def test_the_same_release_gives_the_same_bytes(released: Warehouse, whole: Exported, tmp_path: Path) -> None:
    again = export(released.release_path, tmp_path / "again")
    assert again.files == whole.files
