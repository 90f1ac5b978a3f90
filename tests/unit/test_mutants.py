"""`make mutants`: what may be drawn, and which tests a change is tried on."""

import re
from pathlib import Path

import pytest

from benchmarks import mutant_sample
from benchmarks.mutant_figure import figure_of, with_figure
from benchmarks.mutant_sample import CHECKS, Mutant, modules, mutants_of, sample
from benchmarks.mutant_tests import MOST_SECONDS, ReachedLines, imported_by
from benchmarks.mutants import _tried, keep, kept, page
from pipelines.paths import PROJECT_ROOT

SOURCE = """\
from functools import lru_cache


@lru_cache(maxsize=16)
def doubled(many: int | None, other: list[int] | None = None) -> int | None:
    _log.info("found %d", 1 + 2)
    found: int | None = many
    pairs = zip([多 for 多 in other], other, strict=True)
    return None if found is None or found == 7 else found * 2
"""


def test_what_no_test_can_see_is_not_drawn_and_all_else_is() -> None:
    found = list(mutants_of("numerals/a.py", SOURCE))
    assert {mutant.place[0] for mutant in found} == {9}
    changed = {mutant.change(SOURCE).splitlines()[8].strip() for mutant in found}
    assert {
        "return None if found is None or found == 7 else found + 2",
        "return None if found is None or found == 7 else found * 3",
        "return None if found is None and found == 7 else found * 2",
        "return None if found is not None or found == 7 else found * 2",
        "return None if found is None or found != 7 else found * 2",
    } <= changed
    assert not any("found is 7" in line or "found == None" in line for line in changed)
    assert all(mutant.change(SOURCE).count("\n") == SOURCE.count("\n") for mutant in found)


def test_a_sample_is_the_same_for_a_seed_and_has_each_place_once(tmp_path: Path) -> None:
    for module in ("numerals/a.py", "read/formats/b.py", *CHECKS):
        (tmp_path / module).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / module).write_text(SOURCE, encoding="utf-8")
    everything, places = sample(tmp_path, 1000, 1)
    assert len({(mutant.module, mutant.place) for mutant in everything}) == len(everything) == places
    assert {mutant.package for mutant in everything} == {"numerals", "read", "checks"}
    assert sample(tmp_path, 5, 1) == sample(tmp_path, 5, 1) != sample(tmp_path, 5, 2)


def test_each_package_is_there() -> None:
    found = modules(PROJECT_ROOT / "pipelines")
    assert len(found) > 100 and all((PROJECT_ROOT / "pipelines" / module).is_file() for module in found)


def test_a_change_is_tried_on_the_tests_that_reach_its_line_the_fastest_first() -> None:
    known = ReachedLines({"a": 0.2, "b": 0.1, "c": 0.3, "long": MOST_SECONDS})
    known.by_line["m.py", 3] = {"a", "b", "failed", ""}
    known.by_line["m.py", 4] = {"a", "long"}
    known.by_line["m.py", 9] = {"once"}
    known.by_module["m.py"] = {"a", "b", "c"}
    assert known.concerned("m.py", 3, 3) == ["b", "a"]
    assert known.concerned("m.py", 3, 4) == ["b", "a"]  # the long one would be too much
    assert known.concerned("m.py", 9, 9) == ["b", "a", "c"]  # a line that runs at import
    known.seconds["tests/unit/read/test_a.py::test_b"] = 0.1
    assert known.concerned("read/other.py", 3, 3) == ["tests/unit/read/test_a.py::test_b"]  # only runs at import
    assert known.concerned("build/other.py", 3, 3) == []


