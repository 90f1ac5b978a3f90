"""The resource that tells every asset which folders the run works on, so that a run's page shows them.

Only the way from run config to `Settings` belongs here.
"""

import dagster as dg
from pydantic import Field

from pipelines.settings import Settings


class Workspace(dg.ConfigurableResource[None]):
    """The folders of one run; empty means the environment or the default decides (`pipelines.settings`)."""

    raw_dir: str = Field(default="", description="Folder whose files are the reports; empty: FAZHI_RAW or raw/.")
    warehouse_dir: str = Field(default="", description="Folder that is built; empty: FAZHI_WAREHOUSE or warehouse/.")

    def settings(self) -> Settings:
        """The settings of this run."""
        return Settings.load(self.raw_dir or None, self.warehouse_dir or None)


def run_config(raw_dir: str, warehouse_dir: str) -> dict[str, object]:
    """The run config that makes a run work on these folders."""
    return {"resources": {"workspace": {"config": {"raw_dir": raw_dir, "warehouse_dir": warehouse_dir}}}}
