"""When an address is looked at again, and what comes first in a night that is too short. Pure: nothing is asked here.

Three thousand sites with a hundred pages each cannot be asked for every page each night, and need not be: a report is
corrected in its first weeks or never. So the pause until the next look grows with the time in which nothing happened:

    pause = min(quiet, age / (changes + 1)) / 4, not below 1 day and not above the longest pause
    longest pause = age / 12, not below 30 days and not above 90

`age` is the time from publication (by the list; else from the first fetch) to the last look, `quiet` the time from the
last change that was seen to the last look, `changes` how often another text was read, 5 at most. A page is so looked at
daily at first, every other day after a week, weekly after four weeks, monthly for the rest of its first year, and four
times a year from its third year on; after a change daily again. A page that changes often is looked at more often for
good, as `age / (changes + 1)` is the time in which it usually changes once. A correction is missed for at most a
quarter of the time that the page had stood. The first months decide what a night costs, as most reports of a year
appear within weeks: a twelfth instead of a quarter took half as many requests again (`benchmarks.collect`).

    pause after n failures in a row = 2 ** (n - 1) days, not above 90

A page that vanished is so asked for seven times in four months, and then four times a year. One whose server was down
is asked for again the next night.

Looks are counted in nights: what falls due within twelve hours is due now, so that a run which begins a little earlier
than the one before leaves nothing to the next night, and a run that goes on where another was killed repeats nothing.
Of what is due the most overdue comes first, which is what has waited for the most of its pauses. What was never looked
at comes before all else.
"""

import math
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

T = TypeVar("T")
DAY = timedelta(days=1)
SLACK = DAY / 2
MONTH, LONGEST_PAUSE = 30 * DAY, 90 * DAY
PART = 4  # of the time in which nothing happened
PART_OF_AGE = 12  # and never more than this part of the age once that is more than a month
MOST_CHANGES = 5  # that count: before texts were compared, a counter on a page made a version each night
BACKDATED = 60 * DAY  # entries of a list that are younger may have got others between them since the last night
_LISTS = range(10, 19)  # days between two readings of the whole of a list, so that few fall on one night


@dataclass(frozen=True, slots=True)
class PageHistory:
    """What is known of an address. All moments are in UTC.

    `looked_at` is None where it was never asked for; `failures` are those in a row up to now.
    """

    published: datetime | None = None
    changed_at: datetime | None = None
    looked_at: datetime | None = None
    changes: int = 0
    failures: int = 0


def pause(page: PageHistory) -> timedelta:
    """How long to leave an address alone after the last look at it."""
    if page.looked_at is None:
        return timedelta(0)
    if page.failures:
        return min(DAY * 2.0 ** min(page.failures - 1, 10), LONGEST_PAUSE)
    published = page.published or page.looked_at
    age, quiet = page.looked_at - published, page.looked_at - (page.changed_at or published)
    calm = min(quiet, age / (min(page.changes, MOST_CHANGES) + 1))
    return min(max(calm / PART, DAY), max(MONTH, age / PART_OF_AGE), LONGEST_PAUSE)


def lateness(page: PageHistory, now: datetime) -> float:
    """How many of its pauses an address has waited by the end of this night: from 1 on it is due.

    Infinite where it was never looked at, or only in the future, by a clock that was wrong.
    """
    if page.looked_at is None or page.looked_at > now + DAY:
        return math.inf
    return (now + SLACK - page.looked_at) / pause(page)


def most_overdue_first(pages: Iterable[tuple[T, PageHistory]], now: datetime) -> list[tuple[float, T]]:
    """The pages with their lateness, the most overdue first; those that are equally so keep their order."""
    return sorted(((lateness(history, now), page) for page, history in pages), key=lambda pair: -pair[0])


def has_list_more(known: Sequence[bool], listed_on: Sequence[date | None], now: datetime) -> bool:
    """Whether to read a list further after a page of it, where it is not read to its end.

    `known` says of each wanted link whether it was ever asked for, `listed_on` when the list dates it. A list that runs
    from new to old is read as far as it has something new, and as far as reports may stand that were dated back.
    """
    dated = [day for day in listed_on if day]
    return not all(known) or (bool(dated) and datetime.combine(dated[-1], time(), UTC) > now - BACKDATED)


def is_whole_list_due(read_whole_at: datetime | None, name: str, now: datetime) -> bool:
    """Whether the list of the source `name` is read to its end, and not only as far as it has something new.

    The end is read every ten to eighteen days: what was put in further back is found then.
    """
    if read_whole_at is None or read_whole_at > now + DAY:
        return True
    return now + SLACK - read_whole_at >= _LISTS[zlib.crc32(name.encode()) % len(_LISTS)] * DAY
