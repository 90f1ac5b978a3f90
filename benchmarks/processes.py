"""Running `fazhi run` as a person does and watching it: when each asset was made, how much processor time it had taken
by then, how much memory all of it held.

The caller says what is run, and what is made of the figures.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
_EVERY = 0.2  # seconds between two looks at the memory


@dataclass
class Watched:
    """A run that has ended: its exit code, its seconds, the second at which each asset was made, memory, output.

    `peak_bytes` is the most memory that all processes of the run held of their own at one time (pages of files that
    the system may drop are not counted). `cpu_seconds` and `cpu_at` are the processor's seconds, of all these processes
    together, for the whole run and until each asset was made. `load_before` is the load of the minute before the run.
    """

    code: int
    seconds: float
    made_at: dict[str, float] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    peak_bytes: int = 0
    errors: str = ""
    cpu_seconds: float = 0.0
    cpu_at: dict[str, float] = field(default_factory=dict)
    load_before: float = 0.0


def environment(home: Path) -> dict[str, str]:
    """The environment of a run, without the settings of the caller."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("FAZHI_", "DAGSTER_"))}
    return {**env, "DAGSTER_HOME": str(home), "PYTHONUNBUFFERED": "1"}


def start(
    raw: Path,
    warehouse: Path,
    project: Path = ROOT,
    more: Mapping[str, str] | None = None,
    module: Sequence[str] = ("pipelines",),
) -> subprocess.Popen[str]:
    """Start a run in its own process group, with its output in pipes. `module` with its arguments stands for fazhi."""
    command = [sys.executable, "-m", *module, "run", "--raw", str(raw), "--warehouse", str(warehouse)]
    env = {**environment(warehouse / ".dagster"), "PYTHONPATH": str(project), **(more or {})}
    return subprocess.Popen(
        command, cwd=project, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def watch(process: subprocess.Popen[str]) -> Watched:
    """Follow a run to its end. Other children of this process that end meanwhile are counted in `cpu_seconds`."""
    began, spent_before = time.perf_counter(), _spent_by_children()
    watched = Watched(0, 0.0, load_before=os.getloadavg()[0])
    sampler = threading.Thread(target=_sample, args=(process, watched))
    errors = threading.Thread(target=_listen, args=(process, watched))
    sampler.start()
    errors.start()
    for line in process.stdout or ():
        watched.lines.append(line.rstrip("\n"))
        asset, colon, _ = line.partition(": ")
        if colon and asset.isidentifier():
            watched.made_at.setdefault(asset, time.perf_counter() - began)
            watched.cpu_at.setdefault(asset, _spent(process.pid))
    watched.code = process.wait()
    watched.seconds = time.perf_counter() - began
    watched.cpu_seconds = _spent_by_children() - spent_before
    sampler.join()
    errors.join()
    return watched


def _listen(process: subprocess.Popen[str], watched: Watched) -> None:
    watched.errors = process.stderr.read() if process.stderr else ""


def _sample(process: subprocess.Popen[str], watched: Watched) -> None:
    while process.poll() is None:
        watched.peak_bytes = max(watched.peak_bytes, held_bytes(process.pid))
        time.sleep(_EVERY)


def held_bytes(pid: int) -> int:
    """The memory that a process and its descendants hold of their own at this moment."""
    return sum(_own_memory(one) for one in family(pid))


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    family, waiting = [], [pid]
    while waiting:
        at = waiting.pop()
        family.append(at)
        try:
            # each thread has the children that it started
            children = [pid for path in Path(f"/proc/{at}/task").glob("*/children") for pid in path.read_text().split()]
        except OSError:  # it ended, or this is not Linux
            continue
        waiting += map(int, children)
    return family


def _spent(pid: int) -> float:
    """The seconds of the processor that a process and its descendants have taken, those that ended included."""
    return sum(_own_spent(one) for one in family(pid))


def _own_spent(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    fields = status.rpartition(")")[2].split()  # the name before it may hold blanks; then comes field 3
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")  # its own and, once they ended, its children's


def _spent_by_children() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _own_memory(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    fields = [status.partition(f"{name}:")[2].split() for name in ("RssAnon", "RssShmem")]
    return sum(int(field[0]) * 1024 for field in fields if field)
