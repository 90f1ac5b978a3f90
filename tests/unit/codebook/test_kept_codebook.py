"""The kept codebook is the one that its files give, and a changed rule has it compiled anew."""

import shutil
from pathlib import Path

import pytest

from pipelines.build.toml_file import SchemaError
from pipelines.codebook import load
from pipelines.codebook.compile import compile_codebook
from pipelines.codebook.compiled import Codebook
from pipelines.codebook.load import load_codebook
from pipelines.codebook.rule_files import read_files
from pipelines.extract.report.engine import extract
from pipelines.paths import PROJECT_ROOT, RULES_DIR


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the rules, a copy that a test may change; what is kept is kept below `tmp_path`."""
    folder = Path(shutil.copytree(RULES_DIR, tmp_path / "rules"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(load, "RULES_DIR", folder)
    monkeypatch.setattr("pipelines.codebook.rule_files.RULES_DIR", folder)
    return folder


def asked() -> Codebook:
    """What a new process gets."""
    return load_codebook.__wrapped__()


def test_a_kept_codebook_reads_as_a_new_one(rules: Path) -> None:
    first, second, new = asked(), asked(), compile_codebook(read_files())
    assert first == second == new and first is not second
    for path in sorted((PROJECT_ROOT / "raw" / "reports").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        assert second.tokens(text) == new.tokens(text)
        assert extract(text, [], 2024, second) == extract(text, [], 2024, new)


def test_a_kept_codebook_is_not_compiled(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked()
    monkeypatch.setattr(load, "_compile", lambda: pytest.fail("compiled again"))
    assert asked().rules


def test_a_changed_rule_counts_and_a_mistake_is_found(rules: Path) -> None:
    before = asked()
    file = rules / "training.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('name_en = "', 'name_en = "New: ', 1), encoding="utf-8")
    after = asked()
    assert after.version != before.version and after.indicators[0].name_en.startswith("New: ")
    file.write_text(text.replace('kind = "flow"', 'kind = "flux"', 1), encoding="utf-8")
    with pytest.raises(SchemaError, match="found 'flux'"):
        asked()
