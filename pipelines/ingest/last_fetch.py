"""How the last fetch of each source ended: `raw/fetched/.last/SOURCE.json`, one small file a source, for people.

A file is written when its source is through, stopped or cut short, and replaces the one before. A run that is killed
leaves those of the sources that it had not ended as they were. Nothing of a fetch depends on these files.
"""

from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from pipelines.build.atomic import atomic_write
from pipelines.ingest.tally import Tally

LAST = ".last"
_MOST_REASONS = 20  # of one source; a site that is down may give a reason for each of its addresses
_MOST_BYTES = 100_000  # of a file; what is kept takes 20 kB at most


class LastFetch(BaseModel):
    """What the last fetch of a source found and did. The counts are those of `Tally`; `reasons` are lines for people.

    `is_failed` says that the source did not give what it should, `is_cut_short` that a limit ended the fetch.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source_id: str
    started_at: AwareDatetime
    ended_at: AwareDatetime
    listed: int
    pages: int
    attachments: int
    new: int
    changed: int
    unchanged: int
    refused: int
    failed: int
    resting: int = 0
    waiting: int = 0
    is_failed: bool
    is_cut_short: bool
    reasons: tuple[str, ...]


def keep_last_fetch(folder: Path, tally: Tally, started_at: datetime, ended_at: datetime) -> None:
    """Write how the fetch of one source into the archive `folder` ended. Raises OSError where it cannot be written."""
    reasons = [*tally.verdicts(), *tally.notes, *tally.reasons()]
    more = len(reasons) - _MOST_REASONS
    last = LastFetch.model_validate(
        {
            "source_id": tally.source.id,
            "started_at": started_at,
            "ended_at": ended_at,
            "is_failed": tally.is_failed,
            "is_cut_short": tally.cut is not None,
            "reasons": [*reasons[:_MOST_REASONS], *([f"and {more} more reasons"] if more > 0 else [])],
            **{name: count for name, count in tally.counts().items() if name != "source"},
        }
    )
    with atomic_write(folder / LAST / f"{tally.source.id}.json") as temporary:
        temporary.write_text(last.model_dump_json(indent=2) + "\n", encoding="utf-8")


def read_last_fetches(folder: Path) -> tuple[dict[str, LastFetch], list[str]]:
    """The last fetch of each source of the archive `folder`, by its id; and a line for each file that is damaged."""
    found: dict[str, LastFetch] = {}
    damaged: list[str] = []
    for path in sorted((folder / LAST).glob("*.json")):
        try:
            found[path.stem] = _read(path)
        except (OSError, ValueError) as error:
            what = f"{error.error_count()} mistakes" if isinstance(error, ValidationError) else error
            damaged.append(f"{path}: cannot be read ({what}); the next fetch of the source {path.stem} writes it anew")
    return found, damaged


def _read(path: Path) -> LastFetch:
    with path.open("rb") as stream:
        content = stream.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ValueError(f"more than {_MOST_BYTES:,} bytes")
    last = LastFetch.model_validate_json(content)
    if last.source_id != path.stem:
        raise ValueError(f"it is of the source {last.source_id[:64]!r}")
    return last
