"""The sites that reports come from, those first whose last fetch failed: for the page of what is missing."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.errors import FazhiError
from pipelines.ingest.last_fetch import LAST, LastFetch, read_last_fetches
from pipelines.ingest.sources import load_sources
from pipelines.settings import Settings
from pipelines.web.open_release import Row

_STATES = ("failed", "incomplete", "never", "complete")  # as they are listed; labels.toml says them in words


def fetched_sources(settings: Settings, of_reports: Sequence[Row]) -> tuple[list[dict[str, Any]], list[str]]:
    """Each source with its reports in the release (`of_reports`) and its last fetch; and a line for what is damaged.

    Sources are those that are switched on in `sources.toml`, those that reports came from, and those once fetched.
    """
    try:
        names = {source.id: source.name for source in load_sources(settings.sources_path) if source.enabled}
        said = []
    except FazhiError as error:
        names, said = {}, [str(error)]
    last, damaged = _last_fetches(settings.fetched_dir)
    if not last and not damaged:
        said.append(
            f"{settings.fetched_dir / LAST}: found no account of a fetch; `fazhi fetch` and each nightly run write it"
        )
    reports = {row["source_id"]: row for row in of_reports}
    none: Row = {"n_reports": 0, "n_accepted": 0, "last_fetched": None}
    sources = [
        {
            "source_id": source_id,
            "name": names.get(source_id),
            **{key: reports.get(source_id, none)[key] for key in none},
            "state": _state(last.get(source_id)),
            "last": last[source_id].model_dump() if source_id in last else None,
        }
        for source_id in sorted({*names, *reports, *last})
    ]
    return sorted(sources, key=lambda one: _STATES.index(one["state"])), [*said, *damaged]


def _state(last: LastFetch | None) -> str:
    if last is None:
        return "never"
    if last.is_failed:
        return "failed"
    is_whole = last.listed and not (last.is_cut_short or last.failed or last.refused)
    return "complete" if is_whole else "incomplete"


def _last_fetches(folder: Path) -> tuple[dict[str, LastFetch], list[str]]:
    """As `read_last_fetches`, read again only when a fetch has put a file into the folder."""
    try:
        changed = (folder / LAST).stat().st_mtime_ns
    except OSError:
        changed = 0
    return _read(folder, changed)


@lru_cache(maxsize=2)
def _read(folder: Path, _changed: int) -> tuple[dict[str, LastFetch], list[str]]:
    return read_last_fetches(folder)
