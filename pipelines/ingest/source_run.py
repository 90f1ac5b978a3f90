"""One source in one run of a fetch: its list, and of its pages and attachments what is due.

`client` asks for one address, `listing` finds the links of a list, `page_parts` what belongs to a page, `agenda` says
which pages are due, `archive` keeps the bytes, `journal` when they were looked at.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from pipelines.ingest.agenda import Agenda, KnownPages
from pipelines.ingest.archive import Archive, ArchivedVersion, Sighting
from pipelines.ingest.client import Client, FetchResponse
from pipelines.ingest.content import is_page
from pipelines.ingest.due import has_list_more, is_whole_list_due, lateness
from pipelines.ingest.found_links import Link
from pipelines.ingest.journal import FAILED, REFUSED, Journal, Look
from pipelines.ingest.last_fetch import keep_last_fetch
from pipelines.ingest.listing import walk
from pipelines.ingest.pace import Clock, Deadline
from pipelines.ingest.page_key import page_key
from pipelines.ingest.page_parts import MOST_PAGES, parts_of_page
from pipelines.ingest.problems import CutShort, FetchFailed, FetchInterrupted, FetchRefused, SiteStopped
from pipelines.ingest.tally import Tally
from pipelines.settings import Settings

_log = logging.getLogger(__name__)

LISTS = 0.5  # of the time of a source, and of a run, at most, so that some is left for pages
LEAST_DELAY = 1.0  # seconds between two requests to a host, whatever an entry of sources.toml says
JOURNALS = ".journal"
MOST_UNWANTED = 5  # pages of a list in a row, without a link that its source wants, that are read on most nights

Listener = Callable[[str, int, int], None]  # called with the source's id, pages done, pages in all
TextOf = Callable[[bytes], str | None]  # what of a file counts when two versions are compared; None: all its bytes


@dataclass(frozen=True)
class FetchOptions:
    """Which part of the sources to read: pages from `since` on, at most `limit` a source, or only lists.

    With `ask_all` pages are asked for that are not due. After so many `hours` all sources are cut short, and what is
    left waits for the next run.
    """

    since: date | None = None
    limit: int | None = None
    dry_run: bool = False
    ask_all: bool = False
    hours: float | None = None


@dataclass(frozen=True)
class RunParts:
    """What all sources of one fetch have in common."""

    settings: Settings
    options: FetchOptions
    clock: Clock
    client: Client
    archive: Archive
    text_of: TextOf
    listener: Listener
    lists_end: Deadline
    end: Deadline


class _ReadEnoughError(Exception):
    """The list has a further page, which need not be read this night."""


@dataclass(frozen=True)
class _Seen:
    """An address in this run: `new`, `changed` or `unchanged`, and its bytes as they are now."""

    outcome: str
    data: bytes
    final_url: str


class SourceRun:
    """One source in one run: first `read_list`, then `read_pages`."""

    agenda = Agenda([], [], 0, [], 0.0)

    def __init__(self, tally: Tally, shared: RunParts) -> None:
        self._tally, self.source, self._shared = tally, tally.source, shared
        self._client, self._archive, self._text_of = shared.client, shared.archive, shared.text_of
        self._options, self._clock, self._listener = shared.options, shared.clock, shared.listener
        self._folder = shared.settings.fetched_dir
        self._end, self._requests, self._spent = shared.end, 0, 0.0
        self._started_at = self._clock.utc()
        least = 0.0 if shared.settings.fetch_private else LEAST_DELAY
        self._delay = max(least, self.source.delay)
        self._journal = Journal(self._folder / JOURNALS / f"{self.source.id}.jsonl")
        self._known = KnownPages(shared.archive, self._journal)
        self._list_at, self._is_list_whole = self._journal.list_at, False
        self._seen: set[str] = set()

    @property
    def list_at(self) -> datetime:
        """When its list was last read; the beginning of time where it never was."""
        return self._journal.list_at or datetime.min.replace(tzinfo=UTC)

    def read_list(self) -> None:
        """Read the list as far as need be, and find out what is due."""
        self._started_at, begun = self._clock.utc(), self._clock.now()
        _log.info("%s: reading the list at %s", self.source.id, self.source.start)
        links: list[Link] = []
        with self._told():
            links = self._links(self._within(LISTS, self._shared.lists_end))
        self._spent = self._clock.now() - begun
        with self._told():
            is_part = self._options.since or self._options.limit
            of_journal = None if is_part else self.source
            self.agenda = self._known.agenda(links, of_journal, self._started_at, ask_all=self._options.ask_all)
        self._tally.links, self._tally.resting = self.agenda.due, len(self.agenda.resting)
        listed = {page_key(link.url) for link in links}
        for link, look in self.agenda.resting:
            if look is not None and look.is_unread and page_key(link.url) in listed:
                self._tell_again(link.url, look)

    def read_pages(self) -> None:
        """Read each page that is due with its attachments, and keep how that ended."""
        self._end = self._within(1, self._shared.end)
        self._tally.waiting = len(self.agenda.due)
        if self._tally.stopped is None:
            with self._told():
                self._read_pages()
        try:
            keep_last_fetch(self._folder, self._tally, self._started_at, self._clock.utc())
        except OSError as error:  # it is for people alone, and a full disk is in the tally already
            _log.warning("%s: how its fetch ended cannot be kept: %s", self.source.id, error)

    def _within(self, share: float, run_end: Deadline) -> Deadline:
        """The end of what the source may do now: its share of max_hours less what is spent, or the end of the run."""
        hours = self.source.max_hours
        own = Deadline(self._clock.now() + share * hours * 3600 - self._spent, f"max_hours = {hours:g}")
        return min(own, run_end, key=lambda deadline: deadline.at)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Let what ends the source stand in its tally, so that it does not keep us from the others."""
        try:
            yield
        except SiteStopped as stop:
            _log.info("%s: stopped: %s", self.source.id, stop.reason)
            self._tally.stopped = stop.reason
        except FetchInterrupted:
            raise
        except Exception as error:  # what we did not foresee at one site
            _log.info("%s: internal error", self.source.id, exc_info=True)
            self._tally.stopped = f"internal error: {type(error).__name__}: {error}"

    def _tell_again(self, url: str, look: Look) -> None:
        """Count an address that was not read when it was last asked for, and is not due."""
        kind = FetchRefused if look.outcome == REFUSED else FetchFailed
        self._tally.add(kind(f"{look.reason} (when last asked for; it is not due)"), url)

    def _links(self, end: Deadline) -> list[Link]:
        """The links to follow: wanted by the source, and within --since and --limit.

        The list is read as far as it has something new, and to its end every few days.
        """
        found: list[Link] = []
        since, limit = self._options.since, self._options.limit
        is_short = not (self._options.dry_run or self._options.ask_all or since or limit)
        is_short &= not is_whole_list_due(self._journal.whole_at, self.source.id, self._started_at)
        unwanted, is_read_enough = 0, False

        def ask(url: str) -> FetchResponse:
            if is_read_enough:
                raise _ReadEnoughError
            return self._client.get(url, self.source.page_hosts, self._delay, deadline=end)

        try:
            for fresh in walk(self.source, ask):
                self._list_at = self._started_at
                wanted = [link for link in fresh if self.source.wants(link.title, link.url)]
                for link in (link for link in wanted if link.lost):
                    self._tally.add(FetchFailed(f"{link.lost}: {link.title}"), link.url)
                wanted = [link for link in wanted if not link.lost]
                self._tally.listed += len(wanted)
                recent = [link for link in wanted if not (since and link.listed_on and link.listed_on < since)]
                found += recent
                unwanted = 0 if wanted else unwanted + 1
                known, days = [self._known.is_known(link) for link in wanted], [link.listed_on for link in wanted]
                is_known = not has_list_more(known, days, self._started_at) if wanted else unwanted == MOST_UNWANTED
                is_read_enough = is_short and is_known
                is_old = bool(wanted) and not recent  # lists run from new to old
                if is_old or (limit is not None and len(found) >= limit):
                    self._tally.is_partial = True
                    break
            else:
                self._is_list_whole = True
        except _ReadEnoughError:
            self._tally.is_partial = True
        except FetchRefused as problem:
            self._list_at, self._is_list_whole = self._started_at, True  # as far as its limits let us
            self._tally.add(problem, self.source.start)
        except FetchFailed as problem:
            self._list_at = self._started_at
            self._tally.add(problem, self.source.start)
        except CutShort as cut:
            self._tally.is_partial = True
            self._tally.cut = f"{cut.reason} for its lists; what is behind link {self._tally.listed} is not listed"
        return found[:limit]

    def _read_pages(self) -> None:
        todo, opened, whole_at = self.agenda.due, self.agenda.opened, self._journal.whole_at
        if self.agenda.new:  # if this run is killed, the next one reads the list to its end again
            self._journal.note_list(self._list_at, None)
        self._listener(self.source.id, 0, len(todo))
        try:
            for link in opened:
                self._files_of(link)
            for done, link in enumerate(todo, start=1):
                self._page(link)
                self._tally.waiting = len(todo) - done
                self._listener(self.source.id, done, len(todo))
        except CutShort as cut:
            left = f"{cut.reason}; {self._tally.waiting} of {len(todo)} pages wait for the next run"
            self._tally.cut = f"{self._tally.cut}; {left}" if self._tally.cut else left
            _log.info("%s: cut short: %s", self.source.id, self._tally.cut)
        if self.agenda.new > len(todo) - self._tally.waiting:
            whole_at = None
        elif self._is_list_whole:
            whole_at = self._started_at
        self._journal.note_list(self._list_at, whole_at)
        self._journal.tidy()

    def _page(self, link: Link) -> None:
        """One page that is due, and the files that hang on it."""
        seen = self._document(link, self.source.page_hosts, None)
        self._tally.pages += 1
        if seen is not None:
            self._attachments(link, seen)

    def _files_of(self, link: Link) -> None:
        """The files of a page that is not due and whose files were not all read: it is not asked for again."""
        kept, key = self._kept(link), page_key(link.url)
        if kept is None:
            return
        if self._journal.look(key) is None:  # a crash came between archive and journal, or there was no journal then
            looked_at = self._known.history(link).looked_at or self._clock.utc()
            look = Look(link.url, looked_at, "unchanged", title=link.title, listed_on=link.listed_on, is_open=True)
            self._journal.note(key, look)
        self._attachments(link, kept)

    def _kept(self, link: Link) -> "_Seen | None":
        """An address as the archive has it; None where it has not."""
        version = self._archive.current(link.url)
        return _Seen("unchanged", version.path.read_bytes(), version.sighting.final_url) if version else None

    def _attachments(self, link: Link, seen: "_Seen") -> None:
        """What belongs to a page, as far as it is due: its files, and the frames and next pages of its text."""
        key, failed = page_key(link.url), False
        passed, pages = {key}, [seen] if is_page(seen.data) else []
        for page in pages:  # which grows by the frames and next pages that are found
            for part in parts_of_page(page.data, page.final_url, self.source):
                part_key = page_key(part.url)
                if part.lost or (part.is_page and len(pages) > MOST_PAGES):
                    lost = part.lost or f"more than {MOST_PAGES} frames and next pages"
                    self._tally.add(FetchFailed(lost), part.url)
                    continue
                attached = Link(part.url, part.title or (link.title if part.is_page else ""), link.listed_on)
                got = self._kept(attached) if part.is_page and part_key not in passed | self._seen else None
                passed.add(part_key)
                if part_key not in self._seen and self._is_due(attached):
                    got = self._document(attached, self.source.all_hosts, link.url)
                    self._tally.attachments += 1
                if part.is_page and got is not None and is_page(got.data):
                    pages.append(got)
                look = self._journal.look(part_key)
                failed |= look is None or look.outcome == FAILED
        if not failed:
            self._journal.close(key)

    def _is_due(self, attached: Link) -> bool:
        """Whether a file of a page is asked for; one that was not read before and rests is told again."""
        if self._options.ask_all or lateness(self._known.history(attached), self._started_at) >= 1:
            return True
        look = self._journal.look(page_key(attached.url))
        if look is not None and look.is_unread:
            self._seen.add(page_key(attached.url))
            self._tell_again(attached.url, look)
        return False

    def _document(self, link: Link, hosts: frozenset[str], page_url: str | None) -> "_Seen | None":
        """Bring the archive up to date with one address; None where it could not be read, or was in this run."""
        key = page_key(link.url)
        if key in self._seen:
            return None
        self._seen.add(key)
        look = Look(link.url, self._clock.utc(), FAILED, title=link.title, listed_on=link.listed_on)
        look = replace(look, page=page_key(page_url) if page_url else None)
        try:
            seen = self._refresh(link, hosts, page_url, self._archive.current(link.url))
        except (FetchRefused, FetchFailed, SiteStopped) as problem:
            if isinstance(problem, SiteStopped) and self._client.has_closed(self.source.start):
                raise  # else it is another host, such as that of the attachments
            _log.debug("%s: not read, %s: %s", self.source.id, problem.reason, link.url)
            self._tally.add(problem, link.url)
            if not isinstance(problem, SiteStopped):  # else it is asked for as soon as its host answers again
                outcome = REFUSED if isinstance(problem, FetchRefused) else FAILED
                self._journal.note(key, replace(look, outcome=outcome, reason=problem.reason))
            return None
        is_open = page_url is None and is_page(seen.data)
        self._journal.note(key, replace(look, outcome=seen.outcome, is_open=is_open))
        self._tally.outcomes[seen.outcome] += 1
        return seen

    def _refresh(
        self, link: Link, hosts: frozenset[str], page_url: str | None, known: ArchivedVersion | None
    ) -> "_Seen":
        """Ask for an address, and keep what it gives where that is new or says something else than before."""
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
