"""The gazetteer of all units, kept in the user's cache folder as it is built: to build it takes three times as long.

The file is named by a hash of all that it is made of: a changed table or a changed line of code has another file.
Where the folder cannot be used the gazetteer is built.
"""

import gc
import hashlib
import logging
import os
import pickle
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

import platformdirs

from pipelines.build.atomic import atomic_write
from pipelines.identify import gazetteer as code
from pipelines.identify.gazetteer import Gazetteer
from pipelines.paths import COUNTY_CHANGES, DIVISION_CHANGES

_UNUSED_DAYS = 30
_log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def load_gazetteer(divisions: Path) -> Gazetteer:
    """The gazetteer of the division table `divisions` and of the changes beside it, once per process.

    Raises what `Gazetteer.load` raises.
    """
    folder = platformdirs.user_cache_path("fazhi", appauthor=False)
    path = folder / f"gazetteer-{_key(divisions)}.pickle"
    with suppress(OSError, pickle.PickleError, EOFError, AttributeError, ImportError, IndexError, ValueError):
        if _is_ours(path):
            with _without_collection():
                found = pickle.loads(path.read_bytes())
            if isinstance(found, Gazetteer):
                os.utime(path)
                return found
    built = Gazetteer.load(divisions)
    try:
        _keep(built, path)
    except OSError as error:
        _log.debug("the gazetteer cannot be kept in %s: %s", folder, error)
    return built


def _keep(gazetteer: Gazetteer, path: Path) -> None:
    """Write the file, for this user alone, and remove those that nobody used for a month."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as beside:
        beside.touch(mode=0o600)
        beside.write_bytes(pickle.dumps(gazetteer, protocol=5))
    for other in path.parent.glob("gazetteer-*.pickle"):
        if time.time() - other.stat().st_mtime > _UNUSED_DAYS * 86_400:
            other.unlink(missing_ok=True)


def _is_ours(path: Path) -> bool:
    """Whether only this user can have written the file: what is unpickled can do anything."""
    status = path.stat()
    return not hasattr(os, "getuid") or (status.st_uid == os.getuid() and not status.st_mode & 0o022)


def _key(divisions: Path) -> str:
    """A hash of the tables, of the code that reads them, and of the way in which Python pickles."""
    tables = [divisions, *(divisions.with_name(name) for name in (DIVISION_CHANGES, COUNTY_CHANGES))]
    package = Path(code.__file__).parent
    digest = hashlib.sha256(f"{pickle.HIGHEST_PROTOCOL} {package}".encode())
    for path in (*tables, *sorted(package.glob("*.py")), *sorted((package.parent / "numerals").glob("*.py"))):
        digest.update(path.name.encode() + b"\0" + (path.read_bytes() if path.is_file() else b"") + b"\0")
    return digest.hexdigest()[:20]


@contextmanager
def _without_collection() -> Iterator[None]:
    """Make many objects without looking for garbage among them after every few."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
