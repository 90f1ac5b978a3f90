"""The sensor on the raw folder: one run for each change, none without."""

from pathlib import Path

import dagster as dg
import pytest

from pipelines.assets.automation import new_raw_files
from pipelines.assets.workspace import Workspace
from pipelines.settings import Settings
from pipelines.stage.corrections import stage_corrections
from pipelines.stage.raw_inventory import refresh_files


def tick(raw: Path, cursor: str | None, warehouse: Path | None = None) -> tuple[object, str | None]:
    workspace = Workspace(raw_dir=str(raw), warehouse_dir=str(warehouse or raw.parent / "nothing-built"))
    with dg.build_sensor_context(cursor=cursor, resources={"workspace": workspace}) as context:
        return new_raw_files(context), context.cursor


def test_a_run_is_asked_for_when_the_folder_changes_and_only_then(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("甲", encoding="utf-8")
    first, cursor = tick(tmp_path, None)
    assert isinstance(first, dg.RunRequest)
    again, cursor = tick(tmp_path, cursor)
    assert isinstance(again, dg.SkipReason)
    (tmp_path / "b.txt").write_text("乙", encoding="utf-8")
    changed, _ = tick(tmp_path, cursor)
    assert isinstance(changed, dg.RunRequest)
    assert changed.run_key != first.run_key


def test_a_missing_folder_is_a_reason_and_not_an_error(tmp_path: Path) -> None:
    result, _ = tick(tmp_path / "none", None)
    assert isinstance(result, dg.SkipReason)
    assert "does not exist" in result.skip_message


def seen_by_a_run(raw: Path, warehouse: Path) -> None:
    """What a run keeps of the raw folder."""
    settings = Settings.load(str(raw), str(warehouse))
    refresh_files(settings)
    stage_corrections(settings.corrections_path, settings.staged_corrections_path)


def test_switched_on_where_the_last_run_saw_everything_it_starts_nothing(tmp_path: Path) -> None:
    raw, warehouse = tmp_path / "raw", tmp_path / "warehouse"
    raw.mkdir()
    (raw / "a.txt").write_text("甲", encoding="utf-8")
    seen_by_a_run(raw, warehouse)
    result, cursor = tick(raw, None, warehouse)
    assert isinstance(result, dg.SkipReason) and "the last run has seen" in str(result.skip_message)
    (raw / "b.txt").write_text("乙", encoding="utf-8")
    assert isinstance(tick(raw, cursor, warehouse)[0], dg.RunRequest)


@pytest.mark.parametrize("name", ["b.txt", "a.txt", "corrections.csv"])
def test_switched_on_after_a_change_it_starts_a_run(name: str, tmp_path: Path) -> None:
    raw, warehouse = tmp_path / "raw", tmp_path / "warehouse"
    raw.mkdir()
    (raw / "a.txt").write_text("甲", encoding="utf-8")
    seen_by_a_run(raw, warehouse)
    (raw / name).write_text("report,metric_code\n", encoding="utf-8")
    assert isinstance(tick(raw, None, warehouse)[0], dg.RunRequest)
