"""Group `text`: what the files say, and who says it."""

import dagster as dg
import polars as pl

from pipelines.assets.asset_metadata import OWNERS, Result, counts_metadata, frame_metadata, log_errors
from pipelines.assets.retries import retrying
from pipelines.assets.workspace import Workspace
from pipelines.build.buckets import key_of, scan
from pipelines.build.memo import Memo
from pipelines.build.settled import frame_key
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

    def count() -> list[int]:
        ids = frame.select("report_id").collect()
        failed = frame.filter(pl.col("read_status") != "ok").select(pl.len()).collect().item()
        return [ids.height, files.join(ids, on="report_id", how="anti").height, failed]

    key = f"{frame_key(files.select('report_id'))} {key_of(settings.stage_dir, DOCUMENTS.name)}"
    rows, lost, failed = Memo(settings.memo_path).answer("documents", key, count)
    shown = frame.with_columns(pl.col("text").str.slice(0, 60))
    return dg.MaterializeResult(
        metadata={**frame_metadata(shown), **counts_metadata(counts), "failed": dg.MetadataValue.int(failed)},
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

    def count() -> int:
        found: int = frame.filter(pl.col("status") == "accepted").select(pl.len()).collect().item()
        return found

    accepted = Memo(settings.memo_path).answer("accepted", key_of(settings.stage_dir, IDENTITIES.name), count)
    return dg.MaterializeResult(
        metadata={**frame_metadata(frame), **counts_metadata(counts), "accepted": dg.MetadataValue.int(accepted)}
    )
