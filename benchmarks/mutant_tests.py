"""Which tests concern a line of the code, and whether they notice a change of it.

First all tests of the packages run once, and coverage says which lines each of them reaches. A mutant is then tried on
the tests that reach its line, those of files that import its module before others and the fastest first, until one
fails. Each try is a fork of one process that has loaded the
libraries but nothing of fazhi, so that it takes little more than the tests themselves.

Coverage does not see into helper processes: the function is called in the process of the test instead.
"""

from __future__ import annotations

import ast
import importlib
import os
import pickle
import resource
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from coverage import Coverage

TESTS = (
    *("tests/unit/numerals", "tests/unit/extract", "tests/unit/identify", "tests/unit/read", "tests/unit/build"),
    *("tests/unit/warehouse/test_checks.py", "tests/unit/codebook/test_codebook_examples.py"),
)
#: They measure time, try thousands of damaged files, or need minutes for one look at a page.
NOT_RUN = (
    *("test_linear_time.py", "test_read_growth.py", "test_read_fuzz.py", "test_read_fuzz_long.py"),
    *("test_read_mutations.py", "test_extract_fuzz.py", "test_extract_agreement.py", "test_recogniser_pages.py"),
    *("test_ocr_benchmark.py", "test_read_bounded.py"),
)
MOST_SECONDS = 12.0  # of tests for one mutant, as they took without it
_LIBRARIES = ("polars", "duckdb", "lxml.etree", "lxml.html", "pydantic", "regex", "ahocorasick_rs", "selectolax.lexbor")
_LIBRARIES += ("hypothesis", "docx", "openpyxl", "reportlab.pdfgen.canvas", "pypdfium2", "opencc", "pypinyin", "numpy")
_MEMORY = 6_000_000_000
_ONCE = "once"  # for lines that run at import or in a fixture


