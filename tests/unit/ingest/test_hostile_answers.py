"""What servers write into headers, encodings and robots.txt costs one address at most, and never the nights after."""

import gzip
import socket
import tracemalloc
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx2
import pytest
from fake_site import Asked, Bench, Reply, listing, page
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego

from pipelines.ingest.content import unpacked
from pipelines.ingest.headers import conditions, kept_headers, seconds_to_wait
from pipelines.ingest.markup import parse_page
from pipelines.ingest.problems import FetchFailed, SiteStopped
from pipelines.ingest.robots import parse_rules
from pipelines.ingest.tally import Tally

pytest_plugins = ("site_fixture",)

REPORT, OTHER = page("<p>全镇组织干部学法12场。</p>"), page("<p>调解纠纷9件。</p>")
NOW = datetime(2026, 11, 29, tzinfo=UTC)


def raw(*headers: bytes, status: bytes = b"200 OK", body: bytes = REPORT, length: bytes | None = None) -> Reply:
    """An answer whose headers are sent as they stand."""
    size = str(len(body)).encode() if length is None else length
    lines = [b"HTTP/1.1 " + status, *headers, *([b"Content-Length: " + size] if size else [])]
    sent = b"\r\n".join([*lines, b"", body])

    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(sent)
        handler.wfile.flush()
        handler.connection.shutdown(socket.SHUT_WR)

    return Reply(act=act)


def two(bench: Bench, odd: Reply | Callable[[Asked], Reply]) -> Tally:
    """Fetch a list of two pages, of which the first answers oddly."""
    bench.site.routes |= {"/list/": Reply(listing(("/odd.html", "甲", ""), ("/good.html", "乙", "")))}
    bench.site.routes |= {"/odd.html": odd, "/good.html": Reply(OTHER)}
    (tally,) = bench.fetch(bench.source())
    assert tally.stopped is None
    assert OTHER in bench.files().values()
    return tally


# --- headers

ODD_HEADERS = {
    "ETag beyond ASCII": b'ETag: "\xe6\xb3\x95"',
    "ETag in GBK": b'ETag: "\xb7\xa8\xd6\xce"',
    "ETag of no charset": b"ETag: \xff\xfe\x80",
    "ETag of kilobytes": b"ETag: " + b"x" * 50_000,
    "a hundred ETags": b"\r\n".join(b'ETag: "%d"' % n for n in range(1000)),
    "Last-Modified beyond ASCII": "Last-Modified: 2024年1月31日".encode(),
    "Last-Modified of nothing": b"Last-Modified: ",
    "Date of no calendar": b"Date: Wed, 99 Foo 99999999999 99:99:99 GMT",
    "charset of no name": b"Content-Type: text/html; charset=" + b"x" * 5000,
    "charset with a null": b'Content-Type: text/html; charset="utf-8\x00\x1b[31m"',
    "charset of a codec": b"Content-Type: text/html; charset=zlib_codec",
    "file name with escapes": b'Content-Disposition: attachment; filename="a\x1b]0;x\x07.pdf"',
    "file name beyond ASCII": 'Content-Disposition: attachment; filename="报告\u202egpj.pdf"'.encode(),
    "file name that climbs": b'Content-Disposition: attachment; filename="../../../../etc/passwd"',
    "file name of kilobytes": b"Content-Disposition: attachment; filename=" + b"a" * 60_000,
    "a header without a name": b": nothing",
    "a header on two lines": b"X-Long: a\r\n b\r\n c",
    "thousands of headers": b"\r\n".join(b"X-%d: %d" % (n, n) for n in range(3000)),
    "megabytes of headers": b"\r\n".join(b"X-%d: %s" % (n, b"x" * 1000) for n in range(3000)),
    "cookies without end": b"\r\n".join(b"Set-Cookie: c%d=%s" % (n, b"x" * 20) for n in range(2000)),
    "cookies beyond ASCII": "Set-Cookie: 甲=乙; Path=/丙; Expires=Wed, 99 Foo 99999999999 99:99:99 GMT".encode(),
    "cookie of the registry": b"Set-Cookie: a=b; Domain=example; Max-Age=" + b"9" * 4000,
    "Content-Length twice": b"Content-Length: 7",
    "a negative length": b"Content-Length: -1",
    "a transfer coding of no name": b"Transfer-Encoding: gzip, chunked, foo",
    "Location beside a page": b"Location: gopher://[::1/\xff",
    "a refresh": b"Refresh: 0; url=javascript:alert(1)",
    "Retry-After beside a page": b"Retry-After: " + b"9" * 5000,
}


