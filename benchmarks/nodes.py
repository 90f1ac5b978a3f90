"""A cluster on this machine, started by the commands that a person types, for benchmarks and tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipelines.paths import PROJECT_ROOT
from pipelines.settings import cluster_address


class Nodes:
    """The processes of one cluster: a scheduler and its workers. `paths` are where they look for more modules."""

    def __init__(self, scheme: str = "tcp", files: Mapping[str, str] | None = None, paths: Sequence[Path] = ()) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self._environment, self._paths = dict(files or {}), paths
        self.text = f"{scheme}://127.0.0.1:{port}"
        self.address = cluster_address(self.text, self._environment)
        self.processes: list[subprocess.Popen[str]] = []
        self.start("scheduler")

    def start(self, command: str, root: Path = PROJECT_ROOT) -> subprocess.Popen[str]:
        """Start a node with the code below `root`, and wait until it says that it is there."""
        process = subprocess.Popen(
            [sys.executable, "-m", "pipelines", command, self.text],
            env={**os.environ, **self._environment, "PYTHONPATH": os.pathsep.join(map(str, [root, *self._paths]))},
            stdout=subprocess.PIPE,
            cwd=root,
            text=True,
        )
        self.processes.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        if "stop it with Ctrl-C" not in line:
            raise RuntimeError(f"found {line!r} from fazhi {command}, expected that it says where it is")
        return process

    def stop(self) -> None:
        """Stop all nodes, the scheduler last."""
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.communicate(timeout=60)


@contextmanager
def nodes(
    workers: int, scheme: str = "tcp", files: Mapping[str, str] | None = None, paths: Sequence[Path] = ()
) -> Iterator[Nodes]:
    """A scheduler with so many workers."""
    started = Nodes(scheme, files, paths)
    try:
        for _ in range(workers):
            started.start("worker")
        yield started
    finally:
        started.stop()
