"""Write the tables into one DuckDB file: a new file, or a copy of the last one in which only what changed is replaced.

A copy is made if little changed, so that a run with one new report writes only the parts of that report.
When the finished file becomes a release is decided in `pipelines.warehouse.release`.
"""

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.build.answers import RELEASE, ReleaseContents
from pipelines.build.database import MEMORY_LIMIT, content_hash, quote, working
from pipelines.build.file_identity import identity_of
from pipelines.build.ledger import Ledger, LedgerEntry
from pipelines.errors import FazhiError
from pipelines.warehouse.descriptions import describe_column, describe_table
from pipelines.warehouse.model import TableSpec
from pipelines.warehouse.table_build import Built
from pipelines.warehouse.table_parts import table_contents

# The oldest storage format with everything that we use. DuckDB clients from 1.5 on can open it.
STORAGE_VERSION = "v1.5.0"
MOST_CHANGED = 0.2  # share of the rows; to replace more in a copy costs more than a new file
MOST_GROWN = 1.5  # times the size of the last new file; replaced rows leave holes in a copy
_LAST = "last"  # the name of the release in the ledger


class AssemblyError(FazhiError):
    """The finished file does not hold what the tables hold. The message names the table."""


@dataclass(frozen=True)
class ReleasePart:
    """A Parquet file of a table of the release: the rows of one part, or all rows if `part` is empty."""

    table: str
    part: str
    path: Path
    rows: int
    contents: str


@dataclass(frozen=True)
class AssemblyPlan:
    """What to write. `base` is the file to copy, or None for a new file.

    `fresh` are the parts to write, `gone` the (table, part) to remove from the copy.
    """

    fresh: tuple[ReleasePart, ...]
    gone: tuple[tuple[str, str], ...] = ()
    base: Path | None = None


