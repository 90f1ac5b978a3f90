"""Manners and safety of the fetcher, request by request: what it waits for, where it stops, what it refuses."""

import ssl
import threading
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
import trustme
from fake_site import HOST, Asked, Bench, Reply, Route, bomb, cut, drip, drip_headers, hang, listing, page

from pipelines.ingest.client import Client, FetchResponse
from pipelines.ingest.pace import Clock
from pipelines.ingest.problems import FetchRefused
from pipelines.ingest.robots import parse_rules
from pipelines.ingest.tally import Tally
from pipelines.ingest.transport import is_public
from pipelines.ingest.urls import absolute, folder_of
from pipelines.settings import SettingsError

pytest_plugins = ("site_fixture",)

REPORT = page("<p>全镇组织干部学法12场。</p>")
CAPTCHA = page('<form>请输入验证码<img src="/code"><input name="code"></form>', "访问验证")
SCRIPTED = page("<script>var $_ts = {}; document.cookie='x'</script>", "")


PRIVATE = (
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1"),
    *("255.255.255.255", "::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"),
    "ff02::1",
)


def once(*replies: Reply) -> Route:
    """A route that answers with one reply after the other, and stays with the last."""
    left = list(replies)
    return lambda asked: left.pop(0) if len(left) > 1 else left[0]


def reasons(tally: Tally, kind: str) -> list[str]:
    return [problem.reason for problem in tally.problems if problem.kind == kind]


def gaps(bench: Bench) -> list[float]:
    times = [asked.at for asked in bench.site.asked]
    return [later - earlier for earlier, later in pairwise(times)]


# --- robots.txt and pace


def test_robots_txt_is_obeyed_with_its_delay(bench: Bench) -> None:
    rules = b"User-agent: *\nDisallow: /secret/\nCrawl-delay: 7\n"
    bench.site.routes["/robots.txt"] = Reply(rules, headers={"Content-Type": "text/plain"})
    bench.site.routes |= {"/list/": Reply(listing(("/secret/1.html", "甲", ""), ("/2.html", "乙", "")))}
    bench.site.routes |= {"/2.html": Reply(REPORT), "/secret/1.html": Reply(REPORT)}
    (tally,) = bench.fetch(bench.source())
    assert reasons(tally, "refused") == ["robots.txt forbids it"]
    assert "/secret/1.html" not in bench.site.paths()
    assert tally.outcomes == {"new": 1}
    assert all(7 <= gap <= 7 * 1.6 for gap in gaps(bench)[1:])


@pytest.mark.parametrize(
    ("reply", "is_read"),
    [
        (Reply(status=404), True),
        (Reply(b""), True),
        (Reply(b"<html>not a robots.txt at all</html>"), True),
        (Reply(b"User-agent: fazhi\nDisallow: /\n\nUser-agent: *\nAllow: /\n"), False),
        (Reply(b"User-agent: *\nCrawl-delay: 86400\n"), False),
        (Reply(status=500), False),
        (Reply(status=403), False),
        (Reply(status=302, headers={"Location": "http://elsewhere.example/robots.txt"}), False),
    ],
)
def test_what_a_robots_txt_means(bench: Bench, reply: Reply, is_read: bool) -> None:
    bench.site.routes["/robots.txt"] = reply
    tally = bench.one(Reply(REPORT))
    assert tally.outcomes["new"] == is_read
    assert bench.site.paths() == (["/list/", "/a.html"] if is_read else [])
    assert tally.is_failed != is_read


def test_a_request_rate_is_a_delay_too() -> None:
    rules = parse_rules(b"User-agent: *\nRequest-rate: 1/30\nCrawl-delay: 3\n")
    assert rules.delay == 30


def test_requests_to_a_host_keep_their_delay_with_jitter(bench: Bench) -> None:
    bench.site.routes = {"/list/": Reply(listing(*((f"/{n}.html", str(n), "") for n in range(8))))}
    bench.site.routes |= {f"/{n}.html": Reply(page(str(n))) for n in range(8)}
    bench.fetch(bench.source(delay=10.0))
    assert len(gaps(bench)) == 9
    assert all(10 <= gap <= 15.5 for gap in gaps(bench))
    assert len({round(gap, 2) for gap in gaps(bench)}) > 3


