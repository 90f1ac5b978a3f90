"""How the last fetch of each source ended is kept beside the archive, and read again whatever became of the files."""

import json
from pathlib import Path

import pytest
from fake_site import HOST, Bench, Reply, listing, page

from pipelines.ingest.last_fetch import LAST, read_last_fetches

pytest_plugins = ("site_fixture",)


def test_each_source_keeps_what_was_found_and_fetched_and_why_it_failed(bench: Bench) -> None:
    bench.site.routes = {
        "/list/": Reply(listing(("/a.html", "报告", ""), ("/gone.html", "报告", ""))),
        "/a.html": Reply(page("<p>a</p>")),
        "/closed/": Reply(status=403),
    }
    closed = bench.source(id="closed", start=bench.site.url("/closed/", "closed.example"))
    bench.fetch(bench.source(), closed)
    found, damaged = read_last_fetches(bench.raw / "fetched")
    shipu = found["shipu"]
    assert (damaged, sorted(found)) == ([], ["closed", "shipu"])
    assert (shipu.listed, shipu.pages, shipu.new, shipu.failed, shipu.is_failed) == (2, 2, 1, 1, False)
    assert shipu.reasons == (f"failed 1: status 404, at {bench.site.url('/gone.html', HOST)}",)
    assert shipu.started_at <= shipu.ended_at
    assert found["closed"].is_failed
    assert any("403" in line for line in found["closed"].reasons)


def test_the_next_fetch_takes_the_place_of_the_last_and_a_dry_run_does_not(bench: Bench) -> None:
    bench.one(Reply(page("<p>a</p>")))
    bench.site.routes = {}
    bench.fetch(bench.source(), dry_run=True)
    assert read_last_fetches(bench.raw / "fetched")[0]["shipu"].new == 1
    bench.fetch(bench.source())
    last = read_last_fetches(bench.raw / "fetched")[0]["shipu"]
    assert (last.new, last.is_failed, last.is_cut_short) == (0, True, False)
    assert len(list((bench.raw / "fetched" / LAST).iterdir())) == 1


def test_a_site_with_a_thousand_reasons_keeps_a_few_and_their_number(bench: Bench) -> None:
    links = [(f"http://host{at}.example/", "报告", "") for at in range(30)]
    bench.site.routes = {"/list/": Reply(listing(*links))}
    bench.fetch(bench.source())
    last = read_last_fetches(bench.raw / "fetched")[0]["shipu"]
    assert (last.refused, len(last.reasons), last.reasons[-1]) == (30, 21, "and 10 more reasons")


@pytest.mark.parametrize("content", ["", "{", "[1]", "{}", "null", "x" * 200_000, "\udcff"])
def test_a_damaged_file_is_one_line_and_the_others_are_read(bench: Bench, content: str) -> None:
    bench.one(Reply(page("<p>a</p>")))
    _write(bench.raw / "fetched" / LAST / "broken.json", content)
    found, damaged = read_last_fetches(bench.raw / "fetched")
    assert list(found) == ["shipu"]
    assert len(damaged) == 1
    assert "broken.json: cannot be read" in damaged[0]
    assert "\n" not in damaged[0]


def test_a_file_of_another_source_is_damaged(bench: Bench) -> None:
    bench.one(Reply(page("<p>a</p>")))
    folder = bench.raw / "fetched" / LAST
    content = json.loads((folder / "shipu.json").read_text(encoding="utf-8"))
    _write(folder / "other.json", json.dumps(content))
    assert "of the source 'shipu'" in read_last_fetches(bench.raw / "fetched")[1][0]


def test_where_nothing_was_fetched_there_is_nothing_to_read(tmp_path: Path) -> None:
    assert read_last_fetches(tmp_path) == ({}, [])


def _write(path: Path, content: str) -> None:
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
