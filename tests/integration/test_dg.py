"""Dagster's own command `dg` finds the project by `[tool.dg]` in pyproject.toml."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

from pipelines.assets.dagster_home import LOCATION, MODULE, prepare_home
from pipelines.definitions import defs
from pipelines.paths import PROJECT_ROOT


def dg(*arguments: str, home: Path) -> str:
    prepare_home(home)
    command = [str(Path(sys.executable).with_name("dg")), *arguments]
    env = {**os.environ, "DAGSTER_HOME": str(home)}
    done = subprocess.run(command, cwd=PROJECT_ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_definitions_load_and_are_listed(tmp_path: Path) -> None:
    assert "All definitions loaded successfully." in dg("check", "defs", home=tmp_path)
    listed = json.loads(dg("list", "defs", "--json", home=tmp_path))
    assets = {key.to_user_string() for key in defs.resolve_asset_graph().get_all_asset_keys()}
    assert {asset["asset_key"] for asset in listed["assets"]} == assets
    assert [job["name"] for job in listed["jobs"]] == ["fazhi_nightly"]


def test_dg_and_fazhi_name_one_code_location() -> None:
    tools = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    project = tools["dg"]["project"]
    assert (project["code_location_name"], project["code_location_target_module"]) == (LOCATION, MODULE)
    assert (tools["dagster"]["code_location_name"], tools["dagster"]["module_name"]) == (LOCATION, MODULE)
