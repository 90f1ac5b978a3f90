"""Hostile files in short: 500 of them beside good reports, the whole way. The long one is `make hostile`."""

from collections import Counter
from pathlib import Path

import duckdb

from benchmarks.archive import path_of
from benchmarks.corpus import generate
from benchmarks.hostile import hostile, page
from benchmarks.hostile_files import GOOD, MAKERS

FILES, SEED = 500, 3


def test_hostile_files_are_rows_and_cost_no_release_and_no_good_report(tmp_path: Path) -> None:
    tally = hostile(tmp_path, FILES, SEED, 20_000, {"FAZHI_OCR_PAGES": "0", "FAZHI_PROCESSES": "1"})
    assert tally.held, tally.problems
    assert (tally.runs, tally.releases, tally.lost) == (1, 1, 0)
    assert len(tally.kinds) == len(MAKERS)
    assert sum(kind.files for kind in tally.kinds.values()) == FILES
    assert {"broken", "bomb", "undecodable", "unreadable"} <= tally.reasons.keys()
    assert "| files without a row | 0 | 0 |" in page(tally, 1.0, "a command")
    reports = {path_of(report).as_posix(): report for report in generate(GOOD, SEED)}
    with duckdb.connect(str(tmp_path / "warehouse" / "fazhi.duckdb"), read_only=True) as con:
        rows = con.sql(
            "SELECT raw_path, metric_code, value FROM fact_indicator JOIN dim_report USING (report_id) "
            "WHERE status = 'accepted' AND starts_with(raw_path, 'reports/')"
        ).fetchall()
    known = Counter((path, fact.metric_code, fact.value) for path, report in reports.items() for fact in report.facts)
    assert (known - Counter(rows)).total() < 0.02 * known.total()
    assert {path for path, _, _ in rows} == reports.keys()
