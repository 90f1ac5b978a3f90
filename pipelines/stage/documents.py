"""The step from bytes to text: one row a file, with its text or the reason why it has none.

The formats are read by `pipelines.read`; this module calls it for the files that are new.
"""

import hashlib
import logging
import mimetypes
import traceback
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.build.buckets import StageTable
from pipelines.build.file_identity import FileIdentity, identity_of
from pipelines.build.ledger import Ledger
from pipelines.build.one_bucket import RETRY, BatchResult
from pipelines.build.page_cache import PageCache
from pipelines.build.refresh import Counts, refresh
from pipelines.build.stamped_parquet import frame_key
from pipelines.ingest.inventory import locate
from pipelines.read.document import Document, ReadError, ScansWantedError
from pipelines.read.reader import read_bytes
from pipelines.read.scans.scanned_page import page_adapter
from pipelines.read.unpack import SEPARATOR, members
from pipelines.reasons import REASON_COLUMNS, Reason, ReasonCode, internal_error, reason_columns, reason_in
from pipelines.settings import Settings
from pipelines.stage.worker_settings import worker_settings
from pipelines.versions import READER_VERSION

KILLED = "each process that works on this file is killed, for want of memory or by a library; save it in another format"
_log = logging.getLogger(__name__)

_SPAN = pl.Struct({"start": pl.Int64(), "end": pl.Int64(), "kind": pl.String()})
_FIELD = pl.Struct({"name": pl.String(), "value": pl.String()})
_PAGE = pl.Struct({"start": pl.Int64(), "end": pl.Int64(), "page": pl.Int32(), "is_scanned": pl.Boolean()})
_NUMERAL = pl.Struct({"at": pl.Int64(), "confidence": pl.Float64()})

DOCUMENTS = StageTable(
    "documents",
    {
        "report_id": pl.String(),
        "raw_path": pl.String(),
        "raw_sha256": pl.String(),
        "media_type": pl.String(),
        "encoding": pl.String(),
        "text": pl.String(),
        "char_count": pl.Int64(),
        "furniture": pl.List(_SPAN),
        "fields": pl.List(_FIELD),
        "is_complete": pl.Boolean(),
        "text_source": pl.String(),
        "pages": pl.List(_PAGE),
        "numerals": pl.List(_NUMERAL),
        "pages_waiting": pl.List(pl.Int32()),
        "read_status": pl.String(),
        **dict.fromkeys(REASON_COLUMNS, pl.String()),
        "reader_version": pl.String(),
        "input_key": pl.String(),
    },
)


def refresh_documents(files: pl.DataFrame, settings: Settings) -> Counts:
    """Read the files of the inventory `files` that are new, whose reader has changed, or of which pages were read."""
    is_large = pl.col("reason_code").is_null() & (pl.col("size_bytes") > settings.max_bytes)
    found = pl.format("{} bytes, the limit is {}", "size_bytes", pl.lit(settings.max_bytes))
    files = files.with_columns(
        reason_code=pl.when(is_large).then(pl.lit(ReasonCode.TOO_LARGE.value)).otherwise("reason_code"),
        reason=pl.when(is_large).then(found).otherwise("reason"),
    )
    if "archive_path" not in files.columns:  # an inventory in which nobody looked into archives
        files = files.with_columns(archive_path=pl.lit(None, pl.String))
    stands_in_the_way = pl.concat_str(pl.col("reason_code", "reason").fill_null(""), separator=" ")
    wanted = files.select(
        *("report_id", "raw_path", "raw_sha256", "archive_path", "reason_code", "reason"),
        input_key=pl.concat_str(pl.lit(READER_VERSION), stands_in_the_way, separator=" "),
    )
    scanned = PageCache(settings.scanned_pages_path).counts()
    if scanned:
        known = pl.DataFrame({"raw_sha256": list(scanned), "scanned": list(scanned.values())})
        wanted = wanted.join(known, on="raw_sha256", how="left", maintain_order="left").with_columns(
            input_key=pl.concat_str("input_key", pl.format(" {} pages", "scanned").fill_null(""))
        )
        wanted = wanted.drop("scanned")
    # a report's id speaks for its path and its bytes
    return refresh(
        settings.stage_dir,
        Ledger(settings.ledger_path),
        "documents",
        [DOCUMENTS],
        given=frame_key(wanted.select("report_id", "archive_path", "input_key")),
        wanted=lambda: wanted,
        work=partial(read_batch, raw_dir=settings.raw_dir, pages_path=settings.scanned_pages_path),
        how=worker_settings(settings, settings.raw_dir),
        crashed=crashed_document,
    )


