"""The tables as `sql/` defines them: the SQL of each, what it reads, its columns with types, and its description.

DuckDB itself reads the SQL: it names the tables that a query reads, and it works out the columns over empty inputs. So
a query that cannot run is found here, before anything is built. Building a table is `pipelines.warehouse.table_build`.
"""

import json
import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from pipelines.build.database import connect, one_line
from pipelines.build.layouts import LAYOUTS, Layout
from pipelines.errors import FazhiError
from pipelines.warehouse.descriptions import ColumnText, Descriptions, TableText, inputs, load_descriptions

# Folders of `sql/` whose files make tables.
SQL_GROUPS = ("tables", "steps", "marts")

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
    """A table as NAME.sql and NAME.toml define it; `group` is their folder: tables, steps or marts.

    `macros` holds the statements that create the macros of its SQL. `reads` holds the columns of every table and input
    that it reads. A table `in_parts` is a folder with a file for each part of a layout (pipelines.build.layouts), and
    only those parts are built again whose rows have changed in an input.
    """

    name: str
    group: str
    sql: str
    text: TableText
    reads: Mapping[str, Columns]
    columns: tuple[Column, ...]
    macros: tuple[str, ...] = ()
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
    def is_published(self) -> bool:
        """Whether a release holds it. A step only serves other tables."""
        return self.group != "steps"

    @property
    def code(self) -> str:
        """All SQL that decides its rows: its macros, then its query."""
        return "\n".join([*self.macros, self.sql])


def load_specs(sql_dir: Path) -> dict[str, TableSpec]:
    """Every table that a file of `sql_dir` makes, by name, each after those that it reads.

    Raises ModelError for SQL that DuckDB refuses, that reads an unknown table or that runs in a circle, and SchemaError
    for descriptions that break their schema or speak of other columns than the SQL gives.
    """
    descriptions = load_descriptions(sql_dir)
    files = _sql_files(sql_dir, descriptions)
    known: dict[str, Columns] = dict(descriptions.inputs)
    specs: dict[str, TableSpec] = {}
    with closing(connect()) as con:
        macros = _create_macros(con, sql_dir)
        for name, types in known.items():
            _create_empty(con, name, types)
        for name, reads in _in_build_order(con, files, known).items():
            path, text = files[name], descriptions.table(name)
            sql = path.read_text(encoding="utf-8").strip()
            try:
                known[name] = {row[0]: row[1] for row in con.execute(f"DESCRIBE {sql}").fetchall()}
            except duckdb.Error as error:
                raise ModelError(f"{path}: found SQL that DuckDB refuses ({one_line(error)}); correct it") from error
            _create_empty(con, name, known[name])
            descriptions.check_columns(name, known[name])
            specs[name] = TableSpec(
                name=name,
                group=path.parent.name,
                sql=sql,
                text=text,
                reads={table: known[table] for table in reads},
                columns=tuple(Column(c, kind, descriptions.column(name, c)) for c, kind in known[name].items()),
                macros=_used(macros, sql),
                in_parts=LAYOUTS[text.parts] if text.parts else None,
            )
            layout = specs[name].in_parts
            if layout and layout.column(list(known[name])) is None:
                raise ModelError(
                    f"{descriptions.files[name]}, parts: found {text.parts!r}, allowed a layout whose column the table "
                    f"has; it has no {' or '.join(layout.columns)}"
                )
    _check_targets(descriptions, known)
    return specs


def connect_empty(specs: Mapping[str, TableSpec]) -> duckdb.DuckDBPyConnection:
    """A database that holds every input and every table of `specs` without a row, each with its columns and types."""
    con = connect()
    for name, types in inputs().items():
        _create_empty(con, name, types)
    for spec in specs.values():
        _create_empty(con, spec.name, {column.name: column.type for column in spec.columns})
    return con


def _create_empty(con: duckdb.DuckDBPyConnection, name: str, types: Columns) -> None:
    listed = ", ".join(f'"{column}" {kind}' for column, kind in types.items())
    con.execute(f"CREATE TABLE {name} ({listed})")


def _sql_files(sql_dir: Path, descriptions: Descriptions) -> dict[str, Path]:
    """The SQL file of each table, each with its NAME.toml beside it. Raises ModelError for one without the other."""
    files: dict[str, Path] = {}
    for group in SQL_GROUPS:
        for path in sorted((sql_dir / group).glob("*.sql")):
            if path.stem in files:
                raise ModelError(f"{path}: found a second table of this name, beside {files[path.stem]}; rename one")
            if descriptions.files.get(path.stem) != path.with_suffix(".toml"):
                raise ModelError(f"{path}: found no {path.stem}.toml beside it; describe the table there")
            files[path.stem] = path
    for name, path in descriptions.files.items():
        if path.parent.name in SQL_GROUPS and name not in files:
            raise ModelError(f"{path}: found no {name}.sql beside it; write the query there or remove the description")
    return files