def test_no_entry_can_ask_for_less_than_a_second(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.environ["FAZHI_FETCH_PRIVATE"] = "0"
    monkeypatch.setattr("pipelines.ingest.transport.is_public", lambda address: True)
    bench.one(Reply(REPORT), delay=0.0)
    assert bench.site.paths() == ["/list/", "/a.html"]
    assert all(gap >= 1 for gap in gaps(bench))


def test_hosts_are_read_in_parallel_and_each_one_request_at_a_time(bench: Bench) -> None:
    together = threading.Barrier(2, timeout=5)

    def meet(asked: object) -> Reply:
        together.wait()  # only passed if both hosts are being asked at once
        return Reply(listing(("/1.html", "一", ""), ("/2.html", "二", "")))

    bench.site.routes = {"/list/": meet, "/1.html": Reply(page("一")), "/2.html": Reply(page("二"))}
    hosts = ("one.example", "two.example")
    sources = [bench.source(id=host[:3], start=bench.site.url("/list/", host), delay=0.0) for host in hosts]
    twice = bench.source(id="again", start=bench.site.url("/1.html", hosts[0]), delay=0.0)
    tallies = bench.fetch(*sources, twice)
    assert [tally.outcomes["new"] for tally in tallies[:2]] == [2, 2]
    assert set(bench.site.most_at_once.values()) == {1}


def test_a_host_that_two_sources_share_is_still_asked_one_thing_at_a_time(bench: Bench) -> None:
    def slow(asked: Asked) -> Reply:
        time.sleep(0.05)
        return Reply(b"%PDF-" + asked.path.encode())

    files = "files.example"
    links = "".join(f'<a href="{bench.site.url(f"/{n}.pdf", files)}">附件</a>' for n in range(3))
    bench.site.routes = {"/list/": Reply(listing(("/a.html", "甲", ""))), "/a.html": Reply(page(links))}
    bench.site.routes |= {f"/{n}.pdf": slow for n in range(3)}
    shared = {"delay": 0.0, "attachment_hosts": (f"{files}:{bench.site.port}",)}
    hosts = ("one.example", "two.example")
    bench.fetch(*(bench.source(id=host[:3], start=bench.site.url("/list/", host), **shared) for host in hosts))
    assert len(bench.site.paths(files)) == 6
    assert bench.site.most_at_once[f"{files}:{bench.site.port}"] == 1


def test_each_request_has_its_own_connection_and_so_its_own_look_at_the_address(bench: Bench) -> None:
    looked: list[str] = []
    resolve = bench.site.resolve
    bench.site.resolve = lambda host, port, **kind: looked.append(host) or resolve(host, port)  # type: ignore
    bench.one(Reply(REPORT))
    assert len(looked) == len(bench.site.asked) == 3


# --- retries


def test_429_is_asked_again_after_the_seconds_it_wants(bench: Bench) -> None:
    busy = Reply(status=429, headers={"Retry-After": "90"})
    tally = bench.one(once(busy, Reply(REPORT)))
    assert tally.outcomes == {"new": 1} and not tally.problems
    assert 90 <= gaps(bench)[-1] < 92


def test_retry_after_can_be_a_date(bench: Bench) -> None:
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=120), usegmt=True)
    tally = bench.one(once(Reply(status=503, headers={"Retry-After": when}), Reply(REPORT)))
    assert tally.outcomes == {"new": 1}
    assert 110 <= gaps(bench)[-1] < 125


def test_a_site_that_wants_hours_is_left_alone(bench: Bench) -> None:
    tally = bench.one(Reply(status=429, headers={"Retry-After": "7200"}))
    assert tally.stopped is not None and "7200" in tally.stopped
    assert bench.site.paths() == ["/list/", "/a.html"]


def test_500_then_200_is_a_page(bench: Bench) -> None:
    tally = bench.one(once(Reply(status=500), Reply(REPORT)))
    assert tally.outcomes == {"new": 1} and not tally.problems


def test_attempts_are_few_and_further_and_further_apart(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="pipelines.ingest")
    tally = bench.one(Reply(status=502), delay=0.0)
    assert reasons(tally, "failed") == ["status 502, in 4 attempts"]
    logged = [message for message in caplog.messages if message.startswith("attempt")]
    assert len(logged) == 4 and logged[0].startswith("attempt 1 of 4 at http") and "failed: status 502" in logged[0]
    assert bench.site.paths() == ["/list/", *["/a.html"] * 4]
    assert [round(gap) for gap in gaps(bench)[-3:]] == [2, 4, 8]


