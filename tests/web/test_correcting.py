"""Putting the machine right in the browser: the line, its undo, the keyboard, two people at once, the next run."""

import csv
import shutil
from collections.abc import Iterator

import pytest
from conftest import Archive, Opener, Watched, asked

from benchmarks.browser import served

UNIT, YEAR, METRIC = "370322001", 2023, "villages_with_legal_adviser"  # 田镇街道: 42个村居法律顾问全覆盖


@pytest.fixture(scope="module")
def own(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """A copy of the archive, into which these tests write."""
    folder = tmp_path_factory.mktemp("own")
    shutil.copytree(archive.raw, folder / "raw")
    shutil.copytree(archive.warehouse, folder / "warehouse", symlinks=True)
    return Archive(folder / "raw", folder / "warehouse")


@pytest.fixture(scope="module")
def workbench(own: Archive) -> Iterator[str]:
    """Its own server in the place of that of the other tests."""
    with served(own.raw, own.warehouse, own.environ()) as root:
        yield root


@pytest.fixture(autouse=True)
def no_lines(own: Archive) -> Iterator[None]:
    """Each test begins without corrections."""
    path = own.raw / "corrections.csv"
    before = path.read_bytes()
    yield
    path.write_bytes(before)


def lines(own: Archive) -> list[dict[str, str]]:
    with (own.raw / "corrections.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def card(watched: Watched) -> None:
    """Open the card of the 42."""
    fact = asked(watched.root, f"/unit/{UNIT}/{YEAR}/{METRIC}.json")["facts"][0]
    watched.open(f"/report/{fact['report_id']}?at={fact['number_start']}")


def press(watched: Watched, name: str) -> None:
    """Press a button of the card and wait for what it says."""
    with watched.page.expect_response(lambda answer: "/corrections" in answer.url):
        watched.page.locator("#card").get_by_role("button", name=name).first.click()
    watched.page.locator("#card [role=status]").first.wait_for()


def test_what_is_right_is_written_and_taken_back(own: Archive, watched: Watched) -> None:
    before = (own.raw / "corrections.csv").read_bytes()
    card(watched)
    watched.page.locator("#card input[name=who]").first.fill("李华")
    press(watched, "Right")
    (line,) = lines(own)
    assert (line["action"], line["metric_code"], line["machine_value"], line["who"]) == ("accept", METRIC, "42", "李华")
    assert line["evidence"] == "实现42个村居法律顾问全覆盖"
    assert line["on"]
    press(watched, "Take back")
    assert (own.raw / "corrections.csv").read_bytes() == before
    card(watched)
    assert watched.page.locator("#card input[name=who]").first.input_value() == "李华", "the name is remembered"


def test_two_people_at_once_lose_no_line(own: Archive, opener: Opener) -> None:
    first, second = opener(), opener()
    for one in (first, second):
        card(one)
    facts = asked(first.root, f"/unit/{UNIT}/{YEAR}/publicity_materials.json")["facts"]
    second.open(f"/report/{facts[0]['report_id']}?at={facts[0]['number_start']}")
    for one, who in ((first, "甲"), (second, "乙")):
        one.page.locator("#card input[name=who]").first.fill(who)
    press(first, "Right")
    press(second, "Not this")
    assert {(line["who"], line["action"]) for line in lines(own)} == {("甲", "accept"), ("乙", "reject")}


def test_the_queue_is_answered_by_the_keyboard(own: Archive, watched: Watched) -> None:
    page = watched.open("/review")
    page.locator("[data-who]").first.fill("王芳")
    page.locator("[data-who]").first.press("Tab")
    page.locator("body").press("j")
    while not page.evaluate("document.activeElement.querySelector('button[value=accept]') !== null"):
        at = page.evaluate("[...document.querySelectorAll('.inbox .entry')].indexOf(document.activeElement)")
        page.keyboard.press("j")
        assert page.evaluate("[...document.querySelectorAll('.inbox .entry')].indexOf(document.activeElement)") > at
    for key, action in (("y", ["accept"]), ("u", []), ("n", ["reject"]), ("u", [])):
        with page.expect_response(lambda answer: "/corrections" in answer.url):
            page.keyboard.press(key)
        page.wait_for_function("document.activeElement.matches('.inbox .entry')")
        assert [line["action"] for line in lines(own)] == action
        assert {line["who"] for line in lines(own)} <= {"王芳"}


def test_a_correction_in_the_browser_is_applied_by_the_next_run(own: Archive, watched: Watched) -> None:
    card(watched)
    page = watched.page
    box = page.locator("#card")
    box.locator("input[name=who]").first.fill("李华")
    box.get_by_text("Other value or indicator").click()
    box.locator("select[name=qualifier]").first.select_option("at_least")
    box.locator("input[name=value]").first.fill("4200")
    box.locator("input[name=reason]").first.fill("派发宣传册4200余份")
    press(watched, "Other value")
    (line,) = lines(own)
    assert (line["action"], line["machine_value"], line["value"]) == ("value", "42", "≥4200")
    page = watched.open("/review")
    page.get_by_role("button", name="Run now").click()
    page.get_by_text("There is a new release").wait_for(timeout=240_000)
    page = watched.open(f"/unit/{UNIT}/{YEAR}/{METRIC}")
    assert page.inner_text("p.figure").startswith("≥ 4,200")
    assert "李华" in page.inner_text("article.fact >> nth=0")
