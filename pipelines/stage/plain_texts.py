"""The texts of many reports without spaces and furniture, laid out so that any few can be had at once.

The staged documents are compressed, and which reports are compared has nothing to do with the buckets that they lie in:
to find the texts for one bucket all buckets are read. Here each is read once, into a scratch file from which workers
take what they compare. It takes about 11 kB a report.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import polars as pl

from pipelines.build.buckets import bucket_paths
from pipelines.build.one_bucket import scratch_folder
from pipelines.stage.documents import DOCUMENTS
from pipelines.stage.grams import plain_text

FEW = 20_000  # texts that may be in memory at one time
_READ = ["report_id", "text", "furniture"]
_PLACE = {"report_id": pl.String(), "start": pl.Int64(), "size": pl.Int64()}


@contextmanager
def plain_texts(stage_dir: Path) -> Iterator["PlainTexts"]:
    """No texts yet. Their scratch file is gone at the end of the block."""
    with scratch_folder(stage_dir) as folder:
        yield PlainTexts(stage_dir, folder / "texts")


class PlainTexts:
    """The texts that were asked for so far, in the file `path`."""

    def __init__(self, stage_dir: Path, path: Path) -> None:
        self._stage_dir, self.path = stage_dir, path
        self._places = pl.DataFrame(schema=_PLACE)

    def add(self, ids: pl.Series) -> None:
        """Lay out the texts of the reports `ids`; where they are many, bucket by bucket."""
        paths = bucket_paths(self._stage_dir, DOCUMENTS.name)
        for group in [paths] if len(ids) <= FEW else [[path] for path in paths]:
            rows = [pl.scan_parquet(path).filter(pl.col("report_id").is_in(ids.implode())) for path in group]
            if rows:
                self._write(pl.concat([part.select(_READ) for part in rows]).collect())

    def places(self, ids: pl.Series) -> pl.DataFrame:
        """report_id, start and size of the texts of the reports `ids`. Those that were not added are read now."""
        if len(unknown := ids.filter(~ids.is_in(self._places["report_id"].implode()))):
            self.add(unknown)
        return self._places.filter(pl.col("report_id").is_in(ids.implode()))

    def _write(self, rows: pl.DataFrame) -> None:
        texts = [plain_text(text, furniture).encode() for text, furniture in rows.select("text", "furniture").rows()]
        sizes = pl.Series([len(text) for text in texts], dtype=pl.Int64)
        with self.path.open("ab") as file:
            start = file.tell()
            file.writelines(texts)
        places = rows.select("report_id", start=start + sizes.cum_sum() - sizes, size=sizes)
        self._places = pl.concat([self._places, places])


def read_text(file: BinaryIO, start: int | None, size: int | None) -> str:
    """The text at a place in the opened scratch file; empty where there is none."""
    if start is None or size is None:
        return ""
    file.seek(start)
    return file.read(size).decode()
