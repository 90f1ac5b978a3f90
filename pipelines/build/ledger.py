"""The ledger: the only place that knows what was computed from what.

It is one SQLite file, `WAREHOUSE/ledger.sqlite`. An entry has a topic, a name, a key and a value. The key is a text
that changes with everything the value was computed from; an entry under another key counts as none. So an old entry
can make a run slower, but never wrong. What kinds of values there are stands in `pipelines.build.answers`.

A ledger that is missing or cannot be read means that everything is computed anew, the staged rows too. A damaged file
is set aside under another name. `start` says so in one line when a run begins. A wrong digit in a hash would be a right
entry by its form, so each is stored with a checksum; those of versions before 0.3 have none.
"""

import logging
import re
import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import ValidationError

from pipelines.build.answers import TOPICS, Topic
from pipelines.build.aside import set_aside
from pipelines.build.file_identity import FileIdentity, file_identity
from pipelines.errors import FazhiError

T = TypeVar("T")

VERSION = 1  # of the table below; a file of another version is not used
_TABLE = (
    "CREATE TABLE entry (topic TEXT NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, "
    "PRIMARY KEY (topic, name)) STRICT, WITHOUT ROWID"
)
COMPUTED = ("stage/*/*.parquet", "tables/*.parquet", "tables/*/*.parquet")  # what a run leaves in a warehouse
_SMALLEST = 512  # bytes of a page; SQLite takes a file of no or one byte for an empty database
_WAIT = 60  # seconds for another process to end its transaction
# Errors of SQLite that say nothing about the contents of the file: it is busy, or the disk is full or does not answer.
_PASSING = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM}

_log = logging.getLogger(__name__)

_CHECKED = re.compile(r"(.*) ([0-9a-f]{8})", re.DOTALL)


def _checksum(*texts: str) -> str:
    return f"{zlib.crc32(chr(0).join(texts).encode()):08x}"


class LedgerError(FazhiError):
    """The ledger can neither be read nor replaced; the message names the file, the cause and what to do."""


class LedgerEntry(NamedTuple, Generic[T]):
    """A value, and the key of what it was computed from."""

    key: str
    value: T


class _DamageError(Exception):
    """The file cannot be used as a ledger; the message says why."""


