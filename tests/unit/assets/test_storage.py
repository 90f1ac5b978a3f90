"""Dagster's history over connections that stay open: what is written, by whom it is read, how much stays open."""

import os
import uuid
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from pipelines.assets import storage
from pipelines.assets.dagster_home import CONFIG, OLD_CONFIG, open_instance, prepare_home
from pipelines.assets.storage import OpenEventLogStorage, OpenRunStorage

PLAIN = "telemetry:\n  enabled: false\n"


@dg.asset
def thing() -> int:
    return 1


def test_the_storages_named_in_dagster_yaml_keep_one_connection_for_all_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    engine = storage._open_engine
    monkeypatch.setattr(storage, "_open_engine", lambda address: opened.append(Path(address).name) or engine(address))
    with open_instance(tmp_path) as instance:
        assert isinstance(instance.run_storage, OpenRunStorage)
        assert isinstance(instance.event_log_storage, OpenEventLogStorage)
        results = [dg.materialize([thing], instance=instance) for _ in range(2)]
    assert all(result.success for result in results)
    assert sorted(opened) == sorted(["runs.db", "index.db", *(f"{result.run_id}.db" for result in results)])


def test_a_table_that_was_found_is_not_looked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    has_table = SqliteEventLogStorage.has_table

    def listening(self: SqliteEventLogStorage, name: str) -> bool:
        asked.append(name)
        return has_table(self, name)

    monkeypatch.setattr(SqliteEventLogStorage, "has_table", listening)
    with open_instance(tmp_path) as instance:
        assert all(dg.materialize([thing], instance=instance).success for _ in range(2))
        log = instance.event_log_storage
        assert not any(log.has_table("horoscopes") for _ in range(2))  # type: ignore[attr-defined]
    assert asked.count("asset_event_tags") == 1 and asked.count("horoscopes") == 2


def test_what_they_write_is_read_by_dagsters_own_classes_and_the_other_way_round(tmp_path: Path) -> None:
    def run_with(config: str) -> str:
        (tmp_path / "dagster.yaml").write_text(config, encoding="utf-8")
        with open_instance(tmp_path) as instance:
            return dg.materialize([thing], instance=instance).run_id

    runs = [run_with(PLAIN), run_with(CONFIG), run_with(PLAIN)]
    for config in (PLAIN, CONFIG):
        (tmp_path / "dagster.yaml").write_text(config, encoding="utf-8")
        with open_instance(tmp_path) as instance:
            assert [run.run_id for run in instance.get_runs()] == runs[::-1]
            assert all(run.is_success for run in instance.get_runs())
            event = instance.get_latest_materialization_event(dg.AssetKey("thing"))
            assert event is not None and event.run_id == runs[-1]
            assert all(instance.all_logs(run) for run in runs)


def test_events_together_are_there_for_others_all_at_once_or_not_at_all(tmp_path: Path) -> None:
    job = dg.define_asset_job("job").resolve(asset_graph=dg.Definitions([thing]).resolve_asset_graph())
    with open_instance(tmp_path) as instance, open_instance(tmp_path) as reader:
        log = instance.event_log_storage
        assert isinstance(log, OpenEventLogStorage)
        one, two = (str(uuid.uuid4()) for _ in range(2))
        with log.together(one):
            run = instance.create_run_for_job(job, run_id=one)
            instance.report_engine_event("announced", run)
            assert len(instance.all_logs(one)) == 2  # the asset is planned, and what was announced
            assert not reader.all_logs(one)
        assert len(reader.all_logs(one)) == 2
        with pytest.raises(RuntimeError), log.together(two):
            instance.report_engine_event("announced", instance.create_run_for_job(job, run_id=two))
            raise RuntimeError
        assert not reader.all_logs(two) and len(instance.all_logs(one)) == 2
        assert dg.materialize([thing], instance=instance).success


def test_only_so_many_logs_stay_open_and_none_after_the_instance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "MOST_LOGS", 2)
    with open_instance(tmp_path) as instance:
        runs = [dg.materialize([thing], instance=instance).run_id for _ in range(4)]
        assert all(instance.all_logs(run) for run in runs)
        log = instance.event_log_storage
        assert isinstance(log, OpenEventLogStorage)
        assert set(log._connections) == {"index", *runs[-2:]}
    assert not log._connections


def test_the_history_of_a_warehouse_that_was_moved_moves_with_it(tmp_path: Path) -> None:
    with open_instance(tmp_path / "old") as instance:
        run = dg.materialize([thing], instance=instance).run_id
    (tmp_path / "old").rename(tmp_path / "new")
    with open_instance(tmp_path / "new") as instance:
        assert [run.run_id for run in instance.get_runs()] == [run]
    assert not (tmp_path / "old").exists()


def test_a_dagster_yaml_of_an_older_fazhi_gets_the_storages_and_one_of_a_person_stays(tmp_path: Path) -> None:
    config = tmp_path / "dagster.yaml"
    config.write_text(OLD_CONFIG, encoding="utf-8")
    prepare_home(tmp_path)
    found = yaml.safe_load(config.read_text(encoding="utf-8"))
    assert found["telemetry"] == {"enabled": False}
    assert found["run_storage"]["class"] == "OpenRunStorage"
    own = OLD_CONFIG + "retention:\n  sensor:\n    purge_after_days: 9\n"
    config.write_text(own, encoding="utf-8")
    prepare_home(tmp_path)
    assert config.read_text(encoding="utf-8") == own
    with open_instance(tmp_path) as instance:
        assert dg.materialize([thing], instance=instance).success


def test_the_environment_is_as_before_after_the_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for before in ("/elsewhere", None):
        if before:
            monkeypatch.setenv("DAGSTER_HOME", before)
        else:
            monkeypatch.delenv("DAGSTER_HOME")
        with open_instance(tmp_path):
            pass
        assert os.environ.get("DAGSTER_HOME") == before
