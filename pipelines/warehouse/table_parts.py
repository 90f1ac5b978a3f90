"""What a table is built from: the files of each input, the rows of it that belong to one part of a layout, and its key.

A key is a text that changes when the rows do. It is found without reading them: staged buckets carry the stamp of what
they were computed from, and what a file holds is worked out once and then stands in the ledger.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb

from pipelines.build.answers import CONTENTS, FileContents
from pipelines.build.database import columns, content_hashes_by, quote, side_by_side
from pipelines.build.layouts import WAYS, Layout
from pipelines.build.ledger import Ledger, LedgerEntry
from pipelines.build.stamped_parquet import stamp_in, stamp_of
from pipelines.errors import FazhiError
from pipelines.warehouse.descriptions import inputs

# A table with one of these has rows where there are reports; the others (divisions, indicators) have them anyway.
OF_REPORTS = ("report_id", "report_year")
# Bytes of all files of the inputs. Up to here what several parts need is asked by one query: to plan a query takes
# longer than to run it on few rows, and a warehouse may have 31 provinces.
FEW_BYTES = 8_000_000


class InputError(FazhiError):
    """A file cannot be built on; the message names it, the cause and what to do."""


@dataclass(frozen=True)
class Input:
    """One input of a table: where its rows lie, and which of them belong to which part of a layout."""

    name: str
    files: Sequence[Path]
    ledger: Ledger

    def sql(self, layout: Layout | None = None, parts: Collection[str] = ()) -> str:
        """The query for its rows: those of `parts` of `layout`, or all where the layout does not divide it."""
        column = layout.column(self._columns) if layout else None
        if not self.files:
            return no_rows(self.name)
        if layout is None or column is None:
            return _rows(self.files)
        if self._lies_in(layout):
            own = [path for path in self.files if path.stem in parts]
            return _rows(own) if own else f"{_rows(self.files[:1])} WHERE false"
        return f"{_rows(self.files)} WHERE {' OR '.join(f'({layout.condition(column, part)})' for part in parts)}"

    def key(self) -> str:
        """A text that changes when its rows change."""
        return f"{self.name} {' '.join(self._file_keys.values())}"

    def part_keys(self, layout: Layout) -> dict[str, str] | None:
        """The same for each part of `layout` that has rows here; None where the layout does not divide it."""
        if layout.column(self._columns) is None:
            return None
        if self._lies_in(layout):
            return {path.stem: f"{self.name} {key}" for path, key in self._file_keys.items()}
        held: dict[str, list[str]] = {}
        for path, contents in self._contents.items():
            own = dict(contents.parts.get(layout.name, {}))
            rest = int(contents.sha, 16) - sum(int(sha, 16) for sha in own.values())
            if layout.keeps_rest and rest:
                own[layout.empty] = f"{rest:x}"
            for part, sha in own.items():
                held.setdefault(part, []).append(f"{path.stem}:{sha}")
        return {part: f"{self.name} {' '.join(hashes)}" for part, hashes in held.items()}

    @property
    def is_of_reports(self) -> bool:
        """Whether it has rows only where there are reports."""
        return any(name in self._columns for name in OF_REPORTS)

    @property
    def row_count(self) -> int:
        """Its rows in all files."""
        return sum(contents.rows for contents in self._contents.values())

    @property
    def _is_staged(self) -> bool:
        """Whether it is no table that was built here, but a staged or reference file."""
        return self.name in inputs()

    @cached_property
    def _columns(self) -> Sequence[str]:
        if self._is_staged:
            return list(inputs()[self.name])
        return [name for path in self.files[:1] for name, _ in self._contents[path].columns]

    def _lies_in(self, layout: Layout) -> bool:
        """Whether its own files are the parts of `layout`."""
        return bool(self.files) and all(layout.is_part(path.stem) for path in self.files)

    @cached_property
    def _file_keys(self) -> Mapping[Path, str]:
        """What each file holds: the hash of a table's values, the stamp of a staged bucket, the bytes of any other.

        By the hash of its values, a table that was built again and came out the same changes nothing behind it.
        """
        return {
            path: stamp_of(path) if self._is_staged or stamp_in(path) is None else table_contents(self.ledger, path).sha
            for path in self.files
        }

    @cached_property
    def _contents(self) -> Mapping[Path, FileContents]:
        if self._is_staged:
            return staged_contents(self.ledger, self.files)
        return {path: table_contents(self.ledger, path) for path in self.files}


@dataclass(frozen=True)
class PartInputs:
    """What one part is worked out from: the query for each input, and the keys of all of them in their order.

    `part` is None for the whole table.
    """

    part: str | None
    sources: Mapping[str, str]
    keys: tuple[str, ...]


def inputs_by_part(
    found: Sequence[Input], layout: Layout | None, parts: Iterable[str] | None = None
) -> list[PartInputs]:
    """The inputs `found` divided into the parts of `layout`; one for the whole table without a layout.

    `parts` are by default all for which an input with rows of reports has some. An input that the layout does not
    divide goes into every part with all its rows.
    """
    if layout is None:
        return [PartInputs(None, {one.name: one.sql() for one in found}, tuple(one.key() for one in found))]
    keys = [(one, one.part_keys(layout)) for one in found]
    if parts is None:
        parts = {part for one, own in keys if one.is_of_reports for part in own or ()}
    return [
        PartInputs(
            part,
            {one.name: one.sql(layout, [part]) for one in found},
            tuple(one.key() if own is None else f"{one.name} {own.get(part)}" for one, own in keys),
        )
        for part in sorted(parts) or [layout.empty]  # a table without rows has its columns all the same
    ]


def are_few(found: Sequence[Input]) -> bool:
    """Whether the files of the inputs are so small that all parts are best asked by one query."""
    return sum(path.stat().st_size for one in found for path in one.files) <= FEW_BYTES


def table_files(tables_dir: Path, name: str) -> list[Path]:
    """The files of a table: one, or one for each part."""
    single = tables_dir / f"{name}.parquet"
    return [single] if single.is_file() else sorted((tables_dir / name).glob("*.parquet"))


def table_contents(ledger: Ledger, path: Path) -> FileContents:
    """What one file of a table holds, as the ledger knows it. Raises InputError for a file that it does not know."""
    stamp = stamp_in(path)
    known = ledger.find(CONTENTS, ledger.name_of(path), stamp) if stamp else None
    if known is None:
        raise InputError(f"{path.stem}: the ledger does not know {path} as a table that was built here; run again")
    return known


def staged_contents(ledger: Ledger, files: Sequence[Path]) -> dict[Path, FileContents]:
    """What each of the staged or reference `files` holds; those that the ledger does not know are read.

    Raises InputError for a file that is no Parquet.
    """
    stamps = {path: stamp_of(path) for path in files}
    known = {path: ledger.find(CONTENTS, ledger.name_of(path), stamp) for path, stamp in stamps.items()}
    unknown = [path for path, contents in known.items() if contents is None]
    found: dict[Path, FileContents] = {}
    if unknown:
        try:
            found = dict(side_by_side(ledger.path.parent, unknown, read_contents))
        except duckdb.Error as error:
            names = ", ".join(str(path) for path in unknown[:3])
            raise InputError(f"{names} cannot be read ({error}); remove it and run again") from error
        ledger.record(CONTENTS, {ledger.name_of(path): LedgerEntry(stamps[path], held) for path, held in found.items()})
    return {path: contents or found[path] for path, contents in known.items()}


def read_contents(con: duckdb.DuckDBPyConnection, path: Path) -> FileContents:
    """Rows, columns and hashes of a file, by part of every layout too; every value is read once."""
    table = f"read_parquet({quote(path)})"
    kinds = columns(con, table)
    named = [(layout, layout.column([name for name, _ in kinds])) for layout in WAYS]
    divided = [(layout, column) for layout, column in named if column and not layout.is_part(path.stem)]
    beginnings = ", ".join(["''", *(f"coalesce({layout.beginning(column)}, '')" for layout, column in divided)])
    groups = content_hashes_by(con, table, f"concat_ws(' ', {beginnings})")
    parts: dict[str, dict[str, int]] = {layout.name: {} for layout, _ in divided}
    for beginning, held in groups.items():
        for (layout, _), own in zip(divided, beginning.split(" ")[1:], strict=True):
            if own:  # a row without a code is of no part
                sums = parts[layout.name]
                sums[layout.part_of(own)] = sums.get(layout.part_of(own), 0) + int(held.sha, 16)
    return FileContents(
        rows=sum(held.rows for held in groups.values()),
        columns=kinds,
        sha=f"{sum(int(held.sha, 16) for held in groups.values()):x}",
        parts={name: {part: f"{total:x}" for part, total in sums.items()} for name, sums in parts.items()},
    )


def no_rows(name: str) -> str:
    """The query for a staged input that nobody has written: its columns without a row."""
    if name not in inputs():
        raise InputError(f"{name} has no file, and sql/inputs.toml does not say what its columns are")
    kinds = ", ".join(f'NULL::{kind} AS "{column}"' for column, kind in inputs()[name].items())
    return f"SELECT {kinds} WHERE false"


def _rows(files: Sequence[Path]) -> str:
    return f"FROM read_parquet([{', '.join(map(quote, files))}])"
