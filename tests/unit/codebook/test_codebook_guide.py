"""The codebook guide: its entry, added to a copy of the codebook, reads what the guide says and harms no other."""

import re
import shutil
import tomllib
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli.commands import main
from pipelines.codebook.compile import compile_codebook
from pipelines.codebook.compiled import Codebook
from pipelines.codebook.load import load_codebook
from pipelines.codebook.rule_files import read_files
from pipelines.codebook.schema import EXAMPLE_YEAR, IndicatorEntry, RuleEntry
from pipelines.extract.report.engine import extract
from pipelines.paths import PROJECT_ROOT, RULES_DIR
from pipelines.warehouse.model import connect_empty, load_specs

GUIDE = (PROJECT_ROOT / "docs" / "codebook.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)\n```$", GUIDE, flags=re.MULTILINE | re.DOTALL)


def plain(text: str) -> list[str]:
    """Lines without blank ones, each with its words one space apart."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


(ENTRY,) = [block for block in blocks("toml") if block.startswith("[[indicator]]")]
(INDICATOR,) = tomllib.loads(ENTRY)["indicator"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the codebook's files, with the guide's entry where the guide puts it."""
    copy = tmp_path_factory.mktemp("guide") / "codebook"
    shutil.copytree(RULES_DIR, copy)
    with (copy / "legal_service.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{ENTRY}\n")
    return copy


@pytest.fixture(scope="module")
def extended(folder: Path) -> Codebook:
    return compile_codebook(read_files(folder))


def values(codebook: Codebook, code: str, case: dict[str, Any]) -> list[tuple[float, str]]:
    facts = extract(case["text"], (), case.get("year", EXAMPLE_YEAR), codebook).facts
    return sorted((fact.value, fact.qualifier) for fact in facts if fact.metric_code == code)


def test_the_codebook_does_not_have_the_entry_yet() -> None:
    assert INDICATOR["code"] not in load_codebook().units


def test_the_entry_is_complete() -> None:
    (other, *_) = tomllib.loads((RULES_DIR / "legal_service.toml").read_text("utf-8"))["indicator"]
    assert set(INDICATOR) == set(other)
    assert len(INDICATOR["example"]) >= 2


@pytest.mark.parametrize("case", INDICATOR["example"], ids=lambda case: case["text"][:12])
def test_its_examples_are_read(case: dict[str, Any], extended: Codebook) -> None:
    assert values(extended, INDICATOR["code"], case) == [(case["value"], case.get("qualifier", "exact"))]


@pytest.mark.parametrize("case", INDICATOR["counter_example"], ids=lambda case: case["text"][:12])
def test_its_counter_examples_are_not(case: dict[str, Any], extended: Codebook) -> None:
    assert values(extended, INDICATOR["code"], case) == []


def test_without_is_needed_for_the_counter_example_that_the_guide_names(folder: Path, tmp_path: Path) -> None:
    path = Path(shutil.copytree(folder, tmp_path / "rules")) / "legal_service.toml"
    text = path.read_text(encoding="utf-8")
    (needed,) = [line for line in ENTRY.splitlines() if line.startswith("without = ")]
    path.write_text(text.replace(ENTRY, ENTRY.replace(needed, "")), encoding="utf-8")
    changed = compile_codebook(read_files(path.parent))
    assert values(changed, INDICATOR["code"], INDICATOR["counter_example"][0]) != []


def test_no_other_entry_reads_its_examples_differently(extended: Codebook, folder: Path) -> None:
    plain = load_codebook()
    for entry in read_files().indicators:
        for case in (*entry.example, *entry.counter_example):
            given = case.model_dump()
            assert values(extended, entry.code, given) == values(plain, entry.code, given), case.text


def test_extract_shows_what_the_guide_shows(
    extended: Codebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text, shown = blocks("text")
    (tmp_path / "hearings.txt").write_text(text, encoding="utf-8")
    monkeypatch.setattr("pipelines.stage.one_file.load_codebook", lambda: extended)
    assert main(["extract", str(tmp_path / "hearings.txt")]) == 0
    expected = plain(shown)
    assert plain(capsys.readouterr().out)[-len(expected) :] == expected


ROWS = re.findall(r"^\| ([^|`]+。) \| ([^|]+) \| ([a-z, ]*)\|$", GUIDE, flags=re.MULTILINE)


@pytest.mark.parametrize(("sentence", "figures", "read_as"), ROWS, ids=[row[0][:12] for row in ROWS])
def test_a_sentence_of_the_guide_is_read_as_it_says(sentence: str, figures: str, read_as: str) -> None:
    facts = extract(sentence, (), EXAMPLE_YEAR, load_codebook()).facts
    expected = [(code, float(value)) for code, value in re.findall(r"`([a-z_]+)` (\d+)", figures)]
    assert [(fact.metric_code, fact.value) for fact in facts] == expected
    assert list(dict.fromkeys(fact.read_as for fact in facts)) == re.findall(r"[a-z]+", read_as)


def test_the_guide_explains_every_key_of_a_rule() -> None:
    assert len(ROWS) >= 6
    section = GUIDE.partition("## The keys of a rule")[2].partition("\n## ")[0]
    keys = {field.alias or name for name, field in RuleEntry.model_fields.items()}
    assert set(re.findall(r"^\| `([a-z_]+)` \|", section, flags=re.MULTILINE)) == keys


def test_the_guide_names_every_key_of_an_entry() -> None:
    section = GUIDE.partition("## An entry")[2].partition("\n## ")[0]
    named = set(re.findall(r"`\[*(?:indicator\.)?([a-z_]+)\]*`", section))
    assert set(IndicatorEntry.model_fields) - {"rule"} <= named


def test_the_query_of_the_guide_is_one_that_a_release_answers() -> None:
    (sql,) = blocks("sql")
    with closing(connect_empty(load_specs(PROJECT_ROOT / "sql"))) as con:
        assert con.sql(sql).fetchall() == []