def test_a_connection_cut_in_the_middle_is_no_file(bench: Bench) -> None:
    tally = bench.one(cut(REPORT))
    assert "the connection broke" in reasons(tally, "failed")[0]
    assert bench.files() == {}
    assert bench.one(once(cut(REPORT), Reply(REPORT))).outcomes == {"new": 1}
    assert list(bench.files().values()) == [REPORT]


def test_404_is_asked_once(bench: Bench) -> None:
    tally = bench.one(Reply(status=404))
    assert reasons(tally, "failed") == ["status 404"]
    assert bench.site.paths() == ["/list/", "/a.html"]


# --- stopping


@pytest.mark.parametrize(
    "reply", [Reply(status=401), Reply(status=403), Reply(CAPTCHA), Reply(CAPTCHA, 503), Reply(SCRIPTED, 412)]
)
def test_a_site_that_turns_us_away_is_asked_nothing_more(bench: Bench, reply: Reply) -> None:
    bench.site.routes = {"/list/": Reply(listing(("/1.html", "一", ""), ("/2.html", "二", ""))), "/1.html": reply}
    tally, other = bench.fetch(bench.source(), bench.source(id="same-host"))
    assert bench.site.paths() == ["/list/", "/list/", "/1.html"]
    assert (tally.waiting, other.waiting) == (2, 2)
    assert tally.stopped is not None and tally.is_failed
    assert other.stopped == tally.stopped
    assert bench.files() == {}


SCRIPT = page("<script>location.reload()</script><noscript>请开启 JavaScript</noscript>", "请稍候")


@pytest.mark.parametrize("status", [202, 400, 412, 429, 503, 521])
def test_an_answer_of_a_script_alone_ends_the_night_at_its_host_at_once(bench: Bench, status: int) -> None:
    rows = listing(("/1.html", "一", ""), ("/2.html", "二", ""))
    bench.site.routes = {"/list/": Reply(rows), "/1.html": Reply(SCRIPT, status)}
    (tally,) = bench.fetch(bench.source())
    assert bench.site.paths() == ["/list/", "/1.html"]
    assert tally.stopped == f"the site answers status {status} and a script alone, which is a test for browsers"
    assert f"stopped: {tally.stopped}" in tally.reasons() and tally.is_failed


@pytest.mark.parametrize("reply", [Reply(SCRIPT, 404), Reply(SCRIPT, 410), Reply(page("维护<script>1</script>"), 400)])
def test_a_missing_page_built_by_a_script_costs_that_page_alone(bench: Bench, reply: Reply) -> None:
    rows = listing(("/1.html", "一", ""), ("/2.html", "二", ""))
    bench.site.routes = {"/list/": Reply(rows), "/1.html": reply, "/2.html": Reply(REPORT)}
    (tally,) = bench.fetch(bench.source())
    assert (tally.stopped, tally.outcomes) == (None, {"new": 1})
    assert reasons(tally, "failed") == [f"status {reply.status}"]


@pytest.mark.parametrize("broken", [Reply(status=400), cut(REPORT), Reply(b"")], ids=["status", "cut", "empty"])
def test_five_failures_in_a_row_end_the_night_at_a_host(bench: Bench, broken: Reply) -> None:
    bench.site.routes = {"/list/": Reply(listing(*((f"/{n}.html", str(n), "") for n in range(9))))}
    bench.site.routes |= {f"/{n}.html": broken for n in range(9)}
    (tally,) = bench.fetch(bench.source())
    assert list(dict.fromkeys(bench.site.paths())) == ["/list/", *(f"/{n}.html" for n in range(5))]
    assert tally.stopped is not None and tally.stopped.startswith("5 failures in a row, the last: ")
    assert tally.count("failed") == 5 and tally.is_failed


