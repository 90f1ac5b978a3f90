"""The asset graph as Dagster sees it: names, groups, edges from the SQL, and what every asset must tell."""

import re
import resource
import subprocess
import sys

import dagster as dg
import pytest

from pipelines.assets.table_inputs import ASSETS, asset_name
from pipelines.definitions import defs
from pipelines.paths import PROJECT_ROOT
from pipelines.warehouse.checks import load_checks
from pipelines.warehouse.kept_tables import project_tables
from pipelines.warehouse.lineage import column_sources

SPECS = project_tables().specs
GRAPH = defs.resolve_asset_graph()
STAGED = {
    "fetched_documents": "raw",
    "raw_files": "raw",
    "codebook": "raw",
    "division_codes": "raw",
    "corrections": "raw",
    "documents": "stage",
    "identities": "stage",
    "facts": "stage",
    "numbers": "stage",
    "sketches": "stage",
    "similarities": "stage",
    "release": "release",
    "exports": "release",
}


def parents(name: str) -> set[str]:
    return {key.to_user_string() for key in GRAPH.get(dg.AssetKey(name)).parent_keys}


def test_there_is_one_asset_for_each_sql_file_and_stage() -> None:
    paths = [path for path in PROJECT_ROOT.glob("sql/*/*.sql") if path.parent.name in ("tables", "marts")]
    files = {path.stem: path.parent.name for path in paths}
    groups = {key.to_user_string(): GRAPH.get(key).group_name for key in GRAPH.get_all_asset_keys()}
    assert groups == STAGED | files
    assert set(groups.values()) == {"raw", "stage", "tables", "marts", "release"}


def test_the_stages_follow_each_other() -> None:
    assert parents("fetched_documents") == set()
    assert parents("raw_files") == {"fetched_documents"}
    assert parents("documents") == {"raw_files"}
    assert parents("identities") == {"raw_files", "documents", "division_codes"}
    assert parents("facts") == parents("numbers") == {"documents", "identities", "codebook"}
    assert parents("sketches") == {"documents"}
    assert parents("similarities") == {"documents", "sketches", "dim_report"}
    # what another table reads lies behind that table
    assert parents("release") == set(SPECS) - {table for spec in SPECS.values() for table in spec.reads}
    assert set(SPECS) <= {key.to_user_string() for key in GRAPH.get_ancestor_asset_keys(dg.AssetKey("release"))}
    assert parents("exports") == {"release"}


@pytest.mark.parametrize("name", SPECS)
def test_the_edges_of_a_table_are_what_its_sql_reads(name: str) -> None:
    named = set(re.findall(r"\b(?:FROM|JOIN)\s+([a-z_]+)\b", SPECS[name].query))
    known = (set(SPECS) | set(ASSETS)) & named
    assert known and parents(name) == {asset_name(source) for source in known}


def test_every_asset_has_an_owner_a_description_and_kinds() -> None:
    for key in GRAPH.get_all_asset_keys():
        node = GRAPH.get(key)
        assert node.owners == ["team:fazhi"], key
        assert node.description and len(node.description) > 20, key
        assert node.kinds, key


@pytest.mark.parametrize("name", SPECS)
def test_a_table_shows_its_sql_and_where_each_column_comes_from(name: str) -> None:
    metadata = GRAPH.get(dg.AssetKey(name)).metadata
    assert SPECS[name].code in metadata["sql"].value
    columns = {column.name: column for column in metadata["dagster/column_schema"].columns}
    assert {name: column.type for name, column in columns.items()} == {c.name: c.type for c in SPECS[name].columns}
    lineage = metadata["dagster/column_lineage"].deps_by_column
    for column, found in column_sources(SPECS[name]).items():
        for table, source in found:
            assert f"{asset_name(table)}.{source}" in columns[column].description
            assert (asset_name(table), source) in {
                (dep.asset_key.to_user_string(), dep.column_name) for dep in lineage[column]
            }


def test_blocking_checks_stand_before_what_builds_on_them() -> None:
    blocking = {
        (key.asset_key.to_user_string(), key.name)
        for key in GRAPH.asset_check_keys
        if GRAPH.get_check_spec(key).blocking
    }
    assert {("raw_files", "at_least_one_file"), ("documents", "a_row_for_each_file")} <= blocking
    assert {(name, "keeps_its_rules") for name in SPECS} <= blocking
    shown = {key.name for key in GRAPH.asset_check_keys if key.asset_key == dg.AssetKey("release")}
    rules = {check.name for check in load_checks() if check.kind == "rule"}
    written = {name for name in rules if not name.endswith(("_key", "_reference"))}
    assert shown == {"keys", "references"} | written


def test_the_job_takes_everything_and_runs_at_half_past_one_in_china() -> None:
    job = defs.resolve_job_def("fazhi_nightly")
    assert set(job.asset_layer.executable_asset_keys) == set(GRAPH.get_all_asset_keys())
    schedule = defs.resolve_schedule_def("nightly")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("30 1 * * *", "Asia/Shanghai")
    context = dg.build_schedule_context()
    assert len(schedule.evaluate_tick(context).run_requests) == 1


def test_the_definitions_load_in_three_seconds() -> None:
    """Processor time, so that neighbours do not count; on a slow machine the bound grows with Dagster's own import."""
    alone = min(seconds("import dagster") for _ in range(2))
    whole = min(seconds("import pipelines.definitions") for _ in range(2))
    assert whole < max(3.0, 3 * alone), f"{whole:.1f} s, of which dagster {alone:.1f} s"


def seconds(code: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PROJECT_ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
