"""Publish the current release: send its files below `releases/ID/`, then let `CURRENT` name it.

Readers see the old release until the last step, wherever the way there is broken off. A second try goes on: what is
there already with the same bytes is not sent again.
"""

import logging
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.build.progress import report
from pipelines.build.stamped_parquet import hash_of
from pipelines.paths import RELEASE, Folders
from pipelines.warehouse.export.export_folder import DESCRIPTIONS, make_way
from pipelines.warehouse.export.exporting import export
from pipelines.warehouse.kept_releases import describe
from pipelines.warehouse.publish_problems import TargetError, explained
from pipelines.warehouse.publish_target import Pointer, PublishTarget, open_target
from pipelines.warehouse.release_file import own_name

_log = logging.getLogger(__name__)

STEP = "publish"
_AT_A_TIME = 4  # files; a large one is sent in several parts at the same time
_IS_RELEASE = re.compile(r"[0-9]{8}T[0-9]{6}Z-\w+", re.ASCII)  # no other folder is ever removed

Way = Literal["sent", "copied", "there"]


@dataclass(frozen=True)
class Published:
    """What was done. `ways` says of each file how it came there; sizes are bytes.

    `removed` are the ids of older releases that are gone now. `not_removed` says why others could not be, or is empty.
    """

    release_id: str
    address: str
    before: str
    ways: tuple[Way, ...]
    bytes_sent: int
    removed: tuple[str, ...]
    not_removed: str = ""


@dataclass(frozen=True)
class _File:
    """A file to publish: its name below the release, where it lies here, its bytes and their SHA-256."""

    name: str
    path: Path
    size: int
    sha256: str


def publish_release(folders: Folders, address: str, keep: int) -> Published:
    """Publish the current release of a warehouse to `address`, and keep the last `keep` releases there.

    Neither the release that readers took until now nor the new one is removed. Raises TargetError if it cannot be
    published there or another publisher was faster, ReleaseError if there is no release, ExportError if its tables
    cannot be written. Readers then see what they saw before.
    """
    path = own_name(folders.release_path)
    release_id = describe(path).release_id
    target = open_target(address, (folders.raw_dir, folders.warehouse_dir))
    with explained(target.address):
        kept = target.releases()
        before = target.current()
        data, descriptions = _files(path, folders)
        ways = _bring(target, release_id, before, data)
        ways += _bring(target, release_id, before, descriptions)  # last: who finds them finds all that they name
        files = [*data, *descriptions]
        _see_all(target, release_id, files)
        _make_current(target, release_id, before)
    removed, not_removed = _forget(target, {*kept, release_id}, {before.release_id, release_id}, keep)
    sent = sum(file.size for file, way in zip(files, ways, strict=True) if way == "sent")
    return Published(release_id, target.address, before.release_id, tuple(ways), sent, removed, not_removed)


def _files(release: Path, folders: Folders) -> tuple[list[_File], list[_File]]:
    """The tables and the DuckDB file, and what describes the tables.

    The tables are an export of their own, which shares its files with the export of the last run where they hold the
    same: a run may replace that one while we send.
    """
    if line := make_way(folders.published_dir):
        _log.warning(line)
    exported = export(release, folders.published_dir, ("parquet",), like=folders.exports_dir)
    data = [_File(file.path, exported.folder / file.path, file.bytes, file.sha256) for file in exported.files]
    return [*data, _file(RELEASE, release)], [_file(name, exported.folder / name) for name in DESCRIPTIONS]


def _file(name: str, path: Path) -> _File:
    return _File(name, path, path.stat().st_size, hash_of(path))


def _bring(target: PublishTarget, release_id: str, before: Pointer, files: Sequence[_File]) -> list[Way]:
    """See to it that the files are there: they are already, the last release has the same one, or they are sent."""
    there = target.sizes(release_id)
    last = target.sizes(before.release_id) if _IS_RELEASE.fullmatch(before.release_id) else {}

    def bring(file: _File) -> Way:
        def has(sizes: dict[str, int], release: str) -> bool:
            return sizes.get(file.name) == file.size and target.hash_of(release, file.name) == file.sha256

        if has(there, release_id):
            return "there"
        if has(last, before.release_id) and target.copy(file.name, before.release_id, release_id):
            return "copied"
        target.send(release_id, file.name, file.path, file.sha256)
        return "sent"

    total, done, ways = sum(file.size for file in files), 0, []
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        for file, way in zip(files, pool.map(bring, files), strict=True):
            done += file.size
            report(STEP, done, total)
            ways.append(way)
    return ways


def _see_all(target: PublishTarget, release_id: str, files: Sequence[_File]) -> None:
    """Another publisher may have removed the release as an old one while we sent it."""
    there = target.sizes(release_id)
    if gone := [file.name for file in files if there.get(file.name) != file.size]:
        raise TargetError(f"{target.address}: {len(gone)} files of {release_id} are gone ({gone[0]}); publish again")


def _make_current(target: PublishTarget, release_id: str, before: Pointer) -> None:
    if before.release_id == release_id or target.point_at(release_id, before):
        return
    if (now := target.current().release_id) != release_id:
        raise TargetError(
            f"{target.address}: another publisher made {now} current meanwhile, and readers see that; "
            "publish again if yours shall take its place"
        )


def _forget(target: PublishTarget, found: set[str], spared: set[str], keep: int) -> tuple[tuple[str, ...], str]:
    """Remove the oldest of the releases that were `found`. The new one is published, so that this may fail."""
    releases = sorted((name for name in found if _IS_RELEASE.fullmatch(name)), reverse=True)
    removed = []
    try:
        with explained(target.address):
            for release in releases[keep:]:
                if release not in spared:
                    target.remove(release)
                    removed.append(release)
    except (TargetError, OSError) as error:
        return tuple(removed), str(error)
    return tuple(removed), ""
