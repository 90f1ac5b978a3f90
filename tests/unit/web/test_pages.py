"""Each page on the release of the bundled reports: what it shows, its JSON, its downloads, and what is not there."""

import csv
import io
from collections.abc import Iterator
from datetime import date

import openpyxl
import pytest
from release_fixture import Built
from starlette.testclient import TestClient

from pipelines.paths import PROJECT_ROOT
from pipelines.settings import Settings
from pipelines.web.app import create_app, plain

pytest_plugins = ("release_fixture",)
UNIT = "510921105"  # 天福镇


@pytest.fixture(scope="module")
def client(bundled_warehouse: Built) -> Iterator[TestClient]:
    settings = Settings.load(PROJECT_ROOT / "raw", bundled_warehouse.folder, environ={})
    with TestClient(create_app(settings), "http://127.0.0.1:8300") as client:
        yield client


def test_the_home_page_says_what_the_release_holds(client: TestClient) -> None:
    shown = client.get("/index.json").json()
    assert (shown["release"]["n_accepted"], shown["release"]["n_quarantined"]) == (4, 1)
    assert {one["province_name"] for one in shown["provinces"] if one["n_reporting"]} == {
        *("四川省", "福建省", "河南省", "山东省")
    }
    assert any("The first release that is kept" in line for line in shown["changes"])
    assert "四川省" in client.get("/").text


def test_a_unit_shows_its_figures_and_three_kinds_of_blanks(client: TestClient) -> None:
    cells = {
        (cell["metric_code"], cell["report_year"]): cell for cell in client.get(f"/unit/{UNIT}.json").json()["cells"]
    }
    staff = cells["enforcement_staff_headline", 2023]
    assert (staff["value"], staff["qualifier"], staff["status"]) == (18, "at_least", "stated")
    assert cells["publicity_events_headline", 2023]["status"] == "silent"
    assert cells["enforcement_staff_headline", 2024]["status"] == "no_report"
    page = client.get(f"/unit/{UNIT}").text
    assert "≥ 18" in page
    assert "报告未写" in page
    assert "无报告" in page


