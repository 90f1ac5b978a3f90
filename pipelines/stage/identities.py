"""The step from text to identity: which unit reports, on which year, in which kind of document.

The unit is resolved by `pipelines.identify`; this module calls it for the documents that are new, and imports it for
the first batch: a run in which no document is new needs it for nothing.
"""

import hashlib
import logging
import traceback
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.build.buckets import StageTable, scan, staged_key
from pipelines.build.ledger import Ledger
from pipelines.build.one_bucket import BatchResult, StagedColumns
from pipelines.build.refresh import Counts, refresh
from pipelines.build.stamped_parquet import frame_key
from pipelines.paths import DIVISIONS, REFERENCE_DIR
from pipelines.read.document import Span
from pipelines.reasons import REASON_COLUMNS, Reason, ReasonCode, internal_error, reason_columns, reason_in
from pipelines.settings import Settings
from pipelines.stage.documents import DOCUMENTS, KILLED
from pipelines.stage.worker_settings import worker_settings
from pipelines.versions import IDENTIFIER_VERSION

if TYPE_CHECKING:
    from pipelines.identify.identity import Identity

IDENTITIES = StageTable(
    "identities",
    {
        "report_id": pl.String(),
        "title": pl.String(),
        "doc_number": pl.String(),
        "written_on": pl.Date(),
        "published_on": pl.Date(),
        "doc_type": pl.String(),
        "doc_level": pl.String(),
        "report_year": pl.Int32(),
        "year_method": pl.String(),
        "edition": pl.String(),
        "edition_start": pl.Int32(),
        "edition_end": pl.Int32(),
        "township_code": pl.String(),
        "county_code": pl.String(),
        "place_method": pl.String(),
        "place_candidates": pl.List(pl.String()),
        "status": pl.String(),
        **dict.fromkeys(REASON_COLUMNS, pl.String()),
        "year_doubt": pl.String(),
        "unit_doubt": pl.String(),
        "level_doubt": pl.String(),
        "publisher": pl.String(),
        "index_number": pl.String(),
        "opening": pl.String(),
        "closing": pl.String(),
        "identifier_version": pl.String(),
        "input_key": pl.String(),
    },
)
_log = logging.getLogger(__name__)
_TEXT = ("text", "furniture", "fields", "read_status", "reason_code", "reason")


def refresh_identities(files: pl.DataFrame, settings: Settings) -> Counts:
    """Identify the documents whose text, web address, identifier or reference data is new."""
    reference = b"".join(
        path.read_bytes()
        for path in (settings.divisions_path, settings.division_changes_path, settings.county_changes_path)
    )
    version = f"{IDENTIFIER_VERSION} {hashlib.sha256(reference).hexdigest()[:16]}"
    said = files.select("report_id", "source_url", "source_id")
    given = f"{version} {frame_key(said)} {staged_key(settings.stage_dir, DOCUMENTS.name)}"

    def wanted() -> pl.DataFrame:
        keys = scan(settings.stage_dir, DOCUMENTS).select("report_id", document_key="input_key").collect()
        parts = [pl.col(name).fill_null("") for name in ("document_key", "source_url", "source_id")]
        key = pl.concat_str(pl.lit(version), *parts, separator=" ")
        return said.join(keys, on="report_id").with_columns(input_key=key)

    return refresh(
        settings.stage_dir,
        Ledger(settings.ledger_path),
        "identities",
        [IDENTITIES],
        given,
        wanted,
        identify_batch,
        StagedColumns(settings.stage_dir, DOCUMENTS.name, _TEXT),
        worker_settings(settings),
        crashed=crashed_identity,
    )


def identify_batch(batch: pl.DataFrame) -> BatchResult:
    """Identify one batch (text, furniture, fields, source_url, source_id); one that fails is quarantined."""
    from pipelines.identify.identity import identify
    from pipelines.stage.kept_gazetteer import load_gazetteer

    identified = partial(identify, gazetteer=load_gazetteer(REFERENCE_DIR / DIVISIONS))
    rows, errors = [], []
    for row in batch.iter_rows(named=True):
        key = {"report_id": row["report_id"], "input_key": row["input_key"]}
        try:
            rows.append(_unread(reason_in(row)) | key if row["read_status"] != "ok" else _one(row, identified) | key)
        except Exception as error:
            errors.append(f"{row['report_id']}\n{traceback.format_exc()}")
            rows.append(_unread(internal_error(error)) | key)
    return BatchResult({IDENTITIES.name: pl.DataFrame(rows, schema=IDENTITIES.schema)}, errors)


def crashed_identity(batch: pl.DataFrame) -> BatchResult:
    """The row of a document (columns as for `identify_batch`) at which each worker process is killed."""
    row = batch.row(0, named=True)
    key = {"report_id": row["report_id"], "input_key": row["input_key"]}
    reason = Reason(ReasonCode.CRASHED, KILLED)
    frame = pl.DataFrame([_unread(reason) | key], schema=IDENTITIES.schema)
    return BatchResult({IDENTITIES.name: frame}, [f"{row['report_id']}\n{reason}"])


def _one(row: dict[str, Any], identified: "Callable[..., Identity]") -> dict[str, Any]:
    furniture = tuple(Span(**span) for span in row["furniture"])
    fields = tuple((field["name"], field["value"]) for field in row["fields"])
    identity = identified(row["text"], furniture, fields, row["source_url"], row["source_id"])
    if identity.status_reason:
        _log.debug("report %s is quarantined: %s", row["report_id"], identity.status_reason)
    return asdict(identity) | {"identifier_version": IDENTIFIER_VERSION}


def _unread(reason: Reason | None) -> dict[str, Any]:
    """The identity of a document without text: nothing is known of it but why."""
    empty = dict.fromkeys(IDENTITIES.schema)
    return empty | {
        "doc_type": "other",
        "doc_level": "unknown",
        "place_candidates": [],
        "status": "quarantined",
        **reason_columns(reason),
        "identifier_version": IDENTIFIER_VERSION,
    }
