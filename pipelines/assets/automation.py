"""When the pipeline runs by itself: the job, its nightly schedule, and the sensor that finds new files."""

import dagster as dg

from pipelines.assets.workspace import Workspace
from pipelines.ingest.inventory import digest
from pipelines.stage.corrections import are_as_staged
from pipelines.stage.raw_inventory import is_as_last_seen

JOB_NAME = "fazhi_nightly"

nightly_job = dg.define_asset_job(
    JOB_NAME,
    selection=dg.AssetSelection.all(),
    description="Everything, from raw files to the published release; what did not change is not computed again.",
)

nightly_schedule = dg.ScheduleDefinition(
    name="nightly",
    job=nightly_job,
    cron_schedule="30 1 * * *",
    execution_timezone="Asia/Shanghai",
    description="Every night at 01:30 in China.",
)


@dg.sensor(
    name="new_raw_files",
    job=nightly_job,
    minimum_interval_seconds=60,
    description="Starts the job when a file below the raw folder is new, changed or gone, corrections.csv among them.",
)
def new_raw_files(context: dg.SensorEvaluationContext, workspace: Workspace) -> dg.RunRequest | dg.SkipReason:
    """Ask for a run where the raw folder has changed. The cursor is a hash of names, sizes and times of its files.

    When the sensor is switched on it has no cursor; the folder has then changed where the last run saw another one.
    """
    settings = workspace.settings()
    raw_dir = settings.raw_dir
    if not raw_dir.is_dir():
        return dg.SkipReason(f"raw folder {raw_dir} does not exist")
    now = digest(raw_dir, [settings.corrections_path])
    if now == context.cursor:
        return dg.SkipReason(f"nothing new in {raw_dir}")
    is_first = context.cursor is None
    context.update_cursor(now)
    if (
        is_first
        and is_as_last_seen(settings)
        and are_as_staged(settings.corrections_path, settings.staged_corrections_path)
    ):
        return dg.SkipReason(f"the last run has seen what is in {raw_dir}")
    return dg.RunRequest(run_key=now)
