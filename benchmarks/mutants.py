"""Change the code by one word, again and again, and see whether a test notices. Writes docs/mutants.md.

    python -m benchmarks.mutants [--mutants 400] [--seed 2] [--write]

Places are drawn from `pipelines/{numerals,extract,identify,read,build}` and the checks of the warehouse
(`benchmarks.mutant_sample`); `benchmarks.mutant_tests` says which tests are run. All of it happens in a copy.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple
from multiprocessing import get_context
from pathlib import Path

from benchmarks.mutant_figure import MUTANTS, figure_of, with_figure
from benchmarks.mutant_sample import CHECKS, LEFT_OUT, PACKAGES, Mutant, sample
from benchmarks.mutant_tests import MOST_SECONDS, NOT_RUN, ReachedLines, load_libraries, map_tests, notices
from benchmarks.processes import ROOT

RELIABILITY = ROOT / "docs" / "reliability.md"
_COPIED = ("pipelines", "sql", "tests", "benchmarks", "docs", "raw", "pyproject.toml", "Makefile", "README.md")
_COPIED += ("CONTRIBUTING.md", "CHANGELOG.md")
KILLED = ("killed", "too slow")
Verdict = tuple[Mutant, str, str]  # the mutant, how the tests end, the line before and after


def page(
    verdicts: Sequence[Verdict],
    places: int,
    tests: int,
    seconds: float,
    command: str,
    earlier: int = 0,
    beside: str = "",
) -> str:
    """Return the page: killed and survived by package, and every mutant that survived.

    `earlier` of the mutants were killed in an earlier run, whose verdicts were kept. `beside` is the page of another
    sample, of which only the figure is taken.
    """
    from benchmarks.bench import machine  # it loads fazhi, which only the copy may do while mutants are tried

    killed = sum(how in KILLED for _, how, _ in verdicts)
    lines = [
        "# Changes of the code that tests notice",
        "",
        f"<!-- written by `{command}`; do not edit -->",
        "",
        f"Written by `{command}` on {machine()}, in {seconds / 60:.0f} minutes. The code was changed by one word "
        f"(another operator, another number, a condition turned round, a loop left out), {len(verdicts)} times, each "
        "time alone. The changes are those of [cosmic-ray](https://cosmic-ray.readthedocs.io). Their places were drawn "
        f"from the {places:,} places at which something can be changed in `pipelines/` "
        f"{', '.join(f'`{name}`' for name in PACKAGES)} and in the checks "
        f"({', '.join(f'`{name}`' for name in CHECKS)}). A change is killed if a test fails or takes more than ten "
        f"times as long. The tests are the {tests:,} of these packages; tried are those that reach the changed line, "
        "those of files that import the module before others and the fastest first, up to "
        f"{MOST_SECONDS:.0f} seconds of tests for one change."
        + (
            f" {earlier} of the changes were killed in an earlier run on the same code and sample. Then tests were "
            "added, many of them for what had survived, and only the others were tried again."
            if earlier
            else ""
        ),
        "",
        f"**{killed} of {len(verdicts)} are killed: {100 * killed / max(1, len(verdicts)):.1f} %.**",
        "",
        *([f"{_of_another_sample(beside)}", ""] if beside else []),
        *_table_of_packages(verdicts),
        "",
        "Left out before the sample was drawn, because they leave what the code does as it is or no test can see them:",
        "",
        *(f"- {kind};" for kind in LEFT_OUT[:-1]),
        f"- {LEFT_OUT[-1]}.",
        "",
        "Not tried are tests that measure time, try thousands of damaged files or render pages for minutes "
        f"({', '.join(f'`{name}`' for name in NOT_RUN)}), and those of the whole pipeline.",
        "",
        "## What survives",
        "",
        "All of them count. Some change nothing that can be seen: an order in which both ways lead to the same, a "
        "limit that only saves time, a guard before what would find the same. `no test`: no test reaches the line.",
        "",
        *_table_of_survivors(verdicts),
    ]
    return "\n".join(lines) + "\n"


def _table_of_packages(verdicts: Sequence[Verdict]) -> list[str]:
    """Lines of Markdown: how many were killed and how many survived in each package."""
    by_package = Counter((mutant.package, how in KILLED) for mutant, how, _ in verdicts)
    rows = [(name, by_package[name, True], by_package[name, False]) for name in (*PACKAGES, "checks")]
    return [
        "| package | changes | killed | survived | killed |",
        "|---|---:|---:|---:|---:|",
        *(
            f"| `{name}` | {dead + alive} | {dead} | {alive} | {100 * dead / max(1, dead + alive):.0f} % |"
            for name, dead, alive in rows
        ),
    ]


def _table_of_survivors(verdicts: Sequence[Verdict]) -> list[str]:
    """Lines of Markdown: every mutant that survived, in the order of the code."""
    left = [verdict for verdict in verdicts if verdict[1] not in KILLED]
    return [
        "| module | line | found | change |",
        "|---|---:|---|---|",
        *(
            f"| `{mutant.module}` | {mutant.place[0]} | {how} | {_code(change)} |"
            for mutant, how, change in sorted(left, key=lambda verdict: (verdict[0].module, verdict[0].place))
        ),
    ]


def _of_another_sample(page_text: str) -> str:
    """Return a sentence with the figure of the page of another sample."""
    written, figure = re.search(r"^Written by `(.*?)`", page_text, re.MULTILINE), figure_of(page_text)
    assert written, "the page of the other sample does not say how it was written"
    return f"Of another sample, which nobody looked at while tests were written (`{written[1]}`), {figure}"


def _code(change: str) -> str:
    return "`" + change.replace("|", "\\|").replace("`", "'") + "`"


def main() -> int:
    """Draw, try and count; `--write` writes the page."""
    parser = argparse.ArgumentParser(description="Change the code by one word and see whether a test notices.")
    parser.add_argument("--mutants", type=int, default=400, help="how many (default 400)")
    parser.add_argument("--seed", type=int, default=2, help="seed of the sample (default 2)")
    parser.add_argument("--minutes", type=float, help="begin no further one after so long; the order is random")
    parser.add_argument("--jobs", type=int, default=2, help="how many are tried at a time (default 2)")
    parser.add_argument(
        "--map", type=Path, help="keep here which tests reach which lines, and use it while it is there"
    )
    parser.add_argument("--kept", type=Path, help="keep the killed ones here, and do not try again those that it holds")
    parser.add_argument("--beside", type=Path, help="the page of another sample, whose figure is shown too")
    parser.add_argument("--write", action="store_true", help=f"write {MUTANTS.relative_to(ROOT)}")
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fazhi-mutants-") as name:
        folder = Path(name)
        for part in _COPIED:
            _copy(ROOT / part, folder / "project" / part)
        load_libraries()
        _say("running the tests once to see which lines they reach")
        known = map_tests(folder / "project", given.map or folder / "map")
        chosen, places = sample(folder / "project" / "pipelines", given.mutants, given.seed)
        end = began + 60 * (given.minutes or 1e6)
        with ProcessPoolExecutor(given.jobs, get_context("fork"), _Worker.begin, (folder, known, end)) as pool:
            verdicts = kept(given.kept, chosen) if given.kept else []
            earlier = {verdict[0] for verdict in verdicts}
            left = [mutant for mutant in chosen if mutant not in earlier]
            _say(f"{len(earlier)} are known to be killed, {len(left)} are tried")
            for verdict in filter(None, pool.map(_Worker.tried, left)):
                verdicts.append(verdict)
                if given.kept:
                    keep(given.kept, verdict)
                _say(f"{len(verdicts)} {verdict[1]:9} {verdict[0].module}:{verdict[0].place[0]} {verdict[2]}")
    limit = "" if given.minutes is None else f" --minutes {given.minutes:g}"
    command = (
        f"python -m benchmarks.mutants --mutants {given.mutants} --seed {given.seed}{limit} --jobs {given.jobs} --write"
    )
    other = given.beside.read_text(encoding="utf-8") if given.beside else ""
    text = page(verdicts, places, len(known.seconds), time.monotonic() - began, command, len(earlier), other)
    if given.write:
        MUTANTS.write_text(text, encoding="utf-8")
        RELIABILITY.write_text(with_figure(RELIABILITY.read_text(encoding="utf-8"), text), encoding="utf-8")
    else:
        print(text)
    return 0


def keep(path: Path, verdict: Verdict) -> None:
    """Add a line for a mutant that is killed to the file of these."""
    if verdict[1] in KILLED:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([astuple(verdict[0]), *verdict[1:]], ensure_ascii=False) + "\n")


def kept(path: Path, chosen: Sequence[Mutant]) -> list[Verdict]:
    """Return the verdicts that the file holds on these mutants: tests that only became more still kill them."""
    if not path.exists():
        return []
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    found = [(Mutant(*where, tuple(place)), how, change) for (*where, place), how, change in lines]
    return [verdict for verdict in found if verdict[0] in chosen]


class _Worker:
    """What a process that tries mutants knows: its own copy of the project, the tests, and when it ends."""

    folder: Path
    known: ReachedLines
    end: float

    @classmethod
    def begin(cls, folder: Path, known: ReachedLines, end: float) -> None:
        cls.folder, cls.known, cls.end = folder / f"worker-{os.getpid()}", known, end
        shutil.copytree(folder / "project", cls.folder / "project")

    @classmethod
    def tried(cls, mutant: Mutant) -> Verdict | None:
        """Return the verdict on a mutant; None where the time is over."""
        if time.monotonic() > cls.end:
            return None
        return _tried(mutant, cls.folder / "project", cls.known, cls.folder / "log")


def _copy(there: Path, here: Path) -> None:
    here.parent.mkdir(parents=True, exist_ok=True)
    if there.is_dir():
        shutil.copytree(there, here, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy2(there, here)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _tried(mutant: Mutant, copy: Path, known: ReachedLines, log: Path) -> Verdict | None:
    """Put the mutant into the copy, run the tests that reach it, and take it out again.

    None where cosmic-ray finds a place that it cannot change: some operators expect another tree there.
    """
    path = copy / "pipelines" / mutant.module
    source, times = path.read_text(encoding="utf-8"), path.stat()
    try:
        changed = mutant.change(source)
    except AttributeError:
        return None
    path.write_text(changed, encoding="utf-8")
    try:
        how = notices(copy, known.concerned(mutant.module, mutant.place[0], mutant.place[2]), known.seconds, log)
    finally:
        path.write_text(source, encoding="utf-8")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # what is compiled of it stays valid
    lines = difflib.ndiff(source.splitlines(), changed.splitlines())
    return mutant, how, " → ".join(line[2:].strip() for line in lines if line[:2] in ("- ", "+ "))


if __name__ == "__main__":
    sys.exit(main())