class Assembly:
    """Writes the tables of a release, with what the ledger knows about the file of the last release."""

    def __init__(self, specs: Mapping[str, TableSpec], tables: Mapping[str, Built], ledger: Ledger) -> None:
        self._specs, self._tables, self._ledger = specs, tables, ledger
        self._parts: list[ReleasePart] = []
        for name, table in tables.items():
            for path in table.paths:
                held = table_contents(ledger, path)
                part = path.stem if specs[name].in_parts else ""
                self._parts.append(ReleasePart(name, part, path, held.rows, held.sha))

    def plan(self, last: Path | None) -> AssemblyPlan:
        """Decide what to write, given the file of the newest release."""
        anew = AssemblyPlan(tuple(self._parts))
        known = self._ledger.find(RELEASE, _LAST, self._key(last)) if last and last.is_file() else None
        if last is None or known is None:
            return anew
        held = {(table, part): contents for table, part, contents in known.parts}
        fresh = tuple(part for part in self._parts if held.get((part.table, part.part)) != part.contents)
        gone = held.keys() - {(part.table, part.part) for part in self._parts}
        if sum(part.rows for part in fresh) > MOST_CHANGED * sum(part.rows for part in self._parts):
            return anew
        if last.stat().st_size > MOST_GROWN * known.bytes_anew:
            return anew
        return AssemblyPlan(fresh, tuple(sorted(gone)), last)

    @contextmanager
    def writing(self, plan: AssemblyPlan, path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
        """Write the tables to the new file `path`. Inside the block the caller adds its own tables."""
        if plan.base:
            shutil.copyfile(plan.base, path)
        with working(path.parent) as con:
            con.execute(f"ATTACH {quote(path)} AS release (STORAGE_VERSION '{STORAGE_VERSION}')")
            con.execute("USE release")
            for table, part in plan.gone:
                self._clear(con, table, part)
            for name in self._tables:
                self._write(con, [part for part in plan.fresh if part.table == name], is_new=plan.base is None)
            yield con
            con.execute("CHECKPOINT release")
            con.execute("USE memory")
            con.execute("DETACH release")

    def read_back(self, plan: AssemblyPlan, path: Path) -> None:
        """Open the finished file again and compare it with the tables. Raises AssemblyError if they differ.

        Every value that was written is read, because DuckDB once wrote a file that it could not read. What was copied
        was read when it was written, so that only its rows are counted.
        """
        with closing(duckdb.connect(str(path), read_only=True, config={"memory_limit": MEMORY_LIMIT})) as con:
            con.execute("SET python_enable_replacements = false")
            for part in plan.fresh if plan.base else ():
                found = content_hash(con, f"(FROM {part.table} WHERE {self._rows_of(part.table, part.part)})")
                _compare(part.table, (found.rows, found.sha), (part.rows, part.contents))
            for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                if name not in self._tables:
                    content_hash(con, name)  # the caller's own tables: they can only be read
            for name, table in self._tables.items():
                if plan.base:
                    ((rows,),) = con.execute(f"SELECT count(*) FROM {name}").fetchall()
                    _compare(name, (rows, ""), (table.rows, ""))
                else:
                    found = content_hash(con, name)
                    _compare(name, (found.rows, found.sha), (table.rows, table.contents))

    def record(self, plan: AssemblyPlan, path: Path) -> None:
        """Tell the ledger what the finished file holds, for the next one."""
        before = self._ledger.known(RELEASE).get(_LAST)
        bytes_anew = before.value.bytes_anew if plan.base and before else path.stat().st_size
        parts = tuple((part.table, part.part, part.contents) for part in self._parts)
        self._ledger.record(RELEASE, {_LAST: LedgerEntry(self._key(path), ReleaseContents(parts, bytes_anew))})

    def forget(self) -> None:
        """Let the ledger know no file that could be copied."""
        if before := self._ledger.known(RELEASE).get(_LAST):
            self._ledger.record(RELEASE, {_LAST: LedgerEntry("", before.value)})

    def _write(self, con: duckdb.DuckDBPyConnection, parts: list[ReleasePart], *, is_new: bool) -> None:
        """Write the parts of one table. A new table gets its comments."""
        if is_new or any(not part.part for part in parts):
            name = parts[0].table
            con.execute(f"DROP TABLE IF EXISTS {name}")
            con.execute(_definition(name, self._tables[name]))
            con.execute(f"INSERT INTO {name} {self._tables[name].sql}")
            comment(con, name)
            return
        for part in parts:
            self._clear(con, part.table, part.part)
            con.execute(f"INSERT INTO {part.table} FROM read_parquet({quote(part.path)})")

    def _clear(self, con: duckdb.DuckDBPyConnection, table: str, part: str) -> None:
        con.execute(f"DELETE FROM {table} WHERE {self._rows_of(table, part)}")

    def _rows_of(self, table: str, part: str) -> str:
        """The condition for the rows of a part."""
        layout = self._specs[table].in_parts
        column = layout.column([name for name, _ in self._tables[table].columns]) if layout else None
        return layout.condition(column, part) if layout and column and part else "true"

    def _key(self, path: Path) -> str:
        """What must be the same for `path` to be the file that the ledger knows, and fit to be copied."""
        shape = [STORAGE_VERSION, duckdb.__version__, path.name, identity_of(path.stat()).copied_stamp]
        for name, table in self._tables.items():
            layout = self._specs[name].in_parts
            shape += [_definition(name, table), *_comments(name, table), layout.name if layout else ""]
        return hashlib.sha256("\n".join(shape).encode()).hexdigest()


def comment(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Write the descriptions of a table and its columns into the database."""
    con.execute("BEGIN")  # dozens of comments, one commit
    con.execute(f"COMMENT ON TABLE {table} IS {quote(describe_table(table).comment)}")
    for column, *_ in con.sql(f"DESCRIBE {table}").fetchall():
        con.execute(f"COMMENT ON COLUMN {table}.{column} IS {quote(describe_column(table, column).comment)}")
    con.execute("COMMIT")


def _comments(name: str, table: Built) -> list[str]:
    return [describe_table(name).comment, *(describe_column(name, column).comment for column, _ in table.columns)]


def _definition(name: str, table: Built) -> str:
    """The CREATE TABLE. Long texts name their compression: DuckDB needs ten times as long to find it."""
    own = describe_table(name).compression
    columns = (
        f'"{column}" {kind}' + (f" USING COMPRESSION {own[column]}" if column in own else "")
        for column, kind in table.columns
    )
    return f"CREATE TABLE {name} ({', '.join(columns)})"


def _compare(table: str, found: tuple[int, str], expected: tuple[int, str]) -> None:
    if found != expected:
        raise AssemblyError(
            f"table {table} of the finished file holds {found[0]} rows that are not the {expected[0]} of the table "
            "that was built; run again"
        )
