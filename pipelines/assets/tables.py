"""Groups `tables` and `marts`: one asset for each SQL file under `sql/`, with what the SQL says of its columns.

Only the factory from a table's specification to an asset belongs here. Dependencies, columns and lineage come from
`pipelines.warehouse.table_build`, which reads them out of the SQL.
"""

from collections.abc import Mapping

import dagster as dg
import polars as pl

from pipelines.assets.asset_metadata import OWNERS, Metadata, Result, column_lineage, frame_metadata
from pipelines.assets.charts import table_charts
from pipelines.assets.retries import retrying
from pipelines.assets.table_inputs import asset_name, source_paths
from pipelines.assets.workspace import Workspace
from pipelines.build.ledger import Ledger
from pipelines.settings import Settings
from pipelines.warehouse.check_runner import run_checks
from pipelines.warehouse.checks import rules_of
from pipelines.warehouse.model import TableSpec
from pipelines.warehouse.table_build import build

CHECK = "keeps_its_rules"
WORK_LEFT = "work_left"
WORKLISTS = {"worklist_divisions": "Every township's report has its unit; what has none waits here for a person."}


def table_asset(spec: TableSpec) -> dg.AssetsDefinition:
    """The asset that builds the table of `spec` with DuckDB, with one blocking check for all its rules.

    The rules are those that read no other table. Nothing is built on a table that breaks one.
    """
    rules = "; ".join(rule.en for rule in rules_of([spec.name])) or "the table can be read"

    @dg.asset(
        name=spec.name,
        group_name=spec.group,
        deps=sorted({asset_name(source) for source in spec.depends_on}),
        description=spec.description,
        kinds={"duckdb", "sql", "parquet"},
        owners=OWNERS,
        metadata={
            "sql": dg.MetadataValue.md(f"```sql\n{spec.sql.strip()}\n```"),
            "dagster/column_schema": _columns(spec),
            "dagster/column_lineage": _lineage(spec),
        },
        check_specs=[
            dg.AssetCheckSpec(CHECK, asset=spec.name, blocking=True, description=rules),
            *(
                dg.AssetCheckSpec(WORK_LEFT, asset=name, description=text)
                for name, text in WORKLISTS.items()
                if name == spec.name
            ),
        ],
    )
    def build_table(context: dg.AssetExecutionContext, workspace: Workspace) -> Result:
        """Build one table or mart, unless what it is made of is unchanged."""
        settings = workspace.settings()
        with retrying(context):
            built = build(spec, source_paths(settings, spec.depends_on), settings.tables_dir)
        frame = pl.scan_parquet(list(built.paths))
        types = dict(built.columns)
        metadata: Metadata = {
            **frame_metadata(frame),
            "dagster/column_schema": _columns(spec, types),
            "dagster/column_lineage": _lineage(spec),
            "reused": dg.MetadataValue.bool(built.reused),
            **table_charts(settings, spec.name),
        }
        checks = [_check(spec, settings)]
        if spec.name in WORKLISTS:
            checks.append(_work_left(built.rows))
        return dg.MaterializeResult(metadata=metadata, check_results=checks)

    return build_table


def _columns(spec: TableSpec, types: Mapping[str, str] | None = None) -> dg.TableSchema:
    """The columns, with types once the table is built; each description ends with where the column comes from."""
    columns = []
    for column in spec.columns:
        origin = ", ".join(f"{asset_name(table)}.{name}" for table, name in column.lineage)
        text = f"{column.description} (from {origin})" if origin else column.description
        columns.append(dg.TableColumn(column.name, (types or {}).get(column.name, "?"), description=text))
    return dg.TableSchema(columns)


def _lineage(spec: TableSpec) -> dg.TableColumnLineage:
    return column_lineage(
        {
            column.name: [(dg.AssetKey(asset_name(table)), name) for table, name in column.lineage]
            for column in spec.columns
        }
    )


def _check(spec: TableSpec, settings: Settings) -> dg.AssetCheckResult:
    """Whether the table keeps its own rules."""
    results = run_checks(rules_of([spec.name]), settings.tables_dir, Ledger(settings.ledger_path))
    broken = [str(result) for result in results if not result.passed]
    text = "; ".join(broken) if broken else f"{len(results)} rules hold"
    return dg.AssetCheckResult(check_name=CHECK, passed=not broken, description=text)


def _work_left(rows: int) -> dg.AssetCheckResult:
    """How many rows a work list holds: a warning, because the run is right all the same."""
    return dg.AssetCheckResult(
        check_name=WORK_LEFT,
        passed=rows == 0,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{rows} reports whose unit is not resolved" + ("; look them up in the table" if rows else ""),
        metadata={"rows": dg.MetadataValue.int(rows)},
    )
