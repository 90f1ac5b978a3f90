"""The tables as `sql/` defines them: the SQL of each, what it reads, its columns with types, and its description.

DuckDB itself reads the SQL: it names the tables that a query reads, and it works out the columns over empty inputs. So
a query that cannot run is found here, before anything is built. Building a table is `pipelines.warehouse.table_build`.

`sql/tables` and `sql/marts` hold the tables. A file of `sql/steps` is a common table expression: a table that reads it
gets it into its WITH, together with the steps that the step reads. So is `ceiling`, which `sql/checks/ceilings.toml`
makes. `sql/macros` holds expressions that have a name. With getvariable('present_year') a query asks for the year in
which it runs.
"""

import json
import re
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from pipelines.build.database import connect, one_line
from pipelines.build.layouts import LAYOUTS, Layout
from pipelines.errors import FazhiError
from pipelines.paths import SQL_DIR
from pipelines.warehouse.ceilings import CEILING, CEILINGS, load_ceilings
from pipelines.warehouse.descriptions import (
    ColumnText,
    Descriptions,
    TableText,
    described,
    inputs,
    load_descriptions,
)

# Folders of `sql/` whose files make tables.
SQL_GROUPS = ("tables", "marts")
PRESENT_YEAR = "present_year"  # the variable that a query may ask for

Columns = Mapping[str, str]  # column -> DuckDB type


class ModelError(FazhiError):
    """The files under `sql/` do not fit together; the message is one line: file, what was found, what is allowed."""


@dataclass(frozen=True)
class Column:
    """A column of a table: its DuckDB type and what it means."""

    name: str
    type: str
    text: ColumnText

    @property
    def description(self) -> str:
        """Its meaning in both languages, in one line."""
        return self.text.comment


@dataclass(frozen=True)
class TableSpec:
    """A table as NAME.sql and NAME.toml define it; `group` is their folder, tables or marts.

    `macros` holds the statements that create the macros of `sql/macros`. `steps` holds the queries of `sql/steps` that
    its SQL reads, by name, each after those that it reads itself. `reads` holds the columns of every table and input
    that it reads, also through its steps. A table `in_parts` is a folder with a file for each part of a layout
    (pipelines.build.layouts), and only those parts are built again whose rows have changed in an input.
    """

    name: str
    group: str
    sql: str
    text: TableText
    reads: Mapping[str, Columns]
    columns: tuple[Column, ...]
    macros: tuple[str, ...] = ()
    steps: Mapping[str, str] = field(default_factory=dict)
    in_parts: Layout | None = None

    @property
    def description(self) -> str:
        """What it is in both languages, in one line."""
        return self.text.comment

    @property
    def depends_on(self) -> tuple[str, ...]:
        """The tables and inputs that it reads, sorted."""
        return tuple(sorted(self.reads))

    @property
    def query(self) -> str:
        """The one SELECT that makes its rows: its SQL with its steps. Its macros must be there."""
        return with_steps(self.sql, self.steps)

    @property
    def asks_year(self) -> bool:
        """Whether its rows depend on the year in which it is built."""
        return f"getvariable('{PRESENT_YEAR}')" in self.query

    @property
    def code(self) -> str:
        """All SQL that decides its rows."""
        return "\n\n".join([*self.macros, self.query])