@pytest.mark.filterwarnings("ignore:http.cookiejar bug")  # pytest shows what fazhi itself switches off
@pytest.mark.parametrize("name", ODD_HEADERS)
def test_no_header_costs_more_than_its_page_on_this_night_or_the_next(bench: Bench, name: str) -> None:
    first = two(bench, raw(ODD_HEADERS[name]))
    second = two(bench, raw(ODD_HEADERS[name]))
    for tally in (first, second):
        assert tally.count("failed") + tally.count("refused") == len(tally.problems) <= 1
        assert all(line.isprintable() and len(line) < 1000 for line in tally.reasons())
    assert sum(first.outcomes.values()) == sum(second.outcomes.values()) == 2 - len(first.problems)
    assert second.outcomes["new"] == second.outcomes["changed"] == 0
    assert (REPORT in bench.files().values()) == (not first.problems)
    for sidecar in Path(bench.raw, "fetched").glob("*/*.meta.json"):
        assert sidecar.stat().st_size < 20_000


def test_what_an_etag_cannot_say_is_not_said_and_the_other_condition_is(bench: Bench) -> None:
    moment = b"Last-Modified: Wed, 31 Jan 2024 01:00:00 GMT"
    for _ in range(2):
        two(bench, raw(b'ETag: "\xe6\xb3\x95"', moment))
    asked = [asked.headers for asked in bench.site.asked if asked.path == "/odd.html"]
    assert "If-None-Match" not in asked[1]
    assert asked[1]["If-Modified-Since"] == "Wed, 31 Jan 2024 01:00:00 GMT"


def test_a_sidecar_of_an_older_version_with_such_an_etag_does_no_harm() -> None:
    assert conditions({"etag": '"法"', "last-modified": "x" * 9000}) == {}
    assert conditions({"etag": '"a\nb"', "last-modified": "1 Jan"}) == {"If-Modified-Since": "1 Jan"}


@given(st.lists(st.tuples(st.sampled_from(["etag", "date", "content-type"]), st.binary(max_size=2000)), max_size=20))
def test_any_header_is_kept_as_text_that_can_be_shown_and_sent(headers: list[tuple[str, bytes]]) -> None:
    kept = kept_headers(httpx2.Headers([(name.encode(), value) for name, value in headers]))
    assert all(value.isprintable() and len(value) <= 1000 for value in kept.values())
    httpx2.Request("GET", "http://x.example/", headers=conditions(kept))


# --- Retry-After


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("Sun, 29 Nov 2026 00:02:00 GMT", 120),
        ("Sun, 29 Nov 2026 00:02:00", 120),
        ("Wed, 31 Jan 999999999999 01:00:00 GMT", 0),
        ("Wed, 31 Jan 99999 01:00:00 GMT", 0),
        ("Wed, 99 Jan 2027 99:99:99 +9999999999", 0),
        ("1 Jan 0001 00:00:00 +2359", 0),
        ("Mon, 01 Jan 0000 00:00:00 GMT", 0),
        *((text, 0) for text in ("", "-1", "soon", "1e999", "٣", "²", "nan", "31 Jan", ",,,,", "\x00", "0" * 999)),
    ],
)
def test_a_retry_after_is_a_number_a_date_or_nothing(text: str, seconds: float) -> None:
    assert seconds_to_wait(text, NOW) == seconds


@given(
    st.one_of(
        st.text(max_size=60), st.from_regex(r"[A-Z][a-z]{2}, \d{1,30} [A-Z][a-z]{2} \d{1,30} [\d:]{1,30} [+-]?\d*")
    )
)
def test_any_retry_after_is_some_seconds(text: str) -> None:
    assert seconds_to_wait(text, NOW) >= 0


def test_a_retry_after_of_an_enormous_year_is_asked_again_as_usual(bench: Bench) -> None:
    busy = Reply(status=503, headers={"Retry-After": "Wed, 31 Jan 99999999999999999999 01:00:00 GMT"})
    left = [busy, Reply(REPORT)]
    tally = two(bench, lambda asked: left.pop(0))
    assert tally.outcomes == {"new": 2} and not tally.problems


def test_a_retry_after_of_an_enormous_number_leaves_the_site_alone(bench: Bench) -> None:
    tally = bench.one(Reply(status=429, headers={"Retry-After": "9" * 900}))
    assert tally.stopped is not None and "left alone" in tally.stopped and len(tally.stopped) < 400


