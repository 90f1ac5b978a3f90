"""Measure the workbench, page by page, with 1 client and with 8, and write docs/web-benchmark.md.

    python -m benchmarks.web [--warehouse warehouse-example] [--each 40] [--seed 1] [--page docs/web-benchmark.md]

The server is `fazhi web --read-only` in a process of its own. The addresses are drawn from the release: units, figures,
reports, indicators and counties, so that no page is asked for twice by one client. Beside them stand two yardsticks of
the same run: a file of the server that never changes, and a fixed piece of arithmetic. They tell a slow page from a
machine that is busy. The time that the server's own threads spent on a page needs no yardstick.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from random import Random
from statistics import median, quantiles
from urllib.parse import quote, urlencode

from benchmarks.bench import machine
from benchmarks.processes import ROOT, environment, held_bytes
from pipelines.report.doc_blocks import markdown_rows
from pipelines.settings import Settings
from pipelines.web.county_map import MAP
from pipelines.web.open_release import CurrentRelease, OpenRelease
from pipelines.web.page_list import PAGES
from pipelines.web.page_queries import PageQuery
from pipelines.web.page_view import WebPage
from pipelines.web.pages.search import search_index
from pipelines.web.site_pages import site_pages

PAGE = ROOT / "docs" / "web-benchmark.md"
CLIENTS = 8
_READ, _PAUSE = 60, 1.0  # pages of each reader, and seconds that one is looked at, on average
RATE = 37.0  # report pages a second, all clients together
P50, P95, MEMORY = 50.0, 200.0, 500.0  # milliseconds and megabytes: what the workbench promises
YARDSTICK = "a file (static/app.css)"
_START = 60.0  # seconds until a server must answer
_NUMBERS = PageQuery(
    "SELECT report_id, any_value(number_start) AS at FROM fact_indicator "
    "WHERE list_contains($reports::VARCHAR[], report_id) GROUP BY report_id",
    frozenset({"reports"}),
)


class WebBenchmarkError(RuntimeError):
    """The workbench did not answer. The message says what was asked for."""


@dataclass
class Timings:
    """The milliseconds of each answer by the kind of its page, and those of the server's threads for one answer."""

    waits: dict[str, list[float]] = field(default_factory=dict)
    work: dict[str, float] = field(default_factory=dict)

    def add(self, other: Mapping[str, Sequence[float]]) -> None:
        """Take in what one client saw."""
        for kind, waits in other.items():
            self.waits.setdefault(kind, []).extend(waits)

    def add_all(self, lists: Sequence[Sequence[tuple[str, str]]], port: int, pause: float = 0.0) -> None:
        """Take in what clients see that ask at the same time, each for the pages of one list."""
        with ThreadPoolExecutor(len(lists)) as clients:
            for waits in clients.map(partial(ask, port, pause=pause), lists):
                self.add(waits)


def addresses(release: OpenRelease, each: int, rng: Random) -> dict[str, list[str]]:
    """At most `each` addresses of every kind of page that the workbench has."""
    known: dict[str, list[Mapping[str, str]]] = {}
    for one in site_pages(release, None):
        known.setdefault(one.name, []).append(one.parameters)
    drawn = {name: rng.sample(found, min(each, len(found))) for name, found in known.items()}
    entries = [one for one in search_index(release).entries if one.kind == "unit"]
    words = [rng.choice(one.names) for one in rng.sample(entries, min(each, len(entries)))]
    reports = [one["report"] for one in drawn.get("report", [])]
    numbers = release.ask(_NUMBERS, {"reports": reports})
    found = {page.name: _of(page, drawn.get(page.name, [{}])) for page in PAGES if page.is_document}
    return {
        YARDSTICK: ["/static/app.css"] * each,
        **{name: asked for name, asked in found.items() if asked},
        "report with a card": [f"/report/{row['report_id']}?at={row['at']}" for row in numbers],
        "unit as JSON": [f"/unit/{one['code']}.json" for one in drawn.get("unit", [])],
        "search, as one types": [f"/search/answers?q={quote(word)}" for word in words],
    }


def _of(page: WebPage, drawn: Iterable[Mapping[str, str]]) -> list[str]:
    """The addresses of a page; none where it needs a parameter that nobody knows."""
    found = []
    for parameters in drawn:
        path, others = page.path, dict(parameters)
        for name in parameters:
            if f"{{{name}}}" in path:
                path = path.replace(f"{{{name}}}", quote(others.pop(name), safe=""))
        if "{" not in path:
            found.append(f"{path}?{urlencode(others)}" if others else path)
    return found