@pytest.mark.parametrize("fourth", [Reply(REPORT), Reply(status=404)])
def test_failures_that_are_not_in_a_row_are_counted_one_by_one(bench: Bench, fourth: Reply) -> None:
    bench.site.routes = {"/list/": Reply(listing(*((f"/{n}.html", str(n), "") for n in range(9))))}
    bench.site.routes |= {f"/{n}.html": Reply(status=400) for n in range(9)} | {"/4.html": fourth}
    (tally,) = bench.fetch(bench.source())
    assert tally.stopped is None and tally.count("failed") + tally.outcomes["new"] == 9


def test_a_host_of_attachments_that_only_fails_does_not_keep_us_from_the_pages(bench: Bench) -> None:
    files = [bench.site.url(f"/{n}.pdf", "files.example") for n in range(7)]
    links = "".join(f'<a href="{url}">附件</a>' for url in files)
    bench.site.routes = {"/list/": Reply(listing(("/1.html", "一", ""), ("/2.html", "二", "")))}
    bench.site.routes |= {"/1.html": Reply(page(links)), "/2.html": Reply(REPORT)}
    bench.site.routes |= {f"/{n}.pdf": Reply(status=400) for n in range(7)}
    (tally,) = bench.fetch(bench.source(attachment_hosts=(f"files.example:{bench.site.port}",)))
    assert bench.site.paths() == ["/list/", "/1.html", "/2.html"]
    assert bench.site.paths("files.example") == [f"/{n}.pdf" for n in range(5)]
    assert (tally.stopped, tally.outcomes, tally.count("failed")) == (None, {"new": 2}, 7)
    assert any(line.startswith("failed 2: 5 failures in a row") for line in tally.reasons())


def test_a_report_that_speaks_of_captchas_is_a_report(bench: Bench) -> None:
    report = page("<form>验证码<input></form><p>" + "全镇推进法治政府建设,开展普法宣传。" * 40 + "</p>")
    assert bench.one(Reply(report)).outcomes == {"new": 1}


# --- hosts and addresses


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_host_is_refused_unless_listed(bench: Bench, status: int) -> None:
    target = bench.site.url("/moved.html", "mirror.example")
    bench.site.routes["/moved.html"] = Reply(REPORT)
    moved = Reply(status=status, headers={"Location": target})
    tally = bench.one(moved)
    assert "mirror.example" in reasons(tally, "refused")[0]
    assert bench.site.paths("mirror.example") == []
    tally = bench.one(moved, hosts=(f"mirror.example:{bench.site.port}",))
    assert tally.outcomes == {"new": 1}


def test_a_link_to_another_host_is_refused_unless_listed(bench: Bench) -> None:
    bench.site.routes["/list/"] = Reply(listing((bench.site.url("/a.html", "other.example"), "甲", "")))
    (tally,) = bench.fetch(bench.source())
    assert "other.example" in reasons(tally, "refused")[0]
    assert bench.site.paths("other.example") == []


def test_a_redirect_from_https_to_http_is_refused(bench: Bench) -> None:
    client = Client(bench.settings, Clock(), bench.site.resolve)
    now, there = datetime.now(UTC), "http://shipu.example/"
    with pytest.raises(FetchRefused, match="from https"):
        client._follow(
            "https://shipu.example/",
            frozenset({"shipu.example"}),
            lambda step: FetchResponse(step, step, 302, {}, b"", now, target=there),
        )


def test_redirects_in_a_circle_end(bench: Bench) -> None:
    tally = bench.one(Reply(status=302, headers={"Location": "/a.html"}))
    assert reasons(tally, "refused") == ["more than 5 redirects"]
    assert bench.site.paths().count("/a.html") == 6


@pytest.mark.parametrize("location", ["", "ftp://shipu.example/a", "http://user:word@shipu.example/", "http://[::1"])
def test_a_redirect_to_no_web_address_fails(bench: Bench, location: str) -> None:
    tally = bench.one(Reply(status=302, headers={"Location": location} if location else {}))
    assert len(tally.problems) == 1


def test_private_addresses_are_refused_by_what_the_name_resolves_to(bench: Bench) -> None:
    bench.environ["FAZHI_FETCH_PRIVATE"] = "0"
    tally = bench.one(Reply(REPORT))
    assert bench.site.asked == []
    assert "leads to the private address 127.0.0.1" in tally.problems[0].reason


