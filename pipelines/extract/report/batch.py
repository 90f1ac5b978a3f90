"""Batches: a frame of documents in, frames of facts and numbers out.

Here belong the columns of the stage tables `facts` and `numbers`. Pure like the engine: the same function serves one
file, a batch of the nightly run and a partition on another machine. Rows come out in the order of the documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from pipelines.codebook.compile import Codebook
from pipelines.extract.report.engine import ENGINE_VERSION, read_report
from pipelines.extract.report.records import Extraction
from pipelines.extract.report.rows import Facts, Numbers, extend, fact_columns, number_columns

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
    "months": pl.Int32(),
    "implicit_zero": pl.Boolean(),
    "section": pl.String(),
    "evidence": pl.String(),
    "char_start": pl.Int64(),
    "char_end": pl.Int64(),
    "number_start": pl.Int64(),
    "number_end": pl.Int64(),
    "sentence": pl.Int32(),
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
    "context": pl.String(),
}


def extract_frame(
    documents: pl.DataFrame, codebook: Codebook, *, remember: bool = True
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Facts and numbers of a batch.

    documents: report_id String, text String, furniture List(Struct(start, end, ...)), report_year Int32 or null;
    remember: as for `extract`.
    Returns frames with FACT_SCHEMA and NUMBER_SCHEMA.
    """
    numbers, facts = Numbers(), Facts()
    ids: list[str] = []
    totals: list[str | None] = []
    shown: list[str | None] = []
    of_facts: list[str] = []
    of_numbers: list[str] = []
    columns = documents.select("report_id", "text", "furniture", "report_year")
    for report_id, text, furniture, year in columns.iter_rows():
        spans = [(span["start"], span["end"]) for span in furniture or ()]
        own_numbers, own_facts = read_report(text or "", spans, year, codebook, remember=remember)
        own = _fact_ids(report_id, [stated.metric for stated in own_facts.stated], own_facts.number_start)
        totals += [None if fact is None else own[fact] for fact in own_facts.subset_of]
        shown += [None if fact is None else own[fact] for fact in own_numbers.fact]
        ids += own
        of_facts += [report_id] * len(own)
        of_numbers += [report_id] * len(own_numbers.text)
        extend(numbers, own_numbers)
        extend(facts, own_facts)
    named = fact_columns(facts, codebook) | {"fact_id": ids, "report_id": of_facts, "subset_of": totals}
    versions = {"codebook_version": codebook.version, "engine_version": ENGINE_VERSION}
    fact_frame = _frame(named, FACT_SCHEMA, versions)
    number_frame = _frame(number_columns(numbers) | {"report_id": of_numbers, "fact_id": shown}, NUMBER_SCHEMA, {})
    return fact_frame, number_frame


def fact_ids(report_id: str, result: Extraction) -> list[str]:
    """A unique, stable name for each fact: report, indicator, place of the number; counted where these coincide."""
    facts = result.facts
    return _fact_ids(report_id, [fact.metric_code for fact in facts], [fact.number_start for fact in facts])


def _fact_ids(report_id: str, metrics: Iterable[str], starts: Iterable[int]) -> list[str]:
    names = [f"{report_id}:{metric}:{start}" for metric, start in zip(metrics, starts, strict=True)]
    if len(set(names)) == len(names):
        return names
    seen: Counter[str] = Counter()
    ids = []
    for name in names:
        seen[name] += 1
        ids.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    return ids


def _frame(
    columns: Mapping[str, Sequence[Any]], schema: Mapping[str, pl.DataType], same: Mapping[str, str]
) -> pl.DataFrame:
    """The columns of a schema; `same` has those in which all rows are the same."""
    frame = pl.DataFrame([pl.Series(name, columns[name], dtype) for name, dtype in schema.items() if name not in same])
    return frame.with_columns(**{name: pl.lit(value) for name, value in same.items()}).select(list(schema))