def ask(port: int, asked: Iterable[tuple[str, str]], pause: float = 0.0) -> dict[str, list[float]]:
    """Ask for one address after the other on one connection; milliseconds to the last byte, by kind.

    `pause` is how many seconds the reader looks at a page, on average.
    """
    rng = Random(pause)
    waits: dict[str, list[float]] = {}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for kind, address in asked:
            time.sleep(rng.uniform(0, 2 * pause))
            began = time.perf_counter()
            connection.request("GET", address, headers={"accept-encoding": "gzip"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise WebBenchmarkError(f"{address} was answered with status {answer.status}, expected 200")
            waits.setdefault(kind, []).append((time.perf_counter() - began) * 1000)
    return waits


@dataclass
class Measured:
    """What one client waits for, what eight readers do, and what eight do that never pause.

    `held` is the most memory of the server in bytes, `rate` the report pages a second of the eight that never pause.
    """

    alone: Timings = field(default_factory=Timings)
    readers: Timings = field(default_factory=Timings)
    together: Timings = field(default_factory=Timings)
    held: int = 0
    rate: float = 0.0


def measure(port: int, pid: int, found: Mapping[str, Sequence[str]], rng: Random) -> Measured:
    """Ask for all pages by one client, then by eight."""
    measured = Measured()
    alone = measured.alone
    for kind, asked in found.items():
        ask(port, [(kind, asked[0])])  # what is worked out once for a release is worked out here
        began = _worked(pid)
        alone.add(ask(port, [(kind, address) for address in asked]))
        alone.work[kind] = (_worked(pid) - began) / len(asked)
    kinds = list(found)
    drawn = [[(kind, rng.choice(found[kind])) for kind in rng.choices(kinds, k=_READ)] for _ in range(CLIENTS)]
    measured.readers.add_all(drawn, port, _PAUSE)
    mixed = [(kind, address) for kind in kinds for address in found[kind][: max(1, len(found[kind]) // 2)]]
    measured.together.add_all([rng.sample(mixed, len(mixed)) for _ in range(CLIENTS)], port)
    measured.rate = reports_a_second(port, found["report"], rng)
    measured.held = held_bytes(pid)
    return measured


def reports_a_second(port: int, asked: Sequence[str], rng: Random) -> float:
    """How many report pages eight clients get in a second, each of which asks for the next as soon as it has one."""
    lists = [[("report", address) for address in rng.sample(asked, len(asked))] for _ in range(CLIENTS)]
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = sum(len(waits["report"]) for waits in clients.map(lambda one: ask(port, one), lists))
    return answers / (time.perf_counter() - began)


def _worked(pid: int) -> float:
    """The milliseconds of processor time that a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") * 1000


def arithmetic() -> tuple[float, float]:
    """A fixed piece of arithmetic: milliseconds by the clock, and of the processor. Far apart on a busy machine."""
    began, worked = time.perf_counter(), time.process_time()
    hashlib.pbkdf2_hmac("sha256", b"fazhi", b"yardstick", 200_000)
    return (time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000


def _spent(times: tuple[float, float]) -> str:
    return f"{times[0]:.0f} ms by the clock ({times[1]:.0f} ms of a processor)"


def serve(warehouse: Path, raw: Path, port: int) -> subprocess.Popen[bytes]:
    """Start the workbench, and wait until it answers."""
    command = [sys.executable, "-m", "pipelines", "web", "--read-only", "--port", str(port)]
    env = {**environment(warehouse / ".dagster"), "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen([*command, "--warehouse", str(warehouse), "--raw", str(raw)], cwd=ROOT, env=env)
    end = time.monotonic() + _START
    while time.monotonic() < end and server.poll() is None:
        try:
            ask(port, [("start", "/")])
        except OSError:
            time.sleep(0.2)
        else:
            return server
    server.kill()
    raise WebBenchmarkError(f"the workbench on {warehouse} did not answer within {_START:.0f} seconds")


def _percentiles(waits: Sequence[float]) -> tuple[float, float]:
    return median(waits), quantiles(waits, n=20, method="inclusive")[-1] if len(waits) > 1 else waits[0]


def report(facts: Sequence[str], measured: Measured) -> tuple[str, list[str]]:
    """The page as Markdown, and a line for each bar that was missed."""
    rows, missed = [], []
    for kind, waits in measured.alone.waits.items():
        columns = [_percentiles(waits)]
        columns += [_percentiles(other.waits.get(kind) or [0.0]) for other in (measured.readers, measured.together)]
        cells = [f"{value:.1f}" for value in (measured.alone.work[kind], *chain.from_iterable(columns))]
        rows.append((kind, str(len(waits)), *cells))
        for who, (p50, p95) in zip(("one client", f"{CLIENTS} readers"), columns, strict=False):
            if p50 > P50 or p95 > P95:
                missed.append(
                    f"{kind}, {who}: p50 {p50:.0f} ms, p95 {p95:.0f} ms; at most {P50:.0f} and {P95:.0f} are promised"
                )
    megabytes, rate = measured.held / 1_000_000, measured.rate
    if megabytes > MEMORY:
        missed.append(f"the server held {megabytes:.0f} MB; at most {MEMORY:.0f} MB are promised")
    if rate < RATE:
        missed.append(f"{CLIENTS} clients got {rate:.0f} report pages a second; {RATE:.0f} are promised")
    heads = ["page", "asked", "processor, ms", "p50, ms", "p95, ms"]
    heads += [f"{part} of {CLIENTS}{who}" for who in (" readers", "") for part in ("p50", "p95")]
    bars = "\n".join(f"- {line}" for line in missed) or "All were met."
    text = f"""# How fast the workbench answers

`make bench-web` writes this page (benchmarks/web.py). The bars: half of all answers within {P50:.0f} ms, 95 % within
{P95:.0f} ms, at most {MEMORY:.0f} MB of memory, and {RATE:.0f} report pages a second for {CLIENTS} clients.

{chr(10).join(f"- {fact}" for fact in facts)}
- The server held {megabytes:.0f} MB at most.
- {CLIENTS} clients, each of which asks for the next page as soon as it has one, got {rate:.0f} report pages a second.

The first columns are those of one client. {CLIENTS} readers ask at the same time, each for {_READ} pages of all kinds,
and look at each for {_PAUSE:.0f} s on average. The last two columns are those of {CLIENTS} clients that never pause.
They show what the server can do and not what people wait for: each request waits for seven others. The clients work on
the processors of the server. *Processor* is what the server's own threads needed for an answer; where a wait is many
times as long, the machine was busy with something else.

{markdown_rows(heads, rows)}

## Bars that were missed

Those of the waits are held with one client and with {CLIENTS} readers.

{bars}
"""
    return text, missed


def main() -> None:
    """Measure and write the page. The exit code is 1 where a bar was missed."""
    parser = argparse.ArgumentParser(description="Measure the pages of the workbench.")
    parser.add_argument("--warehouse", type=Path, default=ROOT / "warehouse-example", help="the larger the better")
    parser.add_argument("--raw", type=Path, help="raw folder (default: raw/ in the warehouse folder)")
    parser.add_argument("--each", type=int, default=40, help="addresses of each kind of page (default 40)")
    parser.add_argument("--seed", type=int, default=1, help="seed of what is drawn (default 1)")
    parser.add_argument("--page", type=Path, default=PAGE, help="where to write (default docs/web-benchmark.md)")
    arguments = parser.parse_args()
    warehouse, rng = arguments.warehouse.resolve(), Random(arguments.seed)
    if not (warehouse / "fazhi.duckdb").is_file():
        parser.error(f"there is no release in {warehouse}; run `make example`, or give --warehouse")
    raw = (arguments.raw or warehouse / "raw").resolve()
    with closing(CurrentRelease(Settings.load(raw, warehouse))) as reader, reader.using() as release:
        found = addresses(release, arguments.each, rng)
        if not (warehouse / MAP).is_file():
            found.pop("map")  # without boundaries of the user's own there is no such page
        size = release.ask(PageQuery("SELECT n_files, n_facts FROM release", frozenset()), {})[0]
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    before = arithmetic()
    server = serve(warehouse, raw, port)
    try:
        measured = measure(port, server.pid, found, rng)
    finally:
        server.terminate()
        server.wait()
    after = arithmetic()
    facts = [
        f"{machine()}",
        f"A release of {size['n_files']:,} reports and {size['n_facts']:,} facts.",
        f"The yardstick of arithmetic took {_spent(before)} before the pages, and {_spent(after)} after them.",
    ]
    text, missed = report(facts, measured)
    arguments.page.write_text(text, encoding="utf-8")
    print(text)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
