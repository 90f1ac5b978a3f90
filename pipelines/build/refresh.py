"""When a row of a staged table is computed again, and the computing.

The first table of a step has one row a report. Its column `input_key` is a text that names all that the row was
computed from. A report is taken over where its key is still the same, if the ledger knows the file that it lies in.
What the keys are made of is decided by the steps (`documents`, `identities`, `facts`). Rows are computed in batches, or
in whole buckets where the workers of a cluster see the stage (`pipelines.build.one_bucket`).
"""

import hashlib
import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipelines.build.answers import STEPS, StepState
from pipelines.build.buckets import BUCKETS, PREFIX, WIDTH, StageTable, bucket_path, staged_key
from pipelines.build.in_hand import in_hand
from pipelines.build.ledger import Ledger, LedgerEntry
from pipelines.build.one_bucket import (
    KEYS,
    RETRY,
    BatchResult,
    BucketFiles,
    BucketPlan,
    BucketTask,
    StagedColumns,
    do_bucket,
    merged,
    scratch_folder,
    stamp_for,
    stamps_read,
    take,
)
from pipelines.build.progress import report
from pipelines.build.stamped_parquet import is_written, record_written, stamp_in, write_parquet
from pipelines.build.workers import BATCH, ONE_PROCESS, Workers, WorkerSettings, workers

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Counts:
    """Reports that a step computed, took over from the run before, and dropped because their file is gone."""

    computed: int
    reused: int
    removed: int
    errors: tuple[str, ...] = ()


@dataclass
class _OpenBucket:
    """A bucket of which batches are under way: its plan, the rows that are still missing, and what has come."""

    plan: BucketPlan
    missing: int
    results: list[BatchResult] = field(default_factory=list)

    def add(self, result: BatchResult, rows: int) -> None:
        self.results.append(result)
        self.missing -= rows


class _OpenBuckets:
    """The buckets of which batches are under way, in their order. Each is written when nothing of it is missing."""

    def __init__(self, write: Callable[[BucketPlan, list[BatchResult]], None]) -> None:
        self._write = write
        self._open: deque[_OpenBucket] = deque()

    def batches(
        self, plans: Sequence[BucketPlan], load: Callable[[str, pl.DataFrame], pl.DataFrame], batch: int
    ) -> Iterator[pl.DataFrame]:
        """The batches of one bucket after the other, so that each worker is busy where a bucket has few."""
        for plan in plans:
            rows = load(plan.bucket, plan.todo) if plan.todo.height else plan.todo
            self._open.append(_OpenBucket(plan, rows.height))
            yield from rows.iter_slices(batch)

    def take(self, result: BatchResult, rows: int) -> None:
        """Add what the next batch gave, so many rows; results come in the order of the batches."""
        self.write_whole()  # those before it from which rows were only removed
        self._open[0].add(result, rows)
        self.write_whole()

    def write_whole(self) -> None:
        """Write those that are whole, up to the first that is not."""
        while self._open and not self._open[0].missing:
            bucket = self._open.popleft()
            self._write(bucket.plan, bucket.results)

    def missing(self) -> dict[str, int]:
        """By bucket, the rows that have not come."""
        return {bucket.plan.bucket: bucket.missing for bucket in self._open}


def refresh(
    stage_dir: Path,
    ledger: Ledger,
    step: str,
    tables: Sequence[StageTable],
    given: str,
    wanted: Callable[[], pl.DataFrame],
    work: Callable[[pl.DataFrame], BatchResult],
    load: Callable[[str, pl.DataFrame], pl.DataFrame] = lambda bucket, todo: todo,
    how: WorkerSettings = ONE_PROCESS,
    batch: int = BATCH,
    crashed: Callable[[pl.DataFrame], BatchResult] | None = None,
) -> Counts:
    """Bring `tables` to the state of `wanted()`, computing only what is new or changed.

    `given` is a text that changes with everything that the step goes by. While it is the one of the last run, and the
    files are those that this run left, nothing is planned or read: `wanted` is not even called.

    `wanted()` returns the columns report_id and input_key and what `load` needs. `load(bucket, todo)` adds to the rows
    of one bucket what `work` reads; where that is `StagedColumns`, a worker of a cluster may do it. `work(batch)`
    returns rows for every table; it runs in another process when there is much to do, so it must be picklable.
    `crashed(row)` returns the rows for the one document that ends each process it is given to; without it such a
    document ends the step. `how` says who works when there is much to do. Progress is reported under the name `step`.
    Buckets in which nothing changed are not opened for writing.
    """
    known = ledger.find(STEPS, step, _step_key(stage_dir, tables, given))
    if known is not None:
        return Counts(0, known.reports, 0)
    plans = _plan(stage_dir, ledger, tables, wanted())
    total = sum(plan.todo.height for plan in plans)
    todo = _Computation(stage_dir, ledger, step, tables, work, batch, total)
    with (
        in_hand(ledger, step) if total else nullcontext(False) as is_careful,
        workers(how, total, is_careful) as hands,
    ):
        changed = [plan for plan in plans if plan.is_changed]
        if isinstance(load, StagedColumns) and hands.shares(stage_dir):
            changed = todo.by_bucket(hands, changed, load)
        todo.by_batch(hands, changed, load, crashed)
    reused = sum(plan.keep.height for plan in plans)
    if todo.is_complete:
        state = StepState(total + reused)
        ledger.record(STEPS, {step: LedgerEntry(_step_key(stage_dir, tables, given), state)})
    return Counts(total, reused, sum(plan.removed for plan in plans), tuple(todo.errors))


