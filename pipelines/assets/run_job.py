"""One run of the whole job in this process, recorded where Dagster's UI shows it."""

import logging
import sys
import uuid
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.definitions.repository_definition.valid_definitions import SINGLETON_REPOSITORY_NAME
from dagster._core.events import RunFailureReason
from dagster._core.execution.api import execute_run
from dagster._core.execution.plan.objects import ErrorSource
from dagster._core.remote_origin import (
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

from pipelines.assets.alerts import announce, failure_reason, first_cause
from pipelines.assets.automation import JOB_NAME
from pipelines.assets.dagster_home import LOCATION, MODULE, mend_home, open_instance, usable
from pipelines.assets.storage import OpenEventLogStorage
from pipelines.assets.workspace import STARTED_BY_TAG, run_config
from pipelines.build.ledger import Ledger
from pipelines.build.mending import mend_warehouse
from pipelines.build.run_lock import run_lock
from pipelines.errors import FazhiError
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


@dataclass(frozen=True)
class Warned:
    """A check of an asset that does not hold and stops nothing; `text` says what was found, in one line."""

    asset: str
    check: str
    text: str


Event = Made | StepFailed | Warned


@dataclass(frozen=True)
class RunResult:
    """How a run ended: whether all went well, and the assets that were not made."""

    is_done: bool
    missing: tuple[str, ...]


def run_job(definitions: dg.Definitions, settings: Settings, on_event: Callable[[Event], None]) -> RunResult:
    """Run all assets of `definitions`. `on_event` is called for each asset that is made, and at the end for
    warnings and failures.

    Assets that do not depend on a failed one are made all the same. The run is recorded in `settings.dagster_home`.
    After a run that failed damage is looked for; where some is found and set aside, everything is run once more. Raises
    RunBusy where another run works on the same warehouse, HomeError where the home cannot be written.
    """
    with run_lock(settings.warehouse_dir), usable(settings.dagster_home):
        try:
            attempt = _attempt(definitions, settings, on_event)
        except FazhiError:
            raise
        except Exception:  # of Dagster, which cannot open its home or lost it on the way
            if not _mend(settings):
                raise
            attempt = _attempt(definitions, settings, on_event)
        else:
            if not attempt.result.is_done and _mend(settings):
                attempt = _attempt(definitions, settings, on_event)
        for problem in attempt.problems:
            on_event(problem)
        if settings.webhook:
            with open_instance(settings.dagster_home) as instance:
                announce(instance, attempt.run_id, settings)
    return attempt.result


@dataclass(frozen=True)
class _Attempt:
    """A run that has ended: its id, how it ended, and what it warns of and what failed in it."""

    run_id: str
    result: RunResult
    problems: tuple[Warned | StepFailed, ...]


def _mend(settings: Settings) -> list[str]:
    """Look for damage everywhere; only a run that failed is worth the time. Returns a line for each thing mended."""
    return mend_home(settings.dagster_home) + mend_warehouse(Ledger(settings.ledger_path), thorough=True)


def _attempt(definitions: dg.Definitions, settings: Settings, on_event: Callable[[Event], None]) -> _Attempt:
    """One run from start to end. `on_event` is called for what is made; what failed may not be the last word."""
    run_id = str(uuid.uuid4())
    failed: set[str] = set()
    failures: list[StepFailed] = []
    warnings: list[Warned] = []
    missing = asset_names(definitions)
    is_broken_off = False

    def listen(entry: dg.EventLogEntry) -> None:
        """Sort an event of Dagster: what is made is told at once, the rest is for the end."""
        nonlocal is_broken_off
        if entry.dagster_event and _is_interrupt(entry.dagster_event):
            is_broken_off = True
            return
        event = _read_event(entry.dagster_event) if entry.dagster_event else None
        if isinstance(event, StepFailed):
            # a failed check fails its step, and a failed step the run: only the first says why
            is_consequence = not event.is_check and (event.step in failed or (event.step == RUN and bool(failed)))
            failed.add(event.step)
            if not is_consequence:
                failures.append(event)
        elif isinstance(event, Made):
            missing.remove(event.asset)
            on_event(event)
        elif event is not None:
            warnings.append(event)

    with open_instance(settings.dagster_home) as instance:
        instance.add_event_listener(run_id, listen)
        job = definitions.resolve_job_def(JOB_NAME)
        events = instance.event_log_storage
        with events.together(run_id) if isinstance(events, OpenEventLogStorage) else nullcontext():
            run = instance.create_run_for_job(
                job,
                run_id=run_id,
                run_config={**run_config(str(settings.raw_dir), str(settings.warehouse_dir)), **QUIET},
                tags={**job.run_tags, STARTED_BY_TAG: "command line"},
                remote_job_origin=code_origin(),
            )
        _log.info("run %s works on %s, its history is in %s", run_id, settings.warehouse_dir, settings.dagster_home)
        try:
            result = execute_run(InMemoryJob(job), run, instance)
            if is_broken_off:  # Dagster calls that a failure
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            instance.report_run_canceled(run, "The run was broken off where it was started.")
            raise
    return _Attempt(run_id, RunResult(result.success, tuple(missing)), (*warnings, *failures))


def _is_interrupt(event: dg.DagsterEvent) -> bool:
    """Whether a step or the run ends because somebody broke the run off, such as with Ctrl-C."""
    if event.event_type == dg.DagsterEventType.STEP_FAILURE:
        return event.step_failure_data.error_source == ErrorSource.INTERRUPT
    if event.event_type == dg.DagsterEventType.RUN_FAILURE:
        return event.job_failure_data.failure_reason == RunFailureReason.UNEXPECTED_TERMINATION
    return False


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
        text = check.description or f"check {check.check_name} failed"
        if check.passed:
            return None
        if check.severity == dg.AssetCheckSeverity.WARN:
            return Warned(check.asset_key.to_user_string(), check.check_name, text)
        return StepFailed(event.step_key or RUN, text, is_check=True)
    if kind == dg.DagsterEventType.STEP_FAILURE:
        return StepFailed(event.step_key or RUN, failure_reason(event.step_failure_data))
    if kind == dg.DagsterEventType.RUN_FAILURE and event.job_failure_data.error is not None:
        return StepFailed(RUN, first_cause(event.job_failure_data.error))
    return None
