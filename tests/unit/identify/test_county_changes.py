"""Counties over time: the comparison of registers, the file that it makes, and the codes by year."""

import importlib.util
import sys
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
from warehouse_fixtures import DIVISIONS, Warehouse

from pipelines.identify.county_changes import COLUMNS, KINDS, load_county_changes, write_county_changes
from pipelines.identify.division_changes import SCHEMA, ChangesError, load_changes
from pipelines.paths import PROJECT_ROOT
from pipelines.settings import Settings

SETTINGS = Settings.load()
CHANGES = load_county_changes(SETTINGS.county_changes_path)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """raw/reference/make_county_changes.py, which is no part of a package."""
    path = PROJECT_ROOT / "raw" / "reference" / "make_county_changes.py"
    spec = importlib.util.spec_from_file_location("make_county_changes", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def compared(script: ModuleType, old: dict[str, Any], new: dict[str, Any]) -> set[tuple[str, str, str]]:
    """(kind, old code, new code) of each change between two registers of {code: (name, townships)}."""
    registers = [
        script.Register(
            date(2015, 1, 1), "test", {code: name for code, (name, _) in one.items()},
            {code: set(towns) for code, (_, towns) in one.items() if towns},
        )
        for one in (old, new)
    ]  # fmt: skip
    return {(change.kind, change.old_code, change.new_code) for change in script.compare(*registers)}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"110228": ("密云县", "")}, {"110118": ("密云区", "")}, {("recode", "110228", "110118")}),
        ({"510124": ("郫县", "")}, {"510117": ("郫都区", "")}, {("recode", "510124", "510117")}),
        ({"371324": ("苍山县", "")}, {"371324": ("兰陵县", "")}, {("rename", "371324", "371324")}),
        # another name and no township: nothing bears out that they are one
        ({"330621": ("绍兴县", "")}, {"330603": ("柯桥区", "")}, {("ended", "330621", ""), ("new", "", "330603")}),
        ({"330621": ("绍兴县", "甲乙丙")}, {"330603": ("柯桥区", "甲乙丁")}, {("recode", "330621", "330603")}),
        # the name of another prefecture's county
        (
            {"510124": ("郫县", "")},
            {"520117": ("郫都区", "")},
            {("ended", "510124", ""), ("new", "", "520117")},
        ),
        (
            {"310108": ("闸北区", "甲乙丙"), "310106": ("静安区", "丁戊")},
            {"310106": ("静安区", "甲乙丙丁戊")},
            {("merger", "310108", "310106")},
        ),
        (
            {"330110": ("余杭区", "甲乙丙丁")},
            {"330110": ("余杭区", "甲乙"), "330113": ("临平区", "丙丁")},
            {("split", "330110", "330113")},
        ),
        # half of the townships is not most of them
        (
            {"320202": ("崇安区", "甲乙"), "320213": ("梁溪区", "丙")},
            {"320213": ("梁溪区", "甲丙")},
            {("ended", "320202", "")},
        ),
        # two of one stem in the province: of one prefecture each
        (
            {"542301": ("江孜县", ""), "542401": ("江孜区", "")},
            {"542302": ("江孜县", ""), "542402": ("江孜市", "")},
            {("recode", "542301", "542302"), ("recode", "542401", "542402")},
        ),
    ],
)
def test_what_a_comparison_of_two_registers_bears_out(
    script: ModuleType, old: dict[str, Any], new: dict[str, Any], expected: set[tuple[str, str, str]]
) -> None:
    assert compared(script, old, new) == expected


def test_a_register_that_alone_lacks_a_code_does_not_count(script: ModuleType) -> None:
    registers = [
        script.Register(date(2013, month, 1), "test", counties, {})
        for month, counties in ((1, {"1": "甲县"}), (2, {"2": "乙县"}), (3, {"1": "甲县"}))
    ]
    assert [register.counties for register in script.steady(registers)] == [{"1": "甲县"}] * 3


def test_months_narrow_the_days_and_a_mixed_up_one_does_not(script: ModuleType) -> None:
    months = [
        script.Register(date(2016, month, 1), "test", {"2" if month in (3, 6, 7) else "1": "甲县"}, {})
        for month in range(1, 8)
    ]
    change = script.Change("recode", "1", "甲县", "2", "甲县", date(2015, 10, 31), date(2016, 10, 31))
    narrowed = script.narrowed(change, months)
    assert (narrowed.known_until, narrowed.changed_on) == (date(2016, 5, 1), date(2016, 6, 1))
    assert script.narrowed(change, months[:5]) == change


