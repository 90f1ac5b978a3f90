"""The asset `exports` of group `release`: the published release in the formats of other programs."""

from collections import Counter
from typing import TYPE_CHECKING

import dagster as dg

from pipelines.assets.asset_metadata import OWNERS, Metadata, Result
from pipelines.assets.retries import retrying
from pipelines.assets.workspace import Workspace

if TYPE_CHECKING:
    from pipelines.warehouse.export import Exported


@dg.asset(
    group_name="release",
    deps=["release"],
    kinds={"parquet", "csv", "excel"},
    owners=OWNERS,
    description="The release as Parquet, CSV, XLSX and Stata files, with Frictionless and Croissant metadata.",
)
def exports(context: dg.AssetExecutionContext, workspace: Workspace) -> Result:
    """Write the files of the current release, unless they are already there."""
    from pipelines.warehouse.export import ExportError, export, make_way

    settings = workspace.settings()
    if line := make_way(settings.exports_dir):
        context.log.warning(line)
    try:
        with retrying(context):
            exported = export(settings.release_path, settings.exports_dir, settings.export_formats)
    except ExportError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error
    return dg.MaterializeResult(metadata=_metadata(exported))


def _metadata(exported: "Exported") -> Metadata:
    """The number of files by format, and a table of the files. The row count is the sum over all files."""
    counts = Counter(file.form for file in exported.files)
    lines = [f"| {file.path} | {file.rows} | {file.bytes} |" for file in exported.files]
    metadata: Metadata = {
        "path": dg.MetadataValue.path(exported.folder),
        "release_id": exported.release_id,
        "reused": dg.MetadataValue.bool(exported.reused),
        "files_reused": dg.MetadataValue.int(exported.n_reused),
        "dagster/row_count": dg.MetadataValue.int(sum(file.rows for file in exported.files)),
        **{f"files_{form}": dg.MetadataValue.int(count) for form, count in counts.items()},
        "files": dg.MetadataValue.md("\n".join(["| file | rows | bytes |", "| --- | ---: | ---: |", *lines])),
    }
    if left_out := [line for file in exported.files for line in file.left_out]:
        metadata["left_out"] = dg.MetadataValue.md("\n".join(f"- {line}" for line in left_out))
    return metadata
