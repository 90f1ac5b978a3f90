"""The asset `identities`: who reports on which year. The step is `pipelines.stage.identities`."""

import dagster as dg
import polars as pl

from pipelines.assets.asset_metadata import OWNERS, Result, counts_metadata, frame_metadata, log_errors, reason_counts
from pipelines.assets.retries import retrying
from pipelines.assets.workspace import Workspace
from pipelines.build.answers import ACCEPTED, COUNTS
from pipelines.build.buckets import scan, staged_key
from pipelines.build.ledger import Ledger
from pipelines.stage.raw_inventory import read_files


@dg.asset(
    group_name="stage", deps=["raw_files", "documents", "division_codes"], kinds={"python", "parquet"}, owners=OWNERS
)
def identities(context: dg.AssetExecutionContext, workspace: Workspace) -> Result:
    """Which unit each document reports for, on which year, and in which kind of document."""
    from pipelines.stage.identities import IDENTITIES, refresh_identities

    settings = workspace.settings()
    with retrying(context):
        counts = refresh_identities(read_files(settings), settings)
    log_errors(context, counts.errors)
    frame = scan(settings.stage_dir, IDENTITIES)

    def count() -> int:
        return int(frame.filter(pl.col("status") == "accepted").select(pl.len()).collect().item())

    key = staged_key(settings.stage_dir, IDENTITIES.name)
    ledger = Ledger(settings.ledger_path)
    accepted = ledger.answer(ACCEPTED, "identities", key, count)
    reasons = ledger.answer(COUNTS, "identities by reason", key, lambda: reason_counts(frame))
    return dg.MaterializeResult(
        metadata={
            **frame_metadata(frame),
            **counts_metadata(counts),
            "accepted": dg.MetadataValue.int(accepted),
            "reasons": dg.MetadataValue.json(reasons),
        }
    )
