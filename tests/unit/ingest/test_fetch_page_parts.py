"""What belongs to a page and lies elsewhere is fetched with it, else counted by its reason."""

import json

import pytest
from fake_site import FILES, Bench, Reply, listing, page, zipped
from page_forms import BINARY, PAGES, PROSE, MadePage, routes

from pipelines.ingest.content import extension
from pipelines.ingest.page_parts import MOST_PAGES
from pipelines.ingest.tally import Tally

pytest_plugins = ("site_fixture",)


def fetched(bench: Bench, made: MadePage, **fields: object) -> Tally:
    bench.site.routes = {"/list/": Reply(listing(("/p/a.html", "年度报告", "2024-01-31"))), **routes(made)}
    (tally,) = bench.fetch(bench.source(body="#zoom", **fields))
    return tally


@pytest.mark.parametrize("made", PAGES.values(), ids=PAGES)
def test_what_a_page_leads_to_is_fetched_or_its_loss_is_counted(bench: Bench, made: MadePage) -> None:
    tally = fetched(bench, made)
    assert bench.site.paths() == ["/list/", "/p/a.html", *made.parts]
    assert tally.count("failed") + tally.count("refused") == made.lost, tally.reasons()
    assert set(bench.files().values()) == {bench.site.routes["/p/a.html"].body, *made.parts.values()}  # type: ignore[union-attr]
    for sidecar in (bench.raw / "fetched").glob("*/[!.]*.meta.json"):
        said = json.loads(sidecar.read_bytes())
        assert said["page_url"] == (None if said["url"].endswith("/p/a.html") else bench.site.url("/p/a.html"))
    (again,) = bench.fetch(bench.source(body="#zoom"))
    assert again.outcomes == {"unchanged": 1 + len(made.parts)}


@pytest.mark.parametrize(("name", "data"), BINARY.items())
def test_the_archive_names_files_by_what_they_are(name: str, data: bytes) -> None:
    assert extension(data) == name.partition(".")[2]
    assert extension(zipped(other_xml=b"")) == "zip" and extension(b"\x89PNG\r\n\x1a\n") == "png"


def test_a_file_that_was_kept_under_another_ending_stays_one_file(bench: Bench) -> None:
    fetched(bench, PAGES["a file x.ofd"])
    (path,) = (bench.raw / "fetched").glob("*/*.ofd")
    path.rename(path.with_suffix(".zip"))
    bench.site.routes["/p/a.html"] = Reply(page('<div id="zoom"><a href="/files/again.ofd">附件</a></div>'))
    bench.site.routes["/files/again.ofd"] = Reply(BINARY["x.ofd"])
    bench.fetch(bench.source(body="#zoom"))
    assert sorted(name.rpartition(".")[2] for name in bench.files()) == ["html", "html", "zip"]


def test_a_text_of_endless_pages_ends(bench: Bench) -> None:
    def text(number: int) -> bytes:
        return page(f'<div id="zoom">{PROSE}{number}<a href="/p/a_{number + 1}.html">下一页</a></div>')

    parts = {f"/p/a_{number}.html": text(number) for number in range(1, MOST_PAGES + 9)}
    made = MadePage(f'{PROSE}<a href="/p/a_1.html">下一页</a>', parts)
    tally = fetched(bench, made)
    assert len(bench.files()) == MOST_PAGES + 1
    assert [problem.reason for problem in tally.problems] == [f"more than {MOST_PAGES} frames and next pages"]


def test_no_attachments_leaves_the_parts_of_the_text(bench: Bench) -> None:
    made = MadePage('<iframe src="/frame.html"></iframe><a href="/x.pdf">附件</a>', {"/frame.html": page(PROSE)})
    fetched(bench, made, attachments=())
    assert bench.site.paths() == ["/list/", "/p/a.html", "/frame.html"]
    assert FILES["report.pdf"] not in bench.files().values()
