"""What was published is read where it lies, by Polars, pandas and DuckDB, value by value as the release has it."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import pytest

from pipelines.cli.commands import main
from pipelines.paths import PROJECT_ROOT

if TYPE_CHECKING:
    from bucket_fixture import Bucket, Made

pytest.importorskip("obstore")
pytest_plugins = ("bucket_fixture",)


def rows(path: Path, table: str) -> list[tuple[Any, ...]]:
    with closing(duckdb.connect(str(path), read_only=True)) as con:
        return con.sql(f"FROM {table} ORDER BY ALL").fetchall()


@pytest.mark.parametrize("table", ["dim_division", "fact_indicator", "release"])
def test_the_page_says_how_each_program_reads_it(
    table: str, bucket: Bucket, three: list[Made], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The lines of docs/scale.md are run as they stand, for one table and then for others."""
    page = (PROJECT_ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert main(["publish", bucket.address, "--warehouse", str(three[0].folder)]) == 0
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")  # the service of the tests is no https
    monkeypatch.chdir(tmp_path)
    found: dict[str, Any] = {}
    exec(lines.replace("township_year", table), found)
    released = rows(three[0].folder / "fazhi.duckdb", table)
    polars = found["by_polars"].with_columns(pl.selectors.datetime().dt.replace_time_zone(None))
    assert found["release"] == three[0].release_id
    assert len(released) == {"dim_division": 13, "fact_indicator": 4, "release": 1}[table]
    assert sorted(polars.rows(), key=repr) == sorted(found["by_duckdb"], key=repr) == sorted(released, key=repr)
    assert rows(tmp_path / "fazhi.duckdb", table) == released
    by_pandas = found["by_pandas"]
    assert list(by_pandas.columns) == polars.columns and len(by_pandas) == len(released)
    for name, kind in polars.schema.items():
        values = [list(value) if kind == pl.List else value for value in by_pandas[name].dropna()]
        assert values == polars[name].drop_nulls().to_list(), name
