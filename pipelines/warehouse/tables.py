"""The tables as `sql/` defines them, and building one of them as a Parquet file.

A table is one SQL file that reads its inputs by plain name. Here the file becomes a `TableSpec` (with descriptions and
lineage) and, given where its inputs lie, a Parquet file. Which tables are built when is for the caller to say, what
goes into a release for `pipelines.warehouse.publish`.
"""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines.warehouse.lineage import LineageError, Source, dependencies, parse, trace
from pipelines.warehouse.metadata import describe_column, describe_table, inputs

PREVIEW_ROWS = 5
KEY_NAME = "fazhi_key"  # key-value metadata of each Parquet file: what it was built from

Sources = Mapping[str, Path | Sequence[Path]]


class BuildError(RuntimeError):
    """A table cannot be built; the message names the table, the cause and what to do."""


@dataclass(frozen=True)
class Column:
    """An output column: what it means and which (table, column) pairs go into it."""

    name: str
    description: str
    lineage: tuple[Source, ...]


@dataclass(frozen=True)
class TableSpec:
    """A table as its SQL file and the metadata define it; `group` is the folder, 'tables' or 'marts'."""

    name: str
    group: str
    sql: str
    description: str
    depends_on: tuple[str, ...]
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]


@dataclass(frozen=True)
class Built:
    """A table that lies at `path`: its size, its columns as (name, DuckDB type), and its first rows.

    `reused` says that nothing it is made from had changed, so that the file was left as it was.
    """

    path: Path
    rows: int
    columns: tuple[tuple[str, str], ...]
    preview: list[dict[str, Any]]
    reused: bool


def load_specs(sql_dir: Path) -> dict[str, TableSpec]:
    """Every table of `sql_dir`/tables and `sql_dir`/marts by name, each after those that it reads.

    Raises LineageError for SQL that cannot be followed or runs in a circle, MetadataError for what is not described.
    """
    files = {path.stem: path for group in ("tables", "marts") for path in sorted((sql_dir / group).glob("*.sql"))}
    texts = {name: path.read_text(encoding="utf-8").strip() for name, path in files.items()}
    queries = {name: parse(name, text) for name, text in texts.items()}
    try:
        order = list(TopologicalSorter({name: dependencies(query) for name, query in queries.items()}).static_order())
    except CycleError as error:
        raise LineageError(f"tables read each other in a circle: {' <- '.join(error.args[1])}") from error
    schema: dict[str, Sequence[str]] = {name: list(types) for name, types in inputs().items()}
    specs: dict[str, TableSpec] = {}
    for name in order:
        if name not in queries:
            continue
        lineage = trace(name, queries[name], schema)
        schema[name] = list(lineage.columns)
        text = describe_table(name)
        specs[name] = TableSpec(
            name=name,
            group=files[name].parent.name,
            sql=texts[name],
            description=text.comment,
            depends_on=lineage.depends_on,
            columns=tuple(Column(c, describe_column(name, c).comment, s) for c, s in lineage.columns.items()),
            primary_key=text.key,
        )
    return specs


def build(spec: TableSpec, sources: Sources, out_dir: Path) -> Built:
    """Write `out_dir`/NAME.parquet from `sources` (input name -> its Parquet files) unless it is there and up to date.

    An input with an empty list of files is an empty table. The file appears whole or not at all. Raises BuildError.
    """
    path = out_dir / f"{spec.name}.parquet"
    found = {name: _files(spec, name, sources) for name in spec.depends_on}
    key = _key(spec, found)
    reused = path.exists() and stored_key(path) == key
    if not reused:
        _write(spec, found, path, key)
    return _inspect(path, reused)


def output_types(specs: Mapping[str, TableSpec]) -> dict[str, list[tuple[str, str]]]:
    """(column, DuckDB type) of every table, worked out over empty inputs; nothing needs to be built."""
    with closing(connect_empty(specs)) as con:
        return {name: [(row[0], row[1]) for row in con.sql(f"DESCRIBE {name}").fetchall()] for name in specs}


def connect() -> duckdb.DuckDBPyConnection:
    """A private in-memory database in which a missing table is an error and never a Python variable."""
    con = duckdb.connect()
    con.execute("SET python_enable_replacements = false")
    con.execute("SET TimeZone = 'UTC'")
    return con


def connect_empty(specs: Mapping[str, TableSpec]) -> duckdb.DuckDBPyConnection:
    """A database that holds every table of `specs` without a row, each with its columns and types."""
    con = connect()
    for name in inputs():
        con.execute(_empty_view(name))
    for spec in specs.values():
        con.execute(f"CREATE VIEW {spec.name} AS {spec.sql}")
    return con


def stored_key(path: Path) -> str | None:
    """What the Parquet file at `path` was built from, as its metadata says; None for a file that was not built here."""
    try:
        return pl.read_parquet_metadata(path).get(KEY_NAME)
    except (pl.exceptions.PolarsError, OSError):  # not a Parquet file: whatever lies there is built anew
        return None


def quote(value: object) -> str:
    """`value` as an SQL string."""
    return "'" + str(value).replace("'", "''") + "'"


def _files(spec: TableSpec, name: str, sources: Sources) -> list[Path]:
    if name not in sources:
        raise BuildError(f"{spec.name}: no place was given for its input {name}; pass sources[{name!r}]")
    given = sources[name]
    files = [given] if isinstance(given, Path) else sorted(given)
    for file in files:
        if not file.is_file():
            raise BuildError(f"{spec.name}: its input {name} is not at {file}; build {name} first")
    return files


def _key(spec: TableSpec, found: Mapping[str, list[Path]]) -> str:
    digest = hashlib.sha256(spec.sql.encode())
    for name, files in sorted(found.items()):
        for file in files:
            digest.update(f"\n{name} {stored_key(file) or _hash(file)}".encode())
    return digest.hexdigest()


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(spec: TableSpec, found: Mapping[str, list[Path]], path: Path, key: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own for each run: two runs must not write into one file.
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with closing(connect()) as con:
            for name, files in found.items():
                con.execute(_view(name, files))
            con.execute(
                f"COPY ({spec.sql}) TO {quote(temporary)} "
                f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{KEY_NAME}: {quote(key)}}})"
            )
        temporary.replace(path)
    except duckdb.Error as error:
        raise BuildError(f"{spec.name}: {error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def _view(name: str, files: Sequence[Path]) -> str:
    if not files:
        return _empty_view(name)
    return f"CREATE VIEW {name} AS FROM read_parquet([{', '.join(map(quote, files))}])"


def _empty_view(name: str) -> str:
    if name not in inputs():
        raise BuildError(f"{name} has no file, and inputs.toml does not say what its columns are")
    columns = ", ".join(f'NULL::{kind} AS "{column}"' for column, kind in inputs()[name].items())
    return f"CREATE VIEW {name} AS SELECT {columns} WHERE false"


def _inspect(path: Path, reused: bool) -> Built:
    with closing(connect()) as con:
        table = f"read_parquet({quote(path)})"
        ((rows,),) = con.sql(f"SELECT count(*) FROM {table}").fetchall()
        columns = tuple((row[0], row[1]) for row in con.sql(f"DESCRIBE FROM {table}").fetchall())
        first = con.sql(f"FROM {table} LIMIT {PREVIEW_ROWS}").fetchall()
    names = [name for name, _ in columns]
    return Built(path, rows, columns, [dict(zip(names, row, strict=True)) for row in first], reused)
