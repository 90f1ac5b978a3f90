"""Measure the nightly job at the size of the country, 400,000 reports, and write its chapter of docs/benchmarks.md.

    python -m benchmarks.rehearsal [--reports 400000] [--seed 1] [--folder DIR]

Runs `fazhi run` on a generated archive as a person would: for the first time, again with nothing new, with one report
more, and with a codebook of which one entry changed. Then a copy of the project is run on its own five reports, for the
first time and again. A folder that is given is kept, and what is in it is used again. The runs are watched by
benchmarks.processes.
"""

from __future__ import annotations

import argparse
import compileall
import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from benchmarks import yardsticks
from benchmarks.archive import write_archive
from benchmarks.bench import PAGE, machine
from benchmarks.corpus import generate
from benchmarks.page import write_chapter
from benchmarks.processes import ROOT, Watched, start, watch
from benchmarks.queries import measure, render
from benchmarks.worked import load_questions

TITLE = "The nightly job"
#: Steps as the page shows them: the asset that ends each.
STEPS = {
    "find and hash the files": "raw_files",
    "read": "documents",
    "identify": "identities",
    "table of texts, sketches": "sketches",
    "extract": "numbers",
    "tables and marts": None,
    "release": "release",
    "exports": "exports",
}
#: Reports that a step worked on, from what the run says at its end.
COUNTED = {"files read": "documents", "texts identified": "identities", "texts extracted": "facts"}
#: The same on the reports of the project itself.
FIRST, AGAIN = "five reports, first run", "five reports, second run"
TARGETS = {"nothing new": 9.0, "one new report": 20.0, FIRST: 8.0, AGAIN: 3.0}  # seconds
FROM_TEXT = 600.0  # seconds from stored text to release
MEMORY = 3.0  # GB
EXPORTS = "parquet"  # the formats of these runs; the others are for the size of a province
_GIGA = 1_000_000_000


def rehearse(folder: Path, reports: int, seed: int) -> dict[str, Watched]:
    """Run the job in its four situations. The archive is written first if it is not there."""
    raw, warehouse = folder / "raw", folder / "warehouse"
    if not raw.exists():
        say(f"writing {reports:,} reports")
        write_archive(raw, reports, seed)
    kept = folder / "runs"
    runs = {"all new": _kept(kept / "all new.json", lambda: _run(raw, warehouse))}
    _run(raw, warehouse)  # what was written last may still be on its way to the disk
    runs["nothing new"] = _run(raw, warehouse)
    (new,) = generate(1, seed + 1, reports)
    path = raw / "reports" / "new" / f"{time.time_ns()}.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text(new.text, encoding="utf-8")
    runs["one new report"] = _run(raw, warehouse)
    with tempfile.TemporaryDirectory(prefix="fazhi-codebook-") as name:
        changed = _changed_codebook(_copied_project(Path(name)))
        entry = "one codebook entry changed"
        runs[entry] = _kept(kept / f"{entry}.json", lambda: _run(raw, warehouse, changed))
    return runs


def rehearse_five() -> dict[str, Watched]:
    """Run a fresh copy of the project on the reports in its raw/, with nothing kept before, and again three times."""
    with tempfile.TemporaryDirectory(prefix="fazhi-five-") as name:
        project = _copied_project(Path(name))
        shutil.copytree(ROOT / "raw", project / "raw", dirs_exist_ok=True)
        compileall.compile_dir(project / "pipelines", quiet=1)  # as `make` does when it installs
        cache = {"XDG_CACHE_HOME": str(project / "cache"), "PYTHONDONTWRITEBYTECODE": ""}
        first, *again = (_run(project / "raw", project / "warehouse", project, cache) for _ in range(4))
        return {FIRST: first, AGAIN: sorted(again, key=lambda run: run.seconds)[1]}


def _kept(path: Path, run: Callable[[], Watched]) -> Watched:
    """Return the kept result of a long run, or run it if there is none."""
    if path.exists():
        return Watched(**json.loads(path.read_text(encoding="utf-8")))
    watched = run()
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(asdict(watched), ensure_ascii=False), encoding="utf-8")
    return watched


def say(text: str) -> None:
    """Print a line of progress."""
    print(text, file=sys.stderr, flush=True)


def _run(raw: Path, warehouse: Path, project: Path = ROOT, more: Mapping[str, str] | None = None) -> Watched:
    watched = watch(start(raw, warehouse, project, {"FAZHI_EXPORTS": EXPORTS, **(more or {})}))
    say("\n".join([*watched.lines, watched.errors, f"{watched.seconds:.1f} s, {watched.peak_bytes / _GIGA:.2f} GB"]))
    if watched.code:
        raise SystemExit(f"the run ended with {watched.code}")
    return watched


def _copied_project(folder: Path) -> Path:
    """What a run needs of the project, in a folder of its own."""
    project = folder / "project"
    for part in ("pipelines", "sql", "raw/reference"):
        shutil.copytree(ROOT / part, project / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "pyproject.toml", project / "pyproject.toml")
    return project


def _changed_codebook(project: Path) -> Path:
    """Put one more word into one entry of the codebook, which makes it another codebook."""
    path = project / "pipelines" / "codebook" / "rules" / "publicity.toml"
    text = path.read_text(encoding="utf-8")
    changed = text.replace('"宣传活动", ', '"宣传活动", "普法集会", ', 1)
    if changed == text:
        raise SystemExit(f"{path} has no head 宣传活动 to put another beside; change this line of the rehearsal")
    path.write_text(changed, encoding="utf-8")
    return project


