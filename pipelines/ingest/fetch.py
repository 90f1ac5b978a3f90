"""A whole fetch: every source's list, pages and attachments into the archive, hosts side by side.

The order of the requests and the counts are decided here. `client` asks for one address, `listing` finds the links of a
page, `archive` keeps the bytes.
"""

import logging
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from dataclasses import dataclass
from datetime import date

from pipelines.ingest.archive import Archive, ArchivedVersion, Sighting, locked
from pipelines.ingest.client import Client
from pipelines.ingest.content import is_page
from pipelines.ingest.journal import Journal
from pipelines.ingest.listing import Link, attachments, walk
from pipelines.ingest.pace import Clock
from pipelines.ingest.problems import FetchFailed, FetchInterrupted, FetchRefused, SiteStopped
from pipelines.ingest.sources import Source
from pipelines.ingest.tally import Tally
from pipelines.ingest.transport import Resolve
from pipelines.ingest.urls import host_of
from pipelines.settings import Settings

_log = logging.getLogger(__name__)

LEAST_DELAY = 1.0  # seconds between two requests to a host, whatever an entry of sources.toml says
UNFINISHED = ".unfinished"

Listener = Callable[[str, int, int], None]  # called with the source's id, pages done, pages in all


@dataclass(frozen=True)
class FetchOptions:
    """Which part of the sources to read: pages from `since` on, at most `limit` a source, or only lists."""

    since: date | None = None
    limit: int | None = None
    dry_run: bool = False


def fetch(
    settings: Settings,
    sources: Sequence[Source],
    options: FetchOptions | None = None,
    *,
    listener: Listener = lambda source_id, done, total: None,
    clock: Clock | None = None,
    resolve: Resolve = socket.getaddrinfo,
) -> list[Tally]:
    """Read the sources into `settings.fetched_dir`; one tally for each, in their order.

    What is wrong with a site is in its tally and never raised. Raises SettingsError where no contact is set,
    ArchiveBusy where another process is fetching, and what breaks the run off (KeyboardInterrupt): the next resumes.
    """
    options, clock = options or FetchOptions(), clock or Clock()
    client = Client(settings, clock, resolve)
    shared = _Shared(settings, options, clock, client, Archive(settings.fetched_dir), listener)
    tallies = [Tally(source) for source in sources]
    groups: dict[str, list[_SourceRun]] = {}
    for tally in tallies:
        groups.setdefault(host_of(tally.source.start), []).append(_SourceRun(tally, shared))
    writing = nullcontext() if options.dry_run else locked(settings.fetched_dir)
    threads = ThreadPoolExecutor(max(1, min(settings.fetch_hosts, len(groups))))
    with closing(client), writing, threads:
        try:
            for future in [threads.submit(_read_one_by_one, group) for group in groups.values()]:
                future.result()
        except BaseException:
            clock.stop()  # the threads end at their next turn; leaving the block waits for them
            raise
    return tallies


def _read_one_by_one(sources: Sequence["_SourceRun"]) -> None:
    for source in sources:
        source.read()


@dataclass(frozen=True)
class _Shared:
    """What all sources of one fetch have in common."""

    settings: Settings
    options: FetchOptions
    clock: Clock
    client: Client
    archive: Archive
    listener: Listener


