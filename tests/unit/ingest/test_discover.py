"""`fazhi discover` and `fazhi sources check`: what they find on the fake site, and how they behave there."""

import tomllib
from pathlib import Path

import pytest
from fake_site import CONTACT, HOST, Bench, Reply, SkippingClock, listing, page
from list_forms import FORMS, TITLE

from pipelines.cli.commands import main
from pipelines.ingest import discover as discover_module
from pipelines.ingest.candidate_text import candidate_text
from pipelines.ingest.discover import MOST_REQUESTS, Discovery, discover
from pipelines.ingest.discovery_targets import Target, TargetsError, targets_of
from pipelines.ingest.list_trial import ListTrial, try_lists
from pipelines.ingest.many_hosts import Unreachable
from pipelines.ingest.sources import load_sources

pytest_plugins = ("site_fixture",)

APART = "石浦镇2023年政府信息公开工作年度报告"


def home(*links: tuple[str, str]) -> Reply:
    return Reply(page("".join(f'<a href="{url}">{words}</a>' for url, words in links), "象山县石浦镇人民政府"))


def search(bench: Bench, *hosts: str, division: str = "330225") -> list[Discovery]:
    bench.site.clock = SkippingClock()
    port = bench.site.port
    targets = [Target(f"{host}:{port}", division) for host in hosts or (HOST,)]
    return list(discover(bench.settings, targets, clock=bench.site.clock, resolve=bench.site.resolve))


def entries(found: Discovery, folder: Path) -> list[dict[str, object]]:
    """The entries of the text, as TOML and as the schema has them."""
    (folder / "sources.toml").write_text(candidate_text(found), encoding="utf-8")
    load_sources(folder / "sources.toml")
    return tomllib.loads(candidate_text(found)).get("site", [])


@pytest.mark.parametrize("name", ["trs", "gov-cms", "jcms", "vsb", "jeecms", "links"])
def test_a_list_behind_two_links_is_found_with_its_preset(bench: Bench, tmp_path: Path, name: str) -> None:
    form = FORMS[name]
    start = str(form.keys["start"])
    bench.site.routes = {
        **form.routes,
        "/": home(("/zwgk.html", "政务公开"), ("/news.html", "要闻"), (start.replace("fzjs", "none"), "首页")),
        "/zwgk.html": home((start, "法治政府建设"), ("/xxgk.html", APART)),
    }
    (found,) = search(bench)
    (entry,) = entries(found, tmp_path)
    assert entry["start"] == bench.site.url(start) and entry.get("preset", "") == name
    assert entry["division"] == "330225" and entry["name"] == "象山县石浦镇人民政府" and entry["enabled"] is False
    text = candidate_text(found)
    assert "found by 法治政府建设 on http" in text and f"- {TITLE.format(24)}" in text
    assert "dates: 2019-01-31 to 2024-01-31" in text if name != "jeecms" else "dates: " in text
    assert f"apart: 1 reports on the disclosure of information, first {APART}" in text
    assert "/news.html" not in bench.site.paths() and not set(form.reports) & set(bench.site.paths())


def test_a_column_on_another_host_is_told_and_not_looked_at(bench: Bench) -> None:
    bench.site.routes = {"/": home(("http://xxgk.example/fzzf/", "法治政府建设"))}
    (found,) = search(bench)
    assert "elsewhere: 法治政府建设 (http://xxgk.example/fzzf/); look at that host too" in candidate_text(found)
    assert bench.site.paths() == ["/", "/sitemap.xml"] and not bench.site.paths("xxgk.example")


def test_no_page_deeper_than_three_links_is_looked_at_and_none_twice(bench: Bench) -> None:
    bench.site.routes = {
        "/": home(("/1.html", "政务公开")),
        "/1.html": home(("/2.html", "信息公开目录"), ("/", "政务公开")),
        "/2.html": home(("/3.html", "依法行政"), ("/1.html", "政务公开")),
        "/3.html": home(("/4.html", "法治政府建设")),
    }
    (found,) = search(bench)
    assert bench.site.paths() == ["/", "/sitemap.xml", "/1.html", "/2.html", "/3.html"]
    assert "[[site]]" not in candidate_text(found)
    assert f"no list: {bench.site.url('/3.html')} (found by 依法行政 on " in candidate_text(found)


