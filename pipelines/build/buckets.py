"""Buckets of Parquet, and the one rule of when a row is computed again.

Each staged table is `stage/NAME/B.parquet`; B names the bucket by where its report_ids begin. The first table of a
step is its ledger: one row a report, with `input_key`, a text that names all that the row was computed from. A report
whose key is the one in the ledger is reused. Which keys there are is decided by the steps (`documents`, `identities`,
`facts`).

Each file says in its own metadata, under `KEY_NAME`, what all its rows were computed from: whoever builds on it need
not read it to see that it is the one of yesterday.
"""

import hashlib
import sys
import uuid
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import polars as pl

from pipelines.build.atomic import atomic_write
from pipelines.build.progress import report
from pipelines.build.workers import BATCH, workers

_PREFIX = 2  # hex digits of a report_id that decide its bucket
_WIDTH = 4  # of the 256 beginnings each bucket has so many: 64 buckets, of 6,000 reports each when 400,000 are known
BUCKETS = tuple(f"{first:02x}" for first in range(0, 256, _WIDTH))
KEYS = ["report_id", "input_key"]
KEY_NAME = "fazhi_key"
RETRY = "retry"  # the input_key of a row that must be computed again next time, whatever it was computed from


@dataclass(frozen=True)
class StageTable:
    """A staged table: its name, columns, and the order of its rows (complete, so that a rebuild gives equal bytes)."""

    name: str
    schema: dict[str, pl.DataType]
    sort: tuple[str, ...] = ("report_id",)


@dataclass(frozen=True)
class Outcome:
    """What one batch gave: rows by table name, and a traceback for each document that raised."""

    frames: dict[str, pl.DataFrame]
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Counts:
    """Reports that a step computed, took over from the run before, and dropped because their file is gone."""

    computed: int
    reused: int
    removed: int
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Plan:
    """What is to do in one bucket: `todo` are the wanted rows to compute, `keep` the report_ids to take over."""

    bucket: str
    todo: pl.DataFrame
    keep: pl.DataFrame
    is_new: bool
    removed: int

    @property
    def is_changed(self) -> bool:
        return self.is_new or self.todo.height > 0 or self.removed > 0


def refresh(
    stage_dir: Path,
    step: str,
    tables: Sequence[StageTable],
    wanted: pl.DataFrame,
    work: Callable[[pl.DataFrame], Outcome],
    load: Callable[[str, pl.DataFrame], pl.DataFrame] = lambda bucket, todo: todo,
    processes: int = 1,
    batch: int = BATCH,
) -> Counts:
    """Bring `tables` (the ledger first) to the state of `wanted`, computing only what is new or changed.

    `wanted` has the columns report_id and input_key and what `load` needs. `load(bucket, todo)` adds what `work`
    reads to the rows of one bucket; `work(batch)` returns rows for every table and runs in another process when
    there is much to do, so it must be picklable. Progress is reported under the name `step`. Buckets in which nothing
    changed are not opened for writing.
    """
    plans = _plan(stage_dir, tables, wanted)
    total = sum(plan.todo.height for plan in plans)
    done, errors = 0, []
    with workers(processes, total) as map_batches:
        for plan in plans:
            if not plan.is_changed:
                continue
            rows: dict[str, list[pl.DataFrame]] = {table.name: [] for table in tables}
            for outcome in map_batches(work, load(plan.bucket, plan.todo).iter_slices(batch)):
                for table in tables:
                    rows[table.name].append(outcome.frames[table.name])
                errors.extend(outcome.errors)
                done += outcome.frames[tables[0].name].height
                report(step, done, total)
            _write_bucket(stage_dir, tables, plan, rows)
    reused = sum(plan.keep.height for plan in plans)
    return Counts(total, reused, sum(plan.removed for plan in plans), tuple(errors))


def scan(stage_dir: Path, table: StageTable) -> pl.LazyFrame:
    """All rows of a staged table, lazily; no rows when it was never written."""
    paths = bucket_paths(stage_dir, table.name)
    return pl.scan_parquet(paths) if paths else pl.LazyFrame(schema=table.schema)


def bucket_of(beginning: str) -> str:
    """The bucket of the report_ids that begin so."""
    return BUCKETS[max(0, bisect_right(BUCKETS, beginning) - 1)]


def bounds(bucket: str) -> tuple[str, str]:
    """The report_ids of a bucket: from the first text, and below the second."""
    last = int(bucket, 16) + _WIDTH
    return bucket if last > _WIDTH else "", f"{last:02x}" if last < 256 else chr(sys.maxunicode)


