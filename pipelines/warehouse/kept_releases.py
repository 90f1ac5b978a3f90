"""The kept releases: list them, find one by name, go back to one, remove the oldest.

Each is a file `releases/RELEASE_ID.duckdb` that is written once and never changed. `fazhi.duckdb` is a second name of
the current one. A rename moves that name, so that readers see one release or the other. An open file stays readable.
`pipelines.warehouse.release` builds a release.
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.build.atomic import atomic_write
from pipelines.build.database import one_line
from pipelines.errors import FazhiError
from pipelines.warehouse.release_file import log_of, reading

CURRENT, PREVIOUS = "current", "previous"
_COLUMNS = "release_id, built_at, inputs_sha256, content_sha256, n_accepted, n_quarantined, n_facts"


class ReleaseError(FazhiError):
    """There is no such release, or it cannot be read. The message lists the releases that there are."""


@dataclass(frozen=True)
class Kept:
    """A release file: its id, when it was built (UTC), hashes of its inputs and its content, counts, size in bytes."""

    path: Path
    release_id: str
    built_at: datetime
    inputs_sha256: str
    content_sha256: str
    n_accepted: int
    n_quarantined: int
    n_facts: int
    size_bytes: int


def describe(path: Path) -> Kept:
    """The release in the file at `path`. Raises ReleaseError if there is none or it cannot be read."""
    if not path.is_file():
        raise ReleaseError(f"there is no release at {path}; build one with `fazhi run`")
    try:
        with reading(path) as con:
            row: Sequence[Any] = con.sql(f"SELECT {_COLUMNS} FROM release").fetchall()[0]
    except (duckdb.Error, ValueError) as error:
        reason = one_line(error) if isinstance(error, duckdb.Error) else str(error)
        raise ReleaseError(f"{path} is not a release that can be read ({reason}); remove it and run again") from error
    values = dict(zip(_COLUMNS.split(", "), row, strict=True))
    values["built_at"] = values["built_at"].replace(tzinfo=UTC)
    return Kept(path=path, size_bytes=path.stat().st_size, **values)


def kept(releases_dir: Path) -> list[Kept]:
    """All kept releases that can be read, the newest first."""
    found = []
    for path in releases_dir.glob("*.duckdb"):
        try:
            found.append(describe(path))
        except ReleaseError:
            continue
    return sorted(found, key=lambda release: (release.built_at, release.release_id), reverse=True)


def find(release_path: Path, releases_dir: Path, name: str) -> Path:
    """The file of the release `name`: its id, the beginning of its id, `current`, `previous`, or a path.

    Raises ReleaseError with the ids of the kept releases if none or several match.
    """
    if name == CURRENT:
        return describe(release_path).path
    if name.endswith(".duckdb") or os.sep in name:
        return describe(Path(name)).path
    releases = kept(releases_dir)
    if name == PREVIOUS:
        now = describe(release_path)
        older = [r for r in releases if (r.built_at, r.release_id) < (now.built_at, now.release_id)]
        matches = older[:1]
    else:
        exact = [release for release in releases if release.release_id == name]
        matches = exact or [release for release in releases if release.release_id.startswith(name)]
    if len(matches) != 1:
        among = ", ".join(r.release_id for r in (matches or releases)) or "none"
        none = "no release before the current one is kept" if name == PREVIOUS else f"no release begins with {name!r}"
        raise ReleaseError(f"{f'{len(matches)} releases begin with {name!r}' if matches else none}; kept are: {among}")
    return matches[0].path


def rollback(release_path: Path, releases_dir: Path, name: str) -> Kept:
    """Make the kept release `name` the current one. It stays current until a run finds something new to publish."""
    path = find(release_path, releases_dir, name)
    release = describe(path)
    make_current(path, release_path)
    return release


def make_current(path: Path, release_path: Path) -> None:
    """Give the file at `path` the name that readers open. At every moment there is a release with that name.

    What another client left in a log beside the old one goes first: DuckDB opens no file beside the log of another.
    """
    log_of(release_path).unlink(missing_ok=True)
    with atomic_write(release_path) as beside:
        try:
            beside.hardlink_to(path)
        except OSError:  # a file system without links, or another disk
            shutil.copy2(path, beside)


def forget(
    release_path: Path, releases_dir: Path, keep: int, now: datetime | None = None, before: Path | None = None
) -> list[Path]:
    """Remove all but the newest `keep` releases, but never the current one. Returns the files that were removed.

    `before` is the release that was the last one until now; it is not removed either. Releases that are dated later
    than `now` (with a time zone) come from a clock that was wrong: they count as the oldest, so that they do not push
    out the others.
    """
    spared = {describe(release_path).release_id, before.stem if before else ""}
    releases = kept(releases_dir)
    if now is not None:
        releases.sort(key=lambda release: release.built_at > now)  # within these two it stays the newest first
    old = [release for release in releases[keep:] if release.release_id not in spared]
    for release in old:
        release.path.unlink(missing_ok=True)
    return [release.path for release in old]