def test_tests_that_are_about_the_module_are_chosen_before_faster_ones() -> None:
    half = MOST_SECONDS / 2
    known = ReachedLines({"far.py::a": half - 1, "far.py::b": half, "near.py::c": half + 1, "near.py::d": 0.5})
    known.by_line["read/m.py", 3] = set(known.seconds)
    assert known.concerned("read/m.py", 3, 3) == ["near.py::d", "far.py::a", "far.py::b"]
    known.imported["near.py"] = imported_by("import pipelines.extract.n\nfrom pipelines.read.m import a, b")
    assert known.concerned("read/m.py", 3, 3) == ["near.py::d", "near.py::c"]
    known.imported["far.py"] = imported_by("from pipelines.read import m")
    assert known.concerned("read/m.py", 3, 3) == ["near.py::d", "far.py::a", "far.py::b"]
    assert imported_by("from os import path\nimport pipelines.extract.n") == {"extract/n.py"}


@pytest.mark.parametrize(("how", "share"), [("killed", "2 of 2"), ("too slow", "2 of 2"), ("no test", "1 of 2")])
def test_the_page_counts_what_no_test_reaches_as_surviving(how: str, share: str) -> None:
    mutant = Mutant("numerals/values.py", "core/AddNot", 0, (1, 0, 1, 4))
    text = page([(mutant, "killed", "a → b"), (mutant, how, "if a | b: → if not a | b:")], 9, 3, 60, "make mutants")
    assert f"**{share} are killed" in text
    assert ("| `numerals/values.py` | 1 | no test | `if a \\| b: → if not a \\| b:` |" in text) is (how == "no test")


def test_what_was_killed_is_kept_for_a_later_run_and_what_survived_is_not(tmp_path: Path) -> None:
    mutants = [Mutant("numerals/a.py", "core/NumberReplacer", at, (9, at, 9, at + 1)) for at in range(4)]
    for mutant, how in zip(mutants, ("killed", "survived", "too slow", "no test"), strict=True):
        keep(tmp_path / "kept", (mutant, how, "多 → 少"))
    assert kept(tmp_path / "kept", mutants) == [(mutants[0], "killed", "多 → 少"), (mutants[2], "too slow", "多 → 少")]
    assert [verdict[0] for verdict in kept(tmp_path / "kept", mutants[1:])] == [mutants[2]]
    assert kept(tmp_path / "nothing", mutants) == []


def test_the_page_says_how_many_were_killed_earlier() -> None:
    mutant = Mutant("numerals/a.py", "core/NumberReplacer", 0, (9, 1, 9, 2))
    assert "7 of the changes were killed in an earlier run" in page([(mutant, "killed", "")], 1, 1, 1.0, "command", 7)
    assert "earlier run" not in page([(mutant, "killed", "")], 1, 1, 1.0, "command")


def test_the_page_on_reliability_has_the_figure() -> None:
    docs = PROJECT_ROOT / "docs"
    reliability, mutants = ((docs / f"{name}.md").read_text(encoding="utf-8") for name in ("reliability", "mutants"))
    assert with_figure(reliability, mutants) == reliability
    assert re.search(r"notice: \d+ of \d+ are killed: [\d.]+ %\.", reliability)


def test_the_page_quotes_the_figure_of_another_sample() -> None:
    mutant = Mutant("numerals/a.py", "core/NumberReplacer", 0, (9, 1, 9, 2))
    other = page([(mutant, "killed", ""), (mutant, "survived", "")], 1, 1, 1.0, "python -m x --seed 4")
    both = page([(mutant, "killed", "")], 1, 1, 1.0, "python -m x --seed 3", beside=other)
    assert figure_of(both) == "1 of 1 are killed: 100.0 %."
    assert "written (`python -m x --seed 4`), 1 of 2 are killed: 50.0 %.\n" in both


def test_a_place_that_cannot_be_changed_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "pipelines" / "numerals" / "a.py"
    module.parent.mkdir(parents=True)
    module.write_text(SOURCE, encoding="utf-8")

    def broken(source: str, operator: object, occurrence: int) -> str:
        raise AttributeError("'PythonNode' object has no attribute 'value'")

    monkeypatch.setattr(mutant_sample, "mutate_code", broken)
    mutant = Mutant("numerals/a.py", "core/NumberReplacer", 0, (9, 1, 9, 2))
    assert _tried(mutant, tmp_path, ReachedLines(), tmp_path / "log") is None
    assert module.read_text(encoding="utf-8") == SOURCE
