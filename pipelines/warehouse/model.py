"""The tables as `sql/` defines them: the SQL of each, its descriptions, what it reads and where its columns come from.

Building a table is `pipelines.warehouse.table_build`.
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.build.database import connect
from pipelines.build.layouts import LAYOUTS, Layout
from pipelines.warehouse.descriptions import ColumnText, TableText, inputs, load_descriptions
from pipelines.warehouse.lineages import Source, follow
from pipelines.warehouse.table_parts import no_rows


@dataclass(frozen=True)
class Column:
    """An output column: what it means and which (table, column) pairs go into it."""

    name: str
    text: ColumnText
    lineage: tuple[Source, ...]

    @property
    def description(self) -> str:
        """Its meaning in both languages, in one line."""
        return self.text.comment


@dataclass(frozen=True)
class TableSpec:
    """A table as its SQL file and the metadata define it; `group` is the folder, 'tables' or 'marts'.

    A table `in_parts` is a folder with a file for each part of a layout (pipelines.build.layouts), and only the
    parts are built again whose rows have changed in an input.
    """

    name: str
    group: str
    sql: str
    text: TableText
    depends_on: tuple[str, ...]
    columns: tuple[Column, ...]
    in_parts: Layout | None = None

    @property
    def description(self) -> str:
        """What it is in both languages, in one line."""
        return self.text.comment


def load_specs(sql_dir: Path) -> dict[str, TableSpec]:
    """Every table of `sql_dir`/tables and `sql_dir`/marts by name, each after those that it reads.

    Raises LineageError for SQL that cannot be followed or runs in a circle, SchemaError for descriptions that break
    their schema or speak of other columns than the SQL gives.
    """
    files = {path.stem: path for group in ("tables", "marts") for path in sorted((sql_dir / group).glob("*.sql"))}
    texts = {name: path.read_text(encoding="utf-8").strip() for name, path in files.items()}
    descriptions = load_descriptions(sql_dir)
    specs: dict[str, TableSpec] = {}
    for name, lineage in follow(texts).items():
        text = descriptions.table(name)
        descriptions.check_columns(name, tuple(lineage.columns))
        specs[name] = TableSpec(
            name=name,
            group=files[name].parent.name,
            sql=texts[name],
            text=text,
            depends_on=lineage.depends_on,
            columns=tuple(Column(c, descriptions.column(name, c), s) for c, s in lineage.columns.items()),
            in_parts=LAYOUTS[text.parts] if text.parts else None,
        )
    return specs


def output_types(specs: Mapping[str, TableSpec]) -> dict[str, list[tuple[str, str]]]:
    """(column, DuckDB type) of every table, worked out over empty inputs; nothing needs to be built."""
    with closing(connect_empty(specs)) as con:
        return {name: [(row[0], row[1]) for row in con.sql(f"DESCRIBE {name}").fetchall()] for name in specs}


def connect_empty(specs: Mapping[str, TableSpec]) -> duckdb.DuckDBPyConnection:
    """A database that holds every table of `specs` without a row, each with its columns and types."""
    con = connect()
    for name in inputs():
        con.execute(f"CREATE TABLE {name} AS {no_rows(name)}")
    for spec in specs.values():
        con.execute(f"CREATE TABLE {spec.name} AS {spec.sql}")
    return con
