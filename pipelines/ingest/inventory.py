"""The inventory: every file below the raw folder, one row each, with its hash and what its sidecar says.

No file is opened as a report here. None is lost either: what cannot be hashed (unreadable, a dangling link, a pipe)
has a row with a reason, and so has a sidecar without its report.
"""

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import polars as pl

from pipelines.build.file_identity import STAMP_COLUMNS, STAMP_FORMAT, identity_of, stamp_values
from pipelines.ingest.litter import is_litter
from pipelines.ingest.report_name import report_id
from pipelines.ingest.sidecar import Sidecar, read_sidecar
from pipelines.paths import CORRECTIONS, README, REFERENCE, SIDECAR_SUFFIX, SOURCES
from pipelines.reasons import REASON_COLUMNS, Reason, ReasonCode, reason_columns

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
    **dict.fromkeys(REASON_COLUMNS, pl.String()),
    "stamp": pl.String(),
}
NOT_REPORTS = frozenset({README, SOURCES, CORRECTIONS})
_ESCAPED = re.compile(rb"\\x([0-9a-f]{2})")


class ScannedFile(NamedTuple):
    """A file as the scan sees it, before it is opened. `stamp` changes whenever the file or its sidecar does."""

    raw_path: str
    size_bytes: int | None
    mtime_ns: int | None
    stamp: str
    sidecar: str | None  # its path, as `raw_path` is one
    reason_code: str | None
    reason: str | None


_SCANNED: dict[str, pl.DataType] = {
    **{name: SCHEMA[name] for name in ("raw_path", "size_bytes", "mtime_ns", "stamp")},
    "sidecar": pl.String(),
    "reason_code": pl.String(),
    "reason": pl.String(),
}


def scan(raw_dir: Path) -> pl.DataFrame:
    """All reports below `raw_dir` in the order of their paths, from file names and `stat` alone.

    Columns as of `ScannedFile`. Left out are litter (`pipelines.ingest.litter`) and hidden folders, sidecars with a
    report beside them, the names in `NOT_REPORTS` and the folder `reference/` at the top. Each folder is entered once,
    so links in a circle end.
    """
    paths: list[str] = []
    times: list[tuple[int, int, int]] = []
    found: list[ScannedFile] = []
    for prefix, entries in _folders(raw_dir):
        sidecars, beside = _sidecars(entries)
        is_plain = prefix.isascii() and not sidecars
        for entry in entries:
            name = entry.name
            if name in NOT_REPORTS or name in beside:
                continue
            status = None
            if is_plain and name.isascii():
                with suppress(OSError):  # `_scanned` names what stands in the way
                    status = entry.stat()
            if status is not None and stat.S_ISREG(status.st_mode):  # nearly all files: no object for each
                paths.append(f"{prefix}{name}")
                times.append(stamp_values(status))
            else:
                found.append(_scanned(f"{prefix}{name}", entry, sidecars.get(_stem(name)) or sidecars.get(name)))
    usual = pl.DataFrame(times, schema=dict.fromkeys(STAMP_COLUMNS, pl.Int64), orient="row")
    stamp = pl.format(f"{STAMP_FORMAT} -", *STAMP_COLUMNS).alias("stamp")
    frame = usual.select("size_bytes", "mtime_ns", stamp, raw_path=pl.Series(paths, dtype=pl.String))
    return pl.concat([frame, pl.DataFrame(found, schema=_SCANNED, orient="row")], how="diagonal").sort("raw_path")


def inventory(
    raw_dir: Path,
    previous: pl.DataFrame | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    found: pl.DataFrame | None = None,
) -> tuple[pl.DataFrame, int]:
    """The inventory (columns of `SCHEMA`, sorted by raw_path) and the number of files that had to be hashed.

    A file whose stamp is the one in `previous` keeps its hash and its sidecar's fields and is not opened. `found` is
    the result of `scan` where there is one already.
    """
    files = scan(raw_dir) if found is None else found
    known = pl.DataFrame(schema=SCHEMA) if previous is None else previous.filter(pl.col("reason_code").is_null())
    kept = files.select("raw_path", "stamp").join(known, on=["raw_path", "stamp"]).select(list(SCHEMA))
    todo = [ScannedFile(*row) for row in files.select(list(_SCANNED)).join(kept, on="raw_path", how="anti").iter_rows()]
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
    lines = scan(raw_dir).select(pl.concat_str("raw_path", "stamp", separator="\t")).to_series().to_list()
    lines += [f"{path}\t{identity_of(path.stat()).stamp if path.is_file() else '-'}" for path in beside]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def locate(raw_dir: Path, raw_path: str) -> Path:
    r"""The file that `raw_path` names; bytes of a name that is not UTF-8 stand in it as `\xNN`."""
    path = raw_dir / raw_path
    if "\\x" in raw_path and not os.path.lexists(path):
        raw = _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), raw_path.encode())
        return raw_dir / os.fsdecode(raw)
    return path


