"""Alerts: collect the result of a run from its events and post it to the webhook, if there is one.

Two sensors post the alerts of runs that Dagster's daemon starts. `fazhi run` works without a daemon and calls
`announce` itself. Its runs have a tag, so that the sensors skip them. `pipelines.report.alerts` writes the message.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from pipelines.assets.automation import nightly_job
from pipelines.assets.workspace import STARTED_BY_TAG
from pipelines.reasons import ReasonCode
from pipelines.report.alerts import AlertError, RunSummary, Webhook, send
from pipelines.settings import Settings
from pipelines.warehouse.checks import load_checks
from pipelines.warehouse.query import QueryError, query

_REASONS = (
    "SELECT reason_code, count(*) AS reports FROM dim_report WHERE status = 'quarantined' "
    "GROUP BY reason_code ORDER BY reports DESC, reason_code"
)
_EVENTS = {
    dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
    dg.DagsterEventType.ASSET_MATERIALIZATION,
    dg.DagsterEventType.ASSET_CHECK_EVALUATION,
    dg.DagsterEventType.STEP_FAILURE,
    dg.DagsterEventType.RUN_FAILURE,
}
# A rule is shown at the release, any other check at its table.
_LABELS = {("release" if check.kind == "rule" else check.table, check.name): check.zh for check in load_checks()}
_COUNTS = {"n_files": "报告", "n_accepted": "采用", "n_quarantined": "隔离", "n_facts": "事实"}
# asset -> key of its metadata -> its name in the message
_CHANGES = {
    "fetched_documents": {"new": "抓取新增", "changed": "抓取变更"},
    "documents": {"computed": "新读取", "reused": "沿用", "removed": "移除"},
}


def announce(instance: dg.DagsterInstance, run_id: str, settings: Settings) -> str | None:
    """Post the summary of a finished run, if a webhook is set.

    A run does not fail because its message cannot be delivered. The reason, one line, is logged, written into the
    events of the run, where the UI shows it, and returned.
    """
    if not settings.webhook:
        return None
    webhook = Webhook(settings.webhook, settings.webhook_kind, settings.webhook_secret)
    try:
        send(webhook, summarise_run(instance, run_id, settings), datetime.now(UTC))
    except Exception as error:  # whatever it is, the work of the run is done
        line = f"the alert was not delivered: {error if isinstance(error, AlertError) else type(error).__name__}"
        logging.getLogger(__name__).warning(line)
        instance.report_engine_event(line, instance.get_run_by_id(run_id))
        return line
    return None


def summarise_run(instance: dg.DagsterInstance, run_id: str, settings: Settings) -> RunSummary:
    """The result of the run, from its events and the current release."""
    run = instance.get_run_by_id(run_id)
    events = [entry.dagster_event for entry in instance.all_logs(run_id, of_type=_EVENTS) if entry.dagster_event]
    checked = [event for event in events if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION]
    failed = [check for check in (event.asset_check_evaluation_data for event in checked) if not check.passed]
    release = _release(settings)
    return RunSummary(
        run_id=run_id,
        succeeded=run is not None and run.is_success,
        release_id=release.get("release_id"),
        counts={label: release[name] for name, label in _COUNTS.items() if release},
        kept_out=_kept_out(settings),
        changes=_changes(events),
        blocking=[_line(check) for check in failed if check.severity == dg.AssetCheckSeverity.ERROR],
        warnings=[_line(check) for check in failed if check.severity == dg.AssetCheckSeverity.WARN],
        missing=_missing(events),
    )


def _release(settings: Settings) -> Mapping[str, Any]:
    try:
        found = query(settings.release_path, f"SELECT release_id, {', '.join(_COUNTS)} FROM release")
    except QueryError:  # there is none yet
        return {}
    return dict(zip(found.columns, found.rows[0], strict=True))


def _kept_out(settings: Settings) -> dict[str, int]:
    """The quarantined reports of the current release by the Chinese name of their reason, the most frequent first."""
    names = {code.value: code.zh for code in ReasonCode}
    try:
        found = query(settings.release_path, _REASONS, limit=len(names))
    except QueryError:  # no release yet, or one from before the reasons had codes
        return {}
    return {names.get(code, code): reports for code, reports in found.rows}


def _line(check: Any) -> str:
    asset = check.asset_key.to_user_string()
    label = _LABELS.get((asset, check.check_name))
    name = f"{label}({asset}.{check.check_name})" if label else f"{asset}.{check.check_name}"
    return f"{name}:{check.description or ''}"


def _changes(events: Iterable[dg.DagsterEvent]) -> dict[str, int]:
    changes = {}
    for event in events:
        if event.event_type != dg.DagsterEventType.ASSET_MATERIALIZATION:
            continue
        made = event.step_materialization_data.materialization
        for name, label in _CHANGES.get(made.asset_key.to_user_string(), {}).items():
            if isinstance(value := getattr(made.metadata.get(name), "value", None), int):
                changes[label] = value
    return changes


def _missing(events: Iterable[dg.DagsterEvent]) -> list[str]:
    """The steps that failed, each with its reason, and the planned assets that were not made."""
    failures: list[str] = []
    planned: dict[str, None] = {}  # in the order of the run
    for event in events:
        asset = event.asset_key.to_user_string() if event.asset_key else ""
        if event.event_type == dg.DagsterEventType.STEP_FAILURE:
            failures.append(f"步骤 {event.step_key} 失败:{failure_reason(event.step_failure_data)}")
        elif event.event_type == dg.DagsterEventType.RUN_FAILURE and event.job_failure_data.error and not failures:
            failures.append(f"运行失败:{first_cause(event.job_failure_data.error)}")  # before any step began
        elif event.event_type == dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED:
            planned[asset] = None
        elif event.event_type == dg.DagsterEventType.ASSET_MATERIALIZATION:
            planned.pop(asset, None)
    return [*failures, *([f"未更新:{', '.join(planned)}"] if planned else [])]


def failure_reason(failure: Any) -> str:
    """The message of the error that failed a step, in one line, without what Dagster wraps around it."""
    if failure.user_failure_data is not None and failure.user_failure_data.description:
        return " ".join(failure.user_failure_data.description.split())
    return first_cause(failure.error)


def first_cause(error: Any) -> str:
    """The message of the error at the bottom of what Dagster wraps around it, in one line."""
    while error.cause is not None:
        error = error.cause
    return " ".join(error.message.split())


def _sensor(name: str, status: dg.DagsterRunStatus, result: str) -> dg.RunStatusSensorDefinition:
    # The sensor runs from the start, so that FAZHI_WEBHOOK alone switches alerts on.
    @dg.run_status_sensor(
        name=name,
        run_status=status,
        monitored_jobs=[nightly_job],
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"Posts the summary of a nightly run that {result} to FAZHI_WEBHOOK; without one it does nothing.",
    )
    def post_alert(context: dg.RunStatusSensorContext) -> None:
        run = context.dagster_run
        if STARTED_BY_TAG not in run.tags:
            announce(context.instance, run.run_id, _settings(run))

    return post_alert


def _settings(run: dg.DagsterRun) -> Settings:
    """The settings with the folders that the run worked on."""
    config: Any = run.run_config
    for name in ("resources", "workspace", "config"):
        config = config.get(name, {}) if isinstance(config, Mapping) else {}
    return Settings.load(config.get("raw_dir") or None, config.get("warehouse_dir") or None)


sensors = [
    _sensor("alert_success", dg.DagsterRunStatus.SUCCESS, "succeeded"),
    _sensor("alert_failure", dg.DagsterRunStatus.FAILURE, "failed"),
]
