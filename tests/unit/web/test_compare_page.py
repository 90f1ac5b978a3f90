"""The page that compares: what it takes, what it says of the rest, and what a chart gets of bounds and gaps."""

import html
import json
import re
from typing import Any

import pytest
from charted_release import HOSTILE, write_charted_release
from starlette.testclient import TestClient

from pipelines.settings import Settings
from pipelines.web.app import create_app

UNIT, HOSTILE_UNIT, COUNTY, CITY, PROVINCE = "330225100", "330225101", "330225", "330200", "330000"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    folder = tmp_path_factory.mktemp("charted")
    write_charted_release(folder)
    return TestClient(create_app(Settings.load(folder / "raw", folder)), base_url="http://localhost")


def _shown(client: TestClient, **parameters: str) -> dict[str, Any]:
    shown: dict[str, Any] = client.get("/compare.json", params=parameters).json()
    return shown


def _codes(shown: dict[str, Any]) -> list[str]:
    return [place["code"] for place in shown["places"]]


def test_units_and_areas_of_all_levels_stand_beside_each_other(client: TestClient) -> None:
    shown = _shown(client, units=f"{UNIT},{COUNTY},{CITY},{PROVINCE}", metrics="training_sessions")
    of_2024 = {row["code"]: row for row in shown["rows"] if row["report_year"] == 2024}
    assert {code: row["value"] for code, row in of_2024.items()} == {UNIT: 12, COUNTY: 15, CITY: 400, PROVINCE: 400}
    assert (of_2024[COUNTY]["qualifier"], of_2024[COUNTY]["n_reporting"]) == ("at_least", 12)
    by_unit = _shown(client, units=COUNTY, metrics="training_sessions", by="unit")
    assert [row["value"] for row in by_unit["rows"]] == [10, 1.25]


def test_a_bound_is_told_from_a_figure_and_a_gap_stays_a_gap(client: TestClient) -> None:
    shown = _shown(client, units=f"{UNIT},{CITY}", metrics="training_sessions")
    series = {one["name"]: one for one in shown["panels"][0]["chart"]["series"]}
    assert series["石浦镇"]["bounds"] == ["exact", "at_least"]
    assert series["宁波市"]["values"] == [None, 400]
    assert "n = 3 of 4" in shown["panels"][0]["chart"]["note"]["en"]
    text = client.get("/compare", params={"units": UNIT, "metrics": "training_sessions"}).text
    assert "≥ 12" in text


def test_a_blank_says_why(client: TestClient) -> None:
    shown = _shown(client, units=f"{HOSTILE_UNIT},{UNIT},{COUNTY}", metrics="training_sessions,training_other")
    statuses = {(row["metric_code"], row["code"], row["report_year"]): row["status"] for row in shown["rows"]}
    assert statuses["training_sessions", HOSTILE_UNIT, 2023] == "silent"
    assert statuses["training_sessions", UNIT, 2024] == "stated"
    assert statuses["training_other", UNIT, 2024] == "silent"
    assert statuses["training_other", UNIT, 2023] == "no_report"
    assert statuses["training_other", COUNTY, 2023] == "none_states"
    assert shown["panels"][1]["chart"] is None


def test_without_indicators_the_headlines_are_compared(client: TestClient) -> None:
    assert [one["metric_code"] for one in _shown(client, units=UNIT)["metrics"]] == ["trainings_held"]
    empty = _shown(client)
    assert (empty["places"], empty["rows"], empty["panels"], empty["said"]) == ([], [], [], [])
    assert client.get("/compare").status_code == 200


@pytest.mark.parametrize(
    "units", ["330225100,330225", "330225100 330225", " 330225100;330225, ", "330225100、330225,330225"]
)
def test_codes_are_told_apart_however_they_are_written(client: TestClient, units: str) -> None:
    assert _codes(_shown(client, units=units)) == [UNIT, COUNTY]


@pytest.mark.parametrize(
    ("name", "code"), [("石浦镇", UNIT), ("象山县 石浦镇", UNIT), ("宁海县", "330226"), ("shipu", UNIT)]
)
def test_a_place_is_added_by_its_name(client: TestClient, name: str, code: str) -> None:
    assert _codes(_shown(client, units=PROVINCE, add=name)) == [PROVINCE, code]


def test_a_name_that_fits_several_is_put_to_choice(client: TestClient) -> None:
    shown = _shown(client, add="宁")
    assert _codes(shown) == []
    assert {one["code"] for one in shown["choices"]} >= {"330200", "330226"}
    assert "choose" in shown["said"][0]["en"]


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"units": "999999999"}, "999999999: no unit"),
        ({"units": "33022"}, "33022: no unit"),
        ({"units": "没有的地方"}, "nothing is called so"),
        ({"units": UNIT, "metrics": "none"}, "none: no indicator"),
        ({"units": "<b>x</b>"}, "nothing is called so"),
        ({"metrics": ",".join(f"m{at}" for at in range(9))}, "m0: no indicator"),
    ],
)
def test_what_cannot_be_compared_is_said(client: TestClient, parameters: dict[str, str], said: str) -> None:
    shown = _shown(client, **parameters)
    assert said in " ".join(message["en"] for message in shown["said"])
    page = client.get("/compare", params=parameters)
    assert page.status_code == 200
    assert said in page.text
    assert "<b>x" not in page.text


def test_more_than_can_be_shown_is_said(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.web.pages.compare.MOST_PLACES", 2)
    monkeypatch.setattr("pipelines.web.pages.compare.MOST_METRICS", 1)
    shown = _shown(client, units=f"{UNIT},{COUNTY},{PROVINCE}", metrics="training_sessions,exam_pass_rate")
    assert _codes(shown) == [UNIT, COUNTY]
    said = [message["en"] for message in shown["said"]]
    assert said == ["2 at most; left out: 浙江省", "1 indicators at most; left out: exam_pass_rate"]


def test_names_stay_text(client: TestClient) -> None:
    text = client.get("/compare", params={"units": f"{HOSTILE_UNIT},{UNIT}", "metrics": "training_sessions"}).text
    assert "<script>alert" not in text
    chart = json.loads(html.unescape(re.findall(r'data-chart="([^"]*)"', text)[0]))
    assert chart["series"][0]["name"] == HOSTILE


def test_the_table_is_downloaded(client: TestClient) -> None:
    answer = client.get("/compare.csv", params={"units": f"{UNIT},{COUNTY}", "metrics": "training_sessions"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("metric_code,code,name,report_year,status,value,unit,qualifier")
    assert len(lines) == 5
