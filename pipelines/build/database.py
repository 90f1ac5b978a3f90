"""DuckDB as this project uses it: private connections, quoting, and what a table holds put into one hash.

Nothing here knows which tables there are.
"""

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import duckdb

# DuckDB's own share of the memory of a run; what does not fit is spilled to a folder that goes with the connection.
MEMORY_LIMIT = "2GB"
_AT_A_TIME = 2
_ROUNDED = 6  # decimals: a mean may differ behind these with the order in which threads add
_idle: list[duckdb.DuckDBPyConnection] = []  # databases of `side_by_side` that hold nothing: each takes 15 ms to make


Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True)
class ContentHash:
    """What a table holds: its rows, and a hash that is equal for equal rows in any order."""

    rows: int
    sha: str


def connect() -> duckdb.DuckDBPyConnection:
    """A private in-memory database in which a missing table is an error and never a Python variable."""
    con = duckdb.connect()
    _set_up(con)
    return con


def _set_up(con: duckdb.DuckDBPyConnection) -> None:
    """What each connection is told, as a cursor does not have it from where it was opened."""
    con.execute("SET python_enable_replacements = false")
    con.execute("SET TimeZone = 'UTC'")


@contextmanager
def working(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A private database for large work: bounded in memory, spilling into a folder below `folder` that is removed."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix=f".spill-{os.getpid()}-", dir=folder) as spill,
        closing(connect()) as con,
    ):
        con.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        con.execute(f"SET temp_directory = {quote(spill)}")
        yield con


@contextmanager
def _lent(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The same for work on cursors that leaves nothing behind; what was lent is kept and lent again.

    Not after an error, which may have made it unusable, and not where it has spilled, as its folder cannot change then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    spill = folder / f".spill-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    try:
        con = _idle.pop()
    except IndexError:
        con = connect()
        con.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        con.execute("SET parquet_metadata_cache = true")
    is_reusable = False
    try:
        con.execute(f"SET temp_directory = {quote(spill)}")
        yield con
        is_reusable = not spill.exists()
    finally:
        if is_reusable:
            _idle.append(con)
        else:
            con.close()
            shutil.rmtree(spill, ignore_errors=True)


def side_by_side(
    folder: Path, tasks: Sequence[Task], work: Callable[[duckdb.DuckDBPyConnection, Task], Result]
) -> Iterator[tuple[Task, Result]]:
    """Each task with what `work` returns for it, in order; two at a time, as one alone keeps a single core busy.

    Each call has a connection of its own to one private database, which spills below `folder`. What it makes there
    (views, tables, macros) is temporary and its own. The first that raises ends the rest.
    """

    def run(con: duckdb.DuckDBPyConnection, task: Task) -> Result:
        _set_up(con)
        return work(con, task)

    with _lent(folder) as con:
        yield from on_cursors(con, tasks, run)


def on_cursors(
    con: duckdb.DuckDBPyConnection,
    tasks: Sequence[Task],
    work: Callable[[duckdb.DuckDBPyConnection, Task], Result],
) -> Iterator[tuple[Task, Result]]:
    """The same on a database that is open; a cursor begins without the temporary views and the USE of `con`."""

    def run(task: Task) -> Result:
        with con.cursor() as own:
            return work(own, task)

    with ThreadPoolExecutor(_AT_A_TIME) as threads:
        working_on = [threads.submit(run, task) for task in tasks]
        try:
            for task, result in zip(tasks, working_on, strict=True):
                yield task, result.result()
        finally:
            for result in working_on:
                result.cancel()


def name_views(con: duckdb.DuckDBPyConnection, sources: Mapping[str, str]) -> None:
    """Give each query of `sources` its name, for this connection alone."""
    for name, query in sources.items():
        con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")


def content_hash(con: duckdb.DuckDBPyConnection, table: str) -> ContentHash:
    """The contents of what `table` names in FROM; reads every value of it.

    Equal on any machine with the same release of DuckDB, whatever the order of the rows and the number of threads.
    """
    return content_hashes_by(con, table, "true").get(True, ContentHash(0, "0"))


def content_hashes_by(con: duckdb.DuckDBPyConnection, table: str, group: str) -> dict[Any, ContentHash]:
    """The contents of the rows of `table` for each value of the SQL expression `group`."""
    sql = f"SELECT {group}, count(*), sum(hash({_values(con, table)})::HUGEINT) FROM {table} GROUP BY 1"
    return {value: ContentHash(rows, f"{total:x}") for value, rows, total in con.sql(sql).fetchall()}


def _values(con: duckdb.DuckDBPyConnection, table: str) -> str:
    described = con.sql(f"DESCRIBE FROM {table}").fetchall()
    values = (f'round("{name}", {_ROUNDED})' if kind == "DOUBLE" else f'"{name}"' for name, kind, *_ in described)
    return ", ".join(values)


def quote(value: object) -> str:
    """`value` as an SQL string."""
    return "'" + str(value).replace("'", "''") + "'"


def one_line(error: duckdb.Error) -> str:
    """DuckDB's message without its picture of the statement."""
    lines = [line.strip() for line in str(error).splitlines()]
    return " ".join(line for line in lines if line and not line.startswith(("LINE ", "^")))


def columns(con: duckdb.DuckDBPyConnection, table: str) -> tuple[tuple[str, Any], ...]:
    """(name, DuckDB type) of each column of what `table` names in FROM."""
    return tuple((row[0], row[1]) for row in con.sql(f"DESCRIBE FROM {table}").fetchall())