def _in_build_order(
    con: duckdb.DuckDBPyConnection, files: Mapping[str, Path], known: Mapping[str, Columns]
) -> dict[str, set[str]]:
    """The tables and inputs that each query reads, each query after those that it reads. Raises ModelError."""
    reads = {name: _tables_read(con, path) for name, path in files.items()}
    for name, path in files.items():
        if unknown := sorted(reads[name] - files.keys() - known.keys()):
            raise ModelError(f"{path}: found table {unknown[0]}, allowed the SQL files beside it and sql/inputs.toml")
    try:
        order = list(TopologicalSorter({name: sorted(read) for name, read in reads.items()}).static_order())
    except CycleError as error:
        names = error.args[1]
        raise ModelError(
            f"{files[names[0]]}: found tables that read each other in a circle: {' <- '.join(names)}"
        ) from None
    return {name: reads[name] for name in order if name in reads}


def _tables_read(con: duckdb.DuckDBPyConnection, path: Path) -> set[str]:
    """The tables that one query names, its own common table expressions left out. Raises ModelError."""
    try:
        text = path.read_text(encoding="utf-8")
        ((tree,),) = con.execute("SELECT json_serialize_sql($1)", [text]).fetchall()
    except (OSError, UnicodeDecodeError, duckdb.Error) as error:
        raise ModelError(f"{path}: found a file that cannot be read ({error}), expected SQL in UTF-8") from error
    tables, own = set(), set()

    def collect(node: dict[str, Any]) -> dict[str, Any]:
        if node.get("type") == "BASE_TABLE":
            tables.add(node["table_name"])
        if "cte_map" in node:
            own.update(entry["key"] for entry in node["cte_map"]["map"])
        return node

    statements = json.loads(tree, object_hook=collect)
    if statements["error"]:
        raise ModelError(f"{path}: found SQL that cannot be parsed ({statements['error_message']}); write one SELECT")
    if len(statements["statements"]) != 1:
        raise ModelError(f"{path}: found {len(statements['statements'])} statements, allowed one SELECT")
    return tables - own


def _create_macros(con: duckdb.DuckDBPyConnection, sql_dir: Path) -> dict[str, str]:
    """The statement of each macro of `macros/*.sql`, all created on `con`. Raises ModelError for anything else.

    A macro is scalar and reads no table, so that what a table reads stands in its own file.
    """
    macros: dict[str, str] = {}
    for path in sorted((sql_dir / "macros").glob("*.sql")):
        try:
            for statement in duckdb.extract_statements(path.read_text(encoding="utf-8")):
                head = re.search(r"^CREATE TEMP MACRO (\w+)\(", statement.query, re.MULTILINE)
                if head is None or head[1] in macros or re.search(r"\bFROM\b", statement.query):
                    raise ModelError(
                        f"{path}: allowed are CREATE TEMP MACRO NAME(...) AS ... without FROM, a name once"
                    )
                con.execute(statement.query)
                macros[head[1]] = statement.query.strip()
        except duckdb.Error as error:
            raise ModelError(f"{path}: found a macro that DuckDB refuses ({one_line(error)}); correct it") from error
    return macros


def _used(macros: Mapping[str, str], sql: str) -> tuple[str, ...]:
    """The statements of the macros that `sql` calls, those that a macro calls before it."""
    called = [name for name in macros if re.search(rf"\b{name}\(", sql)]
    inner = [
        statement for name in called for statement in _used(_others(macros, name), macros[name].partition(" AS")[2])
    ]
    return tuple(dict.fromkeys([*inner, *(macros[name] for name in called)]))


def _others(macros: Mapping[str, str], name: str) -> dict[str, str]:
    return {other: statement for other, statement in macros.items() if other != name}


def _check_targets(descriptions: Descriptions, known: Mapping[str, Columns]) -> None:
    """Hold the references of every description against the tables. Raises ModelError for a column that is not there."""
    for name, text in descriptions.tables.items():
        for target in [*text.references.values(), *text.list_references.values()]:
            table, _, column = target.partition(".")
            if column not in known.get(
                table, descriptions.tables[table].columns if table in descriptions.tables else ()
            ):
                raise ModelError(
                    f"{descriptions.files[name]}, references: found {target!r}, allowed TABLE.COLUMN of sql/"
                )
