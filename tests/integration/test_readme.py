"""README: its commands run and print what it shows, its flags, targets and links exist, its picture is a picture."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from pipelines.cli.commands import fazhi, main
from pipelines.paths import PROJECT_ROOT

if TYPE_CHECKING:
    from release_fixture import Built

pytest_plugins = ("release_fixture",)

PAGES = sorted([PROJECT_ROOT / "README.md", *(PROJECT_ROOT / "docs").glob("*.md")])
README = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)\n```$", README, flags=re.MULTILINE | re.DOTALL)


def sessions() -> list[tuple[str, str]]:
    """(command, what is shown below it) of each `$` line; `>` continues a command."""
    found: list[tuple[str, str]] = []
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = part.splitlines()
            rest = next((i for i, line in enumerate(lines[1:], 1) if not line.startswith("> ")), len(lines))
            command = "\n".join([lines[0], *(line[2:] for line in lines[1:rest])])
            found.append((command, "\n".join(lines[rest:])))
    return found


def plain(text: str) -> list[str]:
    """Lines without rules and blank ones, each with its words one space apart."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return [line for line in lines if line.strip("─ ")]


FAZHI = [(command, shown) for command, shown in sessions() if command.startswith("fazhi ")]


def test_there_are_a_query_and_an_extract_to_see() -> None:
    assert {command.split()[1] for command, _ in FAZHI} >= {"sql", "extract"}


@pytest.mark.parametrize(("command", "shown"), FAZHI, ids=[" ".join(command.split())[:40] for command, _ in FAZHI])
def test_a_command_prints_what_is_shown(
    command: str,
    shown: str,
    bundled_warehouse: Built,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(PROJECT_ROOT)
    monkeypatch.setenv("FAZHI_WAREHOUSE", str(bundled_warehouse.folder))
    assert main(shlex.split(command)[1:]) == 0
    assert plain(capsys.readouterr().out) == plain(shown)


def test_the_end_of_a_run_is_as_shown(bundled_warehouse: Built) -> None:
    (shown,) = [block for block in blocks("text") if block.startswith("Accepted reports")]
    printed = plain(bundled_warehouse.printed)
    (end,) = [at for at, line in enumerate(printed) if line.startswith("release: ") and line.endswith(".duckdb")]
    assert printed[printed.index("Accepted reports") : end] == plain(shown)
    assert re.match(r"\d warnings?; `fazhi ui` shows", printed[end + 1])


def test_a_query_file_can_be_asked_the_way_it_is_told(
    bundled_warehouse: Built, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (name,) = re.findall(r'`fazhi sql -- "\$\(cat (\S+)\)"`', README)
    monkeypatch.setenv("FAZHI_WAREHOUSE", str(bundled_warehouse.folder))
    assert main(["sql", "--", (PROJECT_ROOT / name).read_text(encoding="utf-8")]) == 0
    assert "法律明白人" in capsys.readouterr().out


def test_every_make_target_exists() -> None:
    makefile = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?:^\$ |`)make ([a-z]+)", README, flags=re.MULTILINE))
    assert {"run", "test", "ui"} <= targets
    assert targets <= set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_and_flag_exists(page: Path) -> None:
    for line in re.findall(r"(?:`|^\$ )fazhi ([^`\n]+)", page.read_text(encoding="utf-8"), flags=re.MULTILINE):
        command = fazhi.commands.get(line.split()[0])
        assert command is not None, f"{page.name} names `fazhi {line}`"
        known = {name for option in command.params if isinstance(option, click.Option) for name in option.opts}
        assert set(re.findall(r"(?<=\s)--[a-z-]+", line)) <= known, f"{page.name} names `fazhi {line}`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "#")):
            assert (page.parent / target.partition("#")[0]).exists(), f"{page.name} links to {target}"


def test_the_picture_is_a_png_of_a_size_to_read_and_to_load() -> None:
    data = (PROJECT_ROOT / "docs" / "images" / "asset-graph.png").read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width = int.from_bytes(data[16:20], "big")
    assert width >= 1500 and len(data) < 600_000


def test_the_licence_is_named_and_whole() -> None:
    licence = (PROJECT_ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Version 2.0, January 2004" in licence and "END OF TERMS AND CONDITIONS" in licence
    assert "Copyright The fazhi authors" in licence
    assert "[Apache-2.0](LICENSE)" in README
