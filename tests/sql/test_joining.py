"""docs/joining.md: its SQL runs on the example release, and the page shows what comes out."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from benchmarks.joining import PAGE, answered

pytest_plugins = ("release_fixture",)

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_page_shows_what_the_example_release_answers(example: Path) -> None:
    assert answered(TEXT, example) == TEXT, "stale; run python -m benchmarks.joining"


def test_answers_are_written_anew_and_only_below_what_gives_rows(example: Path) -> None:
    made = "```sql\nCREATE TEMP TABLE t AS SELECT 2 AS n\n```\n"
    page = f"a\n\n{made}\nb\n\n```sql\nSELECT n FROM t\n```\n\n| n |\n| 1 |\n\nc\n"
    assert answered(page, example) == page.replace("| n |\n| 1 |\n", "| n |\n| --- |\n| 2 |\n")


def test_the_release_cannot_be_changed_by_the_page(example: Path) -> None:
    with pytest.raises(duckdb.Error, match="read-only"):
        answered("```sql\nDELETE FROM fazhi.township_year\n```\n", example)


def test_the_codes_of_the_files_are_real_and_fit_their_year(example: Path) -> None:
    """Every line of the county file is found under the code of its year, and stands for that county or a part of it."""
    with (PAGE.parent / "joining" / "counties.csv").open(encoding="utf-8") as file:
        lines = [(int(row["year"]), row["code"], row["name"]) for row in csv.DictReader(file)]
    with duckdb.connect(str(example), read_only=True) as con:
        sql = "SELECT year, county_code_then, county_name_then FROM dim_county_year WHERE year IN (2020, 2021)"
        then = set(con.sql(sql).fetchall())
        merged = set(con.sql("SELECT year, unnest(merged_codes) FROM dim_county_year").fetchall())
    assert [line for line in lines if line not in then] == [(2020, "330104", "江干区")]
    assert (2020, "330104") in merged
