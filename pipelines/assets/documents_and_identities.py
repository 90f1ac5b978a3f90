"""Group `text`: what the files say, and who says it."""

import dagster as dg
import polars as pl

from pipelines.assets.asset_metadata import OWNERS, Result, counts_metadata, frame_metadata, log_errors
from pipelines.assets.retries import retrying
from pipelines.assets.workspace import Workspace
from pipelines.build.answers import COUNTS
from pipelines.build.buckets import scan, staged_key
from pipelines.build.ledger import Ledger
from pipelines.build.stamped_parquet import frame_key
from pipelines.stage.raw_inventory import read_files

GROUP = "text"


@dg.asset(
    group_name=GROUP,
    deps=["raw_files"],
    kinds={"python", "parquet"},
    owners=OWNERS,
    check_specs=[
        dg.AssetCheckSpec(
            "a_row_for_each_file", asset="documents", blocking=True, description="No file is lost between raw and text."
        )
    ],
)
def documents(context: dg.AssetExecutionContext, workspace: Workspace) -> Result:
    """The normalised text of every file, with its page furniture marked, or the reason why it has none."""
    from pipelines.stage.documents import DOCUMENTS, refresh_documents  # the readers are not needed to load the graph

    settings = workspace.settings()
    files = read_files(settings)
    with retrying(context):
        counts = refresh_documents(files, settings)
    log_errors(context, counts.errors)
    frame = scan(settings.stage_dir, DOCUMENTS)

    def count() -> dict[str, int]:
        ids = frame.select("report_id").collect()
        failed = frame.filter(pl.col("read_status") != "ok").select(pl.len()).collect().item()
        return {"rows": ids.height, "lost": files.join(ids, on="report_id", how="anti").height, "failed": failed}

    key = f"{frame_key(files.select('report_id'))} {staged_key(settings.stage_dir, DOCUMENTS.name)}"
    counted = Ledger(settings.ledger_path).answer(COUNTS, "documents", key, count)
    rows, lost, failed = counted["rows"], counted["lost"], dg.MetadataValue.int(counted["failed"])
    shown = frame.with_columns(pl.col("text").str.slice(0, 60))
    return dg.MaterializeResult(
        metadata={
            **frame_metadata(shown),
            **counts_metadata(counts),
            "failed": failed,
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="a_row_for_each_file",
                passed=lost == 0 and rows == files.height,
                description=f"{files.height} files, {rows} documents, {lost} files without one",
            )
        ],
    )


@dg.asset(
    group_name=GROUP, deps=["raw_files", "documents", "division_codes"], kinds={"python", "parquet"}, owners=OWNERS
)
def identities(context: dg.AssetExecutionContext, workspace: Workspace) -> Result:
    """Which unit each document reports for, on which year, and in which kind of document."""
    from pipelines.stage.identities import IDENTITIES, refresh_identities

    settings = workspace.settings()
    with retrying(context):
        counts = refresh_identities(read_files(settings), settings)
    log_errors(context, counts.errors)
    frame = scan(settings.stage_dir, IDENTITIES)

    def count() -> dict[str, int]:
        return {"accepted": frame.filter(pl.col("status") == "accepted").select(pl.len()).collect().item()}

    key = staged_key(settings.stage_dir, IDENTITIES.name)
    accepted = dg.MetadataValue.int(Ledger(settings.ledger_path).answer(COUNTS, "identities", key, count)["accepted"])
    return dg.MaterializeResult(metadata={**frame_metadata(frame), **counts_metadata(counts), "accepted": accepted})
