"""The table of changes of units: each rule for a row, broken alone and at its edge."""

import csv
from pathlib import Path

import pytest

from pipelines.identify.division_changes import SCHEMA, ChangesError, load_changes

ROW = {
    "changed_on": "2021-06-01", "kind": "upgrade", "county_code": "510921", "county_name": "蓬溪县",
    "old_code": "510921205", "old_name": "天福乡", "known_since": "2010-01-01", "new_code": "510921105",
    "new_name": "天福镇", "source": "公报", "url": "https://www.sc.gov.cn/a",
}  # fmt: skip
MAY_BE_EMPTY = {"new_code", "url"}


def written(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "changes.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(SCHEMA))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_row_is_read_as_it_stands(tmp_path: Path) -> None:
    (change,) = load_changes(written(tmp_path, ROW))
    assert {name: str(getattr(change, name)) for name in ROW} == ROW
    assert not change.keeps_code


@pytest.mark.parametrize("name", SCHEMA)
def test_each_column_but_two_must_be_filled(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, ROW, {**ROW, "old_code": "510921206", name: ""})
    if name in MAY_BE_EMPTY:
        assert getattr(load_changes(path)[1], name) is None
    else:
        with pytest.raises(ChangesError, match=f"line 3: {name} is empty; every change needs it"):
            load_changes(path)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"county_code": "51092"}, "county_code is '51092', expected 6 digits"),
        ({"county_code": "51092x"}, "county_code is '51092x', expected 6 digits"),
        ({"old_code": "5109212055"}, "old_code is '5109212055', expected 9 digits"),
        ({"new_code": "51092110"}, "new_code is '51092110', expected 9 digits"),
        ({"kind": "mood"}, "kind is 'mood', expected one of rename, merger, upgrade"),
        ({"changed_on": "2021-06"}, "changed_on is '2021-06', expected a day"),
        ({"known_since": "yesterday"}, "known_since is 'yesterday', expected a day"),
        ({"county_code": "510922"}, "old_code 510921205 does not lie in county 510922"),
        ({"new_code": "410921105"}, "new_code 410921105 lies in another province"),
        ({"new_code": "510921205", "new_name": "天福乡"}, "the old unit and the new one are the same"),
    ],
)
def test_a_row_that_breaks_a_rule_is_named(tmp_path: Path, changed: dict[str, str], complaint: str) -> None:
    with pytest.raises(ChangesError, match=f"changes.csv, line 2: {complaint}"):
        load_changes(written(tmp_path, {**ROW, **changed}))


@pytest.mark.parametrize(
    ("changed", "keeps_code"),
    [
        ({"new_code": "510921205"}, True),
        ({"new_code": ""}, True),
        ({"new_name": "天福乡"}, False),
        ({"new_code": "519999105"}, False),  # another county of the province
        *(({"kind": kind}, False) for kind in ("rename", "merger")),
    ],
)
def test_a_row_at_the_edge_of_a_rule_is_read(tmp_path: Path, changed: dict[str, str], keeps_code: bool) -> None:
    (change,) = load_changes(written(tmp_path, {**ROW, **changed}))
    assert change.keeps_code == keeps_code


def test_a_unit_ends_once(tmp_path: Path) -> None:
    other_name = {**ROW, "old_name": "天福公社"}
    assert len(load_changes(written(tmp_path, ROW, other_name, {**ROW, "old_code": "510921206"}))) == 3
    with pytest.raises(ChangesError, match="510921205 天福乡 ends twice"):
        load_changes(written(tmp_path, ROW, other_name, {**ROW, "new_name": "天福街道"}))
