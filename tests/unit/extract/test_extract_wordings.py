"""Indicators as many writers word them: each tuned sentence is read as labelled, and of those apart as many as before.

A subject has two files in `wordings`, one for each set. The labels were written before the engine read the sentences.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipelines.codebook.load import load_codebook
from pipelines.extract.report.engine import extract

WORDINGS = Path(__file__).with_name("wordings")
# How many of the 25 sentences apart are read right; raise it when it is passed, never lower it.
RIGHT_APART = {"limits": 25, "petition_publicity": 19, "training": 21}


def read_set(subject: str, name: str) -> dict[str, Any]:
    return tomllib.loads((WORDINGS / f"{subject}_{name}.toml").read_text(encoding="utf-8"))


def figures(text: str, indicators: list[str]) -> list[str]:
    """The figures that count: no repeats, no parts of a total of their indicator, no needless substitutes."""
    facts = extract(text, (), 2024, load_codebook()).facts
    stated = {fact.metric_code for fact in facts if not fact.is_substitute}
    return sorted(
        f"{fact.metric_code} {fact.value:g}" + (f" {fact.qualifier}" if fact.qualifier != "exact" else "")
        for fact in facts
        if fact.metric_code in indicators
        and fact.role != "repeat"
        and (fact.subset_of is None or facts[fact.subset_of].metric_code != fact.metric_code)
        and not (fact.is_substitute and fact.metric_code in stated)
    )


def is_right(case: dict[str, Any], indicators: list[str]) -> bool:
    return figures(case["text"], indicators) == sorted(case["figures"])


def tuned() -> list[Any]:
    return [
        pytest.param(
            case,
            wordings["indicators"],
            id=f"{subject}-{number}",
            marks=[pytest.mark.xfail(reason=case["misread"], strict=True)] if "misread" in case else [],
        )
        for subject in RIGHT_APART
        for wordings in [read_set(subject, "tuned")]
        for number, case in enumerate(wordings["case"], 1)
    ]


@pytest.mark.parametrize(("case", "indicators"), tuned())
def test_tuned_sentences_are_read_as_labelled(case: dict[str, Any], indicators: list[str]) -> None:
    assert figures(case["text"], indicators) == sorted(case["figures"]), case["text"]


@pytest.mark.parametrize("subject", RIGHT_APART)
def test_as_many_sentences_apart_are_right_as_before(subject: str) -> None:
    wordings = read_set(subject, "apart")
    assert len(wordings["case"]) == 25
    right = sum(is_right(case, wordings["indicators"]) for case in wordings["case"])
    assert right >= RIGHT_APART[subject], f"{right} of 25 are read right"


@pytest.mark.parametrize("subject", RIGHT_APART)
def test_labels_name_the_indicators_of_their_subject(subject: str) -> None:
    sets = [read_set(subject, name) for name in ("tuned", "apart")]
    named = {figure.split()[0] for wordings in sets for case in wordings["case"] for figure in case["figures"]}
    assert [set(wordings["indicators"]) for wordings in sets] == [named, named]


def test_every_file_of_wordings_is_read() -> None:
    assert {path.stem for path in WORDINGS.glob("*.toml")} == {
        f"{subject}_{name}" for subject in RIGHT_APART for name in ("tuned", "apart")
    }
