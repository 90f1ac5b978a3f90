"""Parquet and CSV files, written by DuckDB's COPY: fast, in bounded memory, in the order of the release.

The CSV files are for spreadsheets. They are UTF-8 with a byte order mark, so that Excel recognises the encoding. A text
that a spreadsheet would read as a formula has an apostrophe before it. Lists are JSON, times are UTC.
"""

import hashlib
import re
from pathlib import Path

import duckdb

from pipelines.build.database import on_cursors, quote
from pipelines.warehouse.export.export_files import ExportFile, FormatFolder
from pipelines.warehouse.export.release_reader import CATALOG, ExportColumn, ExportPart, ExportTable, ReleaseReader

# A spreadsheet may read what begins with one of these as a formula; the wide forms are read so by East Asian versions.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BOM = "\ufeff"
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
# DuckDB holds a few groups of rows in memory at a time.
ROW_GROUP = 122_880
ROW_GROUP_OF_LONG_TEXTS = 4_096  # for a table whose rows hold whole reports
MOST_GROUPS = 4  # a larger table is written in parts, so that one new report does not rewrite all of it
WRITTEN_AS = f"1 {duckdb.__version__}"  # raised when the same rows are to be written in another way


def write_parquet(release: ReleaseReader, table: ExportTable, folder: FormatFolder) -> list[ExportFile]:
    """Write NAME.parquet with every value as the release has it, or a folder of parts if the table is large."""
    # Only long texts have a compression of their own.
    groups = ROW_GROUP_OF_LONG_TEXTS if table.text.compression else ROW_GROUP
    path = folder.path / f"{table.name}.parquet"
    if table.rows <= MOST_GROUPS * groups or not table.parts:
        jobs = [(path, table.whole)]
    else:
        path.mkdir()
        jobs = [(path / f"{part.name}.parquet", part) for part in table.parts]

    def write(con: duckdb.DuckDBPyConnection, job: tuple[Path, ExportPart]) -> ExportFile:
        target, part = job
        made_from = _made_from(table, part)
        if known := folder.reuse(target, made_from):
            return known
        origin = f"contents: {quote(part.contents)}" if part.contents else f"release_id: {quote(release.release_id)}"
        options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {groups}, KV_METADATA {{{origin}}}"
        rows = release.select(table, lambda column: f'"{column.name}"', part=part)
        con.execute(f"USE {CATALOG}")
        con.execute(f"COPY ({rows}) TO {quote(target)} ({options})")
        return folder.finished(target, (table.name,), part.rows, made_from)

    return [file for _, file in on_cursors(release.con, jobs, write)]


def write_csv(release: ReleaseReader, table: ExportTable, folder: FormatFolder) -> list[ExportFile]:
    """Write NAME.csv. An empty cell is a missing value, `""` is an empty text."""
    path = folder.path / f"{table.name}.csv"
    made_from = _made_from(table, table.whole)
    if known := folder.reuse(path, made_from):
        return [known]
    # DuckDB writes no byte order mark, but the name of the first column may begin with one.
    options = f"FORMAT csv, HEADER, TIMESTAMPFORMAT '{TIME_FORMAT}', DATEFORMAT '%Y-%m-%d'"
    release.con.execute(f"COPY ({release.select(table, _spreadsheet_value, BOM)}) TO {quote(path)} ({options})")
    return [folder.finished(path, (table.name,), table.rows, made_from)]


def _made_from(table: ExportTable, part: ExportPart) -> str:
    """A hash that is equal for files with equal rows and columns, written in the same way. Empty if it is not known."""
    if not part.contents:
        return ""
    columns = " ".join(f"{column.name} {column.type}" for column in table.columns)
    return hashlib.sha256(f"{WRITTEN_AS} {columns} {part.rows} {part.contents}".encode()).hexdigest()


def spreadsheet_text(text: str) -> str:
    """The text with an apostrophe before it if a spreadsheet would read it as a formula, as in the CSV files."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) and not _NUMBER.fullmatch(text) else text


def _spreadsheet_value(column: ExportColumn) -> str:
    """SQL for a value that is safe in a spreadsheet. A text that is a plain number, such as -5, does no harm."""
    name = f'"{column.name}"'
    if column.kind == "list":
        return f"to_json({name})"
    if column.kind != "text":
        return name
    text = f"{name}::VARCHAR"
    signs = ", ".join(map(quote, FORMULA_SIGNS))
    is_formula = f"left({text}, 1) IN ({signs}) AND try_cast({text} AS DOUBLE) IS NULL"
    return f"CASE WHEN {is_formula} THEN '''' || {text} ELSE {text} END"
