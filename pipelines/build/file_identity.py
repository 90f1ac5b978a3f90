"""By what a file is recognised without being opened: its inode, its size and its times."""

import os
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

# A stamp is these values of `stat`, joined so. The scan of many files builds it in columns, without an object for each.
STAMP_FORMAT = "{}:{}:{}"
STAMP_COLUMNS = ("size_bytes", "mtime_ns", "ctime_ns")
stamp_values = attrgetter("st_size", "st_mtime_ns", "st_ctime_ns")


class FileIdentity(NamedTuple):
    """What the file system says of a file. While all of it is the same, the file holds the same bytes.

    Sizes are bytes, times are nanoseconds. The change time catches what size and modification time do not: new bytes of
    the same length under a time that was set back.
    """

    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int

    @property
    def stamp(self) -> str:
        """Size and both times as a text; equal for a file under another name."""
        return STAMP_FORMAT.format(self.size, self.mtime_ns, self.ctime_ns)

    @property
    def copied_stamp(self) -> str:
        """Size and modification time as a text: what a copy of the file that keeps its times has in common with it."""
        return f"{self.size}:{self.mtime_ns}"


def identity_of(status: os.stat_result) -> FileIdentity:
    """The identity in what `stat` returned."""
    return FileIdentity(status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def file_identity(path: Path) -> FileIdentity | None:
    """The identity of the file at `path`; None where there is no file that can be asked."""
    try:
        return identity_of(path.stat())
    except OSError:
        return None
