"""Two releases on one connection, and how the rows of a table are matched between them."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.build.database import quote, working
from pipelines.warehouse.descriptions import tables as described_tables
from pipelines.warehouse.diff.differences import DiffError, TableDifference

# Under these names both files are attached to the connection.
EARLIER, LATER = "earlier", "later"
# The SQL of this package reads these tables by name.
NEEDED = ("release", "dim_report", "dim_division", "dim_headline", "fact_indicator")
# A row that differs only in these columns has not changed: they say what made it and when its file was last fetched.
IGNORED = ("codebook_version", "engine_version", "reader_version", "identifier_version", "fetched_at")
# These columns place a row. The causes of its change are looked up by them.
PLACE_COLUMNS = (
    "report_id",
    "township_code",
    "county_code",
    "city_code",
    "province_code",
    "report_year",
    "metric_code",
)
# This column of `release` tells whether the SQL is the same. Older releases do not have it.
SQL_HASH = "sql_sha256"

Schema = Mapping[str, Mapping[str, str]]  # table -> column -> DuckDB type


@dataclass(frozen=True)
class TableMatch:
    """How the rows of a table are matched: by `key`, comparing `columns` (name -> later DuckDB type).

    `casts` are the columns that had another type in the earlier release.
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
    def places(self) -> tuple[str, ...]:
        """The columns of the table that place a row."""
        return tuple(column for column in PLACE_COLUMNS if column in self.columns)

    def value(self, side: str, column: str, alias: str = "") -> str:
        """SQL for the value to compare. The earlier value is cast to the later type.

        Threads add in any order, so that a mean may differ after the sixth decimal. That is no change.
        """
        name, kind = f'{alias}"{column}"', self.columns[column]
        if side == EARLIER and column in self.casts:
            name = f"TRY_CAST({name} AS {kind})"
        return f"round({name}, 6)" if kind == "DOUBLE" else name

    def row_hash(self, side: str) -> str:
        """SQL for a hash of a whole row."""
        return f"hash({', '.join(self.value(side, column) for column in self.columns)})"


class ReleasePair:
    """Both releases, open for reading through `con` as the catalogs `earlier` and `later`.

    `old` and `new` are their schemas, `about` the row of each about itself (table `release`, column -> value).
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, old_path: Path, new_path: Path) -> None:
        """Read both schemas. Raises DiffError for a file without the tables that a comparison needs."""
        self.con = con
        self.old, self.new = self._schema(EARLIER), self._schema(LATER)
        for path, schema in ((old_path, self.old), (new_path, self.new)):
            if missing := [table for table in NEEDED if table not in schema]:
                raise DiffError(f"{path} is no release that can be compared: it has no table {missing[0]}")
        self.about = self._about(EARLIER), self._about(LATER)

    def _schema(self, side: str) -> Schema:
        found: dict[str, dict[str, str]] = {}
        rows = self.con.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = $side "
            "ORDER BY table_name, column_index",
            {"side": side},
        ).fetchall()
        for table, column, kind in rows:
            found.setdefault(table, {})[column] = kind
        return found

    def _about(self, side: str) -> dict[str, Any]:
        cursor = self.con.execute(f"FROM {side}.release")
        names = [column[0] for column in cursor.description or ()]
        return dict(zip(names, cursor.fetchone() or (), strict=True))

    def versions(self) -> dict[str, tuple[Any, Any]]:
        """(old, new) of each version or hash of the rules that both releases keep and that differs."""
        old, new = self.about
        names = [name for name in new if name in old and (name.endswith("_version") or name == SQL_HASH)]
        return {name: (old[name], new[name]) for name in names if old[name] != new[name]}

    def match(self, table: str) -> TableMatch | None:
        """How the rows of `table` are matched; None if its key is not described or not in both releases."""
        old, new = self.old.get(table, {}), self.new.get(table, {})
        key = described_tables()[table].key if table in described_tables() else ()
        if not key or not set(key) <= old.keys() & new.keys():
            return None
        columns = {column: kind for column, kind in new.items() if column in old and column not in IGNORED}
        return TableMatch(table, key, columns, frozenset(name for name, kind in columns.items() if old[name] != kind))

    def schema_difference(self, table: str) -> TableDifference:
        """The row counts and the columns of `table` in both releases. The rows are not compared."""
        old, new = self.old.get(table), self.new.get(table)
        rows = [
            None if schema is None else int(self.con.execute(f"SELECT count(*) FROM {side}.{table}").fetchall()[0][0])
            for side, schema in ((EARLIER, old), (LATER, new))
        ]
        if old is None or new is None:
            return TableDifference(table, rows[0], rows[1])
        return TableDifference(
            table,
            rows[0],
            rows[1],
            columns_added={name: kind for name, kind in new.items() if name not in old},
            columns_removed={name: kind for name, kind in old.items() if name not in new},
            columns_retyped={n: (old[n], kind) for n, kind in new.items() if n in old and old[n] != kind},
        )

    def equal_tables(self) -> set[str]:
        """Tables for which both releases keep the same content hash. Empty if one keeps no hashes."""
        if any("content_hash" not in schema.get("release_table", {}) for schema in (self.old, self.new)):
            return set()
        rows = self.con.execute(
            "SELECT a.table_name FROM earlier.release_table AS a INNER JOIN later.release_table AS b "
            "ON b.table_name = a.table_name AND b.content_hash = a.content_hash"
        ).fetchall()
        return {table for (table,) in rows if self.old.get(table) == self.new.get(table)}


@contextmanager
def open_pair(old_path: Path, new_path: Path) -> Iterator[ReleasePair]:
    """Open both files for reading. What does not fit into memory spills to a temporary folder."""
    with working(Path(tempfile.gettempdir())) as con:
        con.execute("SET preserve_insertion_order = false")
        for side, path in ((EARLIER, old_path), (LATER, new_path)):
            con.execute(f"ATTACH {quote(path)} AS {side} (READ_ONLY)")
        yield ReleasePair(con, old_path, new_path)
