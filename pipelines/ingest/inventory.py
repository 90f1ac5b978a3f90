"""The inventory: every file below the raw folder, one row each, with the hash of its bytes and what its sidecar says.

Finding and hashing files belongs here, opening them as reports does not (`pipelines.read`). A file is never lost:
what cannot be hashed (unreadable, a dangling link, a pipe) has a row with `file_error`, and so has a sidecar that
stands there without its report.
"""

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import polars as pl

from pipelines.ingest.sidecar import SUFFIX, Sidecar, read_sidecar

SCHEMA: dict[str, pl.DataType] = {
    "report_id": pl.String(),
    "raw_path": pl.String(),
    "raw_sha256": pl.String(),
    "size_bytes": pl.Int64(),
    "mtime_ns": pl.Int64(),
    "source_url": pl.String(),
    "fetched_at": pl.Datetime("us", "UTC"),
    "source_id": pl.String(),
    "sidecar_error": pl.String(),
    "file_error": pl.String(),
    "stamp": pl.String(),
}
NOT_REPORTS = frozenset({"README.md", "sources.toml", "corrections.csv"})
REFERENCE = "reference"
_ESCAPED = re.compile(rb"\\x([0-9a-f]{2})")


class Found(NamedTuple):
    """A file as the scan sees it, before it is opened. `stamp` changes whenever the file or its sidecar does."""

    raw_path: str
    size_bytes: int | None
    mtime_ns: int | None
    stamp: str
    sidecar: str | None
    error: str | None
    is_orphan: bool = False  # a sidecar that stands there without its report


def scan(raw_dir: Path) -> list[Found]:
    """All reports below `raw_dir` in the order of their paths, from file names and `stat` alone.

    Left out are hidden files and folders, sidecars with a report beside them, the names in `NOT_REPORTS` and the
    folder `reference/` at the top. Each folder is entered once, so links in a circle end.
    """
    found: list[Found] = []
    for prefix, entries in _folders(raw_dir):
        sidecars, beside = _sidecars(entries)
        for name, entry in entries.items():
            if name not in NOT_REPORTS and name not in beside:
                sidecar = sidecars.get(_stem(name)) or sidecars.get(name) if sidecars else None
                found.append(_look(f"{prefix}{name}", entry, sidecar))
    found.sort(key=lambda file: file.raw_path)
    return found


def inventory(
    raw_dir: Path, previous: pl.DataFrame | None = None, progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[pl.DataFrame, int]:
    """The inventory (columns of `SCHEMA`, sorted by raw_path) and the number of files that had to be hashed.

    A file whose stamp is the one in `previous` keeps its hash and its sidecar's fields and is not opened.
    """
    files = scan(raw_dir)
    frame = pl.DataFrame(
        {"raw_path": [file.raw_path for file in files], "stamp": [file.stamp for file in files]},
        schema={"raw_path": pl.String(), "stamp": pl.String()},
    ).with_row_index()
    known = pl.DataFrame(schema=SCHEMA) if previous is None else previous.filter(pl.col("file_error").is_null())
    kept = frame.join(known, on=["raw_path", "stamp"], how="inner").select(list(SCHEMA))
    todo = [files[index] for index in frame.join(kept, on="raw_path", how="anti")["index"]]
    rows = []
    with ThreadPoolExecutor() as threads:
        for done, row in enumerate(threads.map(lambda file: _row(raw_dir, file), todo), start=1):
            rows.append(row)
            progress(done, len(todo))
    fresh = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return pl.concat([kept, fresh]).sort("raw_path"), len(todo)


def digest(raw_dir: Path, beside: Iterable[Path] = ()) -> str:
    """One hash over the names, sizes and times of all files: it changes when a report is added, changed or gone.

    beside: files that are no reports and count all the same.
    """
    lines = [f"{file.raw_path}\t{file.stamp}" for file in scan(raw_dir)]
    lines += [f"{path}\t{_stamp(path.stat()) if path.is_file() else '-'}" for path in beside]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def report_id(raw_path: str, raw_sha256: str | None) -> str:
    """The 16 hex digits that name a report: the same bytes at the same path are the same report."""
    return hashlib.sha256(f"{raw_path}\n{raw_sha256 or ''}".encode()).hexdigest()[:16]


def locate(raw_dir: Path, raw_path: str) -> Path:
    r"""The file that `raw_path` names; bytes of a name that is not UTF-8 stand in it as `\xNN`."""
    path = raw_dir / raw_path
    if "\\x" in raw_path and not os.path.lexists(path):
        raw = _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), raw_path.encode())
        return raw_dir / os.fsdecode(raw)
    return path


