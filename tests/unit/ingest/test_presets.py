"""Lists of the usual site systems: each preset reads a list of its form, and what an entry leaves unread is told."""

import re
from pathlib import Path

import pytest
from fake_site import Bench, Reply, listing, page
from list_forms import FORMS, TITLE, MadeList

from pipelines.build.toml_file import SchemaError, check_table
from pipelines.cli.commands import main
from pipelines.ingest import lists
from pipelines.ingest.list_signs import likely_presets
from pipelines.ingest.presets import PRESETS, PresetList, presets
from pipelines.ingest.sources import load_sources
from pipelines.ingest.tally import Tally

pytest_plugins = ("site_fixture",)

ENTRY = 'id = "a"\nname = "石浦镇"\ndivision = "330225101"\nstart = "https://x.example/list/"\n'
WANTED = {"title_words": ("法治政府建设",)}


def fetched(bench: Bench, form: MadeList, **keys: object) -> Tally:
    bench.site.routes = form.routes
    keys = {"link": "a[href]", "preset": form.preset, **WANTED, **form.keys, **keys}
    start = bench.site.url(str(keys.pop("start")))
    (tally,) = bench.fetch(bench.source(start=start, **keys))
    return tally


def test_each_preset_has_a_list_of_its_form() -> None:
    assert list(FORMS.keys() ^ presets().keys()) == []


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_list_is_read_by_its_preset_to_its_end(bench: Bench, form: MadeList) -> None:
    tally = fetched(bench, form)
    assert [link.url for link in tally.links] == [bench.site.url(path) for path in form.reports]
    assert [link.title for link in tally.links] == [TITLE.format(24 - n) for n in range(6)]
    assert all(link.listed_on for link in tally.links)
    assert tally.outcomes == {"new": 6} and tally.reasons() == []
    assert len(bench.files()) == 6


@pytest.mark.parametrize("name", ["trs", "gov-cms", "jcms", "vsb", "links"])
def test_what_an_entry_leaves_unread_is_a_failure_that_names_the_preset(bench: Bench, name: str) -> None:
    tally = fetched(bench, FORMS[name], preset="")
    (problem,) = tally.problems
    assert problem.kind == "failed" and f"add preset = '{name}'" in problem.reason
    assert tally.outcomes["new"] == (0 if name == "jcms" else 2)  # what can be read is


@pytest.mark.parametrize(("name", "wrong"), [("trs", "gov-cms"), ("trs", "vsb"), ("links", "trs"), ("vsb", "jcms")])
def test_a_preset_that_is_not_that_of_the_list_is_told(bench: Bench, name: str, wrong: str) -> None:
    (problem,) = fetched(bench, FORMS[name], preset=wrong).problems
    assert f"and the first is read; add preset = '{name}'" in problem.reason


@pytest.mark.parametrize("name", ["trs", "gov-cms", "jcms", "vsb", "jeecms", "links"])
def test_a_list_page_shows_whose_it_is(name: str) -> None:
    form = FORMS[name]
    assert likely_presets(form.routes[str(form.keys["start"])].body.decode())[0] == name
    assert likely_presets(listing(("/a.html", "年度报告", "")).decode()) == []


def test_a_page_that_a_script_promises_and_that_is_missing_is_a_failure(bench: Bench) -> None:
    form = FORMS["trs"]
    bench.site.routes = {}
    routes = {path: reply for path, reply in form.routes.items() if path != "/fzjs/index_2.shtml"}
    tally = fetched(bench, MadeList("trs", form.keys, routes))
    assert tally.outcomes == {"new": 4}
    assert "status 404, at page 3 of the list: " in tally.problems[0].reason and "index_2" in tally.problems[0].reason


def test_a_script_that_promises_a_billion_pages_promises_as_many_as_are_read(bench: Bench) -> None:
    form = FORMS["trs"]
    start = page(
        f'<li><a href="/a.html">{TITLE}</a></li><script>createPageHTML(1000000000, 0, "index", "html")</script>'
    )
    routes = {"/fzjs/": Reply(start), **{f"/fzjs/index_{n}.html": Reply(start) for n in range(1, 9)}}
    tally = fetched(bench, MadeList("trs", {"start": "/fzjs/"}, routes | form.routes), max_pages=4)
    assert [problem.reason for problem in tally.problems][:1] == ["more list pages than max_pages = 4"]


# --- links that a click follows, and lists that are not there


CLICKED = {
    "an address in onclick": """<li><a onclick="window.open('/a.html','_blank')">{}</a></li>""",
    "an address in href": """<li><a href="javascript:show('../a.html')">{}</a></li>""",
    "an item that is clicked": """<li onclick="location.href='a.html'">{} 2024-01-31</li>""",
    "both": """<li><a href="javascript:;" onclick="go(7, &quot;/a.html&quot;)">{}</a></li>""",
}


@pytest.mark.parametrize("item", CLICKED.values(), ids=CLICKED)
def test_the_address_of_a_click_is_read_and_no_script_is_run(bench: Bench, item: str) -> None:
    routes = {"/x.html": Reply(page(f"<ul>{item.format(TITLE)}</ul>")), "/a.html": Reply(page("<p>报告</p>"))}
    tally = fetched(bench, MadeList("", {"start": "/x.html"}, routes))
    assert tally.outcomes == {"new": 1} and tally.reasons() == []


