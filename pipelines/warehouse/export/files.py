"""What is known of a file that an export has written. Writing it belongs to the module of its format."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class File:
    """A finished file: its path below the export folder, the tables in it, its rows, bytes and hash.

    `left_out` says, a line a table, what should have been in the file but is too large for the format.
    """

    path: str
    form: str
    tables: tuple[str, ...]
    rows: int
    bytes: int
    sha256: str
    left_out: tuple[str, ...] = ()

    @classmethod
    def load(cls, entry: dict[str, Any]) -> "File":
        """The file of an entry that went through JSON."""
        return cls(**{**entry, "tables": tuple(entry["tables"]), "left_out": tuple(entry["left_out"])})


def finished(path: Path, form: str, tables: tuple[str, ...], rows: int, left_out: tuple[str, ...] = ()) -> File:
    """The description of the file at `path`, which lies in the folder of its format."""
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return File(f"{path.parent.name}/{path.name}", form, tables, rows, path.stat().st_size, sha256, left_out)
