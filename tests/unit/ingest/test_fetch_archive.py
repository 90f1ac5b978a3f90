"""The archive of fetched bytes: whole files at any crash, resuming, and 20 kills in the middle of a real fetch."""

import itertools
import json
import os
import random
import signal
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from fake_site import FILES, Asked, Bench, Reply, Site, listing, page
from killed_fetch import Forker, kill_at, whole

from pipelines.ingest import archive as archive_module
from pipelines.ingest.archive import Archive, ArchiveBusy, Sighting, locked
from pipelines.ingest.inventory import inventory
from pipelines.ingest.journal import Journal
from pipelines.ingest.problems import FetchInterrupted
from pipelines.ingest.sidecar import read_sidecar

pytest_plugins = ("site_fixture",)

KILLS = 20
PAGES = 40  # on each of two hosts
LISTS = 8  # requests of a run for robots.txt and lists
SEEN = Sighting("http://x.example/a", "http://x.example/a", 200, {}, "2024-01-31T00:00:00+00:00", "x", "甲", None)


class Crash(BaseException):
    """The power went off."""


def test_a_crash_at_any_step_of_writing_leaves_whole_files_and_the_next_try_ends_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, again = page("报告"), replace(SEEN, url="http://x.example/b")
    expected = Archive(tmp_path / "expected")
    expected.keep(SEEN, data)
    expected.keep(again, data)
    steps = crashes = 0
    while crashes == steps:
        folder = tmp_path / str(steps)
        with monkeypatch.context() as patch:
            crash_after(patch, steps)
            try:
                Archive(folder).keep(SEEN, data)
                Archive(folder).keep(again, data)
            except Crash:
                crashes += 1
        steps += 1
        whole(folder)
        with locked(folder):
            kept = Archive(folder)
            for sighting in (SEEN, again):
                if kept.current(sighting.url) is None:
                    kept.keep(sighting, data)
        assert whole(folder) == whole(tmp_path / "expected")
        assert not list(folder.glob("*/.*.tmp"))
    assert crashes >= 12


def crash_after(patch: pytest.MonkeyPatch, steps: int) -> None:
    """Let the process "die" before step `steps` of those that touch the disk."""
    left = [steps]

    def dying(step: Callable) -> Callable:
        def call(*arguments: object, **options: object) -> object:
            if left[0] == 0:
                raise Crash
            left[0] -= 1
            return step(*arguments, **options)

        return call

    for name in ("fchmod", "fsync", "open"):
        patch.setattr(archive_module.os, name, dying(getattr(os, name)))
    patch.setattr(Path, "replace", dying(Path.replace))


