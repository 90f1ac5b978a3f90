"""What is odd warns, what must hold blocks: each check on tables that break it, and the bounds themselves.

The tables are written by hand, with the columns that the checks read: building them takes seconds, and one test holds
the SQL of every check against the tables as `sql/` defines them.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from pipelines.assets.automation import JOB_NAME
from pipelines.assets.checks import table_checks
from pipelines.assets.workspace import Workspace, run_config
from pipelines.build.memo import Memo
from pipelines.build.toml_file import SchemaError
from pipelines.codebook.load import load_codebook
from pipelines.definitions import defs
from pipelines.paths import PROJECT_ROOT
from pipelines.report.check_pages import PAGE, render
from pipelines.warehouse.bounds import Bounds, load_bounds
from pipelines.warehouse.check_run import Outcome, Situation, run_checks
from pipelines.warehouse.checks import CHECKS, LAST_COVERAGE
from pipelines.warehouse.model import connect_empty, load_specs

BOUNDS = load_bounds()
BY_NAME = {check.name: check for check in CHECKS}
DAY = date(2024, 9, 1)
CHIDIAN, ANHAI, TIANFU = "350582107", "350582104", "510921105"

# the columns that checks read, with what a row holds where a test does not say otherwise
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "dim_report": {
        "report_id": "'r'", "township_code": f"'{CHIDIAN}'", "report_year": "2023", "status": "'accepted'",
        "source_id": "NULL::VARCHAR", "fetched_at": "NULL::TIMESTAMP", "published_on": "NULL::DATE",
    },
    "fact_indicator": {
        "fact_id": "'f'", "report_id": "'r'", "township_code": f"'{CHIDIAN}'", "report_year": "2023",
        "metric_code": "'exam_sessions'", "value": "3e0", "value_low": "3e0", "value_high": "3e0", "unit": "'次'",
        "evidence": "'组织考试3次'",
    },
    "township_metric": {
        "township_code": f"'{CHIDIAN}'", "report_year": "2023", "metric_code": "'exam_sessions'", "value": "3e0",
        "unit": "'次'", "method": "'from_exam_sessions'", "fact_ids": "['f']",
    },
    "township_change": {
        "township_code": f"'{CHIDIAN}'", "report_year": "2023", "metric_code": "'petitions_received'", "value": "3e0",
        "previous_value": "3e0", "unit": "'件'", "is_exact": "true", "is_headline": "false",
    },
    "number_mention": {
        "report_id": "'r'", "char_start": "0", "unit_raw": "'件'", "disposition": "'fact'",
    },
    "worklist_divisions": {
        "report_id": "'w'", "raw_path": "'w.txt'", "title": "'报告'", "place_candidates": "[]::VARCHAR[]",
        "n_facts": "3", "reason_code": "'no_place'", "status_reason": "'no_place'",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Tables:
    """A folder of tables written by hand; a table that no test writes has a plain row, the work list none."""

    folder: Path

    @property
    def release(self) -> Path:
        return self.folder / "fazhi.duckdb"

    def write(self, name: str, *rows: Mapping[str, str], many: str = "range(1)") -> "Tables":
        """Write `rows`, each naming in SQL what differs from the plain row; `i` counts the rows of `many`."""
        selects = [
            f"SELECT {', '.join(f'{row.get(column, plain)} AS {column}' for column, plain in COLUMNS[name].items())} "
            f"FROM {many} AS t(i)"
            for row in rows
        ]
        (self.folder / "tables").mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as con:
            con.execute(f"COPY ({' UNION ALL '.join(selects)}) TO '{self.folder}/tables/{name}.parquet'")
        return self

    def publish(self, release_id: str = "R1") -> "Tables":
        """Make a release of the reports as they are now."""
        self.release.unlink(missing_ok=True)
        with duckdb.connect(str(self.release)) as con:
            con.execute(f"CREATE TABLE dim_report AS FROM read_parquet('{self.folder}/tables/dim_report.parquet')")
            con.execute(f"CREATE TABLE release AS SELECT '{release_id}' AS release_id")
        return self

    def check(self, name: str, bounds: Bounds = BOUNDS, **situation: Any) -> Outcome:
        situation = {"today": DAY, "release_path": self.release, **situation}
        memo = Memo(self.folder / "memo.json")
        (found,) = run_checks([BY_NAME[name]], self.folder / "tables", bounds, Situation(**situation), memo)
        return found


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    """Tables in which there is nothing odd."""
    plain = Tables(tmp_path)
    for name in COLUMNS:
        plain.write(name, {}, many="range(0)" if name == "worklist_divisions" else "range(1)")
    return plain


def example(found: Outcome, position: int = 0) -> dict[str, Any]:
    return dict(zip(found.columns, found.examples[position], strict=True))


@pytest.mark.parametrize("name", BY_NAME)
def test_tables_without_anything_odd_pass(tables: Tables, name: str) -> None:
    found = tables.check(name, sources_on=True)
    assert found.level == "passed" and found.examples == (), str(found)


def test_the_sql_of_each_check_reads_what_the_tables_hold_and_what_it_says_it_reads() -> None:
    specs = load_specs(PROJECT_ROOT / "sql")
    with closing(connect_empty({})) as con:
        for spec in specs.values():
            con.execute(f"CREATE TABLE {spec.name} AS {spec.sql}")
        con.execute("CREATE TABLE ceiling (metric_code VARCHAR, unit VARCHAR, most DOUBLE)")
        con.execute(f"CREATE TABLE {LAST_COVERAGE} (report_year INTEGER, reports BIGINT, units BIGINT)")
        con.execute("SET VARIABLE today = DATE '2024-09-01'")
        for check in CHECKS:
            con.execute(f"FROM ({check.rows}) ORDER BY {check.order}").fetchall()
            con.execute(check.measure or "SELECT 1").fetchall()
            named = {name for name in (*specs, LAST_COVERAGE) if f" {name} AS" in check.rows + check.measure}
            assert named <= set(check.reads), check.name
            if "fact_id" in check.rows:
                assert "fact_indicator" in check.reads, f"{check.name} shows the evidence of facts"


def test_what_no_township_can_have_is_listed_with_its_sentence(tables: Tables) -> None:
    staff = {"metric_code": "'enforcement_staff'", "value": "9000e0", "unit": "'人'", "evidence": "'执法人员9000人'"}
    tables.write(
        "fact_indicator",
        {"fact_id": "'a'", **staff},
        {"fact_id": "'b'", "value": "900e0"},
        {"fact_id": "'fine'", "metric_code": "'hotline_received'", "value": "399e0", "unit": "'件'"},
        {"fact_id": "'of a county'", "township_code": "NULL", **staff},
    )
    found = tables.check("value_ranges")
    assert (found.level, found.found) == ("warned", 2)
    first, second = example(found), example(found, 1)
    assert (first["fact_id"], first["value"], first["most"]) == ("a", 9000, 500)
    assert first["evidence"] == "执法人员9000人" and first["township_code"] == CHIDIAN
    assert (second["fact_id"], second["most"]) == ("b", BOUNDS.indicators["exam_sessions"].most)


def test_an_indicator_without_a_bound_of_its_own_has_that_of_its_unit(tables: Tables) -> None:
    assert "laws_studied" not in BOUNDS.indicators
    tables.write("fact_indicator", {"metric_code": "'laws_studied'", "value": "301e0", "unit": "'部'"})
    found = tables.check("value_ranges")
    assert found.level == "warned" and example(found)["most"] == BOUNDS.units["部"].most


@pytest.mark.parametrize("wrong", [{"value": "-3e0"}, {"value_low": "-1e0"}, {"value": "'inf'::DOUBLE"}])
def test_a_figure_below_zero_or_without_end_blocks(tables: Tables, wrong: dict[str, str]) -> None:
    found = tables.write("fact_indicator", {}, wrong).check("values_not_negative")
    assert (found.level, found.found) == ("blocked", 1) and example(found)["evidence"] == "组织考试3次"


def test_a_rate_above_100_warns_where_a_report_states_it_and_blocks_where_none_does(tables: Tables) -> None:
    rate = {"metric_code": "'exam_pass_rate'", "unit": "'%'", "value": "103e0"}
    tables.write("fact_indicator", {**rate, "evidence": "'合格率103%'"}).write("township_metric", rate)
    source = tables.check("rates_in_source")
    assert source.level == "warned" and example(source)["evidence"] == "合格率103%"
    assert tables.check("rates_in_marts").level == tables.check("value_ranges").level == "passed"
    found = tables.write("township_metric", {**rate, "township_code": f"'{ANHAI}'"}).check("rates_in_marts")
    assert found.level == "blocked" and example(found)["township_code"] == ANHAI


def test_a_leap_on_the_year_before_warns_and_a_small_or_rounded_one_does_not(tables: Tables) -> None:
    leap = {"previous_value": "30e0", "value": "6000e0"}
    tables.write("township_metric", {"metric_code": "'petitions_received'"}).write(
        "township_change",
        leap,
        {"previous_value": "1e0", "value": "50e0"},
        {"previous_value": "500e0", "value": "400e0"},
        {**leap, "is_exact": "false"},
        {**leap, "is_headline": "true"},
        {**leap, "unit": "'%'"},
    )
    found = tables.check("year_on_year")
    assert (found.level, found.found) == ("warned", 1)
    assert (example(found)["previous_value"], example(found)["value"]) == (30, 6000)
    assert example(found)["fact_id"] == "f" and example(found)["evidence"] == "组织考试3次"
    fallen = tables.write("township_change", {"previous_value": "6000e0", "value": "0e0"}).check("year_on_year")
    assert fallen.level == "warned"


@pytest.mark.parametrize(
    ("total", "unclassified", "level"),
    [(1000, 20, "passed"), (1000, 21, "warned"), (1000, 251, "blocked"), (999, 900, "warned"), (0, 0, "passed")],
)
def test_a_high_share_of_unclassified_numbers_warns_and_a_broken_engine_blocks(
    tables: Tables, total: int, unclassified: int, level: str
) -> None:
    disposition = f"CASE WHEN i < {unclassified} THEN 'unclassified' ELSE 'date' END"
    tables.write("number_mention", {"char_start": "i", "disposition": disposition}, many=f"range({total})")
    found = tables.check("unclassified_share")
    assert found.level == level, str(found)
    if level != "passed":
        assert example(found) == {"unit_raw": "件", "numbers": unclassified, "reports": 1, "first_of_them": "r:0"}


def test_reports_whose_unit_is_not_found_warn_by_their_share(tables: Tables) -> None:
    found = tables.write("worklist_divisions", {}).check("unresolved_units")
    assert (found.level, found.share) == ("warned", 0.5) and example(found)["raw_path"] == "w.txt"


FIVE: Sequence[dict[str, str]] = [
    {"report_year": str(year), "township_code": f"'{code}'"}
    for year, code in ((2022, CHIDIAN), (2022, ANHAI), (2023, CHIDIAN), (2023, ANHAI), (2023, TIANFU))
]


@pytest.mark.parametrize(("kept", "level", "lost"), [(5, "passed", 0), (4, "warned", 1), (3, "warned", 2)])
def test_fewer_reports_than_in_the_last_release_warn(tables: Tables, kept: int, level: str, lost: int) -> None:
    found = tables.write("dim_report", *FIVE).publish().write("dim_report", *FIVE[:kept]).check("coverage")
    assert (found.level, found.found) == (level, lost), str(found)


def test_more_than_half_of_the_reports_gone_blocks_unless_that_is_meant(tables: Tables) -> None:
    gone = [{**row, "status": "'quarantined'"} for row in FIVE[2:]]
    tables.write("dim_report", *FIVE).publish().write("dim_report", *FIVE[:2], *gone)
    found = tables.check("coverage")
    assert found.level == "blocked"
    assert "3 reports lost of 5 (60.0%)" in str(found) and "FAZHI_ALLOW_SHRINKING=1" in str(found)
    assert example(found) == {"report_year": 2023, "counted": "reports", "before": 3, "now": 0, "lost": 3}
    assert tables.check("coverage", allow_shrinking=True).level == "warned"


def test_a_year_that_shrinks_is_named_and_blocks_where_it_had_many_reports(tables: Tables) -> None:
    tables.write("dim_report", *FIVE).publish().write("dim_report", *FIVE[:3])
    found = tables.check("coverage_by_year")
    assert found.level == "warned" and found.worst is not None and found.worst[0].startswith("2023 ")
    limit = BOUNDS.limit("coverage_by_year").model_copy(update={"of_at_least": 3})
    strict = BOUNDS.model_copy(update={"checks": {**BOUNDS.checks, "coverage_by_year": limit}})
    assert tables.check("coverage_by_year", strict).level == "blocked"


@pytest.mark.parametrize("content", [None, b"no database"])
def test_without_a_release_that_can_be_read_there_is_nothing_to_compare_with(
    tables: Tables, content: bytes | None
) -> None:
    if content is not None:
        tables.release.write_bytes(content)
    found = tables.check("coverage")
    assert found.level == "passed" and "nothing to compare" in str(found)


@pytest.mark.parametrize(
    ("sources_on", "fetched", "level"),
    [(True, "2024-03-05", "passed"), (True, "2024-03-04", "warned"), (False, "2020-01-01", "passed")],
)
def test_sources_that_bring_nothing_new_for_half_a_year_warn(
    tables: Tables, sources_on: bool, fetched: str, level: str
) -> None:
    tables.write("dim_report", {"fetched_at": f"TIMESTAMP '{fetched}'", "source_id": "'jinjiang'"})
    found = tables.check("fetched_recently", sources_on=sources_on)
    assert found.level == level, str(found)


@pytest.mark.parametrize(("today", "level"), [(date(2025, 6, 30), "passed"), (date(2025, 7, 1), "warned")])
def test_the_latest_year_is_due_from_july_on(tables: Tables, today: date, level: str) -> None:
    assert tables.check("latest_year", today=today).level == level


# -- bounds --


def test_bounds_and_checks_and_codebook_know_each_other() -> None:
    assert set(BOUNDS.checks) == set(BY_NAME)
    indicators = {indicator.code: indicator.unit for indicator in load_codebook().indicators}
    assert set(BOUNDS.indicators) <= set(indicators), "a bound for an indicator that the codebook does not have"
    assert set(indicators.values()) == set(BOUNDS.units), "each unit of the codebook has a bound, and no other"
    for check in CHECKS:
        asked = set(BOUNDS.limit(check.name).parameters)
        assert all(f"getvariable('{name}')" in check.measure + check.rows for name in asked), check.name


def test_the_page_shows_every_check_and_bound() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == render(BOUNDS), "write docs/checks.md anew: python -m pipelines.report.check_pages"
    names = [*BY_NAME, *BOUNDS.indicators]
    reasons = [bound.reason for part in (BOUNDS.checks, BOUNDS.units, BOUNDS.indicators) for bound in part.values()]
    assert all(f"| `{name}` |" in page for name in names) and all(reason in page for reason in reasons)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("[checks.a]\nwarns = 1", "checks, a, reason: found no such key, allowed a text"),
        ('[checks.a]\nreason = " "\nwarns = 1', "checks, a, reason: found ' ', allowed a text that is not empty"),
        ('[checks.a]\nreason = "x"', "checks, a: found neither warns nor blocks, allowed at least one"),
        ('[checks.a]\nreason = "x"\nwarns = 2\nblocks = 1', "checks, a, warns: found 2, allowed 1 at most"),
        ('[checks.a]\nreason = "x"\nwarns = 2\nof = true', "checks, a, of: found true, allowed a number"),
        ('[units]\n"人" = { most = 0, reason = "x" }', "units, 人, most: found 0, allowed a number greater than 0"),
        ('[units]\n"人" = { most = "many", reason = "x" }', "units, 人, most: found 'many', allowed a number"),
        ('[units]\n"人" = { mots = 1, reason = "x" }', "units, 人, mots: found an unknown key, .*did you mean most"),
        ('[units]\n"人" = { most = inf, reason = "x" }', "units, 人, most: found Infinity, allowed a finite number"),
        ("[other]", "other: found an unknown key, allowed checks, units, indicators"),
        ("[checks", "found a file that cannot be read"),
    ],
)
def test_a_bound_that_is_not_well_formed_is_refused(tmp_path: Path, wrong: str, words: str) -> None:
    path = tmp_path / "bounds.toml"
    head = "".join(f"[{name}]\n" for name in ("checks", "units", "indicators") if f"[{name}" not in wrong)
    path.write_text(head + wrong, encoding="utf-8")
    with pytest.raises(SchemaError, match=words):
        load_bounds(path)


def test_an_answer_is_kept_until_tables_bounds_release_or_day_change(tables: Tables) -> None:
    assert [tables.check("value_ranges").reused for _ in range(2)] == [False, True]
    assert tables.check("value_ranges", today=date(2025, 1, 1)).reused
    assert not tables.check("value_ranges", BOUNDS.model_copy(update={"units": {}})).reused
    days = (DAY, DAY, date(2024, 9, 2))
    assert [tables.check("latest_year", today=day).reused for day in days] == [False, True, False]
    assert [tables.check("coverage").reused for _ in range(2)] == [False, True]
    tables.publish()
    assert not tables.check("coverage").reused
    changed = tables.write("fact_indicator", {"value": "900e0"}).check("value_ranges")
    assert not changed.reused and changed.level == "warned"
    again = tables.check("value_ranges")
    assert again.reused and again.examples == changed.examples


# -- in a run --


def test_every_check_stands_at_its_table_and_the_release_waits_for_those_that_block() -> None:
    graph = defs.resolve_asset_graph()
    steps = defs.resolve_job_def(JOB_NAME).graph.dependency_structure
    awaited: set[str] = set()
    waiting = ["release"]
    while waiting:
        outputs = steps.all_upstream_outputs_from_node(waiting.pop())
        new = {output.node_name for output in outputs} - awaited
        awaited |= new
        waiting += new
    for check in CHECKS:
        spec = graph.get_check_spec(dg.AssetCheckKey(dg.AssetKey(check.table), check.name))
        limit = BOUNDS.limit(check.name)
        assert spec.blocking is (limit.blocks is not None)
        assert not spec.blocking or f"{check.table}_checks" in awaited, check.name
        assert check.zh in (spec.description or "") and limit.reason in (spec.description or "")


def test_a_check_that_blocks_leaves_the_last_release_as_it_was(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    @dg.asset(name="dim_report")
    def stands_already() -> None:
        return None

    @dg.asset(deps=["dim_report"])
    def release() -> None:
        tables.publish("R2")

    key = dg.AssetKey("dim_report")
    steps = [step for step in table_checks() if {check.asset_key for check in step.check_keys} == {key}]
    job = dg.Definitions(
        assets=[stands_already, release],
        asset_checks=steps,
        jobs=[dg.define_asset_job("all")],
        resources={"workspace": Workspace()},
    ).resolve_job_def("all")

    def run() -> tuple[bool, dg.AssetCheckEvaluation]:
        config = run_config(str(tables.folder / "raw"), str(tables.folder))
        done = job.execute_in_process(run_config=config, raise_on_error=False)
        (coverage,) = [check for check in done.get_asset_check_evaluations() if check.check_name == "coverage"]
        return done.success, coverage

    before = tables.write("dim_report", *FIVE).publish().write("dim_report", *FIVE[:2]).release.read_bytes()
    succeeded, coverage = run()
    assert not succeeded and tables.release.read_bytes() == before
    assert not coverage.passed and coverage.severity == dg.AssetCheckSeverity.ERROR
    assert "3 reports lost of 5" in (coverage.description or "") and coverage.metadata["found"].value == 3
    assert "| 2023 | reports | 3 | 0 | 3 |" in coverage.metadata["examples"].value
    monkeypatch.setenv("FAZHI_ALLOW_SHRINKING", "1")
    succeeded, coverage = run()
    assert succeeded and tables.release.read_bytes() != before
    assert not coverage.passed and coverage.severity == dg.AssetCheckSeverity.WARN
