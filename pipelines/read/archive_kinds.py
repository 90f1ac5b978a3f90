"""The kinds of archives, each as a list of its files: zip, rar, 7z, tar, and single compressed files (gz, bz2, xz).

Not read: litter of programs, and files that need a password.

All but plain zip archives are unpacked in the helper process: by libraries outside the standard one, with much memory,
or with a parser that damage can hold up.
"""

import bz2
import gzip
import io
import lzma
import re
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from pipelines.read import isolation
from pipelines.read.damage import damaged_member
from pipelines.read.document import ReadError
from pipelines.reasons import Reason, ReasonCode

MOST_MEMBERS = 2000
MOST_BYTES = 200_000_000  # of all members together, unpacked
HEAD = 512
_RATIO = 200  # text and its formats pack to a tenth; a bomb to a thousandth
_RATIO_FROM = 1_000_000  # bytes; below that any ratio is harmless
_UTF8_NAME, _LOCKED = 0x800, 0x1
_ZIP, _EMPTY_ZIP, _RAR, _7Z = b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c"
_GZIP, _XZ, _BZIP = b"\x1f\x8b\x08", b"\xfd7zXZ\x00", re.compile(rb"BZh[1-9]1AY&SY")
_TAR, _TAR_AT = b"ustar", 257
_PACKED = re.compile(r"\.(?:gz|bz2|xz|gzip)$", re.IGNORECASE)
_OFFICE = frozenset({"[content_types].xml", "mimetype", "ofd.xml", "encryptions.xml"})
_OPEN_DOCUMENT = frozenset({"content.xml", "meta-inf/manifest.xml"})
# The first files of a damaged one, whose list of files is lost.
_OFFICE_HEAD = re.compile(
    rb"\[content_types\]|ofd\.xml|\A.{30}mimetype|docprops/|_rels/|xl/w|word/", re.IGNORECASE | re.DOTALL
)
_File = tuple[str, int, int, bool, bytes | Reason]  # name, size, packed size, is locked, content


@dataclass(frozen=True, slots=True)
class Packed:
    """A file one level down, before it is unpacked."""

    name: str
    size: int
    packed: int
    is_locked: bool
    unpack: Callable[[], bytes]


def may_be_archive(head: bytes) -> bool:
    """Return whether a file that begins with `head` (`HEAD` bytes) may be an archive."""
    return head.startswith((_ZIP, _EMPTY_ZIP)) or _is_other(head)


def is_archive(data: bytes) -> bool:
    """Return whether `data` is an archive of files; an Office document is a zip archive but one document."""
    return _is_other(data) or (data.startswith((_ZIP, _EMPTY_ZIP)) and not _is_office(data))


def is_too_dense(size: int, packed: int) -> bool:
    """Return whether a file of `size` bytes that is packed into so few is a bomb."""
    return size > _RATIO_FROM and size > _RATIO * max(1, packed)


def entries_of(data: bytes, name: str) -> list[Packed]:
    """Return the files of the archive `data` in its order, at most one more than `MOST_MEMBERS` where they are counted.

    Raises ReadError `broken`, `encrypted` or `bomb`; `unpack` adds `empty` and `too_deep`. `name` is the archive's.
    """
    if data.startswith(_RAR):
        return _given(isolation.run(_unrar, data))
    if data.startswith(_7Z):
        from pipelines.read.seven_zip import un7z  # a library that is slow to import

        return _given(isolation.run(un7z, data, MOST_MEMBERS, MOST_BYTES))
    if _is_tar(data):
        return _given(isolation.run(_untar, data))
    if _is_compressed(data):
        return _compressed_entries(data, name)
    return _zip_entries(data)


def _is_other(head: bytes) -> bool:
    """Return whether a file is an archive of any kind but zip."""
    return head.startswith((_RAR, _7Z)) or _is_compressed(head) or _is_tar(head)


def _is_compressed(head: bytes) -> bool:
    return head.startswith((_GZIP, _XZ)) or bool(_BZIP.match(head))


