"""The step from text to sketch: what is needed to find the reports that share text with a report, in 768 bytes.

A sketch is a MinHash of the 20-grams of the text: the share of equal places in two sketches estimates the share of
20-grams (of those in either text) that both texts have. The library `rensa` computes it. Spaces and page furniture do
not count.
"""

import traceback
from typing import Any

import numpy as np
import polars as pl
from rensa import RMinHash

from pipelines.build.buckets import StageTable, scan, staged_key
from pipelines.build.ledger import Ledger
from pipelines.build.one_bucket import RETRY, BatchResult, StagedColumns
from pipelines.build.refresh import Counts, refresh
from pipelines.settings import Settings
from pipelines.stage.documents import DOCUMENTS, KILLED
from pipelines.stage.grams import GRAM, gram_numbers, plain_text
from pipelines.stage.size_limits import MOST_CHARACTERS
from pipelines.stage.worker_settings import worker_settings

PERMUTATIONS = 192
SKETCH_VERSION = f"2 rensa {RMinHash.ALGORITHM_VERSION} {GRAM} {PERMUTATIONS}"
_SEED = 1
SKETCHES = StageTable(
    "sketches",
    {
        "report_id": pl.String(),
        "input_key": pl.String(),
        "n_grams": pl.Int64(),
        "sketch": pl.Array(pl.UInt32(), PERMUTATIONS),  # null for a text that is shorter than one 20-gram
    },
)


def refresh_sketches(settings: Settings) -> Counts:
    """Sketch the documents whose text is new."""
    given = f"{SKETCH_VERSION} {staged_key(settings.stage_dir, DOCUMENTS.name)}"

    def wanted() -> pl.DataFrame:
        key = pl.concat_str(pl.lit(SKETCH_VERSION), "input_key", separator=" ")
        return scan(settings.stage_dir, DOCUMENTS).select("report_id", input_key=key).collect()

    return refresh(
        settings.stage_dir,
        Ledger(settings.ledger_path),
        "sketches",
        [SKETCHES],
        given,
        wanted,
        sketch_batch,
        StagedColumns(settings.stage_dir, DOCUMENTS.name, ("text", "furniture")),
        worker_settings(settings),
        crashed=crashed_sketch,
    )


def sketch_batch(batch: pl.DataFrame) -> BatchResult:
    """Sketch one batch (text, furniture). A report that raises has no sketch and is tried again in the next run."""
    rows, errors = [], []
    for row in batch.iter_rows(named=True):
        found = {"report_id": row["report_id"], "input_key": row["input_key"], "n_grams": 0, "sketch": None}
        try:
            found |= _sketched(row)
        except Exception:
            errors.append(f"{row['report_id']}\n{traceback.format_exc()}")
            found["input_key"] = RETRY
        rows.append(found)
    return BatchResult({SKETCHES.name: pl.DataFrame(rows, schema=SKETCHES.schema)}, errors)


def _sketched(row: dict[str, Any]) -> dict[str, Any]:
    """The sketch of one text.

    A text that is longer than any report is quarantined when it is read for facts. It is never compared.
    """
    if len(row["text"] or "") > MOST_CHARACTERS:
        return {}
    numbers = gram_numbers(plain_text(row["text"], row["furniture"]))
    if not len(numbers):
        return {}
    ends = np.array([0, len(numbers)], dtype=np.uint64)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(numbers, ends, num_perm=PERMUTATIONS, seed=_SEED)
    return {"n_grams": len(numbers), "sketch": matrix.to_rows()[0]}


def crashed_sketch(batch: pl.DataFrame) -> BatchResult:
    """The row of a report at which each worker process is killed: it has no sketch."""
    row = batch.select("report_id", "input_key").row(0, named=True)
    frame = pl.DataFrame([row | {"n_grams": 0, "sketch": None}], schema=SKETCHES.schema)
    return BatchResult({SKETCHES.name: frame}, [f"{row['report_id']}\n{KILLED}"])
