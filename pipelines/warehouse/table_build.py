"""Building one table as Parquet from where its inputs lie. Which tables are built when is for the caller to say.

A table is built again when its SQL, the contents of an input or the release of DuckDB change: another release may hash
the same rows to another value. An input that was built again with the same rows does not count: a file that was only
touched, or a new rule that matches no report, changes no table. A table whose SQL asks for the present year is built
again in a new one, and what reads it only where its rows have changed.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.build.answers import CONTENTS, FileContents
from pipelines.build.atomic import atomic_write
from pipelines.build.database import ContentHash, name_views, quote, side_by_side
from pipelines.build.ledger import Ledger, LedgerEntry
from pipelines.build.stamped_parquet import STAMP, record_bytes, stamp_in
from pipelines.errors import FazhiError
from pipelines.warehouse.model import PRESENT_YEAR, TableSpec
from pipelines.warehouse.table_parts import (
    Input,
    InputError,
    are_few,
    inputs_by_part,
    read_contents,
    table_contents,
    table_files,
)

Sources = Mapping[str, Path | Sequence[Path]]
# Rows that are read or skipped together: few, as a part by province is a piece of each file by report.
ROW_GROUP = 8192
_TOGETHER = "rows_of_all_parts"


class BuildError(FazhiError):
    """A table cannot be built; the message names the table, the cause and what to do."""


@dataclass(frozen=True)
class Built:
    """A table that lies in the files `paths`: its rows, its columns as (name, DuckDB type), the hash of what it holds.

    `parts` has for each part of a table in parts its rows and their hash. `reused` says that nothing it is made from
    had changed, so that the files were left as they were.
    """

    paths: tuple[Path, ...]
    rows: int
    columns: tuple[tuple[str, str], ...]
    contents: str
    parts: Mapping[str, ContentHash]
    reused: bool

    @property
    def sql(self) -> str:
        """The query for its rows."""
        return f"FROM read_parquet([{', '.join(map(quote, self.paths))}])"


@dataclass(frozen=True)
class _TableFile:
    """One file of a table: its part, where it goes, and the stamp of what it is made from."""

    part: str | None
    path: Path
    stamp: str


@dataclass(frozen=True)
class _Work:
    """Files whose rows one query gives, and the queries for its inputs."""

    files: Sequence[_TableFile]
    sources: Mapping[str, str]


def build(spec: TableSpec, sources: Sources, out_dir: Path, ledger: Ledger, present_year: int | None = None) -> Built:
    """Write the table from `sources` (input name -> its Parquet files) unless it is there and up to date.

    No report is on a year after `present_year`; without it, any year is believed.

    It is up to date where the ledger knows each of its files, made from what it would be made from now. An input with
    an empty list of files is an empty table. A file appears whole or not at all. Raises BuildError.
    """
    year = present_year if spec.asks_year else None
    given = [duckdb.__version__, spec.code, *([] if year is None else [str(year)])]
    found = [Input(name, _files(spec, name, sources), ledger) for name in spec.depends_on]
    try:
        files = {}
        for part in inputs_by_part(found, spec.in_parts):
            path = out_dir / (f"{spec.name}/{part.part}.parquet" if part.part else f"{spec.name}.parquet")
            stamp = hashlib.sha256("\n".join([*given, *part.keys]).encode()).hexdigest()
            files[_TableFile(part.part, path, stamp)] = part.sources
        known = ledger.known(CONTENTS)
        stale = []
        for file, own_sources in files.items():
            entry = known.get(ledger.name_of(file.path))
            if entry is None or entry.key != file.stamp or stamp_in(file.path) != file.stamp:
                stale.append(_Work([file], own_sources))
        gone = set(table_files(out_dir, spec.name)) - {file.path for file in files}
        if stale:
            # What one query gives is recorded when it is written: a run that is killed does not lose the ones before.
            works = _few_together(stale, found, spec)
            for work, written in side_by_side(out_dir, works, lambda con, work: _write(con, spec, work, year)):
                entries = zip(work.files, written, strict=True)
                ledger.record(CONTENTS, {ledger.name_of(f.path): LedgerEntry(f.stamp, held) for f, held in entries})
                record_bytes(ledger, {file.path: file.stamp for file in work.files})
        for path in gone:
            path.unlink()
        return _combined(spec, out_dir, ledger, reused=not stale and not gone)
    except (InputError, duckdb.Error) as error:
        raise BuildError(f"{spec.name}: {error}") from error


def _few_together(stale: Sequence[_Work], found: Sequence[Input], spec: TableSpec) -> Sequence[_Work]:
    """The same as one work, if there are several and the inputs are small; its rows are written part by part."""
    layout = spec.in_parts
    if layout is None or len(stale) < 2 or not are_few(found):
        return stale
    files = [file for work in stale for file in work.files]
    parts = [file.part for file in files if file.part]
    return [_Work(files, {one.name: one.sql(layout, parts) for one in found})]


def _write(con: duckdb.DuckDBPyConnection, spec: TableSpec, work: _Work, year: int | None) -> list[FileContents]:
    """Build files of a table; returns what each holds."""
    name_views(con, work.sources)
    con.execute(f"SET VARIABLE {PRESENT_YEAR} = $1", [year])
    for macro in spec.macros:
        con.execute(macro)
    if len(work.files) == 1:
        return [_copy(con, spec.query, work.files[0])]
    con.execute(f"CREATE TEMP TABLE {_TOGETHER} AS {spec.query}")
    layout = spec.in_parts
    column = layout.column([column.name for column in spec.columns]) if layout else None
    assert layout and column, "only a table in parts has several files"
    return [
        _copy(con, f"FROM {_TOGETHER} WHERE {layout.condition(column, file.part or '')}", file) for file in work.files
    ]


def _copy(con: duckdb.DuckDBPyConnection, query: str, file: _TableFile) -> FileContents:
    """Write the rows of a query, in their order; returns what the file holds."""
    with atomic_write(file.path) as beside:
        con.execute(
            f"COPY ({query}) TO {quote(beside)} (FORMAT parquet, COMPRESSION zstd, "
            f"ROW_GROUP_SIZE {ROW_GROUP}, KV_METADATA {{{STAMP}: {quote(file.stamp)}}})"
        )
        return read_contents(con, beside)


def inspect(spec: TableSpec, out_dir: Path, ledger: Ledger) -> Built:
    """A table that was built in `out_dir`. Raises BuildError where it was not, or where the ledger does not know it."""
    try:
        return _combined(spec, out_dir, ledger, reused=True)
    except InputError as error:
        raise BuildError(f"{spec.name}: {error}") from error


def _combined(spec: TableSpec, out_dir: Path, ledger: Ledger, *, reused: bool) -> Built:
    paths = table_files(out_dir, spec.name)
    if not paths:
        raise BuildError(f"table {spec.name} is not at {out_dir / spec.name}.parquet; build it first")
    held = {path.stem: table_contents(ledger, path) for path in paths}
    return Built(
        paths=tuple(paths),
        rows=sum(contents.rows for contents in held.values()),
        columns=next(iter(held.values())).columns,
        contents=f"{sum(int(contents.sha, 16) for contents in held.values()):x}",
        parts={stem: ContentHash(one.rows, one.sha) for stem, one in held.items()} if spec.in_parts else {},
        reused=reused,
    )


def _files(spec: TableSpec, name: str, sources: Sources) -> list[Path]:
    if name not in sources:
        raise BuildError(f"{spec.name}: no place was given for its input {name}; pass sources[{name!r}]")
    given = sources[name]
    files = [given] if isinstance(given, Path) else sorted(given)
    for file in files:
        if not file.is_file():
            raise BuildError(f"{spec.name}: its input {name} is not at {file}; build {name} first")
    return files