def _is_tar(head: bytes) -> bool:
    return head[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR


def _given(files: Sequence[_File]) -> list[Packed]:
    """Return the entries of files that are unpacked already."""

    def give(content: bytes | Reason) -> bytes:
        if isinstance(content, Reason):
            raise ReadError(content.code, content.text)
        return content

    return [Packed(name, size, packed, locked, partial(give, content)) for name, size, packed, locked, content in files]


def _is_office(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {info.filename.replace("\\", "/").strip("/").lower() for info in archive.infolist()}
            return not names.isdisjoint(_OFFICE) or names >= _OPEN_DOCUMENT
    except Exception:
        return bool(_OFFICE_HEAD.search(data[:4096])) or b"word/document.xml" in data


def _zip_entries(data: bytes) -> list[Packed]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception as error:
        raise ReadError(
            ReasonCode.BROKEN, "found a damaged zip archive, expected a whole one; fetch it again"
        ) from error
    return [
        Packed(
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
    return _decoded(info.orig_filename.encode("cp437", "replace"), info.filename)


def _decoded(written: bytes, otherwise: str = "") -> str:
    """Return a name whose charset is not stated."""
    for charset in ("utf-8", "gb18030"):
        try:
            return written.decode(charset)
        except UnicodeDecodeError:
            continue
    return otherwise or written.decode("latin-1")


def _unzip(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as stream:
        data = stream.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise zipfile.BadZipFile("the size is not the one stated")
    return data


def _unrar(data: bytes) -> list[_File]:
    """Return the files of a rar archive; for the helper process."""
    import rars

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
        is_bomb = left < 0 or is_too_dense(info.file_size, info.compress_size)
        content: bytes | Reason = b""
        if not info.is_encrypted and not is_bomb:
            try:
                content = archive.read(info, options=options)
            except Exception as error:
                content = damaged_member(error)
        files.append((info.filename, info.file_size, info.compress_size, bool(info.is_encrypted), content))
    return files


def _compressed_entries(data: bytes, archive: str) -> list[Packed]:
    """Return the one file that is compressed, or the files of the tar archive that it is."""
    name, content = isolation.run(_inflated, data)
    if len(content) > MOST_BYTES or (_is_tar(content) and is_too_dense(len(content), len(data))):
        message = f"found more than {len(content)} bytes packed into {len(data)}; unpack it yourself if you trust it"
        raise ReadError(ReasonCode.BOMB, message)
    if _is_tar(content):
        return _given(isolation.run(_untar, content))
    name = name or _PACKED.sub("", archive.rpartition("/")[2]) or "unnamed"
    return [Packed(name, len(content), len(data), False, lambda: content)]


def _inflated(data: bytes) -> tuple[str, bytes]:
    """Return the name that a compressed file states, and at most one byte more than `MOST_BYTES` of its content."""
    stream = io.BytesIO(data)
    open_it = gzip.open if data.startswith(_GZIP) else bz2.open if data[:1] == b"B" else lzma.open
    try:
        with open_it(stream) as opened:
            content = opened.read(MOST_BYTES + 1)
    except Exception as error:
        message = "found a damaged compressed file, expected a whole one; fetch it again"
        raise ReadError(ReasonCode.BROKEN, message) from error
    stated = re.match(rb"\x1f\x8b\x08[\x08\x18].{6}([^\x00]{1,255})\x00", data, re.DOTALL)
    return _decoded(stated[1]) if stated else "", content


def _untar(data: bytes) -> list[_File]:
    """Return the files of a tar archive, those beyond `MOST_BYTES` without content; for the helper process.

    A sparse file has a hole that no bytes stand for; its size may be anything.
    """
    try:
        archive = tarfile.TarFile(fileobj=io.BytesIO(data), encoding="utf-8", errors="surrogateescape")
        infos = list(islice((info for info in archive if info.isfile()), MOST_MEMBERS + 1))
    except Exception as error:
        message = "found a damaged tar archive, expected a whole one; fetch it again"
        raise ReadError(ReasonCode.BROKEN, message) from error
    left = MOST_BYTES
    files: list[_File] = []
    for info in infos:
        left -= info.size
        packed = min(info.size, len(data))
        content: bytes | Reason = b""
        if left >= 0 and not is_too_dense(info.size, packed):
            try:
                content = _of_tar(archive, info)
            except Exception as error:
                content = damaged_member(error)
        files.append((_decoded(info.name.encode("utf-8", "surrogateescape")), info.size, packed, False, content))
    return files


def _of_tar(archive: tarfile.TarFile, info: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(info)
    data = b"" if stream is None else stream.read()
    if len(data) != info.size:
        raise tarfile.ReadError("the size is not the one stated")
    return data
