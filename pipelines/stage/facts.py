"""The step from text to facts and accounted numbers, for every document that could be read.

`pipelines.extract` is called for the documents that are new. Quarantined documents are extracted too: the marts leave
them out, but an analyst may want to see their facts. A text that is far too large for a report is not: it keeps its row
and its text, with the reason `too_large`.

Here, where each text is in hand, each offset is held against it; the audit looks at a sample again.

The engine is imported for the first batch: a run in which no text is new needs it for nothing.
"""

from __future__ import annotations

import traceback
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from pipelines.build.buckets import StageTable, scan, staged_key
from pipelines.build.ledger import Ledger
from pipelines.build.one_bucket import KEYS, BatchResult, StagedColumns
from pipelines.build.refresh import Counts, refresh
from pipelines.codebook.load import load_codebook
from pipelines.extract.row_schemas import EDITION_MONTHS, FACT_SCHEMA, NUMBER_SCHEMA
from pipelines.reasons import REASON_COLUMNS, Reason, ReasonCode, internal_error, reason_columns
from pipelines.settings import Settings
from pipelines.stage.documents import DOCUMENTS, KILLED
from pipelines.stage.identities import IDENTITIES
from pipelines.stage.size_limits import too_large
from pipelines.stage.worker_settings import worker_settings
from pipelines.versions import ENGINE_VERSION

if TYPE_CHECKING:
    from pipelines.extract.report.engine import Extractor

_REASONS = dict.fromkeys(REASON_COLUMNS, pl.String())
READINGS = StageTable("readings", {"report_id": pl.String(), "input_key": pl.String(), **_REASONS})
FACTS = StageTable("facts", FACT_SCHEMA, sort=("report_id", "number_start", "fact_id"))
NUMBERS = StageTable("numbers", NUMBER_SCHEMA, sort=("report_id", "char_start", "char_end", "fact_id"))
TABLES = (READINGS, FACTS, NUMBERS)
_OF_IDENTITY = ["report_year", *EDITION_MONTHS]
INPUT = ["report_id", "text", "furniture", *_OF_IDENTITY]  # what the engine reads of a document


def refresh_facts(settings: Settings) -> Counts:
    """Extract the documents whose text, report year, codebook or engine is new. A new codebook reads no file again."""
    version = f"{ENGINE_VERSION} {load_codebook().version}"
    given = " ".join([version, *(staged_key(settings.stage_dir, table.name) for table in (DOCUMENTS, IDENTITIES))])

    def wanted() -> pl.DataFrame:
        documents = scan(settings.stage_dir, DOCUMENTS).select("report_id", document_key="input_key")
        identities = scan(settings.stage_dir, IDENTITIES).select("report_id", *_OF_IDENTITY)
        parts = [pl.col("document_key"), *(pl.col(name).cast(pl.String).fill_null("") for name in _OF_IDENTITY)]
        key = pl.concat_str(pl.lit(version), *parts, separator=" ")
        return documents.join(identities, on="report_id").select("report_id", *_OF_IDENTITY, input_key=key).collect()

    return refresh(
        settings.stage_dir,
        Ledger(settings.ledger_path),
        "facts",
        TABLES,
        given,
        wanted,
        extract_batch,
        StagedColumns(settings.stage_dir, DOCUMENTS.name, ("text", "furniture")),
        worker_settings(settings),
        crashed=crashed_reading,
    )


@cache
def process_extractor() -> Extractor:
    """The extractor of this process: each batch finds in its cache the sentences of the batches before."""
    from pipelines.extract.report.engine import Extractor

    return Extractor(load_codebook())


def extract_batch(batch: pl.DataFrame) -> BatchResult:
    """Extract one batch (text, furniture, report_year). If it raises, each document is tried by itself."""
    extractor = process_extractor()
    errors: list[str] = []
    frames = []
    try:
        reasons = [too_large(text or "") for text in batch["text"]]
        frames.append(_extracted(batch.filter(pl.Series([reason is None for reason in reasons])), extractor))
    except Exception:
        frames, reasons, errors = _one_by_one(batch, extractor)
    columns = pl.DataFrame([reason_columns(reason) for reason in reasons], schema=_REASONS)
    facts = pl.concat([pl.DataFrame(schema=FACTS.schema), *(f.select(list(FACTS.schema)) for f, _ in frames)])
    numbers = pl.concat([pl.DataFrame(schema=NUMBERS.schema), *(n.select(list(NUMBERS.schema)) for _, n in frames)])
    ledger = batch.select(KEYS).hstack(columns)
    return BatchResult({READINGS.name: ledger, FACTS.name: facts, NUMBERS.name: numbers}, errors)


def crashed_reading(batch: pl.DataFrame) -> BatchResult:
    """The rows of a document (columns as for `extract_batch`) at which each worker process is killed: no fact."""
    reason = Reason(ReasonCode.CRASHED, KILLED)
    ledger = batch.select(KEYS).hstack(pl.DataFrame([reason_columns(reason)]))
    empty = {table.name: pl.DataFrame(schema=table.schema) for table in (FACTS, NUMBERS)}
    return BatchResult({READINGS.name: ledger, **empty}, [f"{batch['report_id'][0]}\n{reason}"])


def _one_by_one(
    batch: pl.DataFrame, extractor: Extractor
) -> tuple[list[tuple[pl.DataFrame, pl.DataFrame]], list[Reason | None], list[str]]:
    """Facts and numbers of the documents that can be extracted, the reason of each other, and the tracebacks."""
    frames, errors = [], []
    reasons: list[Reason | None] = []
    for document in batch.iter_slices(1):
        reason = None
        try:
            reason = too_large(document["text"][0] or "")
            if reason is None:
                frames.append(_extracted(document, extractor))
        except Exception as error:
            reason = internal_error(error)
            errors.append(f"{document['report_id'][0]}\n{traceback.format_exc()}")
        reasons.append(reason)
    return frames, reasons, errors


def _extracted(documents: pl.DataFrame, extractor: Extractor) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Facts and numbers of documents. Raises ValueError where one does not say what stands at its offsets."""
    from pipelines.extract.report.batch import extract_frame

    facts, numbers = extract_frame(documents.select(INPUT), extractor)
    texts = dict(documents.select("report_id", "text").iter_rows())
    for frame, said in ((facts, "evidence"), (numbers, "text")):
        for report_id, start, end, words in frame.select("report_id", "char_start", "char_end", said).iter_rows():
            if (texts[report_id] or "")[start:end] != words:
                raise ValueError(f"found {said} {words[:40]!r} that does not stand at {start} to {end} of {report_id}")
    return facts, numbers
