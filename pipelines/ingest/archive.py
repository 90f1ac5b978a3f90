"""The archive of fetched bytes: `raw/fetched/HOST/SHA256.EXT`, each with a sidecar on where and when it was seen.

A file of bytes is never changed, and nothing is ever removed: a changed page is a second file, and a page that
vanished changes nothing. The same bytes at a second address, or again at the first after a change, are one file; its
sidecar gets one more entry in `seen_again`. Once a sidecar is large, further sightings are lines of JSON in a hidden
file beside it: a site that answers each address with the same page would otherwise make sidecars that nobody reads.

Files are written under a hidden name in their folder, synced and renamed, bytes before sidecar. Bytes that a crash
left without a sidecar get it when their page is asked for again.
"""

import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pipelines.errors import FazhiError
from pipelines.ingest.content import extension
from pipelines.ingest.json_lines import add_line, read_lines
from pipelines.ingest.page_key import page_key
from pipelines.ingest.sidecar import MAX_BYTES as TOO_LARGE
from pipelines.ingest.urls import folder_of
from pipelines.paths import FETCH_LOCK, SIDECAR_SUFFIX

MOST_BYTES = 100_000  # of a sidecar to which sightings are added; readers take up to TOO_LARGE
_TEMPORARY, _SEEN = ".tmp", ".seen.jsonl"


class ArchiveBusy(FazhiError):
    """Another process is writing to the archive; the message says what to do."""


@dataclass(frozen=True)
class Sighting:
    """That an address gave certain bytes: what a sidecar says. `fetched_at` is ISO 8601 in UTC with microseconds."""

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    fetched_at: str
    source_id: str
    link_title: str | None
    list_date: str | None
    page_url: str | None = None  # the page that an attachment hangs on


@dataclass(frozen=True)
class ArchivedVersion:
    """The bytes that an address gave when it was last seen anew; `first_at` is of its first version, ISO 8601."""

    sighting: Sighting
    sha256: str
    path: Path
    first_at: str
    changes: int = 0  # how often it gave others before


