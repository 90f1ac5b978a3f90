"""The journal of looks: what is read back from it, whatever became of the file, and what a source asks for by it."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fake_site import Bench, Reply, listing, page

from pipelines.ingest.journal import FAILED, Journal, Look

pytest_plugins = ("site_fixture",)

NOW = datetime(2026, 11, 29, 2, tzinfo=UTC)
LOOK = Look("http://x.example/1", NOW, "new", title="报告", listed_on=date(2024, 1, 31), is_open=True)


def test_what_is_noted_is_read_back_and_failures_are_counted(tmp_path: Path) -> None:
    path = tmp_path / ".journal" / "x.jsonl"
    journal = Journal(path)
    assert not path.exists() and journal.look("1") is None
    journal.note("1", LOOK)
    for _ in range(3):
        journal.note("2", Look("http://x.example/2", NOW, FAILED, reason="status 404", page="1"))
    with path.open("a", encoding="utf-8") as stream:
        stream.write('{"key": "3", "url": "http://x.exa')
    again = Journal(path)
    assert again.look("1") == LOOK and again.look("3") is None
    assert (again.look("2").failures, again.look("2").is_unread) == (3, True)  # type: ignore[union-attr]
    assert [key for key, _ in again.pages()] == ["1"]
    again.close("1")
    again.note("2", Look("http://x.example/2", NOW, "unchanged", page="1"))
    again.note_list(NOW, NOW)
    last = Journal(path)
    assert not last.look("1").is_open and last.look("2").failures == 0  # type: ignore[union-attr]
    assert (last.list_at, last.whole_at) == (NOW, NOW)


@pytest.mark.parametrize(
    "damage",
    [
        {"at": 7},
        {"at": None},
        {"at": "2026-11-29T02:00:00"},
        {"url": []},
        {"outcome": 1},
        {"failures": "many"},
        {"listed_on": "soon"},
        {"listed_on": 7},
        {"page": {}},
        {"key": ["1"]},
        {"list_at": "soon", "whole_at": None},
    ],
)
def test_a_line_that_is_damaged_is_left_out(tmp_path: Path, damage: dict[str, object]) -> None:
    path = tmp_path / "x.jsonl"
    Journal(path).note("1", LOOK)
    line = json.loads(path.read_text(encoding="utf-8")) | damage
    path.write_text(f"[]\nnull\n{json.dumps(line)}\n", encoding="utf-8")
    journal = Journal(path)
    assert list(journal.pages()) == [] and journal.list_at is None
    journal.note("1", LOOK)
    assert Journal(path).look("1") == LOOK


def test_a_journal_of_many_nights_stays_as_long_as_it_must(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    for night in range(40):
        journal = Journal(path)
        for n in range(10):
            journal.note(str(n), Look(f"http://x.example/{n}", NOW + timedelta(days=night), "unchanged"))
        journal.note_list(NOW + timedelta(days=night), None)
        journal.tidy()
    assert len(path.read_bytes().split()) < 700
    last = Journal(path)
    assert len(list(last.pages())) == 10 and last.look("7").at == last.list_at == NOW + timedelta(days=39)  # type: ignore[union-attr]


# --- what a source asks for


def town(bench: Bench, *days: str) -> None:
    """A list of pages of these days, ten a list page."""
    rows = [(f"/{n}.html", f"第{n}号报告", day) for n, day in enumerate(days)]
    parts = [rows[at : at + 10] for at in range(0, len(rows), 10)]
    names = ["/list/", *(f"/list/?{n}" for n in range(2, len(parts) + 1))]
    bench.site.routes |= {name: Reply(listing(*part)) for name, part in zip(names, parts, strict=True)}
    bench.site.routes |= {path: Reply(page(f"<p>{title}</p>")) for path, title, _ in rows}


def test_known_pages_are_asked_for_when_they_are_due_and_new_ones_at_once(bench: Bench) -> None:
    today = datetime.now(UTC).date()
    old, young = (today - timedelta(days=days) for days in (1000, 3))
    town(bench, str(young), str(old), str(old))
    bench.days = 1
    asked = []
    for _ in range(4):
        bench.site.asked.clear()
        (tally,) = bench.fetch(bench.source())
        asked.append([path for path in bench.site.paths() if path != "/list/"])
    assert asked == [["/0.html", "/1.html", "/2.html"], ["/0.html"], ["/0.html"], ["/0.html"]]
    assert (tally.listed, tally.pages, tally.resting, tally.waiting) == (3, 1, 2, 0)
    bench.days = 0
    assert bench.fetch(bench.source(), ask_all=True)[0].outcomes == {"unchanged": 3}


def test_the_list_is_read_as_far_as_it_has_something_new_and_to_its_end_now_and_then(bench: Bench) -> None:
    town(bench, *["2023-01-31"] * 50)
    bench.days, source = 1, bench.source(pages="?{n}", first_page=2, max_pages=5)
    read = []
    for night in range(20):
        if night == 3:
            town(bench, *["2023-01-31"] * 50)
            bench.site.routes["/list/"] = Reply(listing(*((f"/new{n}.html", "新", "2026-11-28") for n in range(10))))
            bench.site.routes |= {f"/new{n}.html": Reply(page(f"<p>新{n}</p>")) for n in range(10)}
        bench.site.asked.clear()
        (tally,) = bench.fetch(source)
        read.append(sum(path.startswith("/list/") for path in bench.site.paths()))
        assert tally.is_partial == (read[-1] < 5)
        assert tally.listed == 10 * read[-1]
    assert read[:4] == [5, 1, 1, 2] and read.count(5) == 2
    assert len(bench.files()) == 60


def test_a_list_of_one_page_is_held_against_its_minimum_each_night(bench: Bench) -> None:
    town(bench, *["2023-01-31"] * 4)
    bench.days = 1
    failed = [bench.fetch(bench.source(min_documents=least))[0].is_failed for least in (4, 4, 5)]
    assert failed == [False, False, True]


def test_a_list_whose_new_pages_were_not_all_reached_is_read_to_its_end_the_next_night(bench: Bench) -> None:
    town(bench, *["2023-01-31"] * 20)
    source, bench.days = bench.source(pages="?{n}", first_page=2, max_pages=2, max_links=12), 1
    assert bench.fetch(source)[0].waiting == 8
    assert bench.fetch(source)[0].waiting == 0 and len(bench.files()) == 20


def test_a_page_that_is_gone_from_the_list_is_looked_at_all_the_same(bench: Bench) -> None:
    town(bench, "2023-01-31", "2023-01-31")
    bench.fetch(bench.source())
    bench.site.routes["/list/"] = Reply(listing(("/0.html", "第0号报告", "")))
    bench.site.routes["/1.html"] = Reply(page("<p>更正</p>"))
    assert bench.fetch(bench.source())[0].outcomes == {"unchanged": 1, "changed": 1}
    bench.site.routes["/1.html"] = Reply(page("<p>又更正</p>"))
    other = bench.source(title_words=("第0号",))
    assert bench.fetch(other)[0].outcomes == {"unchanged": 1}  # the source no longer wants it


def test_a_failure_that_is_not_due_is_told_with_its_reason(bench: Bench) -> None:
    town(bench, "2023-01-31")
    bench.site.routes["/0.html"], bench.days = Reply(status=404), 1
    lines = [bench.fetch(bench.source())[0].reasons() for _ in range(3)]
    url = bench.site.url("/0.html")
    assert lines[0] == lines[1] == [f"failed 1: status 404, at {url}"]
    assert lines[2] == [f"failed 1: status 404 (when last asked for; it is not due), at {url}"]


def test_a_file_that_failed_is_asked_for_again_although_its_page_is_not_due(bench: Bench) -> None:
    town(bench, "2020-01-31")
    bench.site.routes |= {"/0.html": Reply(page('<a href="/a.pdf">附件</a>')), "/a.pdf": Reply(status=400)}
    bench.days = 1
    assert bench.fetch(bench.source())[0].outcomes == {"new": 1}
    bench.site.routes["/a.pdf"] = Reply(b"%PDF-1.4 report")
    bench.site.asked.clear()
    (tally,) = bench.fetch(bench.source())
    assert bench.site.paths() == ["/list/", "/a.pdf"] and tally.outcomes == {"new": 1}
    bench.site.asked.clear()
    bench.fetch(bench.source())
    assert bench.site.paths() == ["/list/"]


def test_without_its_journal_an_archive_is_asked_for_what_is_due_by_the_sidecars(bench: Bench) -> None:
    town(bench, "2020-01-31", "2020-01-31")
    bench.days = 1
    bench.fetch(bench.source())
    for path in (bench.raw / "fetched" / ".journal").iterdir():
        path.unlink()
    bench.site.asked.clear()
    (tally,) = bench.fetch(bench.source())
    assert bench.site.paths() == ["/list/"] and (tally.resting, tally.problems) == (2, [])
    bench.days = 0
    bench.ahead += timedelta(days=100)
    assert bench.fetch(bench.source())[0].outcomes == {"unchanged": 2}


def test_a_clock_that_was_years_ahead_costs_no_page_its_looks(bench: Bench) -> None:
    town(bench, "2020-01-31")
    bench.ahead, bench.days = timedelta(days=9000), 0
    bench.fetch(bench.source())
    bench.ahead, bench.days = timedelta(), 1
    assert bench.fetch(bench.source())[0].outcomes == {"unchanged": 1}
    assert bench.fetch(bench.source())[0].outcomes == {}
