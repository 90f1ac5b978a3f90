"""The resource that tells every asset which folders the run works on, so that a run's page shows them.

Only the way from run config to `Settings` belongs here, and that no two runs work on one warehouse and each begins with
a clean one.
"""

from contextlib import ExitStack

import dagster as dg
from pydantic import Field, PrivateAttr

from pipelines.build.leftovers import sweep
from pipelines.build.run_lock import RunBusy, run_lock
from pipelines.settings import Settings

WAIT_SECONDS = 600  # a run that the schedule or the sensor starts waits so long for the one before


class Workspace(dg.ConfigurableResource[None]):
    """The folders of one run; empty means the environment or the default decides (`pipelines.settings`)."""

    raw_dir: str = Field(default="", description="Folder whose files are the reports; empty: FAZHI_RAW or raw/.")
    warehouse_dir: str = Field(default="", description="Folder that is built; empty: FAZHI_WAREHOUSE or warehouse/.")
    _held: ExitStack = PrivateAttr(default_factory=ExitStack)

    def settings(self) -> Settings:
        """The settings of this run."""
        return Settings.load(self.raw_dir or None, self.warehouse_dir or None)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Take the warehouse for a run; sensors only look and take nothing."""
        if context.run is None:
            return
        warehouse_dir = self.settings().warehouse_dir
        try:
            self._held.enter_context(run_lock(warehouse_dir, WAIT_SECONDS))
        except RunBusy as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        sweep(warehouse_dir)

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Give the warehouse back."""
        self._held.close()


def run_config(raw_dir: str, warehouse_dir: str) -> dict[str, object]:
    """The run config that makes a run work on these folders."""
    return {"resources": {"workspace": {"config": {"raw_dir": raw_dir, "warehouse_dir": warehouse_dir}}}}
