"""The charts as `sql/charts` defines them: NAME.sql has the figures, NAME.toml says where they are shown.

A run draws none of them. The pages of the workbench show the same figures with the way to each of them, and the
notebook draws the charts when somebody looks.
"""

from dataclasses import dataclass
from functools import cache

from pipelines.build.toml_file import Entry, read_toml
from pipelines.paths import SQL_DIR

CHARTS_DIR = SQL_DIR / "charts"


class ChartText(Entry):
    """NAME.toml: `page` is the table whose page in Dagster links to the chart, `workbench` the page that shows it."""

    page: str
    workbench: str


@dataclass(frozen=True)
class ChartFile:
    """A chart: its name, the table whose page links to it, the workbench's page that shows it, and its SQL."""

    name: str
    page: str
    workbench: str
    sql: str


@cache
def chart_file(name: str) -> ChartFile:
    """The chart `name` of `sql/charts`. Raises SchemaError if NAME.toml is missing or wrong."""
    text = read_toml(CHARTS_DIR / f"{name}.toml", ChartText)
    return ChartFile(name, text.page, text.workbench, (CHARTS_DIR / f"{name}.sql").read_text(encoding="utf-8"))


def chart_files() -> list[ChartFile]:
    """Every chart by name. Raises SchemaError as `chart_file` does."""
    return [chart_file(path.stem) for path in sorted(CHARTS_DIR.glob("*.toml"))]
