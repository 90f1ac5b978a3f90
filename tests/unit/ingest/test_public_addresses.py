"""Which addresses the fetcher connects to: none inside a network, however it is written and whenever the name moves."""

import ipaddress
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpcore2
import pytest
from fake_site import HOST, Bench, Reply, listing, page
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ingest import transport
from pipelines.ingest.transport import GuardedBackend, is_public

pytest_plugins = ("site_fixture",)

REPORT = page("<p>全镇组织干部学法12场。</p>")
OUTSIDE = "127.0.0.2"  # on loopback too, but the tests below let it pass for a public address
_GLOBAL = 0x2606_4700 << 96  # a prefix of a public network, for interfaces of ISATAP


def embeddings(ip: ipaddress.IPv4Address) -> dict[str, int]:
    """Every known way to write an IPv4 address into an IPv6 one."""
    inner = int(ip)
    return {
        "mapped": 0xFFFF << 32 | inner,
        "compatible": inner,
        "translated": 0xFFFF << 48 | inner,
        "NAT64": 0x64FF9B << 96 | inner,
        "local NAT64": 0x64FF9B0001 << 80 | inner,
        "6to4": 0x2002 << 112 | inner << 80,
        "Teredo server": 0x20010000 << 96 | inner << 64,
        "Teredo client": 0x20010000 << 96 | 0x08080808 << 64 | (inner ^ 0xFFFFFFFF),
        "ISATAP": _GLOBAL | 0x5EFE << 32 | inner,
        "ISATAP of a global": _GLOBAL | 0x02005EFE << 32 | inner,
    }


INSIDE = st.sampled_from(
    [
        *("10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"),
        *("0.0.0.0/8", "198.18.0.0/15", "192.0.2.0/24", "240.0.0.0/4"),
    ]
).flatmap(lambda network: st.ip_addresses(v=4, network=network))


@given(INSIDE)
def test_no_way_of_writing_a_private_address_is_public(ip: ipaddress.IPv4Address) -> None:
    assert not is_public(str(ip))
    written = embeddings(ip)
    assert [name for name, number in written.items() if is_public(str(ipaddress.IPv6Address(number)))] == []


@given(st.ip_addresses())
def test_what_is_public_is_global_for_the_standard_library_too(ip: ipaddress.IPv4Address) -> None:
    if is_public(str(ip)):
        assert ip.is_global and not ip.is_multicast


@given(st.ip_addresses(v=4).filter(lambda ip: ip.is_global and not ip.is_multicast))
def test_a_public_address_stays_public_where_it_is_translated(ip: ipaddress.IPv4Address) -> None:
    written = embeddings(ip)
    assert is_public(str(ip))
    for name in ("NAT64", "6to4"):
        assert is_public(str(ipaddress.IPv6Address(written[name])))


@pytest.mark.parametrize(
    "address",
    [
        *("fec0::1", "feff::1", "::127.0.0.1", "64:ff9b:1::1", "64:ff9b:1:ffff::808:808", "::ffff:0:127.0.0.1"),
        *("::ffff:0:10.0.0.1", "64:ff9b::10.0.0.1", "2002:a00:1::", "2001:0:7f00:1::", "3fff::1", "2001:db8::1"),
        *("2606:4700::5efe:10.0.0.1", "::", "ff0e::1", "fe80::1%eth0", "::ffff:127.0.0.1%1", "not an address", ""),
    ],
)
def test_addresses_that_were_taken_for_public_or_are_none(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "2400:3200::1", "240e:b2:e401:4::7"])
def test_addresses_of_the_open_internet(address: str) -> None:
    assert is_public(address)


# --- a name that moves between two looks


@pytest.fixture
def outside(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A second server at OUTSIDE with the port of the site; what it was asked. Private addresses are refused."""
    asked: list[str] = []
    answers = {"/list/": listing(("/a.html", "年度报告", "2024-01-31")), "/a.html": REPORT}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200 if self.path in answers else 404)
            self.end_headers()
            self.wfile.write(answers.get(self.path, b""))

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer((OUTSIDE, bench.site.port), Handler)
    server.handle_error = lambda request, client: None  # type: ignore[method-assign]  # clients hang up
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    bench.environ["FAZHI_FETCH_PRIVATE"] = "0"
    monkeypatch.setattr(transport, "is_public", lambda address: address == OUTSIDE)
    bench.site.routes = {"/list/": Reply(listing(("/secret", "内部", ""))), "/a.html": Reply(page("secret"))}
    yield asked
    server.shutdown()
    server.server_close()


def moving(*answers: tuple[str, ...]) -> tuple[object, list[str]]:
    """A resolver that gives one answer after the other and stays with the last; the names that it was asked for."""
    looked: list[str] = []

    def resolve(host: str, port: int, *others: object, **kind: object) -> list[tuple]:
        if host in (OUTSIDE, "127.0.0.1"):  # an address needs no look
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        looked.append(host)
        found = answers[min(len(looked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    return resolve, looked


@pytest.mark.parametrize("before", [1, 2, 3])
def test_a_name_that_moves_inside_after_it_was_checked_leads_nowhere(
    bench: Bench, outside: list[str], monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    resolve, looked = moving(*[(OUTSIDE,)] * before, ("127.0.0.1",))
    bench.site.resolve = resolve  # type: ignore[method-assign, assignment]
    monkeypatch.setattr(socket, "getaddrinfo", resolve)  # a second look by any library would get the second answer
    (tally,) = bench.fetch(bench.source())
    assert bench.site.asked == []  # the server inside
    assert outside == ["/robots.txt", "/list/", "/a.html"][:before]
    if before < 3:
        assert "leads to the private address 127.0.0.1" in tally.problems[0].reason
    else:
        assert list(bench.files().values()) == [REPORT]
    assert looked == [HOST] * min(before + 1, 3)  # one look for each connection: it goes where was checked


@pytest.mark.parametrize("found", [(OUTSIDE, "127.0.0.1"), ("127.0.0.1", OUTSIDE)])
def test_a_name_with_a_public_and_a_private_address_is_refused(
    bench: Bench, outside: list[str], found: tuple[str, str]
) -> None:
    bench.site.resolve, _ = moving(found)  # type: ignore[method-assign, assignment]
    (tally,) = bench.fetch(bench.source())
    assert bench.site.asked == [] and outside == []
    assert "leads to the private address 127.0.0.1" in tally.problems[0].reason


def test_a_name_with_thousands_of_dead_addresses_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[tuple[str, float]] = []

    def connect(address: str, port: int, timeout: float, *others: object) -> None:
        tried.append((address, timeout))
        raise httpcore2.ConnectTimeout

    found = [(socket.AF_INET, 1, 6, "", (f"1.1.{n // 250}.{n % 250}", 80)) for n in range(5000)]
    backend = GuardedBackend(60, False, lambda *name, **kind: found)
    monkeypatch.setattr(backend._plain, "connect_tcp", connect)
    with pytest.raises(httpcore2.ConnectTimeout):
        backend.connect_tcp(HOST, 80, 5)
    assert len(tried) == 8 and all(timeout <= 5 for _, timeout in tried)
