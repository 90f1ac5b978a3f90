"""`sources.toml`: what it may hold, what is said of a mistake, and that the guide shows what works."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from pipelines.ingest.sources import Source, SourcesError, choose, load_sources
from pipelines.settings import PROJECT_ROOT, Settings, SettingsError

GOOD = 'id = "a"\nname = "石浦镇"\ndivision = "330225101"\nstart = "https://x.example/list/"\n'


def load(folder: Path, text: str) -> list[Source]:
    path = folder / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return load_sources(path)


def test_the_file_of_the_project_can_be_read_and_switches_nothing_on() -> None:
    sources = load_sources(PROJECT_ROOT / "raw" / "sources.toml")
    assert sources and choose(sources, []) == []


def test_the_guide_explains_each_field_and_its_example_works(tmp_path: Path) -> None:
    guide = (PROJECT_ROOT / "docs" / "fetching.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*?) \|", guide, flags=re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert named == {field.name for field in fields(Source)}
    (example,) = re.findall(r"```toml\n(.*?)```", guide, flags=re.DOTALL)
    assert [source.id for source in load(tmp_path, example)] == ["tianzhen"]


def test_a_full_entry_is_read_with_its_types(tmp_path: Path) -> None:
    (source,) = load(tmp_path, f'[[site]]\n{GOOD}delay = 2\nhosts = ["y.example:8080"]\nenabled = false\n')
    assert (source.delay, source.page_hosts) == (2.0, {"x.example", "y.example:8080"})
    assert not source.enabled


def test_no_file_means_no_sites(tmp_path: Path) -> None:
    assert load_sources(tmp_path / "sources.toml") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[site]", "cannot be read"),
        ("[[place]]\n", "place"),
        ("site = 3\n", "no table"),
        ("[[site]]\nid = 'a'\n", "'name' is missing"),
        (f"[[site]]\n{GOOD}colour = 'red'\n", "unknown field 'colour'"),
        (f"[[site]]\n{GOOD}\n[[site]]\n{GOOD}", "more than one"),
        (f"[[site]]\n{GOOD}delay = 'long'\n", "a number of seconds"),
        (f"[[site]]\n{GOOD}delay = true\n", "a number of seconds"),
        (f"[[site]]\n{GOOD}delay = -1\n", "negative"),
        (f"[[site]]\n{GOOD}enabled = 1\n", "true or false"),
        (f"[[site]]\n{GOOD}max_pages = true\n", "a whole number"),
        (f"[[site]]\n{GOOD}title_words = '法治'\n", "a list of texts"),
        (f"[[site]]\n{GOOD}hosts = ['https://y.example/']\n", "without https://"),
        (f"[[site]]\n{GOOD}pages = 'index.html'\n", "{n}"),
        (f"[[site]]\n{GOOD}kind = 'rss'\n", "html, json, sitemap"),
        (f"[[site]]\n{GOOD}kind = 'json'\n", "items is missing"),
        (f"[[site]]\n{GOOD}attachments = ['exe']\n", "exe"),
        (f"[[site]]\n{GOOD}link = 'a[['\n", "CSS selector"),
        (f"[[site]]\n{GOOD}url_pattern = '('\n", "regular expression"),
        (f"[[site]]\n{GOOD}".replace("https:", "ftp:"), "web address"),
        (f"[[site]]\n{GOOD}".replace("330225101", "33"), "6 digits"),
        (f"[[site]]\n{GOOD}".replace('"a"', '"../a"'), "small letters"),
    ],
)
def test_a_mistake_is_named_with_what_was_expected(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(SourcesError, match=re.escape(expected)):
        load(tmp_path, text)


def test_sites_are_chosen_by_name(tmp_path: Path) -> None:
    other = GOOD.replace('"a"', '"b"')
    sources = load(tmp_path, f"[[site]]\n{GOOD}\n[[site]]\n{other}enabled = false\n")
    assert [source.id for source in choose(sources, [])] == ["a"]
    assert [source.id for source in choose(sources, ["a", "a"])] == ["a"]
    with pytest.raises(SourcesError, match="switched off"):
        choose(sources, ["b"])
    with pytest.raises(SourcesError, match="knows: a, b"):
        choose(sources, ["c"])


@pytest.mark.parametrize("contact", ["me", "a@b.example\r\nX: y", "书记@b.example"])
def test_a_contact_is_an_address_that_fits_a_header(contact: str) -> None:
    with pytest.raises(SettingsError, match="FAZHI_CONTACT"):
        Settings.load(environ={"FAZHI_CONTACT": contact})


def test_private_addresses_are_refused_unless_switched_on() -> None:
    assert Settings.load(environ={}).fetch_private is False
    with pytest.raises(SettingsError, match="0 or 1"):
        Settings.load(environ={"FAZHI_FETCH_PRIVATE": "yes"})
