"""The texts of many reports without spaces and furniture, laid out so that any few can be had at once.

The staged documents are compressed, and which reports are compared has nothing to do with the buckets that they lie in:
to find the texts for one bucket all buckets are read. Here each is read once, into a scratch file that is gone when it
is closed. It takes about 11 kB a report.
"""

from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Self

import polars as pl

from pipelines.build.buckets import bucket_paths
from pipelines.stage.documents import DOCUMENTS
from pipelines.stage.grams import plain_text

FEW = 20_000  # texts that may be in memory at one time
_IN_MEMORY = 64_000_000  # bytes; a larger scratch file lies on the disk
_READ = ["report_id", "text", "furniture"]
_PLACE = {"report_id": pl.String(), "start": pl.Int64(), "size": pl.Int64()}


class PlainTexts:
    """The texts that were asked for so far. Use it in a `with`, which closes the scratch file."""

    def __init__(self, stage_dir: Path) -> None:
        stage_dir.mkdir(parents=True, exist_ok=True)
        self._stage_dir = stage_dir
        self._file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(  # noqa: SIM115
            _IN_MEMORY, prefix=".texts-", dir=str(stage_dir)
        )
        self._places = pl.DataFrame(schema=_PLACE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, ids: pl.Series) -> None:
        """Lay out the texts of the reports `ids`; where they are many, bucket by bucket."""
        paths = bucket_paths(self._stage_dir, DOCUMENTS.name)
        for group in [paths] if len(ids) <= FEW else [[path] for path in paths]:
            rows = [pl.scan_parquet(path).filter(pl.col("report_id").is_in(ids.implode())) for path in group]
            if rows:
                self._write(pl.concat([part.select(_READ) for part in rows]).collect())

    def of(self, ids: pl.Series) -> pl.DataFrame:
        """report_id and text of the reports `ids`. Those that were not added are read now."""
        if len(unknown := ids.filter(~ids.is_in(self._places["report_id"].implode()))):
            self.add(unknown)
        # in the order of the file, as a disk reads it best
        places = self._places.filter(pl.col("report_id").is_in(ids.implode()))
        texts = [self._text(start, size) for start, size in places.select("start", "size").iter_rows()]
        return places.select("report_id", text=pl.Series(texts, dtype=pl.String))

    def _write(self, rows: pl.DataFrame) -> None:
        texts = [plain_text(text, furniture).encode() for text, furniture in rows.select("text", "furniture").rows()]
        sizes = pl.Series([len(text) for text in texts], dtype=pl.Int64)
        start = self._file.seek(0, 2)
        self._file.write(b"".join(texts))
        places = rows.select("report_id", start=start + sizes.cum_sum() - sizes, size=sizes)
        self._places = pl.concat([self._places, places])

    def _text(self, start: int, size: int) -> str:
        self._file.seek(start)
        return self._file.read(size).decode()
