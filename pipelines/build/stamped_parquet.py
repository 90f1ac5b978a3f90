"""Parquet files that carry a stamp in their own metadata: what all their rows were computed from.

The stamp is the identity of the file, on any machine and after any copy. Whether a file may be used is for the ledger:
one whose stamp the ledger does not know counts as not there.
"""

import hashlib
from array import array
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import polars as pl

from pipelines.build.answers import BYTES, WRITTEN, FileBytes
from pipelines.build.atomic import atomic_write
from pipelines.build.file_identity import FileIdentity, file_identity
from pipelines.build.ledger import Ledger, LedgerEntry

STAMP = "fazhi_key"  # its name in the metadata of the file


def write_parquet(frame: pl.DataFrame, path: Path, stamp: str | None = None) -> None:
    """Write `frame` to `path`, whole or not at all. stamp: what its rows were computed from."""
    with atomic_write(path) as beside:
        frame.write_parquet(beside, compression="zstd", metadata={STAMP: stamp} if stamp else None)


def record_written(ledger: Ledger, stamps: Mapping[Path, str]) -> None:
    """Tell the ledger that the files at these paths were written here, each with its stamp."""
    ledger.record(WRITTEN, {ledger.name_of(path): LedgerEntry(stamp, True) for path, stamp in stamps.items()})
    record_bytes(ledger, stamps)


def record_bytes(ledger: Ledger, stamps: Mapping[Path, str]) -> None:
    """Tell the ledger which bytes were written to these paths, each file with its stamp (`pipelines.build.mending`)."""
    found = {path: identity for path in stamps if (identity := file_identity(path))}
    ledger.record(
        BYTES,
        {
            ledger.name_of(path): LedgerEntry(identity.stamp, FileBytes(stamps[path], hash_of(path)))
            for path, identity in found.items()
        },
    )


def hash_of(path: Path) -> str:
    """The SHA-256 of the bytes of a file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stamp_in(path: Path) -> str | None:
    """The stamp that the file at `path` carries; None for a file without one, for none, and for what is no Parquet."""
    identity = file_identity(path)
    return _stamp_in(path, identity) if identity else None


@lru_cache(maxsize=4096)
def _stamp_in(path: Path, _: FileIdentity) -> str | None:
    try:
        return pl.read_parquet_metadata(path).get(STAMP)
    except (pl.exceptions.PolarsError, OSError):
        return None


def stamp_of(path: Path) -> str:
    """The stamp that the file at `path` carries; for a file without one, the hash of its bytes. Raises OSError."""
    stamp = stamp_in(path)
    return hash_of(path) if stamp is None else stamp


def is_written(ledger: Ledger, path: Path) -> bool:
    """Whether the file at `path` is the one that was written here last, as the ledger knows it."""
    stamp = stamp_in(path)
    return stamp is not None and ledger.find(WRITTEN, ledger.name_of(path), stamp) is not None


def read_written(ledger: Ledger, path: Path, schema: Mapping[str, pl.DataType]) -> pl.DataFrame | None:
    """The rows of a file that the ledger knows; None where it does not, and where the columns are not `schema`."""
    if not is_written(ledger, path):
        return None
    try:
        frame = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError):
        return None
    return frame if dict(frame.schema) == schema else None


def frame_key(frame: pl.DataFrame) -> str:
    """A text that changes with the rows of a frame or their order, of simple columns."""
    hashes = array("Q", frame.hash_rows().to_list())  # NumPy would be as fast, but takes long to import
    return hashlib.sha256(hashes.tobytes()).hexdigest()
