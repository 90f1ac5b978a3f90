"""When each address of a source was last looked at, and with what result: `raw/fetched/.journal/SOURCE.jsonl`.

The archive keeps what was found, and since when; that it was looked at again and said the same stands only here. It is
a hidden file to which a line of JSON is added for each look, so that a run that is killed goes on where it was. A line
that a crash cut off is left out. What it does not say counts as looked at when its bytes came into the archive.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pipelines.ingest.archive import write_whole
from pipelines.ingest.json_lines import add_line, read_lines

FAILED, REFUSED = "failed", "refused"
_UNREAD = (FAILED, REFUSED)
_MOST_LINES = 3  # for each address, before the file is written anew


@dataclass(frozen=True)
class Look:
    """The last look at an address: `new`, `changed`, `unchanged`, `failed` or `refused`, the last two with a `reason`.

    `failures` are those in a row. `title` and `listed_on` are of the list. `is_open` says that the files of the page
    are still to be fetched; `page` is the key of the page that a file hangs on.
    """

    url: str
    at: datetime
    outcome: str
    failures: int = 0
    reason: str = ""
    title: str = ""
    listed_on: date | None = None
    page: str | None = None
    is_open: bool = False

    @property
    def is_unread(self) -> bool:
        """Whether nothing was read."""
        return self.outcome in _UNREAD


class Journal:
    """The journal of one source. Addresses go by their `page_key`. Nothing is written before the first note."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._looks: dict[str, Look] = {}
        self._lines = 0
        self.list_at: datetime | None = None  # when its list was last read
        self.whole_at: datetime | None = None  # and when to the end, with nothing new left to fetch
        for line in read_lines(path):
            self._lines += 1
            with suppress(ValueError, TypeError, KeyError, AttributeError):
                self._take(line)

    def look(self, key: str) -> Look | None:
        """The last look at an address; None where none is known."""
        return self._looks.get(key)

    def pages(self) -> Iterator[tuple[str, Look]]:
        """All addresses that are pages, by their key; files that hang on a page are left out."""
        return ((key, look) for key, look in self._looks.items() if look.page is None)

    def note(self, key: str, look: Look) -> None:
        """Keep that the address was looked at; the failures in a row are counted here."""
        before = self._looks.get(key)
        failures = (before.failures if before else 0) + 1 if look.is_unread else 0
        self._add({**_line(look), "key": key, "failures": failures})

    def close(self, key: str) -> None:
        """Keep that the files of a page are through."""
        if self._looks[key].is_open:
            self._add({**_line(self._looks[key]), "key": key, "open": False})

    def note_list(self, list_at: datetime | None, whole_at: datetime | None) -> None:
        """Keep when the list was read; `whole_at` is None where something new on it is still to be fetched."""
        self._add(_list_line(list_at, whole_at))

    def tidy(self) -> None:
        """Write the file anew where it has many lines for each address."""
        if self._lines <= _MOST_LINES * (len(self._looks) + 10):
            return
        lines = [
            _list_line(self.list_at, self.whole_at),
            *({**_line(look), "key": key} for key, look in self._looks.items()),
        ]
        write_whole(self._path, b"\n".join(json.dumps(line).encode() for line in lines) + b"\n")
        self._lines = len(lines)

    def _add(self, line: Mapping[str, Any]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        add_line(self._path, line)
        self._lines += 1
        self._take(line)

    def _take(self, line: Mapping[str, Any]) -> None:
        """Know what a line says. Raises what a line that is damaged raises."""
        if "list_at" in line:
            self.list_at, self.whole_at = _moment(line["list_at"]), _moment(line["whole_at"])
            return
        key, page, failures = line["key"], line.get("page"), line.get("failures", 0)
        texts = (key, line["url"], line["outcome"], line.get("reason", ""), line.get("title", ""), page or "")
        at, listed_on = _moment(line["at"]), line.get("listed_on")
        if at is None or not all(isinstance(text, str) for text in texts) or not isinstance(failures, int):
            raise ValueError("not a look")
        self._looks[key] = Look(
            url=line["url"],
            at=at,
            outcome=line["outcome"],
            failures=max(0, failures),
            reason=line.get("reason", ""),
            title=line.get("title", ""),
            listed_on=date.fromisoformat(listed_on) if listed_on else None,
            page=page,
            is_open=line.get("open") is True,
        )


def _list_line(list_at: datetime | None, whole_at: datetime | None) -> dict[str, Any]:
    moments = {"list_at": list_at, "whole_at": whole_at}
    return {name: moment.isoformat() if moment else None for name, moment in moments.items()}


def _line(look: Look) -> dict[str, Any]:
    """What is written of a look: no names of fields that say nothing, as most lines are of pages that said the same."""
    written = {
        "url": look.url,
        "at": look.at.isoformat(timespec="seconds"),
        "outcome": look.outcome,
        "failures": look.failures,
        "reason": look.reason,
        "title": look.title,
        "listed_on": look.listed_on.isoformat() if look.listed_on else None,
        "page": look.page,
        "open": look.is_open,
    }
    return {name: value for name, value in written.items() if value}


def _moment(text: Any) -> datetime | None:
    """A moment in UTC; None for None. Raises ValueError or TypeError for what is none, or has no offset from UTC."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no offset from UTC")
    return moment.astimezone(UTC)
