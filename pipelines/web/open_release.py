"""Ask the current release: opened read-only by its own name, cut off from all files, changed without a restart.

`fazhi.duckdb` is only looked at. What is opened is `releases/RELEASE_ID.duckdb`, so that a run can publish at any
moment: the next request sees the new release, and a request in hand ends on the one that it began with.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from pipelines.errors import FazhiError
from pipelines.settings import Settings
from pipelines.warehouse.kept_releases import describe
from pipelines.warehouse.release_file import own_name
from pipelines.web.page_queries import PageQuery

# Nothing that a query does may reach a file, and two threads and this much memory are enough for one page.
_CONFIG = {
    "enable_external_access": "false",
    "python_enable_replacements": "false",
    "threads": "2",
    "memory_limit": "200MB",
    "lock_configuration": "true",
}

_RECENT = 16  # things that were asked for last; the text of a report takes 10 KB


class NoReleaseError(FazhiError):
    """There is nothing to show yet. The message says what to run."""


Row = dict[str, Any]
Made = TypeVar("Made")


@dataclass
class OpenRelease:
    """One release file that is open, and how many requests use it. `release_id` is the name of its file."""

    path: Path
    connection: duckdb.DuckDBPyConnection
    users: int = 0
    is_old: bool = False
    _kept: dict[str, Any] = field(default_factory=dict)
    _recent: OrderedDict[str, Any] = field(default_factory=OrderedDict)
    # DuckDB unpacks 2,048 texts for one, some 25 MB: eight at a time would take more memory than all else
    _unpacking: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(2))
    _looking: threading.Lock = field(default_factory=threading.Lock)
    _making: threading.RLock = field(default_factory=threading.RLock)

    @classmethod
    def at(cls, path: Path) -> "OpenRelease":
        """The release in the file `path`. Raises NoReleaseError where it cannot be opened."""
        try:
            return cls(path, duckdb.connect(str(path), read_only=True, config=dict(_CONFIG)))
        except duckdb.Error as error:
            raise NoReleaseError(f"{path} cannot be opened ({error}); run `fazhi run` again") from error

    @property
    def release_id(self) -> str:
        """The id of the release, which names its file."""
        return self.path.stem

    def kept(self, name: str, make: Callable[[], Made]) -> Made:
        """What `make` returns, made once for this release: it cannot change while the release does not."""
        with self._making:
            if name not in self._kept:
                self._kept[name] = make()
            made: Made = self._kept[name]
            return made

    def recent(self, name: str, make: Callable[[], Made]) -> Made:
        """What `make` returns, kept until sixteen others were asked for: a person looks at one thing again."""
        with self._looking:
            if name in self._recent:
                self._recent.move_to_end(name)
                found: Made = self._recent[name]
                return found
        with self._unpacking:
            made = make()
        with self._looking:
            self._recent[name] = made
            if len(self._recent) > _RECENT:
                self._recent.popitem(last=False)
        return made

    def ask(self, query: PageQuery, parameters: Mapping[str, Any]) -> list[Row]:
        """The rows of a query, each as a dict. `parameters` may hold more than the query binds."""
        names, rows = self.table(query, parameters)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def table(self, query: PageQuery, parameters: Mapping[str, Any]) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """The names of the columns of a query, and its rows as tuples, which hold less memory than dicts."""
        bound = {name: parameters.get(name) for name in query.parameters}
        with self.connection.cursor() as cursor:
            cursor.execute(query.sql, bound)
            return tuple(column[0] for column in cursor.description or ()), cursor.fetchall()


@dataclass
class CurrentRelease:
    """The current release for many threads at once."""

    settings: Settings
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _seen: tuple[int, ...] | None = None
    _current: OpenRelease | None = None

    @contextmanager
    def using(self) -> Iterator[OpenRelease]:
        """The current release for the time of one request. Raises NoReleaseError where there is none."""
        with self._lock:
            release = self._refreshed()
            release.users += 1
        try:
            yield release
        finally:
            with self._lock:
                release.users -= 1
                _close_if_unused(release)

    def close(self) -> None:
        """Close the release that is open; requests in hand end first."""
        with self._lock:
            self._retire()

    def _refreshed(self) -> OpenRelease:
        path = self.settings.release_path
        try:
            stat = os.stat(path)  # noqa: PTH116 (its inode tells a new release from the old one)
        except OSError as error:
            raise NoReleaseError(
                f"there is no release at {path}; build one with `fazhi run` and load this page again"
            ) from error
        seen = (stat.st_dev, stat.st_ino, stat.st_mtime_ns, stat.st_size)
        if self._current is None or seen != self._seen:
            opened = OpenRelease.at(self._file())
            self._retire()
            self._current, self._seen = opened, seen
        return self._current

    def _file(self) -> Path:
        """The file below releases/ that the current release is; the current name itself where it has no other."""
        current = self.settings.release_path
        if (path := own_name(current)) != current:
            return path
        named = self.settings.releases_dir / f"{describe(current).release_id}.duckdb"
        return named if named.is_file() else current

    def _retire(self) -> None:
        if self._current is not None:
            self._current.is_old = True
            _close_if_unused(self._current)
            self._current = None


def _close_if_unused(release: OpenRelease) -> None:
    if release.is_old and release.users == 0:
        release.connection.close()
