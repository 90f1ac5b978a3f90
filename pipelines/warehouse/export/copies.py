"""Parquet and CSV, written by DuckDB's COPY: fast, in bounded memory, in the order that the release has.

The CSV files are for spreadsheets: UTF-8 with a byte order mark, by which Excel knows the encoding, and with an
apostrophe before any text that a spreadsheet would take for a formula. Lists are JSON, times are UTC.
"""

from pathlib import Path

from pipelines.warehouse.database import quote
from pipelines.warehouse.export.files import File, finished
from pipelines.warehouse.export.source import Column, Source, Table

# A spreadsheet may read what begins with one of these as a formula; the wide forms are read so by East Asian versions.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BOM = "\ufeff"
TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
# DuckDB holds a few groups of rows in memory at a time, and a row of these holds a whole report.
ROW_GROUPS = {"report_text": 4_096}
ROW_GROUP = 122_880


def write_parquet(source: Source, table: Table, folder: Path) -> list[File]:
    """NAME.parquet, every value as it stands in the release; the release's id is in the file's metadata."""
    path = folder / f"{table.name}.parquet"
    options = (
        f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUPS.get(table.name, ROW_GROUP)}, "
        f"KV_METADATA {{release_id: {quote(source.release_id)}}}"
    )
    source.con.execute(f"COPY ({source.select(table, _as_it_is)}) TO {quote(path)} ({options})")
    return [finished(path, "parquet", (table.name,), table.rows)]


def write_csv(source: Source, table: Table, folder: Path) -> list[File]:
    """NAME.csv; an empty cell is a missing value, `""` an empty text."""
    path = folder / f"{table.name}.csv"
    # DuckDB writes no byte order mark, but the name of the first column may begin with one.
    options = f"FORMAT csv, HEADER, TIMESTAMPFORMAT '{TIME_FORMAT}', DATEFORMAT '%Y-%m-%d'"
    source.con.execute(f"COPY ({source.select(table, _safe, BOM)}) TO {quote(path)} ({options})")
    return [finished(path, "csv", (table.name,), table.rows)]


def _as_it_is(column: Column) -> str:
    return f'"{column.name}"'


def _safe(column: Column) -> str:
    """The column as a spreadsheet may see it. A text that is a plain number, such as -5, is left: it does no harm."""
    name = f'"{column.name}"'
    if column.kind == "list":
        return f"to_json({name})"
    if column.kind != "text":
        return name
    text = f"{name}::VARCHAR"
    signs = ", ".join(map(quote, FORMULA_SIGNS))
    is_formula = f"left({text}, 1) IN ({signs}) AND try_cast({text} AS DOUBLE) IS NULL"
    return f"CASE WHEN {is_formula} THEN '''' || {text} ELSE {text} END"
