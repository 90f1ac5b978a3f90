"""What is read of the labelled texts, number by number and fact by fact: readings_kept.txt.

The labels say what is right, and their scores have floors (tests/integration/test_gold.py). This notices any change of
a reading, also of a number that is no fact. Whoever means it writes the file again and looks at the difference:

    PYTHONPATH=.:tests/fixtures python tests/unit/extract/test_readings_kept.py
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from table_fixture import file_of, read_cases

from pipelines.codebook.load import load_codebook
from pipelines.extract.report.engine import Extractor
from pipelines.extract.report.records import Fact
from pipelines.paths import PROJECT_ROOT
from pipelines.read.formats import html

GOLD = PROJECT_ROOT / "tests" / "gold"
KEPT = Path(__file__).with_name("readings_kept.txt")
TABLES = Path(__file__).with_name("tables")
Text = tuple[str, int]  # a text and the year that it is on


@cache
def texts() -> dict[str, Text]:
    """The labelled texts of whole sets, those of the largest set that hold a table, and tables of web pages."""
    found = {}
    for name in ("dev", "fresh", "full", "openings", "tuned"):
        for path in sorted((GOLD / name).glob("*.txt")):
            text = path.read_text(encoding="utf-8")
            if name != "tuned" or "|" in text:
                year = json.loads(path.with_suffix(".json").read_bytes())["report_year"]
                found[f"{name}/{path.stem}"] = text, year
    for name in ("tuned", "apart"):
        for at, case in enumerate(read_cases(TABLES / f"{name}.txt"), 1):
            if case.kind.startswith("html"):
                found[f"tables/{name}/{at}"] = html.read(file_of(case)[1], "a.html").text, 2024
    return found


@cache
def extractor() -> Extractor:
    return Extractor(load_codebook())


def reading(name: str) -> Iterator[str]:
    """The lines for a text: each number with what became of it, each fact with all that is known of it."""
    text, year = texts()[name]
    found = extractor().extract(text, (), year)
    for number in found.numbers:
        yield f"{number.char_start} {text[number.char_start : number.char_end]} {number.disposition}"
    for at, fact in enumerate(found.facts):
        yield f"{at}: {shown(fact)}"


def shown(fact: Fact) -> str:
    """A fact in one line; what most facts have in common is left out."""
    bounds = "" if fact.value_low == fact.value == fact.value_high else f" [{fact.value_low}, {fact.value_high}]"
    words = [
        f"{fact.metric_code} {fact.value:g} {fact.unit}{bounds}",
        "" if fact.qualifier == "exact" else fact.qualifier,
        f"{fact.number_start}-{fact.number_end} in {fact.char_start}-{fact.char_end}, sentence {fact.sentence}",
        "" if fact.role == "total" else f"{fact.role} of {fact.subset_of}",
        "" if fact.period == "year" else f"{fact.period} {fact.period_start}-{fact.period_end}",
        f"{fact.scope} = {fact.scope_key} of {fact.scope_group}" if fact.scope_key or fact.scope else "",
        "substitute" if fact.is_substitute else "",
        "implicit zero" if fact.implicit_zero else "",
        f"{fact.rule_id} by {fact.read_as}, {fact.confidence:g}",
        " or ".join(fact.tied_with),
        f"under {fact.section}" if fact.section else "",
    ]
    return "; ".join(word for word in words if word)


@cache
def kept() -> dict[str, list[str]]:
    """The lines that are kept, by the name of their text."""
    blocks = (block.splitlines() for block in KEPT.read_text(encoding="utf-8").split("\n\n"))
    return {name.removeprefix("# "): lines for name, *lines in blocks}


def test_each_text_has_its_readings() -> None:
    assert list(kept()) == list(texts())


@pytest.mark.parametrize("name", list(texts()))
def test_a_text_is_read_as_before(name: str) -> None:
    assert list(reading(name)) == kept()[name]


if __name__ == "__main__":
    made = ("\n".join([f"# {name}", *reading(name)]) for name in texts())
    KEPT.write_text("\n\n".join(made) + "\n", encoding="utf-8")
