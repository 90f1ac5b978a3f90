"""Whoever adds a check adds its files under `sql/checks` and nothing else; a broken file stops the run at once."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.paths import PROJECT_ROOT

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
REPORT = """象山县石浦镇人民政府关于{0}年度法治政府建设情况的报告

{0}年,石浦镇扎实推进依法行政。全年开展普法宣传活动{1}场次。
"""
# What Dagster shows: the checks of the definitions, and what the last run found.
SHOWN = """
import json, sys
from pathlib import Path
import dagster as dg
from pipelines.assets.dagster_home import open_instance
from pipelines.definitions import defs

graph = defs.resolve_asset_graph()
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
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Project:
    """A copy of the project, with raw files and a warehouse beside it."""

    folder: Path

    @property
    def checks(self) -> Path:
        return self.folder / "sql" / "checks"

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse"

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        env = {name: value for name, value in os.environ.items() if not name.startswith(("FAZHI", "DAGSTER"))}
        env |= {"PYTHONPATH": str(self.folder), "FAZHI_EXPORTS": "csv"}
        return subprocess.run([sys.executable, *arguments], env=env, cwd=self.folder, capture_output=True, text=True)

    def run(self) -> subprocess.CompletedProcess[str]:
        return self.python("-m", "pipelines", "run", "--quiet")

    def shown(self) -> dict[str, list[object]]:
        """By check: whether it blocks, its description, whether it passed, what it said, its examples."""
        done = self.python("-c", SHOWN, str(self.warehouse / ".dagster"))
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    folder = tmp_path / "copy"
    for name in ("pipelines", "sql"):
        shutil.copytree(PROJECT_ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT_ROOT / "pyproject.toml", folder)
    (folder / "raw").mkdir()
    (folder / "docs").mkdir()
    shutil.copy(PROJECT_ROOT / "docs" / "checks.md", folder / "docs")
    (folder / "raw" / "reference").symlink_to(PROJECT_ROOT / "raw" / "reference")
    for year, events in ((2022, 7), (2023, 9)):
        (folder / "raw" / f"{year}.txt").write_text(REPORT.format(year, events), encoding="utf-8")
    return Project(folder)


def test_an_added_check_is_run_and_shown(project: Project) -> None:
    for name, sql, text in (("many_events", EVENTS, EVENTS_TEXT), ("years_are_recent", YEARS, YEARS_TEXT)):
        (project.checks / f"{name}.sql").write_text(sql, encoding="utf-8")
        (project.checks / f"{name}.toml").write_text(text, encoding="utf-8")
    done = project.run()
    assert done.returncode == 0, done.stderr
    release = (project.warehouse / "fazhi.duckdb").read_bytes()

    shown = project.shown()
    blocks, description, passed, words, examples = shown["fact_indicator:many_events"]
    assert not blocks and description == "活动过多. no township holds many events. A test wants it so."
    assert not passed and str(words).startswith("1 rows, warns above 0; expected: no township holds many events")
    assert "publicity_events | 9.0 |" in str(examples) and "开展普法宣传活动9场次" in str(examples)
    assert shown["release:years_are_recent"][1:4] == ["no report is older than 2020", True, "all rules hold (1)"]
    blocks, description, passed, *_ = shown["dim_report:keeps_its_rules"]
    assert blocks and passed and "no report is older than 2020" in str(description)

    assert project.python("-m", "cogapp", "-r", "docs/checks.md").returncode == 0
    page = (project.folder / "docs" / "checks.md").read_text(encoding="utf-8")
    assert (
        "| `many_events` | 活动过多 | `fact_indicator` | no township holds many events | warns above 0 (rows); " in page
    )
    assert "| `years_are_recent` | 没有2020年以前的报告 | `dim_report` | no report is older than 2020 |" in page

    (project.folder / "raw" / "2016.txt").write_text(REPORT.format(2016, 3), encoding="utf-8")
    blocked = project.run()
    assert blocked.returncode == 1
    assert (
        "years_are_recent: 1 found (" in blocked.stderr and "expected: no report is older than 2020" in blocked.stderr
    )
    assert (project.warehouse / "fazhi.duckdb").read_bytes() == release


def test_a_broken_check_stops_the_run_before_anything_is_built(project: Project) -> None:
    toml, sql = project.checks / "coverage.toml", project.checks / "one_canonical.sql"
    whole = {path: path.read_text(encoding="utf-8") for path in (toml, sql)}
    for path, old, new, words in (
        (toml, "warns = 0.02", "warns = 0.7", "coverage.toml, bound, warns: found 0.7, allowed 0.5 at most"),
        (toml, "zh =", "cn =", "coverage.toml, cn: found an unknown key, allowed kind, table, en, zh, "),
        (sql, "d.township_code", "d.town", "one_canonical.sql: found SQL that DuckDB refuses (Binder Error: "),
        (
            sql,
            "FROM",
            "FORM",
            "one_canonical.sql: found SQL that DuckDB refuses (Parser Error: syntax error at or near",
        ),
    ):
        path.write_text(whole[path].replace(old, new), encoding="utf-8")
        done = project.run()
        assert done.returncode == 2 and done.stdout == ""
        assert words in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr
        assert not list(project.warehouse.rglob("*.parquet")) and not list(project.warehouse.rglob("*.duckdb"))
        path.write_text(whole[path], encoding="utf-8")