@pytest.mark.parametrize("call", ["show('20240131', 7)", "openArticle(9917)"])
def test_a_click_without_an_address_is_counted_by_its_reason(bench: Bench, call: str) -> None:
    rows = "".join(f'<li><a href="javascript:{call}">{TITLE}{n}</a></li>' for n in range(3))
    routes = {"/x.html": Reply(page(f'<a href="#">{TITLE}</a><a href="javascript:void(0)">{TITLE}</a><ul>{rows}</ul>'))}
    tally = fetched(bench, MadeList("", {"start": "/x.html"}, routes))
    assert tally.count("failed") == 3 and tally.is_failed
    assert all(problem.reason.startswith("only a script follows this link") for problem in tally.problems)


@pytest.mark.parametrize(
    ("below", "told"),
    [
        ('<a href="#">下一页</a>', ""),
        ('<a href="javascript:void(0)">下一页</a>', ""),
        ('<a href="/x.html">下一页</a>', ""),
        ('<a href="javascript:turn(2)">下一页</a>', "a next page that a script opens"),
        ('<a href="#" onclick="turn(2)">下一页</a>', "a next page that a script opens"),
        ('<a href="x.html?p=2">下一页</a>', "add preset = 'links'"),
    ],
)
def test_a_button_that_leads_nowhere_is_no_further_page(bench: Bench, below: str, told: str) -> None:
    routes = {"/x.html": Reply(page(f'<a href="/a.html">{TITLE}</a>{below}')), "/a.html": Reply(page("<p>报告</p>"))}
    tally = fetched(bench, MadeList("", {"start": "/x.html"}, routes))
    assert tally.outcomes == {"new": 1} and tally.count("failed") == bool(told)
    assert all(told in problem.reason for problem in tally.problems)


def test_a_list_that_a_script_builds_is_a_failure_and_no_empty_list(bench: Bench) -> None:
    routes = {"/x.html": Reply(page('<div id="app"></div><script src="/app.js"></script>'))}
    tally = fetched(bench, MadeList("", {"start": "/x.html"}, routes))
    assert tally.is_failed and "a script may build the list" in tally.problems[0].reason
    routes = {"/x.html": Reply(page('<a href="/">首页</a><script>ask("/gkmlpt/api/all/5")</script>'))}
    tally = fetched(bench, MadeList("", {"start": "/x.html"}, routes))
    assert tally.is_failed and "a script loads the list" in tally.problems[0].reason
    assert "preset = 'gkmlpt'" in tally.problems[0].reason
    routes = {"/x.html": Reply(page('<a href="/">首页</a><script src="/app.js"></script>'))}
    assert not fetched(bench, MadeList("", {"start": "/x.html"}, routes)).is_failed


# --- the file of presets, and modules of single sites


def test_what_an_entry_says_goes_before_its_preset(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(f'[[site]]\n{ENTRY}preset = "trs"\nbody = "#own"\n', encoding="utf-8")
    (source,) = load_sources(path)
    assert source.page_script == presets()["trs"].page_script and source.body == "#own"
    path.write_text(f'[[site]]\n{ENTRY}preset = "jmcs"\n', encoding="utf-8")
    with pytest.raises(SchemaError, match=r"site a, preset: found 'jmcs', allowed .*jcms.*; did you mean jcms\?"):
        load_sources(path)
    path.write_text(f'[[site]]\n{ENTRY}list_module = "nowhere"\n', encoding="utf-8")
    with pytest.raises(SchemaError, match=r"list_module: found 'nowhere', allowed no module of pipelines/ingest/lists"):
        load_sources(path)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"page_script": "createPage"}, "page_script: found 'createPage', allowed a regular expression with a group"),
        ({"page_script": "x(?P<count>1)"}, "pages: found '', allowed an address"),
        ({"page_script": "x(?P<count>1)", "pages": "{name}_{n}"}, "pages: found '{name}_{n}', allowed an address"),
        ({"signs": ["("]}, "signs 1: found '(' (missing ), unterminated"),
        ({"records": "a[["}, "records: found 'a[[', allowed a CSS selector"),
        ({"colour": "red"}, "colour: found an unknown key"),
    ],
)
def test_a_mistake_in_a_preset_is_named(keys: dict[str, object], expected: str) -> None:
    with pytest.raises(SchemaError, match=re.escape(expected)):
        check_table(PRESETS, {"preset": [{"name": "x", "system": "y", **keys}]}, PresetList)


def test_the_check_of_all_files_reads_the_presets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "presets.toml").write_text('[[preset]]\nname = "x"\n', encoding="utf-8")
    monkeypatch.setattr("pipelines.ingest.presets.PRESETS", tmp_path / "presets.toml")
    presets.cache_clear()
    try:
        assert main(["codebook", "check"]) == 2
    finally:
        presets.cache_clear()
    assert "preset x, system: found no such key" in capsys.readouterr().err


def test_a_site_may_have_a_list_module_of_its_own(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = """
from pipelines.ingest.found_links import Link, ListPage

def links(answer, source):
    rows = [row.split("|") for row in answer.data.decode().splitlines()]
    return ListPage(tuple(Link(f"{answer.final_url}/{name}", title) for name, title in rows))
"""
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "of_shipu.py").write_text(code, encoding="utf-8")
    monkeypatch.setattr(lists, "__path__", [*lists.__path__, str(tmp_path / "modules")])
    routes = {"/x": Reply(f"a.html|{TITLE}\nb.html|其他".encode()), "/x/a.html": Reply(page("<p>报告</p>"))}
    tally = fetched(bench, MadeList("", {"start": "/x", "list_module": "of_shipu"}, routes))
    assert tally.outcomes == {"new": 1} and tally.reasons() == []