# --- lengths, redirects, statuses


@pytest.mark.parametrize("length", [b"99999999", b"9" * 30, b"-5", b"0x10", b"1,2", b"\xb9", b"1e9", b"+7", b""])
def test_a_length_that_lies_is_one_failure_or_none(bench: Bench, length: bytes) -> None:
    tally = two(bench, raw(length=length))
    assert len(tally.problems) == (length != b"")  # without a length the end of the connection is the end


TARGETS = [
    *(
        "ftp://shipu.example/a",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
        "gopher://shipu.example/",
    ),
    *("http://", "http://[::1", "http://shipu.example:99999/", "http://user:word@shipu.example/", "//", "http://\x7f/"),
    *("http://" + "a" * 300 + ".example/", "http://shipu.example/" + "a" * 60_000, "http://127.0.0.1:22/", "?" * 9000),
    *("http://xn--a.example/", "http://169.254.169.254/latest/meta-data/", "http://[::ffff:127.0.0.1]/", "mailto:a@b"),
]


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target[:30])
@pytest.mark.parametrize("status", [b"302 Found", b"308 Permanent"])
def test_a_redirect_to_an_odd_place_is_one_failure(bench: Bench, target: str, status: bytes) -> None:
    tally = two(bench, raw(b"Location: " + target.encode(), status=status))
    assert len(tally.problems) == 1 and tally.outcomes == {"new": 1}
    assert {asked.path for asked in bench.site.asked} == {"/robots.txt", "/list/", "/odd.html", "/good.html"}


def test_a_redirect_beyond_ascii_is_followed(bench: Bench) -> None:
    bench.site.routes["/%E6%8A%A5%E5%91%8A.html"] = Reply(REPORT)
    assert two(bench, raw("Location: /报告.html".encode(), status=b"301 Moved")).outcomes == {"new": 2}


@pytest.mark.parametrize(
    "status",
    [b"101 Switching Protocols", b"204 No Content", b"206 Partial", b"304 Not Modified", b"299 Odd", b"999 Odd"],
)
def test_an_odd_status_is_one_failure(bench: Bench, status: bytes) -> None:
    assert len(two(bench, raw(status=status, body=b"" if status[:1] != b"2" else REPORT)).problems) == 1


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\x00" * 500,
        b"HTTP/1.1 200\xff\r\n\r\n",
        b"HTTP/9.9 abc\r\n\r\n",
        b"<html>",
        b"\x16\x03\x01\x02\x00",
        b"SSH-2.0-x\r\n",
    ],
)
def test_what_is_no_http_is_one_failure(bench: Bench, sent: bytes) -> None:
    tally = two(bench, Reply(act=lambda handler: handler.wfile.write(sent) and None))
    assert len(tally.problems) == 1 and tally.reasons()[0].isprintable()


