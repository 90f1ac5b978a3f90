"""Query a release with one statement that cannot write, reach other files or change settings."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.build.database import one_line
from pipelines.errors import FazhiError
from pipelines.warehouse.release_file import reading

READING = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)


class QueryError(FazhiError):
    """The query was refused or failed. The message is one line: the reason and what to do."""


@dataclass(frozen=True)
class QueryResult:
    """Column names and rows. `is_cut` is True if there were more rows than the limit; `total` is then their number,
    where it was asked for and can be told.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    is_cut: bool
    total: int | None = None


def query(release_path: Path, sql: str, limit: int | None = None, counted: bool = False) -> QueryResult:
    """The result of one SELECT, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN on the release, at most `limit` rows of it.

    With `counted` the rows of a result that is cut are counted.

    Raises QueryError for a missing release, for any other statement, and for every error of DuckDB.
    """
    _check(sql)
    if not release_path.is_file():
        raise QueryError(f"there is no release at {release_path}; build one with `fazhi run`")
    try:
        with reading(release_path) as con:
            con.execute("SET python_enable_replacements = false")
            con.execute("SET enable_external_access = false")
            con.execute("SET lock_configuration = true")
            cursor = con.execute(sql)
            columns = tuple(column[0] for column in cursor.description or ())
            rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit + 1)
            is_cut = limit is not None and len(rows) > limit
            total = _count(con, sql) if is_cut and counted else None
    except duckdb.Error as error:
        raise QueryError(one_line(error)) from error
    return QueryResult(columns, rows[:limit], is_cut, total)


def _count(con: duckdb.DuckDBPyConnection, sql: str) -> int | None:
    """The number of rows of a query; None where DuckDB does not take it as a part of another one."""
    with suppress(duckdb.Error):
        found: int = con.execute(f"SELECT count(*) FROM ({sql.strip().rstrip(';')}\n)").fetchall()[0][0]
        return found
    return None


def _check(sql: str) -> None:
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise QueryError(one_line(error)) from error
    if len(statements) != 1:
        raise QueryError(f"expected one statement, found {len(statements)}; give one SELECT")
    if statements[0].type not in READING:
        kind = statements[0].type.name
        raise QueryError(f"{kind} is refused: the release is read-only; use SELECT, DESCRIBE, SHOW or EXPLAIN")
