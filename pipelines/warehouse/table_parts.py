"""What a table is built from: the files of each input, the rows of it that belong to one part of a layout, and its key.

A key is a text that changes when the rows do, found without reading them where somebody has written it down: staged
buckets carry the key of what they were computed from, and what a table holds is worked out once and then remembered.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from pipelines.build.buckets import stored_key
from pipelines.build.database import columns, contents_by, quote, working
from pipelines.build.layouts import LAYOUTS, Layout
from pipelines.build.memo import Memo
from pipelines.errors import FazhiError
from pipelines.warehouse.descriptions import inputs

CONTENTS = "contents.json"  # beside the tables: what each holds
_VERSION = "2"  # raised when what is remembered of a file takes another shape
# A table with one of these has rows where there are reports; the others (divisions, indicators) have them anyway.
OF_REPORTS = ("report_id", "report_year")


class InputError(FazhiError):
    """A file cannot be built on; the message names it, the cause and what to do."""


#: What is remembered of a file: rows, columns, contents and parts as of `Looked`.
Held = dict[str, Any]


@dataclass(frozen=True)
class Looked:
    """One file: its rows, its columns as (name, DuckDB type), the hash of what it holds, and of its rows by part.

    `parts` has for each layout that the columns allow the hash of the rows of each part.
    """

    rows: int
    columns: tuple[tuple[str, str], ...]
    contents: str
    parts: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Input:
    """One input of a table: where its rows lie, and which of them belong to which part of a layout."""

    name: str
    files: Sequence[Path]

    def sql(self, layout: Layout | None = None, part: str = "") -> str:
        """The query for its rows: those of one part of `layout`, or all where it is not to be cut up so."""
        column = layout.column(self._columns) if layout else None
        if not self.files:
            return no_rows(self.name)
        if layout is None or column is None:
            return _rows(self.files)
        if layout is self._own_layout:
            own = [path for path in self.files if path.stem == part]
            return _rows(own) if own else f"{_rows(self.files[:1])} WHERE false"
        return f"{_rows(self.files)} WHERE {layout.condition(column, part)}"

    def key(self) -> str:
        """A text that changes when its rows change."""
        return f"{self.name} {' '.join(self._key(path) for path in self.files)}"

    def part_keys(self, layout: Layout) -> dict[str, str] | None:
        """The same for each part of `layout` that has rows here; None where it is not to be cut up so."""
        if layout.column(self._columns) is None:
            return None
        if layout is self._own_layout:
            return {path.stem: f"{self.name} {self._key(path)}" for path in self.files}
        held: dict[str, list[str]] = {}
        for path in self.files:
            for part, contents in _known(path, _key_of_file(path)).parts.get(layout.name, {}).items():
                held.setdefault(part, []).append(f"{path.stem}:{contents}")
        return {part: f"{self.name} {' '.join(contents)}" for part, contents in held.items()}

    @property
    def is_of_reports(self) -> bool:
        """Whether it has rows only where there are reports."""
        return any(name in self._columns for name in OF_REPORTS)

    @cached_property
    def _columns(self) -> Sequence[str]:
        if self.name in inputs():
            return list(inputs()[self.name])
        return [name for path in self.files[:1] for name, _ in look(path).columns]

    @cached_property
    def _own_layout(self) -> Layout | None:
        """How its own files are laid out, if they are."""
        laid_out = (one for one in LAYOUTS.values() if all(one.is_part(path.stem) for path in self.files))
        return next(laid_out, None) if self.files else None

    def _key(self, path: Path) -> str:
        """What a file of it holds: the contents of a table, the key of a staged bucket, the bytes of any other."""
        return _key_of_file(path) if self.name in inputs() or stored_key(path) is None else look(path).contents


@dataclass(frozen=True)
class Piece:
    """What one part is worked out from: the query for each input, and the keys of all of them in their order.

    `part` is None for the whole.
    """

    part: str | None
    sources: Mapping[str, str]
    keys: tuple[str, ...]


def cut(found: Sequence[Input], layout: Layout | None, parts: Iterable[str] | None = None) -> list[Piece]:
    """The pieces of `layout`, by default all for which an input that speaks of reports has rows; one without a layout.

    Of an input that the layout does not cut up, every piece has all rows.
    """
    if layout is None:
        return [Piece(None, {one.name: one.sql() for one in found}, tuple(one.key() for one in found))]
    keys = [(one, one.part_keys(layout)) for one in found]
    if parts is None:
        parts = {part for one, own in keys if one.is_of_reports for part in own or ()}
    return [
        Piece(
            part,
            {one.name: one.sql(layout, part) for one in found},
            tuple(one.key() if own is None else f"{one.name} {own.get(part)}" for one, own in keys),
        )
        for part in sorted(parts) or [layout.empty]  # what has no rows has its columns all the same
    ]


def _rows(files: Sequence[Path]) -> str:
    return f"FROM read_parquet([{', '.join(map(quote, files))}])"


def table_files(tables_dir: Path, name: str) -> list[Path]:
    """The files of a table: one, or one a bucket of reports."""
    whole = tables_dir / f"{name}.parquet"
    return [whole] if whole.is_file() else sorted((tables_dir / name).glob("*.parquet"))


def note(path: Path, key: str, held: Held) -> None:
    """Remember what a file of a table holds that was just written."""
    _memo(path).answer(_name(path), _versioned(key), lambda: held)


def look(path: Path) -> Looked:
    """What one file of a table holds; worked out once and then remembered. Raises InputError for a foreign file."""
    key = stored_key(path)
    if key is None:
        raise InputError(f"{path.stem}: {path} is not a table that was built here; remove it and build again")
    return _known(path, key)


def no_rows(name: str) -> str:
    """The query for a staged input that nobody has written: its columns without a row."""
    if name not in inputs():
        raise InputError(f"{name} has no file, and inputs.toml does not say what its columns are")
    kinds = ", ".join(f'NULL::{kind} AS "{column}"' for column, kind in inputs()[name].items())
    return f"SELECT {kinds} WHERE false"


def _key_of_file(path: Path) -> str:
    key = stored_key(path)
    if key is None:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    return key


def _memo(path: Path) -> Memo:
    return Memo(path.parent / CONTENTS)


def _versioned(key: str) -> str:
    return f"{_VERSION} {key}"


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def _known(path: Path, key: str) -> Looked:
    def ask() -> Held:
        with _reading(path) as con:
            return held_by(con, path)

    known = _memo(path).answer(_name(path), _versioned(key), ask)
    kinds = tuple((name, kind) for name, kind in known["columns"])
    return Looked(known["rows"], kinds, known["contents"], known["parts"])


def held_by(con: duckdb.DuckDBPyConnection, path: Path) -> Held:
    """Rows, columns and hashes of a file, by part of every layout too; every value is read once."""
    table = f"read_parquet({quote(path)})"
    kinds = columns(con, table)
    named = [(layout, layout.column([name for name, _ in kinds])) for layout in LAYOUTS.values()]
    cut = [(layout, column) for layout, column in named if column and not layout.is_part(path.stem)]
    beginnings = ", ".join(["''", *(f"coalesce({layout.beginning(column)}, '')" for layout, column in cut)])
    groups = contents_by(con, table, f"concat_ws(' ', {beginnings})")
    parts: dict[str, dict[str, int]] = {layout.name: {} for layout, _ in cut}
    for beginning, held in groups.items():
        for (layout, _), own in zip(cut, beginning.split(" ")[1:], strict=True):
            if own:  # a row without a code is of no part
                sums = parts[layout.name]
                sums[layout.part_of(own)] = sums.get(layout.part_of(own), 0) + int(held.sha, 16)
    return {
        "rows": sum(held.rows for held in groups.values()),
        "columns": kinds,
        "contents": f"{sum(int(held.sha, 16) for held in groups.values()):x}",
        "parts": {name: {part: f"{total:x}" for part, total in sums.items()} for name, sums in parts.items()},
    }


@contextmanager
def _reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        with working(path.parent) as con:
            yield con
    except duckdb.Error as error:
        raise InputError(f"{path} cannot be read ({error}); remove it and run again") from error
