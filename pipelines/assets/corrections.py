"""Group `raw`: the corrections that people made, and whether they apply (`pipelines.stage.corrections`)."""

import dagster as dg
import polars as pl

from pipelines.assets.asset_metadata import OWNERS, Result, frame_metadata
from pipelines.assets.workspace import Workspace
from pipelines.stage.corrections import stage_corrections

NAME = "corrections"
TABLE = "correction"  # the table with the outcome of each line
SHOWN = 50


@dg.asset(
    name=NAME,
    group_name="raw",
    kinds={"csv", "parquet"},
    owners=OWNERS,
    check_specs=[
        dg.AssetCheckSpec(
            "corrections_readable", asset=NAME, description="The file of corrections is a CSV table in UTF-8."
        )
    ],
)
def corrections(workspace: Workspace) -> Result:
    """The corrections in `raw/corrections.csv`, a row for each line. A bad line has its problem beside it."""
    settings = workspace.settings()
    staged = stage_corrections(settings.corrections_path, settings.staged_corrections_path)
    unusable = staged.lines["problem"].count()
    return dg.MaterializeResult(
        metadata={**frame_metadata(staged.lines.lazy()), "unusable_lines": dg.MetadataValue.int(unusable)},
        check_results=[
            dg.AssetCheckResult(
                check_name="corrections_readable",
                passed=staged.problem is None,
                description=staged.problem or f"{staged.lines.height} lines, {unusable} of them cannot be used",
            )
        ],
    )


@dg.asset_check(
    asset=TABLE, name="corrections_apply", description="Each correction fits what the machine says, and is applied."
)
def corrections_apply(workspace: Workspace) -> dg.AssetCheckResult:
    """Name the lines that were not applied, with the reason. The release is built without them."""
    table = pl.read_parquet(workspace.settings().tables_dir / f"{TABLE}.parquet")
    left_out = table.filter(~pl.col("outcome").is_in(["applied", "superseded"]))
    counts = dict(table["outcome"].value_counts(sort=True).iter_rows())
    shown = left_out.select("line", "outcome", "outcome_reason", "report", "corrected_by").head(SHOWN).to_dicts()
    first = "".join(f"; line {row['line']} is {row['outcome']}: {row['outcome_reason']}" for row in shown[:1])
    return dg.AssetCheckResult(
        passed=left_out.is_empty(),
        description=f"{left_out.height} of {table.height} corrections were not applied{first}",
        metadata={"outcomes": dg.MetadataValue.json(counts), "not_applied": dg.MetadataValue.json(shown)},
    )
