"""What people do in the workbench, by its forms: the line that is written, what is refused, undo, review, a run."""

import html
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from release_fixture import Built
from starlette.testclient import TestClient

from pipelines.build.run_lock import RunBusy, run_holder, run_lock
from pipelines.paths import PROJECT_ROOT
from pipelines.settings import Settings
from pipelines.stage.corrections import KINDS, read_corrections
from pipelines.web.app import create_app
from pipelines.web.correcting import exact_words, machine_kind, machine_place
from pipelines.web.guard import Guard
from pipelines.web.labels import labels
from pipelines.web.run_now import RunNow

pytest_plugins = ("release_fixture",)
HTMX = {"hx-request": "true"}


@dataclass(frozen=True)
class Desk:
    client: TestClient
    path: Path
    report: str
    at: int

    @property
    def staged(self) -> list[dict[str, object]]:
        return list(read_corrections(self.path).iter_rows(named=True))

    def page(self, **parameters: object) -> str:
        return self.client.get(f"/report/{self.report}", params={"at": self.at, **parameters}).text

    def form(self, holding: str) -> dict[str, str]:
        return form_of(self.page(), holding)

    def send(self, form: dict[str, str], **fields: str) -> tuple[int, str]:
        answer = self.client.post("/corrections", data={**form, "who": "李华", **fields}, headers=HTMX)
        return answer.status_code, answer.text


def form_of(page: str, holding: str) -> dict[str, str]:
    """The hidden fields of the first form that holds a text."""
    form = next(one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if holding in one)
    return {
        name: html.unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    }


@pytest.fixture
def desk(bundled_warehouse: Built, tmp_path: Path) -> Iterator[Desk]:
    raw = tmp_path / "raw"
    raw.mkdir()
    shutil.copy(PROJECT_ROOT / "raw" / "corrections.csv", raw)
    settings = Settings.load(raw, bundled_warehouse.folder, environ={})
    with TestClient(create_app(settings), "http://127.0.0.1:8300", follow_redirects=False) as client:
        shown = client.get("/unit/510921105/2023/enforcement_staff_certified.json").json()["facts"][0]
        yield Desk(client, raw / "corrections.csv", shown["report_id"], shown["number_start"])


def test_right_writes_the_exact_line_and_undo_takes_it_back(desk: Desk) -> None:
    before = desk.path.read_bytes()
    status, card = desk.send(desk.form('value="accept"'), action="accept")
    assert status == 200
    assert "applies at the next run" in card
    (line,) = desk.staged
    fact = desk.client.get(f"/report/{desk.report}.json", params={"at": desk.at}).json()["chosen"]["facts"][0]
    assert (line["action"], line["evidence"], line["corrected_by"]) == ("accept", fact["evidence"], "李华")
    assert (line["number_expected"], line["problem"]) == (fact["machine_value"], None)
    assert str(line["report"]).startswith("reports/")  # the path, which stays when the bytes change
    assert "下次运行时生效" in desk.page()
    answer = desk.client.post("/corrections/undo", data=desk.form("data-undo"), headers=HTMX)
    assert answer.status_code == 200
    assert desk.path.read_bytes() == before


def test_another_indicator_writes_two_lines_and_a_bad_number_writes_none(desk: Desk) -> None:
    form = desk.form('value="other"')
    for value, said in (("7.1e+06", "expected a number such as 4200"), ("", "expected a number")):
        status, card = desk.send(form, action="other", metric="governance_meetings", value=value, reason="no staff")
        assert status == 400
        assert said in card
    assert desk.send(form, action="other", metric="nothing", value="3", reason="x")[0] == 400
    assert desk.staged == []
    assert (
        desk.send(form, action="other", metric="governance_meetings", value="3", qualifier="at_least", reason="x")[0]
        == 200
    )
    reject, add = desk.staged
    assert (reject["action"], add["action"], add["person_says"]) == ("reject", "add", "≥3")
    assert (reject["problem"], add["problem"]) == (None, None)


def test_a_value_takes_its_bound_period_scope_and_role(desk: Desk) -> None:
    fields = {"value": "4,200", "qualifier": "at_least", "period": "first_half", "scope": "在东村", "role": "repeat"}
    assert desk.send(desk.form('value="value"'), action="value", reason="read again", **fields)[0] == 200
    (line,) = desk.staged
    assert (line["number_right"], line["qualifier"], line["period"]) == (4200, "at_least", "first_half")
    assert (line["scope"], line["role"], line["problem"]) == ("在东村", "repeat", None)


def test_a_number_that_is_no_fact_becomes_one(desk: Desk) -> None:
    numbers = desk.client.get(f"/report/{desk.report}.json").json()["numbers"]
    other = next(one for one in numbers if one["disposition"] != "fact")
    page = desk.page(at=other["char_start"])
    form = form_of(page, 'value="add"')
    status, card = desk.send(form, metric="governance_meetings", value="5", reason="a training")
    assert status == 200
    assert "governance_meetings" in card
    (line,) = desk.staged
    assert (line["action"], line["problem"]) == ("add", None)
    assert "data-undo" in desk.page(at=other["char_start"])


