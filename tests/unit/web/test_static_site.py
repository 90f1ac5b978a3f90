"""The static site of the bundled reports: no link leads nowhere, search has its index, a folder is replaced or kept."""

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from posixpath import dirname, normpath
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
from release_fixture import Built

from pipelines.build import workers as workers_module
from pipelines.paths import PROJECT_ROOT
from pipelines.settings import Settings
from pipelines.warehouse.export.release_reader import ExportError
from pipelines.web import static_site
from pipelines.web.links import NOWHERE, Links, static_path
from pipelines.web.page_list import PAGES
from pipelines.web.site_pages import LEFT_OUT
from pipelines.web.static_site import STAMP_FILE, StaticSiteError, WrittenSite, write_site

pytest_plugins = ("release_fixture",)
UNIT = "510921105"  # 天福镇
BASE = "https://example.org/towns/"


# Jinja escapes quotation marks, so that this finds attributes and nothing in a text.
_ADDRESS = re.compile(r' (?:href|src|action)="([^"]*)"')
_ID = re.compile(r' id="([^"]*)"')


@pytest.fixture(scope="module")
def settings(bundled_warehouse: Built) -> Settings:
    return replace(Settings.load(PROJECT_ROOT / "raw", bundled_warehouse.folder, environ={}), processes=1)


