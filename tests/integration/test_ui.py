"""`fazhi ui`: Dagster's UI starts with the project loaded, prints its address and nothing else, and ends by Ctrl-C."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from pipelines.definitions import defs
from pipelines.paths import PROJECT_ROOT

QUESTION = """{ workspaceOrError { ... on Workspace { locationEntries { loadStatus locationOrLoadError {
  ... on PythonError { message }
  ... on RepositoryLocation { repositories { assetNodes { assetKey { path } } } } } } } } }"""
SECONDS = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def assets_shown(port: int, process: "subprocess.Popen[str]") -> set[str]:
    """The assets that the UI shows, as soon as it has loaded the code."""
    body = json.dumps({"query": QUESTION}).encode()
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/graphql", body, {"Content-Type": "application/json"})
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the UI ended by itself"
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                (entry,) = json.load(answer)["data"]["workspaceOrError"]["locationEntries"]
        except OSError:
            time.sleep(0.2)
            continue
        if entry["loadStatus"] == "LOADED":
            (repository,) = entry["locationOrLoadError"]["repositories"]
            return {"/".join(node["assetKey"]["path"]) for node in repository["assetNodes"]}
        time.sleep(0.2)
    raise AssertionError(f"no answer within {SECONDS} seconds")


def test_the_ui_loads_the_project_and_prints_its_address_alone(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "raw").mkdir()
    folders = ["--raw", str(tmp_path / "raw"), "--warehouse", str(tmp_path / "warehouse")]
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines", "ui", "--port", str(port), *folders],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        shown = assets_shown(port, process)
    finally:
        os.killpg(process.pid, signal.SIGINT)  # as a terminal sends it to all of them
        try:
            printed, _ = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    assert printed.splitlines() == [f"Dagster's UI: http://127.0.0.1:{port} (stop it with Ctrl-C)"]
    assert shown == {key.to_user_string() for key in defs.resolve_all_asset_keys()}
