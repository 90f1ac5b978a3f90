"""The folders of a run as a Dagster resource, so that they stand on the page of the run.

A run holds the lock of its warehouse from its start to its end. It begins by removing what killed runs left there, by
reading the ledger, and by setting aside what is damaged.
"""

import logging
from contextlib import ExitStack
from dataclasses import replace
from datetime import date

import dagster as dg
from pydantic import Field, PrivateAttr

from pipelines.build.ledger import Ledger
from pipelines.build.leftovers import sweep
from pipelines.build.mending import mend_warehouse
from pipelines.build.run_lock import RunBusy, run_lock
from pipelines.build.toml_file import SchemaError
from pipelines.settings import Settings
from pipelines.warehouse.written_files import check_written_files

WAIT_SECONDS = 600  # so long a run that the schedule or the sensor started waits for the run before it
STARTED_BY_TAG = "fazhi/started_by"  # set on runs of the command line
_log = logging.getLogger(__name__)


class Workspace(dg.ConfigurableResource[None]):
    """The folders of one run. Where one is empty, `pipelines.settings` decides."""

    raw_dir: str = Field(default="", description="Folder whose files are the reports; empty: FAZHI_RAW or raw/.")
    warehouse_dir: str = Field(default="", description="Folder that is built; empty: FAZHI_WAREHOUSE or warehouse/.")
    _held: ExitStack = PrivateAttr(default_factory=ExitStack)
    _today: date | None = PrivateAttr(default=None)

    def settings(self) -> Settings:
        """The settings of this run."""
        settings = Settings.load(self.raw_dir or None, self.warehouse_dir or None)
        return settings if self._today is None else replace(settings, today=self._today)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Check what people write, then lock the warehouse for a run and make it ready. A sensor only reads."""
        if context.run is None:
            return
        settings = self.settings()
        self._today = settings.today  # a run over midnight is of one day
        try:
            check_written_files(settings.sources_path)
            self._held.enter_context(run_lock(settings.warehouse_dir, WAIT_SECONDS))
        except (RunBusy, SchemaError) as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        if removed := sweep(settings.warehouse_dir):
            _log.info("removed %d files that killed runs left in %s", removed, settings.warehouse_dir)
        # A run of the command line looks more closely by itself when it has failed, and begins again (`run_job`).
        by_dagster = STARTED_BY_TAG not in context.run.tags
        for lost in mend_warehouse(Ledger(settings.ledger_path), thorough=by_dagster and _last_failed(context)):
            if context.log:
                context.log.warning(lost)  # for the run's page; the command line has it from where it was found

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Release the lock."""
        self._held.close()


def _last_failed(context: dg.InitResourceContext) -> bool:
    """Whether the run before this one failed."""
    if context.instance is None or context.run is None:
        return False
    runs = context.instance.get_runs(dg.RunsFilter(job_name=context.run.job_name), limit=2)
    return any(run.status == dg.DagsterRunStatus.FAILURE for run in runs if run.run_id != context.run.run_id)


def run_config(raw_dir: str, warehouse_dir: str) -> dict[str, object]:
    """The run config that makes a run work on these folders."""
    return {"resources": {"workspace": {"config": {"raw_dir": raw_dir, "warehouse_dir": warehouse_dir}}}}
