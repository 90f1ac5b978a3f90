"""What a table is built from: the files of each input, the part of it that belongs to a bucket of reports, and its key.

A key is a text that changes when the rows do, found without reading them where somebody has written it down: staged
buckets carry the key of what they were computed from, and what a table holds is worked out once and then remembered.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.stage.buckets import BUCKETS, bounds, bucket_of, stored_key
from pipelines.warehouse.database import columns, contents, contents_by, quote, working
from pipelines.warehouse.memo import Memo
from pipelines.warehouse.metadata import inputs

CONTENTS = "contents.json"  # beside the tables: what each holds
OF_REPORT = "report_id"


class InputError(RuntimeError):
    """A file cannot be built on; the message names it, the cause and what to do."""


@dataclass(frozen=True)
class Looked:
    """One file of a table: its rows, its columns as (name, DuckDB type), the hash of what it holds."""

    rows: int
    columns: tuple[tuple[str, str], ...]
    contents: str


@dataclass(frozen=True)
class Input:
    """One input of a table, whole or the rows of one bucket of reports."""

    name: str
    files: Sequence[Path]
    bucket: str | None = None

    def part(self, bucket: str) -> "Input":
        """Its rows of the reports of a bucket; all of it where it does not speak of reports."""
        if self._is_bucketed:
            return Input(self.name, [path for path in self.files if path.stem == bucket])
        return Input(self.name, self.files, bucket if self._speaks_of_reports else None)

    def sql(self) -> str:
        """The query for its rows."""
        if not self.files:
            return no_rows(self.name)
        rows = f"FROM read_parquet([{', '.join(map(quote, self.files))}])"
        if self.bucket is None:
            return rows
        first, below = bounds(self.bucket)
        return f"{rows} WHERE {OF_REPORT} >= '{first}' AND {OF_REPORT} < '{below}'"

    def key(self) -> str:
        """A text that changes when its rows change."""
        keys = [self._by_bucket(path) if self.bucket else _key(self.name, path) for path in self.files]
        return f"{self.name} {' '.join(keys)}"

    def buckets(self) -> set[str]:
        """The buckets that have rows here."""
        if self._is_bucketed:
            return {path.stem for path in self.files}
        held = (_contents_by_bucket(path) for path in self.files) if self._speaks_of_reports else ()
        return {bucket for contents in held for bucket in contents}

    @property
    def _is_bucketed(self) -> bool:
        return bool(self.files) and all(path.stem in BUCKETS for path in self.files)

    @property
    def _speaks_of_reports(self) -> bool:
        if self.name in inputs():
            return OF_REPORT in inputs()[self.name]
        return any(OF_REPORT == name for path in self.files[:1] for name, _ in look(path).columns)

    def _by_bucket(self, path: Path) -> str:
        return _contents_by_bucket(path).get(self.bucket or "", "")


def filled_buckets(found: Sequence[Input]) -> list[str]:
    """The buckets of reports for which any of the inputs that are laid out by report has rows."""
    return sorted(set().union(*(one.buckets() for one in found)))


def table_files(tables_dir: Path, name: str) -> list[Path]:
    """The files of a table: one, or one a bucket of reports."""
    whole = tables_dir / f"{name}.parquet"
    return [whole] if whole.is_file() else sorted((tables_dir / name).glob("*.parquet"))


def note(con: duckdb.DuckDBPyConnection, written: Path, path: Path, key: str) -> None:
    """Remember what the file `written` holds, which is about to become `path`, while there is a connection at hand."""
    _memo(path).answer(f"{path.parent.name}/{path.stem}", key, lambda: _held(con, written))


def look(path: Path) -> Looked:
    """What one file of a table holds; worked out once and then remembered. Raises InputError for a foreign file."""
    known = _memo(path).answer(f"{path.parent.name}/{path.stem}", _own_key(path), lambda: _look(path))
    return Looked(known["rows"], tuple((name, kind) for name, kind in known["columns"]), known["contents"])


def no_rows(name: str) -> str:
    """The query for a staged input that nobody has written: its columns without a row."""
    if name not in inputs():
        raise InputError(f"{name} has no file, and inputs.toml does not say what its columns are")
    kinds = ", ".join(f'NULL::{kind} AS "{column}"' for column, kind in inputs()[name].items())
    return f"SELECT {kinds} WHERE false"


def _key(name: str, path: Path) -> str:
    """What an input holds: the contents of a table, the key of a staged bucket, the bytes of any other file."""
    key = stored_key(path)
    if key is None:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    return key if name in inputs() else look(path).contents


def _own_key(path: Path) -> str:
    key = stored_key(path)
    if key is None:
        raise InputError(f"{path.stem}: {path} is not a table that was built here; remove it and build again")
    return key


def _memo(path: Path) -> Memo:
    return Memo(path.parent / CONTENTS)


def _look(path: Path) -> dict[str, object]:
    with _reading(path) as con:
        return _held(con, path)


def _held(con: duckdb.DuckDBPyConnection, path: Path) -> dict[str, object]:
    table = f"read_parquet({quote(path)})"
    found = contents(con, table)
    return {"rows": found.rows, "columns": columns(con, table), "contents": found.sha}


@contextmanager
def _reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        with working(path.parent) as con:
            yield con
    except duckdb.Error as error:
        raise InputError(f"{path} cannot be read ({error}); remove it and run again") from error


def _contents_by_bucket(path: Path) -> dict[str, str]:
    """What a file holds of the reports of each bucket."""

    def ask() -> dict[str, str]:
        with _reading(path) as con:
            held = contents_by(con, f"read_parquet({quote(path)})", f"left({OF_REPORT}, 2)")
        found: dict[str, int] = {}
        for beginning, part in held.items():
            if beginning:  # a correction may be of no report
                bucket = bucket_of(beginning)
                found[bucket] = found.get(bucket, 0) + int(part.sha, 16)
        return {bucket: f"{total:x}" for bucket, total in found.items()}

    known: dict[str, str] = _memo(path).answer(f"{path.stem} by bucket", stored_key(path) or _key("", path), ask)
    return known
