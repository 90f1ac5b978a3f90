"""Files that appear whole or not at all: written beside under a hidden name, then renamed.

Only the way into place belongs here. What a killed process leaves under the hidden name is swept by
`pipelines.build.leftovers`. The archive of fetched files, which must also withstand a loss of power, has its own way.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A name beside `path` to write to; it becomes `path` when the block ends, and is gone where the block fails.

    The name is of this call alone: two writers of one file do not meet in it. The folder is made if it is not there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
