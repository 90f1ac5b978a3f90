"""Which charts there are of which table: what each is called, which tables it reads, and how it is made.

A chart of another table is one more entry here. The charts of releases, which are no tables, are in `history`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import duckdb

from pipelines.report.canvas import markdown_image
from pipelines.report.coverage_chart import coverage, draw_coverage
from pipelines.report.panel_charts import changes, draw_changes, draw_headlines, headlines

# Raise it when a drawing changes: kept pictures of an older version are drawn anew.
VERSION = "1"


@dataclass(frozen=True)
class Chart:
    """A chart of an asset's page; `draw` takes a connection that knows the tables of `reads`, and gives SVG."""

    name: str
    reads: tuple[str, ...]
    draw: Callable[[duckdb.DuckDBPyConnection], bytes]

    def markdown(self, con: duckdb.DuckDBPyConnection) -> str:
        """The chart as a Markdown image."""
        return markdown_image(self.draw(con), self.name.replace("_", " "))


# By the asset whose page shows them. It is built after all that its charts read: of that, or together with it.
CHARTS: Mapping[str, tuple[Chart, ...]] = {
    "province_year": (
        Chart(
            "coverage_by_province_and_year",
            ("dim_division", "dim_report", "township_succession"),
            lambda con: draw_coverage(coverage(con)),
        ),
    ),
    "township_year": (Chart("headline_distributions", ("township_year",), lambda con: draw_headlines(headlines(con))),),
    "township_change": (
        Chart("change_on_the_year_before", ("township_change",), lambda con: draw_changes(changes(con))),
    ),
}
