"""A whole fetch: the list of each source, and what is due of its pages and attachments, hosts side by side.

The order of the hosts and the end of the night are decided here, what is asked of one source in `source_run`.
"""

import socket
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext

from pipelines.ingest.agenda import turn_of_host
from pipelines.ingest.archive import Archive, locked
from pipelines.ingest.client import Client
from pipelines.ingest.old_servers import lenient_hosts, notes_on
from pipelines.ingest.pace import NO_DEADLINE, Clock, Deadline
from pipelines.ingest.source_run import LISTS, FetchOptions, Listener, RunParts, SourceRun, TextOf
from pipelines.ingest.sources import Source
from pipelines.ingest.tally import Tally
from pipelines.ingest.transport import Resolve
from pipelines.ingest.urls import host_of
from pipelines.settings import Settings


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
    ends = [NO_DEADLINE, NO_DEADLINE]
    if hours is not None:
        name = f"FAZHI_FETCH_HOURS = {hours:g}"
        ends = [Deadline(clock.now() + share * hours * 3600, name) for share in (LISTS, 1)]
    shared = RunParts(settings, options, clock, client, Archive(settings.fetched_dir), text_of, listener, *ends)
    tallies = [Tally(source, notes=notes_on(source, lenient)) for source in sources]
    runs = [SourceRun(tally, shared) for tally in tallies]
    groups: dict[str, list[SourceRun]] = {}
    for run in sorted(runs, key=lambda run: run.list_at):
        groups.setdefault(host_of(run.source.start), []).append(run)
    writing = nullcontext() if options.dry_run else locked(settings.fetched_dir)
    threads = ThreadPoolExecutor(max(1, min(settings.fetch_hosts, len(groups))))
    with closing(client), writing, threads:
        try:
            _side_by_side(threads, groups.values(), SourceRun.read_list)
            if not options.dry_run:
                by_turn = sorted(groups.values(), key=lambda group: turn_of_host([run.agenda for run in group]))
                _side_by_side(threads, by_turn, SourceRun.read_pages)
        except BaseException:
            clock.stop()  # the threads end at their next turn; leaving the block waits for them
            raise
    return tallies


def _side_by_side(
    threads: ThreadPoolExecutor, groups: Iterable[list[SourceRun]], read: Callable[[SourceRun], None]
) -> None:
    """Read the sources of each host one after the other, and several hosts at a time."""

    def read_group(group: Sequence[SourceRun]) -> None:
        for run in group:
            read(run)

    for future in [threads.submit(read_group, group) for group in groups]:
        future.result()