def test_a_stale_form_is_refused_with_what_changed(desk: Desk) -> None:
    form = desk.form('value="accept"')
    assert desk.send(form, action="accept")[0] == 200
    for fields, said in (
        ({}, "李华 wrote here since this page was shown"),
        ({"release": "20200101T000000Z-00000000"}, "a new release"),
        ({"machine_value": "7"}, "the page showed"),
        ({"fact": "gone:gone:1"}, "does not state this figure any more"),
        ({"report": "gone"}, "not in this release"),
    ):
        answer = desk.client.post("/corrections", data={**form, "who": "王", "action": "reject", **fields, "part": ""})
        assert answer.status_code == 409
        assert said in answer.text
    assert len(desk.staged) == 1


def test_place_and_year_are_corrected_on_the_page_of_the_report(desk: Desk) -> None:
    assert desk.send(desk.form('value="place"'), value="330225101", reason="signed by it")[0] == 200
    assert desk.send(desk.form('value="year"'), value="2022", reason="the title")[0] == 200
    assert desk.send(desk.form('value="year"'), value="22", reason="x")[0] == 400
    place, year = desk.staged
    assert (place["machine_expected"], place["person_says"], place["problem"]) == ("510921105", "330225101", None)
    assert (year["machine_expected"], year["person_says"], year["problem"]) == ("2023", "2022", None)
    assert "330225101" in desk.client.get("/search/places", params={"q": "石浦"}).text


def test_the_kind_is_corrected_on_the_page_of_the_report(desk: Desk) -> None:
    assert set(labels()["doc_kind"]) == set(KINDS)
    form = desk.form('value="kind"')
    assert form["machine_value"] == "annual_report"
    assert "乡镇年度报告" in desk.page()
    assert desk.send(form, value="notice", reason="x")[0] == 400
    status, part = desk.send(form, value="department_report", reason="the bureau signs it")
    assert (status, "部门报告" in part, "data-undo" in part) == (200, True, True)
    (kind,) = desk.staged
    assert (kind["action"], kind["machine_expected"], kind["person_says"]) == (
        "kind",
        "annual_report",
        "department_report",
    )
    assert kind["problem"] is None
    for fields, said in (({}, "李华 wrote here"), ({"machine_value": "news"}, "the machine says annual_report now")):
        status, part = desk.send({**form, **fields}, value="news", reason="x")
        assert (status, said in part) == (409, True)
    assert len(desk.staged) == 1
    assert desk.send(desk.form('value="kind"'), value="news", reason="looked again")[0] == 200
    assert [line["person_says"] for line in desk.staged] == ["department_report", "news"]


def test_a_line_on_the_kind_answers_the_items_of_its_report(desk: Desk) -> None:
    """What asks about the whole report is done when somebody said what it is; nothing else is."""
    items = desk.client.get("/review.json").json()["items"]
    item = next(one for one in items if one["kind"] == "unresolved_unit")
    form = form_of(desk.client.get(f"/report/{item['report_id']}").text, 'value="kind"')
    assert desk.send(form, value="template", reason="no unit is named")[0] == 200
    after = desk.client.get("/review.json").json()
    assert [one["review_id"] for one in after["items"] if one["is_done"]] == [item["review_id"]]
    assert after["n_done"] == 1


@pytest.mark.parametrize(
    ("row", "place", "kind"),
    [
        ({}, "1", "annual_report"),
        ({"township_code": "2", "township_code_machine": "1", "place_method": "correction"}, "1", "annual_report"),
        ({"township_code": "2", "place_method": "correction"}, "", "annual_report"),
        ({"township_code": None, "township_code_machine": "1", "doc_kind": "county_report",
          "doc_kind_machine": "annual_report"}, "1", "annual_report"),
        ({"township_code": None, "doc_kind": None}, "", ""),
    ],
)  # fmt: skip
def test_what_the_machine_said_is_known_beside_what_people_gave(row: dict[str, str], place: str, kind: str) -> None:
    """A line must repeat the machine's answer, also where a person's stands in its place."""
    machine = {"township_code": "1", "place_method": "title", "township_code_machine": None,
               "doc_kind": "annual_report", "doc_kind_machine": None}  # fmt: skip
    assert (machine_place({**machine, **row}), machine_kind({**machine, **row})) == (place, kind)


