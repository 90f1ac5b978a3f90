"""`fazhi --help`, and completion by the shell."""

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from pipelines.cli.commands import fazhi, main
from pipelines.cli.help_page import _EXAMPLES


def page(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["--help"]) == 0
    return capsys.readouterr().out


def test_no_sentence_is_cut_off(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    out = page(capsys, monkeypatch)
    words = " ".join(out.split())
    assert "..." not in out.partition("Commands:")[2]
    assert all(command.get_short_help_str(1000) in words for command in fazhi.commands.values())
    assert max(map(len, out.splitlines())) <= 80


def test_the_variables_that_matter_are_explained(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "FAZHI_RAW        folder whose files are the reports" in page(capsys, monkeypatch)


@pytest.mark.parametrize("example", [text for text, _ in _EXAMPLES])
def test_an_example_is_a_command_that_there_is(example: str) -> None:
    name, *arguments = shlex.split(example.replace('eval "$(', "").replace(')"', ""))[1:]
    with fazhi.commands[name].make_context(name, arguments):
        pass  # raises where the arguments do not suit


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    assert "_FAZHI_COMPLETE" in capsys.readouterr().out


def test_a_shell_that_is_not_known_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "tcsh"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_shell_completes_a_command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_FAZHI_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "fazhi ro")
    monkeypatch.setenv("COMP_CWORD", "1")
    with pytest.raises(SystemExit):
        main([])
    assert capsys.readouterr().out == "plain,rollback\n"


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_takes_the_script(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["completion", "bash"]) == 0
    script = tmp_path / "script"
    script.write_text(capsys.readouterr().out)
    command = ["bash", "-c", f"source '{script}' && complete -p fazhi"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))
    assert "_fazhi_completion" in done.stdout
