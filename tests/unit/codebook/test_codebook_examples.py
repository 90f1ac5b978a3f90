"""Every example and counter-example of the codebook is a test; so is every example of a cue."""

from typing import Any, Literal

import pytest

from pipelines.codebook.load import load_codebook
from pipelines.codebook.rule_files import read_files
from pipelines.codebook.schema import EXAMPLE_YEAR, CounterExampleEntry, CueEntry, ExampleEntry
from pipelines.extract.report.engine import extract
from pipelines.report.shared_examples import own_figures

_FILES = read_files()


def cases(kind: Literal["example", "counter_example"]) -> list[Any]:
    return [
        pytest.param(entry.code, example, id=f"{entry.code}-{number}")
        for entry in _FILES.indicators
        for number, example in enumerate(getattr(entry, kind), 1)
    ]


@pytest.mark.parametrize(("code", "example"), cases("example"))
def test_example_yields_its_values(code: str, example: ExampleEntry) -> None:
    result = extract(example.text, (), example.year, load_codebook())
    assert own_figures(result, code) == sorted((value, example.qualifier) for value in example.figures)


@pytest.mark.parametrize(("code", "example"), cases("counter_example"))
def test_counter_example_yields_nothing(code: str, example: CounterExampleEntry) -> None:
    result = extract(example.text, (), example.year, load_codebook())
    assert own_figures(result, code) == [], example.why


@pytest.mark.parametrize("cue", [pytest.param(c, id=f"{n}-{c.disposition}") for n, c in enumerate(_FILES.cues.cue)])
def test_cue_example_gives_its_disposition(cue: CueEntry) -> None:
    text = cue.example or cue.example_first or cue.example_last
    dispositions = [n.disposition for n in extract(text, (), EXAMPLE_YEAR, load_codebook()).numbers]
    dispositions = [d for d in dispositions if d != "date"]
    if cue.example:
        assert set(dispositions) == {cue.disposition}
    else:
        assert dispositions[0 if cue.example_first else -1] == cue.disposition


def test_the_codebook_has_as_many_indicators_as_it_should() -> None:
    # that each is fully described, with two examples and a counter-example, is held by the schema
    assert len(_FILES.indicators) == 144


def test_evidence_of_every_example_equals_its_span() -> None:
    for entry in _FILES.indicators:
        for example in entry.example:
            for fact in extract(example.text, (), EXAMPLE_YEAR, load_codebook()).facts:
                assert example.text[fact.char_start : fact.char_end] == fact.evidence