def _folders(raw_dir: Path) -> Iterator[tuple[str, dict[str, os.DirEntry[str]]]]:
    """Each folder once, as the start of its paths, with its files; real folders before linked ones: real paths win.

    Paths are texts here: of 400,000 files, making a Path of each takes longer than all the rest.
    """
    real: list[tuple[str, str, os.DirEntry[str] | None]] = [("", str(raw_dir), None)]
    linked: list[tuple[str, str, os.DirEntry[str] | None]] = []
    seen: set[tuple[int, int]] = set()
    while real or linked:
        prefix, folder, own = real.pop() if real else linked.pop(0)
        try:
            status = Path(folder).stat()
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as inside:
                entries = sorted((e for e in inside if not e.name.startswith(".")), key=lambda e: e.name)
        except OSError:
            if own is None:
                raise
            yield prefix.removesuffix(f"{own.name}/"), {own.name: own}  # shown as a file with an error
            continue
        files = {}
        for entry in entries:
            if not _is_dir(entry):
                files[entry.name] = entry
            elif own is not None or entry.name != REFERENCE:
                (linked if entry.is_symlink() else real).append((f"{prefix}{entry.name}/", entry.path, entry))
        yield prefix, files


def _is_dir(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _stem(name: str) -> str:
    """The name without its last suffix, as `Path.stem` has it."""
    stem, _, suffix = name.rpartition(".")
    return stem if stem and suffix else name


def _sidecars(entries: Mapping[str, os.DirEntry[str]]) -> tuple[dict[str, os.DirEntry[str]], set[str]]:
    """The sidecars of a folder by what they belong to, and the names of those that stand beside their report."""
    sidecars = {name.removesuffix(SUFFIX): entry for name, entry in entries.items() if name.endswith(SUFFIX)}
    if not sidecars:
        return sidecars, set()
    reports = [name for name in entries if not name.endswith(SUFFIX)]
    known = {*reports, *map(_stem, reports)}
    return sidecars, {entry.name for of, entry in sidecars.items() if of in known}


def _look(relative: str, entry: os.DirEntry[str], sidecar: os.DirEntry[str] | None) -> Found:
    raw_path = relative
    if not relative.isascii():  # a name that is not UTF-8 comes with surrogates, which no table can hold
        raw_path = relative.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    if sidecar is not None and sidecar.name == entry.name:
        sidecar = None
    beside = None if sidecar is None else sidecar.path
    try:
        status = entry.stat()
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        reason = "missing: the link leads nowhere" if missing else f"unreadable: {error.strerror}"
        return Found(raw_path, None, None, reason, beside, reason)
    if sidecar is None and stat.S_ISREG(status.st_mode) and not entry.name.endswith(SUFFIX):  # nearly all
        return Found(raw_path, status.st_size, status.st_mtime_ns, f"{_stamp(status)} -", None, None)
    problem, is_orphan = None, False
    if stat.S_ISDIR(status.st_mode):
        problem = "unreadable: the folder cannot be listed"
    elif not stat.S_ISREG(status.st_mode):
        problem = "unreadable: not a regular file"
    elif entry.name.endswith(SUFFIX):
        problem, is_orphan = "missing: a sidecar without a report beside it", True
    stamp = f"{_stamp(status)} {_sidecar_stamp(sidecar)}"
    return Found(raw_path, status.st_size, status.st_mtime_ns, stamp, beside, problem, is_orphan)


def _stamp(status: os.stat_result) -> str:
    # ctime catches what size and mtime do not: new bytes of the same length under a time that was set back
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}"


def _sidecar_stamp(sidecar: os.DirEntry[str] | None) -> str:
    if sidecar is None:
        return "-"
    try:
        return _stamp(sidecar.stat())
    except OSError:
        return "?"


def _row(raw_dir: Path, file: Found) -> tuple[object, ...]:
    """One row of the inventory, in the order of `SCHEMA`; opens the file and its sidecar."""
    sha, error = None, file.error
    path = locate(raw_dir, file.raw_path)
    if error is None or file.is_orphan:
        try:
            with path.open("rb") as stream:
                sha = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as problem:
            gone = isinstance(problem, FileNotFoundError)
            error = "missing: the file went away during the run" if gone else f"unreadable: {problem.strerror}"
    beside = Path(file.sidecar) if file.sidecar else path if file.is_orphan else None
    sidecar = read_sidecar(beside) if beside else Sidecar()
    return (
        *(report_id(file.raw_path, sha), file.raw_path, sha, file.size_bytes, file.mtime_ns),
        *(sidecar.source_url, sidecar.fetched_at, sidecar.source_id, sidecar.error, error, file.stamp),
    )