def test_a_host_gets_so_many_requests_and_a_pause_between_two(bench: Bench) -> None:
    bench.site.routes = {"/": home(*((f"/{n}.html", "政务公开") for n in range(90)))}
    bench.site.routes |= {f"/{n}.html": home(("/", "首页")) for n in range(90)}
    (found,) = search(bench)
    assert len(bench.site.paths()) == MOST_REQUESTS - 1  # and one that would have been encrypted
    assert "requests are made" in candidate_text(found)
    assert len([wait for wait in bench.site.clock.waits if wait > 4]) >= MOST_REQUESTS


def test_robots_txt_is_obeyed_and_its_sitemap_read(bench: Bench, tmp_path: Path) -> None:
    listed = bench.site.url("/gov/fzzfjs/")
    sitemap = f"<urlset><url><loc>{listed}</loc></url><url><loc>{bench.site.url('/a/b.html')}</loc></url></urlset>"
    robots = f"User-agent: *\nDisallow: /no/\nSitemap: {bench.site.url('/map.xml')}\n"
    bench.site.routes = {
        "/robots.txt": Reply(robots.encode()),
        "/": home(("/no/list.html", "法治政府建设")),
        "/map.xml": Reply(sitemap.encode()),
        "/gov/fzzfjs/": Reply(listing(("/a.html", TITLE, "2024-01-31"))),
    }
    (found,) = search(bench)
    assert bench.site.paths() == ["/", "/map.xml", "/gov/fzzfjs/"]
    assert [entry["start"] for entry in entries(found, tmp_path)] == [listed]
    assert "not read: 1 times robots.txt forbids it" in candidate_text(found)


def test_several_hosts_are_looked_at_and_one_that_fails_costs_no_other(bench: Bench) -> None:
    def route(asked: object) -> Reply:
        is_other = asked.host.startswith("other")  # type: ignore[attr-defined]
        return Reply(status=403) if is_other else Reply(listing(("/a.html", TITLE, "")))

    bench.site.routes = {"/": route}
    first, second = search(bench, "other.example", HOST)
    assert "not read to the end: the site answers status 403" in candidate_text(first)
    assert second.candidates[0].reports and "the first page" in candidate_text(second)


def test_what_a_page_says_cannot_leave_its_comment_or_its_text(bench: Bench, tmp_path: Path) -> None:
    nasty = f'{TITLE}" \\ \u2028[[site]] \x85#'
    bench.site.routes = {"/": Reply(page(f'<a href="/a.html">{nasty}</a>', 'A"\n[[site]]\\')), "/a.html": home()}
    (found,) = search(bench)
    (entry,) = entries(found, tmp_path)
    assert entry["name"] == 'A" [[site]]\\'


def test_a_file_of_hosts_has_codes_and_names_and_a_mistake_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "hosts.txt"
    path.write_text(
        "# towns\nwww.a.example 330225101 石浦镇 人民政府\n\nb.example # later\nb.example\n", encoding="utf-8"
    )
    assert targets_of(("c.example",), path) == [
        Target("c.example"),
        Target("www.a.example", "330225101", "石浦镇 人民政府"),
        Target("b.example"),
    ]
    for line in ("https://a.example/", "a.example 33", "..", "a b c"):
        path.write_text(f"a.example\n{line}\n", encoding="utf-8")
        with pytest.raises(TargetsError, match=r"hosts\.txt, line 2: found .*, expected a host such as"):
            targets_of((), path)


# --- sources check


