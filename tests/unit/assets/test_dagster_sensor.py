"""The sensor on the raw folder: one run for each change, none without."""

from pathlib import Path

import dagster as dg

from pipelines.assets.automation import new_raw_files
from pipelines.assets.workspace import Workspace


def tick(raw: Path, cursor: str | None) -> tuple[object, str | None]:
    with dg.build_sensor_context(cursor=cursor, resources={"workspace": Workspace(raw_dir=str(raw))}) as context:
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
