"""The check on the work list: a run goes on with reports whose unit is not resolved, and says how many there are."""

from pathlib import Path

import dagster as dg
import pytest

from pipelines.assets.automation import JOB_NAME
from pipelines.assets.workspace import run_config
from pipelines.definitions import defs

RESOLVED = "高青县田镇街道办事处2023年度法治政府建设工作报告\n2023年，全街道开展普法宣传活动12场。\n"
NOWHERE = "甲丙丁镇2023年度法治政府建设情况的报告\n2023年，甲丙丁镇开展普法宣传活动8场，受众600人次。\n"


def test_a_run_says_how_many_units_are_not_resolved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAZHI_EXPORTS", "parquet")
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "resolved.txt").write_text(RESOLVED, encoding="utf-8")
    (raw / "nowhere.txt").write_text(NOWHERE, encoding="utf-8")
    assert rows_left(raw, tmp_path / "built") == (False, 1)
    (raw / "nowhere.txt").unlink()
    assert rows_left(raw, tmp_path / "built") == (True, 0)


def rows_left(raw: Path, warehouse: Path) -> tuple[bool, int]:
    """Whether the check on the work list passed in a run, and how many rows it counted."""
    job = defs.resolve_job_def(JOB_NAME)
    result = job.execute_in_process(run_config=run_config(str(raw), str(warehouse)))
    assert result.success
    (check,) = [c for c in result.get_asset_check_evaluations() if c.check_name == "work_left"]
    assert check.asset_key == dg.AssetKey("worklist_divisions") and check.severity == dg.AssetCheckSeverity.WARN
    assert ("FROM worklist_divisions" in str(check.description)) is not check.passed
    return check.passed, check.metadata["rows"].value
