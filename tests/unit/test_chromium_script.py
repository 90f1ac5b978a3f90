"""`.ci/chromium`: which browser the tests in a browser get, and what is installed where there is none.

The script sees a path on which every program is the test's own and writes down how it was called.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from benchmarks.browser import NAMES
from pipelines.paths import PROJECT_ROOT

SCRIPT = PROJECT_ROOT / ".ci" / "chromium"
INSTALL = "apt-get -qq install -y --no-install-recommends chromium"
PLAYWRIGHT = "python -m playwright install chromium"


class Machine:
    """A machine with the programs that a test gives it."""

    def __init__(self, folder: Path) -> None:
        self.programs, self.log = folder / "bin", folder / "calls"
        self.programs.mkdir()
        self.add("timeout", 'shift; "$@"', is_noted=False)
        self.add("sudo", '[[ "$1" == -n ]] && shift; "$@"', is_noted=False)

    def add(self, name: str, does: str = "", is_noted: bool = True) -> str:
        """A program; `does` is what it does, in bash. Returns its path."""
        path = self.programs / name
        note = f'printf "%s\\n" "{name} $*" >> "{self.log}"' if is_noted else ""
        path.write_text(f"#!{shutil.which('bash')}\n{note}\n{does}\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    def find(self, named: str = "") -> tuple[str, list[str], list[str]]:
        """What the script prints, the programs that it called, and what it says."""
        done = subprocess.run(
            [str(shutil.which("bash")), str(SCRIPT), "python"],
            env={"PATH": str(self.programs), "FAZHI_CHROMIUM": named},
            capture_output=True,
            text=True,
        )
        calls = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        assert done.returncode == (0 if done.stdout else 1)
        return done.stdout.strip(), calls, done.stderr.splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_a_chromium_that_is_there_is_taken_and_nothing_is_installed(machine: Machine, name: str) -> None:
    path = machine.add(name)
    machine.add("apt-get")
    machine.add("python")
    assert machine.find() == (path, [], [])


def test_the_one_that_is_named_comes_first(machine: Machine, tmp_path: Path) -> None:
    machine.add("chromium")
    (tmp_path / "other").mkdir()
    other = shutil.copy(machine.add("mine"), tmp_path / "other" / "mine")
    assert machine.find(str(other)) == (str(other), [], [])


def test_where_there_is_none_it_comes_from_debian(machine: Machine) -> None:
    added = machine.programs / "chromium"
    machine.add("apt-get", f'[[ "$2" == install ]] && {_made(added)}')
    path, calls, said = machine.find()
    assert path == str(added)
    assert calls[:1] == [INSTALL]
    assert "apt-get -qq update" not in calls
    assert said == ["no Chromium found; installing Debian's"]


def test_an_empty_list_of_packages_is_brought_up_to_date_first(machine: Machine, tmp_path: Path) -> None:
    listed, added = tmp_path / "listed", machine.programs / "chromium"
    does = f'if [[ "$2" == update ]]; then : > {listed}; else [[ -e {listed} ]] && {_made(added)}; fi'
    machine.add("apt-get", does)
    path, calls, _ = machine.find()
    assert path == str(added)
    assert calls[:3] == [INSTALL, "apt-get -qq update", INSTALL]


@pytest.mark.skipif(os.geteuid() == 0, reason="root needs no sudo")
def test_sudo_is_never_asked_for_a_password(machine: Machine) -> None:
    machine.add("sudo", "exit 1")
    machine.add("apt-get")
    assert machine.find()[1][0] == f"sudo -n {INSTALL}"


def test_where_debian_gives_none_it_comes_from_playwright(machine: Machine, tmp_path: Path) -> None:
    machine.add("apt-get", "exit 100")
    brought = tmp_path / "brought"
    shutil.copy(machine.add("any"), brought)
    machine.add("python", f'[[ "$1" == -c ]] && echo {brought}; exit 0')
    path, calls, _ = machine.find()
    assert path == str(brought)
    assert PLAYWRIGHT in calls


def test_a_package_that_brings_no_browser_is_not_taken_for_one(machine: Machine) -> None:
    machine.add("apt-get")
    machine.add("python", "exit 1")
    path, calls, _ = machine.find()
    assert (path, calls[-1]) == ("", PLAYWRIGHT)


def test_where_none_can_be_had_the_last_line_says_that_the_tests_are_skipped(machine: Machine) -> None:
    machine.add("python", "exit 1")
    path, calls, said = machine.find()
    assert (path, calls) == ("", [PLAYWRIGHT])
    assert said[-1] == "no Chromium found and none could be installed: the tests in a browser are skipped"


def test_make_test_web_takes_what_the_script_prints() -> None:
    makefile = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")
    assert 'FAZHI_CHROMIUM="$$(.ci/chromium "$(PY)")" "$(PY)" -m pytest tests/web' in makefile
    assert os.access(SCRIPT, os.X_OK)


def _made(path: Path) -> str:
    """Bash that makes a program at `path`, with builtins only."""
    return f'{{ printf "#!{shutil.which("bash")}\\n" > {path}; {shutil.which("chmod")} 755 {path}; }}'
