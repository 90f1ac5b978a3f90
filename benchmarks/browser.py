"""A server of the workbench and the system's Chromium, for the screenshots and for the tests in a browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.processes import ROOT

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NAMED = "FAZHI_CHROMIUM"
MISSING = f"no Chromium found ({', '.join(NAMES)}); install Debian's `chromium`, or name one in {NAMED}"
ARGUMENTS = ["--no-sandbox", "--disable-gpu"]  # a container's root may start it too; it opens our own pages only
_SECONDS = 60  # a server that does not answer by then is broken


def chromium_path() -> str | None:
    """The Chromium that `FAZHI_CHROMIUM` names, else the first on the path; None where there is none."""
    return os.environ.get(NAMED) or next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def served(raw: Path, warehouse: Path, environ: dict[str, str], *options: str) -> Iterator[str]:
    """The address of a workbench on these folders, for as long as it is needed. Raises RuntimeError without one."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = ["--raw", str(raw), "--warehouse", str(warehouse), "--port", str(port)]
    server = subprocess.Popen([sys.executable, "-m", "pipelines", "web", *folders, *options], env=environ, cwd=ROOT)
    root = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + _SECONDS
        while not _answers(root):
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the workbench on {warehouse} does not answer (exit code {server.poll()})")
            time.sleep(0.1)
        yield root
    finally:
        server.terminate()
        server.wait(timeout=30)


def _answers(root: str) -> bool:
    try:
        urllib.request.urlopen(f"{root}/static/app.js", timeout=5).close()
    except OSError:
        return False
    return True
