"""The marts and the rules in plain Python make the same figures of reports that are hard to add up."""

from pathlib import Path

import duckdb
import pytest

from benchmarks.adversarial import reports_of
from benchmarks.figure_rules import WORDS
from benchmarks.recompute import Comparison, compare, make_release

REPORTS = 200


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_release(tmp_path_factory.mktemp("hard"), REPORTS, seed=7)


def test_a_report_depends_on_seed_and_number_alone() -> None:
    assert reports_of(5, 1) == reports_of(5, 1) != reports_of(5, 2)


def test_each_report_is_placed_where_it_was_written_for(release: Path) -> None:
    with duckdb.connect(str(release), read_only=True) as con:
        read = con.sql("SELECT raw_path, status, township_code, report_year, edition FROM dim_report").fetchall()
    assert len(read) >= REPORTS
    for path, status, code, year, edition in read:
        name = Path(path).stem
        assert (status, f"{code}_{year}") == ("accepted", name[:14]), path
        assert (edition == "part_of_year") == name.endswith(("half", "quarter")), path
        assert (edition == "correction") == name.endswith("corrected"), path


def test_the_reports_need_every_rule(release: Path) -> None:
    with duckdb.connect(str(release), read_only=True) as con:
        methods = con.sql("SELECT DISTINCT unnest(string_split(method, '+')) FROM township_metric").fetchall()
    assert {"summed", "averaged", "weighted", "maximum", *WORDS} <= {word for (word,) in methods}


def test_the_marts_and_the_plain_rules_make_the_same_figures(release: Path) -> None:
    with duckdb.connect(str(release), read_only=True) as con:
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
