"""Evaluation: compare what the library extracts from labelled texts with their labels.

A fact is right if a label of the same report has its value and its indicator (or names it in alt_metrics). Each label
matches one fact. A fact that matches only an optional label counts neither as right nor as wrong. Every other fact is
wrong. A label whose metric starts with `other` has no code, so that no fact is expected for it. A report with
`expected_in_fact_table: false` must not be accepted.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.codebook.load import load_codebook
from pipelines.errors import FazhiError
from pipelines.extract.report.engine import Extractor
from pipelines.extract.report.records import Extraction, Fact
from pipelines.identify.gazetteer import Gazetteer
from pipelines.identify.identity import Identity, identify
from pipelines.paths import RAW, default_folder
from pipelines.read.reader import read_bytes
from pipelines.settings import Settings
from pipelines.stage.kept_gazetteer import load_gazetteer

Label = Mapping[str, Any]
Places = Mapping[str, tuple[str, str]]  # township code to the names of township and county


class GoldError(FazhiError):
    """A folder of labels cannot be used. The message says what was found and what to do."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A label without a fact (kind `missed`) or a fact without a label (kind `wrong`)."""

    document: str
    kind: str
    metric: str
    value: float
    evidence: str


@dataclass
class Score:
    """Counts for one set of labelled documents."""

    name: str
    facts: Counter[str] = field(default_factory=Counter)  # right, missed, wrong, optional, qualifier
    families: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    indicators: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    identity: Counter[str] = field(default_factory=Counter)
    numbers: Counter[str] = field(default_factory=Counter)  # by disposition
    readings: dict[tuple[str, float], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    misses: list[Miss] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of the facts found that are right, without the optional ones."""
        return self.facts["right"] / max(1, self.facts["right"] + self.facts["wrong"])

    @property
    def recall(self) -> float:
        """Share of the labelled facts that were found."""
        return self.facts["right"] / max(1, self.facts["right"] + self.facts["missed"])

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.precision * self.recall / max(1e-9, self.precision + self.recall)

    @property
    def qualifier(self) -> float:
        """Share of the right facts whose qualifier is right too."""
        return self.facts["qualifier"] / max(1, self.facts["right"])

    @property
    def unclassified(self) -> float:
        """Share of all numbers that are neither a fact nor have a named reason not to be one."""
        return self.numbers["unclassified"] / max(1, self.numbers.total())


def evaluate(gold: Path, settings: Settings) -> list[Score]:
    """A score for each folder with labels (*.json): `gold` itself or a folder below it, sorted by name.

    Raises GoldError if there is no label, or if a label has no text.
    """
    folders = sorted({path.parent for path in gold.rglob("*.json")})
    if not folders:
        raise GoldError(f"no labels (*.json) below {gold}; give a folder such as tests/gold")
    return [evaluate_files(folder.name, sorted(folder.glob("*.json")), settings) for folder in folders]


def evaluate_files(name: str, labels: Sequence[Path], settings: Settings) -> Score:
    """The score of some label files, as a set with the name `name`."""
    gazetteer, places = _places(settings.divisions_path)
    extractor = Extractor(load_codebook())
    score = Score(name)
    for path in labels:
        label, text = _load(path)
        document = read_bytes(text.read_bytes(), text.name)
        found = identify(document.text, document.furniture, document.fields, label.get("url"), None, gazetteer)
        spans = [(span.start, span.end) for span in document.furniture]
        result = extractor.extract(document.text, spans, found.report_year)
        score.numbers.update(number.disposition for number in result.numbers)
        _score_identity(score, label, found, places)
        if label.get("expected_in_fact_table", True):
            _score_facts(score, path.stem, label, result)
    return score


@cache
def _places(path: Path) -> tuple[Gazetteer, Places]:
    units = pl.read_parquet(path, columns=["township_code", "township_name", "county_name"])
    return load_gazetteer(path), {code: (township, county) for code, township, county in units.iter_rows()}


def _load(path: Path) -> tuple[Label, Path]:
    """The label at `path` and the path of its text. Raises GoldError if one of them cannot be used."""
    try:
        label = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GoldError(f"label {path} is not JSON: {error}") from error
    if not isinstance(label, dict) or "facts" not in label:
        raise GoldError(f"label {path} has no `facts`; see tests/gold/README.md for the form")
    source = label.get("source")
    text = default_folder(RAW) / "reports" / source if source else path.with_suffix(".txt")
    if not text.is_file():
        raise GoldError(f"label {path} has no text at {text}; put it there")
    return label, text


def _same(found: float, wanted: Any) -> bool:
    return wanted is not None and abs(found - float(wanted)) < 1e-6 * max(1.0, abs(float(wanted)))


def _touches(one: str, other: str) -> bool:
    return one in other or other in one


def _score_facts(score: Score, document: str, label: Label, result: Extraction) -> None:
    """Count right, missed, optional and wrong facts of one document."""
    family = {indicator.code: indicator.family for indicator in load_codebook().indicators}
    left = list(result.facts)
    for wanted in label["facts"]:
        if wanted["metric"].startswith("other"):
            continue
        codes = [wanted["metric"], *wanted.get("alt_metrics", ())]
        hits = [fact for fact in left if fact.metric_code in codes and _same(fact.value, wanted["value"])]
        # The label's own indicator comes before its alternatives, then the fact whose evidence overlaps.
        hits.sort(key=lambda f: (f.metric_code != wanted["metric"], not _touches(f.evidence, wanted["evidence"])))
        kind = "right" if hits else "missed"
        score.facts[kind] += 1
        score.families[family.get(wanted["metric"], "?")][kind] += 1
        score.indicators[hits[0].metric_code if hits else wanted["metric"]][kind] += 1
        if hits:
            left.remove(hits[0])
            score.readings[hits[0].read_as, hits[0].confidence]["right"] += 1
            score.facts["qualifier"] += hits[0].qualifier == wanted["qualifier"]
        else:
            score.misses.append(Miss(document, kind, wanted["metric"], wanted["value"], wanted["evidence"]))
    for fact in left:
        if _is_optional(fact, label):
            score.facts["optional"] += 1
            continue
        score.facts["wrong"] += 1
        score.readings[fact.read_as, fact.confidence]["wrong"] += 1
        score.families[family[fact.metric_code]]["wrong"] += 1
        score.indicators[fact.metric_code]["wrong"] += 1
        score.misses.append(Miss(document, "wrong", fact.metric_code, fact.value, fact.evidence))


def _is_optional(fact: Fact, label: Label) -> bool:
    """True if `fact` matches an optional label, or an alternative of a label that has no code."""
    optional = list(label.get("optional_facts", ()))
    for wanted in label["facts"]:
        if wanted["metric"].startswith("other"):
            optional += [{**wanted, "metric": code} for code in wanted.get("alt_metrics", ())]
    for one in optional:
        metric = str(one["metric"])
        is_same_thing = fact.metric_code == metric or metric.startswith("other")
        if (is_same_thing or _touches(fact.evidence, one["evidence"])) and _same(fact.value, one["value"]):
            return True
    return False


def _score_identity(score: Score, label: Label, found: Identity, places: Places) -> None:
    count = score.identity
    count["documents"] += 1
    if not label.get("expected_in_fact_table", True):
        count["negatives"] += 1
        count["negatives kept out"] += found.status != "accepted"
        return
    if label.get("township"):
        township, county = places.get(found.township_code or "", (None, None))
        count["places"] += 1
        count["places right"] += township == label["township"] and label.get("county") in (None, county)
        count["accepted"] += found.status == "accepted"
    for name, value in (("year", found.report_year), ("doc_number", found.doc_number)):
        wanted = label.get("report_year" if name == "year" else name)
        if wanted:
            count[f"{name}s"] += 1
            count[f"{name}s right"] += str(value or "").replace(" ", "") == str(wanted).replace(" ", "")
