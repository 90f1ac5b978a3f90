"""One bucket of a step: what is to do in it, the rows that its files get, and a worker that does the whole of it.

Rows go to the workers batch by batch, and the driver writes the bucket. Where many workers see the stage, a worker is
told only which rows are wanted (`BucketTask`). It reads what belongs to them, and writes the files of the bucket into a
scratch folder in the stage. The driver moves them into place if their bytes are those that the worker wrote. What a
killed run leaves in a scratch folder is removed by `pipelines.build.leftovers`.
"""

import hashlib
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipelines.build.buckets import StageTable, bucket_path
from pipelines.build.ledger import Ledger
from pipelines.build.stamped_parquet import hash_of, record_written, stamp_in, write_parquet

KEYS = ["report_id", "input_key"]
RETRY = "retry"  # the input_key of a row that must be computed again next time, whatever it was computed from


@dataclass(frozen=True)
class BatchResult:
    """What one batch gave: rows by table name, and a traceback for each document that raised."""

    frames: dict[str, pl.DataFrame]
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class StagedColumns:
    """What is read of each report beside what is wanted: columns of an earlier staged table, from the same bucket."""

    stage_dir: Path
    table: str
    columns: tuple[str, ...]

    def path(self, bucket: str) -> Path:
        """The file that is read for a bucket."""
        return bucket_path(self.stage_dir, self.table, bucket)

    def __call__(self, bucket: str, todo: pl.DataFrame) -> pl.DataFrame:
        """The rows of `todo`, all of one bucket, with these columns."""
        return todo.join(
            pl.scan_parquet(self.path(bucket)).select("report_id", *self.columns).collect(), on="report_id"
        )


@dataclass(frozen=True)
class BucketPlan:
    """What is to do in one bucket: `todo` are the wanted rows to compute, `keep` the report_ids to take over."""

    bucket: str
    todo: pl.DataFrame
    keep: pl.DataFrame
    is_new: bool
    removed: int

    @property
    def is_changed(self) -> bool:
        """Whether the files must be written."""
        return self.is_new or self.todo.height > 0 or self.removed > 0


@dataclass(frozen=True)
class BucketTask:
    """A whole bucket for a worker. `stamps` are those of the files that it reads, as the driver sees them."""

    stage_dir: Path
    scratch: Path
    tables: tuple[StageTable, ...]
    plan: BucketPlan
    stamps: dict[Path, str | None]
    load: StagedColumns
    work: Callable[[pl.DataFrame], BatchResult]
    batch: int


@dataclass(frozen=True)
class BucketFiles:
    """The files of a bucket in the scratch folder, with the SHA-256 of each, by table; all carry one stamp.

    `rows` were computed of those that are wanted, and so many are `missing`. `is_complete` says that none asks to be
    tried again.
    """

    written: dict[str, tuple[Path, str]]
    stamp: str
    rows: int
    missing: int
    is_complete: bool
    errors: list[str]


def stamps_read(
    stage_dir: Path, tables: Sequence[StageTable], plan: BucketPlan, load: StagedColumns
) -> dict[Path, str | None]:
    """The stamps of the files that a worker reads for one bucket."""
    kept = [bucket_path(stage_dir, table.name, plan.bucket) for table in tables] if plan.keep.height else []
    return {path: stamp_in(path) for path in (load.path(plan.bucket), *kept)}


def do_bucket(task: BucketTask) -> BucketFiles | str:
    """Do a whole bucket in a worker. Where its folder is not as it must be, nothing counts, and the text says why."""
    try:
        return _done(task)
    except (OSError, pl.exceptions.PolarsError) as error:
        return f"{type(error).__name__}: {error}"


def _done(task: BucketTask) -> BucketFiles:
    if not os.access(task.scratch, os.W_OK):
        raise PermissionError(f"the worker cannot write to {task.scratch}")
    for path, stamp in task.stamps.items():
        if stamp_in(path) != stamp:  # a network folder may show an older file for a while
            raise FileNotFoundError(f"the worker sees another {path}")
    rows = task.load(task.plan.bucket, task.plan.todo)
    results = [task.work(part) for part in rows.iter_slices(task.batch)]
    frames, stamp = merged(task.stage_dir, task.tables, task.plan, results)
    once = uuid.uuid4().hex  # another worker may have the same task, where this one seemed to be lost
    written = {}
    for name, frame in frames.items():
        path = task.scratch / f"{name}-{task.plan.bucket}-{once}.parquet"
        write_parquet(frame, path, stamp)
        written[name] = path, hash_of(path)
    keys = [result.frames[task.tables[0].name]["input_key"] for result in results]
    done = sum(map(len, keys))
    is_complete = not any(key.eq(RETRY).any() for key in keys)
    errors = [error for result in results for error in result.errors]
    return BucketFiles(written, stamp, done, rows.height - done, is_complete, errors)


def take(files: BucketFiles, stage_dir: Path, ledger: Ledger, bucket: str) -> str | None:
    """Move the files of a bucket into place and tell the ledger. Says why, where they are not what the worker wrote."""
    for path, sha256 in files.written.values():
        try:
            if hash_of(path) != sha256:
                return f"{path.name} is damaged"
        except OSError as error:
            return f"{path.name} is not there ({error.strerror})"
    places = {name: bucket_path(stage_dir, name, bucket) for name in files.written}
    for name, place in places.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        files.written[name][0].replace(place)
    record_written(ledger, dict.fromkeys(places.values(), files.stamp))
    return None


@contextmanager
def scratch_folder(stage_dir: Path) -> Iterator[Path]:
    """A new hidden folder in the stage, removed when the block ends."""
    folder = stage_dir / f".buckets-{uuid.uuid4().hex}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def merged(
    stage_dir: Path, tables: Sequence[StageTable], plan: BucketPlan, results: Sequence[BatchResult]
) -> tuple[dict[str, pl.DataFrame], str]:
    """All rows of one bucket by table, those that are kept and those that were computed, and the stamp of its files."""
    frames = {}
    for table in tables:
        rows = [pl.DataFrame(schema=table.schema), *(result.frames[table.name] for result in results)]
        if plan.keep.height:
            known = pl.read_parquet(bucket_path(stage_dir, table.name, plan.bucket))
            rows.append(known.join(plan.keep, on="report_id", how="semi"))
        # in one piece, because many threads sort into pieces, which make other bytes
        frames[table.name] = pl.concat(rows).sort(table.sort).rechunk()
    return frames, stamp_for(frames[tables[0].name].select(KEYS))


def stamp_for(keys: pl.DataFrame) -> str:
    """What all rows of a bucket are computed from, in the order of their report_ids."""
    if keys["input_key"].eq(RETRY).any():
        return uuid.uuid4().hex  # nobody knows what such a row was computed from
    lines = keys.select(pl.concat_str(KEYS, separator=" ")).to_series()
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
