"""The workbench in a real browser: a warehouse, a server of its own, and Chromium, which watches each page.

`make test-web` runs these; `make test` does not. Without playwright and a Chromium they are skipped. The browser is
that of the system (`FAZHI_CHROMIUM` names another), so that nothing is downloaded.
"""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hostile_report import HOSTILE_NAME, HOSTILE_TEXT, hostile_meta

from benchmarks.browser import ARGUMENTS, MISSING, chromium_path, served
from pipelines.ingest.last_fetch import keep_last_fetch
from pipelines.ingest.problems import FetchFailed
from pipelines.ingest.sources import Source
from pipelines.ingest.tally import Tally
from pipelines.paths import FETCHED, PROJECT_ROOT
from pipelines.web.county_map import MAP
from pipelines.web.map_making import write_map

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

UNIT = "510921105"  # 天福镇 of the bundled reports


@dataclass
class Archive:
    """A raw folder and the warehouse that is built from it."""

    raw: Path
    warehouse: Path

    def run(self) -> None:
        """Build the warehouse as `make run` does."""
        command = [sys.executable, "-m", "pipelines", "run", "--raw", str(self.raw), "--warehouse", str(self.warehouse)]
        done = subprocess.run(command, env=self.environ(), cwd=PROJECT_ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    def environ(self) -> dict[str, str]:
        """The environment without the caller's settings. The exports have their own tests."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("FAZHI_", "DAGSTER_"))}
        return {**kept, "FAZHI_EXPORTS": "parquet"}


@dataclass
class Watched:
    """What a browser page did that no page of the workbench may do. `root` is the address of the server."""

    page: "Page"
    root: str
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: (self.wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("request", self._request)
        self.page.on("popup", lambda page: self.wrong.append(f"window: {page.url}"))

    def open(self, path: str) -> "Page":
        """The page at `path` when htmx has come to rest."""
        answer = self.page.goto(self.root + path, wait_until="load")
        assert answer is not None and answer.status == 200, f"{path}: {answer and answer.status}"
        return self.page

    def _console(self, message: "ConsoleMessage") -> None:
        # A violation of the security policy is an error on the console too.
        if message.type in ("error", "warning"):
            self.wrong.append(f"{message.type}: {message.text}")

    def _request(self, request: "Request") -> None:
        if not request.url.startswith((self.root, "data:", "blob:")):
            self.wrong.append(f"request: {request.url}")


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed; run `make test-web`")
    path = chromium_path()
    if path is None:
        pytest.skip(MISSING)
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def archive(chromium: "Browser", tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """The bundled reports and a hostile one, built. Without a browser nothing is built."""
    folder = tmp_path_factory.mktemp("web")
    shutil.copytree(PROJECT_ROOT / "raw", folder / "raw")
    reports = folder / "raw" / "reports"
    (reports / HOSTILE_NAME).write_text(HOSTILE_TEXT, encoding="utf-8")
    meta = json.dumps(hostile_meta(), ensure_ascii=False)
    (reports / HOSTILE_NAME).with_suffix(".meta.json").write_text(meta, encoding="utf-8")
    archive = Archive(folder / "raw", folder / "warehouse")
    archive.run()
    _keep_a_failed_fetch(archive.raw)
    return archive


def _keep_a_failed_fetch(raw: Path) -> None:
    """A site that failed and said hostile things, for the page of what is missing."""
    tally = Tally(Source(id="shipu", name="石浦镇", division="330225", start="https://shipu.example/"), listed=3)
    tally.add(FetchFailed("status <img src=x onerror=alert(1)>"), f"https://shipu.example/{'long' * 50}.html")
    tally.stopped = "status 403"
    now = datetime.now(UTC)
    keep_last_fetch(raw / FETCHED, tally, now, now)


@pytest.fixture(scope="session")
def workbench(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    square = [[[105.5, 30.5], [106.0, 30.5], [106.0, 31.0], [105.5, 31.0], [105.5, 30.5]]]
    county = {
        "type": "Feature",
        "properties": {"adcode": 510921},
        "geometry": {"type": "Polygon", "coordinates": square},
    }
    source = tmp_path_factory.mktemp("map") / "counties.geojson"
    source.write_text(json.dumps({"type": "FeatureCollection", "features": [county]}), encoding="utf-8")
    write_map(source, archive.warehouse / MAP)
    with served(archive.raw, archive.warehouse, archive.environ()) as root:
        yield root


Opener = Callable[..., Watched]


@pytest.fixture
def opener(chromium: "Browser", workbench: str) -> Iterator[Opener]:
    """Opens further pages, each in a browser of its own unless `beside` is given; nothing may have gone wrong."""
    opened: list[Watched] = []

    def open_one(width: int = 1300, beside: Watched | None = None) -> Watched:
        size = {"width": width, "height": 900}
        context = beside.page.context if beside else chromium.new_context(viewport=size, locale="zh-CN")
        opened.append(Watched(context.new_page(), workbench))
        return opened[-1]

    yield open_one
    wrong = [one for watched in opened for one in watched.wrong]
    for watched in opened:
        watched.page.context.close()
    assert wrong == []


@pytest.fixture
def watched(opener: Opener) -> Watched:
    """One page of a desktop's width."""
    return opener()


def asked(root: str, path: str) -> dict[str, object]:
    """The JSON of a page."""
    with urllib.request.urlopen(root + path, timeout=30) as answer:
        found: dict[str, object] = json.load(answer)
    return found
