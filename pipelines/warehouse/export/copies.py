"""Parquet and CSV, written by DuckDB's COPY: fast, in bounded memory, in the order that the release has.

The CSV files are for spreadsheets: UTF-8 with a byte order mark, by which Excel knows the encoding, and with an
apostrophe before any text that a spreadsheet would take for a formula. Lists are JSON, times are UTC.
"""

import hashlib
from pathlib import Path

import duckdb

from pipelines.build.database import on_cursors, quote
from pipelines.warehouse.export.export_files import File, Place
from pipelines.warehouse.export.release_reader import CATALOG, Column, Part, Source, Table

# A spreadsheet may read what begins with one of these as a formula; the wide forms are read so by East Asian versions.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BOM = "\ufeff"
TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
# DuckDB holds a few groups of rows in memory at a time, and a row of these holds a whole report.
ROW_GROUPS = {"report_text": 4_096}
ROW_GROUP = 122_880
MOST_GROUPS = 4  # of a table that stays one file: more, and one new report should not have all of it written again
WRITTEN_AS = f"1 {duckdb.__version__}"  # raised when the same rows are to be written in another way


def write_parquet(source: Source, table: Table, place: Place) -> list[File]:
    """NAME.parquet, every value as it stands in the release; of a large table in parts a folder with a file a part."""
    groups = ROW_GROUPS.get(table.name, ROW_GROUP)
    path = place.folder / f"{table.name}.parquet"
    if table.rows <= MOST_GROUPS * groups or not table.parts:
        jobs = [(path, table.whole)]
    else:
        path.mkdir()
        jobs = [(path / f"{part.name}.parquet", part) for part in table.parts]

    def write(con: duckdb.DuckDBPyConnection, job: tuple[Path, Part]) -> File:
        target, part = job
        made_from = _made_from(table, part)
        if known := place.take_over(target, made_from):
            return known
        origin = f"contents: {quote(part.contents)}" if part.contents else f"release_id: {quote(source.release_id)}"
        options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {groups}, KV_METADATA {{{origin}}}"
        con.execute(f"USE {CATALOG}")
        con.execute(f"COPY ({source.select(table, _as_it_is, part=part)}) TO {quote(target)} ({options})")
        return place.finished(target, (table.name,), part.rows, made_from)

    return [file for _, file in on_cursors(source.con, jobs, write)]


def write_csv(source: Source, table: Table, place: Place) -> list[File]:
    """NAME.csv; an empty cell is a missing value, `""` an empty text."""
    path = place.folder / f"{table.name}.csv"
    made_from = _made_from(table, table.whole)
    if known := place.take_over(path, made_from):
        return [known]
    # DuckDB writes no byte order mark, but the name of the first column may begin with one.
    options = f"FORMAT csv, HEADER, TIMESTAMPFORMAT '{TIME_FORMAT}', DATEFORMAT '%Y-%m-%d'"
    source.con.execute(f"COPY ({source.select(table, _safe, BOM)}) TO {quote(path)} ({options})")
    return [place.finished(path, (table.name,), table.rows, made_from)]


def _made_from(table: Table, part: Part) -> str:
    """Equal for files of equal rows and columns that were written in the same way; empty where that cannot be said."""
    if not part.contents:
        return ""
    columns = " ".join(f"{column.name} {column.type}" for column in table.columns)
    return hashlib.sha256(f"{WRITTEN_AS} {columns} {part.rows} {part.contents}".encode()).hexdigest()


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
