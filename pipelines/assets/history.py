"""Numbers of an asset that Dagster draws over its runs: the one row of `sql/history/NAME.sql` for the asset NAME."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import dagster as dg

from pipelines.build.database import connect, quote
from pipelines.paths import SQL_DIR
from pipelines.warehouse.query import query

HISTORY_DIR = SQL_DIR / "history"


def table_numbers(name: str, paths: Sequence[Path]) -> dict[str, dg.MetadataValue]:
    """The numbers of the table NAME in the Parquet files `paths`. Most tables have none; a null is left out."""
    sql = _sql(name)
    if sql is None:
        return {}
    with closing(connect()) as con:
        con.execute(f"CREATE VIEW {name} AS FROM read_parquet([{', '.join(map(quote, paths))}])")
        cursor = con.execute(sql)
        return _metadata([column[0] for column in cursor.description or ()], cursor.fetchall()[0])


def release_numbers(release_path: Path) -> dict[str, dg.MetadataValue]:
    """The numbers of the release at `release_path`. Raises QueryError where it cannot be read."""
    found = query(release_path, _sql("release") or "")
    return _metadata(found.columns, found.rows[0])


def _sql(name: str) -> str | None:
    path = HISTORY_DIR / f"{name}.sql"
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _metadata(columns: Sequence[str], row: Sequence[float | None]) -> dict[str, dg.MetadataValue]:
    return {
        name: dg.MetadataValue.int(value) if isinstance(value, int) else dg.MetadataValue.float(float(value))
        for name, value in zip(columns, row, strict=True)
        if value is not None
    }
