"""The step from sketches to similarities: the share of its 20-grams that a report has in common with two others.

These are the report of the same unit on the year before, and the nearest report of another unit. Units and years are
those of the table `dim_report`, where people may have corrected them. Which report is the nearest is found by sketches;
the shares are counted in the texts.
"""

import traceback
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from pipelines.build.buckets import StageTable, scan, staged_key
from pipelines.build.ledger import Ledger
from pipelines.build.one_bucket import RETRY, BatchResult
from pipelines.build.refresh import Counts, refresh
from pipelines.build.stamped_parquet import frame_key, is_written, record_written, stamp_in, write_parquet
from pipelines.settings import Settings
from pipelines.stage.documents import KILLED
from pipelines.stage.grams import count_shared, gram_numbers
from pipelines.stage.nearest_reports import STATE, nearest_of_other_units
from pipelines.stage.plain_texts import PlainTexts, plain_texts, read_text
from pipelines.stage.sketches import SKETCH_VERSION, SKETCHES
from pipelines.stage.worker_settings import worker_settings

SIMILARITIES = StageTable(
    "similarities",
    {
        "report_id": pl.String(),
        "input_key": pl.String(),
        "n_grams": pl.Int64(),
        "last_year_report_id": pl.String(),
        "share_last_year": pl.Float64(),
        "nearest_report_id": pl.String(),
        # unit and year stand here because the report may lie in any bucket
        "nearest_township_code": pl.String(),
        "nearest_report_year": pl.Int32(),
        "share_nearest": pl.Float64(),
    },
)
_VERSION = f"2 {SKETCH_VERSION}"
_COMPARED = {  # the columns of the file at `Settings.nearest_path`
    **dict.fromkeys(STATE, pl.String()),
    "is_canonical": pl.Boolean(),
    "sketch": SKETCHES.schema["sketch"],
    "nearest_report_id": pl.String(),
}
_OTHERS = ("last_year", "nearest")
_REPORT = ["report_id", "township_code", "report_year", "is_canonical"]
# The columns of `SIMILARITIES` that are known before a text is read.
_GIVEN = ("report_id", "input_key", "last_year_report_id", *(f"nearest_{name}" for name in _REPORT[:3]))


def refresh_similarities(settings: Settings, dim_report: Sequence[Path]) -> Counts:
    """Compare the reports whose text, or whose report to compare with, is new. dim_report: the files of that table."""
    accepted = _accepted(dim_report)
    given = f"{_VERSION} {frame_key(accepted)} {staged_key(settings.stage_dir, SKETCHES.name)}"
    with plain_texts(settings.stage_dir) as texts:

        def wanted() -> pl.DataFrame:
            found = pairs(accepted, settings)
            known = scan(settings.stage_dir, SIMILARITIES).select("report_id", "input_key").collect()
            texts.add(_ids(found.join(known, on=["report_id", "input_key"], how="anti")))
            return found

        return refresh(
            settings.stage_dir,
            Ledger(settings.ledger_path),
            "similarities",
            [SIMILARITIES],
            given,
            wanted,
            partial(compare_batch, texts.path),
            lambda _, todo: _with_places(todo, texts),
            worker_settings(settings, texts.path.parent),
            crashed=crashed_comparison,
        )


def _accepted(dim_report: Sequence[Path]) -> pl.DataFrame:
    """The accepted reports with unit and year, by report_id."""
    if not dim_report:
        return pl.DataFrame(schema={"report_id": pl.String, "township_code": pl.String, "report_year": pl.Int32,
                                    "is_canonical": pl.Boolean})  # fmt: skip
    rows = pl.scan_parquet(list(dim_report)).filter(pl.col("status") == "accepted")
    return rows.select(_REPORT).sort("report_id").collect()


