"""A web server on loopback that behaves as local government sites do, well and badly.

Tests get it from `site_fixture`. Host names lead to it by `Site.resolve`, so that one server can be many hosts.
"""

import gzip
import io
import socket
import ssl
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pipelines.ingest.fetch import Options, fetch
from pipelines.ingest.pace import Clock
from pipelines.ingest.sources import Source
from pipelines.ingest.tally import Tally
from pipelines.settings import Settings

HOST = "shipu.example"
CONTACT = "team@fazhi.example"

# made for these tests with openssl; it vouches for nothing and guards nothing
CERTIFICATE = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg3HpBio6r+CMiLG94
nFZBagHVih2acjTfnz8qmDwsqVihRANCAATeE0asAwCCjjEmg4iJcbZyy70Z7HpZ
p1ygbIhZ0kEClH1/bwo9wkQVALx+GJCIdQui00ldwFcJiOL41zKNAmMh
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBoDCCAUegAwIBAgIUB+EZDageMOP0rcpHDulIGK6geLEwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNc2hpcHUuZXhhbXBsZTAgFw0yNjExMjIwMTI4MDJaGA8yMTI2
MTAyOTAxMjgwMlowGDEWMBQGA1UEAwwNc2hpcHUuZXhhbXBsZTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABN4TRqwDAIKOMSaDiIlxtnLLvRnselmnXKBsiFnSQQKU
fX9vCj3CRBUAvH4YkIh1C6LTSV3AVwmI4vjXMo0CYyGjbTBrMB0GA1UdDgQWBBSA
MZ+GOlutKSYvjqyBl7hcGLmdxDAfBgNVHSMEGDAWgBSAMZ+GOlutKSYvjqyBl7hc
GLmdxDAPBgNVHRMBAf8EBTADAQH/MBgGA1UdEQQRMA+CDXNoaXB1LmV4YW1wbGUw
CgYIKoZIzj0EAwIDRwAwRAIgKvmZi+jRGk6eVWRS4wh8L5CwP8ueRLLqtYqOQ981
BPwCIC5E9PN7nhsXf9l5eVxgF+gFxECqcBW4dQ1DjTRren8R
-----END CERTIFICATE-----
"""


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it; `at` is the client's clock where the test gave one."""

    host: str
    path: str
    headers: dict[str, str]
    at: float


@dataclass
class Reply:
    """An answer; `act` writes to the socket itself and is then all that is sent."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    act: Callable[[BaseHTTPRequestHandler], None] | None = None


Route = Reply | Callable[[Asked], Reply]


class SkippingClock(Clock):
    """A clock that does not wait but moves on; `waits` are the seconds that were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._skipped = 0.0

    def now(self) -> float:
        return super().now() + self._skipped

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self._skipped += seconds


class Site:
    """The server: what it answers, and what it was asked."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.asked: list[Asked] = []
        self.most_at_once: Counter[str] = Counter()
        self.clock = SkippingClock()
        self.answered: Callable[[int], None] = lambda count: None
        self._at_once: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def encrypt(self, folder: Path) -> None:
        """Speak TLS from now on, with a certificate that nobody vouches for."""
        (folder / "site.pem").write_text(CERTIFICATE, encoding="ascii")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "site.pem")
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def url(self, path: str, host: str = HOST) -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self, host: str = HOST) -> list[str]:
        """What was asked of one host, in order, but for robots.txt."""
        return [a.path for a in self.asked if a.host == f"{host}:{self.port}" and a.path != "/robots.txt"]

    def resolve(self, host: str, port: int, **kind: object) -> list[tuple]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    def begin(self, asked: Asked) -> Route:
        with self._lock:
            self.asked.append(asked)
            self._at_once[asked.host] += 1
            self.most_at_once[asked.host] = max(self.most_at_once[asked.host], self._at_once[asked.host])
        return self.routes.get(asked.path, Reply(b"nothing here", 404))

    def ready(self, asked: Asked) -> None:
        """The answer is worked out: a client that has read it may ask again before this server's thread goes on."""
        with self._lock:
            self._at_once[asked.host] -= 1

    def end(self, asked: Asked) -> None:
        self.answered(len(self.asked))


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # which keeps connections where the client wants that

        def do_GET(self) -> None:
            asked = Asked(self.headers["Host"], self.path, dict(self.headers.items()), site.clock.now())
            route = site.begin(asked)
            reply = route(asked) if callable(route) else route
            site.ready(asked)
            try:
                if reply.act:
                    self.close_connection = True
                    reply.act(self)
                else:
                    send(self, reply)
            except OSError:
                pass  # the client had enough
            finally:
                site.end(asked)

        def log_message(self, *arguments: object) -> None:
            pass

    return Handler


