"""Batches: a frame of documents in, frames of facts and numbers out.

Here belong the columns of the stage tables `facts` and `numbers`. Pure like the engine: the same function serves one
file, a batch of the nightly run and a partition on another machine. Rows come out in the order of the documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from operator import attrgetter

import polars as pl

from pipelines.extract.codebook import Codebook
from pipelines.extract.engine import ENGINE_VERSION, extract
from pipelines.extract.facts import Extraction, Fact, Number

FACT_SCHEMA: dict[str, pl.DataType] = {
    "fact_id": pl.String(),
    "report_id": pl.String(),
    "metric_code": pl.String(),
    "value": pl.Float64(),
    "unit": pl.String(),
    "unit_raw": pl.String(),
    "qualifier": pl.String(),
    "value_low": pl.Float64(),
    "value_high": pl.Float64(),
    "role": pl.String(),
    "subset_of": pl.String(),
    "scope": pl.String(),
    "period": pl.String(),
    "implicit_zero": pl.Boolean(),
    "section": pl.String(),
    "evidence": pl.String(),
    "char_start": pl.Int64(),
    "char_end": pl.Int64(),
    "number_start": pl.Int64(),
    "number_end": pl.Int64(),
    "rule_id": pl.String(),
    "read_as": pl.String(),
    "confidence": pl.Float64(),
    "codebook_version": pl.String(),
    "engine_version": pl.String(),
}
NUMBER_SCHEMA: dict[str, pl.DataType] = {
    "report_id": pl.String(),
    "char_start": pl.Int64(),
    "char_end": pl.Int64(),
    "text": pl.String(),
    "value": pl.Float64(),
    "unit_raw": pl.String(),
    "disposition": pl.String(),
    "fact_id": pl.String(),
}

_VERSIONS = ("codebook_version", "engine_version")


def extract_frame(
    documents: pl.DataFrame, codebook: Codebook, *, remember: bool = True
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Facts and numbers of a batch.

    documents: report_id String, text String, furniture List(Struct(start, end, ...)), report_year Int32 or null;
    remember: as for `extract`.
    Returns frames with FACT_SCHEMA and NUMBER_SCHEMA.
    """
    facts: list[Fact] = []
    numbers: list[Number] = []
    ids: list[str] = []
    totals: list[str | None] = []
    of_facts: list[str] = []
    of_numbers: list[str] = []
    shown: list[str | None] = []
    columns = documents.select("report_id", "text", "furniture", "report_year")
    for report_id, text, furniture, year in columns.iter_rows():
        spans = [(span["start"], span["end"]) for span in furniture or ()]
        result = extract(text or "", spans, year, codebook, remember=remember)
        own = fact_ids(report_id, result)
        totals += [None if fact.subset_of is None else own[fact.subset_of] for fact in result.facts]
        shown += [None if number.fact is None else own[number.fact] for number in result.numbers]
        ids += own
        facts += result.facts
        numbers += result.numbers
        of_facts += [report_id] * len(result.facts)
        of_numbers += [report_id] * len(result.numbers)
    named: dict[str, Sequence[str | None]] = {"fact_id": ids, "report_id": of_facts, "subset_of": totals}
    fact_frame = _frame(facts, FACT_SCHEMA, named).with_columns(
        codebook_version=pl.lit(codebook.version), engine_version=pl.lit(ENGINE_VERSION)
    )
    number_frame = _frame(numbers, NUMBER_SCHEMA, {"report_id": of_numbers, "fact_id": shown})
    return fact_frame.select(list(FACT_SCHEMA)), number_frame


def fact_ids(report_id: str, result: Extraction) -> list[str]:
    """A unique, stable name for each fact: report, indicator, place of the number; counted where these coincide."""
    seen: Counter[str] = Counter()
    ids = []
    for fact in result.facts:
        name = f"{report_id}:{fact.metric_code}:{fact.number_start}"
        seen[name] += 1
        ids.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    return ids


def _frame(
    rows: Sequence[Fact] | Sequence[Number],
    schema: Mapping[str, pl.DataType],
    named: Mapping[str, Sequence[str | None]],
) -> pl.DataFrame:
    """Columns of a schema: those that are `named`, and the fields of the rows."""
    return pl.DataFrame(
        {
            name: pl.Series(name, named[name] if name in named else list(map(attrgetter(name), rows)), dtype)
            for name, dtype in schema.items()
            if name not in _VERSIONS
        }
    )
