"""A list tried without reading its pages: what an entry of `sources.toml` would find, and what is wrong with it."""

import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pipelines.ingest.client import Client, FetchResponse
from pipelines.ingest.found_links import Link
from pipelines.ingest.listing import walk
from pipelines.ingest.many_hosts import look_at_all
from pipelines.ingest.old_servers import lenient_hosts
from pipelines.ingest.pace import Clock
from pipelines.ingest.problems import NO_CONNECTION, CutShort, FetchFailed, FetchRefused, SiteStopped
from pipelines.ingest.sources import Source
from pipelines.ingest.transport import Resolve
from pipelines.settings import Settings


@dataclass(frozen=True)
class ListTrial:
    """What a list gave: how many list pages were read, how many links they have, and those that the entry wants.

    `problems` say what is wrong, in the order in which it was found. A list without any is in order.
    """

    source: Source
    pages: int
    listed: int
    wanted: Sequence[Link]
    problems: Sequence[str]

    @property
    def span(self) -> str:
        """The first and the last date of the wanted links, '' where they have none."""
        days = sorted(link.listed_on for link in self.wanted if link.listed_on)
        return f"{days[0]} to {days[-1]}" if days else ""

    @property
    def is_reached(self) -> bool:
        """Whether its hosts answered."""
        return not any(NO_CONNECTION in problem for problem in self.problems)

    @property
    def trouble(self) -> str:
        """The first of its problems, '' where it has none."""
        return next(iter(self.problems), "")


def try_list(source: Source, ask: Callable[[str], FetchResponse], most_pages: int | None = None) -> ListTrial:
    """Read the list of one entry, at most so many pages of it. What is wrong is in the trial and never raised."""
    pages, listed, wanted, problems = 0, 0, list[Link](), list[str]()
    try:
        for fresh in walk(source, ask):
            pages += 1
            listed += len(fresh)
            chosen = [link for link in fresh if source.wants(link.title, link.url)]
            wanted += [link for link in chosen if not link.lost]
            problems += dict.fromkeys(f"{link.lost}: {link.title}" for link in chosen if link.lost)
            if pages == most_pages:
                break
    except (FetchRefused, FetchFailed, SiteStopped, CutShort) as problem:
        problems.append(problem.reason)
    if not problems and not wanted:
        told = f"none of its {listed} links has a wanted title and address" if listed else "it has no link"
        problems.append(f"{told}; look at link, title_words and url_pattern")
    elif not most_pages and len(wanted) < source.min_documents:
        problems.append(f"{len(wanted)} documents listed, fewer than min_documents = {source.min_documents}")
    return ListTrial(source, pages, listed, wanted, problems)


def try_lists(
    settings: Settings,
    sources: Sequence[Source],
    *,
    clock: Clock | None = None,
    resolve: Resolve = socket.getaddrinfo,
) -> Iterator[ListTrial]:
    """Try the list of each source, several hosts at a time, in their order; nothing is written.

    Raises SettingsError where no contact is set, and Unreachable at the end where no host at all answered.
    """
    clock = clock or Clock()
    client = Client(settings, clock, resolve, lenient_hosts(sources))

    def trial(source: Source) -> ListTrial:
        delay = source.delay if settings.fetch_private else max(1.0, source.delay)
        return try_list(source, lambda url: client.get(url, source.page_hosts, delay))

    silence = "no site answers; {}; is there a network?"
    yield from look_at_all(trial, sources, client, clock, settings.fetch_hosts, silence)
