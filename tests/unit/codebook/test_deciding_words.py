"""`fazhi codebook words`: which words of `without` lists change a fact of some text when they go."""

import shutil
from pathlib import Path

import pytest

from pipelines.cli.commands import main
from pipelines.codebook.compile import compile_codebook
from pipelines.codebook.load import load_codebook
from pipelines.codebook.rule_files import read_files
from pipelines.extract.report.engine import extract
from pipelines.paths import RULES_DIR
from pipelines.report.deciding_words import without_words

RULE = """
[[indicator]]
code = "circuit_court_hearings"
name_en = "Hearings"
name_zh = "巡回审判"
unit = "场"
units = ["@times"]
kind = "flow"
aggregation = "sum"
definition = "x"
definition_zh = "x"
counts = "x"
excludes = "x"

[[indicator.rule]]
head = ["巡回审判"]
without = ["旁听", "观摩", "彩排", "@attend"]

[[indicator.example]]
text = "巡回审判4次。"
value = 4

[[indicator.example]]
text = "巡回审判5次。"
value = 5

[[indicator.counter_example]]
text = "彩排巡回审判2次。"
why = "x"
"""


def test_a_word_decides_where_a_fact_appears_without_it(tmp_path: Path) -> None:
    rules = Path(shutil.copytree(RULES_DIR, tmp_path / "rules"))
    with (rules / "legal_service.toml").open("a", encoding="utf-8") as file:
        file.write(RULE)
    files = read_files(rules)
    # two words bar the rule in the second text, so that neither decides there; the third holds no figure of the rule
    texts = [("彩排巡回审判2次。", 2024), ("观摩并彩排巡回审判3次。", 2024), ("观摩巡回审判,旁听30人。", 2024)]
    found = {one.word: one.decides for one in without_words(files, texts) if one.rule_id == "circuit_court_hearings.1"}
    assert found == {"旁听": 0, "观摩": 0, "彩排": 1, "@attend": 0}
    (one,) = [one for one in without_words(files, [("收听巡回审判7次。", 2024)]) if one.decides]
    assert (one.rule_id, one.word, one.example) == ("circuit_court_hearings.1", "@attend", "收听巡回审判7次。")


def test_a_bit_for_each_word_reads_the_same() -> None:
    files = read_files()
    by_word = compile_codebook(files, bit_a_word=True)
    for entry in files.indicators[::4]:
        for example in (*entry.example[:2], *entry.counter_example[:2]):
            text = str(example.text)  # type: ignore[attr-defined]
            assert extract(text, (), 2024, by_word) == extract(text, (), 2024, load_codebook())


def test_the_command_shows_what_decides_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("全年调解矛盾纠纷36件。", encoding="utf-8")
    assert main(["codebook", "words", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    *rows, last = out.strip().splitlines()
    idle = int(last.split(" words, ")[1].split()[0])
    assert 0 < idle < int(last.split()[0])
    assert "texts that it decides" in out and len(rows) >= idle