def send(handler: BaseHTTPRequestHandler, reply: Reply, length: int | None = None) -> None:
    """Send a reply, if need be with a Content-Length that is not true."""
    handler.send_response(reply.status)
    for name, value in ({"Content-Type": "text/html; charset=utf-8"} | reply.headers).items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(reply.body) if length is None else length))
    handler.end_headers()
    handler.wfile.write(reply.body)
    handler.wfile.flush()


def page(body: str, title: str = "石浦镇人民政府") -> bytes:
    """A page in UTF-8 with the given body."""
    html = f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head><body>{body}</body></html>'
    return html.encode()


def listing(*items: tuple[str, str, str]) -> bytes:
    """A list page of (address, title, date)."""
    rows = "".join(f'<li><a href="{url}">{title}</a><span>{day}</span></li>' for url, title, day in items)
    return page(f'<div class="nav"><a href="/">首页</a></div><ul class="list">{rows}</ul>')


def drip(handler: BaseHTTPRequestHandler) -> None:
    """A byte of the body now and then, for ever."""
    _drip(handler, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    """Headers that never come to an end."""
    _drip(handler, b"HTTP/1.1 200 OK\r\nX-Slow: ")


def _drip(handler: BaseHTTPRequestHandler, opening: bytes) -> None:
    handler.wfile.write(opening)
    for _ in range(200):
        handler.wfile.write(b"a")
        handler.wfile.flush()
        time.sleep(0.05)


def hang(handler: BaseHTTPRequestHandler) -> None:
    """Nothing at all, for too long."""
    time.sleep(1.5)


def cut(body: bytes) -> Reply:
    """Half of the body, then the connection is gone."""
    return Reply(act=lambda handler: send(handler, Reply(body[: len(body) // 2]), len(body)))


def bomb(size: int) -> Reply:
    """So many zeros in a few bytes of gzip."""
    return Reply(gzip.compress(b"<html>" + bytes(size), 1), headers={"Content-Encoding": "gzip"})


def zipped(**files: bytes) -> bytes:
    """A zip archive; `__` in a name stands for a slash, `_` for a dot."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name.replace("__", "/").replace("_", ".")), data)
    return buffer.getvalue()


FILES = {
    "report.pdf": b"%PDF-1.4\n% a report\n%%EOF\n",
    "report.docx": zipped(word__document_xml=b"<w:document/>"),
    "report.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504),
    "report.zip": zipped(report_txt="全年开展普法宣传9场".encode()),
}


@dataclass
class Bench:
    """A site and a raw folder to fetch it into, with the clock that does not wait."""

    site: Site
    raw: Path
    environ: dict[str, str]

    def source(self, **fields: object) -> Source:
        given: dict[str, object] = {"start": self.site.url("/list/"), "link": "li a", "delay": 1.0} | fields
        return Source(**({"id": "shipu", "name": "石浦镇", "division": "330225"} | given))  # type: ignore[arg-type]

    @property
    def settings(self) -> Settings:
        return Settings.load(self.raw, self.raw.parent / "warehouse", self.environ)

    def fetch(self, *sources: Source, **options: object) -> list[Tally]:
        self.site.clock = SkippingClock()
        asked = Options(**options)  # type: ignore[arg-type]
        return fetch(self.settings, sources, asked, clock=self.site.clock, resolve=self.site.resolve)

    def one(self, reply: Route, path: str = "/a.html", **fields: object) -> Tally:
        """Fetch a list with one page, which answers with `reply`."""
        self.site.routes |= {"/list/": Reply(listing((path, "年度报告", "2024-01-31"))), path: reply}
        (tally,) = self.fetch(self.source(**fields))
        return tally

    def files(self) -> dict[str, bytes]:
        """The archive: paths and bytes, without sidecars and what is hidden."""
        return {
            path.relative_to(self.raw).as_posix(): path.read_bytes()
            for path in sorted((self.raw / "fetched").glob("*/[!.]*"))
            if not path.name.endswith(".meta.json") and not path.parent.name.startswith(".")
        }
