"""One site with every form of list and page: killed at 20 points and resumed, it ends with the same archive."""

import random
import signal
from pathlib import Path

import pytest
from fake_site import Reply, Site, listing, page
from killed_fetch import Forker, kill_at, whole
from list_forms import FORMS
from page_forms import PAGES, PROSE, routes

from pipelines.ingest.journal import Journal

pytest_plugins = ("site_fixture",)

KILLS = 20
LED_ON = b'<html><meta http-equiv="refresh" content="0;url=/new.html"></html>'
SOFT = {
    "/gone.html": Reply(page("<p>您访问的页面不存在</p>")),
    "/wall.html": Reply(page("<p>您的请求已被拦截</p>")),
    "/old.html": Reply(LED_ON),
    "/new.html": Reply(page(PROSE)),
}


@pytest.fixture
def country(site: Site) -> Site:
    """A site of each preset on one host, and on another one pages of every form and what is none."""
    rows = [("/gone.html", "没有", ""), ("/old.html", "旧址", "")]
    for number, made in enumerate(PAGES.values()):
        folder = f"/p{number}"
        site.routes |= routes(made, folder)
        rows.append((f"{folder}/a.html", f"第{number}号年度报告", "2024-01-31"))
    for form in FORMS.values():
        site.routes |= form.routes
    site.routes |= {"/list/": Reply(listing(*rows, ("/wall.html", "墙", ""))), **SOFT}
    return site


def describe(country: Site, raw: Path, first: int = 0) -> Path:
    """A raw folder with all sites in its sources.toml, from another one on; loopback has more than one name."""
    entry = '[[site]]\nid = "{}"\nname = "石浦镇"\ndivision = "330225"\ndelay = 0\nstart = {}\n'
    keys = [entry.format("pages", f'"{country.url("/list/", "localhost")}"') + 'link = "li a"\nbody = "#zoom"\n']
    for name, form in FORMS.items():
        start = country.url(str(form.keys["start"]), "127.0.0.1")
        more = "".join(f"{key} = {value!r}\n" for key, value in form.keys.items() if key != "start")
        keys.append(entry.format(name, f"'{start}'") + f'preset = "{name}"\ntitle_words = ["法治政府建设"]\n{more}')
    raw.mkdir(exist_ok=True)
    first %= len(keys)
    (raw / "sources.toml").write_text("".join(keys[first:] + keys[:first]), encoding="utf-8")
    return raw


def test_every_form_is_killed_at_20_points_and_resumed_and_ends_with_the_same_archive(
    country: Site, forker: Forker, tmp_path: Path
) -> None:
    undisturbed, raw = describe(country, tmp_path / "undisturbed"), describe(country, tmp_path / "killed")
    forker.start(undisturbed)
    assert forker.wait() == 0
    expected = whole(undisturbed / "fetched")
    assert len(expected) > 2 * (6 * len(FORMS) + len(PAGES))  # bytes and sidecar of each report and each page

    chance = random.Random(4)
    for kill in range(KILLS):
        country.asked.clear()
        describe(country, raw, kill)  # sites of one host are read one after another: each is the first once
        kill_at(country, forker.start(raw), chance.randint(4, 24), chance.uniform(0, 0.01))
        assert forker.wait() == -signal.SIGKILL
        whole(raw / "fetched")
    country.answered = lambda count: None
    forker.start(raw)
    assert forker.wait() == 0
    assert whole(raw / "fetched") == expected
    assert all(Journal(path).whole_at for path in (raw / "fetched" / ".journal").glob("*.jsonl"))
