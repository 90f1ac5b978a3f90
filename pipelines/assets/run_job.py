"""One run of the whole job in this process, recorded where Dagster's UI shows it."""

import logging
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.definitions.repository_definition.valid_definitions import SINGLETON_REPOSITORY_NAME
from dagster._core.execution.api import execute_run
from dagster._core.remote_origin import (
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

from pipelines.assets.alerts import STARTED_BY_TAG, announce, failure_reason, first_cause
from pipelines.assets.automation import JOB_NAME
from pipelines.assets.dagster_home import LOCATION, MODULE, open_instance
from pipelines.assets.workspace import run_config
from pipelines.build.run_lock import run_lock
from pipelines.settings import Settings

# what Dagster logs is kept in its instance, where the UI shows it; the terminal is ours
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
RUN = "run"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Made:
    """An asset that the run has made, with the plain values of its metadata."""

    asset: str
    metadata: dict[str, Any]


@dataclass(frozen=True)
class StepFailed:
    """A step or a check of it that failed, and why, in one line."""

    step: str
    reason: str
    is_check: bool = False


Event = Made | StepFailed


@dataclass(frozen=True)
class RunResult:
    """How a run ended: whether all went well, and the assets that were not made."""

    is_done: bool
    missing: tuple[str, ...]


def run_job(definitions: dg.Definitions, settings: Settings, on_event: Callable[[Event], None]) -> RunResult:
    """Run all assets of `definitions`. `on_event` is called for each asset that is made and for each failure.

    Assets that do not depend on a failed one are made all the same. The run is recorded in `settings.dagster_home`.
    Raises RunBusy where another run works on the same warehouse.
    """
    run_id = str(uuid.uuid4())
    failed: set[str] = set()
    missing = asset_names(definitions)

    def listen(entry: dg.EventLogEntry) -> None:
        event = _read_event(entry.dagster_event) if entry.dagster_event else None
        if isinstance(event, StepFailed):
            # a failed check fails its step, and a failed step the run: only the first says why
            is_consequence = not event.is_check and (event.step in failed or (event.step == RUN and bool(failed)))
            failed.add(event.step)
            event = None if is_consequence else event
        if isinstance(event, Made):
            missing.remove(event.asset)
        if event is not None:
            on_event(event)

    with run_lock(settings.warehouse_dir), open_instance(settings.dagster_home) as instance:
        instance.add_event_listener(run_id, listen)
        job = definitions.resolve_job_def(JOB_NAME)
        run = instance.create_run_for_job(
            job,
            run_id=run_id,
            run_config={**run_config(str(settings.raw_dir), str(settings.warehouse_dir)), **QUIET},
            tags={**job.run_tags, STARTED_BY_TAG: "command line"},
            remote_job_origin=code_origin(),
        )
        _log.info("run %s works on %s, its history is in %s", run_id, settings.warehouse_dir, settings.dagster_home)
        result = execute_run(InMemoryJob(job), run, instance)
        announce(instance, run_id, settings)
    return RunResult(result.success, tuple(missing))


def code_origin() -> RemoteJobOrigin:
    """The job as Dagster's UI knows it, in the code location that `fazhi ui` loads.

    The UI lists a run under its job (Overview, Timeline, Jobs) only if the run names this origin.
    """
    target = LoadableTargetOrigin(executable_path=sys.executable, module_name=MODULE, working_directory=str(Path.cwd()))
    location = ManagedGrpcPythonEnvCodeLocationOrigin(target, location_name=LOCATION)
    return RemoteJobOrigin(RemoteRepositoryOrigin(location, SINGLETON_REPOSITORY_NAME), JOB_NAME)


def asset_names(definitions: dg.Definitions) -> list[str]:
    """Every asset that a run makes, in an order in which it can make them."""
    keys = definitions.resolve_asset_graph().toposorted_asset_keys
    return [key.to_user_string() for key in keys]


def _read_event(event: dg.DagsterEvent) -> Event | None:
    """What a person must know of one event of Dagster; for most events that is nothing."""
    kind = event.event_type
    if kind == dg.DagsterEventType.ASSET_MATERIALIZATION:
        made = event.step_materialization_data.materialization
        return Made(made.asset_key.to_user_string(), {name: value.value for name, value in made.metadata.items()})
    if kind == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
        check = event.asset_check_evaluation_data
        if check.passed or check.severity != dg.AssetCheckSeverity.ERROR:
            return None
        return StepFailed(event.step_key or RUN, check.description or f"check {check.check_name} failed", is_check=True)
    if kind == dg.DagsterEventType.STEP_FAILURE:
        return StepFailed(event.step_key or RUN, failure_reason(event.step_failure_data))
    if kind == dg.DagsterEventType.RUN_FAILURE and event.job_failure_data.error is not None:
        return StepFailed(RUN, first_cause(event.job_failure_data.error))
    return None
