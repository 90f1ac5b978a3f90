"""The charts of tables: how each is drawn, and which page shows it.

To add a chart, write its SQL and its page under `sql/charts` and add its drawing here. The chart of the releases is
drawn in `history_chart`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import duckdb

from pipelines.report.canvas import markdown_image
from pipelines.report.chart_files import chart_file
from pipelines.report.coverage_chart import coverage, draw_coverage
from pipelines.report.panel_charts import changes, draw_changes, draw_headlines, headlines

# Raise this when a drawing changes. Then kept pictures are drawn again.
VERSION = "1"


@dataclass(frozen=True)
class Chart:
    """A chart of a table's page. `draw` takes a connection that knows the tables of `reads`, and returns SVG.

    `workbench` is the page of the workbench that shows the same figures, with the way to each of them.
    """

    name: str
    page: str
    workbench: str
    reads: tuple[str, ...]
    draw: Callable[[duckdb.DuckDBPyConnection], bytes]

    def markdown(self, con: duckdb.DuckDBPyConnection) -> str:
        """The chart as a Markdown image."""
        return markdown_image(self.draw(con), self.name.replace("_", " "))


DRAWINGS: Mapping[str, Callable[[duckdb.DuckDBPyConnection], bytes]] = {
    "coverage_by_province_and_year": lambda con: draw_coverage(coverage(con)),
    "headline_distributions": lambda con: draw_headlines(headlines(con)),
    "change_on_the_year_before": lambda con: draw_changes(changes(con)),
}


def charts() -> list[Chart]:
    """Every chart of a table. A page is built after all tables that its charts read."""
    files = [(chart_file(name), draw) for name, draw in DRAWINGS.items()]
    return [Chart(file.name, file.page, file.workbench, file.reads, draw) for file, draw in files]