def bucket_path(stage_dir: Path, name: str, bucket: str) -> Path:
    """Where one bucket of a table is."""
    return stage_dir / name / f"{bucket}.parquet"


def bucket_paths(stage_dir: Path, name: str) -> list[Path]:
    """The buckets of a table that have been written."""
    return [path for bucket in BUCKETS if (path := bucket_path(stage_dir, name, bucket)).exists()]


def stored_key(path: Path) -> str | None:
    """What the Parquet file at `path` was made from, as its metadata says; None for a file that does not say."""
    try:
        status = path.stat()
    except OSError:
        return None
    return _stored_key(path, status.st_ino, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4096)
def _stored_key(path: Path, *_: int) -> str | None:
    """The same; the numbers are those by which a file that was replaced is told from the one before."""
    try:
        return pl.read_parquet_metadata(path).get(KEY_NAME)
    except (pl.exceptions.PolarsError, OSError):  # not a Parquet file: whatever lies there is made anew
        return None


def key_of(stage_dir: Path, name: str) -> str:
    """One text that changes whenever any bucket of a staged table does."""
    keys = [f"{path.stem} {stored_key(path) or uuid.uuid4().hex}" for path in bucket_paths(stage_dir, name)]
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()


def write_parquet(frame: pl.DataFrame, path: Path, key: str | None = None) -> None:
    """Write `frame` to `path`, whole or not at all. key: what it was made from."""
    with atomic_write(path) as beside:
        frame.write_parquet(beside, compression="zstd", metadata={KEY_NAME: key} if key else None)


def _plan(stage_dir: Path, tables: Sequence[StageTable], wanted: pl.DataFrame) -> list[_Plan]:
    first = pl.col("report_id").str.slice(0, _PREFIX).str.to_integer(base=16, strict=False).fill_null(0)
    by_bucket = wanted.with_columns(bucket=first // _WIDTH).partition_by("bucket", as_dict=True, include_key=False)
    plans = []
    for number, bucket in enumerate(BUCKETS):
        rows = by_bucket.get((number,), wanted.clear())
        paths = [bucket_path(stage_dir, table.name, bucket) for table in tables]
        if rows.is_empty() and not any(path.exists() for path in paths):
            continue
        is_new = not all(map(_is_usable, paths, tables))
        known = (
            pl.DataFrame(schema=dict.fromkeys(KEYS, pl.String()))
            if is_new
            else pl.read_parquet(bucket_path(stage_dir, tables[0].name, bucket), columns=KEYS)
        )
        todo = rows.join(known, on=KEYS, how="anti")
        keep = rows.join(known, on=KEYS, how="semi").select("report_id")
        removed = known.join(rows, on="report_id", how="anti").height
        plans.append(_Plan(bucket, todo, keep, is_new, removed))
    return plans


def _is_usable(path: Path, table: StageTable) -> bool:
    """Whether there is a bucket with the columns of today; one of an older version is built anew."""
    try:
        return dict(pl.read_parquet_schema(path)) == table.schema
    except (OSError, pl.exceptions.PolarsError):
        return False


def _write_bucket(
    stage_dir: Path, tables: Sequence[StageTable], plan: _Plan, rows: Mapping[str, Iterable[pl.DataFrame]]
) -> None:
    """Write one bucket of every table, the ledger last: a run killed in between computes the bucket again."""
    ledger = bucket_path(stage_dir, tables[0].name, plan.bucket)
    merged = {}
    for table in tables:
        parts = list(rows[table.name])
        if plan.keep.height:
            known = pl.read_parquet(bucket_path(stage_dir, table.name, plan.bucket))
            parts.append(known.join(plan.keep, on="report_id", how="semi"))
        merged[table.name] = pl.concat([pl.DataFrame(schema=table.schema), *parts]).sort(table.sort)
    if len(tables) > 1:
        ledger.unlink(missing_ok=True)
    key = _bucket_key(merged[tables[0].name])
    for table in reversed(tables):
        write_parquet(merged[table.name], bucket_path(stage_dir, table.name, plan.bucket), key)


def _bucket_key(ledger: pl.DataFrame) -> str:
    """One hash of what every row of a bucket was computed from; of its own where a row could not be computed."""
    if ledger["input_key"].eq(RETRY).any():
        return uuid.uuid4().hex
    lines = ledger.select(pl.concat_str(KEYS, separator=" ")).to_series()
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
