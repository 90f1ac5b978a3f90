"""Group `stage`: every number of every text, and the facts among them."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.assets.asset_metadata import OWNERS, Result, counts_metadata, frame_metadata, log_errors
from pipelines.assets.retries import retrying
from pipelines.assets.workspace import Workspace
from pipelines.build.answers import COUNTS
from pipelines.build.buckets import scan, staged_key
from pipelines.build.ledger import Ledger

GROUP = "stage"
_COMMON: dict[str, Any] = {
    "group_name": GROUP,
    "deps": ["documents", "identities", "codebook"],
    "kinds": {"python", "parquet"},
    "owners": OWNERS,
}


@dg.multi_asset(
    name="extraction",
    specs=[
        dg.AssetSpec("facts", description="Every figure a document states, with its sentence as evidence.", **_COMMON),
        dg.AssetSpec("numbers", description="Every number of a document: a fact, or the reason why not.", **_COMMON),
    ],
)
def extraction(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[Result]:
    """Extract facts and numbers from every document whose text, year, codebook or engine is new."""
    from pipelines.stage.facts import FACTS, NUMBERS, refresh_facts  # the engine is not needed to load the graph

    settings = workspace.settings()
    with retrying(context):
        counts = refresh_facts(settings)
    log_errors(context, counts.errors)
    yield dg.MaterializeResult(
        asset_key="facts",
        metadata={**frame_metadata(scan(settings.stage_dir, FACTS)), **counts_metadata(counts)},
    )
    numbers = scan(settings.stage_dir, NUMBERS)

    def count() -> dict[str, int]:
        counted = numbers.group_by("disposition").len("n").sort("n", "disposition", descending=True)
        return dict(counted.collect().rows())

    key = staged_key(settings.stage_dir, NUMBERS.name)
    by_name = Ledger(settings.ledger_path).answer(COUNTS, "dispositions", key, count)  # the commonest first
    share = by_name.get("unclassified", 0) / max(1, sum(by_name.values()))
    yield dg.MaterializeResult(
        asset_key="numbers",
        metadata={
            **frame_metadata(numbers),
            **counts_metadata(counts),
            "unclassified_share": dg.MetadataValue.float(share),
            "dispositions": dg.MetadataValue.json(by_name),
        },
    )
