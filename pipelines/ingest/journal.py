"""What an unfinished run has done already, so that the next one resumes and does not ask for everything again.

It is a hidden file with one line of JSON for each address that is in the archive. It is removed when its source is
done. A line that a crash cut off is left out, and a journal that is older than half a day is not used.

Where a limit cut the run short, the journal waits for the next run, a week at most, so that several nights together
read a long source whole: what one of them has done or could not read, the next ones do not ask for.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.ingest.json_lines import add_line, read_lines

FRESH, WAITING = timedelta(hours=12), timedelta(days=7)
UNREAD = "unread"


class Journal:
    """The journal of one source's run."""

    def __init__(self, path: Path, now: datetime) -> None:
        self._path = path
        self._outcomes: dict[str, str] = {}
        self._unread: set[str] = set()
        lines = read_lines(path)
        started, cut = _moment(lines[:1], "started_at"), _moment(lines, "cut_at")
        is_waiting = cut is not None and timedelta(0) <= now - cut < WAITING
        if is_waiting or (started is not None and timedelta(0) <= now - started < FRESH):
            pairs = ((line.get("url"), line.get("outcome")) for line in lines)
            known = {url: done for url, done in pairs if isinstance(url, str) and isinstance(done, str)}
            self._outcomes = {url: done for url, done in known.items() if done != UNREAD}
            self._unread = known.keys() - self._outcomes.keys() if is_waiting else set()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps({"started_at": now.isoformat()}) + "\n", encoding="utf-8")

    def is_unread(self, url: str) -> bool:
        """Whether the run that a limit cut short could not read the address: it is asked for when all others are."""
        return url in self._unread

    def outcome(self, url: str) -> str | None:
        """What became of the address in the run that is being resumed: new, changed or unchanged; None if open."""
        return self._outcomes.get(url)

    def note(self, url: str, outcome: str) -> None:
        """Keep that the address is done, or `UNREAD`."""
        add_line(self._path, {"url": url, "outcome": outcome})

    def wait(self, now: datetime) -> None:
        """A limit cut the run short; the next one goes on."""
        add_line(self._path, {"cut_at": now.isoformat()})

    def finish(self) -> None:
        """The source is through; the next run asks for everything again."""
        self._path.unlink(missing_ok=True)


def waiting_since(path: Path) -> datetime | None:
    """When the run began that a limit cut short; None where none waits."""
    lines = read_lines(path)
    return _moment(lines[:1], "started_at") if _moment(lines, "cut_at") else None


def _moment(lines: Sequence[Mapping[str, Any]], key: str) -> datetime | None:
    """The last moment of this name; None where there is none, or one without its offset from UTC."""
    for text in (line[key] for line in reversed(lines) if key in line):
        with suppress(TypeError, ValueError):
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo else None
    return None
