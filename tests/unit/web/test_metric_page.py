"""The page of an indicator: what is ranked, what a histogram holds, and that nothing of a report becomes markup."""

import html
import json
import re

import pytest
from charted_release import HOSTILE, write_charted_release
from starlette.testclient import TestClient

from pipelines.settings import Settings
from pipelines.web.app import STATIC_DIR, create_app
from pipelines.web.chart_data import histogram
from pipelines.web.province_tiles import province_tiles


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    folder = tmp_path_factory.mktemp("charted")
    write_charted_release(folder)
    return TestClient(create_app(Settings.load(folder / "raw", folder)), base_url="http://localhost")


def _counties(client: TestClient, **parameters: str | int | float | bool | None) -> list[str]:
    rows = client.get("/metric/training_sessions.json", params=parameters).json()["ranking"]
    return [row["county_code"] for row in rows]


def test_a_county_is_ranked_where_half_of_its_units_state_the_figure(client: TestClient) -> None:
    assert _counties(client) == ["330225"]
    assert _counties(client, all=1) == ["330226", "330225"]
    assert _counties(client, all=1, by="unit") == ["330226", "330225"]
    assert _counties(client, all=1, year=2023) == ["330225"]
    assert _counties(client, all=1, most=1) == ["330226"]
    assert _counties(client, all=1, province="350000") == []


def test_a_figure_a_unit_is_divided_by_the_units_that_state_it(client: TestClient) -> None:
    row = client.get("/metric/training_sessions.json").json()["ranking"][0]
    assert (row["value"], row["n_reporting"], row["per_unit"], row["is_lower_bound"]) == (15.0, 12, 1.25, True)
    assert "≥ 15" in client.get("/metric/training_sessions").text


def test_the_ranking_can_be_downloaded(client: TestClient) -> None:
    answer = client.get("/metric/training_sessions.csv?all=1&most=5000")
    assert answer.headers["content-disposition"] == 'attachment; filename="fazhi-training_sessions-2024.csv"'
    assert answer.content.decode("utf-8-sig").splitlines()[0].startswith("place,county_code,")
    assert len(answer.content.splitlines()) == 3
    assert client.get("/metric/training_sessions.xlsx").content.startswith(b"PK")


def test_names_stay_text_in_the_page_and_in_the_data_of_its_charts(client: TestClient) -> None:
    text = client.get("/metric/training_sessions?all=1").text
    assert "<script>alert" not in text
    assert "What &lt;b&gt;counts&lt;/b&gt;." in text
    charts = [json.loads(html.unescape(found)) for found in re.findall(r'data-chart="([^"]*)"', text)]
    assert [chart["kind"] for chart in charts] == ["bars", "tiles", "lines", "rows"]
    assert HOSTILE in charts[3]["categories"]
    assert " style=" not in text


def test_examples_and_rules_come_from_the_codebook(client: TestClient) -> None:
    content = client.get("/metric/training_sessions.json").json()
    assert len(content["examples"]) >= 2
    assert content["counter_examples"][0]["why"]
    assert [(row["rule_id"], row["n"]) for row in content["rules"]] == [("training_sessions.1", 7)]
    assert content["rules"][0]["words"]
    assert content["codebook_differs"]
    headline = client.get("/metric/trainings_held.json").json()
    assert (headline["examples"], [part["metric_code"] for part in headline["parts"]]) == ([], ["training_sessions"])


@pytest.mark.parametrize(
    "address",
    [
        "/metric/none",
        "/metric/training_sessions?year=1999",
        "/metric/training_sessions?year=x",
        "/metric/training_sessions?province=33",
        "/metric/training_sessions?most=0",
        "/metric/%3Cb%3E",
    ],
)
def test_what_is_not_there_is_said(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert "<b>" not in answer.text.partition("<main")[2].partition("</main")[0]


def test_an_indicator_that_nobody_states_has_a_page(client: TestClient) -> None:
    answer = client.get("/metric/training_other")
    assert answer.status_code == 200
    assert 'data-chart="' in answer.text  # the trend of those that report
    assert client.get("/metric/training_other.json").json()["distribution"] == []


def _counts(*values: float, at_least: tuple[float, ...] = ()) -> list[dict[str, float]]:
    every = sorted({*values, *at_least})
    return [
        {"value": one, "n": values.count(one) + at_least.count(one), "n_at_least": at_least.count(one)} for one in every
    ]


@pytest.mark.parametrize(
    ("values", "first", "last"),
    [
        ((5.0,), "5", "5"),
        (tuple(map(float, range(10))), "0", "9"),
        ((*[1.0, 2.0, 3.0] * 20, 9000.0), "1", "≥ 4"),
        ((97.5, 98.2, 100.0), "97–<98", "100–<101"),
        (tuple(float(one) for one in range(0, 2000, 7)), "0–<100", "≥ 2,000"),
    ],
)
def test_a_histogram_holds_every_figure_once(values: tuple[float, ...], first: str, last: str) -> None:
    classes = histogram(_counts(*values))
    assert sum(one["n"] for one in classes) == len(values)
    assert classes[0]["label"] == first
    for one in classes:
        inside = [value for value in values if one["low"] <= value and (one["high"] is None or value < one["high"])]
        assert one["n"] == len(inside), one
    if last != "≥ 2,000":
        assert classes[-1]["label"] == last
    assert len(classes) <= 25


def test_a_histogram_tells_bounds_from_figures() -> None:
    classes = histogram(_counts(1.0, 2.0, at_least=(2.0, 2.0)))
    assert [(one["n"], one["n_at_least"]) for one in classes] == [(1, 0), (3, 2)]
    assert histogram([]) == []


def test_each_province_has_a_tile_of_its_own() -> None:
    tiles = province_tiles()
    assert len(tiles) == len({(tile.x, tile.y) for tile in tiles.values()}) == 34
    assert all(code.isdigit() and code.endswith("0000") for code in tiles)


def test_the_script_of_the_charts_makes_no_markup_and_knows_every_kind() -> None:
    script = (STATIC_DIR / "charts.js").read_text(encoding="utf-8")
    assert not re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", script)
    assert script.count("renderMode:") == script.count('renderMode: "richText"') > 0
    assert '"' not in re.findall(r'const FONT = "(.*)";', script)[0]  # an SVG holds it between double quotes
    kinds = re.findall(r"const KINDS = \{(.*)\};", script)[0]
    assert all(re.search(rf"\b{kind}\b", kinds) for kind in ("bars", "rows", "lines", "tiles"))
