"""The checks of `pipelines.warehouse.checks` as Dagster's asset checks, shown and kept at the table that each concerns.

Only the way from an outcome to a check result belongs here. The checks of one table are one step, after that table; one
that can block keeps whatever reads the table, and so the release, from being built.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import dagster as dg
import polars as pl

from pipelines.assets.asset_metadata import Metadata, markdown_table
from pipelines.assets.workspace import Workspace
from pipelines.build.memo import Memo
from pipelines.build.toml_file import SchemaError
from pipelines.ingest.sources import choose, load_sources
from pipelines.settings import Settings
from pipelines.warehouse.bounds import Bounds, load_bounds
from pipelines.warehouse.check_run import Outcome, Situation, run_checks
from pipelines.warehouse.checks import CHECKS, Check


def table_checks() -> list[dg.AssetChecksDefinition]:
    """One step for each table that has checks."""
    bounds = load_bounds()
    return [
        _step(table, [check for check in CHECKS if check.table == table], bounds)
        for table in dict.fromkeys(check.table for check in CHECKS)
    ]


def _step(table: str, checks: Sequence[Check], bounds: Bounds) -> dg.AssetChecksDefinition:
    @dg.multi_asset_check(name=f"{table}_checks", specs=[_spec(check, bounds) for check in checks])
    def check_table(workspace: Workspace) -> Iterator[dg.AssetCheckResult]:
        settings = workspace.settings()
        for outcome in run_checks(checks, settings.tables_dir, bounds, _situation(settings), Memo(settings.memo_path)):
            yield _result(outcome)

    return check_table


def _spec(check: Check, bounds: Bounds) -> dg.AssetCheckSpec:
    limit = bounds.limit(check.name)
    return dg.AssetCheckSpec(
        check.name,
        asset=check.table,
        additional_deps=[name for name in check.tables if name != check.table],
        description=f"{check.zh}. {check.description}. {limit.reason}",
        blocking=limit.blocks is not None,
    )


def _situation(settings: Settings) -> Situation:
    try:
        sources_on = bool(choose(load_sources(settings.sources_path), []))
    except SchemaError:  # told by the asset that fetches
        sources_on = False
    return Situation(datetime.now(UTC).date(), settings.release_path, sources_on, settings.allow_shrinking)


def _result(outcome: Outcome) -> dg.AssetCheckResult:
    metadata: Metadata = {
        "found": dg.MetadataValue.float(float(outcome.found)),
        "reason": outcome.limit.reason,
        "reused": dg.MetadataValue.bool(outcome.reused),
    }
    limits = {"share": outcome.share, "warns_above": outcome.limit.warns, "blocks_above": outcome.limit.blocks}
    metadata |= {name: dg.MetadataValue.float(float(value)) for name, value in limits.items() if value is not None}
    if outcome.examples:
        frame = pl.DataFrame(outcome.examples, schema=list(outcome.columns), orient="row", infer_schema_length=None)
        metadata["examples"] = dg.MetadataValue.md(markdown_table(frame))
    return dg.AssetCheckResult(
        check_name=outcome.check.name,
        asset_key=outcome.check.table,
        passed=outcome.level == "passed",
        severity=dg.AssetCheckSeverity.ERROR if outcome.level == "blocked" else dg.AssetCheckSeverity.WARN,
        description=str(outcome),
        metadata=metadata,
    )
