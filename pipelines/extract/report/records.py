"""Records: the facts and numbers of one report, as `extract` returns them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

SENTENCE_ENDS = "。！？!?\n"  # for whoever asks whether two figures stand in one sentence
BEFORE, BEHIND = 30, 15  # characters of context around an unclassified number


@dataclass(slots=True)
class Fact:
    """One figure stated by a report, in offsets of the stored text; fields as in the table fact_indicator."""

    metric_code: str
    value: float
    unit: str
    unit_raw: str
    qualifier: str
    value_low: float | None
    value_high: float | None
    role: str  # total, subset, repeat
    subset_of: int | None  # index into Extraction.facts
    period: str
    months: int  # how many months `period` covers
    period_start: int  # its first and last month, 1 to 12
    period_end: int
    implicit_zero: bool
    scope: str | None  # the words that set it apart
    scope_who: str  # what they mean: concepts of the lexicon, sorted, joined by +
    scope_where: str
    scope_what: str
    scope_key: str  # who|where|what, '' if nothing sets it apart
    scope_group: str  # the same with each concept replaced by its group of related ones
    is_substitute: bool
    section: str | None
    evidence: str
    char_start: int
    char_end: int
    number_start: int
    number_end: int
    sentence: int  # which of the sentences and lines of the text, from 1
    rule_id: str
    read_as: str
    tied_with: list[str]
    confidence: float


class Number(NamedTuple):
    """One number of a report and what became of it, in offsets of the stored text."""

    char_start: int
    char_end: int
    text: str
    value: float | None
    unit_raw: str | None
    disposition: str
    fact: int | None = None  # index into Extraction.facts
    context: str | None = None  # the words around it, where it is unclassified


@dataclass(slots=True)
class Extraction:
    """All facts and all numbers of one report, in order of appearance."""

    facts: list[Fact] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
