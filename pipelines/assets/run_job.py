"""One run of the whole job in this process, on the instance that Dagster's UI shows.

Starting the run and hearing what it says belongs here; how that is shown belongs to `pipelines.cli.output`.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import dagster as dg

from pipelines.assets.alerts import STARTED_BY_TAG, announce
from pipelines.assets.automation import JOB_NAME
from pipelines.assets.storage import keep_open
from pipelines.assets.workspace import run_config
from pipelines.build.run_lock import run_lock
from pipelines.settings import Settings

# what Dagster logs is kept in its instance, where the UI shows it; the terminal is ours
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
RUN = "run"


@dataclass(frozen=True)
class Made:
    """An asset that the run has made, with the plain values of its metadata."""

    asset: str
    metadata: dict[str, Any]


@dataclass(frozen=True)
class Failed:
    """A step or a check of it that failed, and why, in one line."""

    step: str
    reason: str
    is_check: bool = False


Event = Made | Failed


@dataclass(frozen=True)
class Outcome:
    """How a run ended: whether all went well, and the assets that were not made."""

    is_done: bool
    missing: tuple[str, ...]


def run_job(definitions: dg.Definitions, settings: Settings, on_event: Callable[[Event], None]) -> Outcome:
    """Run all assets of `definitions`. `on_event` is called for each asset that is made and for each failure.

    What one failure does not touch is made all the same. The run is stored in the instance at `settings.dagster_home`.
    Raises RunBusy where another run is at work on the same warehouse.
    """
    with run_lock(settings.warehouse_dir):
        return _run(definitions, settings, on_event)


def _run(definitions: dg.Definitions, settings: Settings, on_event: Callable[[Event], None]) -> Outcome:
    keep_open()
    settings.prepare_dagster_home()
    run_id = str(uuid.uuid4())
    failed: set[str] = set()
    missing = asset_names(definitions)

    def listen(entry: dg.EventLogEntry) -> None:
        event = _told(entry.dagster_event) if entry.dagster_event else None
        if isinstance(event, Failed):
            is_consequence = not event.is_check and (event.step in failed or (event.step == RUN and bool(failed)))
            failed.add(event.step)
            event = None if is_consequence else event
        if isinstance(event, Made):
            missing.remove(event.asset)
        if event is not None:
            on_event(event)

    with dg.DagsterInstance.get() as instance:
        instance.add_event_listener(run_id, listen)
        result = definitions.resolve_job_def(JOB_NAME).execute_in_process(
            run_config={**run_config(str(settings.raw_dir), str(settings.warehouse_dir)), **QUIET},
            instance=instance,
            run_id=run_id,
            tags={STARTED_BY_TAG: "command line"},
            raise_on_error=False,
        )
        announce(instance, run_id, settings)
    return Outcome(result.success, tuple(missing))


def asset_names(definitions: dg.Definitions) -> list[str]:
    """Every asset that a run makes, in an order in which it can make them."""
    keys = definitions.resolve_asset_graph().toposorted_asset_keys
    return [key.to_user_string() for key in keys]


def _told(event: dg.DagsterEvent) -> Event | None:
    """What is worth telling of one event of Dagster: nothing, for most."""
    kind = event.event_type
    if kind == dg.DagsterEventType.ASSET_MATERIALIZATION:
        made = event.step_materialization_data.materialization
        return Made(made.asset_key.to_user_string(), {name: value.value for name, value in made.metadata.items()})
    if kind == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
        check = event.asset_check_evaluation_data
        if check.passed or check.severity != dg.AssetCheckSeverity.ERROR:
            return None
        return Failed(event.step_key or RUN, check.description or f"check {check.check_name} failed", is_check=True)
    if kind == dg.DagsterEventType.STEP_FAILURE:
        return Failed(event.step_key or RUN, _reason(event.step_failure_data))
    if kind == dg.DagsterEventType.RUN_FAILURE and event.job_failure_data.error is not None:
        return Failed(RUN, " ".join(event.job_failure_data.error.message.split()))
    return None


def _reason(failure: Any) -> str:
    """The words of whoever raised, without the layers that Dagster puts around them."""
    if failure.user_failure_data is not None and failure.user_failure_data.description:
        return " ".join(failure.user_failure_data.description.split())
    error = failure.error
    while error.cause is not None:
        error = error.cause
    return " ".join(error.message.split())
