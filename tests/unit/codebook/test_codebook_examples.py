"""Every example and counter-example of the codebook is a test; so is every example of a cue."""

from typing import Any

import pytest

from pipelines.codebook.load import load_codebook, read_tables
from pipelines.extract.report.engine import extract
from pipelines.extract.report.records import Extraction

_VERSION, _INDICATORS, _UNCODED, _LEXICON, _CUES = read_tables()
_YEAR = 2024


def own(result: Extraction, code: str) -> list[tuple[float, str]]:
    """(value, qualifier) of an indicator's figures, without parts of a total of the same indicator."""
    facts = result.facts
    parts = {id(f) for f in facts if f.subset_of is not None and facts[f.subset_of].metric_code == f.metric_code}
    return sorted((f.value, f.qualifier) for f in facts if f.metric_code == code and id(f) not in parts)


def cases(kind: str) -> list[Any]:
    return [
        pytest.param(entry["code"], example, id=f"{entry['code']}-{number}")
        for entry in _INDICATORS
        for number, example in enumerate(entry[kind], 1)
    ]


@pytest.mark.parametrize(("code", "example"), cases("example"))
def test_example_yields_its_values(code: str, example: dict[str, Any]) -> None:
    values = example.get("values", [example.get("value")])
    qualifier = example.get("qualifier", "exact")
    result = extract(example["text"], (), example.get("year", _YEAR), load_codebook())
    assert own(result, code) == sorted((float(value), qualifier) for value in values)


@pytest.mark.parametrize(("code", "example"), cases("counter_example"))
def test_counter_example_yields_nothing(code: str, example: dict[str, Any]) -> None:
    result = extract(example["text"], (), example.get("year", _YEAR), load_codebook())
    assert own(result, code) == [], example["why"]


@pytest.mark.parametrize("cue", [pytest.param(c, id=f"{n}-{c['disposition']}") for n, c in enumerate(_CUES)])
def test_cue_example_gives_its_disposition(cue: dict[str, Any]) -> None:
    text = cue.get("example") or cue.get("example_first") or cue["example_last"]
    dispositions = [n.disposition for n in extract(text, (), _YEAR, load_codebook()).numbers]
    dispositions = [d for d in dispositions if d != "date"]
    if "example" in cue:
        assert set(dispositions) == {cue["disposition"]}
    else:
        assert dispositions[0 if "example_first" in cue else -1] == cue["disposition"]


def test_every_indicator_is_fully_described() -> None:
    assert len(_INDICATORS) == 144
    assert len({entry["code"] for entry in _INDICATORS}) == 144
    for entry in _INDICATORS:
        missing = [
            k
            for k in (
                "name_en",
                "name_zh",
                "unit",
                "units",
                "kind",
                "definition",
                "definition_zh",
                "counts",
                "excludes",
                "rule",
            )
            if not entry.get(k)
        ]
        assert not missing, f"{entry['code']} lacks {missing}"
        assert entry["kind"] in {"flow", "stock", "rate"}
        assert len(entry["example"]) >= 2, f"{entry['code']} has fewer than two examples"
        assert entry["counter_example"], f"{entry['code']} has no counter-example"


def test_evidence_of_every_example_equals_its_span() -> None:
    for entry in _INDICATORS:
        for example in entry["example"]:
            for fact in extract(example["text"], (), _YEAR, load_codebook()).facts:
                assert example["text"][fact.char_start : fact.char_end] == fact.evidence