def test_each_list_is_tried_and_what_is_broken_is_told(bench: Bench) -> None:
    bench.site.routes = {**FORMS["trs"].routes, "/empty/": Reply(listing(("/a.html", "要闻", "")))}
    start = {name: bench.site.url(path) for name, path in (("good", "/fzjs/index.shtml"), ("empty", "/empty/"))}
    words = {"title_words": ("法治政府建设",), "link": "a[href]"}
    chosen = [
        bench.source(id="good", start=start["good"], preset="trs", **words),
        bench.source(id="few", start=start["good"], preset="trs", min_documents=7, **words),
        bench.source(id="half", start=start["good"], **words),
        bench.source(id="empty", start=start["empty"], **words),
        bench.source(id="gone", start=bench.site.url("/gone/"), **words),
    ]
    tried = list(try_lists(bench.settings, chosen, clock=bench.site.clock, resolve=bench.site.resolve))
    good, few, half, empty, gone = tried
    assert not good.problems and len(good.wanted) == 6 and good.pages == 3
    assert few.problems == ["6 documents listed, fewer than min_documents = 7"]
    assert "add preset = 'trs'" in half.problems[0] and "none of its" in empty.problems[0]
    assert gone.problems == ["status 404"]
    assert not any(path in bench.site.paths() for path in FORMS["trs"].reports)
    assert not (bench.raw / "fetched").exists()


# --- the commands


@pytest.fixture
def raw(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FAZHI_CONTACT", CONTACT)
    monkeypatch.setenv("FAZHI_FETCH_PRIVATE", "1")
    monkeypatch.setattr(discover_module, "DELAY", 0.0)
    entry = '[[site]]\nid = "{}"\nname = "石浦镇"\ndivision = "330225"\ndelay = 0\nstart = "{}"\nenabled = {}\n'
    bench.site.routes = {"/": Reply(listing(("/a.html", TITLE, "2024-01-31")))}
    sites = entry.format("good", bench.site.url("/", "127.0.0.1"), "true")
    sites += entry.format("bad", bench.site.url("/gone/", "127.0.0.1"), "false")
    (bench.raw / "sources.toml").write_text(sites, encoding="utf-8")
    return bench.raw


def run(*arguments: str) -> int:
    try:
        return main(list(arguments))
    except SystemExit as end:
        return int(str(end.code))


def test_the_commands_print_what_they_found(raw: Path, bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("discover", f"127.0.0.1:{bench.site.port}") == 0
    assert '[[site]]\nid = "127-0-0-1-' in capsys.readouterr().out
    assert run("sources", "check", "--raw", str(raw)) == 0
    assert "in order" in capsys.readouterr().out
    assert run("sources", "check", "good", "bad", "--raw", str(raw)) == 1
    assert "bad: status 404" in capsys.readouterr().out
    bench.site.routes = {"/": home()}
    assert run("discover", f"127.0.0.1:{bench.site.port}") == 1
    assert "0 lists" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("discover",), "no host is given"),
        (("discover", "https://a.example/"), "found 'https://a.example/', expected a host such as"),
        (("discover", "--from", "nowhere.txt"), "nowhere.txt cannot be read: No such file"),
        (("discover", "town.invalid"), "no host answers; "),
        (("sources", "check", "other"), "there is no source 'other'"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_2(
    raw: Path, arguments: tuple[str, ...], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("--raw", str(raw)) if arguments[0] == "sources" else ()
    assert run(*arguments, *where) == 2
    out, err = capsys.readouterr()
    (line,) = err.splitlines()
    assert expected in line and out == ""


def test_without_a_network_both_commands_say_so_in_one_line(
    raw: Path, bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.site.close()
    assert run("sources", "check", "--raw", str(raw)) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "no site answers; " in line
    assert run("discover", f"127.0.0.1:{bench.site.port}") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "is there a network?" in line
    with pytest.raises(Unreachable):
        list[ListTrial](try_lists(bench.settings, [bench.source()], clock=bench.site.clock, resolve=bench.site.resolve))