def test_the_file_fits_the_register_of_today() -> None:
    today = dict(pl.read_parquet(SETTINGS.divisions_path).select("county_code", "county_name").unique().iter_rows())
    later = set(CHANGES.drop_nulls("old_code")["old_code"]) - {None}
    rows = CHANGES.to_dicts()
    assert len(rows) > 300 and {row["kind"] for row in rows} == set(KINDS)
    for row in rows:
        assert row["known_until"] < row["changed_on"], row
        assert row["source"].count("(") == 2 and row["url"].startswith("https://"), row
        has_old, has_new = row["old_code"] is not None, row["new_code"] is not None
        assert (has_old, has_new) == (row["kind"] != "new", row["kind"] != "ended"), row
        assert not has_new or row["new_code"] in today or row["new_code"] in later, row
        if row["kind"] in ("recode", "merger", "ended"):
            came_back = any(o["new_code"] == row["old_code"] and o["changed_on"] > row["changed_on"] for o in rows)
            assert row["old_code"] not in today or came_back, row
    for code in ("110118", "510117", "360402"):
        (row,) = [row for row in rows if row["new_code"] == code]
        assert row["new_name"] == today[code]


def test_no_code_is_made_twice_of_one_state() -> None:
    made = CHANGES.filter(pl.col("kind").is_in(["recode", "rename", "split", "new"])).select("new_code", "new_name")
    assert not made.is_duplicated().any()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b\n1,2\n", "its columns are"),
        (",".join(COLUMNS) + "\n2020-02-30,2019-01-01,new,,,1,x,s,u\n", "cannot be read"),
        (",".join(COLUMNS) + "\n2020-02-20,2019-01-01,moved,,,1,x,s,u\n", "cannot be read"),
        ("", "cannot be read"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "county_changes.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ChangesError, match=message):
        write_county_changes(path, tmp_path / "out.parquet")
    assert not (tmp_path / "out.parquet").exists()


def codes(tmp_path: Path, *changes: tuple[str, str, str, str, str, str, str]) -> Warehouse:
    """A warehouse of the divisions of the fixtures in which 晋江市 (350582) has these changes."""
    warehouse = Warehouse(tmp_path, [])
    names = ("changed_on", "known_until", "kind", "old_code", "old_name", "new_code", "new_name")
    warehouse.rows["ref_county_changes"] = [
        dict(zip(names, change, strict=True))
        | {"changed_on": date.fromisoformat(change[0]), "known_until": date.fromisoformat(change[1])}
        | {name: value or None for name, value in zip(names[3:], change[3:], strict=True)}
        for change in changes
    ]
    warehouse.specs = {name: warehouse.specs[name] for name in ("dim_division", "dim_county_year")}
    warehouse.build()
    return warehouse


def of_jinjiang(warehouse: Warehouse, *years: int) -> list[tuple[Any, ...]]:
    columns = "county_code_then, county_name_then, is_part, merged_codes, is_certain"
    return warehouse.sql(
        f"SELECT {columns} FROM dim_county_year WHERE county_code = '350582' AND year IN {years} ORDER BY year"
    )


def test_every_county_of_today_has_every_year(tmp_path: Path) -> None:
    warehouse = codes(tmp_path)
    (counts,) = warehouse.sql("SELECT count(*), count(DISTINCT county_code), min(year), max(year) FROM dim_county_year")
    n_counties = len({row[2] for row in DIVISIONS})
    assert counts == (13 * n_counties, n_counties, 2012, 2024)
    assert of_jinjiang(warehouse, 2012, 2022, 2023) == [
        ("350582", "晋江市", False, [], True),
        ("350582", "晋江市", False, [], True),
        ("350582", "晋江市", False, [], False),  # after the last register
    ]


def test_a_county_is_followed_back_through_renames_and_codes(tmp_path: Path) -> None:
    """A year's end between two registers has the older state, and says so."""
    warehouse = codes(
        tmp_path,
        ("2014-10-31", "2014-02-28", "rename", "350521", "晋水县", "350521", "晋江县"),
        ("2019-06-30", "2018-10-31", "recode", "350521", "晋江县", "350582", "晋江市"),
    )
    assert of_jinjiang(warehouse, 2013, 2014, 2017, 2018, 2019) == [
        ("350521", "晋水县", False, [], True),
        ("350521", "晋江县", False, [], True),
        ("350521", "晋江县", False, [], True),
        ("350521", "晋江县", False, [], False),
        ("350582", "晋江市", False, [], True),
    ]


def test_a_code_that_comes_back_is_followed_through_the_other(tmp_path: Path) -> None:
    warehouse = codes(
        tmp_path,
        ("2015-09-30", "2015-02-28", "recode", "350582", "晋江市", "359001", "晋江市"),
        ("2017-09-30", "2017-02-28", "recode", "359001", "晋江市", "350582", "晋江市"),
    )
    assert [row[0] for row in of_jinjiang(warehouse, 2014, 2015, 2016, 2017)] == [
        "350582",
        "359001",
        "359001",
        "350582",
    ]


def test_counties_that_were_merged_in_stand_beside_and_a_part_says_so(tmp_path: Path) -> None:
    warehouse = codes(
        tmp_path,
        ("2013-10-31", "2013-02-28", "recode", "350521", "东县", "350502", "东区"),
        ("2015-10-31", "2015-02-28", "merger", "350502", "东区", "350582", "晋江市"),
        ("2015-10-31", "2015-02-28", "merger", "350503", "西区", "350582", "晋江市"),
    )
    assert [row[3] for row in of_jinjiang(warehouse, 2012, 2014, 2015)] == [
        ["350503", "350521"],
        ["350502", "350503"],
        [],
    ]
    split = codes(tmp_path / "split", ("2015-10-31", "2015-02-28", "split", "350581", "石狮市", "350582", "晋江市"))
    assert of_jinjiang(split, 2014, 2015) == [
        ("350581", "石狮市", True, [], True),
        ("350582", "晋江市", False, [], True),
    ]


def test_what_no_register_bears_out_is_null(tmp_path: Path) -> None:
    warehouse = codes(tmp_path, ("2015-10-31", "2015-02-28", "new", "", "", "350582", "晋江市"))
    assert of_jinjiang(warehouse, 2014, 2015) == [
        (None, None, False, [], False),
        ("350582", "晋江市", False, [], True),
    ]


ROW = {
    "changed_on": "2021-04-07",
    "kind": "merger",
    "county_code": "110101",
    "county_name": "某县",
    "old_code": "110101001",
    "old_name": "甲乡",
    "known_since": "2019-01-01",
    "new_code": "110101002",
    "new_name": "乙镇",
    "source": "公报",
    "url": "",
}


def units(tmp_path: Path, *rows: dict[str, str]) -> Path:
    path = tmp_path / "division_changes.csv"
    path.write_text(
        "\n".join([",".join(SCHEMA), *(",".join({**ROW, **row}.values()) for row in rows)]), encoding="utf-8"
    )
    return path


def test_a_change_of_a_unit_is_read(tmp_path: Path) -> None:
    known, later = load_changes(units(tmp_path, {}, {"old_code": "110101003", "new_code": ""}))
    assert (known.old_name, known.new_code, known.url, known.keeps_code) == ("甲乡", "110101002", None, False)
    assert (later.new_code, later.keeps_code) == (None, True)
    (renamed,) = load_changes(units(tmp_path, {"kind": "rename", "new_code": "110101001"}))
    assert renamed.keeps_code


@pytest.mark.parametrize(
    ("row", "message"),
    [
        *(({name: ""}, f"line 2: {name} is empty") for name in SCHEMA if name not in ("new_code", "url")),
        *(({name: f"{ROW[name]}1"}, f"{name} is '{ROW[name]}1', expected") for name in ("county_code", "old_code")),
        ({"new_code": "11010100x"}, "new_code is '11010100x', expected 9 digits"),
        ({"kind": "moved"}, "kind is 'moved', expected one of rename, merger, upgrade"),
        ({"changed_on": "2021-02-30"}, "changed_on is '2021-02-30', expected a day"),
        ({"old_code": "110102001"}, "old_code 110102001 does not lie in county 110101"),
        ({"new_code": "120101002"}, "new_code 120101002 lies in another province than old_code 110101001"),
        ({"new_code": "110101001", "new_name": "甲乡"}, "the old unit and the new one are the same"),
    ],
)
def test_a_change_that_cannot_be_is_named_with_its_line(tmp_path: Path, row: dict[str, str], message: str) -> None:
    with pytest.raises(ChangesError, match=message):
        load_changes(units(tmp_path, row))


def test_a_unit_ends_once(tmp_path: Path) -> None:
    with pytest.raises(ChangesError, match="110101001 甲乡 ends twice"):
        load_changes(units(tmp_path, {}, {"new_name": "丙镇"}))
    assert len(load_changes(units(tmp_path, {}, {"old_name": "丙乡"}))) == 2
