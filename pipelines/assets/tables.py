"""Groups `tables` and `marts`: one asset for each SQL file under `sql/`.

What an asset reads, its columns and its texts come from `pipelines.warehouse.model`.
"""

import dagster as dg
import polars as pl

from pipelines.assets.asset_metadata import OWNERS, Metadata, Result, column_lineage, shown_rows
from pipelines.assets.charts import chart_links, chart_note
from pipelines.assets.history import table_numbers
from pipelines.assets.retries import retrying
from pipelines.assets.table_inputs import asset_name
from pipelines.assets.workspace import Workspace
from pipelines.build.ledger import Ledger
from pipelines.settings import Settings
from pipelines.warehouse.check_runner import run_checks
from pipelines.warehouse.checks import rules_of
from pipelines.warehouse.descriptions import Worklist
from pipelines.warehouse.kept_tables import Sources
from pipelines.warehouse.model import TableSpec
from pipelines.warehouse.source_files import source_paths
from pipelines.warehouse.table_build import build

CHECK = "keeps_its_rules"
WORK_LEFT = "work_left"


def table_asset(spec: TableSpec, sources: Sources) -> dg.AssetsDefinition:
    """The asset that builds the table of `spec` with DuckDB, with one blocking check for all its rules.

    Its columns and what they come from (`sources`) stand at the asset, and not again in the event of each run, which
    would be ten times as long.

    The rules are those that read no other table. Nothing is built on a table that breaks one.
    """
    rules = "; ".join(rule.en for rule in rules_of([spec.name])) or "the table can be read"
    worklist = spec.text.worklist

    @dg.asset(
        name=spec.name,
        group_name=spec.group,
        deps=sorted({asset_name(source) for source in spec.depends_on}),
        description=f"{spec.description}{chart_note(spec.name)}",
        kinds={"duckdb", "sql", "parquet"},
        owners=OWNERS,
        metadata={
            "sql": dg.MetadataValue.md(f"```sql\n{spec.code}\n```"),
            "dagster/column_schema": column_schema(spec, sources),
            "dagster/column_lineage": table_lineage(sources),
        },
        check_specs=[
            dg.AssetCheckSpec(CHECK, asset=spec.name, blocking=True, description=rules),
            *([dg.AssetCheckSpec(WORK_LEFT, asset=spec.name, description=worklist.done)] if worklist else []),
        ],
    )
    def build_table(context: dg.AssetExecutionContext, workspace: Workspace) -> Result:
        """Build one table or mart, unless what it is made of is unchanged."""
        settings = workspace.settings()
        with retrying(context):
            ledger = Ledger(settings.ledger_path)
            paths = source_paths(settings, spec.depends_on)
            built = build(spec, paths, settings.tables_dir, ledger, settings.today.year)
        metadata: Metadata = {
            **shown_rows(pl.scan_parquet(list(built.paths)), built.rows),
            "reused": dg.MetadataValue.bool(built.reused),
            **table_numbers(spec.name, built.paths),
            **chart_links(settings, spec.name),
        }
        checks = [_check(spec, settings)]
        if worklist:
            checks.append(_work_left(spec.name, built.rows, worklist))
        return dg.MaterializeResult(metadata=metadata, check_results=checks)

    return build_table


def column_schema(spec: TableSpec, sources: Sources) -> dg.TableSchema:
    """The columns; each description ends with where the column comes from, if that is known."""
    columns = []
    for column in spec.columns:
        origin = ", ".join(f"{asset_name(table)}.{name}" for table, name in sources.get(column.name, ()))
        text = f"{column.description} (from {origin})" if origin else column.description
        columns.append(dg.TableColumn(column.name, column.type, description=text))
    return dg.TableSchema(columns)


def table_lineage(sources: Sources) -> dg.TableColumnLineage:
    """`sources` (column -> the (table, column) pairs that it comes from) in Dagster's form."""
    return column_lineage(
        {column: [(dg.AssetKey(asset_name(table)), name) for table, name in found] for column, found in sources.items()}
    )


def _check(spec: TableSpec, settings: Settings) -> dg.AssetCheckResult:
    """Whether the table keeps its own rules."""
    results = run_checks(rules_of([spec.name]), settings.tables_dir, Ledger(settings.ledger_path))
    broken = [str(result) for result in results if not result.passed]
    text = "; ".join(broken) if broken else f"all rules hold ({len(results)})"
    return dg.AssetCheckResult(check_name=CHECK, passed=not broken, description=text)


def _work_left(table: str, rows: int, worklist: Worklist) -> dg.AssetCheckResult:
    """How many rows a work list holds: a warning, because the run is right all the same."""
    return dg.AssetCheckResult(
        check_name=WORK_LEFT,
        passed=rows == 0,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{worklist.rows}: {rows}" + (f'; `fazhi sql "FROM {table}"` lists them' if rows else ""),
        metadata={"rows": dg.MetadataValue.int(rows)},
    )