def read_batch(batch: pl.DataFrame, raw_dir: Path, pages_path: Path) -> BatchResult:
    """Read one batch (columns of the inventory and input_key) with the scanned pages that the page cache knows.

    A file that fails gives a failed row with its reason.
    """
    rows, errors = [], []
    known = PageCache(pages_path).pages(batch["raw_sha256"].drop_nulls())
    for row in batch.iter_rows(named=True):
        archive_path, reason = row.pop("archive_path"), reason_in(row)
        if reason is not None:
            rows.append(row | _failed(row, reason))
            continue
        try:
            contents = known.get(row["raw_sha256"], {})
            scans = {number: page_adapter().validate_json(content) for number, content in contents.items()}
            data = file_bytes(raw_dir, row, archive_path)
            rows.append(row | _ok(read_bytes(data, Path(row["raw_path"]).name, scans)))
        except ReadError as error:
            _log.debug("%s is not read: %s", row["raw_path"], error.reason)
            waiting = list(error.pages) if isinstance(error, ScansWantedError) else []
            rows.append(row | _failed(row, error.reason) | {"pages_waiting": waiting})
        except (OSError, MemoryError) as error:
            found = getattr(error, "strerror", None) or type(error).__name__
            _log.info("%s cannot be opened now, the next run tries again: %s", row["raw_path"], found)
            rows.append(row | _failed(row, Reason(ReasonCode.UNREADABLE, found)) | {"input_key": RETRY})
        except Exception as error:
            errors.append(f"{row['raw_path']}\n{traceback.format_exc()}")
            rows.append(row | _failed(row, internal_error(error)))
    return BatchResult({DOCUMENTS.name: pl.DataFrame(rows, schema=DOCUMENTS.schema)}, errors)


def crashed_document(batch: pl.DataFrame) -> BatchResult:
    """The row of a file (columns as for `read_batch`) at which each worker process is killed.

    It is not tried again before the reader changes: then it might be alone, and end the run.
    """
    row = batch.drop("archive_path").row(0, named=True)
    reason = Reason(ReasonCode.CRASHED, KILLED)
    frame = pl.DataFrame([row | _failed(row, reason)], schema=DOCUMENTS.schema)
    return BatchResult({DOCUMENTS.name: frame}, [f"{row['raw_path']}\n{reason}"])


def file_bytes(raw_dir: Path, row: Mapping[str, Any], archive_path: str | None) -> bytes:
    """Return the bytes of a row of the inventory (raw_path, raw_sha256); `archive_path` names the archive it lies in.

    Raises OSError, and ReadError `changed` if they are not those that were hashed.
    """
    if archive_path is None:
        data = locate(raw_dir, row["raw_path"]).read_bytes()
    else:
        path = locate(raw_dir, archive_path)
        inside = row["raw_path"].removeprefix(archive_path + SEPARATOR)
        data = _members(path, archive_path, identity_of(path.stat())).get(inside, b"")
    if hashlib.sha256(data).hexdigest() != row["raw_sha256"]:
        raise ReadError(ReasonCode.CHANGED, "the file was written to during the run; the next run reads it")
    return data


@lru_cache(maxsize=1)
def _members(path: Path, raw_path: str, _: FileIdentity) -> dict[str, bytes]:
    """The files of the archive read last, by their path in it: those of one archive come one after the other."""
    return {found.path: found.data for found in members(path.read_bytes(), raw_path)}


def _ok(document: Document) -> dict[str, Any]:
    return {
        "media_type": document.media_type,
        "encoding": document.encoding,
        "text": document.text,
        "char_count": len(document.text),
        "furniture": [{"start": s.start, "end": s.end, "kind": s.kind} for s in document.furniture],
        "fields": [{"name": name, "value": value} for name, value in document.fields],
        "is_complete": document.is_complete,
        "text_source": document.text_source,
        "pages": [asdict(span) for span in document.pages],
        "numerals": [asdict(numeral) for numeral in document.numerals],
        "pages_waiting": [],
        "read_status": "ok",
        **reason_columns(None),
        "reader_version": READER_VERSION,
    }


def _failed(row: dict[str, Any], reason: Reason) -> dict[str, Any]:
    return {
        "media_type": mimetypes.guess_type(row["raw_path"])[0] or "application/octet-stream",
        "encoding": None,
        "text": "",
        "char_count": 0,
        "furniture": [],
        "fields": [],
        "is_complete": False,
        "text_source": None,
        "pages": [],
        "numerals": [],
        "pages_waiting": [],
        "read_status": "failed",
        **reason_columns(reason),
        "reader_version": READER_VERSION,
    }
