"""Sidecars: the JSON file beside a report that says where its bytes came from (`001.txt` has `001.meta.json`).

One sidecar is parsed here. Which file is the sidecar of which report is decided in `inventory`.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

MAX_BYTES = 1_000_000  # a sidecar holds a handful of lines; more is a mistake, and not worth the memory


class Sidecar(NamedTuple):
    """What a sidecar says; every field is None where it is unknown. `error` says why nothing could be taken."""

    source_url: str | None = None
    fetched_at: datetime | None = None
    source_id: str | None = None
    error: str | None = None


def read_sidecar(path: Path) -> Sidecar:
    """Read the sidecar at `path`; what is wrong with it is returned in `error`, never raised."""
    if not path.is_file():
        return Sidecar(error="sidecar is not a regular file")
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            return Sidecar(error=f"sidecar is larger than {MAX_BYTES} bytes")
        content = json.loads(data.decode("utf-8-sig"))
    except OSError as error:
        return Sidecar(error=f"sidecar cannot be read: {error.strerror or type(error).__name__}")
    except UnicodeDecodeError:
        return Sidecar(error="sidecar is not UTF-8")
    except (ValueError, RecursionError):
        return Sidecar(error="sidecar is not JSON")
    if not isinstance(content, dict):
        return Sidecar(error=f"sidecar is JSON but not an object: {type(content).__name__}")
    return _from_object(content)


def _from_object(content: dict[str, Any]) -> Sidecar:
    """Take the known fields; a field of the wrong type is dropped and named, the others are kept."""
    texts = {name: _clean(content.get(name)) for name in ("url", "source_id", "fetched_at")}
    wrong = [name for name in texts if content.get(name) is not None and not isinstance(content[name], str)]
    fetched_at = None
    if texts["fetched_at"]:
        try:
            fetched_at = _utc(texts["fetched_at"])
        except (ValueError, OverflowError):
            wrong.append("fetched_at")
    error = f"sidecar fields cannot be read: {', '.join(wrong)}" if wrong else None
    return Sidecar(texts["url"], fetched_at, texts["source_id"], error)


def _clean(value: Any) -> str | None:
    """A string that can be stored (lone surrogates, which JSON can spell, cannot), or None."""
    if not isinstance(value, str):
        return None
    return value.encode("utf-8", "replace").decode("utf-8").strip() or None


def _utc(text: str) -> datetime:
    """An ISO 8601 moment in UTC; one without an offset is taken to be UTC already."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
