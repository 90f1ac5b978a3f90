"""What Dagster loads: the assets, the job, its schedule and sensor, put together. Wiring only, no logic."""

import dagster as dg

from pipelines.assets import (
    alerts,
    automation,
    checks,
    corrections,
    documents,
    exports,
    facts,
    fetched,
    identities,
    release,
    similarities,
    tables,
)
from pipelines.assets import raw_files as raw
from pipelines.assets.workspace import Workspace
from pipelines.warehouse.kept_tables import ProjectTables, project_tables


def definitions(project: ProjectTables) -> dg.Definitions:
    """The code location with the tables of `project`."""
    return dg.Definitions(
        assets=[
            *(fetched.fetched_documents, raw.raw_files, raw.codebook, raw.division_codes, corrections.corrections),
            *(documents.documents, identities.identities, facts.extraction, *similarities.similarity_assets),
            *(tables.table_asset(spec, project.sources[name]) for name, spec in project.specs.items()),
            release.release_asset(project.specs),
            exports.exports,
        ],
        asset_checks=[corrections.corrections_apply, *checks.table_checks()],
        jobs=[automation.nightly_job],
        schedules=[automation.nightly_schedule],
        sensors=[automation.new_raw_files, *alerts.sensors],
        resources={"workspace": Workspace()},
        executor=dg.in_process_executor,
    )


defs = definitions(project_tables())
