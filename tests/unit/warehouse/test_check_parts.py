"""A rule by part finds the same whether all parts of small tables are asked by one query or each by itself.

Each test damages one column of one table of a small warehouse in several parts: it puts there what stands in another
row, mostly of another part, so that a rule that took rows of other parts for its own would not find it.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest
from warehouse_fixtures import ANHAI, CHIDIAN, DONGCHENG, TIANFU, Report, Warehouse, built, say

from pipelines.build.answers import CHECKS, CONTENTS
from pipelines.build.buckets import bucket_of
from pipelines.build.database import quote
from pipelines.build.ledger import LedgerEntry
from pipelines.build.stamped_parquet import STAMP
from pipelines.warehouse import table_parts
from pipelines.warehouse.check_results import CheckResult
from pipelines.warehouse.check_runner import run_checks
from pipelines.warehouse.checks import Check, load_checks
from pipelines.warehouse.descriptions import tables
from pipelines.warehouse.table_parts import read_contents, table_files

RULES = [rule for rule in load_checks() if rule.kind == "rule" and rule.by_part and tables()[rule.table].parts]
# columns by which a rule looks for another row, but for the code by which the part of a row is known
COLUMNS = [
    *(("number_mention", "fact_id"), ("fact_indicator", "subset_of"), ("township_change", "previous_codes")),
    *(("township_metric", "report_ids"), ("township_year", "report_ids")),
    *(("city_year", "city_code"), ("county_year", "county_code")),
    *(("number_mention", "char_start"), ("fact_indicator", "evidence"), ("dim_report", "report_id")),
]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Reports of three provinces in five buckets, with parts of totals and a year before."""
    clauses = [
        say("training_sessions", "培训{9}场，", 9),
        say("training_sessions", "其中党员{4}场。", 4, subset_of=0, scope="党员"),
        say("petitions_received", "受理信访{12}件。", 12),
    ]
    units = (CHIDIAN, ANHAI, TIANFU, DONGCHENG)
    reports = [
        Report(
            f"{code}-{year}.txt", code, year, [*clauses[:2], say("exam_sessions", f"考试{{{year - 2017}}}次。", year)]
        )
        for code in units
        for year in (2022, 2023)
    ]
    return built(tmp_path_factory.mktemp("sound"), *reports)


def damage(warehouse: Warehouse, table: str, column: str) -> None:
    """Give each row of `table` the value of `column` half a table further on; parts are written as a build does."""
    layout = warehouse.specs[table].in_parts
    value = "[o.township_code]" if column == "previous_codes" else f"o.{column}"  # without mergers it is empty
    files = table_files(warehouse.tables_dir, table)
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE was AS FROM read_parquet([{', '.join(map(quote, files))}])")
        con.execute("CREATE TABLE numbered AS SELECT row_number() OVER () - 1 AS place, * FROM was")
        ((rows,),) = con.execute("SELECT count(*) FROM was").fetchall()
        con.execute(
            f"CREATE TABLE damaged AS SELECT n.* EXCLUDE (place) REPLACE ({value} AS {column}) "
            f"FROM numbered AS n INNER JOIN numbered AS o ON o.place = (n.place + {rows // 2 + 1}) % {rows}"
        )
        code = layout.column([name for (name, *_) in con.execute("DESCRIBE damaged").fetchall()]) if layout else None
        for path in files:
            where = layout.condition(code, path.stem) if layout and code else "true"
            con.execute(
                f"COPY (FROM damaged WHERE {where}) TO {quote(path)} "
                f"(FORMAT parquet, KV_METADATA {{{STAMP}: '{column}'}})"
            )
            entry = LedgerEntry(column, read_contents(con, path))
            warehouse.ledger.record(CONTENTS, {warehouse.ledger.name_of(path): entry})


def ask(warehouse: Warehouse, rules: Sequence[Check]) -> list[CheckResult]:
    """What rules find with an empty memory, which is then left in the ledger."""
    known = warehouse.ledger.known(CHECKS)
    warehouse.ledger.record(CHECKS, {name: LedgerEntry("", entry.value) for name, entry in known.items()})
    return run_checks(rules, warehouse.tables_dir, warehouse.ledger)


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_rules_find_the_same_on_all_parts_together_and_on_each_apart(
    sound: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, column: str
) -> None:
    shutil.copytree(sound.folder, tmp_path, dirs_exist_ok=True)
    warehouse = Warehouse(tmp_path, [])
    damage(warehouse, table, column)
    rules = [rule for rule in RULES if table in rule.tables]
    together = ask(warehouse, rules)
    assert not all(result.passed for result in together)
    kept = warehouse.ledger.known(CHECKS)
    monkeypatch.setattr(table_parts, "FEW_BYTES", -1)
    assert ask(warehouse, rules) == together
    assert warehouse.ledger.known(CHECKS) == kept


def test_a_report_may_name_one_of_another_bucket(tmp_path: Path) -> None:
    """Its canonical version, or the file with the same bytes."""
    exam = [say("exam_sessions", "考试{3}次。", 3)]
    warehouse = built(tmp_path, *(Report(f"{name}.txt", CHIDIAN, 2023, exam) for name in "abcdef"))
    rules = [rule for rule in load_checks() if rule.name == "dim_report_canonical_report_id_reference"]
    assert len(table_files(warehouse.tables_dir, "dim_report")) > 1
    assert [result.passed for result in ask(warehouse, rules)] == [True]
    ((canonical,),) = warehouse.sql("SELECT DISTINCT canonical_report_id FROM dim_report")
    (warehouse.tables_dir / "dim_report" / f"{bucket_of(canonical)}.parquet").unlink()
    assert [result.passed for result in ask(warehouse, rules)] == [False]
