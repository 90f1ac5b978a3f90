"""A release that is a copy of the last one with what changed put in its place holds what a new file would hold."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from warehouse_fixtures import ANHAI, CHIDIAN, DONGCHENG, NOW, TIANFU, VERSIONS, Report, Warehouse, built, say

from pipelines.warehouse import assembly
from pipelines.warehouse.assembly import Assembly, Work
from pipelines.warehouse.publish import PublishError, Release, publish


def reports(years: range, township: str = CHIDIAN) -> list[Report]:
    return [
        Report(f"{township}/{year}.txt", township, year, [say("exam_sessions", "测试{3}次。", year - 1990)])
        for year in years
    ]


COUNTRY = [*reports(range(2000, 2012)), *reports(range(2005, 2009), TIANFU)]


@pytest.fixture(autouse=True)
def works(monkeypatch: pytest.MonkeyPatch) -> list[Work]:
    """How each release of a test was written; a copy is made whatever the share of rows that changed."""
    done: list[Work] = []
    real = Assembly.remember

    def listening(self: Assembly, work: Work, path: Path) -> None:
        done.append(work)
        real(self, work, path)

    monkeypatch.setattr(Assembly, "remember", listening)
    monkeypatch.setattr(assembly, "MOST_CHANGED", 1.0)
    monkeypatch.setattr(assembly, "MOST_GROWN", 99.0)
    return done


def release(warehouse: Warehouse, days: int) -> Release:
    return publish(
        *(warehouse.specs, warehouse.tables_dir, warehouse.release_path),
        inputs=VERSIONS,
        now=NOW + timedelta(days=days),
    )


def rebuild(folder: Path, of: list[Report], days: int) -> Warehouse:
    warehouse = built(folder, *of)
    release(warehouse, days)
    return warehouse


def held(warehouse: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables but `release`, and all comments."""
    with closing(duckdb.connect(str(warehouse.release_path), read_only=True)) as con:
        names = [name for (name,) in con.sql("SELECT table_name FROM duckdb_tables()").fetchall()]
        rows = {name: sorted(map(repr, con.sql(f"FROM {name}").fetchall())) for name in names if name != "release"}
        rows["comments"] = con.sql("SELECT table_name, comment FROM duckdb_tables() ORDER BY 1").fetchall()
        sql = "SELECT table_name, column_name, comment FROM duckdb_columns() ORDER BY 1, 2"
        rows["column comments"] = con.sql(sql).fetchall()
    return rows


CHANGES = {
    "a new report": [*COUNTRY, *reports(range(2020, 2021))],
    "a new province": [*COUNTRY, Report("d.txt", DONGCHENG, 2023, [say("laws_studied", "学法{2}部。", 2)])],
    "one gone": COUNTRY[1:],
    "a province gone": reports(range(2000, 2012)),
    "another figure": [
        *COUNTRY[1:],
        Report(COUNTRY[0].raw_path, CHIDIAN, 2000, [say("exam_sessions", "测试{77}次。", 77)]),
    ],
    "another unit": [*COUNTRY[1:], Report(COUNTRY[0].raw_path, ANHAI, 2000, COUNTRY[0].clauses)],
    "no unit": [*COUNTRY[1:], Report(COUNTRY[0].raw_path, None, 2000, COUNTRY[0].clauses)],
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_copy_holds_what_a_new_file_holds(change: str, tmp_path: Path, works: list[Work]) -> None:
    rebuild(tmp_path / "one", COUNTRY, 0)
    copied = rebuild(tmp_path / "one", CHANGES[change], 1)
    fresh = rebuild(tmp_path / "other", CHANGES[change], 1)
    assert [work.base is not None for work in works] == [False, True, False]
    assert 0 < len(works[1].fresh) < len(works[2].fresh)
    assert held(copied) == held(fresh)


def test_only_the_parts_of_a_new_report_are_written(tmp_path: Path, works: list[Work]) -> None:
    rebuild(tmp_path, COUNTRY, 0)
    (late,) = reports(range(2020, 2021))
    rebuild(tmp_path, [*COUNTRY, late], 1)
    written = [(piece.table, piece.part) for piece in works[1].fresh]
    assert [table for table, _ in written].count("report_text") == 1
    assert [part for table, part in written if table == "township_metric"] == ["350000"]
    assert not {"dim_division", "dim_indicator"} & {piece.table for piece in works[1].fresh}


def test_many_changes_are_written_anew(tmp_path: Path, works: list[Work], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assembly, "MOST_CHANGED", 0.2)
    rebuild(tmp_path, COUNTRY, 0)
    rebuild(tmp_path, [*COUNTRY, *reports(range(2012, 2024))], 1)
    assert [work.base for work in works] == [None, None]


def test_a_file_with_many_holes_is_written_anew(
    tmp_path: Path, works: list[Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuild(tmp_path, COUNTRY, 0)
    monkeypatch.setattr(assembly, "MOST_GROWN", 0.5)
    rebuild(tmp_path, [*COUNTRY, *reports(range(2020, 2021))], 1)
    assert [work.base for work in works] == [None, None]


def test_a_file_that_is_not_as_it_was_left_is_not_copied(tmp_path: Path, works: list[Work]) -> None:
    rebuild(tmp_path, COUNTRY, 0)
    (kept,) = (tmp_path / "releases").glob("*.duckdb")
    kept.touch()
    rebuild(tmp_path, [*COUNTRY, *reports(range(2020, 2021))], 1)
    assert [work.base for work in works] == [None, None]


def test_what_was_not_written_as_built_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rebuild(tmp_path, COUNTRY, 0).release_path.read_bytes()
    monkeypatch.setattr(Assembly, "_clear", lambda *_: None)  # so that the old rows stay beside the new ones
    warehouse = built(tmp_path, *COUNTRY, *reports(range(2020, 2021)))
    with pytest.raises(PublishError, match=r"of the finished file holds \d+ rows that are not the"):
        release(warehouse, 1)
    assert warehouse.release_path.read_bytes() == before