def test_a_form_without_htmx_leads_back_to_its_number(desk: Desk) -> None:
    form = desk.form('value="accept"')
    answer = desk.client.post("/corrections", data={**form, "who": "李华", "action": "accept"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/report/{desk.report}?at={desk.at}#n{desk.at}")


@pytest.mark.parametrize("address", ["/corrections", "/corrections/undo", "/run"])
def test_nothing_is_done_without_the_token_or_read_only(desk: Desk, address: str) -> None:
    form = {**desk.form('value="accept"'), "who": "x", "action": "accept"}
    before = desk.path.read_bytes()
    for token in ("", "wrong"):
        assert desk.client.post(address, data={**form, "token": token}).status_code == 403
    assert desk.client.post(address, content=b"a" * 200_000).status_code == 413
    settings = Settings.load(desk.path.parent, "/nowhere", environ={})
    with TestClient(create_app(settings, Guard(is_read_only=True)), "http://127.0.0.1:8300") as closed:
        assert closed.post(address, data=form).status_code == 403
    assert desk.path.read_bytes() == before


def test_hostile_cells_come_out_escaped(desk: Desk) -> None:
    bad = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
    assert desk.send(desk.form('value="reject"'), action="reject", who=bad, reason=bad)[0] == 200
    for page in (desk.page(), desk.client.get("/review").text):
        assert "<img" not in page
        assert "<script>alert" not in page
        assert "&lt;img src=x" in page
    assert "<img" not in desk.send(desk.form('value="other"'), action="other", metric=bad, value="1", reason="x")[1]


def test_the_review_page_answers_an_item_and_counts_who_did_what(desk: Desk) -> None:
    shown = desk.client.get("/review.json").json()
    item = next(one for one in shown["items"] if one["facts"])
    page = desk.client.get("/review").text
    for _ in item["facts"]:
        page = desk.client.get("/review/item", params={"item": item["review_id"]}).text
        forms = re.findall(r"<form class=\"correct.*?</form>", page, re.DOTALL)
        for number in range(len(forms)):
            form = form_of("".join(forms[number:]), 'value="accept"')
            if form["seen"] == "e3b0c44298fc1c14":  # nothing was written on it yet
                answer = desk.client.post(
                    "/corrections", data={**form, "who": "李华", "action": "accept"}, headers=HTMX
                )
                assert answer.status_code == 200
                break
    after = desk.client.get("/review.json").json()
    assert after["n_done"] == 1
    assert after["people"] == [{"who": "李华", "n_lines": len(item["facts"]), "n_waiting": len(item["facts"])}]
    assert next(one for one in after["items"] if one["review_id"] == item["review_id"])["is_done"]
    assert not shown["n_done"]


def test_the_queue_is_filtered_and_paged(desk: Desk) -> None:
    shown = desk.client.get("/review.json").json()
    assert [one["worth"] for one in shown["items"]] == sorted((one["worth"] for one in shown["items"]), reverse=True)
    for kind in {one["kind"] for one in shown["items"]}:
        some = desk.client.get("/review.json", params={"kind": kind}).json()
        assert {one["kind"] for one in some["items"]} == {kind}
        assert some["n_found"] == len(some["items"])
    assert desk.client.get("/review.json", params={"province": "110000"}).json()["items"] == []
    assert desk.client.get("/review.json", params={"page": 2}).json()["items"] == []
    assert desk.client.get("/review.json", params={"page": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("text", "span", "number", "is_plain", "cells"),
    [
        ("一句,办件42件。另一句", (0, 8), (5, 7), True, {"evidence": "一句,办件42件"}),
        ("办件42件。办件42件。", (0, 5), (2, 4), True, {"evidence": "42", "char_start": "2", "char_end": "4"}),
        ("办件42件,结42件", (0, 9), (2, 4), False, {"evidence": "42", "char_start": "2", "char_end": "4"}),
        ("=办件42件", (0, 6), (3, 5), True, {"evidence": "42", "char_start": "3", "char_end": "5"}),
        ("办件-4件", (0, 5), (2, 4), False, {"evidence": "-4", "char_start": "2", "char_end": "4"}),
    ],
)
def test_words_name_one_place(
    text: str, span: tuple[int, int], number: tuple[int, int], is_plain: bool, cells: dict[str, str]
) -> None:
    assert exact_words(text, span, number, is_plain) == cells


def test_a_run_is_started_once_and_its_last_line_is_told(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path / "raw", tmp_path / "warehouse", environ={})
    runs = RunNow(settings, ("/bin/sh", "-c", "sleep 0.5; echo the folder is gone; exit 3"))
    process = runs.start()
    assert runs.status()["running"] == process
    with pytest.raises(RunBusy, match=str(process)):
        runs.start()
    for _ in range(100):
        if runs.status()["running"] is None:
            break
        time.sleep(0.05)
    assert runs.status() == {"running": None, "ended": 3, "said": "the folder is gone"}


def test_it_is_known_who_runs(tmp_path: Path) -> None:
    assert run_holder(tmp_path) is None
    with run_lock(tmp_path):
        with run_lock(tmp_path):
            assert run_holder(tmp_path) == os.getpid()
        assert run_holder(tmp_path) == os.getpid()
        with pytest.raises(RunBusy, match=str(os.getpid())):
            RunNow(Settings.load(tmp_path / "raw", tmp_path, environ={})).start()
    assert run_holder(tmp_path) is None
    (tmp_path / ".run.holder").write_text("4194399\n")  # a process that was killed
    assert run_holder(tmp_path) is None


def test_the_status_line_tells_of_a_new_release(desk: Desk) -> None:
    current = desk.client.get("/review.json").json()["release_id"]
    assert "new release" in desk.client.get("/run/status", params={"release": "older"}).text
    assert "new release" not in desk.client.get("/run/status", params={"release": current}).text
