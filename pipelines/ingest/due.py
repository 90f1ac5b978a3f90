"""When an address is looked at again, and what comes first in a night that is too short. Pure: nothing is asked here.

Three thousand sites with a hundred pages each cannot be asked for every page each night, and need not be: a report is
corrected in its first weeks or never. So the pause until the next look grows with the time in which nothing happened:

    pause = min(quiet, age / (changes + 1)) / 12, not below 1 day and not above 90 days

`age` is the time from publication (by the list; else from the first fetch) to the last look, `quiet` the time from the
last change that was seen to the last look, `changes` how often another text was read, 5 at most. A page is so looked at
daily for its first twelve days, after a year monthly, and from its third year on four times a year; after a change
daily again. A page that changes often is looked at more often for good: `age / (changes + 1)` is the time in which it
usually changes once. What is missed is missed for a twelfth of the time that it had stood, and the number of looks
grows with the logarithm of the age.

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
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

T = TypeVar("T")
DAY = timedelta(days=1)
SLACK = DAY / 2
LONGEST_PAUSE = 90 * DAY
PART = 12  # of the time in which nothing happened
MOST_CHANGES = 5  # that count: before texts were compared, a counter on a page made a version each night
_LISTS = range(5, 10)  # days between two readings of the whole of a list, so that few fall on one night


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
    return min(max(min(quiet, age / (min(page.changes, MOST_CHANGES) + 1)) / PART, DAY), LONGEST_PAUSE)


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


def is_whole_list_due(read_whole_at: datetime | None, name: str, now: datetime) -> bool:
    """Whether the list of the source `name` is read to its end, and not only as far as it has something new.

    The end is read every five to nine days: entries that were put in further back are found then.
    """
    if read_whole_at is None or read_whole_at > now + DAY:
        return True
    return now + SLACK - read_whole_at >= _LISTS[zlib.crc32(name.encode()) % len(_LISTS)] * DAY
