"""Units over time: the file of changes, the unit of the year, and its successor in dim_division."""

import datetime
from pathlib import Path

import polars as pl
import pytest
from warehouse_fixtures import CHIDIAN, Report, Warehouse, say

from pipelines.identify.division_changes import SCHEMA, Change, ChangesError, changes_frame, load_changes, write_changes
from pipelines.identify.gazetteer import Gazetteer
from pipelines.identify.identity import Identity, identify
from pipelines.read.reader import read_bytes
from pipelines.settings import Settings
from pipelines.stage.kept_gazetteer import load_gazetteer

SETTINGS = Settings.load()
CHANGES = load_changes(SETTINGS.division_changes_path)


def str_of(change: Change) -> str:
    return change.county_name + change.old_name


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer(SETTINGS.divisions_path)


def of(issuer: str, year: int, gazetteer: Gazetteer) -> Identity:
    text = f"{issuer}{year}年度法治政府建设情况报告\n{year}年，我们依法办事，情况如下：\n一、学法\n"
    document = read_bytes(text.encode(), "a.txt")
    return identify(document.text, document.furniture, document.fields, None, None, gazetteer)


def test_every_change_agrees_with_the_register_of_today() -> None:
    register = {row["township_code"]: row for row in pl.read_parquet(SETTINGS.divisions_path).to_dicts()}
    counties = {row["county_code"]: row["county_name"] for row in register.values()}
    assert len(CHANGES) >= 15
    assert {change.kind for change in CHANGES} == {"rename", "merger", "upgrade"}
    for change in CHANGES:
        assert counties[change.county_code] == change.county_name, change
        assert change.source and change.url, change
        assert change.known_since < change.changed_on, change
        if change.new_code:
            assert register[change.new_code]["township_name"] == change.new_name, change
        if change.keeps_code:
            assert change.old_code in register, change
        else:
            assert change.old_code not in register, change


@pytest.mark.parametrize("change", [c for c in CHANGES if not c.keeps_code], ids=str_of)
def test_a_report_from_before_a_change_finds_the_unit_of_its_year(change: Change, gazetteer: Gazetteer) -> None:
    found = of(f"{change.county_name}{change.old_name}人民政府", change.changed_on.year - 1, gazetteer)
    assert (found.township_code, found.status) == (change.old_code, "accepted")


@pytest.mark.parametrize("change", [c for c in CHANGES if c.new_code], ids=str_of)
def test_a_report_from_after_a_change_finds_the_new_unit(change: Change, gazetteer: Gazetteer) -> None:
    found = of(f"{change.county_name}{change.new_name}", change.changed_on.year + 2, gazetteer)
    assert (found.township_code, found.status) == (change.new_code, "accepted")


@pytest.mark.parametrize("change", [c for c in CHANGES if c.keeps_code], ids=str_of)
def test_a_unit_that_keeps_its_code_is_found_under_both_names(change: Change, gazetteer: Gazetteer) -> None:
    for name in (change.old_name, change.new_name):
        assert of(change.county_name + name, change.changed_on.year, gazetteer).township_code == change.old_code


def test_two_units_of_one_name_one_after_the_other(gazetteer: Gazetteer) -> None:
    """枞阳镇 was merged with a neighbour into a new 枞阳镇 in January 2021, under another code."""
    assert of("枞阳县枞阳镇", 2019, gazetteer).township_code == "340722100"
    assert of("枞阳县枞阳镇", 2020, gazetteer).township_code == "340722100"
    assert of("枞阳县枞阳镇", 2021, gazetteer).township_code == "340722118"
    assert of("枞阳县枞阳镇", 2023, gazetteer).township_code == "340722118"


def test_a_name_that_ended_long_ago_is_not_believed(gazetteer: Gazetteer) -> None:
    found = of("禹州市小吕乡", 2023, gazetteer)
    assert (found.township_code, found.status) == (None, "quarantined")
    assert "411081206 ended on 2020-06-12, 411081119 followed" in (found.status_reason or "")
    assert found.place_candidates == ["411081206"]


