"""One hostile file as it is made and written: bytes, a link or a device, and a sidecar where it has one."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

FIXTURES = Path(__file__).parents[1] / "tests" / "fixtures"
_SIDECAR = b".meta.json"


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file that is meant to do harm.

    `name` is its path below the folder that it is written to, in bytes as the system has it. `place` puts something
    else than a file with `data` there. `sidecar` is written beside it. `is_due` is False for what fazhi leaves out on
    purpose, such as hidden files; all others must have a row.
    """

    kind: str
    name: bytes
    data: bytes = b""
    sidecar: bytes | None = None
    place: Callable[[bytes], None] | None = None
    is_due: bool = True

    @property
    def raw_path(self) -> str:
        r"""The path as tables hold it: bytes that are not UTF-8 stand in it as `\xNN`."""
        return self.name.decode("utf-8", "backslashreplace")

    def write(self, folder: Path) -> bool:
        """Write it below `folder`. Returns False where the name is taken, or the system takes no such name."""
        path = os.path.join(os.fsencode(folder), self.name)  # noqa: PTH118 (a name in bytes)
        try:
            if os.path.lexists(path):
                return False
            os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
            if self.place is not None:
                self.place(path)
            else:
                with open(path, "xb") as stream:  # noqa: PTH123
                    stream.write(self.data)
            if self.sidecar is not None:
                stem = os.path.splitext(path)[0]  # noqa: PTH122
                with open(stem + _SIDECAR, "xb") as stream:  # noqa: PTH123
                    stream.write(self.sidecar)
        except OSError:
            return False
        return True


Maker = Callable[[Random, int], Hostile]
