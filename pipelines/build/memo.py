"""Answers kept from run to run, so that a question about tables that have not changed is not asked again.

An answer is plain JSON, kept under a name with the key of all that it was worked out from. A file that is missing or
cannot be read is an empty memory: everything is asked anew, nothing is lost.
"""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.build.atomic import atomic_write


class Memo:
    """The answers in one JSON file, the newest for each name."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def answer(self, name: str, key: str, ask: Callable[[], Any]) -> Any:
        """The kept answer to `name` if it was given for the same `key`, else that of `ask`, which is then kept.

        `ask` returns what JSON can hold. Where it raises, nothing is kept.
        """
        known = self._read()
        if name in known and known[name]["key"] == key:
            return known[name]["answer"]
        found = ask()
        self.keep({name: (key, found)})
        return found

    def has(self, name: str, key: str) -> bool:
        """Whether the answer to `name` was given for `key`."""
        return bool(self._read().get(name, {}).get("key") == key)

    def known(self, name: str) -> Any:
        """The kept answer to `name`; raises KeyError where there is none."""
        return self._read()[name]["answer"]

    def keep(self, answers: Mapping[str, tuple[str, Any]]) -> None:
        """Keep answers by name, each with its key."""
        new = {name: {"key": key, "answer": answer} for name, (key, answer) in answers.items()}
        self._write({**self._read(), **new})

    def _read(self) -> dict[str, Any]:
        try:
            status = self._path.stat()
        except OSError:
            return {}
        return _content(self._path, status.st_ino, status.st_mtime_ns, status.st_size)

    def _write(self, content: dict[str, Any]) -> None:
        with atomic_write(self._path) as beside:
            beside.write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")


@lru_cache(maxsize=64)
def _content(path: Path, *_: int) -> dict[str, Any]:
    """What a file holds; the numbers are those by which a file that was replaced is told from the one before."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
