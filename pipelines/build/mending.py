"""What a warehouse holds and cannot be used is not there: it is set aside, and the run computes it again.

A run looks at three things when it begins. Where a folder should be is no file, and where a file should be no folder.
Each Parquet file of the stage and the tables still holds the bytes that were written: the ledger keeps their hash, and
a file is hashed again only if its size or times are not those that were last seen. This finds what no reader would:
Parquet has no checksums, and one of six files with a few wrong bytes is read without an error, as other rows. Damage
that leaves the times alone comes from the disk. It is looked for after a run that failed, when `thorough` is asked:
then each file is hashed, and the SQLite files are checked too.
"""

import logging
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from pipelines.build.answers import BYTES, FileBytes
from pipelines.build.aside import set_aside
from pipelines.build.file_identity import file_identity
from pipelines.build.ledger import COMPUTED, Ledger, LedgerEntry
from pipelines.build.stamped_parquet import hash_of, stamp_in

# What must be a file and what a folder, below the warehouse. A name without a dot in the stage or among the tables is
# that of a step or of a table in parts.
_FILES = (
    *("*.sqlite", "*.duckdb", "*.md", "releases/*.duckdb"),
    *("stage/*/*.parquet", "tables/*.parquet", "tables/*/*.parquet"),
)
_FOLDERS = ("stage", "tables", "releases", "exports", "stage/*", "tables/*")
_SQLITE = "*.sqlite"
# Errors of SQLite that say nothing about the contents of a file.
_PASSING = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM}

_log = logging.getLogger(__name__)


def mend_warehouse(ledger: Ledger, *, thorough: bool = False) -> list[str]:
    """Set aside what is damaged in the warehouse of `ledger`; call it only while holding the run lock.

    Returns a line for each file or folder that was set aside, which is logged as well. Raises OSError where one cannot
    be renamed.
    """
    folder = ledger.path.parent
    lines = mend_shapes(folder, _FILES, _FOLDERS)
    if thorough:
        lines += mend_databases(folder.glob(_SQLITE))
    damage = ledger.start()
    return [*lines, *([damage] if damage else []), *_mend_parquet(ledger, thorough)]


def mend_shapes(folder: Path, files: Iterable[str], folders: Iterable[str]) -> list[str]:
    """Set aside each folder whose path below `folder` is that of a file, and each file that stands for a folder."""
    lines = [
        put_aside(path, "a folder where a file should be")
        for pattern in files
        for path in folder.glob(pattern)
        if path.is_dir()
    ]
    lines += [
        put_aside(path, "a file where a folder should be")
        for pattern in folders
        for path in folder.glob(pattern)
        if not path.is_dir() and "." not in path.name
    ]
    return lines


def mend_databases(paths: Iterable[Path]) -> list[str]:
    """Set aside the SQLite files in which SQLite finds damage. Reads each of them as a whole."""
    return [put_aside(path, found) for path in paths if (found := _database_damage(path))]


def put_aside(path: Path, found: str) -> str:
    """Set `path` aside, log in one line what was `found` there, and return the line. Raises OSError."""
    aside = set_aside(path)
    line = f"{path} cannot be used (found {found}; it is now {aside.name}): what it held is computed again"
    _log.warning(line)
    return line


def _database_damage(path: Path) -> str | None:
    try:
        with closing(sqlite3.connect(path)) as con:
            ((check,),) = con.execute("PRAGMA quick_check(1)").fetchall()
            for (table,) in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                for _ in con.execute(f'SELECT * FROM "{table}"'):  # finds what is no text any more
                    pass
        return None if check == "ok" else " ".join(str(check).split())
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        return None if code in _PASSING else str(error)


def _mend_parquet(ledger: Ledger, thorough: bool) -> list[str]:
    known = ledger.known(BYTES)
    lines: list[str] = []
    seen: dict[str, LedgerEntry[FileBytes]] = {}
    for path in _computed(ledger.path.parent):
        name, identity = ledger.name_of(path), file_identity(path)
        entry = known.get(name)
        if entry is None or identity is None or (entry.key == identity.stamp and not thorough):
            continue
        if stamp_in(path) not in (entry.value.stamp, None):
            continue  # a killed run wrote it and could not say so; the ledger does not know it and it is made again
        if (found := _found(path, entry.value)) is not None:
            lines.append(put_aside(path, found))
        elif entry.key != identity.stamp:
            seen[name] = LedgerEntry(identity.stamp, entry.value)  # copied or touched, and still the same
    ledger.record(BYTES, seen)
    return lines


def _found(path: Path, written: FileBytes) -> str | None:
    """What is wrong with the bytes of a file, None for nothing."""
    try:
        return None if hash_of(path) == written.sha256 else "other bytes than were written"
    except OSError as error:
        return f"an error of the disk, {error.strerror}"


def _computed(folder: Path) -> Iterator[Path]:
    for pattern in COMPUTED:
        yield from folder.glob(pattern)
