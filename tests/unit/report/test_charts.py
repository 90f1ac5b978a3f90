"""The charts: what their queries count, and what stands on them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import polars as pl
import pytest
from warehouse_fixtures import ANHAI, AT_LEAST, CHIDIAN, DONGCHENG, Report, Warehouse, built, say

from pipelines.build.database import connect, quote
from pipelines.paths import PROJECT_ROOT
from pipelines.report import coverage_chart as coverage
from pipelines.report import panel_charts as panels
from pipelines.warehouse.table_parts import table_files

SVG = "{http://www.w3.org/2000/svg}"


def report(code: str, year: int, staff: float, petitions: float, **fields: object) -> Report:
    clauses = [
        say("enforcement_staff", f"有执法人员{{{staff:g}}}人。", staff, **fields),
        say("petitions_and_hotline_received", f"受理信访和热线{{{petitions:g}}}件。", petitions),
    ]
    return Report(f"a/{code}-{year}.txt", code, year, clauses)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return built(
        tmp_path_factory.mktemp("charts"),
        report(CHIDIAN, 2022, 4, 100),
        report(CHIDIAN, 2023, 5, 150),
        report(ANHAI, 2022, 4, 100),
        report(ANHAI, 2023, 6, 110, **AT_LEAST),
        report(DONGCHENG, 2023, 11, 21),
    )


@contextmanager
def tables(warehouse: Warehouse, limit: str = "ALL") -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that knows the tables of `warehouse`, or as many rows of each as `limit` says."""
    with closing(connect()) as con:
        for name in warehouse.specs:
            paths = ", ".join(quote(path) for path in table_files(warehouse.tables_dir, name))
            con.execute(f"CREATE VIEW {name} AS FROM read_parquet([{paths}]) LIMIT {limit}")
        yield con


def texts(svg: bytes) -> str:
    """All that is written on a chart, one text a line; an image of glyphs would have none."""
    return "\n".join(element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text"))


def classes(frame: pl.DataFrame, headline: str) -> dict[str, tuple[int, int]]:
    """(figures, lower bounds among them) of each class that holds any."""
    part = frame.filter(pl.col("headline") == headline, pl.col("n") > 0)
    return {label: (n, bounds) for label, n, bounds in part.select("label", "n", "n_lower_bounds").iter_rows()}


def test_coverage_says_of_how_many_units_how_many_report(warehouse: Warehouse) -> None:
    with tables(warehouse) as con:
        frame = coverage.coverage(con)
    assert frame.rows() == [
        ("福建省", 2022, 2, 2),
        ("福建省", 2023, 2, 2),
        ("广东省", 2022, 1, 0),
        ("广东省", 2023, 1, 1),
        ("四川省", 2022, 1, 0),
        ("四川省", 2023, 1, 0),
    ]
    shown = texts(coverage.draw_coverage(frame))
    assert "福建 2" in shown and "2022" in shown
    assert "4个单位中3个有报告" in shown and "2023: 3 of 4 units report" in shown


def test_a_headline_is_counted_in_classes_with_its_lower_bounds(warehouse: Warehouse) -> None:
    with tables(warehouse) as con:
        frame = panels.headlines(con)
    assert classes(frame, "enforcement_staff_headline") == {"5": (3, 0), "10": (1, 1), "20": (1, 0)}
    assert classes(frame, "petitions_handled") == {"50": (1, 0), "100": (2, 0), "200": (2, 0)}
    assert classes(frame, "trainings_held") == {}
    shown = texts(panels.draw_headlines(frame))
    assert "n = 5 / 5, 中位数 median ≥ 5" in shown, "one of the figures is a lower bound"
    assert "n = 5 / 5, 中位数 median 100" in shown
    assert "no figure (n = 0 / 5)" in shown, "a figure that nobody states is no zero"


def test_a_change_is_counted_where_both_figures_are_exact(warehouse: Warehouse) -> None:
    with tables(warehouse) as con:
        frame = panels.changes(con)
    assert classes(frame, "enforcement_staff_headline") == {"+50": (1, 0)}
    assert classes(frame, "petitions_handled") == {"+20": (1, 0), "+50": (1, 0)}
    shown = texts(panels.draw_changes(frame))
    assert "n = 1 / 2, 中位数 median +25 %" in shown, "that 4 became 6 or more says nothing of how much"
    assert "n = 2 / 2, 中位数 median +30 %" in shown


def test_no_report_is_said_and_not_drawn(warehouse: Warehouse) -> None:
    with tables(warehouse, limit="0") as con:
        assert "no report yet" in texts(coverage.draw_coverage(coverage.coverage(con)))
        assert "no figure (n = 0 / 0)" in texts(panels.draw_headlines(panels.headlines(con)))
        assert "no figure (n = 0 / 0)" in texts(panels.draw_changes(panels.changes(con)))


ALONE = """
import sys
import pipelines.definitions
assert "matplotlib" not in sys.modules, "a run draws nothing"
from pipelines.report.coverage_chart import SCHEMA, draw_coverage
import polars as pl
sys.stdout.buffer.write(draw_coverage(pl.DataFrame([("福建省", 2023, 2, 1)], schema=SCHEMA, orient="row")))
"""


def test_a_server_without_home_or_fonts_draws_the_same_and_says_nothing(tmp_path: Path) -> None:
    """Its own process: another hash seed, no folder for matplotlib's settings, and every warning an error."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MPL", "XDG_"))}
    env |= {"HOME": "/nonexistent", "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", ALONE], env=env, cwd=PROJECT_ROOT, capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, b"")
    frame = pl.DataFrame([("福建省", 2023, 2, 1)], schema=coverage.SCHEMA, orient="row")
    assert done.stdout == coverage.draw_coverage(frame)
    assert len(done.stdout) < 60_000
