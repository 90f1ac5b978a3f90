"""What each command does first: folders that are assumed are named, and the log goes to stderr."""

import logging
from pathlib import Path

import pytest

from pipelines import paths
from pipelines.cli.commands import main
from pipelines.cli.environment import load_settings, set_up_logging

LINE = "nothing new below"


@pytest.fixture
def _fresh_logger(monkeypatch: pytest.MonkeyPatch) -> None:
    logger = logging.getLogger("pipelines")
    monkeypatch.setattr(logger, "handlers", [])
    monkeypatch.setattr(logger, "level", logging.NOTSET)
    monkeypatch.delenv("FAZHI_LOG", raising=False)


def shown(capsys: pytest.CaptureFixture[str]) -> list[str]:
    log = logging.getLogger("pipelines.stage.documents")
    for level in (logging.DEBUG, logging.INFO, logging.WARNING):
        log.log(level, LINE)
    out, err = capsys.readouterr()
    assert out == ""
    return err.splitlines()


@pytest.mark.usefixtures("_fresh_logger")
def test_only_warnings_are_shown_unless_more_is_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up_logging(verbose=False)
    assert shown(capsys) == [f"fazhi: {LINE}"]
    monkeypatch.setenv("FAZHI_LOG", "info")
    set_up_logging(verbose=False)
    info, warning = shown(capsys)
    assert info.endswith(f"INFO pipelines.stage.documents: {LINE}") and "WARNING" in warning
    set_up_logging(verbose=True)
    assert len(shown(capsys)) == 3
    monkeypatch.setenv("FAZHI_LOG", "error")
    set_up_logging(verbose=False)
    assert shown(capsys) == []


@pytest.mark.usefixtures("_fresh_logger")
def test_the_command_takes_verbose_and_refuses_a_level_that_is_none(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["--verbose"]) == 0
    assert logging.getLogger("pipelines").level == logging.DEBUG
    capsys.readouterr()
    monkeypatch.setenv("FAZHI_LOG", "loud")
    assert main(["sql", "SELECT 1"]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", "fazhi: FAZHI_LOG is 'loud', expected one of debug, info, warning, error\n")


def test_an_installed_fazhi_names_the_folders_that_a_command_uses_and_nobody_gave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(paths, "IN_CHECKOUT", False)
    for name in ("FAZHI_RAW", "FAZHI_WAREHOUSE", "DAGSTER_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def lines(*uses: str, **given: str) -> list[str]:
        load_settings(*uses, **given)
        return [line.split(" is ")[0] for line in capsys.readouterr().err.splitlines()]

    assert lines() == []
    assert lines("raw", "warehouse") == ["fazhi: raw folder", "fazhi: warehouse folder"]
    assert lines("raw", "warehouse", raw="here") == ["fazhi: warehouse folder"]
    monkeypatch.setenv("FAZHI_WAREHOUSE", "there")
    assert lines("warehouse") == []
