"""One file by itself: the same reading, identifying and extracting that the pipeline does, without the pipeline.

Only the path of a single file through the library belongs here; it writes nothing.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.codebook import load_codebook
from pipelines.extract.batch import extract_frame
from pipelines.identify import Gazetteer, identify
from pipelines.ingest.inventory import report_id
from pipelines.ingest.sidecar import SUFFIX, Sidecar, read_sidecar
from pipelines.read import Document, ReadError, read_bytes
from pipelines.settings import Settings
from pipelines.stage.documents import DOCUMENTS


@dataclass(frozen=True)
class Examined:
    """Who reports (the columns of stage/identities) and the facts (rows of stage/facts)."""

    identity: dict[str, Any]
    facts: list[dict[str, Any]]


def examine(file: Path, url: str | None, settings: Settings) -> Examined:
    """Read, identify and extract `file`; its sidecar, if there is one, tells what `url` does not.

    Raises ReadError for a file that cannot be read, a missing one included.
    """
    document = _read(file, settings.max_bytes)
    beside = file.with_name(file.stem + SUFFIX)
    sidecar = read_sidecar(beside) if beside.exists() else Sidecar()
    gazetteer = Gazetteer.load(settings.divisions_path)
    identity = identify(
        document.text, document.furniture, document.fields, url or sidecar.source_url, sidecar.source_id, gazetteer
    )
    spans = [{"start": span.start, "end": span.end, "kind": span.kind} for span in document.furniture]
    row = {
        "report_id": report_id(file.name, None),
        "text": document.text,
        "furniture": spans,
        "report_year": identity.report_year,
    }
    schema = {name: DOCUMENTS.schema[name] for name in ("report_id", "text", "furniture")} | {"report_year": pl.Int32()}
    facts, _ = extract_frame(pl.DataFrame([row], schema=schema), load_codebook())
    return Examined(asdict(identity), facts.sort("number_start", "fact_id").to_dicts())


def _read(file: Path, max_bytes: int) -> Document:
    try:
        size = file.stat().st_size
        if not file.is_file():
            raise ReadError("unreadable", "is not a file; give the path of one report")
        if size > max_bytes:
            found = f"has {size} bytes, the limit is {max_bytes}"
            raise ReadError("too_large", f"{found}; raise FAZHI_MAX_BYTES to read it")
        return read_bytes(file.read_bytes(), file.name)
    except FileNotFoundError as error:
        raise ReadError("missing", "does not exist; give the path of a report") from error
    except (OSError, ValueError) as error:
        if isinstance(error, ReadError):
            raise
        raise ReadError("unreadable", f"cannot be read: {getattr(error, 'strerror', None) or error}") from error
