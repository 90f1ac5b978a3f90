"""Sites that do not exist, for `benchmarks.collect`: they publish reports, change and remove pages, and are down.

What they do each day is drawn from a seed. The rates are assumptions, and `docs/collecting.md` says so.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from pipelines.ingest.due import DAY, SLACK, PageHistory, pause

FIRST_NIGHT = datetime(2026, 1, 1, 18, tzinfo=UTC)  # two o'clock in China
PER_LIST = 20  # links of a list page
YEARS = 8  # that the oldest page has stood
REPORTS = 10.0  # that a site publishes in 90 nights, on average
DOWN, LONGEST_DOWN = 0.004, 2  # chance of a site to go down in a night, and for how many nights
BACKDATED = 0.1  # share of the reports that stand in the list under a day up to two months before they appeared
BREAKS = 0.003  # chance of a single answer to fail
CHANGES = 0.003  # chance of a page to be corrected on its first day; of one of a week it is half of that, and so on
VANISHES = 0.0001  # chance of a page to be removed in a day
SLOW = 0.1  # share of the sites whose robots.txt wants 15 or 30 seconds
# Days around which reports appear: the ends of January, of February and of March, when they are due by law.
_SEASON, _WIDTH = (29, 57, 86), 6.0


@dataclass(slots=True)
class WorldPage:
    """A page as it is, and what a collector knows of it (`history`).

    `dated` is its day in the list, by which the list is sorted; `changed_at` is the last true change, `read_at` when
    the collector last read it.
    """

    published: datetime
    dated: datetime
    history: PageHistory = field(default_factory=PageHistory)
    changed_at: datetime | None = None
    read_at: datetime | None = None
    due_from: datetime = FIRST_NIGHT
    is_listed_with_date: bool = True
    is_gone: bool = False

    def known_as(self, history: PageHistory) -> None:
        """Know this of the page; until `due_from` it need not be looked at."""
        self.history = history
        if history.looked_at is not None:
            self.due_from = history.looked_at + pause(history) - SLACK


@dataclass
class Night:
    """What one night came to: requests by kind, its length in hours, and the pages that were due and not reached."""

    requests: Counter[str] = field(default_factory=Counter)
    hours: float = 0.0
    waiting: int = 0
    unread_lists: int = 0
    found: list[float] = field(default_factory=list)  # days from the publication of a report to its fetch
    corrected: list[float] = field(default_factory=list)  # days from a change to its fetch

    @property
    def total(self) -> int:
        """All requests."""
        return self.requests.total()


@dataclass
class WorldSite:
    """A site: its pages from new to old, the pause between two requests and the time of an answer, in seconds."""

    name: str
    delay: float
    answers_in: float
    pages: list[WorldPage]
    whole_at: datetime | None = None
    list_at: datetime | None = None
    down_until: datetime | None = None

    def is_down(self, now: datetime) -> bool:
        """Whether the site answers nothing."""
        return self.down_until is not None and now < self.down_until

    @property
    def list_pages(self) -> int:
        """How many pages its list has."""
        return max(1, math.ceil(len(self.pages) / PER_LIST))


class World:
    """`count` sites with `pages` pages each on average, known to the collector before the first night or not."""

    def __init__(self, count: int, pages: int, seed: int, *, is_known: bool) -> None:
        self._random = random.Random(seed)
        self.sites = [self._site(f"site-{number}", pages, is_known) for number in range(count)]

    def _site(self, name: str, pages: int, is_known: bool) -> WorldSite:
        chance = self._random
        delay = chance.choice((15.0, 30.0)) if chance.random() < SLOW else 5.0
        has_dates = chance.random() < 0.9
        ages = sorted(chance.uniform(0, YEARS * 365) for _ in range(max(1, round(chance.gauss(pages, pages / 4)))))
        made = [
            WorldPage(FIRST_NIGHT - age * DAY, FIRST_NIGHT - age * DAY, is_listed_with_date=has_dates) for age in ages
        ]
        site = WorldSite(name, delay, chance.lognormvariate(-0.5, 0.6), made)
        if is_known:  # as after years of nights: each page was looked at some part of its pause ago
            site.list_at = FIRST_NIGHT - DAY
            site.whole_at = FIRST_NIGHT - chance.randint(1, 14) * DAY
            for page in made:
                old = PageHistory(page.published, None, max(page.published, FIRST_NIGHT - DAY))
                nights = chance.randint(1, max(1, math.ceil((pause(old) - SLACK) / DAY)))
                while nights > 1 and pause(replace(old, looked_at=FIRST_NIGHT - nights * DAY)) < (nights - 1) * DAY:
                    nights = chance.randint(1, nights - 1)  # it was due on an earlier night
                page.read_at = max(page.published, FIRST_NIGHT - nights * DAY)
                page.known_as(PageHistory(page.published, None, page.read_at))
        return site

    def live(self, night: int) -> None:
        """Let a day pass before the night of this number: reports appear, pages change and vanish, sites go down."""
        now, chance = FIRST_NIGHT + night * DAY, self._random
        expected = REPORTS * _season(night)
        for site in self.sites:
            if not site.is_down(now) and chance.random() < DOWN:
                site.down_until = now + chance.randint(1, LONGEST_DOWN) * DAY - DAY / 2
            while chance.random() < expected / (1 + expected):
                has_dates = not site.pages or site.pages[0].is_listed_with_date
                at = now - timedelta(hours=chance.uniform(9, 17))
                dated = at - chance.uniform(1, 60) * DAY if chance.random() < BACKDATED else at
                place = next((n for n, page in enumerate(site.pages) if page.dated <= dated), len(site.pages))
                site.pages.insert(place, WorldPage(at, dated, is_listed_with_date=has_dates))
            for page in site.pages:
                draw = chance.random()
                age = (now - page.published) / DAY
                if draw < VANISHES:
                    page.is_gone = True
                elif draw < VANISHES + CHANGES / (1 + age / 7):  # a correction in the first weeks, or hardly ever
                    page.changed_at = now - timedelta(hours=chance.uniform(9, 17))

    def breaks(self) -> bool:
        """Whether an answer fails."""
        return self._random.random() < BREAKS

    def known_date(self, page: WorldPage) -> date | None:
        """The date of the page in its list, where that has dates."""
        return page.dated.date() if page.is_listed_with_date else None


def _season(night: int) -> float:
    """The share of the reports of 90 nights that appears before this night."""
    weights = [math.exp(-(((night - day) / _WIDTH) ** 2) / 2) for day in _SEASON]
    return 0.2 / 90 + 0.8 * sum(weights) / (len(_SEASON) * _WIDTH * math.sqrt(2 * math.pi))
