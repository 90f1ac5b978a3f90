"""The divisions that are kept for a release: the last name of a code, read once, nothing for what is no division."""

from pathlib import Path

import duckdb
import pytest

from pipelines.web.divisions import Divisions
from pipelines.web.open_release import OpenRelease

_ABOVE = "'宁波市', '330000', '浙江省'"
_COUNTY = f"'330225', '象山县', {_ABOVE}"
ROWS = f"""
    ('330225103', '石浦公社', 'township', '330225103', '石浦公社', {_COUNTY}, 'town', NULL, DATE '1983-12-31'),
    ('330225103', '石浦镇', 'township', '330225103', '石浦镇', {_COUNTY}, 'town', DATE '1984-01-01', NULL),
    ('330225104', '西周区', 'township', '330225104', '西周区', {_COUNTY}, 'town', NULL, DATE '1991-12-31'),
    ('330225104', '西周镇', 'township', '330225104', '西周镇', {_COUNTY}, 'town', NULL, DATE '2024-12-31'),
    ('330225', '象山', 'county', NULL, NULL, {_COUNTY}, NULL, NULL, DATE '1990-12-31'),
    ('330225', '象山县', 'county', NULL, NULL, {_COUNTY}, NULL, NULL, NULL),
    ('330200', '宁波市', 'city', NULL, NULL, NULL, NULL, {_ABOVE}, NULL, NULL, NULL)
"""


@pytest.fixture
def release(tmp_path: Path) -> OpenRelease:
    path = tmp_path / "one.duckdb"
    names = "division_code division_name level township_code township_name county_code county_name city_name"
    texts = [f"{name} VARCHAR" for name in f"{names} province_code province_name unit_class".split()]
    with duckdb.connect(str(path)) as con:
        con.execute(f"CREATE TABLE dim_division ({', '.join(texts)}, valid_from DATE, valid_to DATE)")
        con.execute(f"INSERT INTO dim_division VALUES {ROWS}")
    return OpenRelease.at(path)


def test_a_unit_has_its_last_name(release: OpenRelease) -> None:
    divisions = Divisions.of(release)
    assert divisions.unit("330225103", "township_name", "county_name") == {
        "township_name": "石浦镇",
        "county_name": "象山县",
    }
    found = divisions.unit("330225104")
    assert found is not None
    assert (found["township_name"], len(found)) == ("西周镇", 10)


@pytest.mark.parametrize("code", ["330225", "999999999", "", None])
def test_what_is_no_unit_is_none(release: OpenRelease, code: str | None) -> None:
    assert Divisions.of(release).unit(code) is None


@pytest.mark.parametrize(
    ("code", "name", "level", "where"),
    [
        ("330225103", "石浦镇", "township", "浙江省 宁波市 象山县"),
        ("330225", "象山县", "county", "浙江省 宁波市"),
        ("330200", "宁波市", "city", "浙江省"),
    ],
)
def test_a_place_says_what_it_lies_in(release: OpenRelease, code: str, name: str, level: str, where: str) -> None:
    place = Divisions.of(release).place(code)
    assert place == {"code": code, "name": name, "level": level, "where_it_lies": where}
    assert Divisions.of(release).place("999999") is None


def test_units_are_read_once_for_a_release_and_hold_a_name_that_many_share_once(release: OpenRelease) -> None:
    divisions = Divisions.of(release)
    assert Divisions.of(release) is divisions
    first, second = (divisions.unit(code, "county_name") for code in ("330225103", "330225104"))
    assert first is not None
    assert second is not None
    assert first["county_name"] is second["county_name"]
