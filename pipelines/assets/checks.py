"""The checks of `pipelines.warehouse.checks` that are held against a bound, as Dagster's asset checks.

The checks of one table are one step, which runs after that table. A check that can block keeps whatever reads the
table, and so the release, from being built.
"""

from collections.abc import Iterator, Sequence

import dagster as dg
import polars as pl

from pipelines.assets.asset_metadata import Metadata, markdown_table
from pipelines.assets.workspace import Workspace
from pipelines.build.ledger import Ledger
from pipelines.build.toml_file import SchemaError
from pipelines.ingest.sources import choose, load_sources
from pipelines.settings import Settings
from pipelines.warehouse.check_results import CheckResult
from pipelines.warehouse.check_runner import Situation, run_checks
from pipelines.warehouse.checks import Check, bound_checks


def table_checks() -> list[dg.AssetChecksDefinition]:
    """One step for each table at which checks are shown."""
    checks = bound_checks()
    return [
        _step(table, [check for check in checks if check.table == table])
        for table in dict.fromkeys(check.table for check in checks)
    ]


def _step(table: str, checks: Sequence[Check]) -> dg.AssetChecksDefinition:
    specs = [
        dg.AssetCheckSpec(
            check.name,
            asset=table,
            additional_deps=[name for name in check.tables if name != table],
            description=f"{check.zh}. {check.en}. {check.bound.reason}",
            blocking=check.bound.blocks is not None,
        )
        for check in checks
    ]

    @dg.multi_asset_check(name=f"{table}_checks", specs=specs)
    def check_table(workspace: Workspace) -> Iterator[dg.AssetCheckResult]:
        settings = workspace.settings()
        for result in run_checks(checks, settings.tables_dir, Ledger(settings.ledger_path), _situation(settings)):
            yield _result(result)

    return check_table


def _situation(settings: Settings) -> Situation:
    try:
        sources_on = bool(choose(load_sources(settings.sources_path), []))
    except SchemaError:  # the asset that fetches reports it
        sources_on = False
    return Situation(settings.today, settings.release_path, sources_on, settings.allow_shrinking)


def _result(result: CheckResult) -> dg.AssetCheckResult:
    bound = result.check.bound
    metadata: Metadata = {
        "found": dg.MetadataValue.float(float(result.found)),
        "reason": bound.reason,
        "reused": dg.MetadataValue.bool(result.reused),
    }
    if result.share is not None:
        metadata["share"] = dg.MetadataValue.float(float(result.share))
    # Dagster draws each number over time: what is the same in each run is text
    limits = {"warns_above": bound.warns, "blocks_above": bound.blocks}
    metadata |= {name: f"{value:g}" for name, value in limits.items() if value is not None}
    if result.examples:
        frame = pl.DataFrame(result.examples, schema=list(result.columns), orient="row", infer_schema_length=None)
        metadata["examples"] = dg.MetadataValue.md(markdown_table(frame))
    return dg.AssetCheckResult(
        check_name=result.check.name,
        asset_key=result.check.table,
        passed=result.passed,
        severity=dg.AssetCheckSeverity.ERROR if result.level == "blocked" else dg.AssetCheckSeverity.WARN,
        description=str(result),
        metadata=metadata,
    )
