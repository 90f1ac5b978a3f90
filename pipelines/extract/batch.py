"""Batches: a frame of documents in, frames of facts and numbers out.

Here belong the columns of the stage tables `facts` and `numbers`. Pure like the engine: the same function serves one
file, a batch of the nightly run and a partition on another machine. Rows come out in the order of the documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import polars as pl

from pipelines.extract.codebook import Codebook
from pipelines.extract.engine import ENGINE_VERSION, extract
from pipelines.extract.facts import Extraction

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


def extract_frame(documents: pl.DataFrame, codebook: Codebook) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Facts and numbers of a batch.

    documents: report_id String, text String, furniture List(Struct(start, end, ...)), report_year Int32 or null.
    Returns frames with FACT_SCHEMA and NUMBER_SCHEMA.
    """
    facts: list[dict[str, Any]] = []
    numbers: list[dict[str, Any]] = []
    for report_id, text, furniture, year in documents.select(
        "report_id", "text", "furniture", "report_year"
    ).iter_rows():
        spans = [(span["start"], span["end"]) for span in furniture or ()]
        result = extract(text or "", spans, year, codebook)
        ids = fact_ids(report_id, result)
        facts.extend(_fact_rows(report_id, result, ids, codebook.version))
        numbers.extend(_number_rows(report_id, result, ids))
    return pl.DataFrame(facts, schema=FACT_SCHEMA), pl.DataFrame(numbers, schema=NUMBER_SCHEMA)


def fact_ids(report_id: str, result: Extraction) -> list[str]:
    """A unique, stable name for each fact: report, indicator, place of the number; counted where these coincide."""
    seen: Counter[str] = Counter()
    ids = []
    for fact in result.facts:
        name = f"{report_id}:{fact.metric_code}:{fact.number_start}"
        seen[name] += 1
        ids.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    return ids


def _fact_rows(report_id: str, result: Extraction, ids: list[str], version: str) -> Iterable[dict[str, Any]]:
    for fact, fact_id in zip(result.facts, ids, strict=True):
        total = None if fact.subset_of is None else ids[fact.subset_of]
        named = {
            "fact_id": fact_id,
            "report_id": report_id,
            "codebook_version": version,
            "engine_version": ENGINE_VERSION,
        }
        yield asdict(fact) | named | {"subset_of": total}


def _number_rows(report_id: str, result: Extraction, ids: list[str]) -> Iterable[dict[str, Any]]:
    for number in result.numbers:
        row = {
            name: getattr(number, name)
            for name in ("char_start", "char_end", "text", "value", "unit_raw", "disposition")
        }
        yield row | {"report_id": report_id, "fact_id": None if number.fact is None else ids[number.fact]}
