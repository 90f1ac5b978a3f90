"""The charts of tables as `sql/charts` defines them: NAME.sql has the figures, NAME.toml names the page."""

from dataclasses import dataclass
from functools import cache

import sqlglot
from sqlglot import exp

from pipelines.build.toml_file import Entry, read_toml
from pipelines.paths import SQL_DIR

CHARTS_DIR = SQL_DIR / "charts"


class ChartText(Entry):
    """NAME.toml: `page` is the table whose page in Dagster shows the chart."""

    page: str


@dataclass(frozen=True)
class ChartFile:
    """A chart: its name, the table whose page shows it, its SQL, and the tables that the SQL reads."""

    name: str
    page: str
    sql: str
    reads: tuple[str, ...]


@cache
def chart_file(name: str) -> ChartFile:
    """The chart `name` of `sql/charts`. Raises SchemaError if NAME.toml is missing or wrong."""
    page = read_toml(CHARTS_DIR / f"{name}.toml", ChartText).page
    sql = (CHARTS_DIR / f"{name}.sql").read_text(encoding="utf-8")
    query = sqlglot.parse_one(sql, dialect="duckdb")
    steps = {step.alias for step in query.find_all(exp.CTE)}
    tables = {table.name for table in query.find_all(exp.Table)} - steps
    return ChartFile(name, page, sql, tuple(sorted(tables)))
