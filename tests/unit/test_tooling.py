"""Makefile, git hooks and `.ci/run`: what they promise is there, and nothing is downloaded behind one's back."""

import ast
import re
import subprocess
import tomllib

import yaml

from pipelines.paths import PROJECT_ROOT

CONFTEST = (PROJECT_ROOT / "tests" / "conftest.py").read_text(encoding="utf-8")
MAKEFILE = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")


def commands(target: str) -> str:
    """What `make TARGET` runs, apart from the installation of the environment."""
    done = subprocess.run(
        ["make", "-n", "-o", "ENV/.tests-installed", "VENV=ENV", target],
        cwd=PROJECT_ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def test_help_lists_every_target() -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=PROJECT_ROOT, check=True, capture_output=True, text=True
    ).stdout
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, flags=re.MULTILINE)
    assert {line.split()[1] for line in shown.splitlines()} == set(phony.split())


def test_check_runs_every_tool_of_lint_and_lint_is_the_same() -> None:
    run = commands("check")
    for tool in (
        "ruff check .",
        "ruff format --check .",
        "-m mypy",
        "lint-imports",
        "codebook check",
        "cogapp --check",
    ):
        assert tool in run, tool
    assert commands("lint") == run
    assert tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]["strict"]


def test_cog_checks_every_page_that_has_a_block() -> None:
    pages = [PROJECT_ROOT / "README.md", *PROJECT_ROOT.glob("docs/*.md"), PROJECT_ROOT / "CONTRIBUTING.md"]
    written = {
        str(page.relative_to(PROJECT_ROOT))
        for page in pages
        if page.is_file() and "[[[cog" in page.read_text(encoding="utf-8")
    }
    (line,) = [line for line in commands("check").splitlines() if "cogapp --check" in line]
    assert written and set(line.partition(" -r ")[2].split()) == written


def test_ci_checks_and_tests_in_an_environment_of_its_own() -> None:
    script = (PROJECT_ROOT / ".ci" / "run").read_text(encoding="utf-8")
    run = re.findall(r'^make VENV="\$scratch/venv" ([\w-]+)', script, flags=re.MULTILINE)
    assert run == ["check", "test", "test-web"]


def test_hooks_come_from_this_environment_only() -> None:
    config = yaml.safe_load((PROJECT_ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in config["repos"]] == ["local"]
    hooks = config["repos"][0]["hooks"]
    assert {hook["language"] for hook in hooks} == {"system"}
    entries = " ".join(hook["entry"] for hook in hooks)
    assert all(tool in entries for tool in ("ruff check", "ruff format --check", "mypy --strict", "codebook check"))


def test_pinned_requirements_name_no_index() -> None:
    for name in ("requirements.txt", "requirements-test.txt"):
        lines = (PROJECT_ROOT / name).read_text(encoding="utf-8").splitlines()
        pins = [line for line in lines if not line.lstrip().startswith("#")]
        assert pins and all(re.match(r"[a-z0-9-]+==\S+( ; .+)?$", line) for line in pins)


def test_every_slow_test_of_the_list_is_there() -> None:
    """A file that is renamed would otherwise become fast in silence."""
    listed = ast.literal_eval(re.findall(r"^SLOW = (\(.*?^\))", CONFTEST, flags=re.MULTILINE | re.DOTALL)[0])
    assert listed and [name for name in listed if not (PROJECT_ROOT / "tests" / name).exists()] == []
