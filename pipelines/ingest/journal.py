"""What an unfinished run has done already, so that the next one resumes and does not ask for everything again.

It is a hidden file with one line of JSON for each address that is in the archive. It is removed when its source is
done. A line that a crash cut off is left out, and a journal that is older than half a day is not used.
"""

import json
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from pipelines.ingest.json_lines import add_line, read_lines

FRESH = timedelta(hours=12)


class Journal:
    """The journal of one source's run."""

    def __init__(self, path: Path, now: datetime) -> None:
        self._path = path
        self._outcomes: dict[str, str] = {}
        lines = read_lines(path)
        is_fresh = False
        with suppress(IndexError, KeyError, TypeError, ValueError):
            is_fresh = timedelta(0) <= now - datetime.fromisoformat(lines[0]["started_at"]) < FRESH
        if is_fresh:
            pairs = ((line.get("url"), line.get("outcome")) for line in lines)
            self._outcomes = {url: done for url, done in pairs if isinstance(url, str) and isinstance(done, str)}
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps({"started_at": now.isoformat()}) + "\n", encoding="utf-8")

    def outcome(self, url: str) -> str | None:
        """What became of the address in the run that is being resumed: new, changed or unchanged; None if open."""
        return self._outcomes.get(url)

    def note(self, url: str, outcome: str) -> None:
        """Keep that the address is done."""
        add_line(self._path, {"url": url, "outcome": outcome})

    def finish(self) -> None:
        """The source is through; the next run asks for everything again."""
        self._path.unlink(missing_ok=True)
