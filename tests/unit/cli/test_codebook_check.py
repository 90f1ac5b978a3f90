"""`fazhi codebook check` without a folder holds every TOML file of the project against its schema."""

import shutil
from pathlib import Path

import pytest

from pipelines.cli.commands import main
from pipelines.paths import SQL_DIR, Folders
from pipelines.report import chart_files


def check(capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    code = main(["codebook", "check"])
    return code, capsys.readouterr().err.splitlines()


def test_a_mistake_in_the_list_of_sites_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FAZHI_RAW", str(tmp_path))
    assert check(capsys) == (0, [])
    (tmp_path / "sources.toml").write_text("[[site]]\nid = 7\n", encoding="utf-8")
    code, (line,) = check(capsys)
    assert code == 2 and line.startswith(f"fazhi: {tmp_path / 'sources.toml'}, ") and "found 7" in line


@pytest.mark.parametrize(
    ("name", "key"), [("marts/township_year.toml", "grain"), ("charts/headline_distributions.toml", "title")]
)
def test_a_mistake_in_a_description_is_one_line(
    name: str, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "sql"
    shutil.copytree(SQL_DIR, copy)
    monkeypatch.setattr(Folders, "sql_dir", copy)
    monkeypatch.setattr(chart_files, "CHARTS_DIR", copy / "charts")
    chart_files.chart_file.cache_clear()
    assert check(capsys) == (0, [])
    chart_files.chart_file.cache_clear()
    path = copy / name
    path.write_text(f"{key}_ = 1\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    code, (line,) = check(capsys)
    assert code == 2 and str(path) in line and f"{key}_" in line
