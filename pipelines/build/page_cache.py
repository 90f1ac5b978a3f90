"""What was read on scanned pages, kept by the hash of the page's picture, so that no page is ever read twice.

It is one SQLite file, `WAREHOUSE/scanned_pages.sqlite`. Reading a page costs seconds, so the file outlives everything
else that is built: a new reader, rule or codebook takes the pages from here. Removing it means reading them again.
"""

import logging
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pipelines.build.aside import set_aside

_TABLES = """
CREATE TABLE IF NOT EXISTS picture (picture_sha256 TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS page (
    raw_sha256 TEXT NOT NULL, number INTEGER NOT NULL, picture_sha256 TEXT NOT NULL, PRIMARY KEY (raw_sha256, number)
) STRICT, WITHOUT ROWID;
"""
_WAIT = 60  # seconds for another process to end its transaction
_MOST_NAMES = 500  # in one query
_log = logging.getLogger(__name__)


class PageCache:
    """The pages at `path`. Contents are texts (JSON). Threads and processes may share the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def counts(self) -> dict[str, int]:
        """Return how many pages are known of each file, by the hash of its bytes; a damaged cache is set aside."""
        if not self._path.exists():
            return {}
        try:
            with self._connected() as con:
                return dict(con.execute("SELECT raw_sha256, count(*) FROM page GROUP BY raw_sha256"))
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            self._set_aside(error)
            return {}

    def pages(self, raw_sha256s: Iterable[str]) -> dict[str, dict[int, str]]:
        """Return the contents of the known pages of these files, by hash of the file and number of the page.

        A page whose content is damaged is not known any more.
        """
        found: dict[str, dict[int, str]] = {}
        damaged: list[tuple[str]] = []
        names = sorted(set(raw_sha256s)) if self._path.exists() else []
        for at in range(0, len(names), _MOST_NAMES):
            some = names[at : at + _MOST_NAMES]
            asked = ", ".join("?" * len(some))
            with self._connected() as con:
                rows = con.execute(
                    "SELECT raw_sha256, number, picture_sha256, content FROM page JOIN picture USING (picture_sha256) "
                    f"WHERE raw_sha256 IN ({asked})",
                    some,
                )
                for raw_sha256, number, picture, content in rows:
                    try:
                        found.setdefault(raw_sha256, {})[number] = zlib.decompress(content).decode()
                    except (zlib.error, UnicodeDecodeError):
                        damaged.append((picture,))
        if damaged:
            _log.warning("%s holds %d damaged pages: they are read anew", self._path, len(damaged))
            with self._connected() as con:
                for table in ("page", "picture"):
                    con.executemany(f"DELETE FROM {table} WHERE picture_sha256 = ?", damaged)
        return found

    def knows(self, picture_sha256: str) -> bool:
        """Return whether the page with this picture was read."""
        with self._connected() as con:
            asked = con.execute("SELECT 1 FROM picture WHERE picture_sha256 = ?", [picture_sha256])
            return asked.fetchone() is not None

    def keep(self, raw_sha256: str, number: int, picture_sha256: str, content: str | None = None) -> None:
        """Keep that a page of a file has this picture, and what was read on it unless it is known."""
        with self._connected() as con:
            if content is not None:
                packed = zlib.compress(content.encode())
                con.execute("INSERT OR REPLACE INTO picture VALUES (?, ?)", [picture_sha256, packed])
            con.execute("INSERT OR REPLACE INTO page VALUES (?, ?, ?)", [raw_sha256, number, picture_sha256])

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection for one transaction."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock, closing(sqlite3.connect(self._path, timeout=_WAIT)) as con:
            con.executescript(_TABLES)
            with con:
                yield con

    def _set_aside(self, error: sqlite3.Error) -> None:
        aside = set_aside(self._path)
        _log.warning("%s cannot be read (%s; it is now %s): scans are read anew", self._path, error, aside.name)
