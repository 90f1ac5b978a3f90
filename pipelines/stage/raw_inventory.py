"""The inventory as it is kept from run to run, and the files that lie in archives.

There are two tables: `stage/files/inventory.parquet` has one row a file below the raw folder; in
`stage/files/files.parquet` each archive is replaced by the files in it. `pipelines.ingest.inventory` finds and hashes
the files, `pipelines.read.unpack` opens archives.

A file in an archive is a report of its own, named `archive.zip!/report.docx`, with the sidecar of its archive. An
archive that cannot be opened keeps its row and gets the reason. No archive is opened twice.
"""

import hashlib
import logging
from functools import partial
from typing import Any

import polars as pl

from pipelines.build.ledger import Ledger
from pipelines.build.progress import report
from pipelines.build.refresh import Counts
from pipelines.build.stamped_parquet import frame_key, read_written, record_written, write_parquet
from pipelines.ingest import early_scan
from pipelines.ingest.inventory import SCHEMA, inventory, locate, scan
from pipelines.ingest.report_name import report_id
from pipelines.read.document import ReadError
from pipelines.read.unpack import HEAD, SEPARATOR, Member, is_archive, may_be_archive, members
from pipelines.reasons import internal_error, reason_columns
from pipelines.settings import Settings
from pipelines.versions import READER_VERSION

_log = logging.getLogger(__name__)

# `archive_path` names the archive on disk that a row comes from; `file_key` what was looked into, null if nothing was.
FILES_SCHEMA: dict[str, pl.DataType] = {**SCHEMA, "archive_path": pl.String(), "file_key": pl.String()}
_OF_THE_FILE = ["mtime_ns", "source_url", "fetched_at", "source_id", "sidecar_error", "stamp"]


def read_files(settings: Settings) -> pl.DataFrame:
    """The files of the last run; no rows if the ledger knows of none, or if its columns are not those of today."""
    known = read_written(Ledger(settings.ledger_path), settings.files_path, FILES_SCHEMA)
    return pl.DataFrame(schema=FILES_SCHEMA) if known is None else known


def is_as_last_seen(settings: Settings) -> bool:
    """Whether the raw folder holds the files that the last run saw, by names, sizes and times. False before any run."""
    known = read_written(Ledger(settings.ledger_path), settings.inventory_path, SCHEMA)
    columns = ("raw_path", "stamp")
    return known is not None and known.select(columns).equals(scan(settings.raw_dir).select(columns))


def refresh_files(settings: Settings) -> Counts:
    """Take stock of the raw folder, hashing only files that are new or touched; write the tables if they changed."""
    ledger = Ledger(settings.ledger_path)
    known = read_written(ledger, settings.inventory_path, SCHEMA)
    before = pl.DataFrame(schema=SCHEMA) if known is None else known
    seen = early_scan.take(settings.raw_dir)
    after, hashed = inventory(settings.raw_dir, before, partial(report, "raw_files"), seen)
    known_files = read_written(ledger, settings.files_path, FILES_SCHEMA)
    members_before = pl.DataFrame(schema=FILES_SCHEMA) if known_files is None else known_files
    files = with_members(after, members_before, settings)
    for path, table, old in ((settings.files_path, files, known_files), (settings.inventory_path, after, known)):
        if old is None or not table.equals(old):
            stamp = frame_key(table)
            write_parquet(table, path, stamp)
            record_written(ledger, {path: stamp})
    removed = before.join(after, on="raw_path", how="anti").height
    return Counts(computed=hashed, reused=after.height - hashed, removed=removed)


def with_members(found: pl.DataFrame, known: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """The inventory `found` with each archive replaced by its members; those in `known` are taken over from there."""
    key = pl.when(pl.col("raw_sha256").is_not_null()).then(pl.format("{} {}", pl.lit(READER_VERSION), "report_id"))
    keyed = found.with_columns(file_key=key)
    seen = known.select("file_key").drop_nulls().unique()
    kept = known.filter(pl.col("archive_path").is_not_null()).drop(_OF_THE_FILE)
    kept = kept.join(keyed.select("file_key", *_OF_THE_FILE), on="file_key")
    rows: list[dict[str, Any]] = []
    unopened = []
    for file in keyed.join(seen, on="file_key", how="anti").iter_rows(named=True):
        members_found = _members_of(file, settings)
        rows.extend(members_found or [])
        if members_found is None:
            unopened.append(file["report_id"])
    fresh = pl.DataFrame(rows, schema=FILES_SCHEMA)
    inside = pl.concat([kept.select(list(FILES_SCHEMA)), fresh])
    forgotten = pl.when(pl.col("report_id").is_in(unopened)).then(None).otherwise(pl.col("file_key"))
    plain = keyed.join(inside, on="file_key", how="anti").with_columns(
        archive_path=pl.lit(None, pl.String), file_key=forgotten
    )
    # a folder `a.zip!` beside `a.zip` may hold the same file at the same path
    return (
        pl.concat([plain.select(list(FILES_SCHEMA)), inside])
        .unique("report_id", keep="first", maintain_order=True)
        .sort("raw_path", "report_id")
    )


def _members_of(file: dict[str, Any], settings: Settings) -> list[dict[str, Any]] | None:
    """The rows of the members if `file` is an archive, no rows if not, None if it could not be opened."""
    if file["reason_code"] or file["size_bytes"] > settings.max_bytes:
        return None
    try:
        with locate(settings.raw_dir, file["raw_path"]).open("rb") as stream:
            data = stream.read(HEAD)
            if not may_be_archive(data):
                return []
            data += stream.read()
    except OSError:
        return None
    if hashlib.sha256(data).hexdigest() != file["raw_sha256"]:
        return None  # it was written to during the run; the step that reads it will say so
    if not is_archive(data):
        return []
    archive = file | {"archive_path": file["raw_path"]}
    try:
        return [archive | _member(file["raw_path"], found) for found in members(data, file["raw_path"])]
    except ReadError as error:
        return [archive | reason_columns(error.reason)]
    except Exception as error:  # whatever one archive does to us, the others are read
        _log.info("%s cannot be opened", file["raw_path"], exc_info=True)
        return [archive | reason_columns(internal_error(error))]


def _member(archive_path: str, member: Member) -> dict[str, Any]:
    raw_path = f"{archive_path}{SEPARATOR}{member.path}"
    sha = None if member.reason else hashlib.sha256(member.data).hexdigest()
    return {
        "report_id": report_id(raw_path, sha),
        "raw_path": raw_path,
        "raw_sha256": sha,
        "size_bytes": len(member.data),
        **reason_columns(member.reason),
    }