@dataclass
class _Computation:
    """The computing of what is new in one step, and how far it has come."""

    stage_dir: Path
    ledger: Ledger
    step: str
    tables: Sequence[StageTable]
    work: Callable[[pl.DataFrame], BatchResult]
    batch: int
    total: int
    done: int = 0
    is_complete: bool = True
    errors: list[str] = field(default_factory=list)

    def by_bucket(self, hands: Workers, plans: Sequence[BucketPlan], load: StagedColumns) -> list[BucketPlan]:
        """Let each worker do whole buckets. Returns the plans that are left for `by_batch`.

        Those are the ones without work, and those over which a worker was lost or whose files are not as they must be.
        """
        left = [plan for plan in plans if not plan.todo.height]

        def task(plan: BucketPlan) -> BucketTask:
            stamps = stamps_read(self.stage_dir, self.tables, plan, load)
            return BucketTask(self.stage_dir, scratch, tuple(self.tables), plan, stamps, load, self.work, self.batch)

        with scratch_folder(self.stage_dir) as scratch:
            tasks = (task(plan) for plan in plans if plan.todo.height)
            for given, found in hands.attempts(do_bucket, tasks):
                if failure := self._take(found, given.plan.bucket):
                    _log.warning("%s, bucket %s: %s; it is done in batches", self.step, given.plan.bucket, failure)
                    left.append(given.plan)
        return left

    def _take(self, found: BucketFiles | str | Exception, bucket: str) -> str | None:
        """Take what a worker made of a whole bucket; says why, where it cannot be taken."""
        if not isinstance(found, BucketFiles):
            return str(found)
        if found.missing:
            return f"{found.missing} rows are missing"
        if failure := take(found, self.stage_dir, self.ledger, bucket):
            return failure
        self._count(found.rows, found.errors, found.is_complete)
        return None

    def by_batch(
        self,
        hands: Workers,
        plans: Sequence[BucketPlan],
        load: Callable[[str, pl.DataFrame], pl.DataFrame],
        crashed: Callable[[pl.DataFrame], BatchResult] | None,
    ) -> None:
        """Give out batches, and write each bucket when all of its rows are there."""
        buckets = _OpenBuckets(self._write)
        for result in hands(self.work, buckets.batches(plans, load, self.batch), crashed):
            keys = result.frames[self.tables[0].name]["input_key"]
            self._count(len(keys), result.errors, not keys.eq(RETRY).any())
            buckets.take(result, len(keys))
        buckets.write_whole()
        if missing := buckets.missing():
            found = f"step {self.step} gave too few rows, missing by bucket: {missing}"
            raise RuntimeError(f"{found}; it must give one a report")

    def _write(self, plan: BucketPlan, results: Sequence[BatchResult]) -> None:
        """Write one bucket of every table under one stamp, and then tell the ledger."""
        frames, stamp = merged(self.stage_dir, self.tables, plan, results)
        paths = {name: bucket_path(self.stage_dir, name, plan.bucket) for name in frames}
        for name, path in paths.items():
            write_parquet(frames[name], path, stamp)
        record_written(self.ledger, dict.fromkeys(paths.values(), stamp))

    def _count(self, rows: int, errors: Sequence[str], is_complete: bool) -> None:
        self.is_complete = self.is_complete and is_complete
        self.errors.extend(errors)
        self.done += rows
        report(self.step, self.done, self.total)


def _step_key(stage_dir: Path, tables: Sequence[StageTable], given: str) -> str:
    """What a step was given, and what it left: the columns of each table and the stamps of its files."""
    left = [f"{table.name} {table.schema} {staged_key(stage_dir, table.name)}" for table in tables]
    return hashlib.sha256("\n".join([given, *left]).encode()).hexdigest()


def _plan(stage_dir: Path, ledger: Ledger, tables: Sequence[StageTable], wanted: pl.DataFrame) -> list[BucketPlan]:
    """What is to do in each bucket that has rows or should have some.

    The stamp of a bucket says which rows it holds, and what they were computed from. Where it is the stamp of the
    wanted rows, the bucket is not read.
    """
    first = pl.col("report_id").str.slice(0, PREFIX).str.to_integer(base=16, strict=False).fill_null(0)
    by_bucket = wanted.with_columns(bucket=first // WIDTH).partition_by("bucket", as_dict=True, include_key=False)
    plans = []
    for number, bucket in enumerate(BUCKETS):
        rows = by_bucket.get((number,), wanted.clear())
        paths = [bucket_path(stage_dir, table.name, bucket) for table in tables]
        if rows.is_empty() and not any(path.exists() for path in paths):
            continue
        is_new = not _is_usable(ledger, paths, tables)
        if not is_new and stamp_in(paths[0]) == stamp_for(rows.select(KEYS).sort("report_id")):
            plans.append(BucketPlan(bucket, rows.clear(), rows.select("report_id"), is_new=False, removed=0))
            continue
        known = (
            pl.DataFrame(schema=dict.fromkeys(KEYS, pl.String())) if is_new else pl.read_parquet(paths[0], columns=KEYS)
        )
        todo = rows.join(known, on=KEYS, how="anti")
        keep = rows.join(known, on=KEYS, how="semi").select("report_id")
        removed = known.join(rows, on="report_id", how="anti").height
        plans.append(BucketPlan(bucket, todo, keep, is_new, removed))
    return plans


def _is_usable(ledger: Ledger, paths: Sequence[Path], tables: Sequence[StageTable]) -> bool:
    """Whether the files of a bucket are known to the ledger, belong together, and have the columns of today.

    They carry one stamp. A run that was killed between them left two, or files that the ledger does not know.
    """
    if len({stamp_in(path) for path in paths}) != 1 or not all(is_written(ledger, path) for path in paths):
        return False
    return all(dict(pl.read_parquet_schema(path)) == table.schema for path, table in zip(paths, tables, strict=True))
