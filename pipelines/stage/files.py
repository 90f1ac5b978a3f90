"""The inventory as it is kept from run to run: `stage/files/files.parquet`, one row a file below the raw folder.

Reading and writing that one table belongs here; what is a report, and its hash, is `pipelines.ingest.inventory`.
"""

from functools import partial
from pathlib import Path

import polars as pl

from pipelines.ingest.inventory import SCHEMA, inventory
from pipelines.settings import Settings
from pipelines.stage.buckets import Counts, write_parquet
from pipelines.stage.progress import report


def files_path(settings: Settings) -> Path:
    """Where the inventory is kept."""
    return settings.stage_dir / "files" / "files.parquet"


def read_files(settings: Settings) -> pl.DataFrame:
    """The inventory of the last run; no rows if there was none or its columns are not those of today."""
    try:
        frame = pl.read_parquet(files_path(settings))
    except (OSError, pl.exceptions.PolarsError):
        return pl.DataFrame(schema=SCHEMA)
    return frame if dict(frame.schema) == SCHEMA else pl.DataFrame(schema=SCHEMA)


def refresh_files(settings: Settings) -> Counts:
    """Take stock of the raw folder, hashing only files that are new or touched; write the table if it changed."""
    before = read_files(settings)
    after, hashed = inventory(settings.raw_dir, before, partial(report, "raw_files"))
    if not files_path(settings).exists() or not after.equals(before):
        write_parquet(after, files_path(settings))
    removed = before.join(after, on="raw_path", how="anti").height
    return Counts(computed=hashed, reused=after.height - hashed, removed=removed)
