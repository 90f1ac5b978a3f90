"""The notebook runs on the bundled release, shows its three charts and the sentences, and says what is missing."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.paths import PROJECT_ROOT

if TYPE_CHECKING:
    from release_fixture import Built

pytest_plugins = ("release_fixture",)

NOTEBOOK = PROJECT_ROOT / "docs" / "notebooks" / "first_look.py"


def run(monkeypatch: pytest.MonkeyPatch, folder: Path) -> tuple[list[str], Any]:
    """What each cell shows, as HTML, and the variables; an error in any cell is raised."""
    monkeypatch.setenv("FAZHI_WAREHOUSE", str(folder))
    spec = importlib.util.spec_from_file_location("first_look", NOTEBOOK)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    outputs, variables = module.app.run()
    return [output.text for output in outputs if output is not None], variables


def test_three_charts_and_the_sentences_of_a_figure(
    bundled_warehouse: Built, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    shown, variables = run(monkeypatch, bundled_warehouse.folder)
    variables["con"].close()
    charts = [text for text in shown if text.startswith("<svg ")]
    assert len(charts) == 3
    assert "各省各年报告覆盖率" in charts[0] and "中位数" in charts[1] and "与上年相比的变化" in charts[2]
    assert any("These are few reports" in text for text in shown)
    assert not [warning for warning in recwarn if "Glyph" in str(warning.message)]
    sentences = variables["sentences"]
    assert len(sentences) > 1 and all(row["sentence"] for row in sentences)
    (table,) = [text for text in shown if "<mark>" in text]
    for row in sentences:
        assert f"{row['before']}<mark>{row['sentence']}</mark>{row['after']}" in table


def test_without_a_release_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, _ = run(monkeypatch, tmp_path)
    assert any("There is no release at" in text and "make run" in text for text in shown)
    assert not any(text.startswith("<svg ") for text in shown)


def test_the_make_target_opens_the_notebook() -> None:
    makefile = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"marimo edit --skip-update-check {NOTEBOOK.relative_to(PROJECT_ROOT)}" in makefile
