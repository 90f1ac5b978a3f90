"""Ninety nights of collecting 3,000 sites that do not exist, by the rules of `pipelines.ingest` and a simulated clock.

    python -m benchmarks.collect [--sites 3000] [--nights 90] [--seed 1]

When a page is due (`due`), which host comes next (`agenda`) and how long a host is left alone (`pace`) are the code of
the fetcher itself; only the answers are invented (`benchmarks.collect_world`). It writes docs/collecting.md.
"""

from __future__ import annotations

import argparse
import heapq
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from operator import mul

from benchmarks.collect_page import IN_DAYS, Ninety, page_text
from benchmarks.collect_world import FIRST_NIGHT, PER_LIST, Night, World, WorldPage, WorldSite
from pipelines.ingest.agenda import Agenda, turn_of_host
from pipelines.ingest.challenge import MOST_FAILURES
from pipelines.ingest.client import ATTEMPTS
from pipelines.ingest.due import DAY, has_list_more, is_whole_list_due, most_overdue_first
from pipelines.ingest.found_links import Link
from pipelines.ingest.pace import JITTER, Clock, Deadline, Pace
from pipelines.ingest.problems import CutShort
from pipelines.ingest.source_run import LISTS
from pipelines.paths import PROJECT_ROOT
from pipelines.settings import DEFAULT_FETCH_HOSTS, DEFAULT_FETCH_HOURS

PAGE = PROJECT_ROOT / "docs" / "collecting.md"
SITES, NIGHTS, PAGES, SEED = 3000, 90, 100, 1
FIRST_NIGHTS = 30  # that are worked out from an empty archive


class LaneClock(Clock):
    """The clock of the lane (a host of those that are read at the same time) that is being worked out: `at` seconds."""

    at = 0.0

    def now(self) -> float:
        """Seconds since the first night began."""
        return self.at

    def utc(self) -> datetime:
        """The moment in the invented year."""
        return FIRST_NIGHT + timedelta(seconds=self.at)

    def sleep(self, seconds: float) -> None:
        """Move on without waiting."""
        self.at += seconds


@dataclass(frozen=True)
class Todo:
    """What a site is asked for in a night: its pages in their order, and how many of them are new."""

    due: list[WorldPage]
    agenda: Agenda
    is_list_whole: bool