class _SourceRun:
    """One source in one run."""

    _journal: Journal

    def __init__(self, tally: Tally, shared: _Shared) -> None:
        self._tally, self._source = tally, tally.source
        self._client, self._archive = shared.client, shared.archive
        self._options, self._clock, self._listener = shared.options, shared.clock, shared.listener
        least = 0.0 if shared.settings.fetch_private else LEAST_DELAY
        self._delay = max(least, self._source.delay)
        self._journal_path = shared.settings.fetched_dir / UNFINISHED / f"{self._source.id}.jsonl"
        self._seen: set[str] = set()

    def read(self) -> None:
        """Read the list, then each page with its attachments."""
        _log.info("%s: reading the list at %s", self._source.id, self._source.start)
        try:
            self._tally.links = links = self._links()
            if not self._options.dry_run:
                self._read_pages(links)
        except SiteStopped as stop:
            _log.info("%s: stopped: %s", self._source.id, stop.reason)
            self._tally.stopped = stop.reason
        except FetchInterrupted:
            raise
        except Exception as error:  # what we did not foresee at one site must not keep us from the others
            _log.info("%s: internal error", self._source.id, exc_info=True)
            self._tally.stopped = f"internal error: {type(error).__name__}: {error}"

    def _links(self) -> list[Link]:
        """The links to follow: wanted by the source, and within --since and --limit."""
        found: list[Link] = []
        since, limit = self._options.since, self._options.limit
        try:
            for fresh in walk(self._source, lambda url: self._client.get(url, self._source.page_hosts, self._delay)):
                wanted = [link for link in fresh if self._source.wants(link.title, link.url)]
                self._tally.listed += len(wanted)
                recent = [link for link in wanted if not (since and link.listed_on and link.listed_on < since)]
                found += recent
                is_old = bool(wanted) and not recent  # lists run from new to old
                if is_old or (limit is not None and len(found) >= limit):
                    self._tally.is_partial = True
                    break
        except (FetchRefused, FetchFailed) as problem:
            self._tally.add(problem, self._source.start)
        return found[:limit]

    def _read_pages(self, links: Sequence[Link]) -> None:
        self._journal = Journal(self._journal_path, self._clock.utc())
        self._listener(self._source.id, 0, len(links))
        for done, link in enumerate(links, start=1):
            self._page(link)
            self._listener(self._source.id, done, len(links))
        self._journal.finish()  # not reached when broken off or stopped by the site: the next run resumes

    def _page(self, link: Link) -> None:
        """One page of the list, and the files that hang on it."""
        self._tally.pages += 1
        version = self._document(link, self._source.page_hosts, None)
        data = version.path.read_bytes() if version else b""
        if version is None or not is_page(data):
            return
        for attached in attachments(data, version.sighting.final_url, self._source):
            if attached.url not in self._seen:
                self._tally.attachments += 1
                self._document(Link(attached.url, attached.title, link.listed_on), self._source.all_hosts, link.url)

    def _document(self, link: Link, hosts: frozenset[str], page_url: str | None) -> ArchivedVersion | None:
        """Bring the archive up to date with one address; None where it could not be read, or was in this run."""
        if link.url in self._seen:
            return None
        self._seen.add(link.url)
        known = self._archive.current(link.url)
        outcome = self._journal.outcome(link.url) if known else None
        if outcome is None:
            try:
                known, outcome = self._refresh(link, hosts, page_url, known)
            except (FetchRefused, FetchFailed) as problem:
                _log.debug("%s: not read, %s: %s", self._source.id, problem.reason, link.url)
                self._tally.add(problem, link.url)
                return None
            self._journal.note(link.url, outcome)
        self._tally.outcomes[outcome] += 1
        return known

    def _refresh(
        self, link: Link, hosts: frozenset[str], page_url: str | None, known: ArchivedVersion | None
    ) -> tuple[ArchivedVersion, str]:
        """The current version and whether it is new, changed or unchanged."""
        answer = self._client.get(link.url, hosts, self._delay, known.sighting if known else None)
        if known is not None and answer.status == 304:
            return known, "unchanged"
        sighting = Sighting(
            url=link.url,
            final_url=answer.final_url,
            status=answer.status,
            headers=dict(answer.headers),
            fetched_at=answer.fetched_at.isoformat(timespec="microseconds"),
            source_id=self._source.id,
            link_title=link.title or None,
            list_date=link.listed_on.isoformat() if link.listed_on else None,
            page_url=page_url,
        )
        return self._archive.keep(sighting, answer.data)