class Archive:
    """The archive below one folder; safe to share between threads, but not between processes (see `locked`)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._hosts: dict[str, dict[str, ArchivedVersion]] = {}

    def current(self, url: str) -> ArchivedVersion | None:
        """The version of the page at `url` that was seen last, None if it never was (`page_key`: at any address)."""
        with self._lock:
            return self._host(folder_of(url)).get(page_key(url))

    def keep(self, sighting: Sighting, data: bytes) -> tuple[ArchivedVersion, str]:
        """Keep the bytes. Returns the current version of their address, and whether it is new, changed or unchanged."""
        sha = hashlib.sha256(data).hexdigest()
        with self._lock:
            name, key = folder_of(sighting.url), page_key(sighting.url)
            versions = self._host(name)
            known = versions.get(key)
            if known is not None and known.sha256 == sha:
                return known, "unchanged"
            path = self._folder / name / f"{sha}.{extension(data)}"
            sidecar = path.with_name(sha + SIDECAR_SUFFIX)
            if not path.exists() and sidecar.exists():  # an older fazhi may have known fewer endings
                path = next((file for file in path.parent.glob(f"{sha}.*") if file != sidecar), path)
            if not path.exists():
                write_whole(path, data, mode=0o444)
            self._note(sidecar, sighting, sha, len(data))
            first_at, changes = (known.first_at, known.changes + 1) if known else (sighting.fetched_at, 0)
            versions[key] = ArchivedVersion(sighting, sha, path, first_at, changes)
            return versions[key], "changed" if known else "new"

    def _note(self, sidecar: Path, sighting: Sighting, sha: str, size: int) -> None:
        """Write down that an address gave the bytes."""
        content = _read(sidecar)
        if content is None:
            content = {**asdict(sighting), "sha256": sha, "size_bytes": size, "seen_again": []}
            write_whole(sidecar, _bytes(content))
        elif sidecar.stat().st_size > MOST_BYTES:
            add_line(_beside(sidecar), asdict(sighting))
        else:
            content["seen_again"].append(asdict(sighting))
            write_whole(sidecar, _bytes(content))

    def _host(self, name: str) -> dict[str, ArchivedVersion]:
        """The current versions of one host by `page_key`; its sidecars are read when the host is first needed."""
        if name not in self._hosts:
            folder = self._folder / name
            files = {path.stem: path for path in folder.glob("*") if not path.name.endswith(SIDECAR_SUFFIX)}
            versions: dict[str, ArchivedVersion] = {}
            for sidecar in sorted(folder.glob(f"*{SIDECAR_SUFFIX}")):
                path, content = files.get(sidecar.name.removesuffix(SIDECAR_SUFFIX)), _read(sidecar)
                if path is None or content is None:
                    continue
                if sidecar.stat().st_size > TOO_LARGE:
                    _split(sidecar, content)
                for sighting in (*_sightings(content), *_more_sightings(sidecar)):
                    key, at = page_key(sighting.url), sighting.fetched_at
                    known = versions.get(key)
                    first_at, changes = (min(known.first_at, at), known.changes + 1) if known else (at, 0)
                    if known is None or known.sighting.fetched_at < at:
                        known = ArchivedVersion(sighting, content["sha256"], path, at)
                    versions[key] = replace(known, first_at=first_at, changes=changes)
            self._hosts[name] = versions
        return self._hosts[name]


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Be the only process that writes below `folder` (made if need be), and remove what a killed one left.

    The lock ends with the process, also if that is killed. Raises ArchiveBusy.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / FETCH_LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ArchiveBusy(f"another fetch is writing to {folder}; wait until it has ended") from error
        for leftover in folder.glob(f"*/.*{_TEMPORARY}"):
            leftover.unlink()
        yield


def write_whole(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file so that it is there whole or not at all, whenever the process or the machine stops."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}{_TEMPORARY}")
    with temporary.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fchmod(stream.fileno(), mode)
        os.fsync(stream.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _bytes(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _split(sidecar: Path, content: dict[str, Any]) -> None:
    """Move most sightings out of a sidecar that was written before it had a limit."""
    kept: list[dict[str, Any]] = []
    left = MOST_BYTES
    for entry in content["seen_again"]:
        left -= len(_bytes(entry))
        if left > 0:
            kept.append(entry)
        else:
            add_line(_beside(sidecar), entry)
    write_whole(sidecar, _bytes({**content, "seen_again": kept}))


def _beside(sidecar: Path) -> Path:
    """Where the sightings are that the sidecar has no place for."""
    return sidecar.with_name(f".{sidecar.name.removesuffix(SIDECAR_SUFFIX)}{_SEEN}")


def _read(sidecar: Path) -> dict[str, Any] | None:
    """The content of a sidecar that we wrote; None where there is none or it is damaged (its page is fetched anew)."""
    try:
        content = json.loads(sidecar.read_bytes())
        _sightings(content)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return content if isinstance(content.get("sha256"), str) else None


def _more_sightings(sidecar: Path) -> Iterator[Sighting]:
    for line in read_lines(_beside(sidecar)):
        with suppress(ValueError, TypeError, KeyError):
            yield _sighting(line)


def _sightings(content: dict[str, Any]) -> list[Sighting]:
    return [_sighting(entry) for entry in (content, *content["seen_again"])]


def _sighting(entry: dict[str, Any]) -> Sighting:
    """The sighting that an entry says. Raises KeyError, TypeError or ValueError where it does not say one."""
    sighting = Sighting(**{name: entry[name] for name in Sighting.__dataclass_fields__})
    texts = (sighting.url, sighting.final_url, sighting.fetched_at, *sighting.headers, *sighting.headers.values())
    if not isinstance(sighting.headers, dict) or not all(isinstance(text, str) for text in texts):
        raise ValueError("not a sighting")
    return sighting
