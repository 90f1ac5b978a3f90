"""What is odd warns, what must hold blocks: each check on tables that break it, and the files under `sql/checks`.

The tables are written by hand, with the columns that the checks read: building them takes seconds, and one test holds
the SQL of every check against the tables as `sql/` defines them.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
from warehouse_fixtures import Report, Warehouse, say

from pipelines.assets.automation import JOB_NAME
from pipelines.assets.checks import table_checks
from pipelines.assets.workspace import Workspace, run_config
from pipelines.build.ledger import Ledger
from pipelines.build.toml_file import SchemaError
from pipelines.codebook.load import load_codebook
from pipelines.definitions import defs
from pipelines.paths import PROJECT_ROOT
from pipelines.report.check_pages import check_tables
from pipelines.warehouse.ceilings import CHECKS_DIR, load_ceilings
from pipelines.warehouse.check_results import CheckResult
from pipelines.warehouse.check_runner import CheckError, Situation, check_sql, run_checks
from pipelines.warehouse.checks import LAST_COVERAGE, Bound, Check, bound_checks, load_checks
from pipelines.warehouse.kept_tables import project_tables
from pipelines.warehouse.table_parts import table_files

CEILINGS = load_ceilings()
CHECKS = bound_checks()
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
        "evidence": "'组织考试3次'", "implausible": "false",
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

    def check(self, check: str | Check, **situation: Any) -> CheckResult:
        asked = BY_NAME[check] if isinstance(check, str) else check
        situation = {"today": DAY, "release_path": self.release, **situation}
        ledger = Ledger(self.folder / "ledger.sqlite")
        (found,) = run_checks([asked], self.folder / "tables", ledger, Situation(**situation))
        return found


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    """Tables in which there is nothing odd."""
    plain = Tables(tmp_path)
    for name in COLUMNS:
        plain.write(name, {}, many="range(0)" if name == "worklist_divisions" else "range(1)")
    return plain


def example(found: CheckResult, position: int = 0) -> dict[str, Any]:
    return dict(zip(found.columns, found.examples[position], strict=True))


@pytest.mark.parametrize("name", BY_NAME)
def test_tables_without_anything_odd_pass(tables: Tables, name: str) -> None:
    found = tables.check(name, sources_on=True)
    assert found.level == "passed" and found.examples == (), str(found)


SPECS = project_tables().specs


def test_the_sql_of_each_check_fits_the_tables_and_names_what_it_reads() -> None:
    check_sql(load_checks(), SPECS)
    for check in load_checks():
        sql = "".join([check.rows, check.measure, *check.views.values()])
        named = {name for name in (*SPECS, LAST_COVERAGE) if f" {name} AS" in sql}
        assert check.group or named == set(check.reads) - ({"fact_indicator"} - named), check.name


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rows": "SELECT f.nothing FROM fact_indicator AS f"}, r"values_not_negative\.sql: found SQL .*nothing"),
        ({"order": "size"}, r"values_not_negative\.sql: found SQL that DuckDB refuses .*size"),
        ({"rows": "SELECT 1 AS value", "order": "ALL"}, r"values_not_negative\.sql: found rows without fact_id"),
        ({"measure": "SELECT f.none FROM fact_indicator AS f"}, r"values_not_negative\.measure\.sql: found SQL .*none"),
        ({"measure": "SELECT 1 AS n"}, r"measure\.sql: found the columns n, allowed scope, value, whole"),
    ],
)
def test_sql_that_does_not_fit_the_tables_is_one_line(change: dict[str, str], words: str) -> None:
    with pytest.raises(SchemaError, match=words) as refusal:
        check_sql([replace(BY_NAME["values_not_negative"], **change)], SPECS)
    assert "\n" not in str(refusal.value)


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
    assert (second["fact_id"], second["most"]) == ("b", CEILINGS.indicators["exam_sessions"].most)


def test_an_indicator_without_a_bound_of_its_own_has_that_of_its_unit(tables: Tables) -> None:
    assert "laws_studied" not in CEILINGS.indicators
    tables.write("fact_indicator", {"metric_code": "'laws_studied'", "value": "301e0", "unit": "'部'"})
    found = tables.check("value_ranges")
    assert found.level == "warned" and example(found)["most"] == CEILINGS.units["部"].most


@pytest.mark.parametrize("wrong", [{"value": "-3e0"}, {"value_low": "-1e0"}, {"value": "'inf'::DOUBLE"}])
def test_a_figure_below_zero_or_without_end_blocks(tables: Tables, wrong: dict[str, str]) -> None:
    found = tables.write("fact_indicator", {}, wrong).check("values_not_negative")
    assert (found.level, found.found) == ("blocked", 1) and example(found)["evidence"] == "组织考试3次"


def test_a_rate_above_100_warns_where_a_report_states_it_and_blocks_where_no_confirmed_one_is(tables: Tables) -> None:
    rate = {"metric_code": "'exam_pass_rate'", "unit": "'%'", "value": "103e0"}
    tables.write("fact_indicator", {**rate, "implausible": "true"}).write("township_metric", rate)
    assert tables.check("rates_in_marts").level == "blocked"
    tables.write("fact_indicator", {**rate, "evidence": "'合格率103%'"}).write("township_metric", rate)
    source = tables.check("rates_in_source")
    assert source.level == "warned" and example(source)["evidence"] == "合格率103%"
    assert tables.check("rates_in_marts").level == tables.check("value_ranges").level == "passed"
    found = tables.write("township_metric", {**rate, "township_code": f"'{ANHAI}'"}).check("rates_in_marts")
    assert found.level == "blocked" and example(found)["township_code"] == ANHAI


def test_a_value_outside_its_bounds_warns_and_one_without_bounds_does_not(tables: Tables) -> None:
    tables.write("fact_indicator", {"value_low": "NULL::DOUBLE", "value_high": "NULL::DOUBLE"}, {"value_low": "2e0"})
    assert tables.check("bounds_hold_value").level == "passed"
    unknown = "NULL::DOUBLE"
    wrong = ({"value_low": "4e0"}, {"value_high": "2e0"}, {"value_low": unknown, "value_high": "2e0"})
    for bounds in (*wrong, {"value_low": "4e0", "value_high": unknown}):
        found = tables.write("fact_indicator", bounds).check("bounds_hold_value")
        assert found.level == "warned" and example(found)["evidence"] == "组织考试3次"


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
    [(1000, 20, "passed"), (1000, 21, "warned"), (1000, 1000, "warned"), (0, 0, "passed")],
)
def test_a_high_share_of_unclassified_numbers_warns(tables: Tables, total: int, unclassified: int, level: str) -> None:
    disposition = f"CASE WHEN i < {unclassified} THEN 'unclassified' ELSE 'date' END"
    tables.write("number_mention", {"char_start": "i", "disposition": disposition}, many=f"range({total})")
    found = tables.check("unclassified_share")
    assert found.level == level, str(found)
    if level != "passed":
        assert example(found) == {"unit_raw": "件", "numbers": unclassified, "reports": 1, "first_of_them": "r:0"}


@pytest.mark.parametrize(
    ("reports", "bad", "numbers", "unclassified", "level"),
    [
        (100, 26, 40, 11, "blocked"),  # a broken engine
        (100, 25, 40, 11, "warned"),
        (100, 100, 40, 10, "passed"),  # a quarter in each, and no more
        (100, 100, 9, 9, "passed"),  # too few to judge a report by
        (19, 19, 40, 40, "warned"),  # too few reports to judge the engine by
        (100, 1, 100_000, 100_000, "passed"),  # one report counts once, whatever it holds
    ],
)
def test_unclassified_numbers_block_by_the_reports_that_have_too_many(
    tables: Tables, reports: int, bad: int, numbers: int, unclassified: int, level: str
) -> None:
    tables.write("dim_report", {"report_id": "'r' || i"}, many=f"range({reports})")
    strange = f"SELECT r.range AS report, n.range AS number FROM range({bad}) AS r, range({numbers}) AS n"
    plain = f"SELECT r.range, n.range FROM range({bad}, {reports}) AS r, range(40) AS n"
    of_all = f"(SELECT struct_pack(report, number) FROM ({strange} UNION ALL {plain}) AS c(report, number))"
    disposition = f"CASE WHEN i.report < {bad} AND i.number < {unclassified} THEN 'unclassified' ELSE 'date' END"
    row = {"report_id": "'r' || i.report", "char_start": "i.number", "disposition": disposition}
    found = tables.write("number_mention", row, many=of_all).check("unclassified_reports")
    assert found.level == level, str(found)
    if level == "blocked":
        assert example(found)["unclassified"] == unclassified and example(found)["numbers"] == numbers


def test_numbers_of_texts_in_quarantine_block_no_release(tables: Tables) -> None:
    tables.write(
        "number_mention",
        {"report_id": "'r' || i // 40", "char_start": "i % 40", "disposition": "'unclassified'"},
        many="range(4000)",
    )
    tables.write("dim_report", {"report_id": "'r' || i"}, many="range(100)")
    assert tables.check("unclassified_reports").level == "blocked"
    tables.write("dim_report", {"report_id": "'r' || i", "status": "'quarantined'"}, many="range(100)")
    assert tables.check("unclassified_share").level == tables.check("unclassified_reports").level == "passed"


@pytest.mark.parametrize("is_read_whole", [False, True])
@pytest.mark.parametrize(
    ("wrong", "fewest", "most"),
    [("false", 0, 0), ("i = 99", 1, 1), ("i < 100", 100, 100), ("i >= 100", 700, 1200)],
)
def test_offsets_far_in_a_text_are_held_against_it_by_sample(
    wrong: str, fewest: int, most: int, is_read_whole: bool
) -> None:
    rules = {rule.name: rule for rule in load_checks()}
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE report_text AS SELECT 'r' AS report_id, repeat('1234567890', 30000) || i AS text "
            f"FROM range(1000) AS n(i) WHERE (hash(text) % 100 = 0) = {is_read_whole} LIMIT 1"
        )
        con.execute(
            "CREATE TABLE number_mention AS SELECT 'r' AS report_id, i * 10 AS char_start, i * 10 + 1 AS char_end, "
            f"CASE WHEN {wrong} THEN '9' ELSE '1' END AS text FROM range(30000) AS n(i)"
        )
        con.execute(
            "CREATE TABLE fact_indicator AS SELECT report_id || char_start AS fact_id, * RENAME (text AS evidence) "
            "FROM number_mention"
        )
        if is_read_whole:
            ((fewest,),) = con.execute("SELECT count(*) FROM number_mention WHERE text = '9'").fetchall()
            most = fewest
        for name in ("mention_matches_text", "evidence_matches_text"):
            con.execute(f"CREATE OR REPLACE VIEW held_text AS {rules[name].views['held_text']}")
            assert fewest <= len(con.execute(rules[name].rows).fetchall()) <= most


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
    check = BY_NAME["coverage_by_year"]
    strict = replace(check, bound=check.bound.model_copy(update={"of_at_least": 3}))
    assert tables.check(strict).level == "blocked"


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


@pytest.mark.parametrize(("year", "words"), [(2025, "1 year behind, "), (2026, "2 years behind, ")])
def test_the_unit_of_a_check_fits_its_number(tables: Tables, year: int, words: str) -> None:
    assert str(tables.check("latest_year", today=date(year, 7, 1))).startswith(words)


# -- bounds --


def test_ceilings_and_codebook_know_each_other() -> None:
    indicators = {indicator.code: indicator.unit for indicator in load_codebook().indicators}
    assert set(CEILINGS.indicators) <= set(indicators), "a bound for an indicator that the codebook does not have"
    assert set(indicators.values()) == set(CEILINGS.units), "each unit of the codebook has a bound, and no other"


def test_the_page_shows_every_check_and_bound() -> None:
    page = (PROJECT_ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    assert check_tables() in page, "docs/checks.md is stale; run make docs"
    names = [*(check.name for check in load_checks()), *CEILINGS.indicators]
    reasons = [ceiling.reason for part in (CEILINGS.units, CEILINGS.indicators) for ceiling in part.values()]
    reasons += [check.bound.reason for check in CHECKS]
    assert all(f"| `{name}` |" in page for name in names) and all(reason in page for reason in reasons)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of `sql/checks` that a test may spoil."""
    return shutil.copytree(CHECKS_DIR, tmp_path / "checks")


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("coverage.toml", "warns = 0.02", "warns = 0.6", "coverage.toml, bound, warns: found 0.6, allowed 0.5 at most"),
        ("coverage.toml", "warns =", "warn =", "bound, warn: found an unknown key, .*did you mean warns"),
        ("coverage.toml", "[bound]", "[bounds]", "coverage.toml, bounds: found an unknown key"),
        ("coverage.toml", "warns = 0.02", 'warns = "2%"', "bound, warns: found '2%', allowed a number"),
        (
            "coverage.toml",
            'kind = "bound"',
            'kind = "bond"',
            "kind: found 'bond', allowed 'rule' or 'bound'",
        ),
        (
            "coverage.toml",
            'kind = "bound"',
            'kind = "rule"',
            "bound: found a table, allowed no such key",
        ),
        (
            "coverage.toml",
            'table = "dim_report"',
            'table = "dim_repot"',
            "table: found 'dim_repot', allowed a table",
        ),
        ("coverage.toml", 'zh = "', 'ch = "', "coverage.toml, ch: found an unknown key"),
        ("latest_year.toml", 'one = "year behind", ', "", "unit, one: found no such key"),
        ("latest_year.toml", "warns = 0", "", "bound: found neither warns nor blocks"),
        ("latest_year.toml", "reason =", "because =", "because: found an unknown key"),
        ("latest_year.toml", "from_month", "month", "bound, parameters, from_month: found no such key"),
        ("latest_year.toml", "= 7 }", "= 7, day = 1 }", "bound, parameters, day: found a number that the SQL does not"),
        (
            "one_canonical.toml",
            'kind = "rule"',
            "",
            "kind: found no such key, allowed 'rule' or",
        ),
        ("one_canonical.sql", "SELECT", "SELEKT", "one_canonical.sql: found SQL that DuckDB refuses .*syntax error"),
        ("one_canonical.sql", "dim_report", "dim_reports", "one_canonical.sql: found a query that reads dim_reports"),
        ("one_canonical.sql", "SELECT", "SELECT getvariable('today'), ", "kind: found 'rule' and SQL with today"),
        ("ceilings.toml", "most = 5_000,", "most = 0,", "units, 人, most: found 0, allowed a number greater than 0"),
        ("ceilings.toml", "most = 5_000,", 'most = "many",', "units, 人, most: found 'many', allowed a number"),
        (
            "ceilings.toml",
            "implausible_times = 10",
            "implausible_times = 0.5",
            "implausible_times: found 0.5, allowed a number greater than or equal to 1",
        ),
        (
            "ceilings.toml",
            "implausible_above = 100",
            "implausible_above = 99",
            "units, %, implausible_above: found 99, allowed 100 or more, which is most",
        ),
        ("ceilings.toml", "[units]", "[unit]", "ceilings.toml, unit: found an unknown key, .*did you mean units"),
        ("ceilings.toml", "[units]", "[units", "ceilings.toml: found a file that cannot be read"),
        ("shared/leap.sql", "FROM", "FORM", "shared/leap.sql: found SQL that DuckDB refuses"),
    ],
)
def test_a_broken_file_is_one_line(folder: Path, file: str, old: str, new: str, words: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SchemaError, match=words) as refusal:
        load_checks(folder)
    assert "\n" not in str(refusal.value) and str(folder) in str(refusal.value)


