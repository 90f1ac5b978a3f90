"""Which rows of two releases differ, table by table: the SQL on two attached files. Why they differ: `causes`.

A table `changed_NAME` holds the key of each row that differs, the columns that place it (report, unit, year, indicator)
and `change`: added, removed or changed. Rows are compared by a hash of their columns: first the rows of a report (or of
what else the key begins with) together, then one by one where those differ, so that memory stays small.
"""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.build.database import quote, working
from pipelines.warehouse.descriptions import tables

SIDES = ("earlier", "later")
# A row that differs in nothing but what it was made with, or when its file was last fetched, has not changed.
IGNORED = ("codebook_version", "engine_version", "reader_version", "identifier_version", "fetched_at")
# What places a row; the causes of its change are looked up by these.
SCOPE = ("report_id", "township_code", "county_code", "city_code", "province_code", "report_year", "metric_code")

Schema = Mapping[str, Mapping[str, str]]  # table -> column -> DuckDB type


@dataclass(frozen=True)
class Pairing:
    """How the rows of a table are matched: by `key`; `columns` (name -> type) are compared.

    `casts` are those of them whose type was another one before.
    """

    table: str
    key: tuple[str, ...]
    columns: Mapping[str, str]
    casts: frozenset[str]

    @property
    def group(self) -> str:
        """The column whose rows are first compared together."""
        return "report_id" if "report_id" in self.columns else self.key[0]

    @property
    def scope(self) -> tuple[str, ...]:
        """The columns of the table that place a row."""
        return tuple(column for column in SCOPE if column in self.columns)

    def value(self, side: str, column: str, alias: str = "") -> str:
        """SQL for what is compared of a column; the earlier value is brought to the later type.

        A mean may differ behind the sixth decimal with the order in which threads add, which is no change.
        """
        name, kind = f'{alias}"{column}"', self.columns[column]
        if side == "earlier" and column in self.casts:
            name = f"TRY_CAST({name} AS {kind})"
        return f"round({name}, 6)" if kind == "DOUBLE" else name

    def row_hash(self, side: str) -> str:
        """SQL for a hash of a whole row."""
        return f"hash({', '.join(self.value(side, column) for column in self.columns)})"


