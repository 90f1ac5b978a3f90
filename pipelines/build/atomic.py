"""Writing files so that they appear whole or not at all: under a hidden name first, then renamed.

What a killed process leaves under the hidden name is removed by `pipelines.build.leftovers`. The archive of fetched
files must also withstand a loss of power; it has its own way to write (`pipelines.ingest.archive`).
"""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_HIDDEN = re.compile(r"\..+\.[0-9a-f]{32}")


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Give a hidden name beside `path` to write to. It becomes `path` when the block ends without an error.

    The hidden name belongs to this call alone, so two writers of one file do not disturb each other. The folder is made
    if it is not there. If the block fails, the hidden file is removed and `path` stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def leftovers(folder: Path) -> list[Path]:
    """The files in `folder`, not below it, named as `atomic_write` does. Call it where no writer is at work."""
    return sorted(path for path in folder.glob(".*.*") if _HIDDEN.fullmatch(path.name))
