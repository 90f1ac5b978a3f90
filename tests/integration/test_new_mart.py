"""Adding a mart or a check is two files: in a copy of the project both are added, and then everything knows them.

In the same copy SQL and descriptions are broken, to see on the command line what a person sees.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.paths import PROJECT_ROOT

REPORT = """象山县石浦镇人民政府关于{year}年度法治政府建设情况的报告

{year}年,石浦镇党委政府认真履行法治建设职责。镇党委理论学习中心组全年集体学法6次,开展普法宣传活动{events}场次。
"""
MART_SQL = """\
-- One row a year for which any unit reports.
SELECT
    m.report_year,
    count(DISTINCT m.township_code) AS n_reporting,
    sum(m.value) FILTER (WHERE m.metric_code = 'trainings_held') AS trainings
FROM township_metric AS m
GROUP BY m.report_year
ORDER BY m.report_year
"""
MART_TOML = """\
en = "How many units report on a year, and the trainings that they held."
zh = "每年报告的单位数及其培训场次。"
grain = "a year for which any unit reports"
key = ["report_year"]
export.formats = ["parquet", "csv"]

[columns]
trainings = { zh = "培训场次", en = "Law study sessions and trainings that the units of the year state." }
"""
EVENTS = """
SELECT f.fact_id, f.metric_code, f.value
FROM fact_indicator AS f
WHERE f.metric_code = 'publicity_events' AND f.value > getvariable('many')
"""
EVENTS_TEXT = """
kind = "bound"
table = "fact_indicator"
en = "no township holds many events"
zh = "活动过多"
order = "value DESC"
evidence = true

[bound]
warns = 0
parameters = { many = 8 }
reason = "A test wants it so."
"""
YEARS = "SELECT d.report_id, d.report_year FROM dim_report AS d WHERE d.report_year < 2020\n"
YEARS_TEXT = """
kind = "rule"
table = "dim_report"
en = "no report is older than 2020"
zh = "没有2020年以前的报告"
by_part = true
"""
ADDED = {
    "sql/marts/reporting_year.sql": MART_SQL,
    "sql/marts/reporting_year.toml": MART_TOML,
    "sql/checks/many_events.sql": EVENTS,
    "sql/checks/many_events.toml": EVENTS_TEXT,
    "sql/checks/years_are_recent.sql": YEARS,
    "sql/checks/years_are_recent.toml": YEARS_TEXT,
}
# What Dagster and the pages show: the new mart, the checks of the definitions, and what the last run found.
SHOWN = """
import json, sys
from pathlib import Path
import dagster as dg
from cogapp import Cog
from pipelines.assets.dagster_home import open_instance
from pipelines.definitions import defs
from pipelines.paths import SQL_DIR
from pipelines.report.table_pages import table_sections
from pipelines.warehouse.model import load_specs

Path("tables.md").write_text(table_sections(load_specs(SQL_DIR)), encoding="utf-8")
assert Cog().main(["cog", "-r", "docs/checks.md"]) == 0
graph = defs.resolve_asset_graph()
node = graph.get(dg.AssetKey("reporting_year"))
parents = lambda name: sorted(key.to_user_string() for key in graph.get(dg.AssetKey(name)).parent_keys)
own = [key.name for key in graph.asset_check_keys if key.asset_key == node.key]
mart = [node.group_name, parents("reporting_year"), parents("release"), own, node.description]
keys = {key: graph.get_check_spec(key) for key in graph.asset_check_keys}
found = {}
with open_instance(Path(sys.argv[1])) as instance:
    records = instance.event_log_storage.get_latest_asset_check_execution_by_key(list(keys))
    for key, record in records.items():
        event = record.event.dagster_event.event_specific_data if record.event else None
        metadata = {name: value.value for name, value in event.metadata.items()} if event else {}
        passed, text = (event.passed, event.description) if event else (None, "")
        spec = keys[key]
        found[key.to_user_string()] = [spec.blocking, spec.description, passed, text, metadata.get("examples")]
print(json.dumps([mart, found]))
"""
# Runs with a file of the project broken, one after the other: each is a fork of a process that has loaded the libraries
# and nothing of what is broken. Prints the exit code, the output and the errors of each.
BROKEN = """
import json, os, sys
import dagster, pipelines.stage.facts, pipelines.warehouse.model, pipelines.warehouse.written_files
from pipelines.cli.commands import main

assert not {"pipelines.definitions", "pipelines.assets.alerts"} & sys.modules.keys()  # they read what is broken
ended = []
for name, content, warehouse in json.load(sys.stdin):
    whole = open(name, encoding="utf-8").read()
    with open(name, "w", encoding="utf-8") as file:
        file.write(content)
    try:
        child = os.fork()
        if not child:
            for stream, printed in ((1, "printed.txt"), (2, "errors.txt")):
                os.dup2(os.open(printed, os.O_CREAT | os.O_TRUNC | os.O_WRONLY), stream)
            code = 1
            try:
                code = main(["run", "--warehouse", warehouse])
            except SystemExit as left:
                code = left.code
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code or 0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    finally:
        with open(name, "w", encoding="utf-8") as file:
            file.write(whole)
    ended.append([code, *(open(printed, encoding="utf-8").read() for printed in ("printed.txt", "errors.txt"))])
