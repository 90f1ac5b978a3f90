"""The files of an export: what is known of each, and where the files of one format go."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.build.stamped_parquet import hash_of


@dataclass(frozen=True)
class ExportFile:
    """A finished file: its path below the export folder, its format, the tables in it, its rows, bytes and hash.

    `made_from` is a text that is equal for files with the same content in the same form. It is empty if that is not
    known. `left_out` has a line for each table that should be in the file but is too large for the format.
    """

    path: str
    form: str
    tables: tuple[str, ...]
    rows: int
    bytes: int
    sha256: str
    made_from: str = ""
    left_out: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its path in the folder of its format."""
        return self.path.partition("/")[2]

    @property
    def whole(self) -> str:
        """The path of the whole table: for a table in parts, the folder of the parts."""
        parent = self.path.rpartition("/")[0]
        return parent if "/" in parent else self.path


@dataclass(frozen=True)
class FormatFolder:
    """The folder `path` that takes the files of one format.

    `before` is the folder of the last export and `files` are its files by path. Those that are still right are reused.
    """

    path: Path
    before: Path
    files: Mapping[str, ExportFile]

    def finished(
        self, path: Path, tables: tuple[str, ...], rows: int, made_from: str = "", left_out: tuple[str, ...] = ()
    ) -> ExportFile:
        """Describe the file that was written to `path`."""
        name, size = path.relative_to(self.path.parent).as_posix(), path.stat().st_size
        return ExportFile(name, self.path.name, tables, rows, size, hash_of(path), made_from, left_out)

    def reuse(self, path: Path, made_from: str) -> ExportFile | None:
        """Put the file of the last export at `path`, if it was made from the same and nobody has changed it since."""
        known = self.files.get(path.relative_to(self.path.parent).as_posix())
        if not made_from or known is None or known.made_from != made_from:
            return None
        there = self.before / known.path
        try:
            if there.stat().st_size != known.bytes or hash_of(there) != known.sha256:
                return None
            path.hardlink_to(there)  # readers of the old export keep it, and nothing is written twice
        except OSError:
            path.unlink(missing_ok=True)
            return None
        return known
