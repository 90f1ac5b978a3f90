"""The schema of the codebook: each kind of mistake is one line with file, entry, key, found and allowed."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from pipelines.build.toml_file import SchemaError
from pipelines.cli.commands import main
from pipelines.codebook.load import load_codebook
from pipelines.codebook.rule_files import FAMILIES, read_files
from pipelines.codebook.schema import Aggregation
from pipelines.paths import RULES_DIR


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A copy of the project's rules, to be broken."""
    return Path(shutil.copytree(RULES_DIR, tmp_path / "rules"))


def change(rules: Path, file: str, entry: str, old: str, new: str) -> None:
    """Replace the first `old` behind the first `entry` in a file."""
    path = rules / f"{file}.toml"
    before, found, after = path.read_text(encoding="utf-8").partition(entry)
    assert found and old in after, "the test changes what the rules do not hold"
    path.write_text(before + found + after.replace(old, new, 1), encoding="utf-8")


GROUP, SUM = 'code = "study_center_group_sessions"', 'aggregation = "sum"'
MISTAKES = tomllib.loads(Path(__file__).with_name("mistakes.toml").read_text(encoding="utf-8"))["mistake"]


@pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake["line"].split(", allowed")[0] for mistake in MISTAKES])
def test_a_mistake_is_one_line_with_file_entry_key_found_and_allowed(rules: Path, mistake: dict[str, str]) -> None:
    change(rules, mistake["file"], mistake["entry"], mistake["old"], mistake["new"])
    with pytest.raises(SchemaError) as error:
        read_files(rules)
    line = mistake["line"].replace("CODES", str(len(load_codebook().indicators)))
    assert str(error.value).startswith(f"{rules / mistake['file']}.toml, {line}")
    assert "\n" not in str(error.value)


def test_more_than_32_topics_do_not_fit_into_the_bits_of_a_term(rules: Path) -> None:
    more = "\n".join(f'topic_{number} = ["词{number}"]' for number in range(32))
    change(rules, "lexicon", "[concept]", "\n[topic]\n", f"\n[topic]\n{more}\n")
    with pytest.raises(SchemaError, match=r"lexicon.toml, topic: found \d+ entries, allowed 32 at most"):
        read_files(rules)


def test_a_file_that_is_missing_or_no_toml_is_named(rules: Path) -> None:
    (rules / "safety.toml").unlink()
    with pytest.raises(SchemaError, match=r"safety.toml: found a file that cannot be read \(No such file"):
        read_files(rules)
    (rules / "safety.toml").write_text("[[indicator]\n", encoding="utf-8")
    with pytest.raises(SchemaError, match=r"safety.toml: found a file that cannot be read .*line 1"):
        read_files(rules)


def test_a_new_family_is_a_new_file_and_comes_after_the_others(rules: Path) -> None:
    text = (
        (rules / "safety.toml").read_text(encoding="utf-8").replace('"safety"', '"fire"').replace('"safety_', '"fire_')
    )
    (rules / "fire.toml").write_text(text.replace('\ncode = "', '\ncode = "fire_'), encoding="utf-8")
    files = read_files(rules)
    assert tuple(files.families) == (*FAMILIES, "fire")
    assert files.families["fire"].indicator[0].code == "fire_community_correction_persons"


def test_the_rules_of_the_project_keep_to_the_schema_and_say_it_in_the_words_of_the_closed_sets() -> None:
    written = {
        entry["aggregation"]
        for family in FAMILIES
        for entry in tomllib.loads((RULES_DIR / f"{family}.toml").read_text(encoding="utf-8"))["indicator"]
    }
    assert written == set(Aggregation.__args__)  # type: ignore[attr-defined]
    indicators = load_codebook().indicators
    assert {indicator.aggregation for indicator in indicators if indicator.kind == "rate"} == {"mean"}


# -- fazhi codebook check --


def test_check_says_in_one_line_what_a_good_codebook_holds(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], [str(rules)]):
        assert main(["codebook", "check", *arguments]) == 0
        out, err = capsys.readouterr()
        known = len(load_codebook().indicators)
        assert re.fullmatch(
            rf"{known} indicators, \d+ rules, \d+ concepts and \d+ examples: no mistake found in .+\n", out
        )
        assert err == ""


def test_check_ends_with_the_line_of_the_mistake(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(rules, "training", GROUP, SUM, 'aggregation = "mena"')
    assert main(["codebook", "check", str(rules)]) == 2
    out, err = capsys.readouterr()
    line = "indicator study_center_group_sessions, aggregation: found 'mena', allowed 'sum', 'mean' or 'max'"
    assert (out, err) == ("", f"fazhi: {rules / 'training.toml'}, {line}\n")


def test_check_of_a_folder_that_is_not_there_names_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["codebook", "check", str(tmp_path / "nowhere")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "nowhere" in line


# (indicator, kind of example, sentence, value) twice: what the second says contradicts the first
CONTRADICTIONS = [
    # two indicators claim one number
    ("study_center_group_sessions", "example", "镇党委理论学习中心组全年学法13次。", "value = 13",
     "study_leadership_sessions", "example", "镇党委理论学习中心组全年学法13次", "value = 13"),
    # one number is two figures, and one of them is denied
    ("enforcement_staff_certified", "example", "全镇16名执法人员全部持证上岗。", "value = 16",
     "enforcement_staff", "counter_example", "全镇16名执法人员全部持证上岗。", 'why = "x"'),
    # one indicator says two things, once in full-width digits
    ("hotline_received", "example", "受理12345热线工单45件。", "value = 45",
     "hotline_received", "example", "受理12345热线工单４５件。", "value = 54"),
    ("hotline_received", "example", "受理12345热线工单45件。", "value = 45",
     "hotline_received", "counter_example", "受理12345热线工单45件。", 'why = "x"'),
]  # fmt: skip


@pytest.mark.parametrize("case", CONTRADICTIONS, ids=[f"{case[4]}-{case[5]}" for case in CONTRADICTIONS])
def test_check_names_both_entries_whose_examples_contradict(
    rules: Path, capsys: pytest.CaptureFixture[str], case: tuple[str, ...]
) -> None:
    family = {entry.code: name for name, file in read_files(rules).families.items() for entry in file.indicator}
    for code, kind, text, more in (case[:4], case[4:]):
        added = f'[[indicator.{kind}]]\ntext = "{text}"\n{more}\n\n[[indicator.{kind}]]'
        change(rules, family[code], f'code = "{code}"', f"[[indicator.{kind}]]", added)
    assert main(["codebook", "check", str(rules)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    for code, kind in (case[:2], case[4:6]):
        assert f"indicator {code}, {kind}" in line and f"{family[code]}.toml" in line


def test_check_lets_indicators_share_a_sentence_that_serves_both(rules: Path) -> None:
    text = "全镇16名执法人员全部持证上岗。"
    for code in ("enforcement_staff_certified", "enforcement_staff"):
        added = f'[[indicator.example]]\ntext = "{text}"\nvalue = 16\n\n[[indicator.example]]'
        change(rules, "enforcement", f'code = "{code}"', "[[indicator.example]]", added)
    assert main(["codebook", "check", str(rules)]) == 0
