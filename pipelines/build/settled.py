"""Steps that have nothing to do: what a step was given and what it left is remembered from run to run.

While neither has changed the step is not even planned, which for 400,000 reports means to read what it would do and to
find that it is nothing.
"""

import hashlib
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from pipelines.build.buckets import RETRY, Counts, StageTable, key_of, scan
from pipelines.build.memo import Memo

MEMORY = "settled.json"


def unless_settled(stage_dir: Path, tables: Sequence[StageTable], given: str, work: Callable[[], Counts]) -> Counts:
    """The counts of `work`, which brings `tables` (the ledger first) up to date, unless they are already.

    given: a text that changes with everything that `work` goes by. A step that left a row to try again is not settled.
    """
    memory = Memo(stage_dir / MEMORY)
    name = tables[0].name
    if memory.has(name, _key(stage_dir, tables, given)):
        return Counts(0, memory.known(name), 0)
    counts = work()
    again = scan(stage_dir, tables[0]).filter(pl.col("input_key") == RETRY)
    if again.select(pl.len()).collect().item() == 0:
        memory.keep({name: (_key(stage_dir, tables, given), counts.computed + counts.reused)})
    return counts


def frame_key(frame: pl.DataFrame) -> str:
    """A text that changes with the rows of a frame or their order, of simple columns."""
    hashes = array("Q", frame.hash_rows().to_list())  # NumPy would be as fast, but takes long to import
    return hashlib.sha256(hashes.tobytes()).hexdigest()


def _key(stage_dir: Path, tables: Sequence[StageTable], given: str) -> str:
    """What was given, and what lies there now in which columns."""
    lies = [f"{table.name} {table.schema} {key_of(stage_dir, table.name)}" for table in tables]
    return hashlib.sha256("\n".join([given, *lies]).encode()).hexdigest()
