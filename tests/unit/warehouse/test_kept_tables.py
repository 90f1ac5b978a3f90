"""The kept tables are those that the SQL gives; changed SQL has them read anew, and a check must fit them."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.build.toml_file import SchemaError
from pipelines.paths import SQL_DIR
from pipelines.warehouse import kept_tables
from pipelines.warehouse.checks import load_checks
from pipelines.warehouse.kept_tables import ProjectTables
from pipelines.warehouse.lineage import LineageError, Source, column_sources
from pipelines.warehouse.model import TableSpec, load_specs


@pytest.fixture
def sql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the SQL, a copy that a test may change; what is kept is kept below `tmp_path`."""
    folder = Path(shutil.copytree(SQL_DIR, tmp_path / "sql"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(kept_tables, "SQL_DIR", folder)
    return folder


def asked() -> ProjectTables:
    """What a new process gets."""
    return kept_tables.project_tables.__wrapped__()


def test_kept_tables_are_those_that_the_sql_gives(sql: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new = load_specs(SQL_DIR)
    first = asked()
    monkeypatch.setattr(kept_tables, "load_specs", lambda folder: pytest.fail("they are kept"))
    second = asked()
    assert list(first.specs) == list(second.specs) == list(new) and first is not second
    assert first == second and second.specs == new
    assert all(second.specs[name].in_parts is new[name].in_parts for name in new)
    assert second.sources["township_year"] == column_sources(new["township_year"])


@pytest.mark.parametrize("ending", ["sql", "toml"])
def test_a_changed_file_has_them_read_anew(sql: Path, ending: str) -> None:
    before = asked().specs["township_year"]
    path = sql / "marts" / f"township_year.{ending}"
    old, new = ("FROM ", "FROM  ") if ending == "sql" else ('en = "', 'en = "Changed. ')
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    changed = asked().specs["township_year"]
    assert changed != before
    assert changed.text.en.startswith("Changed. ") or changed.sql != before.sql


def test_a_check_that_does_not_fit_them_is_an_error_each_time(sql: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (check,) = (check for check in load_checks() if check.name == "fact_has_value")
    broken = replace(check, rows="SELECT f.nothing FROM fact_indicator AS f")
    monkeypatch.setattr(kept_tables, "load_checks", lambda: (broken,))
    for _ in range(2):
        with pytest.raises(SchemaError, match=r"fact_has_value\.sql"):
            asked()


def test_a_table_whose_sources_cannot_be_found_is_right_all_the_same(
    sql: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def lost(spec: TableSpec) -> dict[str, tuple[Source, ...]]:
        if spec.name == "dim_report":
            raise LineageError("dim_report: the sources of its columns cannot be found")
        return {"any": ()}

    monkeypatch.setattr(kept_tables, "column_sources", lost)
    found = asked()
    assert found.sources["dim_report"] == {} and found.sources["fact_indicator"]
    assert caplog.messages == ["dim_report: the sources of its columns cannot be found"]
