"""The page of what is missing lists the sites by how their last fetch ended, and answers whatever the fetch left."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from release_fixture import Built
from starlette.testclient import TestClient

from pipelines.ingest.found_links import Link
from pipelines.ingest.last_fetch import LAST, keep_last_fetch
from pipelines.ingest.problems import FetchFailed
from pipelines.ingest.sources import Source
from pipelines.ingest.tally import Tally
from pipelines.settings import Settings
from pipelines.web.app import create_app

pytest_plugins = ("release_fixture",)
_SITE = '[[site]]\nid = "{0}"\nname = "{0} 镇政府"\ndivision = "330225"\nstart = "https://{0}.example/"\n'


@pytest.fixture
def client(bundled_warehouse: Built, tmp_path: Path) -> TestClient:
    """The release of the bundled reports, with a raw folder of the test's own."""
    (tmp_path / "raw").mkdir()
    settings = Settings.load(tmp_path / "raw", bundled_warehouse.folder, environ={})
    return TestClient(create_app(settings), "http://localhost")


def _fetched(
    raw: Path, name: str, *, listed: int = 3, stopped: str | None = None, failed: tuple[str, ...] = ()
) -> None:
    source = Source(id=name, name=name, division="330225", start=f"https://{name}.example/")
    tally = Tally(source, listed=listed, stopped=stopped, links=[Link("https://a.example/", "报告", None)])
    tally.outcomes["new"] = listed - len(failed)
    for reason in failed:
        tally.add(FetchFailed(reason), f"https://{name}.example/a.html")
    at = datetime(2026, 11, 28, 2, 30, tzinfo=UTC)
    keep_last_fetch(raw / "fetched", tally, at, at)


def _sources(client: TestClient) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = client.get("/missing.json").json()["sources"]
    return shown


def test_a_source_that_failed_stands_first_with_its_reasons(client: TestClient, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    (raw / "sources.toml").write_text("".join(map(_SITE.format, ("aa", "bb", "cc", "dd"))), encoding="utf-8")
    _fetched(raw, "aa")
    _fetched(raw, "bb", failed=("HTTP 404 <script>",))
    _fetched(raw, "dd", listed=0, stopped="HTTP 403")
    assert [(one["source_id"], one["state"]) for one in _sources(client)] == [
        *(("dd", "failed"), ("bb", "incomplete"), ("cc", "never"), ("aa", "complete")),
    ]
    second = _sources(client)[1]
    assert (second["name"], second["last"]["listed"], second["last"]["new"], second["last"]["failed"]) == (
        *("bb 镇政府", 3, 2, 1),
    )
    page = client.get("/missing").text
    assert "stopped: HTTP 403" in page
    assert "HTTP 404 &lt;script&gt;" in page
    assert "2026-11-28 02:30 UTC" in page
    assert "Sources whose last fetch failed" in page


def test_the_next_fetch_is_seen_without_a_restart(client: TestClient, tmp_path: Path) -> None:
    _fetched(tmp_path / "raw", "aa", listed=0, stopped="HTTP 403")
    assert [one["state"] for one in _sources(client)] == ["failed"]
    _fetched(tmp_path / "raw", "aa")
    assert [one["state"] for one in _sources(client)] == ["complete"]


def test_where_nothing_was_fetched_one_line_says_so(client: TestClient) -> None:
    answer = client.get("/missing")
    assert answer.status_code == 200
    assert answer.text.count("found no account of a fetch") == 1
    assert _sources(client) == []


def test_damage_is_one_line_each_and_the_page_answers(client: TestClient, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    _fetched(raw, "aa")
    (raw / "fetched" / LAST / "bb.json").write_text("{", encoding="utf-8")
    (raw / "sources.toml").write_text("[[site]\n", encoding="utf-8")
    said = client.get("/missing.json").json()["sources_said"]
    assert [line.split(":")[0].rpartition("/")[2] for line in said] == ["sources.toml", "bb.json"]
    page = client.get("/missing")
    assert page.status_code == 200
    assert page.text.count('class="note"') == 2
