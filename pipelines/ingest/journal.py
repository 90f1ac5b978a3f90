"""What an unfinished run has done already, so that the next one resumes instead of asking for everything again.

One line of JSON for each address that is in the archive, in a hidden file that goes when its source is through. A line
that a crash cut off is left out, and a journal of another day's run is not believed.
"""

import json
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

FRESH = timedelta(hours=12)


class Journal:
    """The journal of one source's run."""

    def __init__(self, path: Path, now: datetime) -> None:
        self._path = path
        self._outcomes: dict[str, str] = {}
        lines = _lines(path)
        if lines and _is_fresh(lines[0], now):
            self._outcomes = {line["url"]: line["outcome"] for line in lines if {"url", "outcome"} <= set(line)}
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps({"started_at": now.isoformat()}) + "\n", encoding="utf-8")

    def outcome(self, url: str) -> str | None:
        """What became of the address in the run that is being resumed: new, changed or unchanged; None if open."""
        return self._outcomes.get(url)

    def note(self, url: str, outcome: str) -> None:
        """Keep that the address is done."""
        with self._path.open("a", encoding="utf-8") as stream:
            # a line that a crash cut off must not swallow this one
            stream.write("\n" + json.dumps({"url": url, "outcome": outcome}) + "\n")

    def finish(self) -> None:
        """The source is through; the next run asks for everything again."""
        self._path.unlink(missing_ok=True)


def _is_fresh(line: dict[str, Any], now: datetime) -> bool:
    try:
        return timedelta(0) <= now - datetime.fromisoformat(line["started_at"]) < FRESH
    except (KeyError, TypeError, ValueError):
        return False


def _lines(path: Path) -> list[dict[str, Any]]:
    try:
        texts = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    lines = []
    for text in filter(None, texts):
        with suppress(ValueError):
            lines.append(json.loads(text))
    return [line for line in lines if isinstance(line, dict)]