HEAD = ",".join(SCHEMA)
GOOD = "2020-06-12,upgrade,411081,禹州市,411081206,小吕乡,2015-09-30,411081119,小吕镇,批复,"


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (GOOD.replace("upgrade", "promotion"), "kind is 'promotion', expected one of rename, merger, upgrade"),
        (GOOD.replace("2020-06-12", "June 2020"), "changed_on is 'June 2020', expected a day"),
        (GOOD.replace("411081206", "41108120"), "old_code is '41108120', expected 9 digits"),
        (GOOD.replace("411081206", "411082206"), "does not lie in county 411081"),
        (GOOD.replace("批复", ""), "source is empty"),
        (GOOD.replace("411081119", "421081119"), "lies in another province than old_code 411081206"),
        (GOOD.replace("411081119,小吕镇", "411081206,小吕乡"), "are the same"),
        (f"{GOOD}\n{GOOD}", "ends twice"),
    ],
)
def test_a_row_that_breaks_the_rules_is_refused(tmp_path: Path, row: str, complaint: str) -> None:
    path = tmp_path / "changes.csv"
    path.write_text(f"{HEAD}\n{row}\n", encoding="utf-8")
    with pytest.raises(ChangesError, match=complaint):
        load_changes(path)


def test_a_file_with_other_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "changes.csv"
    path.write_text("old,new\n", encoding="utf-8")
    with pytest.raises(ChangesError, match="its columns are"):
        load_changes(path)


def test_a_change_to_a_unit_that_is_not_in_the_register_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "changes.csv"
    path.write_text(f"{HEAD}\n{GOOD.replace('411081119', '411081999')}\n", encoding="utf-8")
    with pytest.raises(ChangesError, match="lacks the unit that followed"):
        Gazetteer(pl.read_parquet(SETTINGS.divisions_path), load_changes(path))


def test_the_changes_as_a_table(tmp_path: Path) -> None:
    path = write_changes(SETTINGS.division_changes_path, tmp_path / "new" / "changes.parquet")
    assert pl.read_parquet(path).equals(changes_frame(CHANGES))
    assert [file.name for file in path.parent.iterdir()] == ["changes.parquet"]


def test_dim_division_links_a_unit_of_the_past_to_its_successor(tmp_path: Path) -> None:
    report = Report("a.txt", "350582299", 2016, [say("exam_sessions", "测试{3}次。", 3)])
    warehouse = Warehouse(tmp_path, [report])
    same = {
        "county_code": "350582",
        "county_name": "晋江市",
        "known_since": datetime.date(2015, 9, 30),
        "source": "批复",
    }
    day = datetime.date(2018, 5, 7)
    warehouse.rows["ref_division_changes"] = [
        {"changed_on": day, "kind": "upgrade", "old_code": "350582299", "old_name": "池店乡", "new_code": CHIDIAN,
         "new_name": "池店镇", **same},
        {"changed_on": day, "kind": "rename", "old_code": "350582104", "old_name": "石井乡", "new_code": "350582104",
         "new_name": "安海镇", **same},
    ]  # fmt: skip
    warehouse.build()
    columns = "township_name, county_name, valid_from, valid_to, successor_code, other_names"
    rows = warehouse.sql(
        f"SELECT {columns} FROM dim_division WHERE county_code = '350582' AND level = 'township' ORDER BY 1"
    )
    assert rows == [
        ("安海镇", "晋江市", day, None, None, ["石井乡"]),
        ("池店乡", "晋江市", datetime.date(2015, 9, 30), datetime.date(2018, 5, 6), CHIDIAN, []),
        ("池店镇", "晋江市", day, None, None, []),
    ]
    # The report of 2016 is the old unit's, and a county is as large as its units of today.
    assert warehouse.sql("SELECT township_code, township_name FROM township_year") == [("350582299", "池店乡")]
    assert warehouse.sql("SELECT n_reporting, n_units FROM county_year") == [(1, 2)]
