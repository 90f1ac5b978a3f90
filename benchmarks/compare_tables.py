"""Whether two releases hold the same: a hash of every table over the columns of the first.

    python -m benchmarks.compare_tables OLD.duckdb NEW.duckdb

Columns that say what a row was made with (versions) or when its file was fetched are left out, and so are the tables
about the release itself. Columns that only the second release has are named and not compared. The exit code is 1 where
a table, a column or a row differs. `fazhi diff` shows which rows differ and why.
"""

import argparse
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import duckdb

from pipelines.build.database import connect, quote

MADE_WITH = ("codebook_version", "engine_version", "reader_version", "identifier_version", "fetched_at")
OWN_TABLES = ("release", "release_table", "release_part")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line a table: equal or not, rows, hash, new columns. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    given = parser.parse_args(arguments)
    different = 0
    with closing(connect()) as con:
        for side, path in (("old", given.old), ("new", given.new)):
            con.execute(f"ATTACH {quote(path)} AS {side} (READ_ONLY)")
        for table, columns in _columns(con, "old").items():
            if table in OWN_TABLES:
                continue
            now = _columns(con, "new").get(table, [])
            if missing := [column for column in columns if column not in now]:
                print(f"{table}: not in the second release: {', '.join(missing)}")
                different += 1
                continue
            compared = [column for column in columns if column not in MADE_WITH]
            old, new = (_contents(con, f"{side}.{table}", compared) for side in ("old", "new"))
            different += old != new
            added = [column for column in now if column not in columns]
            beside = f", new columns: {', '.join(added)}" if added else ""
            print(f"{table}: {'equal' if old == new else 'DIFFERENT'}, {new[0]} rows, hash {new[1]}{beside}")
    print("all tables are equal" if not different else f"{different} tables differ")
    return int(bool(different))


def _columns(con: duckdb.DuckDBPyConnection, side: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table, column in con.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = $side "
        "ORDER BY table_name, column_index",
        {"side": side},
    ).fetchall():
        found.setdefault(table, []).append(column)
    return found


def _contents(con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]) -> tuple[int, str]:
    """Rows, and the sum of the hashes of the rows in hexadecimal: equal for equal rows in any order."""
    names = ", ".join(f'"{column}"' for column in columns)
    ((rows, total),) = con.execute(f"SELECT count(*), coalesce(sum(hash({names})), 0)::HUGEINT FROM {table}").fetchall()
    return int(rows), f"{int(total):x}"


if __name__ == "__main__":
    raise SystemExit(main())
