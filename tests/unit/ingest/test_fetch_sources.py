"""`sources.toml`: what it may hold, what is said of a mistake, and that the guide shows what works."""

import re
from pathlib import Path

import pytest

from pipelines.build.toml_file import SchemaError
from pipelines.ingest.sources import Source, SourcesError, choose, load_sources
from pipelines.paths import PROJECT_ROOT
from pipelines.settings import Settings, SettingsError

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
    assert named == set(Source.model_fields)
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
        ("[[site]", "found a file that cannot be read"),
        ("[[place]]\n", "place: found an unknown key, allowed site"),
        ("site = 3\n", "site: found 3, allowed a list"),
        ("[[site]]\nid = 'a'\n", "a, name: found no such key, allowed a text; add the key (and 2 more)"),
        (f"[[site]]\n{GOOD}colour = 'red'\n", "a, colour: found an unknown key, allowed kind, pages, first_page"),
        (f"[[site]]\n{GOOD}first = 2\n", "; did you mean first_page?"),
        (
            f"[[site]]\n{GOOD}\n[[site]]\n{GOOD}",
            "a, id: found 'a' at more than one site, allowed an id",
        ),
        (f"[[site]]\n{GOOD}delay = 'long'\n", "a, delay: found 'long', allowed a number of seconds"),
        (f"[[site]]\n{GOOD}delay = true\n", "a, delay: found true, allowed a number of seconds"),
        (f"[[site]]\n{GOOD}delay = -1\n", "a, delay: found -1, allowed a number of seconds that is not negative"),
        (f"[[site]]\n{GOOD}enabled = 1\n", "a, enabled: found 1, allowed true or false"),
        (f"[[site]]\n{GOOD}max_pages = true\n", "a, max_pages: found true, allowed a whole number from 1 on"),
        (f"[[site]]\n{GOOD}max_pages = 0\n", "a, max_pages: found 0, allowed a whole number from 1 on"),
        (f"[[site]]\n{GOOD}title_words = '法治'\n", "a, title_words: found '法治', allowed a list of texts"),
        (f"[[site]]\n{GOOD}title_words = ['']\n", "a, title_words 1: found '', allowed a text that is not empty"),
        (
            f"[[site]]\n{GOOD}hosts = ['https://y.example/']\n",
            "a, hosts 1: found 'https://y.example/', allowed a name",
        ),
        (
            f"[[site]]\n{GOOD}pages = 'index.html'\n",
            "a, pages: found 'index.html', allowed an address in which {",
        ),
        (f"[[site]]\n{GOOD}kind = 'rss'\n", "a, kind: found 'rss', allowed 'html', 'json' or 'sitemap'"),
        (f"[[site]]\n{GOOD}kind = 'json'\n", "a, items: found no such key, allowed the path to the list"),
        (
            f"[[site]]\n{GOOD}attachments = ['exe']\n",
            "a, attachments 1: found 'exe', allowed 'pdf', 'doc', 'docx'",
        ),
        (f"[[site]]\n{GOOD}link = 'a[['\n", "a, link: found 'a[[', allowed a CSS selector"),
        (
            f"[[site]]\n{GOOD}url_pattern = '('\n",
            "a, url_pattern: found '(' (missing ), unterminated subpattern at",
        ),
        (
            f"[[site]]\n{GOOD}".replace("https:", "ftp:"),
            "a, start: found 'ftp://x.example/list/', allowed a web address",
        ),
        (
            f"[[site]]\n{GOOD}".replace("330225101", "33"),
            "a, division: found '33', allowed the 6 digits of a county",
        ),
        (f"[[site]]\n{GOOD}".replace('"330225101"', "330225101"), "a, division: found 330225101, allowed the 6"),
        (f"[[site]]\n{GOOD}".replace('"a"', '"../a"'), "site ../a, id: found '../a', allowed small letters, digits"),
    ],
)
def test_a_mistake_is_named_with_what_was_expected(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(SchemaError, match=re.escape(expected)) as error:
        load(tmp_path, text)
    assert str(error.value).startswith(str(tmp_path / "sources.toml")) and "\n" not in str(error.value)


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
