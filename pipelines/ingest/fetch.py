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
from datetime import UTC, date, datetime

from pipelines.ingest.archive import Archive, ArchivedVersion, Sighting, locked
from pipelines.ingest.client import Client
from pipelines.ingest.content import is_page
from pipelines.ingest.found_links import Link
from pipelines.ingest.journal import UNREAD, Journal, waiting_since
from pipelines.ingest.last_fetch import keep_last_fetch
from pipelines.ingest.listing import walk
from pipelines.ingest.old_servers import lenient_hosts, notes_on
from pipelines.ingest.pace import NO_DEADLINE, Clock, Deadline
from pipelines.ingest.page_key import page_key
from pipelines.ingest.page_parts import attachments
from pipelines.ingest.problems import CutShort, FetchFailed, FetchInterrupted, FetchRefused, SiteStopped
from pipelines.ingest.sources import Source
from pipelines.ingest.tally import Tally
from pipelines.ingest.transport import Resolve
from pipelines.ingest.urls import host_of
from pipelines.settings import Settings

_log = logging.getLogger(__name__)

LISTS = 0.5  # of the time of a source, at most, so that some is left for pages
LEAST_DELAY = 1.0  # seconds between two requests to a host, whatever an entry of sources.toml says
UNFINISHED = ".unfinished"

Listener = Callable[[str, int, int], None]  # called with the source's id, pages done, pages in all
TextOf = Callable[[bytes], str | None]  # what of a file counts when two versions are compared; None: all its bytes


@dataclass(frozen=True)
class FetchOptions:
    """Which part of the sources to read: pages from `since` on, at most `limit` a source, or only lists.

    After so many `hours` all of them are cut short, and what is left waits for the next run.
    """

    since: date | None = None
    limit: int | None = None
    dry_run: bool = False
    hours: float | None = None


def fetch(
    settings: Settings,
    sources: Sequence[Source],
    options: FetchOptions | None = None,
    *,
    text_of: TextOf = lambda data: None,
    listener: Listener = lambda source_id, done, total: None,
    clock: Clock | None = None,
    resolve: Resolve = socket.getaddrinfo,
) -> list[Tally]:
    """Read the sources into `settings.fetched_dir`; one tally for each, in their order.

    A known page is a new version where `text_of` gives another text for it (`pipelines.read.same_text`).
    What is wrong with a site is in its tally and never raised. Raises SettingsError where no contact is set,
    ArchiveBusy where another process is fetching, and what breaks the run off (KeyboardInterrupt): the next resumes.
    """
    options, clock = options or FetchOptions(), clock or Clock()
    lenient = lenient_hosts(sources)
    client = Client(settings, clock, resolve, lenient)
    hours = options.hours
    end = NO_DEADLINE if hours is None else Deadline(clock.now() + hours * 3600, f"FAZHI_FETCH_HOURS = {hours:g}")
    shared = _Shared(settings, options, clock, client, Archive(settings.fetched_dir), text_of, listener, end)
    tallies = [Tally(source, notes=notes_on(source, lenient)) for source in sources]
    runs = [_SourceRun(tally, shared) for tally in tallies]
    groups: dict[str, list[_SourceRun]] = {}
    for run in sorted(runs, key=lambda run: run.waiting_since):  # those that waited longest get their turn
        groups.setdefault(host_of(run.source.start), []).append(run)
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
    text_of: TextOf
    listener: Listener
    end: Deadline


@dataclass(frozen=True)
class _Seen:
    """An address in this run: `new`, `changed` or `unchanged`, and its bytes as they are now."""

    outcome: str
    data: bytes
    final_url: str


