"""Group `raw`: the files that came in, and the two references that reading needs, codebook and division codes."""

import dagster as dg
import polars as pl

from pipelines.assets.asset_metadata import OWNERS, Result, counts_metadata, frame_metadata
from pipelines.assets.retries import retrying
from pipelines.assets.workspace import Workspace
from pipelines.reasons import ReasonCode
from pipelines.stage.raw_inventory import read_files, refresh_files

GROUP = "raw"


@dg.asset(
    group_name=GROUP,
    deps=["fetched_documents"],
    kinds={"python", "parquet"},
    owners=OWNERS,
    check_specs=[
        dg.AssetCheckSpec(
            "at_least_one_file", asset="raw_files", blocking=True, description="The raw folder holds a report."
        ),
        dg.AssetCheckSpec(
            "sidecars_readable", asset="raw_files", description="Each sidecar can be read and has its report beside it."
        ),
    ],
)
def raw_files(context: dg.AssetExecutionContext, workspace: Workspace) -> Result:
    """Every file below the raw folder, with the hash of its bytes and the origin that its sidecar gives."""
    settings = workspace.settings()
    with retrying(context):
        counts = refresh_files(settings)
    files = read_files(settings)
    is_alone = pl.col("reason_code") == ReasonCode.SIDECAR_ALONE.value
    odd = files.filter(pl.col("sidecar_error").is_not_null() | is_alone)
    problem = pl.coalesce("sidecar_error", "reason")
    return dg.MaterializeResult(
        metadata={**frame_metadata(files.lazy().drop("stamp")), **counts_metadata(counts)},
        check_results=[
            dg.AssetCheckResult(
                check_name="at_least_one_file",
                passed=files.height > 0,
                description=f"{files.height} files below {settings.raw_dir}"
                + ("" if files.height else "; put the reports there or name another folder with --raw"),
            ),
            dg.AssetCheckResult(
                check_name="sidecars_readable",
                passed=odd.height == 0,
                severity=dg.AssetCheckSeverity.WARN,
                description=f"{odd.height} sidecars that cannot be used",
                metadata={
                    "sidecars": dg.MetadataValue.json(odd.head(50).select("raw_path", problem=problem).to_dicts())
                },
            ),
        ],
    )


@dg.asset(group_name=GROUP, kinds={"toml", "parquet"}, owners=OWNERS)
def codebook(workspace: Workspace) -> Result:
    """The indicators from the TOML files of the codebook: which figures exist, what counts and what does not."""
    from pipelines.codebook.load import load_codebook
    from pipelines.stage.indicators import write_indicators

    entries = load_codebook()
    path = write_indicators(entries.indicators, workspace.settings().indicators_path)
    version = dg.MetadataValue.text(entries.version)
    return dg.MaterializeResult(metadata={**frame_metadata(pl.scan_parquet(path)), "codebook_version": version})


@dg.asset(group_name=GROUP, kinds={"parquet"}, owners=OWNERS)
def division_codes(workspace: Workspace) -> Result:
    """All township-level units with the units above them and before them. The data come with the project."""
    from pipelines.identify.county_changes import write_county_changes
    from pipelines.identify.division_changes import write_changes

    settings = workspace.settings()
    changes = pl.scan_parquet(write_changes(settings.division_changes_path, settings.staged_changes_path))
    write_county_changes(settings.county_changes_path, settings.staged_county_changes_path)
    known = dg.MetadataValue.int(changes.select(pl.len()).collect().item())
    return dg.MaterializeResult(
        metadata={**frame_metadata(pl.scan_parquet(settings.divisions_path)), "changes_known": known}
    )