def test_private_addresses_are_refused_after_a_redirect(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.environ["FAZHI_FETCH_PRIVATE"] = "0"
    inside = f"inside.example:{bench.site.port}"
    names = {"shipu.example": "127.0.0.1", "inside.example": "10.0.0.7"}
    monkeypatch.setattr("pipelines.ingest.transport.is_public", lambda address: address == "127.0.0.1")
    bench.site.resolve = lambda host, port, **kind: [(2, 1, 6, "", (names[host], port))]  # type: ignore[method-assign]
    moved = Reply(status=302, headers={"Location": f"http://{inside}/admin"})
    tally = bench.one(moved, hosts=(inside,))
    assert "10.0.0.7" in tally.problems[0].reason


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.114.5", True),
        ("2606:4700::1111", True),
        *((address, False) for address in ("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254")),
        *((address, False) for address in PRIVATE),
    ],
)
def test_what_a_private_address_is(address: str, expected: bool) -> None:
    assert is_public(address) == expected


def test_a_certificate_that_nobody_vouches_for_is_not_accepted(bench: Bench) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(HOST).configure_cert(context)
    bench.site.encrypt(context)
    start = bench.site.url("/list/").replace("http:", "https:")
    (tally,) = bench.fetch(bench.source(start=start))
    assert bench.site.asked == []
    assert "CERTIFICATE_VERIFY_FAILED" in tally.problems[0].reason


def test_no_connection_is_told_at_once(bench: Bench) -> None:
    bench.site.close()
    tally = bench.one(Reply(REPORT))
    assert "no connection" in tally.problems[0].reason and tally.is_failed
    assert bench.site.clock.waits == []


def test_without_a_contact_nothing_is_asked(bench: Bench) -> None:
    del bench.environ["FAZHI_CONTACT"]
    with pytest.raises(SettingsError, match="FAZHI_CONTACT"):
        bench.one(Reply(REPORT))
    assert bench.site.asked == []


# --- size and time


def test_a_gzip_bomb_is_refused(bench: Bench) -> None:
    reply = bomb(50_000_000)
    tracemalloc.start()
    tally = bench.one(reply)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert reasons(tally, "refused") == ["larger than 1000000 bytes when unpacked"]
    assert bench.files() == {}
    assert peak < 15_000_000  # it was never unpacked as a whole


def test_a_large_file_is_refused(bench: Bench) -> None:
    assert reasons(bench.one(Reply(bytes(1_000_001))), "refused")
    assert bench.one(Reply(b"%PDF-" + bytes(999_995))).outcomes == {"new": 1}


@pytest.mark.parametrize("act", [drip, drip_headers, hang])
def test_a_slow_drip_or_none_is_refused_after_the_time_limit(bench: Bench, act: object) -> None:
    bench.environ["FAZHI_FETCH_SECONDS"] = "1"
    tally = bench.one(Reply(act=act))  # type: ignore[arg-type]
    assert reasons(tally, "refused") == ["took longer than 1 seconds"]
    assert bench.site.paths() == ["/list/", "/a.html"]


# --- addresses


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("b.html", "http://x.example/d/b.html"),
        ("../b.html", "http://x.example/b.html"),
        ("//y.example/b", "http://y.example/b"),
        ("HTTPS://Y.Example:443/b#c", "https://y.example/b"),
        ("http://y.example:8080", "http://y.example:8080/"),
        ("报告 1.html?词=法", "http://x.example/d/%E6%8A%A5%E5%91%8A%201.html?%E8%AF%8D=%E6%B3%95"),
        ("/a%20b", "http://x.example/a%20b"),
        ("javascript:alert(1)", None),
        ("mailto:a@x.example", None),
        ("file:///etc/passwd", None),
        ("http://a:b@x.example/", None),
        ("http://../", None),
        ("http://x.example:99999/", None),
    ],
)
def test_addresses(link: str, expected: str | None) -> None:
    assert absolute("http://x.example/d/a.html", link) == expected


def test_a_chinese_host_name_takes_the_form_that_is_asked_for() -> None:
    found = absolute("http://x.example/", "http://石浦.example/")
    assert found is not None and found.startswith("http://xn--") and found.endswith(".example/")


def test_folder_names_are_harmless() -> None:
    assert folder_of("http://x.example:81/../a") == "x.example_81"
    assert folder_of("http://[::1]:81/") == "___1__81"
