"""A fetch comes to an end: caps and deadlines, what is said of the rest, and that the next nights read it."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import dagster as dg
import pytest
from fake_site import CONTACT, HOST, Asked, Bench, Reply, Site, listing, page

from pipelines.assets.fetched import fetched_documents
from pipelines.assets.workspace import Workspace
from pipelines.ingest import listing as listing_module
from pipelines.ingest.pace import Clock, Deadline, Pace
from pipelines.ingest.problems import CutShort
from pipelines.ingest.tally import Tally
from pipelines.settings import DEFAULT_FETCH_HOURS, Settings, SettingsError

pytest_plugins = ("site_fixture",)


def pages(site: Site, count: int, *, dead: int = 0, host: str = HOST) -> None:
    """A list of so many pages, years old, of which the first are not there."""
    rows = ((site.url(f"/{n}.html", host), f"报告{n}", "2023-01-31") for n in range(count))
    site.routes["/list/"] = Reply(listing(*rows))
    site.routes |= {f"/{n}.html": Reply(page(f"<p>{n}</p>")) for n in range(dead, count)}


def asked(bench: Bench) -> list[str]:
    """The pages that were asked for since the last call."""
    paths = [path for path in bench.site.paths() if not path.startswith("/list/")]
    bench.site.asked.clear()
    return paths


# --- a cap for each source


def test_a_cap_cuts_short_and_the_next_nights_read_the_rest_each_page_once(bench: Bench) -> None:
    pages(bench.site, 10)
    source, bench.days = bench.source(max_links=4), 1
    done: list[str] = []
    for left, of, new in ((6, 10, 4), (2, 6, 4), (0, 2, 2)):
        (tally,) = bench.fetch(source)
        done += asked(bench)
        assert (tally.listed, tally.outcomes["new"], tally.problems, tally.is_failed) == (10, new, [], False)
        assert (tally.pages, tally.waiting, tally.resting) == (new, left, 10 - of)
        if left:
            assert tally.cut == f"max_links = 4 is reached; {left} of {of} pages wait for the next run"
            assert tally.reasons() == [f"cut short: {tally.cut}"]
        else:
            assert tally.cut is None
    assert done == [f"/{n}.html" for n in range(10)]
    assert len(bench.files()) == 10


def test_attachments_count_and_a_page_cut_in_the_middle_gets_the_rest_of_its_own(bench: Bench) -> None:
    links = "".join(f'<a href="/{n}.pdf">附件</a>' for n in range(9))
    bench.site.routes = {"/list/": Reply(listing(("/a.html", "甲", "2023-01-31"), ("/b.html", "乙", "2023-01-31")))}
    bench.site.routes |= {"/a.html": Reply(page(links)), "/b.html": Reply(page("乙"))}
    bench.site.routes |= {f"/{n}.pdf": Reply(b"%%PDF-%d" % n) for n in range(9)}
    done: list[str] = []
    cuts = []
    bench.days = 1
    for _ in range(3):
        (tally,) = bench.fetch(bench.source(max_links=4))
        cuts.append(bool(tally.cut))
        done += asked(bench)
    assert cuts == [True, True, False]
    assert done == ["/a.html", *(f"/{n}.pdf" for n in range(9)), "/b.html"]
    assert (tally.pages, tally.attachments) == (1, 2)


def test_what_cannot_be_read_does_not_keep_the_rest_from_its_turn(bench: Bench) -> None:
    pages(bench.site, 9, dead=5)
    elsewhere = bench.site.url("/x.html", "elsewhere.example")
    rows = [(elsewhere + f"?{n}", "别处", "") for n in range(6)]
    bench.site.routes["/list/"] = Reply(listing(*rows, *((f"/{n}.html", str(n), "2023-01-31") for n in range(9))))
    source, bench.days = bench.source(max_links=4), 1
    for _ in range(4):
        (tally,) = bench.fetch(source)
    assert len(bench.files()) == 4
    assert (tally.count("failed") + tally.count("refused"), tally.waiting) == (1, 10)
    bench.days = 100
    bench.fetch(source)
    asked(bench)
    bench.site.routes["/0.html"] = Reply(page("还在"))
    bench.fetch(bench.source())
    assert "/0.html" in asked(bench)


def test_new_pages_come_before_known_ones_and_the_most_overdue_of_these_first(bench: Bench) -> None:
    pages(bench.site, 6)
    bench.days = 20
    bench.fetch(bench.source(max_links=3))
    bench.days = 200
    bench.fetch(bench.source(max_links=3))
    asked(bench)
    pages(bench.site, 9)
    bench.days = 1
    bench.fetch(bench.source(max_links=5))
    assert asked(bench) == ["/6.html", "/7.html", "/8.html", "/0.html", "/1.html"]
    bench.fetch(bench.source(max_links=5))
    assert asked(bench) == [f"/{n}.html" for n in (2, 3, 4, 5)]


def test_lists_without_end_are_given_up(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing_module, "MOST_LINKS", 10)
    bench.site.routes = {f"/list/?{n}": Reply(listing(*((f"/{n}-{k}", "", "") for k in range(4)))) for n in range(2, 9)}
    bench.site.routes["/list/"] = Reply(listing(("/1", "", "")))
    (tally,) = bench.fetch(bench.source(pages="?{n}", first_page=2), dry_run=True)
    assert len(tally.links) == 13
    assert tally.problems[0].reason == "more than 10 links in its lists; lists after 4 are not read"


# --- a deadline for each source, and for all


def test_a_source_ends_when_its_hours_are_over_and_goes_on_the_next_night(bench: Bench) -> None:
    pages(bench.site, 40)
    source, nights = bench.source(delay=60.0, max_hours=0.25), 0
    bench.days = 1
    done: list[str] = []
    while nights < 9:
        begun = len(bench.site.asked)
        (tally,) = bench.fetch(source)
        times = [one.at for one in bench.site.asked[begun:]]
        assert times[-1] - times[0] <= 900
        done += asked(bench)
        nights += 1
        if not tally.cut:
            break
        assert "max_hours = 0.25 is over; " in tally.cut and "pages wait for the next run" in tally.cut
    assert nights >= 3
    assert done == [f"/{n}.html" for n in range(40)]


def test_lists_take_half_of_the_time_at_most(bench: Bench) -> None:
    def endless(number: int) -> Callable[[Asked], Reply]:
        return lambda asked: Reply(listing((f"/{number}.html", "", "")))

    bench.site.routes = {f"/list/?{n}": endless(n) for n in range(2, 500)} | {"/list/": endless(1)}
    bench.site.routes |= {f"/{n}.html": Reply(page(f"{n}")) for n in range(500)}
    (tally,) = bench.fetch(bench.source(pages="?{n}", first_page=2, max_pages=500, delay=60.0, max_hours=1.0))
    assert tally.cut is not None and "max_hours = 1 is over for its lists" in tally.cut
    assert 15 < tally.listed < 35 and tally.outcomes["new"] > 10
    assert tally.is_partial and not tally.is_failed


def test_lists_come_first_and_then_the_hosts_with_the_least_that_is_new(bench: Bench) -> None:
    bench.environ["FAZHI_FETCH_HOSTS"] = "1"
    hosts = {"one.example": 7, "two.example": 1, "three.example": 3}
    for host, count in hosts.items():
        rows = ((f"/{host}/{n}.html", str(n), "2023-01-31") for n in range(count))
        bench.site.routes[f"/{host}/"] = Reply(listing(*rows))
        bench.site.routes |= {f"/{host}/{n}.html": Reply(page(f"{host} {n}")) for n in range(count)}
    sources = [bench.source(id=host[:3], start=bench.site.url(f"/{host}/", host), delay=60.0) for host in hosts]
    bench.days, nights, order = 1, 0, list[str]()
    while len(bench.files()) < 11 and nights < 9:
        tallies = bench.fetch(*sources, hours=0.16)  # 576 seconds: enough for the lists and a few pages
        order += [one.path for one in bench.site.asked if one.path.endswith(".html")]
        lists = [one.path for one in bench.site.asked if one.path.endswith("/")]
        assert len(lists) == 3 and not any(tally.is_failed or tally.found_nothing for tally in tallies)
        nights += 1
        if len(bench.files()) < 11:
            assert any("FAZHI_FETCH_HOURS = 0.16 is over" in line for tally in tallies for line in tally.reasons())
        bench.site.asked.clear()
    assert nights >= 2 and len(order) == len(set(order)) == 11
    assert order[0] == "/two.example/0.html" and order[1] == "/three.example/0.html"


def test_the_lists_that_waited_longest_are_read_first(bench: Bench) -> None:
    bench.environ["FAZHI_FETCH_HOSTS"], bench.days = "1", 1
    bench.site.routes = {"/list/": Reply(listing())}
    hosts = ["one.example", "two.example", "three.example"]
    sources = [bench.source(id=host[:3], start=bench.site.url("/list/", host), delay=60.0) for host in hosts]
    order = []
    for _ in range(3):
        bench.fetch(*sources, hours=0.06)  # 108 seconds for lists: enough for one of them
        order.append([one.host.split(".")[0] for one in bench.site.asked if one.path == "/list/"])
        bench.site.asked.clear()
    assert sorted(name for names in order for name in names) == ["one", "three", "two"]


@pytest.mark.parametrize("limit", ["min_documents", "nothing"])
def test_no_hours_mean_that_nothing_is_asked_and_nothing_is_a_failure(bench: Bench, limit: str) -> None:
    pages(bench.site, 3)
    tallies = bench.fetch(bench.source(min_documents=3 if limit == "min_documents" else 0), hours=0.0)
    assert bench.site.asked == []
    (tally,) = tallies
    assert tally.cut is not None and "FAZHI_FETCH_HOURS = 0 is over" in tally.cut
    assert tally.verdicts() == [] and not tally.is_failed
    assert bench.fetch(bench.source(), hours=1.0)[0].outcomes == {"new": 3}


def test_a_rest_that_a_site_wants_is_not_waited_for_beyond_the_deadline(bench: Bench) -> None:
    bench.site.routes["/robots.txt"] = Reply(status=404)
    tally = bench.one(Reply(status=503, headers={"Retry-After": "290"}), max_hours=0.05)
    assert tally.cut is not None and "max_hours = 0.05 is over; 1 of 1 pages wait" in tally.cut
    assert sum(bench.site.clock.waits) < 180


class Stuck:
    """A reply that goes on until the test is over; `is_over` tells whether it was let go in time."""

    def __init__(self, opening: bytes, drip: bytes) -> None:
        self._opening, self._drip = opening, drip
        self.over = threading.Event()

    def reply(self) -> Reply:
        def act(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(self._opening)
            for _ in range(200):
                handler.wfile.write(self._drip)
                handler.wfile.flush()
                if self.over.wait(0.1):
                    return

        return Reply(act=act)


STUCK = {
    "body": (b"HTTP/1.1 200 OK\r\n\r\n", b"<p>"),
    "headers": (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    "silence": (b"", b""),
    "continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@pytest.mark.parametrize("where", STUCK)
@pytest.mark.parametrize("path", ["/robots.txt", "/list/", "/0.html"])
def test_a_request_that_does_not_end_is_cut_by_the_deadline_and_not_by_its_own_limit(
    bench: Bench, where: str, path: str
) -> None:
    bench.environ["FAZHI_FETCH_SECONDS"] = "9999"
    stuck = Stuck(*STUCK[where])
    pages(bench.site, 2)
    bench.site.routes[path] = stuck.reply()
    threading.Timer(15, stuck.over.set).start()
    (tally,) = bench.fetch(bench.source(delay=0.0), hours=1 / 3600)
    assert not stuck.over.is_set()
    stuck.over.set()
    assert tally.cut is not None and "FAZHI_FETCH_HOURS" in tally.cut and tally.problems == []


def test_a_host_that_another_source_keeps_busy_is_not_waited_for_beyond_the_deadline() -> None:
    clock = Clock()
    pace, busy, free = Pace(clock), threading.Event(), threading.Event()

    def hold() -> None:
        with pace.turn("x.example", 0.0):
            busy.set()
            free.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    busy.wait(20)
    soon, later = Deadline(clock.now() + 0.2, "a limit"), Deadline(clock.now() + 40, "a limit")
    with pytest.raises(CutShort, match="a limit is over"), pace.turn("x.example", 0.0, soon):
        pass
    assert not free.is_set()
    free.set()
    thread.join()
    with pace.turn("x.example", 0.0, later):
        pass


# --- the nightly run


def test_the_nightly_run_builds_although_a_site_hangs(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (
        ("CONTACT", CONTACT),
        ("FETCH_PRIVATE", "1"),
        ("FETCH_SECONDS", "9999"),
        ("FETCH_HOURS", "0.0003"),
    ):
        monkeypatch.setenv(f"FAZHI_{name}", value)
    stuck = Stuck(*STUCK["body"])
    start = site.url("/list/", "127.0.0.1")
    entry = (
        f'[[site]]\nid = "shipu"\nname = "石浦镇"\ndivision = "330225"\ndelay = 0\nlink = "li a"\nstart = "{start}"\n'
    )
    (tmp_path / "sources.toml").write_text(entry, encoding="utf-8")
    site.routes = {"/list/": Reply(listing(("/1.html", "一", ""), ("/2.html", "二", "")))}
    site.routes |= {"/1.html": Reply(page("一")), "/2.html": stuck.reply()}
    built: list[bool] = []

    @dg.asset(deps=["fetched_documents"])
    def what_is_built_next() -> None:
        built.append(stuck.over.is_set())

    workspace = Workspace(raw_dir=str(tmp_path), warehouse_dir=str(tmp_path.parent / "warehouse"))
    threading.Timer(15, stuck.over.set).start()
    result = dg.materialize([fetched_documents, what_is_built_next], resources={"workspace": workspace})
    stuck.over.set()
    assert result.success and built == [False]
    (made,) = result.asset_materializations_for_node("fetched_documents")
    assert [made.metadata[name].value for name in ("cut_short", "new", "waiting")] == [1, 1, 1]
    assert len(list(tmp_path.glob("fetched/*/*.html"))) == 1


@pytest.mark.parametrize(("text", "hours"), [("", DEFAULT_FETCH_HOURS), ("0", 0.0), (" 12 ", 12.0), ("0.25", 0.25)])
def test_hours_are_a_number(text: str, hours: float) -> None:
    assert Settings.load(environ={"FAZHI_FETCH_HOURS": text}).fetch_hours == hours


@pytest.mark.parametrize("text", ["-1", "four", "1e9", "inf", "nan", "4h", "٤", ".", "9" * 400])
def test_hours_that_are_none_are_named(text: str) -> None:
    with pytest.raises(SettingsError, match=r"FAZHI_FETCH_HOURS is .*expected a number of hours"):
        Settings.load(environ={"FAZHI_FETCH_HOURS": text})


def test_the_report_says_stopped_and_cut_short_before_all_else(bench: Bench) -> None:
    tally = Tally(bench.source(), stopped="no more", cut="max_links = 1 is reached")
    tally.add(CutShort("x"), "http://x.example/" + "a" * 9000)
    lines = tally.reasons()
    assert lines[:2] == ["stopped: no more", "cut short: max_links = 1 is reached"] and len(lines[2]) < 400
