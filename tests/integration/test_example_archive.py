"""The example archive: generated reports of real townships with something to show on every page, marked as invented."""

from __future__ import annotations

import itertools
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from benchmarks.bench import compare
from benchmarks.document_forms import Paper, can_scan, written
from benchmarks.example_archive import PLAN, generate_examples, write_archive
from benchmarks.example_figures import Figures
from benchmarks.measure import KNOWN_SCHEMA
from pipelines.settings import Settings
from pipelines.warehouse.from_raw import build_from_raw

SIZE = {"townships": 20, "reports": 60, "seed": 1}
TABLES = ("dim_report", "township_metric", "number_mention", "report_text", "correction")
MARKED = ("(示例)", "数字均为虚构。")


class Small:
    """An archive of 20 townships and what was built of it."""

    def __init__(self, folder: Path) -> None:
        self.examples = write_archive(folder, **SIZE)
        # Scans wait: reading a page takes longer than all the rest.
        self.settings = Settings(folder / "raw", folder, folder / ".dagster", ocr_pages=0)
        built = build_from_raw(self.settings, TABLES)
        self.con = duckdb.connect()
        for name, table in built.items():
            self.con.execute(f"CREATE VIEW {name} AS {table.sql}")

    def ask(self, sql: str) -> list[Any]:
        """The rows of an answer, one value a row."""
        return [row[0] for row in self.con.execute(sql).fetchall()]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    built = Small(tmp_path_factory.mktemp("archive"))
    yield built
    built.con.close()


def plan_of(small: Small) -> Figures:
    return Figures(1, tomllib.loads(PLAN.read_text(encoding="utf-8")))


def test_the_reports_state_what_was_written_into_them(small: Small) -> None:
    ids = dict(small.con.execute("SELECT raw_path, report_id FROM dim_report WHERE n_pages_waiting = 0").fetchall())
    texts = [example for example in small.examples if example.path in ids and example.kind != "copy"]
    rows = [(ids[one.path], f.metric_code, f.value, f.qualifier) for one in texts for f in one.facts]
    known = pl.DataFrame(rows, schema=KNOWN_SCHEMA, orient="row")
    found = pl.DataFrame(
        small.con.execute("SELECT report_id, metric_code, value, qualifier FROM fact_indicator").fetchall(),
        schema=KNOWN_SCHEMA,
        orient="row",
    )
    numbers = pl.DataFrame(
        small.con.execute("SELECT report_id, disposition FROM number_mention").fetchall(),
        schema=["report_id", "disposition"],
        orient="row",
    )
    mine = pl.col("report_id").is_in(known["report_id"].unique().to_list())
    accuracy = compare(known, found.filter(mine), numbers.filter(mine))
    assert accuracy.known > 800
    assert accuracy.recall >= 0.99 and accuracy.precision >= 0.98, accuracy.worst
    assert accuracy.unclassified <= 0.001 * accuracy.numbers


def test_every_kind_is_in_it(small: Small) -> None:
    kinds = Counter(example.kind for example in small.examples)
    assert sum(kinds.values()) == SIZE["reports"]
    assert {"annual", "first_half", "enforcement", "summary", "corrected", "mirror"} <= set(kinds)
    assert set(small.ask("SELECT edition FROM dim_report WHERE edition IS NOT NULL")) == {"part_of_year", "correction"}
    assert {"mirror", "work_summary", "corrected", "part_of_year"} <= set(
        small.ask("SELECT version_reason FROM dim_report WHERE version_reason IS NOT NULL")
    )
    reasons = small.ask("SELECT reason_code FROM dim_report WHERE status = 'quarantined'")
    assert {"county_report", "template", "empty", "no_place", "needs_ocr"[: 9 * can_scan()]} - {""} <= set(reasons)
    assert any(small.ask("SELECT has_conflict FROM township_metric"))
    assert any(small.ask("SELECT n_versions_disagree FROM township_metric"))
    assert small.ask("SELECT outcome FROM correction") == ["applied"] * 4


def test_everything_says_that_it_is_invented(small: Small) -> None:
    assert set(small.ask("SELECT source_id FROM dim_report")) == {"example"}
    titles = small.ask("SELECT title FROM dim_report WHERE status = 'accepted'")
    assert len(titles) > 50 and all(title.endswith(MARKED[0]) for title in titles)
    texts = small.ask("SELECT text FROM report_text JOIN dim_report USING (report_id) WHERE n_pages_waiting = 0")
    assert all(text.rstrip().endswith(MARKED[1]) for text in texts if text)


def test_figures_of_a_unit_move_little(small: Small) -> None:
    figures = plan_of(small)
    unit = next(example.unit for example in small.examples if example.kind == "annual")
    for code in figures.plan["stated"]:
        levels = [figures.level({**unit, "year": year}, code) for year in figures.plan["years"]]
        assert all(abs(a - b) <= max(2, 0.4 * max(a, b)) for a, b in itertools.pairwise(levels)), (code, levels)


def test_what_is_named_as_usual_is_stated_by_40_to_95_percent_and_the_rest_by_some(small: Small) -> None:
    figures = plan_of(small)
    usual = next(example.unit for example in small.examples if example.kind == "annual")
    stated: Counter[str] = Counter()
    for county, town, year in itertools.product(range(330101, 330131), range(101, 105), (2020, 2023)):
        unit = {**usual, "code": f"{county}{town}", "county_code": str(county), "year": year}
        found = figures.sentences(unit, figures.wanted(unit))
        stated.update({fact.metric_code for one in found for fact in one.facts})
    shares = {code: stated[code] / 240 for code in figures.plan["stated"]}
    assert all(0.35 <= share <= 0.96 for share in shares.values()), shares
    assert len(stated) > 0.9 * len(figures.indicators)


def test_the_same_seed_gives_the_same_files(small: Small) -> None:
    again = list(generate_examples(small.settings, **SIZE))
    assert [(one.path, one.data) for one in again] == [(one.path, one.data) for one in small.examples]
    other = generate_examples(small.settings, townships=20, reports=10, seed=2)
    assert {one.data for one in other}.isdisjoint(one.data for one in again)


def test_a_smaller_archive_takes_the_place_of_a_larger_one_and_corrections_stay(tmp_path: Path) -> None:
    first = write_archive(tmp_path, 12, 12, 1)
    corrections = tmp_path / "raw" / "corrections.csv"
    corrections.write_text("mine", encoding="utf-8")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "raw" / "reports").rglob("*.*")}
    write_archive(tmp_path, 12, 12, 1)
    assert before == {path: path.stat().st_mtime_ns for path in before}
    second = write_archive(tmp_path, 6, 6, 2)
    left = {str(path.relative_to(tmp_path / "raw")) for path in (tmp_path / "raw" / "reports" / "33").rglob("*.txt")}
    assert left <= {one.path for one in second} and not left & {one.path for one in first} - {o.path for o in second}
    assert corrections.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("form", ["docx", "xlsx", *(["pdf"] if can_scan() else [])])
def test_a_file_has_the_same_bytes_on_any_day(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = Paper("标题", ["标题", "一行。", "末行。"], {"受理信访件(件)": "12"}, 2)
    first = written(paper, form)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert written(paper, form) == first
