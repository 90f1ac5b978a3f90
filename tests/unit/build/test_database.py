"""The private databases of `side_by_side`: kept and lent again where that can change nothing."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.build import database
from pipelines.build.database import side_by_side


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[duckdb.DuckDBPyConnection]:
    """The databases that are opened in a test, which begins without one to lend."""
    made: list[duckdb.DuckDBPyConnection] = []
    connect = database.connect

    def counted() -> duckdb.DuckDBPyConnection:
        made.append(connect())
        return made[-1]

    monkeypatch.setattr(database, "connect", counted)
    monkeypatch.setattr(database, "_idle", [])
    return made


def ask(folder: Path, *statements: str) -> list[Any]:
    """The first value of the last of the `statements`, which one connection runs."""

    def run(con: duckdb.DuckDBPyConnection, task: tuple[str, ...]) -> Any:
        for statement in task:
            con.execute(statement)
        return con.fetchall()[0][0]

    return [found for _, found in side_by_side(folder, [statements], run)]


def test_a_database_is_lent_again_and_holds_nothing(opened: list[duckdb.DuckDBPyConnection], tmp_path: Path) -> None:
    made = ("CREATE TEMP TABLE t AS SELECT 1", "CREATE TEMP MACRO m(a) AS a", "SET VARIABLE v = 1", "FROM t")
    assert ask(tmp_path / "one", *made) == [1]
    for left in ("FROM t", "SELECT m(1)"):
        with pytest.raises(duckdb.CatalogException):
            ask(tmp_path / "other", left)
    assert ask(tmp_path / "one", *made) == ask(tmp_path / "other", *made) == [1]
    assert ask(tmp_path, "SELECT getvariable('v') IS NULL") == [True]
    assert len(opened) == 3  # two were given up after an error


def test_each_connection_is_set_up_as_all_are(opened: list[duckdb.DuckDBPyConnection], tmp_path: Path) -> None:
    for _ in range(2):
        assert ask(tmp_path, "SELECT current_setting('TimeZone')") == ["UTC"]
        assert ask(tmp_path, "SELECT current_setting('python_enable_replacements')") == [False]
    assert len(opened) == 1


def test_two_that_work_at_the_same_time_have_a_database_each(
    opened: list[duckdb.DuckDBPyConnection], tmp_path: Path
) -> None:
    outer = side_by_side(tmp_path, ["SELECT 1"], lambda con, task: con.execute(task).fetchall())
    next(outer)
    assert ask(tmp_path, "SELECT 2") == [2]
    assert list(outer) == [] and len(opened) == 2
    assert ask(tmp_path, "SELECT 3") == [3]
    assert len(opened) == 2


def test_a_database_that_has_spilled_is_given_up_with_its_folder(
    opened: list[duckdb.DuckDBPyConnection], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "MEMORY_LIMIT", "40MB")
    large = "CREATE TEMP TABLE t AS SELECT range AS a, hash(range)::VARCHAR AS b FROM range(2_000_000)"
    assert ask(tmp_path, large, "SELECT count(*) FROM t") == [2_000_000]
    assert list(tmp_path.iterdir()) == []
    assert ask(tmp_path / "next", large, "SELECT count(*) FROM t") == [2_000_000]
    assert len(opened) == 2