def load_specs(sql_dir: Path) -> dict[str, TableSpec]:
    """Every table that a file of `sql_dir` makes, by name, each after those that it reads.

    Raises ModelError for SQL that DuckDB refuses, that reads an unknown table or that runs in a circle, and SchemaError
    for descriptions that break their schema or name other columns than the SQL gives.
    """
    descriptions = described() if sql_dir == SQL_DIR else load_descriptions(sql_dir)
    files = _sql_files(sql_dir, descriptions)
    known: dict[str, Columns] = dict(descriptions.inputs)  # the tables and inputs that the connection holds so far
    steps = _given_steps(sql_dir)
    specs: dict[str, TableSpec] = {}
    with closing(connect()) as con:
        macros = _create_macros(con, sql_dir)
        calls_macro = re.compile(rf"\b({'|'.join(macros)})\(") if macros else None
        for name, types in known.items():
            _create_empty(con, name, types)
        order, reads = _in_build_order(con, files, {*known, *steps})
        for name in order:
            path = files[name]
            sql = path.read_text(encoding="utf-8").strip()
            own_steps = {step: steps[step] for step in steps if step in reads[name]}
            query = with_steps(sql, own_steps)
            try:
                columns = {row[0]: row[1] for row in con.execute(f"DESCRIBE {query}").fetchall()}
            except duckdb.Error as error:
                raise ModelError(f"{path}: found SQL that DuckDB refuses ({one_line(error)}); correct it") from error
            if path.parent.name == "steps":
                steps[name] = sql
                continue
            known[name] = columns
            _create_empty(con, name, columns)
            specs[name] = TableSpec(
                name=name,
                group=path.parent.name,
                sql=sql,
                text=descriptions.table(name),
                reads={table: known[table] for table in sorted(reads[name]) if table not in steps},
                columns=_described(descriptions, name, columns),
                macros=tuple(macros.values()) if calls_macro and calls_macro.search(query) else (),
                steps=own_steps,
                in_parts=LAYOUTS.get(descriptions.table(name).parts or ""),
            )
    _check_references(descriptions, known)
    return specs


def with_steps(sql: str, steps: Mapping[str, str]) -> str:
    """The query `sql` with `steps` (name -> query) in front of the common table expressions that it has itself."""
    if not steps:
        return sql
    listed = ",\n".join(f"{name} AS (\n{step}\n)" for name, step in steps.items())
    head = re.match(r"((?:\s|--[^\n]*\n)*)WITH\s+(RECURSIVE\s+)?", sql)
    if head is None:
        return f"WITH {listed}\n{sql}"
    return f"{head[1]}WITH {head[2] or ''}{listed},\n{sql[head.end() :]}"


def connect_empty(specs: Mapping[str, TableSpec]) -> duckdb.DuckDBPyConnection:
    """A database that holds every input and every table of `specs` without a row, each with its columns and types."""
    con = connect()
    for name, types in inputs().items():
        _create_empty(con, name, types)
    for spec in specs.values():
        _create_empty(con, spec.name, {column.name: column.type for column in spec.columns})
    return con


def _given_steps(sql_dir: Path) -> dict[str, str]:
    """The steps that are made from what people write as TOML."""
    folder = sql_dir / "checks"
    return {CEILING: load_ceilings(folder).sql} if (folder / f"{CEILINGS}.toml").is_file() else {}


def _create_empty(con: duckdb.DuckDBPyConnection, name: str, types: Columns) -> None:
    listed = ", ".join(f'"{column}" {kind}' for column, kind in types.items())
    con.execute(f"CREATE TABLE {name} ({listed})")


def _sql_files(sql_dir: Path, descriptions: Descriptions) -> dict[str, Path]:
    """The SQL file of each table and step. Raises ModelError unless each table has NAME.sql and NAME.toml."""
    files: dict[str, Path] = {}
    for group in (*SQL_GROUPS, "steps"):
        for path in sorted((sql_dir / group).glob("*.sql")):
            other = files.get(path.stem) or (path.stem in descriptions.inputs and sql_dir / "inputs.toml")
            if other:
                raise ModelError(f"{path}: found a name that {other} has too, allowed a name once; rename one")
            if group in SQL_GROUPS and descriptions.files.get(path.stem) != path.with_suffix(".toml"):
                raise ModelError(f"{path}: found no {path.stem}.toml beside it; describe the table there")
            files[path.stem] = path
    for name, path in descriptions.files.items():
        if path.parent.name in SQL_GROUPS and files.get(name) != path.with_suffix(".sql"):
            raise ModelError(f"{path}: found no {name}.sql beside it; write the query there or remove the description")
    return files