def test_whatever_an_answer_raises_costs_one_address(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def fall(data: bytes) -> bool:
        if data == REPORT:
            raise LookupError("unknown\nencoding")
        return False

    monkeypatch.setattr("pipelines.ingest.client.is_page", fall)
    tally = two(bench, Reply(REPORT))
    assert [problem.reason for problem in tally.problems] == ["cannot be read: LookupError: unknown encoding"]


def test_whatever_a_list_or_the_links_of_a_page_raise_costs_no_more(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(html: str) -> object:
        if "bad" in html:
            raise RecursionError("too\tdeep")
        return parse_page(html)

    for module in ("listing", "page_parts"):
        monkeypatch.setattr(f"pipelines.ingest.{module}.parse_page", fall)
    bench.site.routes = {
        "/list/": Reply(listing(("/a.html", "甲", ""), ("/b.html", "乙", ""))),
        "/list/?2": Reply(b"<p>bad"),
    }
    bench.site.routes |= {"/a.html": Reply(page("bad")), "/b.html": Reply(OTHER)}
    (tally,) = bench.fetch(bench.source(pages="?{n}", first_page=2))
    assert [problem.reason for problem in tally.problems] == [
        "the list cannot be read: RecursionError: too deep",
        "its links cannot be read: RecursionError: too deep",
    ]
    assert tally.outcomes == {"new": 2} and tally.stopped is None


def test_cookies_are_few_and_short_and_sent_back(bench: Bench) -> None:
    flood = b"\r\n".join(b"Set-Cookie: c%d=%s" % (n, b"x" * 90) for n in range(900))
    odd = "\r\n".join(
        ["Set-Cookie: 甲=乙", "Set-Cookie: long=" + "y" * 5000, "Set-Cookie: other=z; Domain=other.example"]
    )
    two(bench, raw(flood, odd.encode()))
    sent = bench.site.asked[-1].headers["Cookie"]
    assert sent.startswith("c0=x") and len(sent) <= 4200 and sent.count("=") <= 50
    assert "long" not in sent and "other" not in sent


# --- encodings

ENCODED: dict[str, bytes] = {
    "br": b"\x0b\x02\x80" + REPORT,
    "zstd": b"\x28\xb5\x2f\xfd" + REPORT,
    "compress": b"\x1f\x9d" + REPORT,
    "x-gzip": gzip.compress(REPORT),
    "gzip, gzip": gzip.compress(gzip.compress(REPORT)),
    "deflate, gzip": gzip.compress(zlib.compress(REPORT)),
    "identity, br": b"\x0b\x02\x80" + REPORT,
    "aes128gcm": REPORT,
    "\x1b[31mred": REPORT,
    "gzip" + ", gzip" * 2000: REPORT,
}


@pytest.mark.parametrize("coding", ENCODED, ids=lambda coding: repr(coding[:20]))
def test_an_encoding_that_was_not_asked_for_is_refused(bench: Bench, coding: str) -> None:
    body = ENCODED[coding]
    tally = two(bench, raw(b"Content-Encoding: " + coding.encode(), body=body))
    (problem,) = tally.problems
    if "\x1b" not in coding:  # the library refuses that line
        assert problem.kind == "refused" and "not asked for" in problem.reason and len(problem.reason) < 200
    assert list(bench.files().values()) == [OTHER]


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        (b"gzip", gzip.compress(REPORT)),
        (b"GZIP", gzip.compress(REPORT)),
        (b"deflate", zlib.compress(REPORT)),
        (b"identity", REPORT),
        (b"", REPORT),
        (b"identity, gzip", gzip.compress(REPORT)),
    ],
)
def test_the_encodings_that_were_asked_for_are_read(bench: Bench, coding: bytes, body: bytes) -> None:
    assert two(bench, raw(b"Content-Encoding: " + coding, body=body)).outcomes == {"new": 2}
    assert {asked.headers["Accept-Encoding"] for asked in bench.site.asked} == {"gzip, deflate"}


@given(st.binary(max_size=3000), st.integers(0, 2), st.integers(1, 500), st.integers(1, 4000))
def test_a_body_is_unpacked_whole_or_not_at_all(data: bytes, way: int, size: int, cut: int) -> None:
    raw_deflate = zlib.compressobj(wbits=-15)
    packed = (gzip.compress(data), zlib.compress(data), raw_deflate.compress(data) + raw_deflate.flush())[way]
    chunks = [packed[start : start + size] for start in range(0, len(packed), size)]
    assert b"".join(unpacked([b"", *chunks, b"behind it"])) == data
    short = packed[:-cut]
    if short:
        with pytest.raises(EOFError):
            list(unpacked([short[:1], short[1:]]))


def test_a_body_of_nothing_is_nothing() -> None:
    assert list(unpacked([])) == list(unpacked([b""])) == []


@pytest.mark.parametrize("length", [1, 10, 40, len(gzip.compress(REPORT)) - 1])
def test_a_length_that_cuts_a_packed_body_is_one_failure_and_no_half_page(bench: Bench, length: int) -> None:
    body, coding = gzip.compress(REPORT), b"Content-Encoding: gzip"
    tally = two(bench, raw(coding, body=body, length=str(length).encode()))
    assert [problem.reason for problem in tally.problems] == ["the body ends early, in 4 attempts"]
    assert list(bench.files().values()) == [OTHER]


def test_a_packed_body_that_is_damaged_is_one_failure(bench: Bench) -> None:
    body = bytearray(gzip.compress(REPORT))
    body[20] ^= 0xFF
    tally = two(bench, raw(b"Content-Encoding: gzip", body=bytes(body)))
    assert tally.problems[0].reason.startswith("cannot be read: error: Error -3")


