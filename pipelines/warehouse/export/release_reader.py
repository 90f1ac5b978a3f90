"""Reading one release for an export: its tables, their meaning and their rows.

The connection reads the release and writes below one folder. No other file can be reached, so that a condition that
somebody typed can do no harm.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import duckdb
import polars as pl

from pipelines.build.database import connect, one_line, quote, working
from pipelines.build.layouts import LAYOUTS
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
    """An export cannot be written. The message is one line: the reason and what to do."""


@dataclass(frozen=True)
class ExportColumn:
    """A column of the release: its name, its DuckDB type and its meaning in both languages."""

    name: str
    type: str
    text: ColumnText

    @property
    def kind(self) -> Kind:
        """The kind of value, which the formats tell apart. A type without a kind of its own is written as text."""
        return "list" if self.type.endswith("[]") else _KINDS.get(self.type, "text")


@dataclass(frozen=True)
class ExportPart:
    """Some rows of a table of the release: those that meet `condition`, or all if it is None.

    `name` is empty for all rows. `contents` is a hash: equal for equal rows in any release, empty if it is not known.
    """

    name: str
    rows: int
    contents: str
    condition: str | None = None


@dataclass(frozen=True)
class ExportTable:
    """A table of the release: its columns, the rows to export, its meaning and key.

    `whole` describes all these rows together. `parts` describes them part by part, for a table that is built in parts.
    """

    name: str
    columns: tuple[ExportColumn, ...]
    whole: ExportPart
    parts: tuple[ExportPart, ...]
    text: TableText

    @property
    def rows(self) -> int:
        """The number of rows to export."""
        return self.whole.rows


class ReleaseReader:
    """One release, read through `con`. Every exported row meets the condition `where`, if there is one.

    `built_at` is in UTC without a time zone. `tables` are the tables to export by name.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, release_id: str, built_at: datetime, where: str | None) -> None:
        self.con, self.release_id, self.built_at, self.where = con, release_id, built_at, where
        self.tables: dict[str, ExportTable] = {}

    def choose(self, names: Sequence[str]) -> None:
        """Describe the tables `names`, or all if none is named. Raises ExportError for an unknown name."""
        rows = self.con.sql(f"SELECT table_name FROM duckdb_tables() WHERE database_name = '{CATALOG}'").fetchall()
        known = sorted(name for (name,) in rows)
        if unknown := [name for name in names if name not in known]:
            raise ExportError(f"there is no table {', '.join(unknown)}; the release has {', '.join(known)}")
        self.tables = {name: self._describe(name) for name in dict.fromkeys(names or known)}

    def _describe(self, name: str) -> ExportTable:
        described = self.con.sql(
            "SELECT column_name, data_type, coalesce(comment, '') FROM duckdb_columns() "
            f"WHERE database_name = '{CATALOG}' AND table_name = {quote(name)} ORDER BY column_index"
        ).fetchall()
        columns = tuple(ExportColumn(c, kind, _column_text(name, c, comment)) for c, kind, comment in described)
        text = metadata.tables().get(name) or TableText.model_construct(en=name, zh=name, grain=name, key=())
        n_rows = self._count(name)
        if self.where is not None:  # hashes of all rows say nothing about some of them
            return ExportTable(name, columns, ExportPart("", n_rows, ""), (), text)
        whole = self._hashes("release_table", name)
        parts: list[ExportPart] = []
        if text.parts:
            layout = LAYOUTS[text.parts]
            if column := layout.column([column.name for column in columns]):
                parts = [
                    ExportPart(part, rows, contents, layout.condition(column, part))
                    for part, rows, contents in self._hashes("release_part", name)
                ]
        return ExportTable(name, columns, ExportPart("", n_rows, whole[0][-1] if whole else ""), tuple(parts), text)

    def _count(self, table: str) -> int:
        """The number of rows to export. Raises ExportError if `where` does not fit the table."""
        try:
            if self.where is not None:
                sql = f'DESCRIBE SELECT (\n{self.where}\n) AS "condition" FROM "{table}"'
                ((_, kind, *_),) = self.con.sql(sql).fetchall()
                if kind != "BOOLEAN":
                    raise ExportError(f"--where is of type {kind}, expected one that is true or false: {self.where}")
            ((rows,),) = self.con.sql(f'SELECT count(*) FROM "{table}"{self._filter(None)}').fetchall()
        except duckdb.Error as error:
            raise ExportError(
                f"--where does not fit table {table}: {one_line(error)}; correct it, or name other tables with --table"
            ) from error
        return int(rows)

    def _hashes(self, about: str, name: str) -> list[tuple[Any, ...]]:
        """(part, rows, hash) of a table, or of each of its parts, as the table `about` of the release keeps them."""
        part = "part" if about == "release_part" else "''"
        sql = f"SELECT {part}, n_rows, content_hash FROM {about} WHERE table_name = ? ORDER BY 1"
        try:
            return self.con.execute(sql, [name]).fetchall()
        except duckdb.CatalogException:  # an older release keeps no hashes
            return []

    def _filter(self, part: ExportPart | None) -> str:
        conditions = [condition for condition in (self.where, part and part.condition) if condition]
        return " WHERE " + " AND ".join(f"(\n{condition}\n)" for condition in conditions) if conditions else ""

    def select(
        self,
        table: ExportTable,
        express: Callable[[ExportColumn], str],
        mark: str = "",
        part: ExportPart | None = None,
    ) -> str:
        """The SELECT of the rows to export, in the order of the release; `express` gives the SQL of each column.

        `mark` is put before the name of the first column. `part` limits the rows further.
        """
        names = [column.name for column in table.columns]
        names[0] = mark + names[0]
        listed = ", ".join(f'{express(column)} AS "{name}"' for column, name in zip(table.columns, names, strict=True))
        return f'SELECT {listed} FROM "{table.name}"{self._filter(part)}'

    def rows(self, sql: str, most: int = 10_000) -> Iterator[tuple[Any, ...]]:
        """The rows of `sql`, fetched `most` at a time."""
        cursor = self.con.execute(sql)
        while batch := cursor.fetchmany(most):
            yield from batch

    def frames(self, sql: str, folder: Path, most: int) -> Iterator[pl.DataFrame]:
        """The rows of `sql` as frames of at most `most` rows; one empty frame if there are no rows.

        They go through a temporary file in `folder`. Polars can take rows from DuckDB directly, but then the process
        ends with a page of warnings about leaks.
        """
        path = folder / ".rows.parquet"
        self.con.execute(f"COPY ({sql}) TO {quote(path)} (FORMAT parquet)")
        scan = pl.scan_parquet(path)
        rows = scan.select(pl.len()).collect().item()
        for start in range(0, max(rows, 1), most):
            yield scan.slice(start, most).collect()
        path.unlink()


