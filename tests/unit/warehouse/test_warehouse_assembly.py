"""A release that is a copy of the last one with what changed put in its place holds what a new file would hold."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path

import duckdb
import pytest
from warehouse_fixtures import ANHAI, CHIDIAN, DONGCHENG, TIANFU, Report, Warehouse, built, published, say

from pipelines.paths import PROJECT_ROOT
from pipelines.warehouse import assembly
from pipelines.warehouse.assembly import Assembly, AssemblyPlan
from pipelines.warehouse.release import PublishError
from pipelines.warehouse.table_build import inspect


def reports(years: range, township: str = CHIDIAN) -> list[Report]:
    return [
        Report(f"{township}/{year}.txt", township, year, [say("exam_sessions", "测试{3}次。", year - 1990)])
        for year in years
    ]


COUNTRY = [*reports(range(2000, 2005)), *reports(range(2005, 2007), TIANFU)]


@pytest.fixture(autouse=True)
def works(monkeypatch: pytest.MonkeyPatch) -> list[AssemblyPlan]:
    """How each release of a test was written; a copy is made whatever the share of rows that changed."""
    done: list[AssemblyPlan] = []
    real = Assembly.record

    def listening(self: Assembly, work: AssemblyPlan, path: Path) -> None:
        done.append(work)
        real(self, work, path)

    monkeypatch.setattr(Assembly, "record", listening)
    monkeypatch.setattr(assembly, "MOST_CHANGED", 1.0)
    monkeypatch.setattr(assembly, "MOST_GROWN", 99.0)
    return done


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with a release of COUNTRY."""
    folder = tmp_path_factory.mktemp("base")
    published(built(folder, *COUNTRY))
    return folder


Changed = Callable[[str], Warehouse]


@pytest.fixture(scope="module")
def changed_once(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """For one of CHANGES the folder of that warehouse with its tables built again after it, and the old release."""

    @cache
    def change(name: str) -> Path:
        folder = Path(shutil.copytree(base, tmp_path_factory.mktemp("changed") / "warehouse"))
        return built(folder, *CHANGES[name]).folder

    return change


@pytest.fixture
def changed(changed_once: Callable[[str], Path], tmp_path: Path) -> Changed:
    """For one of CHANGES a warehouse of the test's own, which has to be published."""
    return lambda name: Warehouse(Path(shutil.copytree(changed_once(name), tmp_path / "copy")), CHANGES[name])


def comments(folder: Path) -> list[tuple[object, ...]]:
    with closing(duckdb.connect(str(folder / "fazhi.duckdb"), read_only=True)) as con:
        tables = con.sql("SELECT table_name, '', comment FROM duckdb_tables() ORDER BY ALL").fetchall()
        sql = "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
        return tables + con.sql(sql).fetchall()


CHANGES = {
    "a new report": [*COUNTRY, *reports(range(2020, 2021))],
    "a new province": [*COUNTRY, Report("d.txt", DONGCHENG, 2023, [say("laws_studied", "学法{2}部。", 2)])],
    "one gone": COUNTRY[1:],
    "a province gone": reports(range(2000, 2005)),
    "another figure": [
        *COUNTRY[1:],
        Report(COUNTRY[0].raw_path, CHIDIAN, 2000, [say("exam_sessions", "测试{77}次。", 77)]),
    ],
    "another unit": [*COUNTRY[1:], Report(COUNTRY[0].raw_path, ANHAI, 2000, COUNTRY[0].clauses)],
    "no unit": [*COUNTRY[1:], Report(COUNTRY[0].raw_path, None, 2000, COUNTRY[0].clauses)],
    "many new reports": [*COUNTRY, *reports(range(2012, 2016))],
}


@pytest.mark.parametrize("change", [name for name in CHANGES if name != "many new reports"])
def test_a_copy_holds_what_the_tables_hold(
    change: str, base: Path, changed: Changed, works: list[AssemblyPlan]
) -> None:
    warehouse = changed(change)
    published(warehouse, 1)
    (work,) = works
    assert work.base is not None and 0 < len(work.fresh) < 60
    with closing(duckdb.connect(str(warehouse.release_path), read_only=True)) as con:
        hashes = dict(con.sql("SELECT table_name, content_hash FROM release_table").fetchall())
        assert hashes.keys() == warehouse.published
        for name, contents in hashes.items():
            table = inspect(warehouse.specs[name], warehouse.tables_dir, warehouse.ledger)
            found, expected = con.sql(f"FROM {name}").fetchall(), con.sql(table.sql).fetchall()
            assert sorted(map(repr, found)) == sorted(map(repr, expected)), name
            assert contents == table.contents, name
    assert comments(warehouse.folder) == comments(base)


def test_only_the_parts_of_a_new_report_are_written(changed: Changed, works: list[AssemblyPlan]) -> None:
    published(changed("a new report"), 1)
    written = [(piece.table, piece.part) for piece in works[0].fresh]
    assert [table for table, _ in written].count("report_text") == 1
    assert [part for table, part in written if table == "township_metric"] == ["350000"]
    assert not {"dim_division", "dim_indicator"} & {table for table, _ in written}


def test_many_changes_are_written_anew(
    changed: Changed, works: list[AssemblyPlan], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assembly, "MOST_CHANGED", 0.2)
    published(changed("many new reports"), 1)
    assert [work.base for work in works] == [None]


def test_a_file_with_many_holes_is_written_anew(
    changed: Changed, works: list[AssemblyPlan], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assembly, "MOST_GROWN", 0.5)
    published(changed("a new report"), 1)
    assert [work.base for work in works] == [None]


def test_a_file_that_is_not_as_it_was_left_is_not_copied(changed: Changed, works: list[AssemblyPlan]) -> None:
    warehouse = changed("a new report")
    (kept,) = (warehouse.folder / "releases").glob("*.duckdb")
    kept.touch()
    published(warehouse, 1)
    assert [work.base for work in works] == [None]


def test_what_was_not_written_as_built_is_refused(changed: Changed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Assembly, "_clear", lambda *_: None)  # so that the old rows stay beside the new ones
    warehouse = changed("a new report")
    before = warehouse.release_path.read_bytes()
    with pytest.raises(PublishError, match=r"of the finished file holds \d+ rows that are not the"):
        published(warehouse, 1)
    assert warehouse.release_path.read_bytes() == before
    assert published(warehouse, 2).release_id, "the next one is a new file, in which nothing is cleared"


def test_the_ledger_holds_in_another_process(base: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from pipelines.paths import PROJECT_ROOT;"
        "from pipelines.warehouse.assembly import Assembly; from pipelines.warehouse.model import load_specs;"
        "from pipelines.warehouse.table_build import inspect; from pipelines.build.ledger import Ledger;"
        "folder = Path(sys.argv[1]); ledger = Ledger(folder / 'ledger.sqlite');"
        " specs = load_specs(PROJECT_ROOT / 'sql'); tables = folder / 'tables';"
        "built = {name: inspect(spec, tables, ledger) for name, spec in specs.items() if spec.text.publish};"
        "(last,) = (folder / 'releases').glob('*.duckdb');"
        "print(Assembly(specs, built, ledger).plan(last).base == last)"
    )
    found = subprocess.run([sys.executable, "-c", script, str(base)], capture_output=True, text=True, cwd=PROJECT_ROOT)
    assert (found.stdout, found.stderr) == ("True\n", "")
