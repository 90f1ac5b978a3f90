"""Dagster's event log, told of each event over a connection that stays open.

Dagster's SQLite log makes an engine and a connection for every event and closes both again, upon which SQLite brings
its journal to the disk: half of what a run costs in which nothing is new. Here one engine a file serves the process,
and the journal is brought to the disk now and then: a machine that loses power may forget the last events of a log,
never data. This reaches into Dagster, and changes nothing where Dagster looks different from what is expected.
"""

from functools import cache
from types import ModuleType
from typing import Any

import sqlalchemy
from sqlalchemy.engine import Engine

_MARK = "_fazhi_keeps_open"


def keep_open() -> None:
    """Keep the SQLite logs of this process open between events; calling it again does nothing."""
    from dagster._core.storage.event_log.sqlite import sqlite_event_log
    from dagster._core.storage.runs.sqlite import sqlite_run_storage

    for module in (sqlite_event_log, sqlite_run_storage):
        _keep_open(module)


def _keep_open(module: ModuleType) -> None:
    original = getattr(module, "create_engine", None)
    if original is None or hasattr(original, _MARK):
        return

    def create_engine(address: str, poolclass: Any = None, connect_args: Any = None, **more: Any) -> Any:
        if more or set(connect_args or {}) - {"timeout"}:  # something that we do not know of
            return original(address, poolclass=poolclass, connect_args=connect_args or {}, **more)
        return _engine(address)

    setattr(create_engine, _MARK, True)
    module.create_engine = create_engine  # type: ignore[attr-defined]


@cache
def _engine(address: str) -> Engine:
    """The engine of a file, with a pool of connections in place of a new one each time."""
    engine = sqlalchemy.create_engine(address, connect_args={"timeout": 30})

    @sqlalchemy.event.listens_for(engine, "connect")
    def journal(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA synchronous = NORMAL")

    engine.dispose = lambda close=True: None  # type: ignore[method-assign]
    return engine