def seconds(run: Watched) -> dict[str, float]:
    """The seconds of each step of a run, the start of the program first."""
    return _by_step(run, run.made_at)


def cpu_seconds(run: Watched) -> dict[str, float]:
    """The seconds of the processor that each step of a run took."""
    return _by_step(run, run.cpu_at)


def _by_step(run: Watched, at: Mapping[str, float]) -> dict[str, float]:
    spent, last = {}, 0.0
    for step, asset in STEPS.items():
        end = asset or _last_table(run)
        if end in at:
            spent[step] = max(0.0, at[end] - last)
            last = max(last, at[end])
    return spent


def counted(run: Watched, asset: str) -> str:
    """How many reports a step worked on, from the line that the run printed (`documents: 1 read, 400,000 reused`)."""
    said = (re.match(rf"{asset}: (\d+) ", line) for line in run.lines)
    return next((f"{int(found[1]):,}" for found in said if found), "")


def _last_table(run: Watched) -> str:
    """The table that was made last: of the assets between the numbers and the release. Empty if there is none."""
    names = list(run.made_at)
    if "numbers" not in names or "release" not in names:
        return ""
    between = names[names.index("numbers") + 1 : names.index("release")]
    return max(between, key=run.made_at.__getitem__, default="")


def body(runs: Mapping[str, Watched], yardsticks: Mapping[str, float], queries: str, reports: int, command: str) -> str:
    """The text of the chapter. Everything in it comes from these runs."""
    names = list(runs)
    steps = {name: seconds(run) for name, run in runs.items()}
    spent = {name: cpu_seconds(run) for name, run in runs.items()}
    rows = [(step, [_cell(steps[name].get(step), spent[name].get(step)) for name in names]) for step in STEPS]
    whole = [_cell(runs[name].seconds, runs[name].cpu_seconds) for name in names]
    rows.append(("**all, with the start of the program**", whole))
    rows.append(("load before", [f"{runs[name].load_before:.1f}" for name in names]))
    rows += [(step, [counted(runs[name], asset) for name in names]) for step, asset in COUNTED.items()]
    rows.append(("memory at most, GB", [f"{runs[name].peak_bytes / _GIGA:.2f}" for name in names]))
    return "\n\n".join(
        [
            f"<!-- written by `{command}`; do not edit -->",
            f"Written by `{command}` on {machine()}: `fazhi run` on {reports:,} generated reports, seconds by step "
            "and in brackets the seconds of the processor, all processes together. The load is that of the minute "
            "before the run. Memory is what all processes held of their own at one time. "
            f"Exported was {EXPORTS} alone.",
            _table(["step", *names], rows),
            "\n".join(["| what | target | this run | |", "|---|---:|---:|---|", *_verdicts(runs, steps)]),
            "Measured by themselves after these runs, on the same files and machine:",
            _table(["yardstick", "seconds"], [(what, [_cell(spent)]) for what, spent in yardsticks.items()]),
            "The worked queries on this release:",
            queries,
        ]
    )


def _table(head: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> str:
    """A Markdown table: a name and right-aligned cells in each row."""
    lines = [f"| {' | '.join(head)} |", f"|---|{'---:|' * (len(head) - 1)}"]
    return "\n".join([*lines, *(f"| {' | '.join([name, *cells])} |" for name, cells in rows)])


def _cell(value: float | None, cpu: float | None = None) -> str:
    if value is None:
        return ""
    return f"{value:,.1f}" if cpu is None else f"{value:,.1f} ({cpu:,.1f})"


def _verdicts(runs: Mapping[str, Watched], steps: Mapping[str, Mapping[str, float]]) -> list[str]:
    wanted = [(f"{name}, seconds", limit, runs[name].seconds) for name, limit in TARGETS.items() if name in runs]
    wanted.append(("memory at most, GB", MEMORY, max(run.peak_bytes for run in runs.values()) / _GIGA))
    if "all new" in runs:
        names = list(STEPS)
        from_text = names[names.index("read") + 1 : names.index("release") + 1]
        spent = sum(steps["all new"].get(step, 0.0) for step in from_text)
        wanted.append(("from stored text to release, seconds", FROM_TEXT, spent))
    return [
        f"| {what} | ≤ {limit:g} | {found:,.1f} | {'met' if found <= limit else '**missed**'} |"
        for what, limit, found in wanted
    ]


def main() -> None:
    """Rehearse and write the chapter."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=400_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where to work; kept (default: a temporary folder)")
    parser.add_argument("--page", type=Path, default=PAGE)
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = given.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fazhi-rehearsal-")))
        runs = {**rehearse(folder, given.reports, given.seed), **rehearse_five()}
        alone = yardsticks.measure(folder / "raw", folder / "warehouse")
        queries = render(measure(folder / "warehouse" / "fazhi.duckdb", load_questions()))
    command = f"python -m benchmarks.rehearsal --reports {given.reports} --seed {given.seed}"
    text = body(runs, alone, queries, given.reports, command)
    print(text)
    write_chapter(given.page, TITLE, text)


if __name__ == "__main__":
    main()
