"""The check on the work list: a run goes on with reports whose unit is not resolved, and says how many there are."""

from pathlib import Path

import dagster as dg
import pytest

from pipelines.assets.automation import JOB_NAME
from pipelines.assets.workspace import run_config
from pipelines.definitions import defs

RESOLVED = "高青县田镇街道办事处2023年度法治政府建设工作报告\n2023年，全街道开展普法宣传活动12场。\n"
NOWHERE = "甲丙丁镇2023年度法治政府建设情况的报告\n2023年，甲丙丁镇开展普法宣传活动8场，受众600人次。\n"


@pytest.mark.parametrize("left", [0, 1])
def test_a_run_says_how_many_units_are_not_resolved(tmp_path: Path, left: int) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "resolved.txt").write_text(RESOLVED, encoding="utf-8")
    if left:
        (raw / "nowhere.txt").write_text(NOWHERE, encoding="utf-8")
    result = defs.resolve_job_def(JOB_NAME).execute_in_process(run_config=run_config(str(raw), str(tmp_path / "built")))
    assert result.success
    (check,) = [c for c in result.get_asset_check_evaluations() if c.check_name == "work_left"]
    assert check.asset_key == dg.AssetKey("worklist_divisions") and check.severity == dg.AssetCheckSeverity.WARN
    assert (check.passed, check.metadata["rows"].value) == (left == 0, left)