def test_a_bomb_in_an_encoding_that_was_not_asked_for_is_never_unpacked(bench: Bench) -> None:
    brotli = pytest.importorskip("brotli")  # without it nothing could unpack the bomb
    reply = raw(b"Content-Encoding: br", body=brotli.compress(bytes(200_000_000), quality=1))
    tracemalloc.start()
    assert two(bench, reply).problems[0].kind == "refused"
    assert tracemalloc.get_traced_memory()[1] < 15_000_000
    tracemalloc.stop()


def test_the_end_of_numbered_lists_and_a_site_that_turns_us_away_are_seen_in_any_encoding(bench: Bench) -> None:
    coded = {"Content-Encoding": "br"}
    bench.site.routes = {"/list/": Reply(listing(("/a.html", "甲", ""))), "/list/?2": Reply(b"\x00", 404, coded)}
    bench.site.routes |= {"/a.html": Reply(b"\x00", 403, coded)}
    (tally,) = bench.fetch(bench.source(pages="?{n}", first_page=2))
    assert tally.listed == 1 and tally.stopped == "the site answers status 403"


# --- robots.txt


@pytest.mark.parametrize(
    "rules",
    [
        b"Request-rate: 1/" + b"9" * 4000,
        b"Crawl-delay: 1e300",
        b"Request-rate: 1/999999999999d",
    ],
)
def test_a_robots_txt_that_wants_an_enormous_delay_leaves_the_site_alone(rules: bytes) -> None:
    with pytest.raises(SiteStopped, match="seconds between requests"):
        parse_rules(b"User-agent: *\n" + rules + b"\n")


@pytest.mark.parametrize(
    "text",
    [
        b"Crawl-delay: nan\nCrawl-delay: -1\nRequest-rate: 0/0\nRequest-rate: x\nVisit-time: 9-9\n",
        b"Request-rate: " + b"9" * 4000 + b"/1\n",
        b"\xff\xfe\x00U\x00s\x00e\x00r" * 1000,
        b"Disallow\nUser-agent\nAllow: /\n",
        b"Sitemap: x\n" * 50_000,
    ],
)
def test_a_robots_txt_of_nonsense_allows_all(text: bytes) -> None:
    rules = parse_rules(b"User-agent: *\n" + text)
    assert rules.delay < 1 and rules.allows("http://x.example/")


def test_a_robots_txt_of_thousands_of_names_and_rules_keeps_each_rule_a_few_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept: list[str] = []
    parse = Protego.parse
    monkeypatch.setattr(Protego, "parse", lambda text: kept.append(text) or parse(text))
    count = 6000  # with a copy of each rule for each name these were 36 million
    names = b"".join(b"User-agent: a%d*\n" % n for n in range(count)) + b"User agent f*a*z*hi\n"
    parsed = parse_rules(names + b"User-agent: fazhi\n" + b"".join(b"Disallow: /%d*a*b\n" % n for n in range(count)))
    assert parsed.allows("http://x.example/" + "a" * 2000) and not parsed.allows("http://x.example/7aab")
    lines = kept[0].splitlines()
    assert {line for line in lines if line.startswith("User")} == {"User-agent: other", "User-agent: fazhi"}
    assert sum(line.startswith("Disallow") for line in lines) == count


def test_of_a_robots_txt_of_megabytes_the_beginning_is_read() -> None:
    rules = parse_rules(b"User-agent: *\nDisallow: /a\n" + b"# nothing\n" * 60_000 + b"Disallow: /b\n")
    assert rules.allows("http://x.example/b") and not rules.allows("http://x.example/a")


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        (b"User-agent: other\nUser-agent: fazhi\nDisallow: /\n", False),
        (b"User-agent: fazhi*\nDisallow: /\n\nUser-agent: *\nAllow: /\n", False),
        (b"User agent fa\rDisallow: /\r", False),
        (b"USER-AGENT : FAZHI # us\r\nDisallow: /\r\n", False),
        (b"User-agent: bot\nUser-agent: spider\nDisallow: /\n", True),
        (b"User-agent: bot\nDisallow: /\n\nUser-agent: *\nDisallow: /b\n", True),
        (b"User-agent: bot\n# User-agent: fazhi\nDisallow: /\n", True),
    ],
)
def test_whom_rules_are_for(text: bytes, allowed: bool) -> None:
    assert parse_rules(text).allows("http://x.example/a") == allowed


def test_a_reason_is_one_short_line_that_can_be_shown() -> None:
    reason = FetchFailed("a\x1b[31m\r\nb\u2028" + "x" * 9000).reason
    assert reason.isprintable() and reason.startswith("a [31m  b x") and len(reason) < 310