@dataclass
class ReachedLines:
    """`seconds` of each test that passed, and by module and line the tests that reach it.

    `by_module` has the tests that reach anything of a module; a line that runs once for many tests concerns them all.
    `imported` has the modules that each file of tests names, as paths below pipelines/: it is about them.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    by_line: dict[tuple[str, int], set[str]] = field(default_factory=lambda: defaultdict(set))
    by_module: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    imported: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def concerned(self, module: str, first: int, last: int) -> list[str]:
        """Return the tests that reach one of these lines, up to MOST_SECONDS.

        Where there are more, those of files about the module are taken before others, and fast ones before slow ones.
        """
        found: set[str] = set()
        for line in range(first, last + 1):
            found |= self.by_line.get((module, line), set())
        if _ONCE in found or not found:
            found |= self.by_module.get(module, set())
        if not found & self.seconds.keys():  # a module that only runs at import concerns all tests of its package
            room = f"tests/unit/{module.partition('/')[0]}/"
            found = {test for test in self.seconds if test.startswith(room)}
        chosen, left = [], MOST_SECONDS

        def usefulness(test: str) -> tuple[bool, float, str]:
            return module not in self.imported[test.partition("::")[0]], self.seconds[test], test

        for test in sorted(found & self.seconds.keys(), key=usefulness):
            left -= self.seconds[test]
            if left >= 0:
                chosen.append(test)
        # those of one file stay together, so that its fixtures are made once
        files = defaultdict[str, float](float)
        for test in chosen:
            files[test.partition("::")[0]] += self.seconds[test]

        def turn(test: str) -> tuple[bool, float, str, float]:
            file = test.partition("::")[0]
            return module not in self.imported[file], files[file], file, self.seconds[test]

        chosen.sort(key=turn)
        return chosen


class _Recorder:
    """A plugin that tells coverage which test runs, and notes how long each that passes takes."""

    def __init__(self, coverage: Any) -> None:
        self.coverage, self.seconds = coverage, dict[str, float]()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Any:
        self.coverage.switch_context(item.nodeid)
        try:
            return (yield)
        finally:
            self.coverage.switch_context(_ONCE)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            self.seconds[report.nodeid] = report.duration


class _Chosen:
    """A plugin that keeps the chosen tests, in their order."""

    def __init__(self, tests: Iterable[str]) -> None:
        self.place = {test: at for at, test in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((i for i in items if i.nodeid in self.place), key=lambda item: self.place[item.nodeid])


def map_tests(copy: Path, data: Path) -> ReachedLines:
    """Run all tests of the packages in the copy of the project, and return which lines each reaches.

    `data` keeps what was found; where it is there already nothing is run.
    """
    if not data.exists() and _forked(copy, lambda: _record(copy, data), 3600, copy / "map.log") != 0:
        raise RuntimeError(f"the tests could not be mapped: {(copy / 'map.log').read_text(errors='replace')[-2000:]}")
    seconds, lines = pickle.loads(data.read_bytes())
    found = ReachedLines(seconds)
    for (module, line), tests in lines.items():
        found.by_line[module, line] = tests
        found.by_module[module] |= tests
    for file in {test.partition("::")[0] for test in seconds}:
        found.imported[file] = imported_by((copy / file).read_text(encoding="utf-8"))
    return found


def imported_by(source: str) -> set[str]:
    """Return the modules of fazhi that a file of tests imports, as paths below pipelines/."""
    found = set[str]()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return {
        name.removeprefix("pipelines.").replace(".", "/") + ".py" for name in found if name.startswith("pipelines.")
    }


def _record(copy: Path, data: Path) -> int:
    coverage = Coverage(data_file=None, source=[str(copy / "pipelines")], config_file=False)
    coverage.start()
    coverage.switch_context(_ONCE)
    _read_here()
    recorder = _Recorder(coverage)
    pytest.main([*_OPTIONS, *(f"--ignore-glob=*/{name}" for name in NOT_RUN), *TESTS], plugins=[recorder])
    coverage.stop()
    lines = {
        (Path(path).relative_to(copy / "pipelines").as_posix(), line): set(tests)
        for path in coverage.get_data().measured_files()
        for line, tests in coverage.get_data().contexts_by_lineno(path).items()
    }
    data.write_bytes(pickle.dumps((recorder.seconds, lines)))
    return 0


def notices(copy: Path, tests: list[str], known: Mapping[str, float], log: Path) -> str:
    """Return how the tests, run in the copy, end: `killed`, `survived`, or `too slow`, which counts as killed."""
    if not tests:
        return "no test"

    def run() -> int:
        sys.dont_write_bytecode = True
        _read_here()
        files = sorted({test.partition("::")[0] for test in tests})
        return int(pytest.main([*_OPTIONS, "-x", *files], plugins=[_Chosen(tests)]))

    limit = 20 + 10 * sum(known[test] for test in tests)
    code = _forked(copy, run, limit, log)
    return "too slow" if code is None else "survived" if code == 0 else "killed"


_OPTIONS = (
    "-q",
    "-o",
    "addopts=",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    "-p",
    "no:cov",
    "--no-header",
    "--tb=line",
)


def _read_here() -> None:
    from pipelines.read import isolation

    elsewhere = isolation.run

    def run(function: Callable[..., Any], *arguments: Any, seconds: float = isolation.SECONDS) -> Any:
        if function.__module__.startswith("pipelines."):
            return function(*arguments)
        return elsewhere(function, *arguments, seconds=seconds)  # a test of the process itself

    isolation.run = run


def load_libraries() -> None:
    """Load what the tests need besides fazhi, once for all mutants."""
    for name in _LIBRARIES:
        importlib.import_module(name)


def _forked(copy: Path, run: Callable[[], int], seconds: float, log: Path) -> int | None:
    """Return what `run` returns in a process of its own, with the copy as its project; None where it takes too long."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            os.setsid()
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
            out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            for handle in (1, 2):
                os.dup2(out, handle)
            os.chdir(copy)
            os.environ["PYTHONPATH"] = str(copy)
            sys.path[:] = [str(copy), *(path for path in sys.path if path not in ("", str(Path(__file__).parents[1])))]
            for name in [name for name in sys.modules if name.partition(".")[0] in ("pipelines", "benchmarks")]:
                del sys.modules[name]
            code = run()
        finally:
            sys.stdout.flush()
            os._exit(code)
    end = time.monotonic() + seconds
    status: int | None = None
    while status is None and time.monotonic() < end:
        pid, found = os.waitpid(child, os.WNOHANG)
        if pid:
            status = os.waitstatus_to_exitcode(found)
        else:
            time.sleep(0.02)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    if status is None:
        os.waitpid(child, 0)
    return status
