"""docs/collecting.md: what the nights of `benchmarks.collect` came to, in words and tables."""

from __future__ import annotations

import statistics
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks import collect_world as assumed
from benchmarks.collect_world import Night, World
from benchmarks.worked import line
from pipelines.settings import DEFAULT_FETCH_HOSTS, DEFAULT_FETCH_HOURS

IN_DAYS, MOST_REQUESTS = 3, 20_000  # what is promised for 3,000 sites

_HEAD = """
`python -m benchmarks.collect` (`make bench-collect`) writes this page. When a page is due, which host comes next, how
far a list is read and how long a host is left alone are the code of the fetcher itself
(`pipelines/ingest/due.py`, `agenda.py`, `pace.py`), with a simulated clock. The sites are invented: no site was asked
anything. [fetching.md](fetching.md) says what the rules are.
"""


@dataclass(frozen=True)
class Ninety:
    """What was worked out: the nights from a full archive, and `first`, those from an empty one.

    `missed` are reports that were older than promised and not found at the end, `left` the pages that were never read
    after `first`. `least_gap` is the shortest pause in delays of its host, `everything` the requests and hours of a
    night that asks for every list and page.
    """

    nights: Sequence[Night]
    missed: int
    least_gap: float
    everything: tuple[int, float]
    first: Sequence[Night]
    left: int


def page_text(world: World, result: Ninety) -> str:
    """The whole page."""
    parts = (
        *(f"# Collecting {len(world.sites):,} sites", _wrapped(_HEAD), "## What is assumed", _assumed(world)),
        *("## What came of it", _held(result), _by_ten(result.nights), _beside(result)),
        *("## From an empty archive", _first(result)),
    )
    return "\n\n".join(parts) + "\n"


def _assumed(world: World) -> str:
    slow = sum(site.delay > 5 for site in world.sites)
    pages = sum(len(site.pages) for site in world.sites)
    points = (
        f"""{len(world.sites):,} sites, each on a host of its own, with {pages:,} pages at the end, up to
        {assumed.YEARS} years old, {assumed.PER_LIST} on a list page. All are known on the first night, and each was
        last looked at when it was due.""",
        f"""A delay of 5 seconds; {slow:,} sites want 15 or 30. The median answer takes 0.6 seconds.""",
        f"""A site publishes {assumed.REPORTS:g} reports in 90 nights, four fifths of them around the ends of January,
        February and March. {assumed.BACKDATED:.0%} are dated back in the list, by up to two months.""",
        f"""Of new pages {assumed.CHANGES:.1%} are corrected on the first day, half as many after a week. One page in
        {1 / assumed.VANISHES:,.0f} vanishes each day. {assumed.BREAKS:.1%} of the answers fail, and
        {assumed.DOWN:.1%} of the sites go down each day, for {assumed.LONGEST_DOWN} nights at most.""",
        f"""The limits that fazhi has by default: `FAZHI_FETCH_HOSTS` {DEFAULT_FETCH_HOSTS},
        `FAZHI_FETCH_HOURS` {DEFAULT_FETCH_HOURS:g}.""",
    )
    return "\n".join(_wrapped(point, "- ") for point in points)


def _held(result: Ninety) -> str:
    found = [days for night in result.nights for days in night.found]
    late = sum(days > IN_DAYS for days in found)
    latest = f"{max(found):.1f} days after it appeared; the median {statistics.median(found):.1f}"
    most, hours = max(night.total for night in result.nights), max(night.hours for night in result.nights)
    rows = (
        ("", "promised", "found"),
        ("---", "---", "---"),
        (
            "new reports",
            f"within {IN_DAYS} days",
            f"{len(found):,} found, {late:,} of them later; {result.missed:,} missed",
        ),
        ("the latest of them", "", latest),
        ("requests in a night", f"at most {MOST_REQUESTS:,}", f"at most {most:,}"),
        ("pause between two requests to a host", "its delay or more", f"{result.least_gap:.2f} of it or more"),
        ("length of a night", f"at most {DEFAULT_FETCH_HOURS:g} hours", f"at most {hours:.1f} hours"),
    )
    return "\n".join(map(line, rows))


def _by_ten(nights: Sequence[Night]) -> str:
    """A row for ten nights."""
    rows = [("nights", "requests a night", "robots.txt", "lists", "pages", "new reports", "wait at most", "hours")]
    rows.append(("---", *("---:" for _ in rows[0][1:])))
    for at in range(0, len(nights), 10):
        part = nights[at : at + 10]
        kinds = [statistics.mean(night.requests[kind] for night in part) for kind in ("robots.txt", "lists", "pages")]
        means = [f"{mean:,.0f}" for mean in (sum(kinds), *kinds)]
        found, waits = sum(len(night.found) for night in part), max(night.waiting for night in part)
        hours = statistics.mean(night.hours for night in part)
        rows.append((f"{at + 1} to {at + len(part)}", *means, f"{found:,}", f"{waits:,}", f"{hours:.1f}"))
    return "\n".join(map(line, rows))


def _beside(result: Ninety) -> str:
    waits = [night.waiting for night in result.nights]
    corrected = [days for night in result.nights for days in night.corrected]
    slowest = statistics.quantiles(corrected, n=10)[-1] if len(corrected) > 1 else 0.0
    unread = sum(night.unread_lists for night in result.nights)
    requests, hours = result.everything
    paragraphs = (
        f"""What waits are known pages that are due: new ones come before them. Something waited in
        {sum(map(bool, waits))} of {len(waits)} nights, {max(waits):,} pages at most; {unread:,} times a list was not
        reached. More hosts at the same time (`FAZHI_FETCH_HOSTS=16`) shorten the night: the pause between two requests
        to one host stays what it is.""",
        f"""{len(corrected):,} corrections were seen, at the median {statistics.median(corrected or [0.0]):.1f} days
        after they were made; a tenth of them took {slowest:.0f} days or more, as old pages are looked at monthly and
        more rarely.""",
        f"""To ask for every list and every page each night would take {requests:,} requests and {hours:,.0f} hours.""",
    )
    return "\n\n".join(map(_wrapped, paragraphs))


def _first(result: Ninety) -> str:
    first = result.first
    until = next((at for at, night in enumerate(first, start=1) if not night.waiting), None)
    end = f"{result.left:,} pages are then still to be read."
    if until:
        end = f"Night {until} is the first in which nothing waits."
    found = [days for night in first for days in night.found]
    return _wrapped(
        f"""The same sites, and no page is known. Lists are read first, then the hosts with the least that is new. In
        {len(first)} nights {sum(night.requests["pages"] for night in first):,} pages are asked for, with
        {max(night.total for night in first):,} requests a night at most. {end} Reports that appear meanwhile are found
        after {statistics.median(found):.1f} days at the median, and after {max(found):.1f} at most. To begin with so
        many sites, run `fazhi fetch` by hand: it has no FAZHI_FETCH_HOURS, and with `FAZHI_FETCH_HOSTS=32` all pages
        take about {result.everything[1] * DEFAULT_FETCH_HOSTS / 32:,.0f} hours."""
    )


def _wrapped(text: str, start: str = "") -> str:
    """A paragraph in lines as the pages have them."""
    words = " ".join(text.split())
    return textwrap.fill(
        words,
        120,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
    )
