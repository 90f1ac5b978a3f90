"""Files with one object of JSON a line, to which lines are only ever added: a crash costs the last line at most."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any


def add_line(path: Path, entry: Mapping[str, Any]) -> None:
    """Add a line and sync it; one that a crash cut off before does not swallow it."""
    with path.open("ab") as stream:
        stream.write(b"\n" + json.dumps(entry).encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of the file; lines that are not whole are left out, and where there is no file there are none."""
    try:
        texts = path.read_bytes().split(b"\n")
    except OSError:
        return []
    lines = []
    for text in filter(None, texts):
        with suppress(ValueError, RecursionError):
            lines.append(json.loads(text))
    return [line for line in lines if isinstance(line, dict)]