def test_two_processes_do_not_write_at_once_and_leftovers_are_cleared_away(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(ArchiveBusy, match="wait until"), locked(tmp_path):
        pass
    (tmp_path / "x.example").mkdir()
    (tmp_path / "x.example" / ".half.html.tmp").touch()
    with locked(tmp_path):
        assert list((tmp_path / "x.example").iterdir()) == []


def test_a_broken_sidecar_is_made_anew(tmp_path: Path) -> None:
    Archive(tmp_path).keep(SEEN, b"text")
    (sidecar,) = tmp_path.glob("*/*.meta.json")
    for broken in (b"", b"[]", b'{"sha256": "0"}', b'{"seen_again": 7}'):
        sidecar.write_bytes(broken)
        kept = Archive(tmp_path)
        assert kept.current(SEEN.url) is None
        assert kept.keep(SEEN, b"text")[1] == "new"
        assert json.loads(sidecar.read_bytes())["url"] == SEEN.url


def test_one_page_at_thousands_of_addresses_keeps_a_sidecar_that_is_read(tmp_path: Path) -> None:
    page_url = "http://x.example/" + "p" * 900
    seen = [replace(SEEN, url=f"http://x.example/{n}", page_url=page_url) for n in range(900)]
    kept = Archive(tmp_path)
    assert {kept.keep(sighting, b"the same for all")[1] for sighting in seen} == {"new"}
    (sidecar,) = tmp_path.glob("*/[!.]*.meta.json")
    assert sidecar.stat().st_size < 110_000
    assert read_sidecar(sidecar).error is None and read_sidecar(sidecar).source_url == seen[0].url
    assert inventory(tmp_path)[0].height == 1  # what lies beside is no report
    (beside,) = tmp_path.glob("*/.*.seen.jsonl")
    with beside.open("ab") as stream:
        stream.write(b'\n[]\n{"url": "http://x.example/no"}\n{"url": "http://x.exa')
    again = Archive(tmp_path)
    assert all(again.current(sighting.url).sighting == sighting for sighting in seen)  # type: ignore[union-attr]
    assert again.keep(seen[-1], b"the same for all")[1] == "unchanged"
    assert again.keep(replace(seen[7], fetched_at="2025-01-31"), b"other")[1] == "changed"
    assert again.keep(replace(seen[7], fetched_at="2025-02-28"), b"the same for all")[1] == "changed"
    last = Archive(tmp_path).current(seen[7].url)
    assert (
        last is not None and last.sighting.fetched_at == "2025-02-28" and last.path.read_bytes() == b"the same for all"
    )


def test_a_sidecar_from_before_the_limit_is_made_small_and_forgets_nothing(tmp_path: Path) -> None:
    Archive(tmp_path).keep(SEEN, b"text")
    (sidecar,) = tmp_path.glob("*/*.meta.json")
    content = json.loads(sidecar.read_bytes())
    content["seen_again"] = [asdict(replace(SEEN, url=f"http://x.example/{n}")) for n in range(9000)]
    sidecar.write_text(json.dumps(content), encoding="utf-8")
    assert "larger than" in str(read_sidecar(sidecar).error)
    for _ in range(2):
        kept = Archive(tmp_path)
        assert all(kept.current(f"http://x.example/{n}") for n in (0, 17, 8999)) and kept.current(SEEN.url)
        assert read_sidecar(sidecar).error is None and sidecar.stat().st_size < 150_000


def test_a_title_of_halves_of_characters_is_kept_as_far_as_it_can_be(tmp_path: Path) -> None:
    Archive(tmp_path).keep(replace(SEEN, link_title="\ud800报告"), b"text")
    (sidecar,) = tmp_path.glob("*/*.meta.json")
    assert json.loads(sidecar.read_bytes())["link_title"] == "?报告"


@pytest.mark.parametrize("field", ["url", "final_url", "fetched_at", "headers"])
@pytest.mark.parametrize("value", [None, 7, [], {"etag": 7}])
def test_a_sidecar_with_a_field_of_another_kind_costs_no_other(tmp_path: Path, field: str, value: object) -> None:
    Archive(tmp_path).keep(SEEN, b"text")
    (sidecar,) = tmp_path.glob("*/*.meta.json")
    Archive(tmp_path).keep(replace(SEEN, url="http://x.example/b"), b"other")
    sidecar.write_text(json.dumps(json.loads(sidecar.read_bytes()) | {field: value}), encoding="utf-8")
    kept = Archive(tmp_path)
    assert kept.current("http://x.example/b") is not None and kept.current(SEEN.url) is None
    assert kept.keep(SEEN, b"text")[1] == "new"


def test_a_run_that_is_broken_off_is_resumed_and_not_repeated(bench: Bench) -> None:
    bench.site.routes = {"/list/": Reply(listing(*((f"/{n}.html", str(n), "") for n in range(5))))}
    bench.site.routes |= {f"/{n}.html": Reply(page(f'<a href="/{n}.pdf">附件</a>')) for n in range(5)}
    bench.site.routes |= {f"/{n}.pdf": Reply(b"%%PDF-%d" % n) for n in range(5)}
    pages = [f"/{n}.{kind}" for n in range(5) for kind in ("html", "pdf")]
    bench.site.answered = lambda count: bench.site.clock.stop() if count == 7 else None  # as Ctrl-C does
    bench.days = 0
    with pytest.raises(FetchInterrupted):
        bench.fetch(bench.source())
    bench.site.answered = lambda count: None
    assert bench.site.paths() == ["/list/", *pages[:5]]
    bench.days = 1
    (tally,) = bench.fetch(bench.source())
    assert bench.site.paths()[6:] == ["/list/", *pages[5:]]
    assert (tally.pages, tally.attachments, tally.outcomes, tally.resting) == (2, 3, {"new": 5}, 3)
    assert bench.fetch(bench.source())[0].outcomes == {"unchanged": 10}


# --- killed


@pytest.fixture
def town(site: Site) -> Site:
    """Two hosts with pages and attachments enough for 20 kills; some pages of a host are alike."""
    names = list(FILES)
    for n in range(PAGES):
        body = f'<p>第{n % (PAGES - 3)}号</p><a href="/{n}/{names[n % 4]}">附件</a>' if n % 3 else f"<p>第{n % 5}号</p>"
        site.routes[f"/{n}.html"] = Reply(page(body))
        site.routes[f"/{n}/{names[n % 4]}"] = Reply(FILES[names[n % 4]] + str(n).encode())
    for start in range(0, PAGES, 20):
        rows = ((f"/{n}.html", f"第{n}号报告", "2024-01-31") for n in range(start, start + 20))
        site.routes["/list/" + (f"index_{start // 20}.html" if start else "")] = Reply(listing(*rows))
    return site


def describe(town: Site, raw: Path) -> Path:
    """A raw folder with both hosts in its sources.toml; loopback has more than one name."""
    raw.mkdir()
    sites = (
        f'[[site]]\nid = "{name}"\nname = "石浦镇"\ndivision = "330225"\ndelay = 0\nlink = "li a"\n'
        f'start = "http://{host}:{town.port}/list/"\npages = "index_{{n}}.html"\n'
        for name, host in (("one", "127.0.0.1"), ("two", "localhost"))
    )
    (raw / "sources.toml").write_text("".join(sites), encoding="utf-8")
    return raw


def test_killed_at_20_random_points_and_resumed_it_ends_with_the_same_archive(
    town: Site, forker: Forker, tmp_path: Path
) -> None:
    undisturbed, raw = describe(town, tmp_path / "undisturbed"), describe(town, tmp_path / "killed")
    forker.start(undisturbed)
    assert forker.wait() == 0
    requests = len(town.asked)
    expected = whole(undisturbed / "fetched")
    assert len(expected) > 2 * PAGES

    chance = random.Random(4)
    for _ in range(KILLS):
        town.asked.clear()
        after, moment = chance.randint(LISTS - 4, LISTS + 6), chance.uniform(0, 0.01)
        kill_at(town, forker.start(raw), after, moment)
        assert forker.wait() == -signal.SIGKILL
        whole(raw / "fetched")
    town.answered = lambda count: None
    town.asked.clear()
    forker.start(raw)
    assert forker.wait() == 0
    assert 0 < len(town.asked) < requests  # it went on where it was and did not begin again
    assert whole(raw / "fetched") == expected
    assert inventory(raw)[0]["sidecar_error"].null_count() == inventory(raw)[0].height
    for journal in map(Journal, (raw / "fetched" / ".journal").glob("*.jsonl")):
        assert journal.whole_at is not None and not any(look.is_open for _, look in journal.pages())


def test_killed_in_a_night_in_which_only_counters_changed_it_keeps_the_archive_as_it_is(
    town: Site, forker: Forker, tmp_path: Path
) -> None:
    raw, visits = describe(town, tmp_path / "raw"), itertools.count(1000)
    text = "<p>全镇组织干部学法12场,开展普法宣传9场次,接待来访46批次。</p>" * 3

    def counting(number: int) -> Callable[[Asked], Reply]:
        return lambda asked: Reply(page(f"<p>第{number}号</p><p>浏览次数:{next(visits)}</p>{text}"))

    town.routes |= {f"/{n}.html": counting(n) for n in range(0, PAGES, 3)}
    forker.start(raw)
    assert forker.wait() == 0
    expected, chance = whole(raw / "fetched"), random.Random(5)
    for _ in range(3):
        town.asked.clear()
        kill_at(town, forker.start(raw, "--all"), chance.randint(LISTS, PAGES), chance.uniform(0, 0.01))
        assert forker.wait() == -signal.SIGKILL
        assert whole(raw / "fetched") == expected
    town.answered = lambda count: None
    forker.start(raw, "--all")
    assert forker.wait() == 0
    assert whole(raw / "fetched") == expected
    looks = [look for name in ("one", "two") for _, look in Journal(raw / f"fetched/.journal/{name}.jsonl").pages()]
    assert len(looks) == 2 * PAGES and {look.outcome for look in looks} == {"unchanged"}