def plain(column: ExportColumn) -> str:
    """SQL for a value that every format has: a list and a type without a kind become text, a time is in UTC."""
    name = f'"{column.name}"'
    if column.kind == "list":
        return f"array_to_string({name}, '; ')"
    if column.kind == "datetime":
        return f"make_timestamp(epoch_us({name}))"
    return f"{name}::VARCHAR" if column.kind == "text" else name


@contextmanager
def open_release(release_path: Path, folder: Path, chosen: Sequence[str], where: str | None) -> Iterator[ReleaseReader]:
    """Open the release at `release_path` for an export into `folder`; `chosen` names the tables, empty for all.

    Raises ExportError for a missing release, an unknown table, and a `where` that is not one condition on its columns.
    """
    if where is not None:
        try:  # refuse what is not one expression, so that nothing can follow it or close the bracket around it
            duckdb.SQLExpression(where)
        except duckdb.Error as error:
            raise ExportError(f"--where takes one condition such as report_year = 2023: {one_line(error)}") from error
    with working(folder) as con:
        release = ReleaseReader(con, *_attach(con, release_path), where)
        con.execute(f"SET allowed_directories = [{quote(folder)}]")
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
        release.choose(chosen)
        yield release


def read_release_id(release_path: Path) -> str:
    """The id of the release at `release_path`. Raises ExportError if there is none."""
    with closing(connect()) as con:
        return _attach(con, release_path)[0]


def _attach(con: duckdb.DuckDBPyConnection, release_path: Path) -> tuple[str, datetime]:
    """Make the release the current database of `con`. Returns its id and when it was built (UTC)."""
    if not release_path.is_file():
        raise ExportError(f"there is no release at {release_path}; build one with `fazhi run`")
    try:
        con.execute(f"ATTACH {quote(release_path)} AS {CATALOG} (READ_ONLY)")
        con.execute(f"USE {CATALOG}")
        ((name, built_at),) = con.sql("SELECT release_id, built_at FROM release").fetchall()
    except duckdb.Error as error:
        raise ExportError(f"{release_path} is no release that can be read: {one_line(error)}") from error
    return name, built_at


def _column_text(table: str, column: str, comment: str) -> ColumnText:
    """The meaning of a column. An older release may have one that only its own comment describes."""
    try:
        return metadata.describe_column(table, column)
    except metadata.MetadataError:
        return ColumnText(en=comment or column, zh=column)