class _Loaded:
    """What this process knows of one ledger file: all its entries by topic and name, as of `identity`."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.identity: FileIdentity | None = None
        self.entries: dict[str, dict[str, LedgerEntry[Any]]] = {}


# A run asks the ledger from many places and two threads. They share what was read, and the lock on it.
_loaded: dict[Path, _Loaded] = {}
_loaded_lock = threading.Lock()


class Ledger:
    """The ledger at `path`. Making the object reads nothing; any number of objects may share a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with _loaded_lock:
            self._shared = _loaded.setdefault(path.absolute(), _Loaded())

    def start(self) -> str | None:
        """Make the ledger ready for a run. Returns one line where what was computed before is not known any more.

        An empty warehouse has nothing that could be known, so its first run returns None.
        """
        with self._shared.lock:
            damage = self._load()
            found = file_identity(self.path)
            is_new = found is None or found.size < _SMALLEST
            if is_new:
                self._write([])
            if damage is None and is_new and any(any(self.path.parent.glob(pattern)) for pattern in COMPUTED):
                damage = (
                    f"the ledger {self.path} is {'missing' if found is None else 'empty'}: everything is computed anew"
                )
                _log.warning(damage)
            return damage

    def name_of(self, path: Path) -> str:
        """The name for entries on the file at `path`: its path in the warehouse, the same after a copy."""
        return path.as_posix().removeprefix(f"{self.path.parent.as_posix()}/")

    def known(self, topic: Topic[T]) -> Mapping[str, LedgerEntry[T]]:
        """All entries of a topic by name, as they are now; later changes do not show in it."""
        with self._shared.lock:
            self._load()
            return dict(self._shared.entries.get(topic.name, {}))

    def find(self, topic: Topic[T], name: str, key: str) -> T | None:
        """The value that was computed from what `key` stands for; None where there is none."""
        with self._shared.lock:
            self._load()
            entry: LedgerEntry[T] | None = self._shared.entries.get(topic.name, {}).get(name)
        return entry.value if entry is not None and entry.key == key else None

    def answer(self, topic: Topic[T], name: str, key: str, compute: Callable[[], T]) -> T:
        """The known value for `key`, else that of `compute`, which is then kept. Nothing is kept where it raises."""
        known = self.find(topic, name, key)
        if known is not None:
            return known
        value = compute()
        self.record(topic, {name: LedgerEntry(key, value)})
        return value

    def record(self, topic: Topic[T], entries: Mapping[str, LedgerEntry[T]]) -> None:
        """Keep `entries` by name in one transaction, in place of those with the same names."""
        texts = {name: topic.to_json(entry.value) for name, entry in entries.items()}
        # what is stored is read at once, so that a value which does not survive that fails here and not in a later run
        read = {name: LedgerEntry(entries[name].key, topic.from_json(text)) for name, text in texts.items()}
        rows = [
            (topic.name, name, read[name].key, f"{text} {_checksum(topic.name, name, read[name].key, text)}")
            for name, text in texts.items()
        ]
        with self._shared.lock:
            self._load()
            if not rows:
                return
            self._write(rows)
            self._shared.entries.setdefault(topic.name, {}).update(read)

    def _load(self) -> str | None:
        """Read all entries, unless they are those that were read last. Returns a line where the file was damaged."""
        shared, identity = self._shared, file_identity(self.path)
        if identity is not None and identity == shared.identity:
            return None
        shared.identity, shared.entries = None, {}
        try:
            if identity is not None:
                shared.entries = self._read()
                shared.identity = identity
            return None
        except _DamageError as damage:
            aside = self._set_aside()
            line = f"the ledger {self.path} cannot be read ({damage}; it is now {aside.name}): "
            line += "everything is computed anew"
            _log.warning(line)
            return line

    def _read(self) -> dict[str, dict[str, LedgerEntry[Any]]]:
        """All entries of the file; raises _DamageError where one of them, or the file, is not of the expected form."""
        with self._connected() as con:
            ((version,),) = con.execute("PRAGMA user_version").fetchall()
            tables = [sql for (sql,) in con.execute("SELECT sql FROM sqlite_master").fetchall()]
            if version == 0 and not tables:
                return {}  # a run was killed before it wrote anything
            if version != VERSION or _TABLE not in tables:
                raise _DamageError(f"it has version {version}, expected {VERSION}")
            ((check,),) = con.execute("PRAGMA quick_check(1)").fetchall()
            if check != "ok":
                raise _DamageError(" ".join(str(check).split()))
            rows = con.execute("SELECT topic, name, key, value FROM entry").fetchall()
        found: dict[str, dict[str, LedgerEntry[Any]]] = {}
        for topic, name, key, text in rows:
            if topic not in TOPICS:
                continue  # of another version of fazhi
            if (checked := _CHECKED.fullmatch(text)) is not None:
                text = checked[1]
                if checked[2] != _checksum(topic, name, key, text):
                    raise _DamageError(f"its entry {topic}/{name} is not the one that was written")
            try:
                value = TOPICS[topic].from_json(text)
            except ValidationError as error:
                raise _DamageError(f"its entry {topic}/{name} has not the form of its topic") from error
            found.setdefault(topic, {})[name] = LedgerEntry(key, value)
        return found

    def _write(self, rows: list[tuple[str, str, str, str]]) -> None:
        """Write `rows` in one transaction; a file that is not there is made."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with self._connected() as con:
                # the Parquet files are not forced to the disk either: the ledger need not outlive them
                con.execute("PRAGMA synchronous = NORMAL")
                con.execute("BEGIN IMMEDIATE")
                if not con.execute("SELECT 1 FROM sqlite_master").fetchall():
                    con.execute(_TABLE)
                    con.execute(f"PRAGMA user_version = {VERSION}")
                con.executemany("REPLACE INTO entry VALUES (?, ?, ?, ?)", rows)
                con.execute("COMMIT")
        except _DamageError as damage:
            raise LedgerError(f"the ledger {self.path} cannot be written ({damage}); run again") from damage
        self._shared.identity = file_identity(self.path)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A connection for one transaction. Raises LedgerError for what passes, _DamageError for all else."""
        try:
            with closing(sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None)) as con:
                yield con
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            if code in _PASSING:
                raise LedgerError(
                    f"the ledger {self.path} cannot be used ({error}); see whether another program has it open and "
                    "whether the disk is full, then run again"
                ) from error
            raise _DamageError(str(error)) from error

    def _set_aside(self) -> Path:
        """Rename the damaged file; returns the new name."""
        try:
            return set_aside(self.path)
        except OSError as error:
            raise LedgerError(
                f"the ledger {self.path} cannot be read and cannot be renamed ({error}); remove it and run again"
            ) from error
