"""Dagster's event log over a connection that stays open."""

from pathlib import Path
from types import ModuleType

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite import sqlite_event_log

from pipelines.assets import storage as eventlog


@dg.asset
def thing() -> int:
    return 1


def test_runs_that_were_logged_are_read_by_another_process_of_dagster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = sqlite_event_log.create_engine
    monkeypatch.setattr(sqlite_event_log, "create_engine", plain)
    eventlog.keep_open()
    eventlog.keep_open()
    address = f"sqlite:///{tmp_path}/a.db"
    assert sqlite_event_log.create_engine(address) is sqlite_event_log.create_engine(address)
    (tmp_path / "home").mkdir()
    with dg.DagsterInstance.from_config(str(tmp_path / "home")) as instance:
        assert dg.materialize([thing], instance=instance).success
    monkeypatch.setattr(sqlite_event_log, "create_engine", plain)  # as the web server reads it
    with dg.DagsterInstance.from_config(str(tmp_path / "home")) as instance:
        (run,) = instance.get_runs()
        assert run.is_success
        assert instance.get_latest_materialization_event(dg.AssetKey("thing")) is not None


def test_a_dagster_that_looks_different_is_left_alone() -> None:
    module = ModuleType("other")
    eventlog._keep_open(module)
    assert vars(module).keys() == vars(ModuleType("other")).keys()
