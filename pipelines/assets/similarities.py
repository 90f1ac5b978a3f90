"""The assets `sketches` and `similarities`: how much text reports share. The steps are in `pipelines.stage`."""

import dagster as dg

from pipelines.assets.asset_metadata import OWNERS, Result, counts_metadata, frame_metadata, log_errors
from pipelines.assets.retries import retrying
from pipelines.assets.workspace import Workspace
from pipelines.build.buckets import scan
from pipelines.warehouse.table_parts import table_files


@dg.asset(group_name="stage", deps=["documents"], kinds={"python", "parquet"}, owners=OWNERS)
def sketches(context: dg.AssetExecutionContext, workspace: Workspace) -> Result:
    """What is needed to find the reports that share text, a short row of numbers for each document."""
    from pipelines.stage.sketches import SKETCHES, refresh_sketches

    settings = workspace.settings()
    with retrying(context):
        counts = refresh_sketches(settings)
    log_errors(context, counts.errors)
    return dg.MaterializeResult(
        metadata={**frame_metadata(scan(settings.stage_dir, SKETCHES)), **counts_metadata(counts)}
    )


@dg.asset(group_name="stage", deps=["documents", "sketches", "dim_report"], kinds={"python", "parquet"}, owners=OWNERS)
def similarities(context: dg.AssetExecutionContext, workspace: Workspace) -> Result:
    """The text that each accepted report shares with the same unit's of the year before and with the nearest other."""
    from pipelines.stage.similarities import SIMILARITIES, refresh_similarities

    settings = workspace.settings()
    with retrying(context):
        counts = refresh_similarities(settings, table_files(settings.tables_dir, "dim_report"))
    log_errors(context, counts.errors)
    return dg.MaterializeResult(
        metadata={**frame_metadata(scan(settings.stage_dir, SIMILARITIES)), **counts_metadata(counts)}
    )


similarity_assets = (sketches, similarities)
