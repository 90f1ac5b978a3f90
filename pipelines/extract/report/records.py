"""Facts and numbers: what extraction returns, and the words that open the parts of a total.

The columns that results are made of are in pipelines.extract.report.rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple


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
    months: int  # how many months `period` covers, as of `months_of`
    implicit_zero: bool
    scope: str | None
    section: str | None
    evidence: str
    char_start: int
    char_end: int
    number_start: int
    number_end: int
    sentence: int  # which of the sentences and lines of the text, from 1
    rule_id: str
    read_as: str
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
    context: str | None = None  # the words around it, where nobody could class it


@dataclass(slots=True)
class Extraction:
    """All facts and all numbers of one report, in order of appearance."""

    facts: list[Fact] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)


_PART = re.compile(r"其中|包括|包含|涵盖(?=[^,，、。;；]{0,12}(?:[0-9]|\Z))|(?<=[,，;；])含|分别[是为]")


def part_start(text: str, position: int) -> int | None:
    """Where the last 其中 or 包括 before a position of a sentence stands."""
    starts = [m.start() for m in _PART.finditer(text, 0, position)]
    return starts[-1] if starts else None
