"""Dagster's SQLite storages with connections that stay open; `dagster.yaml` names these two classes.

Dagster's own classes open and close a connection for every event. At each close SQLite writes its journal back and
waits for the disk, which is half of the time of a run that finds nothing new. Here a connection stays open, and the
journal is written back now and then: a machine that loses power may lose the last events of a log, never data.
Dagster asks anew for each event which tables and columns there are, and for each file whether its tables are made,
for which it loads all of its migrations. Here what was found once is known.
Files and tables are those of Dagster's own classes, so the two can take turns on one folder.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
import sqlalchemy
from alembic.runtime.migration import MigrationContext
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.sqlite import create_db_conn_string
from dagster._serdes import ConfigurableClassData
from sqlalchemy.engine import Connection, Engine

BUSY_SECONDS = 30  # so long a writer waits for another
MOST_LOGS = 8  # event logs of single runs that stay open; the UI opens many, one after the other
CONFIG = {"home": dg.StringSource}


def _open_engine(address: str) -> Engine:
    engine = sqlalchemy.create_engine(address, connect_args={"timeout": BUSY_SECONDS})

    @sqlalchemy.event.listens_for(engine, "connect")
    def relax(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA synchronous = NORMAL")  # no wait for the disk at each commit

    return engine


def _has_tables(engine: Engine) -> bool:
    """Whether Dagster has made its tables in a file, which it marks there when all are made."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() is not None


class OpenRunStorage(SqliteRunStorage):
    """The runs of the Dagster home `home`, in `history/runs.db`."""

    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engine = _open_engine(conn_string)
        super().__init__(conn_string, inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """What `dagster.yaml` must give: the home, whose place may change between two runs."""
        return CONFIG

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> "OpenRunStorage":
        """The storage in a home; it is made if there is none."""
        folder = str(Path(config_value["home"], "history"))
        if Path(folder, "runs.db").exists():
            storage = cls(create_db_conn_string(folder, "runs"), inst_data)
            if _has_tables(storage._engine):
                return storage
            storage.dispose()
        return cls.from_local(folder, inst_data)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A transaction on the connection that is open."""
        with self._engine.begin() as connection:
            yield connection

    def dispose(self) -> None:
        """Close the connection."""
        self._engine.dispose()


class OpenEventLogStorage(SqliteEventLogStorage):
    """The events of the Dagster home `home`: a file for each run in `history/runs`, and one over all runs."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._turn = threading.RLock()  # a connection is one thread's at a time, which may ask for it again
        self._connections: dict[str, Connection] = {}  # the one used last stands last
        self._found: set[tuple[str, str]] = set()  # what the file over all runs has, by kind and name
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """What `dagster.yaml` must give: the home, whose place may change between two runs."""
        return CONFIG

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> "OpenEventLogStorage":
        """The storage in a home; it is made if there is none."""
        return cls(str(Path(config_value["home"], "history", "runs")), inst_data)

    @contextmanager
    def together(self, run_id: str) -> Iterator[None]:
        """Within the block all events of a run are one transaction: Dagster announces hundreds of them at its start."""
        with self._connect(run_id), self._connect(INDEX_SHARD_NAME):
            yield

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._turn:
            connection = self._connections.pop(shard, None)
            if connection is None:
                connection = _open_engine(self.conn_string_for_shard(shard)).connect()
            self._connections[shard] = connection
            if shard not in self._initialized_dbs:
                self._initdb(connection.engine)
                self._initialized_dbs.add(shard)
            with nullcontext() if connection.in_transaction() else connection.begin():
                yield connection
            logs = [name for name in self._connections if name != INDEX_SHARD_NAME]
            for name in logs[:-MOST_LOGS]:
                _close(self._connections.pop(name))

    def _initdb(self, engine: Engine, for_index_shard: bool = False) -> None:
        if not _has_tables(engine):
            super()._initdb(engine, for_index_shard)

    def has_table(self, table_name: str) -> bool:
        """Whether the file over all runs has a table."""
        return self._has("table", table_name, partial(super().has_table, table_name))

    def has_secondary_index(self, name: str) -> bool:
        """Whether the file over all runs has an index that Dagster makes from older events."""
        return self._has("index", name, partial(super().has_secondary_index, name))

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        return self._has("column", column_name, partial(super()._has_asset_key_col_on_connection, conn, column_name))

    def _has(self, kind: str, name: str, ask: Callable[[], bool]) -> bool:
        """Whether the file over all runs has something. What is there stays, and what is not may still come."""
        if (kind, name) not in self._found and ask():
            self._found.add((kind, name))
        return (kind, name) in self._found

    def wipe(self) -> None:
        """Remove all events; open files could not be removed."""
        self._close_all()
        super().wipe()

    def dispose(self) -> None:
        """Close all connections."""
        self._close_all()
        super().dispose()

    def _close_all(self) -> None:
        with self._turn:
            self._found.clear()
            while self._connections:
                _close(self._connections.popitem()[1])


def _close(connection: Connection) -> None:
    connection.close()
    connection.engine.dispose()