@contextmanager
def attached(old_path: Path, new_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with both files open for reading, as `earlier` and `later`; what does not fit in memory spills."""
    with working(Path(tempfile.gettempdir())) as con:
        con.execute("SET preserve_insertion_order = false")
        for side, path in zip(SIDES, (old_path, new_path), strict=True):
            con.execute(f"ATTACH {quote(path)} AS {side} (READ_ONLY)")
        yield con


def schema(con: duckdb.DuckDBPyConnection, side: str) -> Schema:
    """Every table of one side with its columns and their types, in the order of the table."""
    found: dict[str, dict[str, str]] = {}
    rows = con.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = $side "
        "ORDER BY table_name, column_index",
        {"side": side},
    ).fetchall()
    for table, column, kind in rows:
        found.setdefault(table, {})[column] = kind
    return found


def pairing(table: str, old: Mapping[str, str], new: Mapping[str, str]) -> Pairing | None:
    """How the rows of `table` are matched; None where its key is not described or a part of it is on one side only."""
    key = tables()[table].key if table in tables() else ()
    if not key or not set(key) <= old.keys() & new.keys():
        return None
    columns = {column: kind for column, kind in new.items() if column in old and column not in IGNORED}
    return Pairing(table, key, columns, frozenset(column for column, kind in columns.items() if old[column] != kind))


def equal_tables(con: duckdb.DuckDBPyConnection, old: Schema, new: Schema) -> set[str]:
    """Tables whose content both releases know to be the same; empty where one does not keep hashes of its tables."""
    if "content_hash" not in old.get("release_table", {}) or "content_hash" not in new.get("release_table", {}):
        return set()
    rows = con.execute(
        "SELECT a.table_name FROM earlier.release_table AS a INNER JOIN later.release_table AS b "
        "ON b.table_name = a.table_name AND b.content_hash = a.content_hash"
    ).fetchall()
    return {table for (table,) in rows if old.get(table) == new.get(table)}


def find(con: duckdb.DuckDBPyConnection, pair: Pairing, only: str | None = None) -> None:
    """Make `changed_TABLE`; `only` is an SQL condition on a few rows outside of which nothing can differ."""
    if only is None:
        con.execute(f"""
            CREATE TEMP TABLE differing AS
            SELECT grouped
            FROM ({_groups(pair, "earlier")}) AS a FULL JOIN ({_groups(pair, "later")}) AS b USING (grouped)
            WHERE a.content IS DISTINCT FROM b.content
        """)
    key = ", ".join(f'"{column}"' for column in pair.key)
    scope = [f'coalesce(b."{column}", a."{column}") AS "{column}"' for column in pair.scope if column not in pair.key]
    change = "CASE WHEN a.content IS NULL THEN 'added' WHEN b.content IS NULL THEN 'removed' ELSE 'changed' END"
    con.execute(f"""
        CREATE TEMP TABLE changed_{pair.table} AS
        SELECT {", ".join([key, *scope, f"{change} AS change"])}
        FROM ({_rows(pair, "earlier", only)}) AS a FULL JOIN ({_rows(pair, "later", only)}) AS b USING ({key})
        WHERE a.content IS DISTINCT FROM b.content
    """)
    con.execute("DROP TABLE IF EXISTS differing")


def _groups(pair: Pairing, side: str) -> str:
    # A sum, and not an exclusive or, in which a row that stands there twice would vanish.
    content = f"sum({pair.row_hash(side)}::HUGEINT)"
    return f'SELECT "{pair.group}" AS grouped, {content} AS content FROM {side}.{pair.table} GROUP BY ALL'


def _rows(pair: Pairing, side: str, only: str | None) -> str:
    columns = ", ".join(f'"{column}"' for column in dict.fromkeys((*pair.key, *pair.scope)))
    chosen = f'"{pair.group}" IN (SELECT grouped FROM differing)'
    if only is not None:  # by row number: the other columns are then read of these rows alone
        chosen = f"rowid IN (SELECT rowid FROM {side}.{pair.table} WHERE {only})"
    return f"SELECT {columns}, {pair.row_hash(side)} AS content FROM {side}.{pair.table} WHERE {chosen}"


def count_changes(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, int]:
    """Rows of `changed_TABLE` by kind of change."""
    return dict(con.execute(f"SELECT change, count(*) FROM changed_{table} GROUP BY ALL").fetchall())


def count_columns(con: duckdb.DuckDBPyConnection, pair: Pairing) -> dict[str, int]:
    """In how many changed rows each column differs; columns that differ in none are left out."""
    columns = [column for column in pair.columns if column not in pair.key]
    if not columns:
        return {}
    tests = ", ".join(f"count(*) FILTER ({_differs(pair, column)})" for column in columns)
    (counts,) = con.execute(
        f"SELECT {tests} FROM changed_{pair.table} AS c {_both(pair, 'INNER')} WHERE c.change = 'changed'"
    ).fetchall()
    return {column: count for column, count in zip(columns, counts, strict=True) if count}


def _differs(pair: Pairing, column: str) -> str:
    return f"{pair.value('earlier', column, 'a.')} IS DISTINCT FROM {pair.value('later', column, 'b.')}"


def _both(pair: Pairing, kind: str) -> str:
    """The rows `a` and `b` of both sides beside the row `c` of `changed_TABLE`."""
    matches = {alias: " AND ".join(f'{alias}."{column}" = c."{column}"' for column in pair.key) for alias in "ab"}
    return (
        f"{kind} JOIN earlier.{pair.table} AS a ON {matches['a']} {kind} JOIN later.{pair.table} AS b ON {matches['b']}"
    )


def examples(
    con: duckdb.DuckDBPyConnection, pair: Pairing, shown: Iterable[str], limit: int
) -> Sequence[Sequence[Any]]:
    """The first `limit` rows of each kind of change: change, causes, key, then old and new of each column of `shown`.

    Texts of reports are too long to be shown: their hash is.
    """
    key = [f'c."{column}"' for column in pair.key]
    values = [_shown(pair.table, f'{alias}."{column}"', column) for column in shown for alias in "ab"]
    chosen = (
        f"SELECT * FROM explained_{pair.table} "
        f"QUALIFY row_number() OVER (PARTITION BY change ORDER BY {', '.join(map(_bare, key))}) <= {limit}"
    )
    return con.execute(
        f"SELECT c.change, c.causes, {', '.join([*key, *values])} FROM ({chosen}) AS c {_both(pair, 'LEFT')} "
        f"ORDER BY c.change, {', '.join(key)}"
    ).fetchall()


def _bare(name: str) -> str:
    return name.removeprefix("c.")


def _shown(table: str, value: str, column: str) -> str:
    return f"'sha256 ' || sha256({value})" if (table, column) == ("report_text", "text") else value
