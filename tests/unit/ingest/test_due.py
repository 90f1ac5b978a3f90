"""When an address is due: the formula of `pipelines.ingest.due`, and the nights on which it falls."""

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ingest.due import (
    LONGEST_PAUSE,
    PageHistory,
    has_list_more,
    is_whole_list_due,
    lateness,
    most_overdue_first,
    pause,
)

NOW, DAY = datetime(2026, 11, 29, 2, tzinfo=UTC), timedelta(days=1)


def seen(age: float, *, changed: float | None = None, changes: int = 0, failures: int = 0) -> PageHistory:
    """A page that was published and last changed so many days before it was looked at, now."""
    changed_at = None if changed is None else NOW - changed * DAY
    return PageHistory(NOW - age * DAY, changed_at, NOW, changes, failures)


@pytest.mark.parametrize(
    ("page", "days"),
    [
        (seen(0), 1),
        (seen(4), 1),
        (seen(8), 2),
        (seen(28), 7),
        (seen(120), 30),
        (seen(360), 30),
        (seen(720), 60),
        (seen(3000), 90),
        (seen(360, changed=4, changes=1), 1),
        (seen(360, changed=20, changes=1), 5),
        (seen(80, changed=80, changes=1), 10),
        (seen(160, changed=100, changes=3), 10),
        (seen(120, changed=100, changes=500), 5),
        (seen(-30), 1),
    ],
)
def test_the_pause_is_a_part_of_the_time_in_which_nothing_happened(page: PageHistory, days: float) -> None:
    assert pause(page) == days * DAY


def test_a_page_that_vanished_is_asked_for_more_and_more_rarely() -> None:
    pauses = [pause(seen(0, failures=n)) / DAY for n in (1, 2, 3, 4, 7, 8, 9, 1000)]
    assert pauses == [1, 2, 4, 8, 64, 90, 90, 90]


def test_a_page_of_a_day_is_due_the_next_night_although_that_begins_earlier() -> None:
    page = seen(1)
    assert lateness(page, NOW + 23 * DAY / 24) >= 1
    assert lateness(page, NOW + 11 * DAY / 24) < 1  # a run that goes on where another was killed


def test_what_was_never_looked_at_or_by_a_wrong_clock_comes_first_and_then_the_most_overdue() -> None:
    pages = {
        "monthly, two days late": PageHistory(NOW - 400 * DAY, None, NOW - 33 * DAY),
        "daily, two days late": PageHistory(NOW - 5 * DAY, None, NOW - 3 * DAY),
        "not due": PageHistory(NOW - 400 * DAY, None, NOW - 3 * DAY),
        "new": PageHistory(),
        "from the future": PageHistory(NOW, None, NOW + 400 * DAY),
    }
    ranked = most_overdue_first(((history, name)[::-1] for name, history in pages.items()), NOW)
    assert [name for late, name in ranked if late >= 1] == [
        *("new", "from the future", "daily, two days late", "monthly, two days late"),
    ]
    assert [late for late, _ in ranked][:2] == [math.inf, math.inf]


@given(st.floats(-1e4, 1e5), st.floats(0, 1e5), st.integers(0, 10**6), st.integers(0, 10**6))
def test_no_pause_is_shorter_than_a_day_or_longer_than_a_quarter(
    age: float, changed: float, changes: int, failures: int
) -> None:
    page = seen(age, changed=min(changed, age), changes=changes, failures=failures)
    assert DAY <= pause(page) <= LONGEST_PAUSE


def test_the_ends_of_lists_are_read_on_different_nights() -> None:
    names = [f"site-{n}" for n in range(500)]
    nights = [sum(is_whole_list_due(NOW, name, NOW + night * DAY) for name in names) for night in range(19)]
    assert nights[:10] == [0] * 10 and nights[18] == 500
    assert all(30 < later - earlier < 85 for earlier, later in pairwise(nights[9:]))
    assert is_whole_list_due(None, "a", NOW) and is_whole_list_due(NOW + 400 * DAY, "a", NOW)


def test_a_list_is_read_as_far_as_it_has_something_new_or_may_get_it() -> None:
    young, old = (NOW - 59 * DAY).date(), (NOW - 61 * DAY).date()
    assert has_list_more([True, False, True], [old, old, old], NOW)
    assert has_list_more([True, True], [young, young], NOW)
    assert not has_list_more([True, True], [young, old], NOW)
    assert not has_list_more([True, True], [old, None], NOW)
    assert not has_list_more([True, True], [None, None], NOW)
