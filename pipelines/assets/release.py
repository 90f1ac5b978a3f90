"""Group `release`: the DuckDB file that readers open, and its rules as asset checks."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import dagster as dg

from pipelines.assets.asset_metadata import OWNERS, Metadata, Result
from pipelines.assets.history import release_numbers
from pipelines.assets.retries import retrying
from pipelines.assets.workspace import Workspace
from pipelines.build.ledger import Ledger
from pipelines.report.release_notes import note
from pipelines.stage.corrections import file_hash
from pipelines.versions import ENGINE_VERSION, IDENTIFIER_VERSION, READER_VERSION
from pipelines.warehouse.check_results import AuditError
from pipelines.warehouse.checks import Check, load_checks
from pipelines.warehouse.model import TableSpec
from pipelines.warehouse.release import PublishError, Release, publish

NAME = "release"
# the job runs every night: one that is missing is a warning the next morning, two are a failure
_FRESH = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=50), warn_window=timedelta(hours=26))


def release_asset(specs: Mapping[str, TableSpec]) -> dg.AssetsDefinition:
    """The asset that publishes all tables of `specs` together or not at all.

    Its edges come from the tables that no other table reads. All others lie behind those, and the graph stays readable.
    """
    read = {table for spec in specs.values() for table in spec.reads}

    @dg.asset(
        name=NAME,
        group_name="release",
        deps=[name for name in specs if name not in read],
        kinds={"duckdb"},
        owners=OWNERS,
        freshness_policy=_FRESH,
        description="The published DuckDB file. It gets its name once it keeps all rules; else the last release stays.",
        check_specs=[
            dg.AssetCheckSpec(name, asset=NAME, description="; ".join(check.en for check in checks))
            for name, checks in _groups().items()
        ],
    )
    def publish_release(
        context: dg.AssetExecutionContext, workspace: Workspace
    ) -> Iterator[Result | dg.AssetCheckResult]:
        """Audit and publish. Raises Failure with the broken rules, and then the last release stays."""
        settings = workspace.settings()
        try:
            with retrying(context):
                release = publish(
                    specs,
                    settings.tables_dir,
                    settings.release_path,
                    Ledger(settings.ledger_path),
                    inputs=_versions() | {"corrections": file_hash(settings.corrections_path)},
                    now=datetime.now(UTC),
                    keep=settings.keep_releases,
                )
        except AuditError as error:
            yield from _check_results(error)
            raise dg.Failure(description=str(error), allow_retries=False) from error
        except PublishError as error:
            raise dg.Failure(description=str(error)) from error
        changes = "nothing new" if release.reused else note(settings.changes_path, release.before, release)
        extra = {"changes": dg.MetadataValue.md(changes), **release_numbers(settings.release_path)}
        yield dg.MaterializeResult(metadata={**_metadata(release), **extra})
        yield from _check_results(None)

    return publish_release


def _versions() -> dict[str, str]:
    """The versions of everything that a figure of the release passed through."""
    from pipelines.codebook.load import load_codebook

    return {
        "codebook_version": load_codebook().version,
        "engine_version": ENGINE_VERSION,
        "reader_version": READER_VERSION,
        "identifier_version": IDENTIFIER_VERSION,
    }


def _groups() -> dict[str, list[Check]]:
    """The rules as Dagster shows them: those about keys together, those about references together, each other alone."""
    groups: dict[str, list[Check]] = {}
    for check in load_checks():
        if check.kind == "rule":
            groups.setdefault(check.group or check.name, []).append(check)
    return groups


def _check_results(error: AuditError | None) -> Iterator[dg.AssetCheckResult]:
    """One result for each group. The groups that `error` names failed, the others passed."""
    failed = {result.check.name: str(result) for result in error.results} if error else {}
    for name, checks in _groups().items():
        broken = [failed[check.name] for check in checks if check.name in failed]
        text = "; ".join(broken) if broken else f"all rules hold ({len(checks)})"
        yield dg.AssetCheckResult(check_name=name, asset_key=NAME, passed=not broken, description=text)


def _metadata(release: Release) -> Metadata:
    rows = "\n".join(f"| {name} | {count} |" for name, count in release.counts.items())
    return {
        "path": dg.MetadataValue.path(release.path),
        "release_id": release.release_id,
        "current": release.current,
        "built_at": dg.MetadataValue.timestamp(release.built_at),
        "reused": dg.MetadataValue.bool(release.reused),
        "tables": dg.MetadataValue.md(f"| table | rows |\n| --- | ---: |\n{rows}"),
    }
