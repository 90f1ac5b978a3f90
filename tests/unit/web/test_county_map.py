"""Boundaries of counties: what is taken from a file, what is refused, and what the pages get of them."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from charted_release import write_charted_release
from click.testing import CliRunner
from starlette.testclient import TestClient

from pipelines.cli.commands import fazhi
from pipelines.settings import Settings
from pipelines.web.app import create_app
from pipelines.web.county_map import MapError, read_map, write_map


def _square(west: float, south: float, side: float = 0.5, steps: int = 50) -> list[list[float]]:
    """A ring with `steps` points on each side."""
    along = [side * at / steps for at in range(steps)]
    corners = [
        (west, south, 1, 0),
        (west + side, south, 0, 1),
        (west + side, south + side, -1, 0),
        (west, south + side, 0, -1),
    ]
    ring = [[x + dx * far, y + dy * far] for x, y, dx, dy in corners for far in along]
    return [*ring, ring[0]]


def _file(path: Path, *counties: tuple[Any, Any]) -> Path:
    features = [
        {"type": "Feature", "properties": {"adcode": code}, "geometry": geometry} for code, geometry in counties
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def _polygon(*ring: list[Any]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(ring)]}


def test_boundaries_become_small_and_neighbours_keep_one_border(tmp_path: Path) -> None:
    source = _file(
        tmp_path / "counties.json", (330225, _polygon(*_square(121, 29))), ("330226", _polygon(*_square(121.5, 29)))
    )
    assert write_map(source, tmp_path / "warehouse" / "map.geojson") == 2
    text, n_counties = read_map(tmp_path / "warehouse" / "map.geojson") or ("", 0)
    west, east = (one["geometry"]["coordinates"][0][0] for one in json.loads(text)["features"])
    assert n_counties == 2
    assert len(west) == len(east) == 5
    assert {(121.5, 29.0), (121.5, 29.5)} == set(map(tuple, west)) & set(map(tuple, east))


def test_a_folder_of_files_by_code_is_read_without_provinces_and_prefectures(tmp_path: Path) -> None:
    for name in ("330225", "330000", "330200", "441900", "readme"):
        (tmp_path / f"{name}.geojson").write_text(json.dumps(_polygon(*_square(121, 29))))
    assert write_map(tmp_path, tmp_path / "map") == 2
    assert re.findall(r'"name":"(\d+)"', (read_map(tmp_path / "map") or ("", 0))[0]) == ["330225", "441900"]


def test_a_county_smaller_than_the_grid_stays(tmp_path: Path) -> None:
    write_map(_file(tmp_path / "a", ("310101", _polygon(*_square(121.47, 31.21, 0.01, 2)))), tmp_path / "map")
    text, _ = read_map(tmp_path / "map") or ("", 0)
    assert len(json.loads(text)["features"][0]["geometry"]["coordinates"][0][0]) == 9


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "cannot be read as JSON"),
        ("[1]", "no list `features`"),
        ('{"features": []}', "found no county"),
        ('{"features": [{"properties": {"adcode": "330225"}, "geometry": {"type": "Point"}}]}', "'Point'"),
        ('{"features": [{"properties": {"adcode": "330225"}, "geometry": null}]}', "'None'"),
        (json.dumps({"features": [{"properties": {"adcode": 330225}, "geometry": _polygon([1e6, 2e6])}]}), "degrees"),
        (
            json.dumps({"features": [{"properties": {"adcode": 330225}, "geometry": _polygon([float("nan"), 2])}]}),
            "degrees",
        ),
        (json.dumps({"features": [{"properties": {"adcode": 330225}, "geometry": _polygon(["<b>", 2])}]}), "rings"),
        (json.dumps({"features": [{"properties": {"adcode": 330225}, "geometry": _polygon([])}]}), "rings"),
    ],
)
def test_what_is_no_map_is_refused_and_nothing_is_written(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "source").write_text(content)
    with pytest.raises(MapError, match=said):
        write_map(tmp_path / "source", tmp_path / "map")
    assert not (tmp_path / "map").exists()


def test_the_page_of_an_indicator_draws_the_map_where_there_is_one(tmp_path: Path) -> None:
    write_charted_release(tmp_path)
    client = TestClient(create_app(Settings.load(tmp_path / "raw", tmp_path)), base_url="http://localhost")
    address = "/metric/training_sessions?all=1"
    assert client.get("/map").status_code == client.get("/map.json").status_code == 404
    assert "data-boundaries" not in client.get(address).text
    source = _file(tmp_path / "counties.json", ("330225", _polygon(*_square(121, 29))))
    done = CliRunner().invoke(fazhi, ["map", "--geojson", str(source), "--warehouse", str(tmp_path)])
    assert (done.exit_code, done.output.split()[0]) == (0, "1")
    page = client.get(address).text
    assert 'data-boundaries="/map.json"' in page
    charts = [json.loads(html.unescape(found)) for found in re.findall(r'data-chart="([^"]*)"', page)]
    areas = next(chart for chart in charts if chart["kind"] == "map")["areas"]
    assert [(area["codes"], area["value"]) for area in areas] == [(["330225"], 1.25), (["330226", "330299"], 400)]
    assert json.loads(client.get("/map.json").json()["boundaries"])["features"][0]["properties"] == {"name": "330225"}
    assert "legal requirements" in client.get("/map").text