@pytest.fixture(scope="module")
def site(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> WrittenSite:
    """The whole site of the bundled reports."""
    return write_site(settings, tmp_path_factory.mktemp("site") / "out", base_url=BASE.rstrip("/"))


def test_every_address_of_every_page_is_a_file_of_the_site_or_on_the_web(site: WrittenSite) -> None:
    files = {str(path.relative_to(site.folder)) for path in site.folder.rglob("*") if path.is_file()}
    pages = {name: (site.folder / name).read_text(encoding="utf-8") for name in files if name.endswith(".html")}
    ids = {name: set(_ID.findall(text)) for name, text in pages.items()}
    dead = []
    for name, address in ((name, one) for name, text in pages.items() for one in set(_ADDRESS.findall(text))):
        parts = urlsplit(unescape(address))
        if parts.scheme in ("http", "https", "data"):
            continue
        target = normpath(f"{dirname(name)}/{unquote(parts.path)}".lstrip("/")) if parts.path else name
        is_there = target in files and not parts.scheme and not parts.query
        if not is_there or (parts.fragment and parts.fragment not in ids[target]):
            dead.append((name, address))
    assert len(pages) == site.pages > 100
    assert dead == []


def test_each_page_that_needs_no_server_is_there_and_those_left_out_are_named(site: WrittenSite) -> None:
    for page in PAGES:
        if page.is_document and page.name not in LEFT_OUT:
            first, *_ = page.path.strip("/").partition("{")
            assert list(site.folder.glob(f"{first or 'index'}*")), page.path


def test_a_figure_leads_to_its_number_and_each_number_has_its_card(site: WrittenSite) -> None:
    figure = (site.folder / f"unit/{UNIT}/2023/enforcement_staff_headline.html").read_text(encoding="utf-8")
    found = re.search(r'href="\.\./\.\./\.\./(report/\w+\.html)#(n\d+)"', figure)
    assert found
    report = (site.folder / found[1]).read_text(encoding="utf-8")
    assert f'id="{found[2]}"' in report
    assert f'data-card="{found[2]}" hidden' in report
    assert report.count("data-card=") == report.count('class="number ') + 1  # and that before one is chosen


def test_pages_carry_the_policy_and_nothing_of_the_server(site: WrittenSite) -> None:
    for path in site.folder.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "default-src &#39;none&#39;; script-src &#39;self&#39;" in text, path
        for server_only in (NOWHERE, "htmx", "X-Fazhi-Token", 'method="post"', "frame-ancestors"):
            assert server_only not in text.replace("hx-", ""), (path, server_only)


def test_search_knows_what_has_a_page_in_the_order_of_the_workbench(site: WrittenSite) -> None:
    static = site.folder / "static"
    parts = [json.loads((static / name).read_text()) for name in json.loads((static / "search.json").read_text())]
    entries = {address: (name, code, *others) for part in parts for address, name, code, _, _, *others in part}
    assert entries[f"unit/{UNIT}.html"][:2] == ("天福镇", UNIT)
    assert {"tianfuzhen", "tfz"} <= set(entries[f"unit/{UNIT}.html"])
    assert "missing/area-510000.html" in entries
    assert all((site.folder / address).is_file() for address in entries)
    assert "eval" not in (static / "site.js").read_text(encoding="utf-8")


def test_the_sitemap_names_every_page_by_its_whole_address(site: WrittenSite) -> None:
    root = ElementTree.parse(site.folder / "sitemap.xml").getroot()
    found = {element.text or "" for element in root.iter() if element.tag.endswith("}loc")}
    assert len(found) == site.pages
    assert all((site.folder / address.removeprefix(BASE)).is_file() for address in found)


def test_a_long_sitemap_is_a_list_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(static_site, "SITEMAP_MOST", 2)
    static_site._write_sitemap(tmp_path, BASE, ["a.html", "b.html", "c&d.html"])
    assert f"<sitemap><loc>{BASE}sitemap-2.xml</loc></sitemap>" in (tmp_path / "sitemap.xml").read_text()
    assert f"<url><loc>{BASE}c&amp;d.html</loc></url>" in (tmp_path / "sitemap-2.xml").read_text()


def test_several_processes_write_the_same_bytes_as_one(
    settings: Settings, site: WrittenSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers_module, "WORTH_A_POOL", 0)

    def here(*_: object) -> None:
        raise AssertionError("pages are made in this process")

    monkeypatch.setattr(static_site, "_maker", here)  # the workers are spawned and do not see it
    several = write_site(replace(settings, processes=2), tmp_path / "out", base_url=BASE)
    assert several.pages == site.pages > 2 * static_site._BATCH
    assert _contents(several.folder) == _contents(site.folder)


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the home page and the units: enough for what becomes of the folder."""
    kept = static_site.site_pages
    monkeypatch.setattr(
        static_site, "site_pages", lambda *given: [page for page in kept(*given) if page.name in ("home", "unit")]
    )


@pytest.mark.usefixtures("short")
def test_a_province_bounds_the_site_and_a_new_site_takes_the_place_of_the_old(
    settings: Settings, tmp_path: Path
) -> None:
    out = tmp_path / "site"
    write_site(settings, out)
    assert len(list(out.glob("unit/*.html"))) == 4
    (out / "old.html").touch()
    write_site(settings, out, ["51"])
    assert [path.stem for path in out.glob("unit/*.html")] == [UNIT]
    assert not (out / "old.html").exists()
    assert json.loads((out / STAMP_FILE).read_text())["provinces"] == ["51"]
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("site", ".site.lock")] == []


@pytest.mark.usefixtures("short")
def test_a_folder_that_is_no_site_is_left_alone_and_a_site_that_fails_leaves_the_old_one(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = tmp_path / "thesis"
    foreign.mkdir()
    (foreign / "chapter.txt").write_text("mine")
    with pytest.raises(ExportError, match="exists and is no site; give another folder, or remove it"):
        write_site(settings, foreign)
    assert [path.name for path in foreign.iterdir()] == ["chapter.txt"]
    out = tmp_path / "site"
    write_site(settings, out, ["51"])

    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(static_site._Maker, "write", broken)
    with pytest.raises(OSError, match="No space left"):
        write_site(settings, out)
    assert (out / "index.html").is_file()
    assert not (tmp_path / ".site.building").exists()


@pytest.mark.parametrize(
    ("provinces", "base_url", "said"),
    [
        (["99"], None, "--province '99' is no province of this release; expected one of 110000"),
        (["5"], None, "--province '5' is no province"),
        ([""], None, "--province '' is no province"),
        (["../51"], None, "no province"),
        ([], "ftp://example.org/", "is no address of a folder; expected https://HOST/PATH/"),
        ([], "javascript:alert(1)", "is no address"),
        ([], "https://example.org/?a=b", "is no address"),
        ([], "example.org", "is no address"),
    ],
)
def test_what_cannot_be_met_is_said_before_anything_is_written(
    settings: Settings, tmp_path: Path, provinces: list[str], base_url: str | None, said: str
) -> None:
    with pytest.raises(StaticSiteError, match=re.escape(said)):
        write_site(settings, tmp_path / "site", provinces, base_url)
    assert list(tmp_path.iterdir()) == []


def test_a_link_of_a_static_site_is_relative_and_leads_to_a_page_that_is_there() -> None:
    links = Links("../", frozenset({"index.html", "missing/area-33.html", "report/a.html"}))
    assert links.is_static
    assert links.page() == "../index.html"
    assert links.page("missing", area="33", page=None) == "../missing/area-33.html"
    assert links.page("report", "a", at=7, anchor="n7") == "../report/a.html#n7"
    assert links.page("missing", area="33", reason="no_place") == NOWHERE
    assert links.page("..", "..", "etc") == NOWHERE
    assert static_path("lineage", {"table": "t", "column": "a/b"}) == "lineage/column-a%2Fb/table-t.html"
