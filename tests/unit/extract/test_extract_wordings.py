"""Indicators as many writers word them: each tuned sentence is read as labelled, and of those apart as many as before.

A subject has two files in `wordings`, one for each set; the sentences apart of `kinds` and of `precision` go with the
tuned ones of `limits`. The labels were written before the engine read the sentences.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipelines.codebook.load import load_codebook
from pipelines.extract.report.engine import extract

WORDINGS = Path(__file__).with_name("wordings")
KEYS = ("figures", "parts", "accounted")  # of a case, which say what must be read of it
TUNED = ("indicators", "limits", "petition_publicity", "training")
# How many sentences apart there are, and how many of them are read right; raise it when it is passed, never lower it.
RIGHT_APART = {
    "indicators": (144, 137),
    "kinds": (68, 61),
    "limits": (25, 25),
    "petition_publicity": (25, 19),
    "precision": (24, 24),
    "training": (25, 21),
}


def read_set(subject: str, name: str) -> dict[str, Any]:
    return tomllib.loads((WORDINGS / f"{subject}_{name}.toml").read_text(encoding="utf-8"))


def figures(text: str, indicators: list[str] | None) -> dict[str, Any]:
    """The figures that count: no repeats, no parts of a total of their indicator, no needless substitutes.

    Beside them those parts, and whether every number is accounted for. indicators: the only ones that count, if given.
    """
    extraction = extract(text, (), 2024, load_codebook())
    facts = extraction.facts
    stated = {fact.metric_code for fact in facts if not fact.is_substitute}
    found: dict[str, Any] = {"figures": [], "parts": []}
    for fact in facts:
        counts = fact.role != "repeat" and not (fact.is_substitute and fact.metric_code in stated)
        if counts and (indicators is None or fact.metric_code in indicators):
            part = fact.subset_of is not None and facts[fact.subset_of].metric_code == fact.metric_code
            qualifier = f" {fact.qualifier}" if fact.qualifier != "exact" else ""
            found["parts" if part else "figures"].append(f"{fact.metric_code} {fact.value:g}{qualifier}")
    accounted = all(number.disposition != "unclassified" for number in extraction.numbers)
    return {key: sorted(values) for key, values in found.items()} | {"accounted": accounted}


def expected(case: dict[str, Any]) -> dict[str, Any]:
    return {key: sorted(value) if isinstance(value, list) else value for key, value in case.items() if key in KEYS}


def read(case: dict[str, Any], indicators: list[str] | None) -> dict[str, Any]:
    """What is read of a sentence, for the keys that it labels."""
    return {key: value for key, value in figures(case["text"], indicators).items() if key in case}


def tuned() -> list[Any]:
    return [
        pytest.param(
            case,
            wordings.get("indicators"),
            id=f"{subject}-{number}",
            marks=[pytest.mark.xfail(reason=case["misread"], strict=True)] if "misread" in case else [],
        )
        for subject in TUNED
        for wordings in [read_set(subject, "tuned")]
        for number, case in enumerate(wordings["case"], 1)
    ]


@pytest.mark.parametrize(("case", "indicators"), tuned())
def test_tuned_sentences_are_read_as_labelled(case: dict[str, Any], indicators: list[str] | None) -> None:
    assert read(case, indicators) == expected(case), case["text"]


@pytest.mark.parametrize("subject", RIGHT_APART)
def test_as_many_sentences_apart_are_right_as_before(subject: str) -> None:
    wordings, (count, least) = read_set(subject, "apart"), RIGHT_APART[subject]
    assert len(wordings["case"]) == count
    right = sum(read(case, wordings.get("indicators")) == expected(case) for case in wordings["case"])
    assert right >= least, f"{right} of {count} are read right"


@pytest.mark.parametrize("subject", ["indicators", "petition_publicity", "training"])
def test_labels_name_the_indicators_of_their_subject(subject: str) -> None:
    sets = [read_set(subject, name) for name in ("tuned", "apart")]
    named = {figure.split()[0] for wordings in sets for case in wordings["case"] for figure in case["figures"]}
    assert [set(wordings["indicators"]) for wordings in sets] == [named, named]


def test_every_file_of_wordings_is_read() -> None:
    assert {path.stem for path in WORDINGS.glob("*.toml")} == {
        *(f"{subject}_tuned" for subject in TUNED),
        *(f"{subject}_apart" for subject in RIGHT_APART),
    }