def pairs(accepted: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Each accepted report with the two to compare it with: the columns of `SIMILARITIES` that need no text."""
    sketches = scan(settings.stage_dir, SKETCHES).select("report_id", "sketch", text_key="input_key").collect()
    reports = accepted.join(sketches, on="report_id", maintain_order="left")
    found = _with_nearest(reports.filter(pl.col("sketch").is_not_null()), settings)
    before = (
        reports.filter("is_canonical")
        .group_by("township_code", report_year=pl.col("report_year") + 1)
        .agg(last_year_report_id=pl.col("report_id").min())
    )
    known = reports.select("report_id", "township_code", "report_year", key="text_key")
    joined = known.join(before, on=["township_code", "report_year"], how="left").join(found, on="report_id", how="left")
    for other in _OTHERS:
        theirs = known.rename({name: f"{other}_{name}" for name in known.columns})
        joined = joined.join(theirs, on=f"{other}_report_id", how="left")
    parts = ["key", "last_year_report_id", "last_year_key", *(f"nearest_{name}" for name in known.columns)]
    texts = (pl.col(part).cast(pl.String).fill_null("") for part in parts)
    key = pl.concat_str(pl.lit(_VERSION), *texts, separator=" ")
    # The order of a join is not given; the same rows make the same file.
    return joined.with_columns(input_key=key).select(_GIVEN).sort("report_id")


def _with_nearest(sketched: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """report_id and nearest_report_id. What they were found from is kept, so that the next run compares what is new."""
    ledger, path = Ledger(settings.ledger_path), settings.nearest_path
    is_of_today = (stamp_in(path) or "").startswith(f"{_VERSION} ") and is_written(ledger, path)
    is_usable = is_of_today and dict(pl.read_parquet_schema(path)) == _COMPARED
    before = pl.scan_parquet(path) if is_usable else None
    nearest = nearest_of_other_units(sketched, before, settings.processes)
    found = sketched.select(*STATE, "sketch", nearest)
    stamp = f"{_VERSION} {frame_key(found.drop('sketch'))}"  # the text_key stands for the sketch
    if before is None or stamp_in(path) != stamp:
        write_parquet(found, path, stamp)
        record_written(ledger, {path: stamp})
    return found.select("report_id", "nearest_report_id")


def _with_places(todo: pl.DataFrame, texts: PlainTexts) -> pl.DataFrame:
    """The rows of `todo` with the places of the three plain texts of each, as in start and last_year_start."""
    found = texts.places(_ids(todo))
    for prefix in ("", *(f"{other}_" for other in _OTHERS)):
        theirs = found.rename({name: prefix + name for name in found.columns})
        todo = todo.join(theirs, on=f"{prefix}report_id", how="left")
    return todo


def _ids(todo: pl.DataFrame) -> pl.Series:
    """The report_ids that `todo` names, each once."""
    names = ("report_id", *(f"{other}_report_id" for other in _OTHERS))
    return pl.concat([todo[name].alias("report_id") for name in names]).drop_nulls().unique()


def compare_batch(texts: Path, batch: pl.DataFrame) -> BatchResult:
    """Count the shares of one batch, whose texts lie in the file `texts`.

    A report that raises has none and is tried again in the next run.
    """
    rows, errors = [], []
    with texts.open("rb") as file:
        for row in batch.iter_rows(named=True):
            try:
                rows.append(_compared(row, file))
            except Exception:
                errors.append(f"{row['report_id']}\n{traceback.format_exc()}")
                rows.append({"report_id": row["report_id"], "input_key": RETRY})
    return BatchResult({SIMILARITIES.name: pl.DataFrame(rows, schema=SIMILARITIES.schema)}, errors)


def crashed_comparison(batch: pl.DataFrame) -> BatchResult:
    """The row of a report at which each worker process is killed: it has no shares."""
    row = batch.select("report_id", "input_key").row(0, named=True)
    return BatchResult(
        {SIMILARITIES.name: pl.DataFrame([row], schema=SIMILARITIES.schema)}, [f"{row['report_id']}\n{KILLED}"]
    )


def _compared(row: dict[str, Any], file: BinaryIO) -> dict[str, Any]:
    own = gram_numbers(read_text(file, row["start"], row["size"]))
    found = {name: row[name] for name in _GIVEN} | {"n_grams": len(own)}
    for other in _OTHERS:
        if len(own) and row[f"{other}_report_id"]:
            text = read_text(file, row[f"{other}_start"], row[f"{other}_size"])
            found[f"share_{other}"] = count_shared(own, text) / len(own)
    return found
