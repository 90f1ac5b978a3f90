"""Batches: a frame of documents in, frames of facts and numbers out.

The same function serves one file, a batch of the
nightly run and a partition on another machine. Rows come out in the order of the documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter

import polars as pl

from pipelines.codebook.periods import edition_of
from pipelines.extract.report.engine import Extractor
from pipelines.extract.report.fact_names import fact_ids
from pipelines.extract.row_schemas import EDITION_MONTHS, FACT_SCHEMA, NUMBER_SCHEMA
from pipelines.versions import ENGINE_VERSION

# Characters of the texts whose rows are made at once; each takes some ten bytes meanwhile. The longest text may come on
# top. A usual batch has a million.
_LONGEST = 4_000_000


def extract_frame(documents: pl.DataFrame, extractor: Extractor) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Facts and numbers of a batch.

    documents: report_id String, text String, furniture List(Struct(start, end, ...)), report_year Int32 or null, and
    edition_start and edition_end, the months of the year that the report is on (Int32; null or no such columns: all).
    Returns frames with FACT_SCHEMA and NUMBER_SCHEMA.
    """
    parts = [_extract_part(part, extractor) for part in _parts(documents)]
    if len(parts) == 1:
        return parts[0]
    facts, numbers = zip(*parts, strict=True)
    return pl.concat(facts), pl.concat(numbers)


def _parts(documents: pl.DataFrame) -> list[pl.DataFrame]:
    """The documents in order, so many at a time that their texts together are not too long."""
    ends = documents["text"].str.len_chars().fill_null(0).cum_sum().to_list()
    if not ends or ends[-1] <= _LONGEST:
        return [documents]
    starts = [0, *[at for at in range(1, len(ends)) if ends[at] // _LONGEST > ends[at - 1] // _LONGEST]]
    return [documents[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]


def _extract_part(documents: pl.DataFrame, extractor: Extractor) -> tuple[pl.DataFrame, pl.DataFrame]:
    rows = extractor.batch()
    months = [documents[name] if name in documents.columns else [None] * documents.height for name in EDITION_MONTHS]
    columns = documents.select("text", "furniture", "report_year").iter_rows()
    for (text, furniture, year), first, last in zip(columns, *months, strict=True):
        spans = [(span["start"], span["end"]) for span in furniture or ()]
        extractor.read(rows, text or "", spans, year, edition_of(first, last))
    facts, numbers = rows.frames()
    report_ids = documents["report_id"]
    ids = pl.Series(_names(facts, report_ids), dtype=pl.String)
    facts = facts.with_columns(
        report_id=report_ids.gather(facts["report"]),
        fact_id=ids,
        subset_of=ids.gather(facts["subset_of"]),
        codebook_version=pl.lit(extractor.codebook.version),
        engine_version=pl.lit(ENGINE_VERSION),
    )
    numbers = numbers.with_columns(report_id=report_ids.gather(numbers["report"]), fact_id=ids.gather(numbers["fact"]))
    return _in_schema(facts, FACT_SCHEMA), _in_schema(numbers, NUMBER_SCHEMA)


def _names(facts: pl.DataFrame, report_ids: pl.Series) -> list[str]:
    """The `fact_id` of each fact; two documents may have the same name."""
    rows = facts.select("report", "metric_code", "number_start").iter_rows()
    names: list[str] = []
    for report, group in groupby(rows, key=itemgetter(0)):
        _, metrics, starts = zip(*group, strict=True)
        names += fact_ids(report_ids[report], metrics, starts)
    return names


def _in_schema(frame: pl.DataFrame, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame([frame[name].cast(kind) for name, kind in schema.items()])