def test_a_unit_is_downloaded_as_csv_and_as_a_workbook(client: TestClient) -> None:
    answer = client.get(f"/unit/{UNIT}.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer.headers["content-disposition"] == f'attachment; filename="fazhi-{UNIT}.csv"'
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/unit/{UNIT}.xlsx").content))
    sheet = list(book.active.iter_rows(values_only=True))
    assert list(sheet[0]) == list(rows[0])
    assert len(sheet) == len(rows) + 1
    assert {"metric_code", "report_year", "value", "status"} <= set(rows[0])


def test_a_figure_shows_how_it_came_about_and_each_sentence(client: TestClient) -> None:
    shown = client.get(f"/unit/{UNIT}/2023/trainings_held.json").json()
    assert shown["figure"]["value"] == 35
    assert shown["methods"] == ["summed"]
    used = [fact for fact in shown["facts"] if fact["is_used"]]
    assert sum(fact["value"] for fact in used) == 35
    assert all(fact["words"] == fact["evidence"] for fact in shown["facts"])
    assert "15次" in client.get(f"/unit/{UNIT}/2023/trainings_held").text


def test_a_blank_figure_says_why(client: TestClient) -> None:
    page = client.get(f"/unit/{UNIT}/2023/publicity_events_headline").text
    assert "the report does not state it" in page
    assert "no report" in client.get(f"/unit/{UNIT}/2019/publicity_events_headline").text


def test_a_report_marks_every_number_by_what_became_of_it(client: TestClient) -> None:
    (report,) = [one for one in client.get(f"/unit/{UNIT}.json").json()["reports"] if one["status"] == "accepted"]
    shown = client.get(f"/report/{report['report_id']}.json").json()
    marked = {
        piece["number"]["char_start"] for paragraph in shown["paragraphs"] for piece in paragraph if piece["number"]
    }
    assert marked == {number["char_start"] for number in shown["numbers"]}
    assert sum(n for row in shown["legend"] for n in row["kinds"].values()) == len(shown["numbers"])


def test_a_number_of_a_report_has_a_card(client: TestClient) -> None:
    fact = client.get(f"/unit/{UNIT}/2023/enforcement_staff_certified.json").json()["facts"][0]
    shown = client.get(f"/report/{fact['report_id']}.json", params={"at": fact["number_start"]}).json()
    assert [one["fact_id"] for one in shown["chosen"]["facts"]] == [fact["fact_id"]]
    page = client.get(f"/report/{fact['report_id']}", params={"at": fact["number_start"]}).text
    assert fact["rule_id"] in page
    assert 'class="evidence"' in page


def test_a_quarantined_report_says_its_reason(client: TestClient) -> None:
    (one,) = client.get("/missing.json").json()["quarantined"]
    assert one["reason_text"] in client.get(f"/report/{one['report_id']}").text.replace("&#39;", "'")


@pytest.mark.parametrize("asked", ["天福镇", "tianfu", "tfz", UNIT, "蓬溪 天福"])
def test_a_unit_is_found_by_name_code_pinyin_and_initials(client: TestClient, asked: str) -> None:
    found = client.get("/search.json", params={"q": asked}).json()["found"]
    assert UNIT in [one["code"] for one in found if one["kind"] == "unit"]
    assert f'href="/unit/{UNIT}"' in client.get("/search/answers", params={"q": asked}).text


def test_indicators_are_found_in_both_languages(client: TestClient) -> None:
    for asked in ("执法人员", "certificate", "enforcement_staff_certified"):
        found = client.get("/search.json", params={"q": asked}).json()["found"]
        assert "enforcement_staff_certified" in [one["code"] for one in found if one["kind"] == "metric"], asked


def test_what_is_missing_in_an_area(client: TestClient) -> None:
    whole = client.get("/missing.json").json()
    assert len(whole["coverage"]["provinces"]) == 31
    assert whole["queue"][-1]["n_items"] > 0
    county = client.get("/missing.json", params={"area": "510921"}).json()
    assert county["area"]["name"] == "蓬溪县"
    assert UNIT not in [one["township_code"] for one in county["silent_units"]]
    assert len(county["silent_units"]) > 5


def test_the_codebook_shows_what_is_read_and_what_is_not(client: TestClient) -> None:
    indicators = {one["metric_code"]: one for one in client.get("/codebook.json").json()["indicators"]}
    staff = indicators["enforcement_staff_certified"]
    assert staff["matches"]
    assert staff["others"]
    assert staff["matches"][0]["text"] in client.get("/codebook").text


def test_a_column_is_drawn_back_to_the_stage(client: TestClient) -> None:
    graph = client.get("/lineage.json", params={"table": "township_metric", "column": "value"}).json()["graph"]
    tables = {box["table"] for box in graph["boxes"]}
    assert "fact_indicator" in tables
    assert any(table.startswith("stage_") for table in tables)
    page = client.get("/lineage", params={"table": "fact_indicator"}).text
    assert "SELECT" in page


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/unit/000000000", "no unit has the code"),
        ("/unit/<script>", "no unit has the code"),
        (f"/unit/{UNIT}/2023/nonsense", "no indicator is called"),
        (f"/unit/{UNIT}/MMXX/trainings_held", "expected a whole number"),
        (f"/unit/{UNIT}/99999999999999/trainings_held", "expected a whole number"),
        ("/report/nonsense", "no report has the id"),
        ("/report/x?at=-5", "no report has the id"),
        ("/missing?area=1", "no county, prefecture or province"),
        (f"/missing?area={UNIT}", "no county, prefecture or province"),
        ("/missing?page=0", "expected a whole number"),
        ("/lineage?table=release'--", "no table is called"),
        ("/lineage?table=township_metric&column=x", "has no column"),
        ("/nothing/here", "there is no page at"),
        ("/static/../app.py", "there is no page at"),
    ],
)
def test_a_wrong_address_is_a_page_that_says_so(client: TestClient, path: str, said: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert said in answer.text.replace("&#39;", "'")
    assert "<script>" not in answer.text.replace('<script src="', "")


def test_json_of_a_wrong_address_is_json(client: TestClient) -> None:
    answer = client.get("/unit/000000000.json")
    assert answer.status_code == 404
    assert "no unit has the code" in answer.json()["error"]


def test_every_page_is_in_both_languages_and_runs_nothing_of_its_own(client: TestClient) -> None:
    for path in ("/", f"/unit/{UNIT}", "/missing", "/codebook", "/lineage", "/search?q=x"):
        page = client.get(path).text
        assert 'class="zh"' in page, path
        assert 'class="en"' in page, path
        assert " style=" not in page, path
        assert "<style" not in page, path
        assert "onclick" not in page, path


def test_json_writes_days_as_text_and_refuses_what_it_cannot_hold(client: TestClient) -> None:
    reports = client.get(f"/unit/{UNIT}.json").json()["reports"]
    assert all(one["published_on"] is None or len(one["published_on"]) == len("2024-01-31") for one in reports)
    assert plain(date(2024, 1, 31)) == "2024-01-31"
    assert plain(frozenset({"one"})) == ["one"]
    with pytest.raises(TypeError, match="a page holds a bytes"):
        plain(b"")