class _SourceRun:
    """One source in one run."""

    _journal: Journal

    def __init__(self, tally: Tally, shared: _Shared) -> None:
        self._tally, self.source = tally, tally.source
        self._client, self._archive, self._text_of = shared.client, shared.archive, shared.text_of
        self._options, self._clock, self._listener = shared.options, shared.clock, shared.listener
        self._folder = shared.settings.fetched_dir
        self._end, self._requests = shared.end, 0
        least = 0.0 if shared.settings.fetch_private else LEAST_DELAY
        self._delay = max(least, self.source.delay)
        self._journal_path = self._folder / UNFINISHED / f"{self.source.id}.jsonl"
        self._seen: set[str] = set()

    @property
    def waiting_since(self) -> datetime:
        """When the run began that a limit cut short; the end of time where none was."""
        return waiting_since(self._journal_path) or datetime.max.replace(tzinfo=UTC)

    def read(self) -> None:
        """Read the list, then each page with its attachments, and keep how that ended."""
        started_at = self._clock.utc()
        hours, run_end, now = self.source.max_hours, self._end, self._clock.now()
        ends = [Deadline(now + share * hours * 3600, f"max_hours = {hours:g}") for share in (LISTS, 1)]
        lists_end, self._end = (min(end, run_end, key=lambda deadline: deadline.at) for end in ends)
        _log.info("%s: reading the list at %s", self.source.id, self.source.start)
        try:
            self._tally.links = links = self._links(lists_end)
            if not self._options.dry_run:
                self._read_pages(links)
        except SiteStopped as stop:
            _log.info("%s: stopped: %s", self.source.id, stop.reason)
            self._tally.stopped = stop.reason
        except FetchInterrupted:
            raise
        except Exception as error:  # what we did not foresee at one site must not keep us from the others
            _log.info("%s: internal error", self.source.id, exc_info=True)
            self._tally.stopped = f"internal error: {type(error).__name__}: {error}"
        if not self._options.dry_run:
            try:
                keep_last_fetch(self._folder, self._tally, started_at, self._clock.utc())
            except OSError as error:  # it is for people alone, and a full disk is in the tally already
                _log.warning("%s: how its fetch ended cannot be kept: %s", self.source.id, error)

    def _links(self, end: Deadline) -> list[Link]:
        """The links to follow: wanted by the source, and within --since and --limit."""
        found: list[Link] = []
        since, limit = self._options.since, self._options.limit
        try:
            hosts, delay = self.source.page_hosts, self._delay
            for fresh in walk(self.source, lambda url: self._client.get(url, hosts, delay, deadline=end)):
                wanted = [link for link in fresh if self.source.wants(link.title, link.url)]
                for link in (link for link in wanted if link.lost):
                    self._tally.add(FetchFailed(f"{link.lost}: {link.title}"), link.url)
                wanted = [link for link in wanted if not link.lost]
                self._tally.listed += len(wanted)
                recent = [link for link in wanted if not (since and link.listed_on and link.listed_on < since)]
                found += recent
                is_old = bool(wanted) and not recent  # lists run from new to old
                if is_old or (limit is not None and len(found) >= limit):
                    self._tally.is_partial = True
                    break
        except (FetchRefused, FetchFailed) as problem:
            self._tally.add(problem, self.source.start)
        except CutShort as cut:
            self._tally.is_partial = True
            self._tally.cut = f"{cut.reason} for its lists; what is behind link {self._tally.listed} is not listed"
        return found[:limit]

    def _read_pages(self, links: Sequence[Link]) -> None:
        self._journal = Journal(self._journal_path, self._clock.utc())
        self._listener(self.source.id, 0, len(links))
        for done, link in enumerate(sorted(links, key=self._rank), start=1):
            try:
                self._page(link)
            except CutShort as cut:
                left = f"{cut.reason}; {len(links) - done + 1} of {len(links)} pages wait for the next run"
                self._tally.cut = f"{self._tally.cut}; {left}" if self._tally.cut else left
                break
            self._listener(self.source.id, done, len(links))
        # not reached when broken off or stopped by the site: the next run resumes
        if self._tally.cut:
            _log.info("%s: cut short: %s", self.source.id, self._tally.cut)
            self._journal.wait(self._clock.utc())
        else:
            self._journal.finish()

    def _rank(self, link: Link) -> int:
        """Its turn: first what costs nothing (done in the run before), then new pages, known ones, and unread ones."""
        key = page_key(link.url)
        if self._journal.outcome(key):
            return 0
        if self._journal.is_unread(key):
            return 3
        return 2 if self._archive.current(link.url) else 1

    def _page(self, link: Link) -> None:
        """One page of the list, and the files that hang on it."""
        self._tally.pages += 1
        try:
            seen = self._document(link, self.source.page_hosts, None)
        except CutShort:
            self._tally.pages -= 1  # it waits
            raise
        if seen is None or not is_page(seen.data):
            return
        try:
            found = attachments(seen.data, seen.final_url, self.source)
        except Exception as error:  # nobody can list what hostile bytes raise
            self._tally.add(FetchFailed(f"its links cannot be read: {type(error).__name__}: {error}"), link.url)
            return
        for attached in found:
            if page_key(attached.url) not in self._seen:
                self._document(Link(attached.url, attached.title, link.listed_on), self.source.all_hosts, link.url)
                self._tally.attachments += 1

    def _document(self, link: Link, hosts: frozenset[str], page_url: str | None) -> "_Seen | None":
        """Bring the archive up to date with one address; None where it could not be read, or was in this run."""
        key = page_key(link.url)
        if key in self._seen:
            return None
        self._seen.add(key)
        known = self._archive.current(link.url)
        outcome = self._journal.outcome(key)
        if known and outcome:
            seen = _Seen(outcome, known.path.read_bytes(), known.sighting.final_url)
        else:
            try:
                seen = self._refresh(link, hosts, page_url, known)
            except (FetchRefused, FetchFailed, SiteStopped) as problem:
                if isinstance(problem, SiteStopped) and self._client.has_closed(self.source.start):
                    raise  # else it is another host, such as that of the attachments
                _log.debug("%s: not read, %s: %s", self.source.id, problem.reason, link.url)
                self._tally.add(problem, link.url)
                self._journal.note(key, UNREAD)
                return None
            self._journal.note(key, seen.outcome)
        self._tally.outcomes[seen.outcome] += 1
        return seen

    def _refresh(
        self, link: Link, hosts: frozenset[str], page_url: str | None, known: ArchivedVersion | None
    ) -> "_Seen":
        """Ask for an address, and keep what it gives where that is new or says something else than before."""
        if self._journal.is_unread(page_key(link.url)):
            raise FetchFailed("not read in the run that was cut short, and asked for again when all others are read")
        if self._requests >= self.source.max_links:
            raise CutShort(f"max_links = {self.source.max_links} is reached")
        self._requests += 1
        answer = self._client.get(link.url, hosts, self._delay, known.sighting if known else None, self._end)
        if known is not None:
            kept = known.path.read_bytes()
            if answer.status == 304:
                return _Seen("unchanged", kept, known.sighting.final_url)
            if answer.data == kept or self._says_the_same(answer.data, kept):
                return _Seen("unchanged", answer.data, answer.final_url)
        sighting = Sighting(
            url=link.url,
            final_url=answer.final_url,
            status=answer.status,
            headers=dict(answer.headers),
            fetched_at=answer.fetched_at.isoformat(timespec="microseconds"),
            source_id=self.source.id,
            link_title=link.title or None,
            list_date=link.listed_on.isoformat() if link.listed_on else None,
            page_url=page_url,
        )
        _, outcome = self._archive.keep(sighting, answer.data)
        return _Seen(outcome, answer.data, answer.final_url)

    def _says_the_same(self, data: bytes, kept: bytes) -> bool:
        """Whether a page that has other bytes than before has the same text."""
        text = self._text_of(data)
        return text is not None and text == self._text_of(kept)