def _in_build_order(
    con: duckdb.DuckDBPyConnection, files: Mapping[str, Path], known: Collection[str]
) -> tuple[list[str], dict[str, set[str]]]:
    """The names of `files` in build order, and what each reads, also through its steps. Raises ModelError."""
    reads = {name: _tables_read(con, path) for name, path in files.items()}
    for name, path in files.items():
        if unknown := sorted(reads[name] - files.keys() - set(known)):
            raise ModelError(f"{path}: found table {unknown[0]}, allowed the SQL files beside it and sql/inputs.toml")
    try:
        order = list(TopologicalSorter({name: sorted(read) for name, read in reads.items()}).static_order())
    except CycleError as error:
        names = error.args[1]
        circle = " <- ".join(names)
        raise ModelError(f"{files[names[0]]}: found tables that read each other in a circle: {circle}") from None
    order = [name for name in order if name in files]
    for name in order:
        for step in [read for read in reads[name] if read in files and files[read].parent.name == "steps"]:
            reads[name] |= reads[step]
    return order, reads


def _tables_read(con: duckdb.DuckDBPyConnection, path: Path) -> set[str]:
    """The tables that one query names, its own common table expressions left out. Raises ModelError."""
    try:
        text = path.read_text(encoding="utf-8")
        ((tree,),) = con.execute("SELECT json_serialize_sql($1)", [text]).fetchall()
    except (OSError, UnicodeDecodeError, duckdb.Error) as error:
        raise ModelError(f"{path}: found a file that cannot be read ({error}), expected SQL in UTF-8") from error
    tables: set[str] = set()
    own: set[str] = set()

    def collect(node: dict[str, Any]) -> dict[str, Any]:
        if node.get("type") == "BASE_TABLE":
            tables.add(node["table_name"])
        if "cte_map" in node:
            own.update(entry["key"] for entry in node["cte_map"]["map"])
        return node

    parsed = json.loads(tree, object_hook=collect)
    if parsed["error"]:
        raise ModelError(f"{path}: found SQL that cannot be parsed ({parsed['error_message']}); write one SELECT")
    if len(parsed["statements"]) != 1:
        raise ModelError(f"{path}: found {len(parsed['statements'])} statements, allowed one SELECT")
    return tables - own


def _create_macros(con: duckdb.DuckDBPyConnection, sql_dir: Path) -> dict[str, str]:
    """The statement of each macro of `macros/*.sql`, all created on `con`. Raises ModelError for anything else.

    A macro is an expression and reads no table, so that what a table reads stands in its own SQL.
    """
    macros: dict[str, str] = {}
    for path in sorted((sql_dir / "macros").glob("*.sql")):
        try:
            for statement in duckdb.extract_statements(path.read_text(encoding="utf-8")):
                head = re.search(r"^CREATE TEMP MACRO (\w+)\(", statement.query, re.MULTILINE)
                if head is None or head[1] in macros or re.search(r"\bFROM\b", statement.query):
                    allowed = "CREATE TEMP MACRO NAME(...) AS and an expression without FROM, each name once"
                    raise ModelError(f"{path}: found {' '.join(statement.query.split())[:60]!r}, allowed {allowed}")
                con.execute(statement.query)
                macros[head[1]] = statement.query.strip()
        except duckdb.Error as error:
            raise ModelError(f"{path}: found a macro that DuckDB refuses ({one_line(error)}); correct it") from error
    return macros


def _described(descriptions: Descriptions, name: str, columns: Columns) -> tuple[Column, ...]:
    """The columns with their meaning. Raises SchemaError or ModelError where NAME.toml does not fit them."""
    descriptions.check_columns(name, columns)
    layout = LAYOUTS.get(descriptions.table(name).parts or "")
    if layout and layout.column(list(columns)) is None:
        raise ModelError(
            f"{descriptions.files[name]}, parts: found {layout.name!r}, allowed a layout whose column the table has; "
            f"it has no {' or '.join(layout.columns)}"
        )
    return tuple(Column(column, kind, descriptions.column(name, column)) for column, kind in columns.items())


def _check_references(descriptions: Descriptions, known: Mapping[str, Columns]) -> None:
    """Raise ModelError for a reference to a column that is not there."""
    for name, text in descriptions.tables.items():
        for target in [*text.references.values(), *text.list_references.values()]:
            table, _, column = target.partition(".")
            own = descriptions.tables[table].columns if table in descriptions.tables else ()  # of what Python writes
            if column not in known.get(table, own):
                raise ModelError(
                    f"{descriptions.files[name]}, references: found {target!r}, allowed TABLE.COLUMN of sql/"
                )
