"""docs/joining.md: the SQL of the page, run on the example release, with its answers written below each block.

    python -m benchmarks.joining

Each block of SQL finds the files beside the page and what the blocks before it made. The example release
comes from benchmarks.example; the files are invented too.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
from pathlib import Path

import duckdb

from benchmarks.example import write_example
from benchmarks.worked import line
from pipelines.paths import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "joining.md"
_BLOCK = re.compile(r"```sql\n(.*?)\n```\n(\n\|.*?\n(?=\n|$))?", re.DOTALL)


def answered(page: str, release: Path) -> str:
    """The page with the answer of `release` as a table below each block of SQL that gives rows."""
    with contextlib.closing(duckdb.connect()) as con:
        con.execute(f"ATTACH '{release}' AS fazhi (READ_ONLY)")
        con.execute(f"SET file_search_path = '{PAGE.parent}'")
        con.execute("SET search_path = 'memory,fazhi'")
        return _BLOCK.sub(lambda block: f"```sql\n{block[1]}\n```\n{_answer(con, block[1])}", page)


def _answer(con: duckdb.DuckDBPyConnection, sql: str) -> str:
    cursor = con.execute(sql)
    rows = cursor.fetchall()
    columns = [column[0] for column in cursor.description or ()]
    if columns == ["Count"] or not rows:  # the statement made something
        return ""
    return "\n" + "".join(f"{line(cells)}\n" for cells in (columns, ["---"] * len(columns), *rows))


def main() -> None:
    """Write the answers into the page."""
    with tempfile.TemporaryDirectory(prefix="fazhi-example-") as folder:
        PAGE.write_text(answered(PAGE.read_text(encoding="utf-8"), write_example(Path(folder))), encoding="utf-8")


if __name__ == "__main__":
    main()
