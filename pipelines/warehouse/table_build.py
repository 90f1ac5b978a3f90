"""Building one table as Parquet from where its inputs lie. Which tables are built when is for the caller to say.

A table is built again when its SQL or the contents of an input change. An input that was built again and came out the
same does not count: a file that was only touched, or a new rule that no report speaks of, stops there.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.build.atomic import atomic_write
from pipelines.build.buckets import KEY_NAME, stored_key
from pipelines.build.database import Contents, name_views, quote, side_by_side
from pipelines.errors import FazhiError
from pipelines.warehouse.model import TableSpec
from pipelines.warehouse.table_parts import Held, Input, InputError, cut, held_by, look, note, table_files

Sources = Mapping[str, Path | Sequence[Path]]
# Rows that are read or skipped together: few, as a part by province is a piece of each file by report.
ROW_GROUP = 8192


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
    parts: Mapping[str, Contents]
    reused: bool

    @property
    def sql(self) -> str:
        """The query for its rows."""
        return f"FROM read_parquet([{', '.join(map(quote, self.paths))}])"


def build(spec: TableSpec, sources: Sources, out_dir: Path) -> Built:
    """Write the table from `sources` (input name -> its Parquet files) unless it is there and up to date.

    An input with an empty list of files is an empty table. A file appears whole or not at all. Raises BuildError.
    """
    found = [Input(name, _files(spec, name, sources)) for name in spec.depends_on]
    try:
        parts = _parts(spec, found, out_dir)
        stale = [part for part in parts if stored_key(part.path) != part.key]
        gone = set(table_files(out_dir, spec.name)) - {part.path for part in parts}
        if stale:
            _write_all(spec, stale, out_dir)
        for path in gone:
            path.unlink()
        return _combined(spec, out_dir, reused=not stale and not gone)
    except (InputError, duckdb.Error) as error:
        raise BuildError(f"{spec.name}: {error}") from error


@dataclass(frozen=True)
class _Part:
    """One file of a table: where it goes, what it is made from, and the key of that."""

    path: Path
    key: str
    sources: Mapping[str, str]


def _parts(spec: TableSpec, found: Sequence[Input], out_dir: Path) -> list[_Part]:
    """The files that the table is to have."""
    return [
        _Part(
            out_dir / (f"{spec.name}/{piece.part}.parquet" if piece.part else f"{spec.name}.parquet"),
            hashlib.sha256("\n".join([spec.code, *piece.keys]).encode()).hexdigest(),
            piece.sources,
        )
        for piece in cut(found, spec.in_parts)
    ]


def _write_all(spec: TableSpec, parts: Sequence[_Part], out_dir: Path) -> None:
    """Build files of a table."""
    for part, held in side_by_side(out_dir, parts, lambda con, part: _write(con, spec, part)):
        note(part.path, part.key, held)


def _write(con: duckdb.DuckDBPyConnection, spec: TableSpec, part: _Part) -> Held:
    """Build one file of a table; returns what it holds."""
    name_views(con, part.sources)
    spec.prepare(con)
    with atomic_write(part.path) as beside:
        con.execute(
            f"COPY ({spec.sql}) TO {quote(beside)} (FORMAT parquet, COMPRESSION zstd, "
            f"ROW_GROUP_SIZE {ROW_GROUP}, KV_METADATA {{{KEY_NAME}: {quote(part.key)}}})"
        )
        return held_by(con, beside)


def inspect(spec: TableSpec, out_dir: Path) -> Built:
    """A table that was built in `out_dir`. Raises BuildError where it was not."""
    try:
        return _combined(spec, out_dir, reused=True)
    except InputError as error:
        raise BuildError(f"{spec.name}: {error}") from error


def _combined(spec: TableSpec, out_dir: Path, *, reused: bool) -> Built:
    paths = table_files(out_dir, spec.name)
    if not paths:
        raise BuildError(f"table {spec.name} is not at {out_dir / spec.name}.parquet; build it first")
    looked = [look(path) for path in paths]
    total = sum(int(one.contents, 16) for one in looked)
    held = {path.stem: Contents(one.rows, one.contents) for path, one in zip(paths, looked, strict=True)}
    parts = held if spec.in_parts else {}
    return Built(tuple(paths), sum(one.rows for one in looked), looked[0].columns, f"{total:x}", parts, reused)


def _files(spec: TableSpec, name: str, sources: Sources) -> list[Path]:
    if name not in sources:
        raise BuildError(f"{spec.name}: no place was given for its input {name}; pass sources[{name!r}]")
    given = sources[name]
    files = [given] if isinstance(given, Path) else sorted(given)
    for file in files:
        if not file.is_file():
            raise BuildError(f"{spec.name}: its input {name} is not at {file}; build {name} first")
    return files
