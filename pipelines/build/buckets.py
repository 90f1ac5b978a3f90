"""Staged tables: one Parquet file for each bucket of reports, `stage/NAME/B.parquet`.

A bucket holds the reports whose report_id begins with one of a few hexadecimal numbers; B is the first of these. When
they are computed again is for `pipelines.build.refresh`.
"""

import hashlib
import sys
import uuid
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.build.stamped_parquet import stamp_in

PREFIX = 2  # hex digits of a report_id that decide its bucket
WIDTH = 4  # of the 256 beginnings each bucket has so many: 64 buckets, of 6,000 reports each when 400,000 are known
BUCKETS = tuple(f"{first:02x}" for first in range(0, 256, WIDTH))


@dataclass(frozen=True)
class StageTable:
    """A staged table: its name, columns, and the order of its rows (complete, so that a rebuild gives equal bytes)."""

    name: str
    schema: dict[str, pl.DataType]
    sort: tuple[str, ...] = ("report_id",)


def scan(stage_dir: Path, table: StageTable) -> pl.LazyFrame:
    """All rows of a staged table, lazily; no rows when it was never written."""
    paths = bucket_paths(stage_dir, table.name)
    return pl.scan_parquet(paths) if paths else pl.LazyFrame(schema=table.schema)


def bucket_of(beginning: str) -> str:
    """The bucket of the report_ids that begin so."""
    return BUCKETS[max(0, bisect_right(BUCKETS, beginning) - 1)]


def bounds(bucket: str) -> tuple[str, str]:
    """The report_ids of a bucket: from the first text, and below the second."""
    last = int(bucket, 16) + WIDTH
    return bucket if last > WIDTH else "", f"{last:02x}" if last < 256 else chr(sys.maxunicode)


def bucket_path(stage_dir: Path, name: str, bucket: str) -> Path:
    """Where one bucket of a table is."""
    return stage_dir / name / f"{bucket}.parquet"


def bucket_paths(stage_dir: Path, name: str) -> list[Path]:
    """The buckets of a table that have been written."""
    written = {path.name: path for path in (stage_dir / name).glob("*.parquet")}
    return [written[f"{bucket}.parquet"] for bucket in BUCKETS if f"{bucket}.parquet" in written]


def staged_key(stage_dir: Path, name: str) -> str:
    """One text that changes whenever any bucket of a staged table does."""
    keys = [f"{path.stem} {stamp_in(path) or uuid.uuid4().hex}" for path in bucket_paths(stage_dir, name)]
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()