print(json.dumps(ended))
"""


@dataclass(frozen=True)
class Project:
    """A copy of the project, with reports and a warehouse in it."""

    folder: Path

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse"

    def report(self, year: int, events: int) -> Path:
        """A new report in the raw folder."""
        path = self.folder / "reports" / f"{year}.txt"
        path.write_text(REPORT.format(year=year, events=events), encoding="utf-8")
        return path

    def python(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Python in the copy, which takes its modules from there."""
        env = {name: value for name, value in os.environ.items() if not name.startswith(("FAZHI", "DAGSTER"))}
        env |= {"PYTHONPATH": str(self.folder), "FAZHI_EXPORTS": "parquet,csv", "FAZHI_RAW": "reports"}
        return subprocess.run(
            [sys.executable, *arguments], env=env, cwd=self.folder, capture_output=True, text=True, input=given
        )

    def run(self) -> subprocess.CompletedProcess[str]:
        return self.python("-m", "pipelines", "run", "--quiet")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The copy, with what is ADDED as its only change, and an empty raw folder.

    Compiled modules come along: Python knows by the times of the sources that they are still good.
    """
    copy = tmp_path_factory.mktemp("project") / "fazhi"
    for name in ("pipelines", "sql", "raw/reference"):
        shutil.copytree(PROJECT_ROOT / name, copy / name)
    (copy / "docs").mkdir()
    for name in ("pyproject.toml", "raw/sources.toml", "docs/checks.md"):
        shutil.copy(PROJECT_ROOT / name, copy / name)
    for name, content in ADDED.items():
        (copy / name).write_text(content, encoding="utf-8")
    (copy / "reports").mkdir()
    return Project(copy)


@pytest.fixture(scope="module")
def releases(project: Project) -> list[str]:
    """The ids of two releases; for the second a report of another year came in."""
    found = []
    for year, events in ((2023, 9), (2022, 7)):
        project.report(year, events)
        done = project.run()
        assert done.returncode == 0, done.stderr
        with duckdb.connect(str(project.warehouse / "fazhi.duckdb"), read_only=True) as con:
            found += con.sql("SELECT release_id FROM release").fetchall()
    return [release for (release,) in found]


@pytest.fixture(scope="module")
def shown(project: Project, releases: list[str]) -> tuple[list[Any], dict[str, list[Any]]]:
    """Of the mart its group, parents, the parents of the release, its checks and description; and the checks.

    By check: whether it blocks, its description, whether it passed, what it said, its examples.
    """
    done = project.python("-c", SHOWN, str(project.warehouse / ".dagster"))
    assert done.returncode == 0, done.stderr
    mart, checks = json.loads(done.stdout.splitlines()[-1])
    return mart, checks


def test_the_release_holds_the_mart_with_its_descriptions(project: Project, releases: list[str]) -> None:
    with duckdb.connect(str(project.warehouse / "fazhi.duckdb"), read_only=True) as con:
        assert con.sql("FROM reporting_year").fetchall() == [(2022, 1, 6.0), (2023, 1, 6.0)]
        (comment,) = con.sql("SELECT comment FROM duckdb_tables() WHERE table_name = 'reporting_year'").fetchall()[0]
        assert comment.startswith("How many units report on a year")
        columns = con.sql("SELECT comment FROM duckdb_columns() WHERE table_name = 'reporting_year'").fetchall()
        assert "培训场次. Law study" in columns[2][0] and all(text for (text,) in columns)
        assert con.sql("SELECT n_rows FROM release_table WHERE table_name = 'reporting_year'").fetchall() == [(2,)]
        assert not con.sql("SELECT 1 FROM release_table WHERE table_name = 'area_figure'").fetchall()  # publish = false


def test_the_exports_hold_the_mart(project: Project, releases: list[str]) -> None:
    folder = project.warehouse / "exports"
    assert duckdb.sql(f"SELECT n_reporting FROM '{folder}/parquet/reporting_year.parquet'").fetchall() == [(1,), (1,)]
    head, *lines = (folder / "csv/reporting_year.csv").read_text(encoding="utf-8-sig").splitlines()
    assert head == "report_year,n_reporting,trainings" and len(lines) == 2
    resources = {one["path"]: one for one in json.loads((folder / "datapackage.json").read_text())["resources"]}
    described = resources["csv/reporting_year.csv"]
    assert described["description"] == "How many units report on a year, and the trainings that they held."
    assert described["schema"]["primaryKey"] == ["report_year"]
    assert [field["title"] for field in described["schema"]["fields"]] == ["报告年度", "报告单位数", "培训场次"]
    assert "parquet/reporting_year.parquet" in resources


def test_the_difference_of_two_releases_explains_the_mart(project: Project, releases: list[str]) -> None:
    done = project.python("-m", "pipelines", "diff", *releases, "--table", "reporting_year", "--format", "json")
    assert done.returncode == 0, done.stderr
    (table,) = json.loads(done.stdout)["tables"]
    assert (table["table"], table["added"], table["changed"], table["removed"]) == ("reporting_year", 1, 0, 0)
    assert table["by_cause"] == {"new_source": 1}


def test_dagster_and_the_docs_know_the_mart(project: Project, shown: tuple[list[Any], dict[str, list[Any]]]) -> None:
    group, parents, read_by_release, checks, description = shown[0]
    assert (group, parents) == ("marts", ["township_metric"])
    assert "reporting_year" in read_by_release and checks == ["keeps_its_rules"]
    assert description.startswith("How many units report on a year")
    page = (project.folder / "tables.md").read_text(encoding="utf-8")
    assert "\n## reporting_year\n" in page and "Made by `sql/marts/reporting_year.sql` from `township_metric`" in page
    assert "| `trainings` | 培训场次 | DOUBLE | Law study sessions" in page


def test_an_added_check_is_run_and_shown(project: Project, shown: tuple[list[Any], dict[str, list[Any]]]) -> None:
    blocks, description, passed, words, examples = shown[1]["fact_indicator:many_events"]
    assert not blocks and description == "活动过多. no township holds many events. A test wants it so."
    assert not passed and str(words).startswith("1 row, warns above 0; expected: no township holds many events")
    assert "publicity_events | 9.0 |" in str(examples) and "开展普法宣传活动9场次" in str(examples)
    assert shown[1]["release:years_are_recent"][1:4] == ["no report is older than 2020", True, "all rules hold (1)"]
    blocks, description, passed, *_ = shown[1]["dim_report:keeps_its_rules"]
    assert blocks and passed and "no report is older than 2020" in str(description)
    page = (project.folder / "docs" / "checks.md").read_text(encoding="utf-8")
    assert (
        "| `many_events` | 活动过多 | `fact_indicator` | no township holds many events | warns above 0 (rows); " in page
    )
    assert "| `years_are_recent` | 没有2020年以前的报告 | `dim_report` | no report is older than 2020 |" in page


def test_an_added_rule_that_is_broken_keeps_the_last_release(
    project: Project, shown: tuple[list[Any], dict[str, list[Any]]]
) -> None:
    release = (project.warehouse / "fazhi.duckdb").read_bytes()
    old = project.report(2016, 3)
    blocked = project.run()
    old.unlink()
    assert blocked.returncode == 1
    assert (
        "years_are_recent: 1 found (" in blocked.stderr and "expected: no report is older than 2020" in blocked.stderr
    )
    assert (project.warehouse / "fazhi.duckdb").read_bytes() == release


def test_a_broken_file_stops_the_run_before_anything_is_built(project: Project) -> None:
    mart, coverage, canonical = (
        f"sql/{name}" for name in ("marts/reporting_year.sql", "checks/coverage.toml", "checks/one_canonical.sql")
    )
    cases = (
        (mart, MART_SQL, "SELECT m.report_year FROM", f"{mart}: found SQL that cannot be parsed"),
        (mart, MART_SQL, "SELECT m.report_year FROM shoes AS m", f"{mart}: found table shoes, allowed"),
        (mart, "m.value", "m.shoe", f"{mart}: found SQL that DuckDB refuses"),
        (mart, "township_metric", "reporting_year", "found tables that read each other in a circle"),
        (mart, "AS trainings", "AS lessons", "reporting_year.toml, columns: found no entry lessons"),
        (coverage, "warns = 0.02", "warns = 0.7", "coverage.toml, bound, warns: found 0.7, allowed 0.5 at most"),
        (coverage, "zh =", "cn =", "coverage.toml, cn: found an unknown key, allowed kind, table, en, zh, "),
        (
            canonical,
            "d.township_code",
            "d.town",
            "one_canonical.sql: found SQL that DuckDB refuses (Binder Error: ",
        ),
        (
            canonical,
            "FROM",
            "FORM",
            "one_canonical.sql: found SQL that DuckDB refuses (Parser Error: syntax error at or near",
        ),
    )
    tried = []
    for name, old, new, _ in cases:
        whole = (project.folder / name).read_text(encoding="utf-8")
        assert old in whole
        tried.append((name, whole.replace(old, new), str(project.folder / "other")))
    done = project.python("-c", BROKEN, given=json.dumps(tried))
    assert done.returncode == 0, done.stderr
    for (_, _, _, words), (code, printed, errors) in zip(cases, json.loads(done.stdout), strict=True):
        assert (code, printed) == (2, ""), errors
        assert words in errors and len(errors.splitlines()) == 1, errors
    built = [path for kind in ("*.parquet", "*.duckdb") for path in (project.folder / "other").rglob(kind)]
    assert (
        not built and not (project.folder / "other/stage").exists() and not (project.folder / "other/tables").exists()
    )
