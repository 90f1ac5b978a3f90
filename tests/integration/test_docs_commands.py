"""Each command that a page of docs/ shows as a line of its own is run as it stands.

Commands that serve or fetch are only parsed: tests of their own run them. `test_readme.py` runs those of the README.
"""

from __future__ import annotations

import re
import shlex
import shutil
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from pipelines.cli.commands import fazhi, main
from pipelines.paths import PROJECT_ROOT

if TYPE_CHECKING:
    from release_fixture import Built

pytest_plugins = ("release_fixture",)

# `web`, `ui`, `scheduler` and `worker` serve until they are stopped, `fetch`, `discover`, `sources` need sites, `map`
# boundaries, `publish` a bucket, `run` is run for the fixture
ONLY_PARSED = {"web", "ui", "scheduler", "worker", "fetch", "discover", "sources", "map", "publish", "run"}
RELEASES = ("20240301T000000Z-old", "20240302T000000Z-new")


def commands() -> list[tuple[str, str]]:
    """(page, command) of every line that begins with `fazhi`, indented or behind a `$`; an open quote goes on."""
    found = []
    for page in sorted((PROJECT_ROOT / "docs").glob("*.md")):
        lines = iter(page.read_text(encoding="utf-8").splitlines())
        for line in lines:
            if match := re.match(r"(?:    |\$ )(fazhi .*)", line):
                command = match[1]
                while command.count('"') % 2:
                    command += "\n" + next(lines).strip().removeprefix("> ")
                found.append((page.name, command))
    return found


@pytest.fixture(scope="module")
def warehouse(bundled_warehouse: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with two releases, in a folder beside which the commands may write."""
    folder = tmp_path_factory.mktemp("docs") / "warehouse"
    (folder / "releases").mkdir(parents=True)
    for day, name in enumerate(RELEASES, start=1):
        path = folder / "releases" / f"{name}.duckdb"
        shutil.copyfile(bundled_warehouse.folder / "fazhi.duckdb", path)
        with closing(duckdb.connect(str(path))) as con:
            con.execute(f"UPDATE release SET release_id = '{name}', built_at = TIMESTAMP '2024-03-0{day}'")
    (folder / "fazhi.duckdb").hardlink_to(path)
    return folder


def test_there_are_commands_on_many_pages() -> None:
    assert {"exports.md", "releases.md", "corrections.md", "fetching.md", "workbench.md"} <= {
        page for page, _ in commands()
    }


@pytest.mark.parametrize(("page", "command"), commands(), ids=lambda text: " ".join(text.split())[:50])
def test_a_command_of_a_page_does_what_it_shows(
    page: str, command: str, warehouse: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name, *arguments = shlex.split(command, comments=True)[1:]
    monkeypatch.chdir(warehouse.parent)
    Path("PATH").touch()  # a file that a page names so
    if name in ONLY_PARSED:
        with fazhi.commands[name].make_context(name, arguments):
            return
    monkeypatch.setenv("FAZHI_WAREHOUSE", str(warehouse))
    assert main([name, *arguments]) == 0, (page, capsys.readouterr().err)
