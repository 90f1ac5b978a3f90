"""7z archives, by py7zr: their files with their bytes, in memory. Runs in the helper process."""

import io
from collections.abc import Sequence

import py7zr
from py7zr.exceptions import PasswordRequired
from py7zr.io import Py7zIO, WriterFactory

from pipelines.read.damage import damaged_member
from pipelines.read.document import ReadError
from pipelines.reasons import Reason, ReasonCode

_MOST_TRIES = 50  # files that are unpacked one by one where not all can be at once
_MOST_TIMES = 200  # the size of all files, as a multiple of the archive's


class _Memory(Py7zIO):
    """A file that is unpacked into memory, of at most `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self.stream = io.BytesIO()
        self._limit = limit

    def write(self, s: bytes | bytearray) -> int:
        if self.stream.tell() + len(s) > self._limit:
            raise ValueError("more bytes than the archive states")
        return self.stream.write(s)

    def read(self, size: int | None = None) -> bytes:
        return self.stream.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.stream.seek(offset, whence)

    def flush(self) -> None:
        self.stream.flush()

    def size(self) -> int:
        return self.stream.getbuffer().nbytes


class _Memories(WriterFactory):
    """The files unpacked so far, by their names."""

    def __init__(self, limit: int) -> None:
        self.files: dict[str, _Memory] = {}
        self._limit = limit

    def create(self, filename: str) -> Py7zIO:
        self.files[filename] = _Memory(self._limit)
        return self.files[filename]


def un7z(data: bytes, most_members: int, most_bytes: int) -> list[tuple[str, int, int, bool, bytes | Reason]]:
    """Return (name, size, packed size, is locked, content) of each file of a 7z archive.

    What goes beyond the limits, and what needs a password, has no content. Raises ReadError `encrypted` or `broken`.
    """
    try:
        with py7zr.SevenZipFile(io.BytesIO(data)) as archive:
            infos = [info for info in archive.list() if info.is_file][: most_members + 1]
            is_locked = archive.needs_password()
    except PasswordRequired as error:
        message = "found an archive that needs a password, expected an open one; unpack it with the password"
        raise ReadError(ReasonCode.ENCRYPTED, message) from error
    except Exception as error:
        message = "found a damaged 7z archive, expected a whole one; fetch it again"
        raise ReadError(ReasonCode.BROKEN, message) from error
    total = sum(info.uncompressed for info in infos)
    # files are packed together, so that none has a packed size of its own
    sizes = [max(1, len(data) * info.uncompressed // max(1, total)) for info in infos]
    is_unpacked = not is_locked and len(infos) <= most_members and total <= min(most_bytes, _bound(data))
    contents = _contents(data, [info.filename for info in infos], most_bytes) if is_unpacked else [b""] * len(infos)
    return [
        (info.filename, info.uncompressed, packed, is_locked, content)
        for info, packed, content in zip(infos, sizes, contents, strict=True)
    ]


def _bound(data: bytes) -> int:
    """Return the bytes beyond which an archive of this size is a bomb, and is not unpacked."""
    return max(1_000_000, _MOST_TIMES * len(data))


def _contents(data: bytes, names: Sequence[str], limit: int) -> list[bytes | Reason]:
    """Return what the files hold; where not all can be unpacked each is tried, so that damage takes no other file."""
    found: dict[str, bytes | Reason] = {}
    try:
        found.update(_extracted(data, names, limit))
    except Exception:
        for name in names[:_MOST_TRIES]:
            try:
                found.update(_extracted(data, [name], limit))
            except Exception as error:
                found[name] = damaged_member(error)
    missing = Reason(ReasonCode.BROKEN, "found a file in a damaged archive; fetch the archive again")
    return [found.get(name, missing) for name in names]


def _extracted(data: bytes, names: Sequence[str], limit: int) -> dict[str, bytes]:
    factory = _Memories(limit)
    with py7zr.SevenZipFile(io.BytesIO(data)) as archive:
        archive.extract(targets=list(names), factory=factory)
    return {name: file.stream.getvalue() for name, file in factory.files.items()}
