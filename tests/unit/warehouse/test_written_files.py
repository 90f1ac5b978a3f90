"""A broken file that people write stops a run before anything is built, with one line."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.assets.run_job import Made, StepFailed, run_job
from pipelines.cli.commands import main
from pipelines.codebook.rule_files import read_files
from pipelines.definitions import defs
from pipelines.paths import PROJECT_ROOT, RULES_DIR
from pipelines.settings import Settings
from pipelines.warehouse.checks import CHECKS_DIR, load_checks

SITE = '[[site]]\nid = "a"\nname = "石浦镇"\ndivision = "330225101"\nstart = "https://x.example/"\nkind = "rss"\n'
Break = Callable[[str], str]


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A raw folder with one report."""
    folder = tmp_path / "raw"
    folder.mkdir()
    shutil.copy(PROJECT_ROOT / "raw" / "reports" / "000_93218b18956667ca.txt", folder)
    return folder


@pytest.fixture
def break_file(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Break:
    """Put a mistake into one of the files, and give the line that must be shown."""

    def codebook() -> str:
        rules = Path(shutil.copytree(RULES_DIR, tmp_path / "rules"))
        text = (rules / "training.toml").read_text(encoding="utf-8")
        (rules / "training.toml").write_text(text.replace('kind = "flow"', 'kind = "flux"', 1), encoding="utf-8")
        monkeypatch.setattr("pipelines.warehouse.written_files.load_codebook", lambda: read_files(rules))
        where = f"{rules / 'training.toml'}, indicator study_center_group_sessions, kind"
        return f"{where}: found 'flux', allowed 'flow', 'stock' or 'rate'"

    def sites() -> str:
        (raw / "sources.toml").write_text(SITE, encoding="utf-8")
        return f"{raw / 'sources.toml'}, site a, kind: found 'rss', allowed 'html', 'json' or 'sitemap'"

    def bounds() -> str:
        folder = Path(shutil.copytree(CHECKS_DIR, tmp_path / "checks"))
        path = folder / "coverage.toml"
        path.write_text(path.read_text(encoding="utf-8").replace("warns = ", "warnz = ", 1), encoding="utf-8")
        monkeypatch.setattr("pipelines.warehouse.written_files.load_checks", lambda: load_checks(folder))
        keys = "reason, warns, blocks, of_at_least, parameters"
        return f"{path}, bound, warnz: found an unknown key, allowed {keys}; did you mean warns?"

    return lambda name: {"codebook": codebook, "sites": sites, "bounds": bounds}[name]()


@pytest.mark.parametrize("name", ["codebook", "sites", "bounds"])
def test_the_command_ends_with_the_line_and_builds_nothing(
    name: str, break_file: Break, raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = break_file(name)
    assert main(["run", "--raw", str(raw), "--warehouse", str(tmp_path / "wh")]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"fazhi: {line}\n")
    assert [path for path in (tmp_path / "wh").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["codebook", "sites", "bounds"])
def test_a_run_that_dagster_starts_makes_no_asset_and_says_the_line(
    name: str, break_file: Break, raw: Path, tmp_path: Path
) -> None:
    line = break_file(name)
    settings = Settings.load(str(raw), str(tmp_path / "wh"), environ={"DAGSTER_HOME": str(tmp_path / "home")})
    settings.check_folders()
    events: list[Made | StepFailed] = []
    result = run_job(defs, settings, events.append)
    assert not result.is_done
    assert [event for event in events if isinstance(event, Made)] == []
    assert any(isinstance(event, StepFailed) and line in event.reason for event in events)
    assert not settings.stage_dir.exists()
