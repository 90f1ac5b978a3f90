"""What takes long to build from files that hardly change, kept in the user's cache folder as it was built.

A file is named by a hash of all that the object was made from, so that a changed table or a changed line of code has
another file. Where the folder cannot be used, or a file is damaged, the object is built.
"""

import atexit
import gc
import hashlib
import logging
import os
import pickle
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from pipelines.build.atomic import atomic_write

_UNUSED_DAYS = 30
_log = logging.getLogger(__name__)
# What a file may raise that is damaged or of another program.
_DAMAGED = (OSError, pickle.PickleError, EOFError, AttributeError, ImportError, IndexError, TypeError, ValueError)

T = TypeVar("T")


def kept(name: str, kind: type[T], made_from: Iterable[Path], build: Callable[[], T]) -> T:
    """The object `name`: as it was kept, else what `build` gives, which is then kept for this user alone.

    kind: its class, which can be pickled. made_from: the files of which it is made, tables as well as code; where they
    lie counts too. Raises what `build` raises; a cache that cannot be read or written raises nothing.
    """
    folder = cache_folder()
    path = folder / f"{name}-{_key(made_from)}.pickle"
    with suppress(*_DAMAGED):
        if _is_ours(path):
            with without_collection():
                found = pickle.loads(path.read_bytes())
            if isinstance(found, kind):
                os.utime(path)
                return found
    with without_collection():
        built = build()
    try:
        _keep(built, path, name)
    except OSError as error:
        _log.debug("%s cannot be kept in %s: %s", name, folder, error)
    return built


def cache_folder() -> Path:
    """The folder of this user in which objects are kept."""
    from platformdirs import user_cache_path

    return user_cache_path("fazhi", appauthor=False)


def _keep(built: object, path: Path, name: str) -> None:
    """Write the file, for this user alone, and remove those of this name that nobody used for a month."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as beside:
        beside.touch(mode=0o600)
        beside.write_bytes(pickle.dumps(built, protocol=5))
    for other in path.parent.glob(f"{name}-*.pickle"):
        if time.time() - other.stat().st_mtime > _UNUSED_DAYS * 86_400:
            other.unlink(missing_ok=True)


def _is_ours(path: Path) -> bool:
    """Whether only this user can have written the file: what is unpickled can do anything."""
    status = path.stat()
    return not hasattr(os, "getuid") or (status.st_uid == os.getuid() and not status.st_mode & 0o022)


def _key(made_from: Iterable[Path]) -> str:
    """A hash of the files, and of the Python that reads them."""
    digest = hashlib.sha256(f"{sys.implementation.cache_tag} {sys.hexversion}".encode())
    for path in made_from:
        digest.update(str(path).encode(errors="surrogateescape") + b"\0")
        digest.update((path.read_bytes() if path.is_file() else b"") + b"\0")
    return digest.hexdigest()[:20]


@contextmanager
def without_collection() -> Iterator[None]:
    """Make many objects without looking for garbage among them after every few."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def lasting() -> Iterator[None]:
    """Make what stays until the process ends, such as modules: from then on it is not looked through for garbage."""
    with without_collection():
        yield
    gc.freeze()
    atexit.register(gc.unfreeze)  # else DuckDB complains of what is left when Python takes its modules apart
