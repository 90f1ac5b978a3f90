"""What is known of a file that an export has written. Writing it belongs to the module of its format."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class File:
    """A finished file: its path below the export folder, the tables in it, its rows, bytes and hash.

    `made_from` is a text that is equal for files that hold the same in the same way, empty where nobody can say.
    `left_out` says, a line a table, what should have been in the file but is too large for the format.
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
        """The path of the table that is in it: of one in parts, the folder of the parts."""
        parent = self.path.rpartition("/")[0]
        return parent if "/" in parent else self.path

    @classmethod
    def load(cls, entry: dict[str, Any]) -> "File":
        """The file of an entry that went through JSON."""
        return cls(**{**entry, "tables": tuple(entry["tables"]), "left_out": tuple(entry["left_out"])})


@dataclass(frozen=True)
class Place:
    """Where the files of one format go, and the export before, whose files may be taken over.

    `files` are those of that export by path, which lies in `before`.
    """

    folder: Path
    before: Path
    files: Mapping[str, File]

    @property
    def form(self) -> str:
        """The format."""
        return self.folder.name

    def finished(
        self, path: Path, tables: tuple[str, ...], rows: int, made_from: str = "", left_out: tuple[str, ...] = ()
    ) -> File:
        """The description of the file that was written to `path`."""
        return File(self._name(path), self.form, tables, rows, path.stat().st_size, _sha256(path), made_from, left_out)

    def take_over(self, path: Path, made_from: str) -> File | None:
        """Put the file of the export before at `path` if it was made from the same and nobody has touched it since."""
        known = self.files.get(self._name(path))
        if not made_from or known is None or known.made_from != made_from:
            return None
        there = self.before / known.path
        try:
            if there.stat().st_size != known.bytes or _sha256(there) != known.sha256:
                return None
            path.hardlink_to(there)  # readers of the old export keep it, and nothing is written twice
        except OSError:
            path.unlink(missing_ok=True)
            return None
        return known

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder.parent).as_posix()


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
