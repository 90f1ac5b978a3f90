"""Start a run from the workbench, as a process of its own, and say how it stands."""

import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import Any

from pipelines.build.run_lock import RunBusy, run_holder
from pipelines.paths import RUN_LOG
from pipelines.settings import Settings

_TAIL = 4000  # bytes of the log that are looked at for its last lines


@dataclass
class RunNow:
    """At most one run of this workbench at a time; what it prints goes to a log in the warehouse."""

    settings: Settings
    command: tuple[str, ...] = (sys.executable, "-m", "pipelines", "run", "--quiet")
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> int:
        """Start `fazhi run` and return its process. Raises RunBusy where a run is at work."""
        with self._lock:
            if (busy := self._running()) is not None:
                raise RunBusy(f"a run (process {busy}) is at work; its release comes when it ends")
            folders = ("--raw", str(self.settings.raw_dir), "--warehouse", str(self.settings.warehouse_dir))
            environment = {**os.environ, "DAGSTER_HOME": str(self.settings.dagster_home)}
            self.settings.warehouse_dir.mkdir(parents=True, exist_ok=True)
            with (self.settings.warehouse_dir / RUN_LOG).open("wb") as log:
                self._process = subprocess.Popen(
                    [*self.command, *folders],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # it goes on when the workbench is stopped
                    env=environment,
                )
            return self._process.pid

    def status(self) -> dict[str, Any]:
        """`running`: the process at work, or None; `ended`: the exit code of a run from here; `said`: its last line."""
        with self._lock:
            running = self._running()
            ended = self._process.poll() if self._process is not None else None
        return {"running": running, "ended": ended, "said": self._last_line() if ended else ""}

    def _running(self) -> int | None:
        if self._process is not None and self._process.poll() is None:
            return self._process.pid
        return run_holder(self.settings.warehouse_dir)

    def _last_line(self) -> str:
        try:
            text = (self.settings.warehouse_dir / RUN_LOG).read_bytes()[-_TAIL:].decode("utf-8", "replace")
        except OSError:
            return ""
        return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")
