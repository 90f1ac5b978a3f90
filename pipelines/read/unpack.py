"""Archives (zip, rar, 7z, tar, gz, bz2, xz): which files are in them, with their bytes.

`archive_kinds` opens each kind. Archives within archives are opened too, and bombs are refused. Nothing is ever
unpacked to disk. A member is named `archive.zip!/folder/report.docx`, whatever path its archive gives it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipelines.ingest.litter import is_litter
from pipelines.read.archive_kinds import (
    HEAD,
    MOST_BYTES,
    MOST_MEMBERS,
    Packed,
    entries_of,
    is_archive,
    is_too_dense,
    may_be_archive,
)
from pipelines.read.damage import damaged_member
from pipelines.read.document import ReadError
from pipelines.reasons import Reason, ReasonCode

__all__ = ["HEAD", "SEPARATOR", "Member", "is_archive", "may_be_archive", "members"]

SEPARATOR = "!/"
DEEPEST = 3
# Control characters, and halves of characters, which stand in damaged names and in no text.
_NO_NAME = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its path there, its bytes, or the reason why it has none."""

    path: str
    data: bytes
    reason: Reason | None = None


def members(data: bytes, name: str = "") -> Iterator[Member]:
    """Yield the files of an archive in its order, those of archives within it in place of these.

    `name` is that of the archive: a compressed file that does not state its own is called after it.

    Raises ReadError `broken`, `empty` or `bomb` for the archive as a whole; what is wrong with one member is in its
    `reason`.
    """
    left = [MOST_MEMBERS, MOST_BYTES]
    taken: dict[str, int] = {}
    for member in _walk(data, name, "", 1, left):
        # the name of a file may be the path of one in an inner archive
        yield replace(member, path=_free(member.path, taken))
    if not taken:
        raise ReadError(ReasonCode.EMPTY, "found an archive without files, expected reports; fetch it again")


def _walk(data: bytes, name: str, above: str, depth: int, left: list[int]) -> Iterator[Member]:
    """Yield the files of one archive, at `depth` and below the path `above`; `left` are the files and bytes allowed."""
    for entry in _entries(data, name):
        path = above + entry.name
        left[0] -= 1
        left[1] -= entry.size
        if left[0] < 0 or left[1] < 0:
            limits = f"{MOST_MEMBERS} files and {MOST_BYTES} bytes unpacked"
            raise ReadError(ReasonCode.BOMB, f"found an archive beyond {limits}; unpack it yourself if you trust it")
        content, reason = _unpacked(entry)
        if reason is not None or not is_archive(content):
            yield Member(path, content, reason)
        elif depth == DEEPEST:
            message = f"found archives within archives, {DEEPEST} at most are read; unpack it first"
            yield Member(path, b"", Reason(ReasonCode.TOO_DEEP, message))
        else:
            try:
                yield from _walk(content, entry.name, path + SEPARATOR, depth + 1, left)
            except ReadError as error:  # an inner archive that cannot be read is one failed member; a bomb ends it all
                if error.code is ReasonCode.BOMB:
                    raise
                yield Member(path, b"", error.reason)


def _unpacked(entry: Packed) -> tuple[bytes, Reason | None]:
    """Return the bytes of an entry, or why there are none."""
    if entry.is_locked:
        message = "found a file that needs a password, expected an open one; unpack it with the password"
        return b"", Reason(ReasonCode.ENCRYPTED, message)
    if is_too_dense(entry.size, entry.packed):
        message = f"found {entry.size} bytes packed into {entry.packed}; unpack it yourself if you trust it"
        return b"", Reason(ReasonCode.BOMB, message)
    try:
        return entry.unpack(), None
    except Exception as error:  # each method of packing has errors of its own
        return b"", damaged_member(error)


def _entries(data: bytes, archive: str) -> list[Packed]:
    """Return the files of an archive, litter of operating systems left out; a name that comes twice gets a number."""
    taken: dict[str, int] = {}
    kept = []
    for entry in entries_of(data, archive):
        name = _NO_NAME.sub("", entry.name.replace("\\", "/")).strip("/") or "unnamed"
        if not is_litter(name):
            kept.append(replace(entry, name=_free(name, taken)))
    return kept


def _free(name: str, taken: dict[str, int]) -> str:
    """Return a name that no file has yet: this one, or with the first number from 2 that is free.

    `taken` holds each name that is taken, with the number that was given last for it.
    """
    free, number = name, taken.get(name, 1)
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    taken[name] = number
    taken.setdefault(free, 1)
    return free
