"""The units that are kept for a release: the last name of a code, read once, nothing for what is no unit."""

from pathlib import Path

import duckdb
import pytest

from pipelines.web.divisions import Divisions
from pipelines.web.open_release import OpenRelease

COUNTY = "'330225', '象山县', '宁波市', '330000', '浙江省'"
ROWS = """
    ('330225103', '石浦公社', {county}, 'town', DATE '1960-01-01', DATE '1983-12-31'),
    ('330225103', '石浦镇', {county}, 'town', DATE '1984-01-01', NULL),
    ('330225104', '西周区', {county}, 'town', NULL, DATE '1991-12-31'),
    ('330225104', '西周镇', {county}, 'town', NULL, DATE '2024-12-31'),
    (NULL, NULL, {county}, NULL, NULL, NULL)
"""


@pytest.fixture
def release(tmp_path: Path) -> OpenRelease:
    path = tmp_path / "one.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(
            "CREATE TABLE dim_division (township_code VARCHAR, township_name VARCHAR, county_code VARCHAR, county_name "
            "VARCHAR, city_name VARCHAR, province_code VARCHAR, province_name VARCHAR, unit_class VARCHAR, "
            "valid_from DATE, valid_to DATE)"
        )
        con.execute(f"INSERT INTO dim_division VALUES {ROWS.format(county=COUNTY)}")
    return OpenRelease.at(path)


def test_a_unit_has_its_last_name(release: OpenRelease) -> None:
    divisions = Divisions.of(release)
    assert divisions.unit("330225103", "township_name", "county_name") == {
        "township_name": "石浦镇",
        "county_name": "象山县",
    }
    found = divisions.unit("330225104")
    assert found is not None
    assert (found["township_name"], list(found)) == ("西周镇", list(divisions.columns))


@pytest.mark.parametrize("code", ["330225", "999999999", "", None])
def test_what_is_no_unit_is_none(release: OpenRelease, code: str | None) -> None:
    assert Divisions.of(release).unit(code) is None


def test_units_are_read_once_for_a_release_and_hold_a_name_that_many_share_once(release: OpenRelease) -> None:
    divisions = Divisions.of(release)
    assert Divisions.of(release) is divisions
    first, second = (divisions.unit(code, "county_name") for code in ("330225103", "330225104"))
    assert first is not None
    assert second is not None
    assert first["county_name"] is second["county_name"]
