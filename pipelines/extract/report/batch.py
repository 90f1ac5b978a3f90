"""Batches: a frame of documents in, frames of facts and numbers out.

The schemas are those of the staged tables `facts` and `numbers`. The same function serves one file, a batch of the
nightly run and a partition on another machine. Rows come out in the order of the documents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from pipelines.codebook.periods import edition_of
from pipelines.extract.report.engine import ENGINE_VERSION, Extractor
from pipelines.extract.report.fact_names import fact_ids
from pipelines.extract.report.rows import FactColumns, NumberColumns, extend

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
    "scope_who": pl.String(),
    "scope_where": pl.String(),
    "scope_what": pl.String(),
    "scope_key": pl.String(),
    "scope_group": pl.String(),
    "period": pl.String(),
    "months": pl.Int32(),
    "period_start": pl.Int32(),
    "period_end": pl.Int32(),
    "is_substitute": pl.Boolean(),
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
    "tied_with": pl.List(pl.String()),
    "confidence": pl.Float64(),
    "codebook_version": pl.String(),
    "engine_version": pl.String(),
}
EDITION_MONTHS = ("edition_start", "edition_end")
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


def extract_frame(documents: pl.DataFrame, extractor: Extractor) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Facts and numbers of a batch.

    documents: report_id String, text String, furniture List(Struct(start, end, ...)), report_year Int32 or null, and
    edition_start and edition_end, the months of the year that the report is on (Int32; null or no such columns: all).
    Returns frames with FACT_SCHEMA and NUMBER_SCHEMA.
    """
    numbers, facts = NumberColumns(), FactColumns()
    ids: list[str] = []
    totals: list[str | None] = []
    shown: list[str | None] = []
    reports_of_facts: list[str] = []
    reports_of_numbers: list[str] = []
    months = [documents[name] if name in documents.columns else [None] * documents.height for name in EDITION_MONTHS]
    columns = documents.select("report_id", "text", "furniture", "report_year").iter_rows()
    for (report_id, text, furniture, year), first, last in zip(columns, *months, strict=True):
        spans = [(span["start"], span["end"]) for span in furniture or ()]
        own_numbers, own_facts = extractor.columns(text or "", spans, year, edition_of(first, last))
        own = fact_ids(report_id, [fact.metric for fact in own_facts.facts], own_facts.number_start)
        totals += [None if fact is None else own[fact] for fact in own_facts.subset_of]
        shown += [None if fact is None else own[fact] for fact in own_numbers.fact]
        ids += own
        reports_of_facts += [report_id] * len(own)
        reports_of_numbers += [report_id] * len(own_numbers.text)
        extend(numbers, own_numbers)
        extend(facts, own_facts)
    codebook = extractor.codebook
    of_facts = facts.named(codebook) | {"fact_id": ids, "report_id": reports_of_facts, "subset_of": totals}
    of_numbers = numbers.named() | {"fact_id": shown, "report_id": reports_of_numbers}
    versions = {"codebook_version": codebook.version, "engine_version": ENGINE_VERSION}
    return _frame(of_facts, FACT_SCHEMA, versions), _frame(of_numbers, NUMBER_SCHEMA, {})


def _frame(
    columns: Mapping[str, Sequence[Any]], schema: Mapping[str, pl.DataType], same: Mapping[str, str]
) -> pl.DataFrame:
    """The columns of a schema; `same` has those in which all rows are the same."""
    frame = pl.DataFrame([pl.Series(name, columns[name], dtype) for name, dtype in schema.items() if name not in same])
    return frame.with_columns(**{name: pl.lit(value) for name, value in same.items()}).select(list(schema))
