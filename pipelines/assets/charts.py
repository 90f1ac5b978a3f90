"""Where the charts of a table are seen: links on the pages of assets. A run draws nothing."""

import dagster as dg

from pipelines.assets.asset_metadata import Metadata
from pipelines.report.chart_files import chart_files
from pipelines.settings import Settings


def chart_links(settings: Settings, table: str) -> Metadata:
    """A link to the page of the workbench for each chart of `table`. Most tables have none."""
    return {
        f"{chart.name}_in_the_workbench": dg.MetadataValue.url(f"{settings.web_url}/{chart.workbench}")
        for chart in chart_files()
        if chart.page == table
    }


def chart_note(table: str) -> str:
    """A sentence for the description of an asset: where its charts are seen. Empty where it has none."""
    pages = dict.fromkeys(f"/{chart.workbench}" for chart in chart_files() if chart.page == table)
    return f" The workbench (`fazhi web`) draws its charts: {', '.join(pages)}." if pages else ""
