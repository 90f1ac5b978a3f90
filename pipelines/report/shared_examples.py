"""Sentences that stand in several examples of the codebook: where no reading serves all of them, they contradict."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from pipelines.build.toml_file import SchemaError, mistake, shown
from pipelines.codebook.compile import compile_codebook
from pipelines.codebook.schema import CodebookFiles
from pipelines.extract.report.engine import Extractor
from pipelines.extract.report.records import Extraction
from pipelines.numerals.fold import fold

_NOT_SAID = re.compile(r"\s+|[。;,]+\s*$")
Figures = list[tuple[float, str]]


class Claim(NamedTuple):
    """What an example says of its sentence: which figures its indicator has; of a counter-example none."""

    file: str
    code: str
    kind: str  # example or counter_example
    text: str
    year: int
    figures: Figures

    @property
    def where(self) -> str:
        """The entry and the kind of example, as messages name them."""
        return f"indicator {self.code}, {self.kind}"


def own_figures(result: Extraction, code: str) -> Figures:
    """(value, qualifier) of an indicator's figures, sorted, without parts of a total of the same indicator."""
    facts = result.facts
    parts = {id(f) for f in facts if f.subset_of is not None and facts[f.subset_of].metric_code == f.metric_code}
    return sorted((f.value, f.qualifier) for f in facts if f.metric_code == code and id(f) not in parts)


def check_shared_examples(files: CodebookFiles, folder: Path) -> None:
    """Raise SchemaError where a sentence stands in several examples and is not read as each of them says.

    Both may be right by themselves; the rules serve one of them at most. An example whose sentence stands nowhere else
    is left to the tests.
    """
    extractor = Extractor(compile_codebook(files))
    for claims in _same_sentences(files):
        result = extractor.extract(claims[0].text, (), claims[0].year)
        wrong = next((claim for claim in claims if own_figures(result, claim.code) != claim.figures), None)
        if wrong is not None:
            raise _contradiction(folder, wrong, next(claim for claim in claims if claim is not wrong))


def _same_sentences(files: CodebookFiles) -> list[list[Claim]]:
    """The claims about each sentence that stands in the examples more than once, in reports of one year."""
    found: dict[tuple[str, int], list[Claim]] = defaultdict(list)
    for family, file in files.families.items():
        for entry in file.indicator:
            claims = [
                Claim(
                    family, entry.code, "example", one.text, one.year, sorted((v, one.qualifier) for v in one.figures)
                )
                for one in entry.example
            ]
            claims += [
                Claim(family, entry.code, "counter_example", one.text, one.year, []) for one in entry.counter_example
            ]
            for claim in claims:
                found[_NOT_SAID.sub("", fold(claim.text)), claim.year].append(claim)
    return [claims for claims in found.values() if len(claims) > 1]


def _contradiction(folder: Path, claim: Claim, other: Claim) -> SchemaError:
    found = f"{shown(claim.text)} with {_words(claim)}"
    allowed = f"what agrees with {other.where}, in {other.file}.toml, where the same sentence has {_words(other)}"
    return mistake(folder / f"{claim.file}.toml", claim.where, found, f"{allowed}; drop or change one of the two")


def _words(claim: Claim) -> str:
    return " and ".join(f"{value:g} {qualifier}" for value, qualifier in claim.figures) or "no figure"
