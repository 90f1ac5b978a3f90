"""`fazhi run`, which also writes down how long each file took: opened as an archive, read, identified, extracted.

    HOSTILE_TIMES=FOLDER python -m benchmarks.timed_run run --raw RAW --warehouse WAREHOUSE

Worker processes import this module as their main one, so their work is timed too. Each process adds lines to a file of
its own: the step, the seconds, and the file by its path, or the text by its hash where the step sees only texts.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.build.one_bucket import BatchResult
from pipelines.cli.commands import main
from pipelines.extract.report.engine import Extractor
from pipelines.identify import identity
from pipelines.stage import documents, raw_inventory

FOLDER = "HOSTILE_TIMES"
_LEAST = 0.05  # seconds; what is faster is not written down


def text_hash(text: str) -> str:
    """The name by which a text is known here."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@contextmanager
def _timed(step: str, name: Callable[[], str]) -> Iterator[None]:
    began = time.perf_counter()
    try:
        yield
    finally:
        seconds = time.perf_counter() - began
        if seconds >= _LEAST:
            with Path(os.environ[FOLDER], f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as lines:
                lines.write(json.dumps([step, seconds, name()]) + "\n")


def _watch_texts(step: str, owner: Any, function: str, at: int) -> None:
    """Time a function whose argument number `at` is the text."""
    inner = getattr(owner, function)

    @wraps(inner)
    def timed(*arguments: Any, **named: Any) -> Any:
        with _timed(step, lambda: text_hash(arguments[at])):
            return inner(*arguments, **named)

    setattr(owner, function, timed)


def _watch_files() -> None:
    open_archive, read_batch = raw_inventory._members_of, documents.read_batch

    @wraps(open_archive)
    def timed_archive(file: dict[str, Any], *more: Any) -> Any:
        with _timed("open", lambda: file["raw_path"]):
            return open_archive(file, *more)

    @wraps(read_batch)
    def timed_batch(batch: pl.DataFrame, **given: Any) -> BatchResult:
        rows, errors = [], []
        for row in batch.iter_slices(1):  # a batch is read row by row there too
            with _timed("read", lambda row=row: row["raw_path"][0]):
                result = read_batch(row, **given)
            rows.append(result.frames[documents.DOCUMENTS.name])
            errors += result.errors
        return BatchResult({documents.DOCUMENTS.name: pl.concat(rows)}, errors)

    raw_inventory._members_of, documents.read_batch = timed_archive, timed_batch


if FOLDER in os.environ:
    _watch_files()
    _watch_texts("identify", identity, "identify", 0)
    _watch_texts("extract", Extractor, "read", 2)

if __name__ == "__main__":
    sys.exit(main())
