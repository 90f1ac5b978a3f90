"""A report full of scripts is text on every page: no dialog, no element, no request, nothing on the console."""

import pytest
from conftest import Opener, Watched, asked
from hostile_report import HOSTILE_TEXT

UNIT = "511923104"  # 白衣镇, whose report it is
#: Elements and attributes that stand in the report and must stand on no page.
FOREIGN = (
    "img[onerror], svg[onload], iframe, [hx-get='/stolen'], [data-hx-get], [onclick], [onmouseover], plaintext, base,"
    " meta[http-equiv], style, form[action*=evil], a[href^='javascript' i], a[href^='data' i], script:not([src^='/'])"
)


@pytest.fixture
def report(workbench: str) -> str:
    (found,) = asked(workbench, f"/unit/{UNIT}.json")["reports"]
    assert found["status"] == "accepted"
    return str(found["report_id"])


def harmless(watched: Watched) -> None:
    page = watched.page
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(100)
    assert page.locator(FOREIGN).count() == 0
    assert page.evaluate("window.broken") is None
    assert page.locator("main").is_visible()
    assert page.url.startswith(watched.root)
    assert watched.wrong == []


def test_the_text_is_shown_as_text_to_the_last_sign(opener: Opener, report: str) -> None:
    watched = opener()
    watched.open(f"/report/{report}")
    harmless(watched)
    shown = "".join(watched.page.locator("article.text").text_content().split())
    assert "".join(HOSTILE_TEXT.split()) in shown
    assert "<svg/onload=alert(0)>" in watched.page.inner_text("h1")
    assert "<svg/onload=alert(0)>" in watched.page.title()


def test_no_click_on_a_number_runs_anything(opener: Opener, report: str) -> None:
    watched = opener()
    page = watched.open(f"/report/{report}")
    for at in [number.get_attribute("id") for number in page.locator(".text .number").all()]:
        page.locator(f"#{at}").hover()
        page.locator(f"#{at}").click()
    harmless(watched)
    assert page.locator("#card h2").count() > 0


def test_the_address_of_its_source_is_no_link(watched: Watched, report: str) -> None:
    page = watched.open(f"/report/{report}")
    assert page.locator("a[rel~=noreferrer]").count() == 0


@pytest.mark.parametrize(
    "path",
    [
        f"/unit/{UNIT}",
        f"/unit/{UNIT}/2023/publicity_events",
        f"/unit/{UNIT}/2023/petitions_handled",
        "/missing",
        "/lineage?table=dim_report",
        "/search?q=%3Csvg%2Fonload%3Dalert(0)%3E",
    ],
)
def test_it_does_nothing_on_other_pages(opener: Opener, path: str) -> None:
    watched = opener()
    watched.open(path)
    harmless(watched)


def test_what_is_typed_does_nothing_either(opener: Opener) -> None:
    watched = opener()
    page = watched.open("/")
    page.get_by_role("searchbox").fill("<img src=x onerror=alert(0)>")
    page.locator("#found li").first.wait_for()
    harmless(watched)


def test_the_original_is_downloaded_and_not_opened(opener: Opener, report: str) -> None:
    watched = opener()
    page = watched.open(f"/report/{report}")
    with page.expect_download() as download:
        page.get_by_role("link", name="the original file").click()
    assert "<" not in download.value.suggested_filename
    assert download.value.suggested_filename.endswith(".txt")
    harmless(watched)
