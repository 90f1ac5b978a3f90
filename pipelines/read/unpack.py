"""Archives (zip and rar): which files are in them, with their bytes.

Archives within archives are opened too, and bombs are refused. Nothing is ever unpacked to disk. A member is named
`archive.zip!/folder/report.docx`, whatever path its archive gives it.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import rars

from pipelines.read import isolation
from pipelines.read.document import ReadError
from pipelines.reasons import Reason, ReasonCode

SEPARATOR = "!/"
MOST_MEMBERS = 2000
MOST_BYTES = 200_000_000  # of all members together, unpacked
DEEPEST = 3
_RATIO = 200  # text and its formats pack to a tenth; a bomb to a thousandth
_RATIO_FROM = 1_000_000  # bytes; below that any ratio is harmless
_LITTER = re.compile(r"(?:^|/)(?:__MACOSX/|\.(?!\.?/)|Thumbs\.db$|desktop\.ini$|~\$)")
_UTF8_NAME, _LOCKED = 0x800, 0x1
HEAD = 8
_ZIP, _EMPTY_ZIP, _RAR = b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a\x07"
_OFFICE = frozenset({"[content_types].xml", "mimetype", "ofd.xml", "encryptions.xml"})
# The first files of a damaged one, whose list of files is lost.
_OFFICE_HEAD = re.compile(
    rb"\[content_types\]|ofd\.xml|mimetypeapplication/|docprops/|_rels/|xl/w|word/", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its path there, its bytes, or the reason why it has none."""

    path: str
    data: bytes
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file one level down, before it is unpacked."""

    name: str
    size: int
    packed: int
    is_locked: bool
    unpack: Callable[[], bytes]


def may_be_archive(head: bytes) -> bool:
    """Return whether a file that begins with `head` (`HEAD` bytes) may be an archive."""
    return head.startswith((_ZIP, _EMPTY_ZIP, _RAR))


def is_archive(data: bytes) -> bool:
    """Return whether `data` is an archive of files; an Office document is a zip archive but one document."""
    return may_be_archive(data) and (data.startswith(_RAR) or not _is_office(data))


def members(data: bytes) -> Iterator[Member]:
    """Yield the files of an archive in its order, those of archives within it in place of these.

    Raises ReadError `broken`, `empty` or `bomb` for the archive as a whole; what is wrong with one member is in its
    `reason`.
    """
    left = [MOST_MEMBERS, MOST_BYTES]
    found = False
    for found_member in _walk(data, "", 1, left):
        found = True
        yield found_member
    if not found:
        raise ReadError(ReasonCode.EMPTY, "found an archive without files, expected reports; fetch it again")


def _walk(data: bytes, above: str, depth: int, left: list[int]) -> Iterator[Member]:
    """Yield the files of one archive, at `depth` and below the path `above`; `left` are the files and bytes allowed."""
    for entry in _entries(data):
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
                yield from _walk(content, path + SEPARATOR, depth + 1, left)
            except ReadError as error:  # an inner archive that cannot be read is one failed member; a bomb ends it all
                if error.code is ReasonCode.BOMB:
                    raise
                yield Member(path, b"", error.reason)


def _unpacked(entry: _Entry) -> tuple[bytes, Reason | None]:
    """Return the bytes of an entry, or why there are none."""
    if entry.is_locked:
        message = "found a file that needs a password, expected an open one; unpack it with the password"
        return b"", Reason(ReasonCode.ENCRYPTED, message)
    if entry.size > _RATIO_FROM and entry.size > _RATIO * max(1, entry.packed):
        message = f"found {entry.size} bytes packed into {entry.packed}; unpack it yourself if you trust it"
        return b"", Reason(ReasonCode.BOMB, message)
    try:
        return entry.unpack(), None
    except ReadError as error:
        return b"", error.reason
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        message = f"found a damaged file in the archive ({type(error).__name__}); fetch the archive again"
        return b"", Reason(ReasonCode.BROKEN, message)


def _entries(data: bytes) -> list[_Entry]:
    """Return the files of an archive, litter of operating systems left out; a name that comes twice gets a number."""
    entries = _rar_entries(data) if data.startswith(_RAR) else _zip_entries(data)
    seen: dict[str, int] = {}
    kept = []
    for entry in entries:
        name = re.sub(r"[\x00-\x1f\x7f]", "", entry.name.replace("\\", "/")).strip("/") or "unnamed"
        if _LITTER.search(name):
            continue
        seen[name] = seen.get(name, 0) + 1
        numbered = name if seen[name] == 1 else f"{name} ({seen[name]})"
        kept.append(_Entry(numbered, entry.size, entry.packed, entry.is_locked, entry.unpack))
    return kept


def _zip_entries(data: bytes) -> list[_Entry]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ReadError(
            ReasonCode.BROKEN, "found a damaged zip archive, expected a whole one; fetch it again"
        ) from error
    return [
        _Entry(
            _zip_name(info),
            info.file_size,
            info.compress_size,
            bool(info.flag_bits & _LOCKED),
            partial(_unzip, archive, info),
        )
        for info in archive.infolist()
        if not info.is_dir()
    ]


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Return the name of a member: those of Chinese Windows are GBK although the format says code page 437."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    written = info.orig_filename.encode("cp437", "replace")
    for charset in ("utf-8", "gb18030"):
        try:
            return written.decode(charset)
        except UnicodeDecodeError:
            continue
    return info.filename


def _unzip(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as stream:
        data = stream.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise zipfile.BadZipFile("the size is not the one stated")
    return data


def _rar_entries(data: bytes) -> list[_Entry]:
    def give(content: bytes | ReadError) -> bytes:
        if isinstance(content, ReadError):
            raise content
        return content

    files = isolation.run(_unrar, data)
    return [_Entry(name, size, packed, locked, partial(give, content)) for name, size, packed, locked, content in files]


def _unrar(data: bytes) -> list[tuple[str, int, int, bool, bytes | ReadError]]:
    """Return (name, size, packed size, is locked, content) of each file of a rar archive; for the helper process."""
    options = rars.ReadOptions(max_member_output_bytes=MOST_BYTES, max_total_output_bytes=MOST_BYTES)
    try:
        archive = rars.RarFile.from_bytes(data, options=options)
        infos = [info for info in archive.infolist() if not info.is_dir()]
    except rars.PasswordRequired as error:
        message = "found an archive that needs a password, expected an open one; unpack it with the password"
        raise ReadError(ReasonCode.ENCRYPTED, message) from error
    except Exception as error:
        message = "found a damaged rar archive, expected a whole one; fetch it again"
        raise ReadError(ReasonCode.BROKEN, message) from error
    left = MOST_BYTES
    files = []
    for info in infos[: MOST_MEMBERS + 1]:
        left -= info.file_size
        is_bomb = left < 0 or (info.file_size > _RATIO_FROM and info.file_size > _RATIO * max(1, info.compress_size))
        content: bytes | ReadError = b""
        if not info.is_encrypted and not is_bomb:
            try:
                content = archive.read(info, options=options)
            except Exception as error:
                message = f"found a damaged file in the archive ({type(error).__name__}); fetch the archive again"
                content = ReadError(ReasonCode.BROKEN, message)
        files.append((info.filename, info.file_size, info.compress_size, bool(info.is_encrypted), content))
    return files


def _is_office(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(info.filename.strip("/\\").lower() in _OFFICE for info in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return bool(_OFFICE_HEAD.search(data[:4096])) or b"word/document.xml" in data
