"""Open a release file for reading, whatever another program does with it.

A release is read-only, but root can still open it for writing with a client of DuckDB, and so can the owner who
changes its mode. Such a client keeps the file locked, and writes into a log beside it (`fazhi.duckdb.wal`). Neither may
break or alter what is read.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import duckdb

_LOCKED = "could not set lock"


def own_name(path: Path) -> Path:
    """The file `releases/RELEASE_ID.duckdb` beside `path` that is the same file, else `path` itself.

    A log beside `path` does not belong to that name, so DuckDB does not apply it.
    """
    return next((other for other in (path.parent / "releases").glob("*.duckdb") if other.samefile(path)), path)


def log_of(path: Path) -> Path:
    """The log that DuckDB keeps beside a database file while a client writes."""
    return path.with_name(f"{path.name}.wal")


@contextmanager
def reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to the release at `path`. While another client holds the file, a copy of it is read.

    Raises duckdb.Error where the file is no database.
    """
    file = str(own_name(path))
    with ExitStack() as stack:
        try:
            connection = duckdb.connect(file, read_only=True)
        except duckdb.IOException as error:
            if _LOCKED not in str(error).lower():
                raise
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="fazhi-release-"))
            copy = shutil.copyfile(file, Path(folder) / "copy.duckdb")
            connection = duckdb.connect(str(copy), read_only=True)
        yield stack.enter_context(closing(connection))