def _folders(raw_dir: Path) -> Iterator[tuple[str, list[os.DirEntry[str]]]]:
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
                entries = [entry for entry in inside if not is_litter(entry.name)]
        except OSError:
            if own is None:
                raise
            yield prefix.removesuffix(f"{own.name}/"), [own]  # shown as a file with an error
            continue
        files: list[os.DirEntry[str]] = []
        folders: list[os.DirEntry[str]] = []
        for entry in entries:
            (folders if _is_dir(entry) else files).append(entry)
        for entry in sorted(folders, key=lambda entry: entry.name):
            if own is not None or entry.name != REFERENCE:
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


def _sidecars(entries: Iterable[os.DirEntry[str]]) -> tuple[dict[str, os.DirEntry[str]], set[str]]:
    """The sidecars of a folder by what they belong to, and the names of those that stand beside their report."""
    sidecars = {
        entry.name.removesuffix(SIDECAR_SUFFIX): entry for entry in entries if entry.name.endswith(SIDECAR_SUFFIX)
    }
    if not sidecars:
        return sidecars, set()
    reports = [entry.name for entry in entries if not entry.name.endswith(SIDECAR_SUFFIX)]
    known = {*reports, *map(_stem, reports)}
    return sidecars, {entry.name for of, entry in sidecars.items() if of in known}


def _scanned(relative: str, entry: os.DirEntry[str], sidecar: os.DirEntry[str] | None) -> ScannedFile:
    """The row of one file: its state by `stat`, its sidecar, and why it cannot be opened as it is."""
    raw_path = _raw_path(relative)
    if sidecar is not None and sidecar.name == entry.name:
        sidecar = None
    beside = None if sidecar is None else _raw_path(f"{relative.removesuffix(entry.name)}{sidecar.name}")
    try:
        status = entry.stat()
    except OSError as error:
        reason = _not_opened(error, "the link leads nowhere")
        return ScannedFile(raw_path, None, None, str(reason), beside, reason.code, reason.text)
    code, text = None, None
    if stat.S_ISDIR(status.st_mode):
        code, text = ReasonCode.UNREADABLE, "the folder cannot be listed"
    elif not stat.S_ISREG(status.st_mode):
        code, text = ReasonCode.UNREADABLE, "not a regular file"
    elif entry.name.endswith(SIDECAR_SUFFIX):
        code, text = ReasonCode.SIDECAR_ALONE, "missing: a sidecar without a report beside it"
    sidecar_stamp = "-"
    if sidecar is not None:
        try:
            sidecar_stamp = identity_of(sidecar.stat()).stamp
        except OSError:
            sidecar_stamp = "?"
    stamp = f"{identity_of(status).stamp} {sidecar_stamp}"
    return ScannedFile(raw_path, status.st_size, status.st_mtime_ns, stamp, beside, code, text)


def _not_opened(error: OSError, missing: str) -> Reason:
    """The reason for a file that the system does not open; `missing` says what it means that there is none."""
    if isinstance(error, FileNotFoundError):
        return Reason(ReasonCode.MISSING, missing)
    return Reason(ReasonCode.UNREADABLE, str(error.strerror))


def _raw_path(relative: str) -> str:
    """The path as a table can hold it: a name that is not UTF-8 comes with surrogates. `locate` finds it again."""
    if relative.isascii():
        return relative
    return relative.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _row(raw_dir: Path, file: ScannedFile) -> tuple[object, ...]:
    """One row of the inventory, in the order of `SCHEMA`; opens the file and its sidecar."""
    sha = None
    reason = None if file.reason_code is None else Reason(ReasonCode(file.reason_code), file.reason or "")
    is_sidecar = file.reason_code == ReasonCode.SIDECAR_ALONE
    path = locate(raw_dir, file.raw_path)
    if reason is None or is_sidecar:
        try:
            with path.open("rb") as stream:
                sha = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            reason = _not_opened(error, "the file went away during the run")
    beside = locate(raw_dir, file.sidecar) if file.sidecar else path if is_sidecar else None
    sidecar = read_sidecar(beside) if beside else Sidecar()
    return (
        *(report_id(file.raw_path, sha), file.raw_path, sha, file.size_bytes, file.mtime_ns),
        *(sidecar.source_url, sidecar.fetched_at, sidecar.source_id, sidecar.error),
        *(*reason_columns(reason).values(), file.stamp),
    )
