"""The charts of tables as `sql/charts` defines them: NAME.sql has the figures, NAME.toml names the page."""

from dataclasses import dataclass
from functools import cache

import sqlglot
from sqlglot import exp

from pipelines.build.toml_file import Entry, read_toml
from pipelines.paths import SQL_DIR

CHARTS_DIR = SQL_DIR / "charts"


class ChartText(Entry):
    """NAME.toml: `page` is the table whose page in Dagster shows the chart, `workbench` the page of ours that does."""

    page: str
    workbench: str


@dataclass(frozen=True)
class ChartFile:
    """A chart: its name, the table whose page shows it, the workbench's page, its SQL, and the tables that it reads."""

    name: str
    page: str
    workbench: str
    sql: str
    reads: tuple[str, ...]


@cache
def chart_file(name: str) -> ChartFile:
    """The chart `name` of `sql/charts`. Raises SchemaError if NAME.toml is missing or wrong."""
    text = read_toml(CHARTS_DIR / f"{name}.toml", ChartText)
    sql = (CHARTS_DIR / f"{name}.sql").read_text(encoding="utf-8")
    query = sqlglot.parse_one(sql, dialect="duckdb")
    steps = {step.alias for step in query.find_all(exp.CTE)}
    tables = {table.name for table in query.find_all(exp.Table)} - steps
    return ChartFile(name, text.page, text.workbench, sql, tuple(sorted(tables)))
