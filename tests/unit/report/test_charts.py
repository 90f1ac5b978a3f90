"""The charts: what their queries count, what stands on them, and that no run fails for want of one."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import dagster as dg
import duckdb
import polars as pl
import pytest
from warehouse_fixtures import ANHAI, AT_LEAST, CHIDIAN, DONGCHENG, Report, Warehouse, built, say

from pipelines.assets.charts import release_charts, table_charts
from pipelines.build.database import connect, quote
from pipelines.paths import PROJECT_ROOT
from pipelines.report import canvas
from pipelines.report import coverage_chart as coverage
from pipelines.report import history_chart as history
from pipelines.report import panel_charts as panels
from pipelines.report.charts import charts
from pipelines.settings import Settings
from pipelines.warehouse.table_parts import table_files

if TYPE_CHECKING:
    from release_fixture import Built

pytest_plugins = ("release_fixture",)

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
import pipelines.report.charts
assert "matplotlib" not in sys.modules, "Dagster's definitions, which name the charts, must load without it"
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


def test_a_share_of_each_release_once_and_none_of_what_is_no_release(tmp_path: Path) -> None:
    for name, day, share in (("b", 2, 0.25), ("a", 1, 0.5), ("copy_of_b", 2, 0.25)):
        with closing(duckdb.connect(str(tmp_path / f"{name}.duckdb"))) as con:
            con.execute(
                "CREATE TABLE release AS SELECT $day::VARCHAR AS release_id, "
                "make_timestamp(2024, 5, $day, 1, 30, 0) AS built_at, $share::DOUBLE AS unclassified_share",
                {"day": day, "share": share},
            )
    (tmp_path / "cut.duckdb").write_bytes(b"half a release")
    with closing(duckdb.connect(str(tmp_path / "other.duckdb"))) as con:
        con.execute("CREATE TABLE something AS SELECT 1 AS value")
    frame = history.unclassified_shares(sorted(tmp_path.glob("*.duckdb")))
    assert frame["unclassified_share"].to_list() == [0.5, 0.25]
    shown = texts(history.draw_unclassified_shares(frame))
    assert "25.00 %" in shown and "2024-05-01" in shown
    assert "no release yet" in texts(history.draw_unclassified_shares(frame.clear()))


def svg_of(value: dg.MetadataValue) -> bytes:
    """The drawing in a Markdown image."""
    assert isinstance(value, dg.MarkdownMetadataValue), value
    head, _, data = str(value.value).removesuffix(")").partition("(data:image/svg+xml;base64,")
    assert head.startswith("![")
    return base64.b64decode(data, validate=True)


def pictures(shown: Mapping[str, dg.MetadataValue]) -> list[dg.MetadataValue]:
    """What stands where the pictures do; the links to the pages of the workbench stand beside them."""
    return [value for value in shown.values() if not isinstance(value, dg.UrlMetadataValue)]


def test_a_picture_is_drawn_again_only_when_its_table_changes(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings.load(warehouse_dir=tmp_path)
    shutil.copytree(warehouse.tables_dir, settings.tables_dir)
    pages = [chart.page for chart in charts()]
    first = {name: table_charts(settings, name) for name in pages}
    for shown in first.values():
        for value in pictures(shown):
            ElementTree.fromstring(svg_of(value))

    def refuse(*_: object) -> bytes:
        raise OSError("no room")

    monkeypatch.setattr(canvas, "draw_svg", refuse)
    for module in (coverage, panels):
        monkeypatch.setattr(module, "draw_svg", refuse)
    assert {name: table_charts(settings, name) for name in pages} == first
    table = table_files(settings.tables_dir, "township_year")[0]
    pl.read_parquet(table).write_parquet(table)  # without its key: not the table that was drawn
    (value,) = pictures(table_charts(settings, "township_year"))
    assert value == dg.MetadataValue.text("not drawn, and nothing else is amiss: OSError: no room")
    assert table_charts(settings, "dim_report") == {}


def test_a_table_of_another_shape_costs_its_picture_only(tmp_path: Path) -> None:
    settings = Settings.load(warehouse_dir=tmp_path)
    settings.tables_dir.mkdir()
    (settings.tables_dir / "township_year.parquet").write_bytes(b"no table")
    (value,) = pictures(table_charts(settings, "township_year"))
    assert isinstance(value, dg.TextMetadataValue) and str(value.value).startswith("not drawn")


def test_a_run_leaves_the_pictures_on_the_pages(bundled_warehouse: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = {chart.name: chart.page for chart in charts()}
    expected |= dict.fromkeys(release_charts(Settings.load(warehouse_dir=bundled_warehouse.folder)), "release")
    home = str(bundled_warehouse.folder.parent / "dagster")
    monkeypatch.setenv("DAGSTER_HOME", home)  # dagster.yaml names it
    with dg.DagsterInstance.from_config(home) as instance:
        for chart, asset in expected.items():
            event = instance.get_latest_materialization_event(dg.AssetKey(asset))
            assert event is not None and event.asset_materialization is not None
            ElementTree.fromstring(svg_of(event.asset_materialization.metadata[chart]))
    assert len(expected) == 4