def test_sql_and_toml_belong_together(folder: Path) -> None:
    (folder / "one_canonical.sql").unlink()
    with pytest.raises(SchemaError, match=r"one_canonical.sql: found no such file"):
        load_checks(folder)
    (folder / "one_canonical.toml").rename(folder / "dim_report_key.toml")
    with pytest.raises(SchemaError, match=r"dim_report_key.toml: found the name of a rule that follows"):
        load_checks(folder)


def test_sql_that_fails_on_the_tables_names_its_file(tables: Tables) -> None:
    broken = replace(BY_NAME["values_not_negative"], rows="SELECT f.nothing FROM fact_indicator AS f")
    with pytest.raises(CheckError, match=r"values_not_negative cannot be run: .*nothing.*values_not_negative\.sql"):
        tables.check(broken)


def test_an_answer_is_kept_until_tables_bounds_release_or_day_change(tables: Tables) -> None:
    assert [tables.check("value_ranges").reused for _ in range(2)] == [False, True]
    assert tables.check("value_ranges", today=date(2025, 1, 1)).reused
    assert not tables.check(replace(BY_NAME["value_ranges"], views={"ceiling": CEILINGS.sql + " WHERE true"})).reused
    days = (DAY, DAY, date(2024, 9, 2))
    assert [tables.check("latest_year", today=day).reused for day in days] == [False, True, False]
    assert [tables.check("coverage").reused for _ in range(2)] == [False, True]
    tables.publish()
    assert not tables.check("coverage").reused
    changed = tables.write("fact_indicator", {"value": "900e0"}).check("value_ranges")
    assert not changed.reused and changed.level == "warned"
    again = tables.check("value_ranges")
    assert again.reused and again.examples == changed.examples


