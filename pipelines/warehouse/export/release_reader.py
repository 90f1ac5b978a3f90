"""What an export reads: the tables of one release, with what they mean, through a connection that is shut in.

The connection reads the release and writes below one folder; no other file can be reached, so that a condition that
somebody typed can do no harm. How a value looks in a format is for the module of that format to say.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import duckdb
import polars as pl

from pipelines.build.database import connect, one_line, quote, working
from pipelines.build.layouts import LAYOUTS, Layout
from pipelines.errors import FazhiError
from pipelines.warehouse import descriptions as metadata
from pipelines.warehouse.descriptions import ColumnText, TableText

CATALOG = "exported"  # not `release`, which is the name of a table in it

Kind = Literal["text", "integer", "number", "boolean", "date", "datetime", "list"]
_KINDS: dict[str, Kind] = {
    "DOUBLE": "number",
    "FLOAT": "number",
    "BOOLEAN": "boolean",
    "DATE": "date",
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT", "UINTEGER"), "integer"),
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP WITH TIME ZONE"), "datetime"),
}


class ExportError(FazhiError):
    """An export cannot be written; the message is one line that says why and what to do."""


@dataclass(frozen=True)
class Column:
    """A column of the release: its DuckDB type and its meaning in both languages."""

    name: str
    type: str
    text: ColumnText

    @property
    def kind(self) -> Kind:
        """What the formats tell apart; whatever has no kind of its own is written as text."""
        return "list" if self.type.endswith("[]") else _KINDS.get(self.type, "text")


@dataclass(frozen=True)
class Part:
    """Some rows of a table of the release: those that meet `condition`, all where it is None.

    `name` is empty for all. `contents` is equal for equal rows in any release, and empty where nobody can say.
    """

    name: str
    rows: int
    contents: str
    condition: str | None = None


@dataclass(frozen=True)
class Table:
    """A table of the release: its columns, its rows that the export keeps, its meaning and key.

    `whole` is what the rows are together; `parts`, of a table that was built in parts, what they are one by one.
    """

    name: str
    columns: tuple[Column, ...]
    whole: Part
    parts: tuple[Part, ...]
    text: TableText

    @property
    def rows(self) -> int:
        """How many rows the export keeps."""
        return self.whole.rows


@dataclass(frozen=True)
class Source:
    """One release, read through `con`; `where` is the condition that every exported row meets."""

    con: duckdb.DuckDBPyConnection
    release_id: str
    built_at: datetime
    tables: Mapping[str, Table]
    where: str | None = None

    def select(self, table: Table, express: Callable[[Column], str], mark: str = "", part: Part | None = None) -> str:
        """The SELECT of the rows to export, in the release's own order; `express` gives each column's SQL.

        `mark` is put before the name of the first column. `part` limits the rows further.
        """
        names = [column.name for column in table.columns]
        names[0] = mark + names[0]
        listed = ", ".join(f'{express(column)} AS "{name}"' for column, name in zip(table.columns, names, strict=True))
        return f'SELECT {listed} FROM "{table.name}"{_filter(self.where, part)}'

    def rows(self, sql: str, most: int = 10_000) -> Iterator[tuple[Any, ...]]:
        """The rows of `sql`, fetched `most` at a time."""
        cursor = self.con.execute(sql)
        while batch := cursor.fetchmany(most):
            yield from batch

    def frames(self, sql: str, folder: Path, most: int) -> Iterator[pl.DataFrame]:
        """The rows of `sql` as frames of at most `most` rows, one without rows where there are none.

        They go through a file in `folder` that is removed: Polars can take rows from DuckDB directly, but then the
        process ends with a page of warnings about leaks.
        """
        path = folder / ".rows.parquet"
        self.con.execute(f"COPY ({sql}) TO {quote(path)} (FORMAT parquet)")
        scan = pl.scan_parquet(path)
        rows = scan.select(pl.len()).collect().item()
        for start in range(0, max(rows, 1), most):
            yield scan.slice(start, most).collect()
        path.unlink()


def plain(column: Column) -> str:
    """The column as a value that every format has: lists and whatever has no kind become text, times are in UTC."""
    name = f'"{column.name}"'
    if column.kind == "list":
        return f"array_to_string({name}, '; ')"
    if column.kind == "datetime":
        return f"make_timestamp(epoch_us({name}))"
    return f"{name}::VARCHAR" if column.kind == "text" else name


@contextmanager
def reading(release_path: Path, folder: Path, chosen: Sequence[str], where: str | None) -> Iterator[Source]:
    """The release at `release_path`, to be written below `folder`; `chosen` limits the tables, empty for all.

    Raises ExportError for a missing release, an unknown table, and a condition that is not a single one on its columns.
    """
    if where is not None:
        _check_alone(where)
    with working(folder) as con:
        release, built_at = _attach(con, release_path)
        con.execute(f"SET allowed_directories = [{quote(folder)}]")
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
        names = _choose(_comments(con), chosen)
        yield Source(con, release, built_at, {name: _table(con, name, where) for name in names}, where)


def release_id(release_path: Path) -> str:
    """Which release lies at `release_path`; raises ExportError where there is none."""
    with closing(connect()) as con:
        return _attach(con, release_path)[0]


def _attach(con: duckdb.DuckDBPyConnection, release_path: Path) -> tuple[str, datetime]:
    """Make the release the current database of `con`; returns its id and when it was built (UTC)."""
    if not release_path.is_file():
        raise ExportError(f"there is no release at {release_path}; build one with `fazhi run`")
    try:
        con.execute(f"ATTACH {quote(release_path)} AS {CATALOG} (READ_ONLY)")
        con.execute(f"USE {CATALOG}")
        ((name, built_at),) = con.sql("SELECT release_id, built_at FROM release").fetchall()
    except duckdb.Error as error:
        raise ExportError(f"{release_path} is no release that can be read: {one_line(error)}") from error
    return name, built_at


def _choose(comments: Mapping[str, str], chosen: Sequence[str]) -> list[str]:
    if unknown := [name for name in chosen if name not in comments]:
        raise ExportError(f"there is no table {', '.join(unknown)}; the release has {', '.join(sorted(comments))}")
    return list(dict.fromkeys(chosen)) or sorted(comments)


def _check_alone(where: str) -> None:
    """Refuse what is not one expression, so that nothing can follow it or close the bracket around it."""
    try:
        duckdb.SQLExpression(where)
    except duckdb.Error as error:
        raise ExportError(f"--where takes one condition such as report_year = 2023: {one_line(error)}") from error


def _filter(where: str | None, part: Part | None = None) -> str:
    conditions = [condition for condition in (where, part and part.condition) if condition]
    return " WHERE " + " AND ".join(f"(\n{condition}\n)" for condition in conditions) if conditions else ""


def _comments(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    sql = f"SELECT table_name, comment FROM duckdb_tables() WHERE database_name = '{CATALOG}'"
    return {name: comment or "" for name, comment in con.sql(sql).fetchall()}


def _table(con: duckdb.DuckDBPyConnection, name: str, where: str | None) -> Table:
    described = con.sql(
        "SELECT column_name, data_type, coalesce(comment, '') FROM duckdb_columns() "
        f"WHERE database_name = '{CATALOG}' AND table_name = {quote(name)} ORDER BY column_index"
    ).fetchall()
    columns = tuple(Column(column, kind, _column_text(name, column, comment)) for column, kind, comment in described)
    text = metadata.tables().get(name) or TableText.model_construct(en=name, zh=name, grain=name, key=())
    whole = Part("", _count(con, name, where), "")
    if where is not None:
        return Table(name, columns, whole, (), text)
    held = _held(con, "release_table", name)
    parts = _parts(con, LAYOUTS[text.parts], name, [c.name for c in columns]) if text.parts else ()
    return Table(name, columns, replace(whole, contents=held[0][-1] if held else ""), parts, text)


def _parts(con: duckdb.DuckDBPyConnection, layout: Layout, name: str, columns: Sequence[str]) -> tuple[Part, ...]:
    """The parts of a table as the release names them; none in an older release, which does not."""
    column = layout.column(columns)
    if column is None:
        return ()
    held = _held(con, "release_part", name)
    return tuple(Part(part, rows, contents, layout.condition(column, part)) for part, rows, contents in held)


def _held(con: duckdb.DuckDBPyConnection, about: str, name: str) -> list[tuple[Any, ...]]:
    """(part, rows, hash) of what the release says that a table, or each part of it, holds."""
    part = "part" if about == "release_part" else "''"
    try:
        rows = con.execute(f"SELECT {part}, n_rows, content_hash FROM {about} WHERE table_name = ? ORDER BY 1", [name])
        return rows.fetchall()
    except duckdb.CatalogException:  # a release of before that was kept
        return []


def _count(con: duckdb.DuckDBPyConnection, table: str, where: str | None) -> int:
    """How many rows of `table` the condition keeps; raises ExportError where it does not fit the table."""
    try:
        if where is not None:
            ((_, kind, *_),) = con.sql(f'DESCRIBE SELECT (\n{where}\n) AS "condition" FROM "{table}"').fetchall()
            if kind != "BOOLEAN":
                raise ExportError(f"--where is of type {kind}, expected one that is true or false: {where}")
        ((rows,),) = con.sql(f'SELECT count(*) FROM "{table}"{_filter(where)}').fetchall()
    except duckdb.Error as error:
        raise ExportError(
            f"--where does not fit table {table}: {one_line(error)}; correct it, or name other tables with --table"
        ) from error
    return int(rows)


def _column_text(table: str, column: str, comment: str) -> ColumnText:
    """What the column means. An older release may hold one that is described nowhere but in its own comment."""
    try:
        return metadata.describe_column(table, column)
    except metadata.MetadataError:
        return ColumnText(en=comment or column, zh=column)