class Collector:
    """Collects a world night by night, with so many hosts at the same time and so many hours a night."""

    def __init__(self, world: World, hosts: int = DEFAULT_FETCH_HOSTS, hours: float = DEFAULT_FETCH_HOURS) -> None:
        self._world, self._hosts, self._hours = world, hosts, hours
        self._clock = LaneClock()
        self._pace = Pace(self._clock)
        self._night, self._end = Night(), Deadline(0.0, "")
        self._asked_at: dict[str, float] = {}
        self._todo: dict[str, Todo] = {}
        self.least_gap: dict[str, float] = {}  # of each host: seconds between two requests, in its delays

    def night(self, number: int) -> Night:
        """Collect in one night, after what happened in the day before it."""
        self._world.live(number)
        self._night, begun = Night(), number * 86_400.0
        ends = [Deadline(begun + share * self._hours * 3600, "the night") for share in (LISTS, 1)]
        by_list = sorted(self._world.sites, key=lambda site: site.list_at or datetime.min.replace(tzinfo=UTC))
        self._end = ends[0]
        begun_pages = self._side_by_side(by_list, begun, self._read_list)
        self._end = ends[1]
        by_turn = sorted(self._world.sites, key=lambda site: turn_of_host([self._todo[site.name].agenda]))
        self._night.hours = (self._side_by_side(by_turn, begun_pages, self._read_pages) - begun) / 3600
        return self._night

    def _side_by_side(self, sites: Iterable[WorldSite], begun: float, read: Callable[[WorldSite], None]) -> float:
        """Read the sites in the lanes as they become free; returns when the last lane has ended."""
        lanes = [begun] * self._hosts
        for site in sites:
            self._clock.at = heapq.heappop(lanes)
            read(site)
            heapq.heappush(lanes, self._clock.at)
        return max(lanes)

    def _ask(self, site: WorldSite, kind: str) -> bool:
        """One request; False where it failed. Raises CutShort when the night is over."""
        with self._pace.turn(site.name, site.delay, self._end):
            now = self._clock.at
            if site.name in self._asked_at:
                gap = (now - self._asked_at[site.name]) / site.delay
                self.least_gap[site.name] = min(self.least_gap.get(site.name, gap), gap)
            self._clock.at += site.answers_in
            self._asked_at[site.name] = self._clock.at
            self._night.requests[kind] += 1
        return not (site.is_down(self._clock.utc()) or self._world.breaks())

    def _asked_again(self, site: WorldSite, kind: str) -> bool:
        """A request with its further attempts."""
        return any(self._ask(site, kind) for _ in range(ATTEMPTS))

    def _read_list(self, site: WorldSite) -> None:
        """The list, as far as it has something new or to its end; then what is due."""
        now, listed = self._clock.utc(), list[WorldPage]()
        is_whole = is_whole_list_due(site.whole_at, site.name, now)
        try:
            is_read = self._asked_again(site, "robots.txt")
            for number in range(site.list_pages if is_read else 0):
                if not self._asked_again(site, "lists"):
                    is_whole = False
                    break
                site.list_at = now
                part = site.pages[number * PER_LIST : (number + 1) * PER_LIST]
                listed += part
                known = [page.history.looked_at is not None for page in part]
                if not is_whole and not has_list_more(known, [self._world.known_date(page) for page in part], now):
                    break
            is_whole &= is_read
        except CutShort:
            self._night.unread_lists += 1
            is_whole = False
        self._todo[site.name] = self._due(site, listed, now, is_whole)

    def _due(self, site: WorldSite, listed: Sequence[WorldPage], now: datetime, is_whole: bool) -> Todo:
        """The new pages of the list and the known ones that are due. Those that cannot be due are not ranked."""
        near = [page for page in site.pages if page.history.looked_at and page.due_from <= now]
        fresh = [page for page in listed if page.history.looked_at is None]
        ranked = most_overdue_first(((page, page.history) for page in (*fresh, *near)), now)
        due = [page for late, page in ranked if late >= 1]
        links = [Link(f"http://{site.name}.example/{number}") for number in range(len(due))]
        agenda = Agenda([], links, len(fresh), [], ranked[0][0] if due else 0.0)
        return Todo(due, agenda, is_whole)

    def _read_pages(self, site: WorldSite) -> None:
        """The pages that are due, in their order."""
        todo, failures, done = self._todo[site.name], 0, 0
        try:
            for page in todo.due:
                if failures == MOST_FAILURES:
                    break
                failures = 0 if self._look(site, page) else failures + 1
                done += 1
        except CutShort:
            pass
        self._night.waiting += len(todo.due) - done
        if todo.agenda.new > done:
            site.whole_at = None
        elif todo.is_list_whole:
            site.whole_at = site.list_at

    def _look(self, site: WorldSite, page: WorldPage) -> bool:
        """One page; False where its host failed, but not where the page is gone."""
        is_read = not site.is_down(self._clock.utc()) and self._asked_again(site, "pages")
        now, known = self._clock.utc(), page.history
        if not is_read or page.is_gone:
            page.known_as(replace(known, looked_at=now, failures=known.failures + 1))
            return is_read
        if page.read_at is None:
            if page.published > FIRST_NIGHT - DAY:
                self._night.found.append((now - page.published) / DAY)
            listed_on = self._world.known_date(page)
            known = replace(known, published=datetime.combine(listed_on, time(), UTC) if listed_on else now)
        elif page.changed_at and page.changed_at > page.read_at:
            self._night.corrected.append((now - page.changed_at) / DAY)
            known = replace(known, changed_at=now, changes=known.changes + 1)
        page.known_as(replace(known, looked_at=now, failures=0))
        page.read_at = now
        return True


def most_of_all(sites: Sequence[WorldSite], hosts: int) -> tuple[int, float]:
    """The requests of a night that asks for every list and page, and its hours: what was done before pages were due."""
    requests = [1 + site.list_pages + len(site.pages) for site in sites]
    pauses = (site.delay * (1 + JITTER / 2) + site.answers_in for site in sites)
    return sum(requests), sum(map(mul, requests, pauses)) / hosts / 3600


def worked_out(sites: int, nights: int, seed: int, hosts: int = DEFAULT_FETCH_HOSTS) -> tuple[World, Ninety]:
    """So many nights with a full archive and `FIRST_NIGHTS` with an empty one, and the world after the former."""
    random.seed(seed)  # the pauses of the pace are drawn too
    world = World(sites, PAGES, seed, is_known=True)
    everything = most_of_all(world.sites, hosts)
    collector = Collector(world, hosts)
    found = [collector.night(number) for number in range(nights)]
    empty = World(sites, PAGES, seed, is_known=False)
    beginner = Collector(empty, hosts)
    first = [beginner.night(number) for number in range(FIRST_NIGHTS)]
    left = sum(page.read_at is None for site in empty.sites for page in site.pages)
    before = FIRST_NIGHT + (nights - 1 - IN_DAYS) * DAY
    late = (page for site in world.sites for page in site.pages if page.published < before and not page.is_gone)
    missed = sum(page.read_at is None for page in late)
    return world, Ninety(found, missed, min(collector.least_gap.values()), everything, first, left)


def main() -> None:
    """Collect, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=SITES)
    parser.add_argument("--nights", type=int, default=NIGHTS)
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args()
    world, result = worked_out(given.sites, given.nights, given.seed)
    PAGE.write_text(page_text(world, result), encoding="utf-8")
    print(f"{PAGE}: written")


if __name__ == "__main__":
    main()
