"""The marts and the rules in plain Python make the same figures of reports that are hard to add up."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from benchmarks.adversarial import reports_of
from benchmarks.archive import write_hard_reports
from benchmarks.figure_rules import WORDS
from benchmarks.recompute import Comparison, compare
from pipelines.settings import Settings
from pipelines.warehouse.check_runner import run_rules_on
from pipelines.warehouse.checks import rules_of
from pipelines.warehouse.from_raw import build_from_raw

REPORTS = 200
COMPARED = ("township_metric", "township_year", "county_year", "dim_headline")  # what they are made of is built too


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables of reports that are hard to add up, by their names."""
    folder = tmp_path_factory.mktemp("hard")
    write_hard_reports(folder / "raw", REPORTS, seed=7)
    own = replace(Settings.load(environ={}), raw_dir=folder / "raw", warehouse_dir=folder / "warehouse")
    built = build_from_raw(own, COMPARED)
    with duckdb.connect() as opened:
        for name, table in built.items():
            opened.execute(f"CREATE VIEW {name} AS {table.sql}")
        yield opened


def test_a_report_depends_on_seed_and_number_alone() -> None:
    assert reports_of(5, 1) == reports_of(5, 1) != reports_of(5, 2)


def test_each_report_is_placed_where_it_was_written_for(con: duckdb.DuckDBPyConnection) -> None:
    read = con.sql("SELECT raw_path, status, township_code, report_year, edition FROM dim_report").fetchall()
    assert len(read) >= REPORTS
    for path, status, code, year, edition in read:
        name = Path(path).stem
        assert (status, f"{code}_{year}") == ("accepted", name[:14]), path
        assert (edition == "part_of_year") == name.endswith(("half", "quarter")), path
        assert (edition == "correction") == name.endswith("corrected"), path


def test_the_reports_need_every_rule(con: duckdb.DuckDBPyConnection) -> None:
    methods = con.sql("SELECT DISTINCT unnest(string_split(method, '+')) FROM township_metric").fetchall()
    assert {"summed", "averaged", "weighted", "maximum", *WORDS} <= {word for (word,) in methods}


def test_the_tables_keep_their_rules(con: duckdb.DuckDBPyConnection) -> None:
    names = [name for (name,) in con.sql("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()]
    results = run_rules_on(con, rules_of(names))
    assert {"dim_report", *COMPARED} < set(names) and len(results) > 20
    assert [str(result) for result in results if not result.passed] == []


def test_the_marts_and_the_plain_rules_make_the_same_figures(con: duckdb.DuckDBPyConnection) -> None:
    found = compare(con)
    assert min(found.n_rows.values()) > 50 and found.n_rows["township_metric"] > 1_000
    assert not found.differences, "\n\n".join(map(str, found.differences[:5]))


def test_rows_that_differ_are_shown_with_both_sides() -> None:
    found = Comparison()
    mart, other = {"value": 3.0, "method": "sum"}, {"value": 4.0, "method": "sum"}
    found.add(
        "county_year", {("a",): mart, ("b",): mart, ("c",): mart}, {("a",): other, ("b",): mart}, ["value", "method"]
    )
    assert found.n_rows == {"county_year": 3}
    differing, alone = map(str, found.differences)
    assert "county_year a: value" in differing and "mart: {'value': 3.0}" in differing and "4.0" in differing
    assert "county_year c: only one side" in alone and "recomputed: no row" in alone
