"""What takes long to build from files that hardly change, kept in the user's cache folder as it was built.

A file is named by a hash of all that the object was made from, so that a changed table or a changed line of code has
another file. It begins with a hash of its own content: a pickle of which one bit changed is mostly another object, and
not an error. Where the folder cannot be used, or a file is damaged, the object is built.
"""

import atexit
import gc
import hashlib
import logging
import os
import pickle
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from pipelines.build.atomic import atomic_write

_UNUSED_DAYS = 30
_DIGEST = 32  # bytes
_STARTED = time.time()  # of this process, which imports this early
_log = logging.getLogger(__name__)
# What a file may raise that another program wrote.
_UNUSABLE = (OSError, pickle.PickleError, EOFError, AttributeError, ImportError, IndexError, TypeError, ValueError)

T = TypeVar("T")


def kept(name: str, kind: type[T], made_from: Iterable[Path], build: Callable[[], T], given: str = "") -> T:
    """The object `name`: as it was kept, else what `build` gives, which is then kept for this user alone.

    kind: its class, which can be pickled. made_from: the files of which it is made, tables as well as code; where they
    lie counts too. given: what else it is made of, such as versions of packages. Raises what `build` raises; a cache
    that cannot be read or written raises nothing. Where code changed since this process began, which may have loaded
    what was there before, the object is built, neither read nor kept.
    """
    files = list(made_from)
    is_loaded = not any(path.suffix == ".py" and _changed_at(path) > _STARTED for path in files)
    key = _key(files, given)
    path = cache_folder() / f"{name}-{key}.pickle"
    if is_loaded:
        with suppress(*_UNUSABLE), without_collection():
            found = pickle.loads(_content(path))
            if isinstance(found, kind):
                os.utime(path)
                return found
    with without_collection():
        built = build()
    if is_loaded and _key(files, given) == key:  # else nobody knows whether it was made from the old or the new files
        try:
            _keep(built, path, name)
        except OSError as error:
            _log.debug("%s cannot be kept in %s: %s", name, path.parent, error)
    return built


def cache_folder() -> Path:
    """The folder of this user in which objects are kept."""
    from platformdirs import user_cache_path

    return user_cache_path("fazhi", appauthor=False)


def _keep(built: object, path: Path, name: str) -> None:
    """Write the file, for this user alone, and remove those of this name that nobody used for a month."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = pickle.dumps(built, protocol=5)
    with atomic_write(path) as beside:
        beside.touch(mode=0o600)
        beside.write_bytes(hashlib.sha256(content).digest() + content)
    for other in path.parent.glob(f"{name}-*.pickle"):
        if time.time() - other.stat().st_mtime > _UNUSED_DAYS * 86_400:
            other.unlink(missing_ok=True)


def _content(path: Path) -> bytes:
    """The pickle in a file. Raises OSError, and UnpicklingError where it is damaged or another user may write it.

    What is unpickled can do anything, so it is the open file that is looked at, which nobody can exchange.
    """
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022):
            raise pickle.UnpicklingError("others may write this file")
        whole = file.read()
    digest, content = whole[:_DIGEST], whole[_DIGEST:]
    if hashlib.sha256(content).digest() != digest:
        raise pickle.UnpicklingError("this file is damaged")
    return content


def _changed_at(path: Path) -> float:
    """When a file came to be what it is, in seconds since 1970; its date may be older, as that of its package."""
    try:
        return path.stat().st_ctime
    except OSError:  # there is none, which the key says
        return 0.0


def _key(files: Sequence[Path], given: str) -> str:
    """A hash of the files, of what else was given, and of the Python that reads them."""
    digest = hashlib.sha256(f"{sys.implementation.cache_tag} {sys.hexversion} {given}\0".encode())
    for path in files:
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
