"""The asset `documents`: the text of every file. The step is `pipelines.stage.documents`."""

import dagster as dg
import polars as pl

from pipelines.assets.asset_metadata import OWNERS, Result, counts_metadata, frame_metadata, log_errors, reason_counts
from pipelines.assets.retries import retrying
from pipelines.assets.workspace import Workspace
from pipelines.build.answers import COUNTS, DOCUMENT_COUNTS, DocumentCounts
from pipelines.build.buckets import scan, staged_key
from pipelines.build.ledger import Ledger
from pipelines.build.stamped_parquet import frame_key
from pipelines.stage.raw_inventory import read_files


@dg.asset(
    group_name="stage",
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
    from pipelines.stage.documents import DOCUMENTS  # the readers are not needed to load the graph
    from pipelines.stage.scan_queue import read_documents

    settings = workspace.settings()
    files = read_files(settings)
    with retrying(context):
        counts, scans = read_documents(files, settings)
    log_errors(context, counts.errors)
    frame = scan(settings.stage_dir, DOCUMENTS)

    def count() -> DocumentCounts:
        ids = frame.select("report_id").collect()
        failed = frame.filter(pl.col("read_status") != "ok").select(pl.len()).collect().item()
        return DocumentCounts(ids.height, files.join(ids, on="report_id", how="anti").height, failed)

    key = f"{frame_key(files.select('report_id'))} {staged_key(settings.stage_dir, DOCUMENTS.name)}"
    ledger = Ledger(settings.ledger_path)
    counted = ledger.answer(DOCUMENT_COUNTS, "documents", key, count)
    reasons = ledger.answer(COUNTS, "documents by reason", key, lambda: reason_counts(frame))
    rows, lost = counted.rows, counted.lost
    shown = frame.with_columns(pl.col("text").str.slice(0, 60))
    return dg.MaterializeResult(
        metadata={
            **frame_metadata(shown),
            **counts_metadata(counts),
            "failed": dg.MetadataValue.int(counted.failed),
            "scanned pages read": dg.MetadataValue.int(scans.read),
            "scanned pages waiting": dg.MetadataValue.int(scans.waiting),
            "reasons": dg.MetadataValue.json(reasons),
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="a_row_for_each_file",
                passed=lost == 0 and rows == files.height,
                description=f"{files.height} files, {rows} documents, {lost} files without one",
            )
        ],
    )
