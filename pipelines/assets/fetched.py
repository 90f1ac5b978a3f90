"""Group `raw`: the pages that were fetched from the sites of `sources.toml` (`pipelines.ingest.fetch`)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import dagster as dg

from pipelines.assets.asset_metadata import OWNERS, Result
from pipelines.assets.workspace import Workspace
from pipelines.build.toml_file import SchemaError
from pipelines.ingest.sources import Source, choose, load_sources
from pipelines.settings import Settings, SettingsError

if TYPE_CHECKING:
    from pipelines.ingest.tally import Tally

NAME = "fetched_documents"
SENSOR_TAG = "dagster/sensor_name"


@dg.asset(
    name=NAME,
    group_name="raw",
    kinds={"python"},
    owners=OWNERS,
    check_specs=[
        dg.AssetCheckSpec(
            "sources_found_something", asset=NAME, description="Each source's list holds what it should."
        ),
        dg.AssetCheckSpec("sources_reach_minimum", asset=NAME, description="No source fell below its min_documents."),
        dg.AssetCheckSpec("sources_let_us_read", asset=NAME, description="No site turned us away or broke off."),
    ],
)
def fetched_documents(context: dg.AssetExecutionContext, workspace: Workspace) -> Result:
    """New and changed pages and attachments of the sites in `sources.toml`, kept byte for byte below raw/fetched.

    After FAZHI_FETCH_HOURS what is not fetched waits for the next night, and what follows is built.
    """
    settings = workspace.settings()
    try:
        sources = choose(load_sources(settings.sources_path), [])
    except SchemaError as error:
        raise dg.Failure(str(error)) from error
    if context.run.tags.get(SENSOR_TAG):
        sources = []  # this run was started because files arrived; only nightly and manual runs fetch
    tallies = _fetch(settings, sources) if sources else []
    for tally in tallies:
        for line in (*tally.verdicts(), *tally.reasons()):
            context.log.warning(f"{tally.source.id}: {line}")
        for line in tally.notes:
            context.log.info(f"{tally.source.id}: {line}")
    return dg.MaterializeResult(metadata=_metadata(tallies), check_results=_checks(tallies))


def _fetch(settings: Settings, sources: Sequence[Source]) -> "list[Tally]":
    from pipelines.ingest import early_scan  # not needed to load the graph
    from pipelines.ingest.archive import ArchiveBusy
    from pipelines.ingest.fetch import fetch
    from pipelines.ingest.source_run import FetchOptions
    from pipelines.ingest.tally import Tally
    from pipelines.read.same_text import text_to_compare

    early_scan.discard(settings.raw_dir)
    try:
        return fetch(settings, sources, FetchOptions(hours=settings.fetch_hours), text_of=text_to_compare)
    except (SettingsError, ArchiveBusy) as error:  # what is already in the archive is built all the same
        return [Tally(source, stopped=str(error)) for source in sources]


def _metadata(tallies: "Sequence[Tally]") -> dict[str, dg.MetadataValue]:
    outcomes = {name: sum(tally.outcomes[name] for tally in tallies) for name in ("new", "changed", "unchanged")}
    problems = {kind: sum(tally.count(kind) for tally in tallies) for kind in ("refused", "failed")}
    return {
        "dagster/row_count": dg.MetadataValue.int(sum(outcomes.values())),
        "waiting": dg.MetadataValue.int(sum(tally.waiting for tally in tallies)),
        "cut_short": dg.MetadataValue.int(sum(bool(tally.cut) for tally in tallies)),
        "sources": dg.MetadataValue.json([tally.counts() for tally in tallies]),
        **{name: dg.MetadataValue.int(count) for name, count in {**outcomes, **problems}.items()},
    }


def _checks(tallies: "Sequence[Tally]") -> list[dg.AssetCheckResult]:
    """A check result for each rule. Only the minimum is an error, and no rule blocks the assets that follow."""
    warning, error = dg.AssetCheckSeverity.WARN, dg.AssetCheckSeverity.ERROR
    rules = (
        ("sources_found_something", warning, [t.source.id for t in tallies if t.found_nothing]),
        ("sources_reach_minimum", error, [t.source.id for t in tallies if t.is_below_minimum]),
        ("sources_let_us_read", warning, [f"{t.source.id} ({t.stopped})" for t in tallies if t.stopped]),
    )
    return [
        dg.AssetCheckResult(
            check_name=name,
            passed=not bad,
            severity=severity,
            description=f"{len(bad)} of {len(tallies)} sources" + (f": {', '.join(bad)}" if bad else ""),
        )
        for name, severity, bad in rules
    ]
