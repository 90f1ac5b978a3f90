"""The progress of a run, as bars on a terminal and as lines elsewhere."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TransferSpeedColumn,
)
from rich.text import Text

VERBS = {
    "raw_files": "hashed",
    "documents": "read",
    "identities": "identified",
    "facts": "extracted",
    "numbers": "extracted",
    "sketches": "sketched",
    "similarities": "compared",
}


def describe(asset: str, data: Mapping[str, Any]) -> str:
    """One line about an asset that was made, such as `documents: 0 read, 5 reused`. `data` is its metadata."""
    if asset in VERBS:
        line = f"{asset}: {data['computed']} {VERBS[asset]}, {data['reused']} reused"
        if data["removed"]:
            line += f", {data['removed']} gone"
        if data.get("scanned pages read"):
            line += f"; {data['scanned pages read']} scanned pages recognised"
        return line
    if asset == "release":
        return f"release: {data['release_id']}"
    rows = data["dagster/row_count"]
    reused = ", reused" if data.get("reused") else ""
    return f"{asset}: {rows:,} {'row' if rows == 1 else 'rows'}{' of all tables' if asset == 'exports' else ''}{reused}"


class LineProgress:
    """Progress as a line for each asset, for files, pipes and logs."""

    def __init__(self, out: Console) -> None:
        self._out = out

    def made(self, asset: str, data: Mapping[str, Any]) -> None:
        """Print the line of an asset that was made."""
        self._out.print(describe(asset, data))

    def progress(self, step: str, done: int, total: int) -> None:
        """Print nothing: there is no bar to move."""


class BarProgress:
    """Progress as a bar for each stage, for a terminal. The tables and marts share one bar."""

    def __init__(self, bars: Progress, assets: Sequence[str]) -> None:
        self._bars = bars
        self._tables = [name for name in assets if name not in VERBS and name != "release"]
        self._tasks: dict[str, TaskID] = {
            name: bars.add_task(name, total=None, note="") for name in ("raw_files", "documents", "identities", "facts")
        }
        self._tasks["tables"] = bars.add_task("tables", total=len(self._tables), note="")
        self._tasks["release"] = bars.add_task("release", total=1, note="")

    def made(self, asset: str, data: Mapping[str, Any]) -> None:
        """Fill the bar of the asset's stage."""
        if asset in self._tables:
            self._bars.advance(self._tasks["tables"])
        elif asset in self._tasks:
            note = describe(asset, data).partition(": ")[2]
            count = max(1, data.get("computed", 0) + data.get("reused", 0))
            self._bars.update(self._tasks[asset], total=count, completed=count, note=note)

    def progress(self, step: str, done: int, total: int) -> None:
        """Move the bar of `step` to `done` of `total`."""
        if step == "scans":
            self._scans(done, total)
        elif step in self._tasks:
            self._bars.update(self._tasks[step], completed=done, total=total)

    def _scans(self, done: int, total: int) -> None:
        """Move the bar of scanned pages, which is there when there are some, and note their pace."""
        if "scans" not in self._tasks:
            self._tasks["scans"] = self._bars.add_task("scans", total=total, note="")
        task = self._bars.tasks[self._bars.task_ids.index(self._tasks["scans"])]
        hours = (task.elapsed or 0) / 3600
        note = f"{done / hours:,.0f} pages an hour" if done and hours else ""
        self._bars.update(task.id, completed=done, total=total, note=note)


class _CountColumn(MofNCompleteColumn):
    """How much of a stage is done, and nothing while nobody knows how much there is."""

    def render(self, task: Task) -> Text:
        return super().render(task) if task.total is not None else Text("waits")


@contextmanager
def run_progress(
    out: Console, assets: Callable[[], Sequence[str]], is_quiet: bool
) -> Iterator[LineProgress | BarProgress | None]:
    """How the progress of a run is shown: bars on a terminal, lines elsewhere, None if `is_quiet`."""
    if is_quiet:
        yield None
    elif not out.is_terminal:
        yield LineProgress(out)
    else:
        columns = (TextColumn("{task.description:<11}"), BarColumn(), _CountColumn(), TimeElapsedColumn())
        with Progress(*columns, TextColumn("{task.fields[note]}"), console=out) as bars:
            yield BarProgress(bars, assets())


@contextmanager
def bytes_progress(out: Console) -> Iterator[Callable[[str, int, int], None]]:
    """What takes reports of bytes (step, done, total). It shows a bar for each step on a terminal, else nothing."""
    columns = (TextColumn("{task.description:<11}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=out, disable=not out.is_terminal, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def moved(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield moved
