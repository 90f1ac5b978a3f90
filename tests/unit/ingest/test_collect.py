"""A small world collected by the rules of the fetcher (`benchmarks.collect`): what 3,000 sites are promised holds."""

import random

import pytest

from benchmarks.collect import Collector, worked_out
from benchmarks.collect_page import IN_DAYS, MOST_REQUESTS, page_text
from benchmarks.collect_world import World

SITES, NIGHTS = 40, 40


def test_each_new_report_is_found_in_days_with_few_requests_and_no_host_is_asked_too_soon() -> None:
    world, result = worked_out(SITES, NIGHTS, seed=5)
    found = [days for night in result.nights for days in night.found]
    assert len(found) > 100 and max(found) <= IN_DAYS
    assert max(night.total for night in result.nights) <= MOST_REQUESTS * SITES / 3000 * 1.1  # few sites vary more
    assert result.least_gap >= 1
    assert result.missed == 0
    assert result.left <= 8  # of the last day, and of sites that are down
    text = page_text(world, result)
    assert f"{len(found):,} found, 0 of them later; 0 missed" in text and max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("hours", [0.05, 0.1])
def test_a_night_that_is_too_short_takes_new_reports_first_and_says_what_waits(hours: float) -> None:
    random.seed(7)
    collector = Collector(World(SITES, 30, 7, is_known=True), hosts=1, hours=hours)
    nights = [collector.night(number) for number in range(NIGHTS)]
    assert all(night.hours <= hours + 0.01 for night in nights)
    assert any(night.waiting or night.unread_lists for night in nights)
    assert sum(len(night.found) for night in nights) > 20
    again = Collector(World(SITES, 30, 7, is_known=True), hosts=1, hours=4.0)
    assert not any(again.night(number).waiting for number in range(3))


def test_the_same_seed_gives_the_same_page() -> None:
    assert page_text(*worked_out(12, 12, seed=2)) == page_text(*worked_out(12, 12, seed=2))
