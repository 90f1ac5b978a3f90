"""Putting the machine right in the browser: the line, its undo, the keyboard, stale forms, the next run."""

import csv
import shutil
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from conftest import Archive, Opener, Watched, asked

from benchmarks.browser import served

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Route

PLACELESS, CHIDIAN, ZHAOPINGTAI = "e299a7cb64d01c1b", "f04ac6e0c13a6a74", "5d8f2d67c912acf2"  # reports in raw/
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


def press(watched: Watched, name: str, part: str = "#card") -> str:
    """Press a button of a part of the page and wait for what it says."""
    with watched.page.expect_response(lambda answer: "/corrections" in answer.url):
        watched.page.locator(part).get_by_role("button", name=name).first.click()
    said = watched.page.locator(f"{part} [role=status]").first
    said.wait_for()
    return said.inner_text()


def refused(watched: Watched, name: str, part: str = "#card") -> str:
    """Press a button whose form is refused. Chromium notes the answer on the console, and nothing else."""
    said = press(watched, name, part)
    assert [one.partition(":")[0] for one in watched.wrong] == ["error"]
    assert "409" in watched.wrong.pop()
    return said


def form_of(watched: Watched, report: str, action: str) -> "Locator":
    """The open form for the place, the year or the kind of a report, with a name and a reason."""
    page = watched.open(f"/report/{report}")
    page.locator("#lines summary").first.click()
    form = page.locator("#lines form.correct", has=page.locator(f'input[name=action][value="{action}"]'))
    form.locator("[name=who]").fill("李华")
    form.locator("[name=reason]").fill("核对原文")
    return form


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


def test_a_form_of_a_second_tab_is_refused_with_what_the_first_wrote(own: Archive, opener: Opener) -> None:
    """Both tabs show the number before one of them writes. What was typed is lost to no one: the next press counts."""
    first = opener()
    second = opener(beside=first)
    for one in (first, second):
        card(one)
    first.page.locator("#card input[name=who]").first.fill("李华")
    press(first, "Right")
    second.page.locator("#card input[name=who]").first.fill("王芳")
    said = refused(second, "Not this")
    assert "李华 wrote here since this page was shown (accept: right: checked in the report)" in said
    assert [line["action"] for line in lines(own)] == ["accept"]
    assert "李华" in second.page.inner_text("#card .line"), "the line of the first tab is shown"
    second.page.locator("#card input[name=who]").first.fill("王芳")
    press(second, "Not this")
    assert [(line["who"], line["action"]) for line in lines(own)] == [("李华", "accept"), ("王芳", "reject")]
    press(first, "Take back")
    assert [(line["who"], line["action"]) for line in lines(own)] == [("王芳", "reject")]


def test_a_form_is_refused_when_the_file_was_changed_by_hand(own: Archive, watched: Watched) -> None:
    """Somebody types a line in a spreadsheet while the page is open."""
    path = own.raw / "corrections.csv"
    form_of(watched, CHIDIAN, "year").locator("[name=value]").fill("2022")
    raw_path = asked(watched.root, f"/report/{CHIDIAN}.json")["report"]["raw_path"]
    typed = path.read_bytes() + f"{raw_path},year,,,,,2023,2021,the title,甲,2026-01-02,,,\n".encode()
    path.write_bytes(typed)
    assert "甲 wrote here since this page was shown (year 2021: the title)" in refused(watched, "Other year", "#lines")
    assert path.read_bytes() == typed
    assert "2021" in watched.page.inner_text("#lines .line")
    press(watched, "Take back", "#lines")
    assert lines(own) == []


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


def test_keys_pressed_faster_than_the_server_answers_count_each(own: Archive, watched: Watched) -> None:
    """Every answer is held back until all keys are pressed: the second one means the entry as it is drawn anew.

    What the page asks meanwhile of the run is answered at once, and says nothing of the keys.
    """
    page = watched.open("/review")
    page.locator("[data-who]").first.fill("王芳")
    page.locator("[data-who]").first.press("Tab")
    page.locator(".inbox .entry:has(button[value=accept])").first.focus()
    held: list[Route] = []
    page.route("**/corrections**", lambda route: held.append(route))
    page.keyboard.press("y")
    page.wait_for_timeout(200)
    for key in ("u", "n"):
        page.keyboard.press(key)
    with page.expect_response(lambda answer: "/run/status" in answer.url):
        page.evaluate("htmx.ajax('GET', document.querySelector('#run').getAttribute('hx-get'), '#run')")
    page.wait_for_timeout(200)
    assert len(held) == 1
    for _ in range(3):
        deadline = time.monotonic() + 30
        while not held and time.monotonic() < deadline:
            page.wait_for_timeout(20)
        assert held, "the key that waited was lost"
        with page.expect_response(lambda answer: "/corrections" in answer.url):
            held.pop().continue_()
    assert [(line["who"], line["action"]) for line in lines(own)] == [("王芳", "reject")]


def test_a_correction_in_the_browser_is_applied_by_the_next_run(own: Archive, watched: Watched) -> None:
    """A value, and the place, the year and the kind of three other reports, all by one run."""
    form = form_of(watched, PLACELESS, "place")
    form.locator("[name=q]").press_sequentially("shipu", delay=30)
    form.get_by_role("button", name="330225101").click()
    assert form.locator("[name=value]").input_value() == "330225101"
    press(watched, "Other unit", "#lines")
    form_of(watched, CHIDIAN, "year").locator("[name=value]").fill("2022")
    press(watched, "Other year", "#lines")
    form_of(watched, ZHAOPINGTAI, "kind").locator("[name=value]").select_option("department_report")
    assert "applies at the next run" in press(watched, "Other kind", "#lines")
    card(watched)
    page = watched.page
    box = page.locator("#card")
    box.locator("input[name=who]").first.fill("李华")
    box.get_by_text("Other value or indicator").click()
    box.locator("select[name=qualifier]").first.select_option("at_least")
    box.locator("input[name=value]").first.fill("4200")
    box.locator("input[name=reason]").first.fill("派发宣传册4200余份")
    press(watched, "Other value")
    assert [(line["action"], line["machine_value"], line["value"]) for line in lines(own)] == [
        ("place", "", "330225101"),
        ("year", "2023", "2022"),
        ("kind", "annual_report", "department_report"),
        ("value", "42", "≥4200"),
    ]
    page = watched.open("/review")
    page.get_by_role("button", name="Run now").click()
    page.get_by_text("There is a new release").wait_for(timeout=240_000)
    page = watched.open(f"/unit/{UNIT}/{YEAR}/{METRIC}")
    assert page.inner_text("p.figure").startswith("≥ 4,200")
    assert "李华" in page.inner_text("article.fact >> nth=0")
    for report, said in ((PLACELESS, "石浦镇 2023"), (CHIDIAN, "池店镇 2022"), (ZHAOPINGTAI, "2024")):
        page = watched.open(f"/report/{report}")
        assert page.inner_text("p.where").endswith(said)
        assert "已生效" in page.inner_text("#lines .line")
    assert "a department's or an office's report" in page.inner_text("main")
    for unit, years in (("330225101", {2023}), ("350582107", {2022}), ("410423207", set[int]())):
        reports = asked(watched.root, f"/unit/{unit}.json")["reports"]
        assert {one["report_year"] for one in reports if one["status"] == "accepted"} == years