def test_a_check_by_part_finds_what_it_finds_on_whole_tables(tmp_path: Path) -> None:
    reports = [
        Report(f"{n}.txt", CHIDIAN, 2000 + n, [say("exam_sessions", f"测试{{{n}}}次。", n)]) for n in range(1, 20)
    ]
    warehouse = Warehouse(tmp_path, reports)
    warehouse.build(wanted=["fact_indicator"])
    assert len(table_files(warehouse.tables_dir, "fact_indicator")) > 4

    def both(check: Check) -> list[CheckResult]:
        checks = [check, replace(check, name="by_part", by_part=True)]
        return run_checks(checks, warehouse.tables_dir, Ledger(tmp_path / "ledger.sqlite"))

    rows = "SELECT f.fact_id, f.value FROM fact_indicator AS f WHERE f.value > 3"
    bound = Bound(warns=0, reason="for a test")
    whole, by_part = both(replace(BY_NAME["values_not_negative"], rows=rows, order="value DESC", bound=bound))
    assert whole.found == by_part.found == 16 and whole.examples == by_part.examples
    assert [value for _, value, _ in by_part.examples] == list(range(19, 9, -1))
    assert example(by_part)["evidence"] == "测试19次"
    share = "SELECT 'all' AS scope, count(*) FILTER (f.value > 3) AS value, count(*) AS whole FROM fact_indicator AS f"
    whole, by_part = both(replace(whole.check, measure=share))
    assert whole.worst == by_part.worst == ("all", 16, 19)


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
        assert spec.blocking is (check.bound.blocks is not None)
        assert not spec.blocking or f"{check.table}_checks" in awaited, check.name
        assert check.zh in (spec.description or "") and check.bound.reason in (spec.description or "")


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
