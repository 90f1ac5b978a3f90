"""What of one source is to be asked for in a night: its new pages and those that are due, the most overdue first.

The rule is in `due`; here it is held against what the archive and the journal know.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from pipelines.ingest.archive import Archive
from pipelines.ingest.due import PageHistory, most_overdue_first
from pipelines.ingest.found_links import Link
from pipelines.ingest.journal import Journal, Look
from pipelines.ingest.page_key import page_key
from pipelines.ingest.sources import Source


@dataclass(frozen=True)
class Agenda:
    """The pages of a source: `opened` are not due but have files still to be fetched, `due` are in their order.

    `new` of them were never asked for; `resting` are not due, with the last look at each. `urgency` is the lateness of
    the first.
    """

    opened: list[Link]
    due: list[Link]
    new: int
    resting: list[tuple[Link, Look | None]]
    urgency: float


def turn_of_host(agendas: Sequence[Agenda]) -> tuple[float, int]:
    """Where in a night a host comes, by its sources: where the most overdue page waits, of equals the least to do."""
    return -max(agenda.urgency for agenda in agendas), sum(len(agenda.due) for agenda in agendas)


class KnownPages:
    """What is known of the addresses of one source: its journal, and the archive that all sources share."""

    def __init__(self, archive: Archive, journal: Journal) -> None:
        self._archive, self._journal = archive, journal

    def is_known(self, link: Link) -> bool:
        """Whether the address was ever asked for."""
        return self._journal.look(page_key(link.url)) is not None or self._archive.current(link.url) is not None

    def history(self, link: Link) -> PageHistory:
        """What decides when the address is due."""
        look, version = self._journal.look(page_key(link.url)), self._archive.current(link.url)
        listed_on = link.listed_on or (look.listed_on if look else None)
        published = datetime.combine(listed_on, time(), UTC) if listed_on else None
        if version is None:  # also where its bytes were lost, and then they are wanted at once
            looked_at = look.at if look and look.is_unread else None
            return PageHistory(published, None, looked_at, 0, look.failures if look else 0)
        since = _moment(version.sighting.fetched_at)
        return PageHistory(
            published=published or _moment(version.first_at),
            changed_at=since if version.changes else None,
            looked_at=look.at if look else since,
            changes=version.changes,
            failures=look.failures if look else 0,
        )

    def agenda(self, listed: Iterable[Link], source: Source | None, now: datetime, *, ask_all: bool) -> Agenda:
        """The pages of the list, and of the journal those that `source` still wants (None: only those of the list)."""
        links: dict[str, Link] = {}
        for link in listed:
            links.setdefault(page_key(link.url), link)
        for key, look in self._journal.pages() if source else ():
            if key not in links and source and source.wants(look.title, look.url):
                links[key] = Link(look.url, look.title, look.listed_on)
        ranked = most_overdue_first(((link, self.history(link)) for link in links.values()), now)
        due = [(late, link) for late, link in ranked if late >= 1 or ask_all]
        resting = [(link, self._journal.look(page_key(link.url))) for late, link in ranked[len(due) :]]
        return Agenda(
            opened=[link for link, look in resting if self._has_files_left(link, look)],
            due=[link for _, link in due],
            new=sum(math.isinf(late) for late, _ in due),
            resting=resting,
            urgency=due[0][0] if due else 0.0,
        )

    def _has_files_left(self, link: Link, look: Look | None) -> bool:
        """Whether files of the page may be missing; one that a crash left without a line is such a page."""
        return self._archive.current(link.url) is not None and (look is None or look.is_open)


def _moment(text: str) -> datetime | None:
    """The moment of a sidecar in UTC; None where it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
