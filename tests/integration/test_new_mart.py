"""Adding a mart is two files: in a copy of the project a mart is added, and then everything knows it.

In the same copy SQL is broken, to see on the command line what a person sees.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines.paths import PROJECT_ROOT

REPORT = """象山县石浦镇人民政府关于{year}年度法治政府建设情况的报告

{year}年,石浦镇党委政府认真履行法治建设职责。镇党委理论学习中心组全年集体学法{sessions}次,开展普法宣传活动9场次。
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


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, with the mart `reporting_year` as its only change, and a raw folder with one report."""
    copy = tmp_path_factory.mktemp("project") / "fazhi"
    for name in ("pipelines", "sql", "raw/reference"):
        shutil.copytree(PROJECT_ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "raw/sources.toml"):
        shutil.copy(PROJECT_ROOT / name, copy / name)
    (copy / "sql/marts/reporting_year.sql").write_text(MART_SQL, encoding="utf-8")
    (copy / "sql/marts/reporting_year.toml").write_text(MART_TOML, encoding="utf-8")
    (copy / "reports").mkdir()
    (copy / "reports/a.txt").write_text(REPORT.format(year=2023, sessions=6), encoding="utf-8")
    return copy


def python(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python in the copy, which takes its modules from there."""
    env = {**os.environ, "FAZHI_RAW": str(project / "reports"), "FAZHI_WAREHOUSE": str(project / "wh")}
    env |= {"PYTHONPATH": str(project), "FAZHI_EXPORTS": "parquet,csv"}
    env.pop("DAGSTER_HOME", None)
    return subprocess.run([sys.executable, *arguments], env=env, cwd=project, capture_output=True, text=True)


@pytest.fixture(scope="module")
def releases(project: Path) -> list[str]:
    """The ids of two releases; for the second a report of another year came in."""
    found = []
    for name, year in (("a.txt", 2023), ("b.txt", 2022)):
        (project / "reports" / name).write_text(REPORT.format(year=year, sessions=6), encoding="utf-8")
        done = python(project, "-m", "pipelines", "run", "--quiet")
        assert done.returncode == 0, done.stderr
        with duckdb.connect(str(project / "wh/fazhi.duckdb"), read_only=True) as con:
            found += con.sql("SELECT release_id FROM release").fetchall()
    return [release for (release,) in found]


def test_the_release_holds_it_with_its_descriptions(project: Path, releases: list[str]) -> None:
    with duckdb.connect(str(project / "wh/fazhi.duckdb"), read_only=True) as con:
        assert con.sql("FROM reporting_year").fetchall() == [(2022, 1, 6.0), (2023, 1, 6.0)]
        (comment,) = con.sql("SELECT comment FROM duckdb_tables() WHERE table_name = 'reporting_year'").fetchall()[0]
        assert comment.startswith("How many units report on a year")
        columns = con.sql("SELECT comment FROM duckdb_columns() WHERE table_name = 'reporting_year'").fetchall()
        assert "培训场次. Law study" in columns[2][0] and all(text for (text,) in columns)
        assert con.sql("SELECT n_rows FROM release_table WHERE table_name = 'reporting_year'").fetchall() == [(2,)]
        assert not con.sql("SELECT 1 FROM release_table WHERE table_name = 'area_figure'").fetchall()  # publish = false


def test_the_exports_hold_it(project: Path, releases: list[str]) -> None:
    folder = project / "wh/exports"
    assert duckdb.sql(f"SELECT n_reporting FROM '{folder}/parquet/reporting_year.parquet'").fetchall() == [(1,), (1,)]
    head, *lines = (folder / "csv/reporting_year.csv").read_text(encoding="utf-8-sig").splitlines()
    assert head == "report_year,n_reporting,trainings" and len(lines) == 2
    resources = {one["path"]: one for one in json.loads((folder / "datapackage.json").read_text())["resources"]}
    described = resources["csv/reporting_year.csv"]
    assert described["description"] == "How many units report on a year, and the trainings that they held."
    assert described["schema"]["primaryKey"] == ["report_year"]
    assert [field["title"] for field in described["schema"]["fields"]] == ["报告年度", "报告单位数", "培训场次"]
    assert "parquet/reporting_year.parquet" in resources


def test_the_difference_of_two_releases_explains_it(project: Path, releases: list[str]) -> None:
    done = python(project, "-m", "pipelines", "diff", *releases, "--table", "reporting_year", "--format", "json")
    assert done.returncode == 0, done.stderr
    (table,) = json.loads(done.stdout)["tables"]
    assert (table["table"], table["added"], table["changed"], table["removed"]) == ("reporting_year", 1, 0, 0)
    assert table["by_cause"] == {"new_source": 1}


def test_dagster_and_the_docs_know_it(project: Path) -> None:
    script = """
import json
from pathlib import Path
import dagster as dg
from pipelines.definitions import defs
from pipelines.paths import SQL_DIR
from pipelines.report.table_pages import table_sections
from pipelines.warehouse.model import load_specs
Path("tables.md").write_text(table_sections(load_specs(SQL_DIR)), encoding="utf-8")
graph = defs.resolve_asset_graph()
node = graph.get(dg.AssetKey("reporting_year"))
parents = lambda name: sorted(key.to_user_string() for key in graph.get(dg.AssetKey(name)).parent_keys)
checks = [key.name for key in graph.asset_check_keys if key.asset_key == node.key]
print(json.dumps([node.group_name, parents("reporting_year"), parents("release"), checks, node.description]))
"""
    done = python(project, "-c", script)
    assert done.returncode == 0, done.stderr
    group, parents, read_by_release, checks, description = json.loads(done.stdout)
    assert (group, parents) == ("marts", ["township_metric"])
    assert "reporting_year" in read_by_release and checks == ["keeps_its_rules"]
    assert description.startswith("How many units report on a year")
    page = (project / "tables.md").read_text(encoding="utf-8")
    assert "\n## reporting_year\n" in page and "Made by `sql/marts/reporting_year.sql` from `township_metric`" in page
    assert "| `trainings` | 培训场次 | DOUBLE | Law study sessions" in page


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT m.report_year FROM", "sql/marts/reporting_year.sql: found SQL that cannot be parsed"),
        ("SELECT m.report_year FROM shoes AS m", "sql/marts/reporting_year.sql: found table shoes, allowed"),
        (MART_SQL.replace("m.value", "m.shoe"), "sql/marts/reporting_year.sql: found SQL that DuckDB refuses"),
        (MART_SQL.replace("township_metric", "reporting_year"), "found tables that read each other in a circle"),
        (MART_SQL.replace("AS trainings", "AS lessons"), "reporting_year.toml, columns: found no entry lessons"),
    ],
)
def test_broken_sql_stops_the_run_before_anything_is_built(project: Path, sql: str, words: str) -> None:
    mart = project / "sql/marts/reporting_year.sql"
    mart.write_text(sql, encoding="utf-8")
    try:
        done = python(project, "-m", "pipelines", "run", "--warehouse", str(project / "other"))
    finally:
        mart.write_text(MART_SQL, encoding="utf-8")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert words in line
    assert not (project / "other/stage").exists() and not (project / "other/tables").exists()
