"""What people put right: the file line by line, how a line fits the machine's answer, and what it changes."""

import json
import re
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from asked_fixture import asked
from warehouse_fixtures import ANHAI, CHIDIAN, DONGCHENG, TIANFU, Clause, Report, Warehouse, say

from pipelines.assets import corrections as assets
from pipelines.assets.workspace import Workspace
from pipelines.definitions import defs
from pipelines.identify.identity import _reason
from pipelines.identify.kind import ACCEPTED
from pipelines.identify.place import ResolvedPlace
from pipelines.identify.registered_units import Region, Unit
from pipelines.paths import PROJECT_ROOT
from pipelines.stage.corrections import COLUMNS, KINDS, SCHEMA, CorrectionsError, read_corrections, stage_corrections
from pipelines.warehouse.check_runner import run_rules_on
from pipelines.warehouse.checks import rules_of
from pipelines.warehouse.descriptions import inputs
from pipelines.warehouse.table_parts import table_files

HEADER = ",".join(COLUMNS)
GOOD = {"report": "a.txt", "reason": "read it", "who": "Li", "on": "2025-03-01"}
EXAM = {**GOOD, "metric_code": "exam_sessions", "evidence": "测试3次"}
TABLES = {
    *("dim_division", "dim_indicator", "dim_headline", "report_text", "correction"),
    *("report_alone", "report_compared", "dim_report", "fact_indicator", "number_mention"),
}


def csv_line(row: dict[str, str]) -> str:
    return ",".join('"' + row.get(name, "").replace('"', '""') + '"' for name in COLUMNS)


def read(folder: Path, *rows: dict[str, str]) -> list[dict[str, object]]:
    folder.mkdir(exist_ok=True)
    path = folder / "corrections.csv"
    path.write_text("\n".join([HEADER, *map(csv_line, rows)]), encoding="utf-8")
    return read_corrections(path).to_dicts()


def report(name: str = "a.txt", code: str | None = CHIDIAN, **identity: object) -> Report:
    clauses = [
        say("exam_sessions", "测试{3}次，", 3),
        say("training_sessions", "培训{8}场，", 8),
        say("training_law_literate_sessions", "其中骨干{5}场。", 5, subset_of=1),
        Clause(None, "另有宣讲二十余回，全年无人上诉。再次测试3次。"),
    ]
    return Report(name, code, 2023, clauses, identity=identity)


def corrected(folder: Path, reports: list[Report], *rows: dict[str, str]) -> Warehouse:
    """A warehouse of `reports` with the lines `rows` applied, as far as the tables that corrections change."""
    warehouse = Warehouse(folder, reports)
    warehouse.rows["stage_corrections"] = read(folder, *rows)
    warehouse.specs = {name: spec for name, spec in warehouse.specs.items() if name in TABLES}
    warehouse.build()
    return warehouse


def broken_rules(warehouse: Warehouse) -> list[str]:
    with duckdb.connect() as con:
        for name in warehouse.specs:
            files = [str(path) for path in table_files(warehouse.tables_dir, name)]
            con.execute(f"CREATE VIEW {name} AS FROM read_parquet({files})")
        return [str(result) for result in run_rules_on(con, rules_of(TABLES)) if not result.passed]


def outcomes(warehouse: Warehouse) -> list[tuple[str, str]]:
    return warehouse.sql("SELECT outcome, coalesce(outcome_reason, '') FROM correction ORDER BY line")


def fact(warehouse: Warehouse, metric: str) -> tuple[object, ...]:
    columns = "value, qualifier, value_low, value_high, confidence, value_machine, corrected_by, reason"
    (row,) = warehouse.sql(f"SELECT {columns} FROM fact_indicator WHERE metric_code = '{metric}'")
    return row


def test_the_staged_columns_are_those_that_the_sql_reads() -> None:
    kinds = {pl.String(): "VARCHAR", pl.Int64(): "BIGINT", pl.Float64(): "DOUBLE", pl.Date(): "DATE"}
    assert {name: kinds[kind] for name, kind in SCHEMA.items()} == inputs()["stage_corrections"]


def test_the_largest_number_that_is_read_may_be_corrected_and_none_is_infinite(tmp_path: Path) -> None:
    largest, beyond = read(
        tmp_path,
        {**EXAM, "action": "value", "machine_value": "3", "value": "10,000,000,000,000"},
        {**EXAM, "action": "value", "machine_value": "3", "value": "8" * 400},
    )
    assert (largest["problem"], largest["number_right"]) == (None, 1e13)
    assert (beyond["number_right"], beyond["qualifier"], beyond["line"]) == (None, None, 3) and beyond["problem"]


def test_the_bundled_file_holds_the_header_and_no_line() -> None:
    path = PROJECT_ROOT / "raw" / "corrections.csv"
    assert read_corrections(path).is_empty()
    assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "without the mark Excel shows Chinese as noise"


def test_a_file_from_excel_is_read(tmp_path: Path) -> None:
    """With a mark, Windows line ends, Excel's day, a cell of two lines, numbers with separators and an empty line."""
    path = tmp_path / "corrections.csv"
    row = {**EXAM, "evidence": "测试\r\n3次", "machine_value": "1,003", "on": "2025/3/1"}
    row.update({"action": "value", "value": "≥４200"})
    path.write_bytes(("\r\n".join([HEADER, csv_line(row), "," * 10, csv_line(row)]) + "\r\n").encode("utf-8-sig"))
    first, second = read_corrections(path).to_dicts()
    assert (first["line"], second["line"]) == (2, 5)
    assert first["evidence"] == "测试\n3次"
    assert (first["number_expected"], first["number_right"], first["qualifier"]) == (1003.0, 4200.0, "at_least")
    assert (first["corrected_on"], first["problem"]) == (date(2025, 3, 1), None)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"who": ""}, "who is empty"),
        ({"action": "mend"}, "action is 'mend', expected one of accept"),
        ({"on": "2025-02-30"}, "on is '2025-02-30', expected a day"),
        ({"metric_code": ""}, "metric_code is empty"),
        ({"evidence": ""}, "evidence is empty"),
        ({"char_start": "9", "char_end": "4"}, "'9' and '4', expected two whole numbers"),
        ({"char_start": "4", "char_end": "４"}, "'4' and '４', expected two whole numbers"),
        ({"char_start": "1.5", "char_end": "4"}, "'1.5' and '4', expected two whole numbers"),
        ({"char_start": "-4", "char_end": "4"}, "'-4' and '4', expected two whole numbers"),
        ({"char_start": "4", "char_end": "4²"}, "'4' and '4²', expected two whole numbers"),
        ({"char_start": "4", "char_end": "9" * 400}, "expected two whole numbers"),
        ({"char_start": "4", "char_end": "1234567890"}, "expected two whole numbers"),
        ({"char_start": "4", "char_end": "4"}, "'4' and '4', expected two whole numbers"),
        ({"machine_value": "three"}, "machine_value is 'three', expected a number"),
        ({"value": "9次"}, "value is '9次', expected a number"),
        (
            {"value": "9" * 400},
            "value begins with '99999999999999999999' and is more than 10,000,000",
        ),
        ({"value": "≥" + ",".join(["1", *["000"] * 110])}, "value begins with '≥1,000,000,000,000,0' and is more than"),
        ({"value": "10000000000000.5"}, "value begins with '10000000000000.5' and is more than"),
        (
            {"machine_value": "７" * 350},
            "machine_value begins with '７７７７７７",
        ),
        ({"action": "accept", "value": "", "machine_value": "1" * 20}, "machine_value begins with '1"),
        ({"action": "accept"}, "value is '4', expected nothing where the action is accept"),
        ({"action": "add"}, "machine_value is '3', expected nothing where the action is add"),
        ({"action": "place"}, "machine_value is '3', expected 9 digits"),
        ({"action": "place", "machine_value": "", "value": "35058210A"}, "value is '35058210A', expected 9 digits"),
        ({"action": "year", "machine_value": "", "value": "２０２３"}, "value is '２０２３', expected 4 digits"),
        ({"action": "year", "machine_value": "", "value": "23"}, "value is '23', expected 4 digits"),
        ({"action": "year", "machine_value": "", "value": "2023"}, "metric_code is 'exam_sessions', expected"),
        (
            {"action": "kind", "value": "county_report"},
            "machine_value is '3', expected one of annual_report, work_summary",
        ),
        (
            {"action": "kind", "machine_value": "", "value": "news"},
            "machine_value is '', expected one of annual_report",
        ),
        (
            {"action": "kind", "machine_value": "news", "value": "notice"},
            "value is 'notice', expected one of annual_report",
        ),
        (
            {"action": "kind", "machine_value": "news", "value": "speech"},
            "metric_code is 'exam_sessions', expected nothing",
        ),
        ({"period": "上半年"}, "period is '上半年', expected a name such as year, first_half"),
        ({"period": "m12_11"}, "period is 'm12_11', which ends before it begins"),
        ({"role": "part"}, "role is 'part', expected total, repeat, or 'subset of'"),
        ({"role": "subset of"}, "role is 'subset of', expected total"),
        ({"action": "reject", "value": "", "scope": "-"}, "scope is '-', expected nothing where the action is reject"),
        (
            {
                "action": "year",
                "machine_value": "",
                "value": "2023",
                "metric_code": "",
                "evidence": "",
                "role": "total",
            },
            "role is 'total', expected nothing where the action is year",
        ),
    ],
)
def test_a_bad_line_says_what_is_wrong(tmp_path: Path, row: dict[str, str], problem: str) -> None:
    good = {**EXAM, "action": "value", "machine_value": "3", "value": "4"}
    found = [line["problem"] for line in read(tmp_path, good, {**good, **row}, good)]
    assert found[0] is None and found[2] is None
    assert problem in str(found[1])


def test_a_file_without_the_three_last_columns_is_read_as_before(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    line = csv_line({**EXAM, "action": "value", "machine_value": "3", "value": "4"}).removesuffix(',"","",""')
    path.write_text(f"{','.join(COLUMNS[:11])}\n{line}\n", encoding="utf-8")
    (row,) = read_corrections(path).to_dicts()
    assert (row["number_right"], row["period"], row["scope"], row["role"]) == (4.0, None, None, None)
    assert row["problem"] is None


def test_a_line_of_the_wrong_length_is_a_row_too(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    path.write_text(f"{HEADER}\na.txt,accept\n{csv_line({**EXAM, 'action': 'reject', 'machine_value': '3'})}\n")
    assert [line["problem"] for line in read_corrections(path).to_dicts()] == [
        "found 2 cells, expected 14; put a cell that holds a comma into quotes", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the header is ''"),
        (b"report,who\n", "expected report,action"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00\xff\xfe", "not UTF-8"),
        ((HEADER + "\n甲").encode("gb18030"), "not UTF-8"),
        ((HEADER + '\na.txt,accept\n"never closed,\n').encode(), "line 3 cannot be read"),
    ],
)
def test_a_file_that_is_no_such_table_stops_nothing(tmp_path: Path, content: bytes, message: str) -> None:
    source, path = tmp_path / "corrections.csv", tmp_path / "stage" / "corrections.parquet"
    source.write_bytes(content)
    with pytest.raises(CorrectionsError, match=message):
        read_corrections(source)
    staged = stage_corrections(source, path)
    assert message in str(staged.problem)
    assert pl.read_parquet(path).is_empty()


def test_without_a_file_there_are_no_lines_and_nothing_is_written_twice(tmp_path: Path) -> None:
    path = tmp_path / "corrections.parquet"
    assert stage_corrections(tmp_path / "none.csv", path).problem is None
    before = path.stat().st_mtime_ns
    stage_corrections(tmp_path / "none.csv", path)
    assert path.stat().st_mtime_ns == before


def test_what_a_person_says_of_facts_counts_and_the_machines_answer_stays(tmp_path: Path) -> None:
    """One warehouse with every action on facts; the last report has its twin in every word but no correction."""
    reports = [report("a.txt"), report("twin.txt", ANHAI)]
    warehouse = corrected(
        tmp_path, reports,
        {**EXAM, "action": "value", "evidence": "测试3次，", "machine_value": "3", "value": "≥4"},
        {**GOOD, "action": "reject", "metric_code": "training_sessions", "evidence": "培训8场", "machine_value": "8"},
        {**GOOD, "action": "accept", "metric_code": "training_law_literate_sessions",
         "char_start": "12", "char_end": "18", "machine_value": "5.0"},
        {**GOOD, "report": reports[0].report_id, "action": "add", "metric_code": "publicity_talks",
         "evidence": "宣讲二十余回", "value": ">=20"},
        {**GOOD, "action": "add", "metric_code": "training_participants", "evidence": "培训8场", "value": "8"},
        {**GOOD, "action": "add", "metric_code": "petitions_received", "evidence": "全年无人上诉", "value": "0"},
    )  # fmt: skip
    assert outcomes(warehouse) == [("applied", "")] * 6
    assert broken_rules(warehouse) == []
    own = f"report_id = '{reports[0].report_id}'"
    columns = "value, value_low, value_high, confidence, value_machine, corrected_by, role, subset_of"
    assert warehouse.sql(f"SELECT metric_code, {columns} FROM fact_indicator WHERE {own} ORDER BY number_start, 1") == [
        ("exam_sessions", 4.0, 4.0, None, 1.0, 3.0, "Li", "total", None),
        ("training_participants", 8.0, 8.0, 8.0, 1.0, None, "Li", "total", None),
        ("training_law_literate_sessions", 5.0, 5.0, 5.0, 1.0, 5.0, "Li", "total", None),  # its total is rejected
        ("publicity_talks", 20.0, 20.0, None, 1.0, None, "Li", "total", None),
        ("petitions_received", 0.0, 0.0, 0.0, 1.0, None, "Li", "total", None),
    ]
    added = "evidence, implicit_zero, unit, rule_id, read_as, reason"
    assert warehouse.sql(f"SELECT {added} FROM fact_indicator WHERE {own} AND rule_id = 'correction' ORDER BY 1") == [
        ("全年无人上诉", True, "件", "correction", "person", "read it"),
        ("培训8场", False, "人次", "correction", "person", "read it"),
        ("宣讲二十余回", False, "场", "correction", "person", "read it"),
    ]
    columns = "text, disposition, split_part(fact_id, ':', 2)"
    assert warehouse.sql(f"SELECT {columns} FROM number_mention WHERE {own} ORDER BY char_start") == [
        ("3", "fact", "exam_sessions"),
        ("8", "fact", "training_participants"),  # rejected as one thing, added as another
        ("5", "fact", "training_law_literate_sessions"),
        ("宣讲二十余回", "fact", "publicity_talks"),  # no number that the machine saw
    ]
    assert warehouse.sql("SELECT value_machine, value FROM correction WHERE action = 'reject'") == [(8.0, None)]
    twin = f"report_id = '{reports[1].report_id}'"
    assert warehouse.sql(f"SELECT count(*), count(corrected_by) FROM fact_indicator WHERE {twin}") == [(3, 0)]
    table = table_files(warehouse.tables_dir, "fact_indicator")[0]
    spoiled = pl.read_parquet(table).with_columns(corrected_by=pl.lit("nobody"))
    spoiled.write_parquet(table)
    assert [rule.partition(":")[0] for rule in broken_rules(warehouse)] == ["corrections_stand"]


SET = "period, months, period_start, period_end, scope, scope_key, scope_group, role, subset_of"


def test_a_person_sets_period_scope_and_role(tmp_path: Path) -> None:
    """The value stays (accept) or not; what the line leaves empty stays the machine's; - takes a scope away."""
    clauses = [
        say("exam_sessions", "测试{3}次，", 3, scope="党员", period="q2"),
        say("training_sessions", "培训{8}场，", 8),
        say("training_sessions", "骨干{5}场。", 5),
        say("exam_sessions", "再测{2}次。", 2),
    ]
    source = Report("a.txt", CHIDIAN, 2023, clauses)
    warehouse = corrected(
        tmp_path, [source],
        {**EXAM, "action": "accept", "machine_value": "3", "scope": "-", "period": "to_10"},
        {**EXAM, "action": "value", "evidence": "再测2次", "machine_value": "2", "value": "4", "scope": "机关干部"},
        {**EXAM, "action": "accept", "metric_code": "training_sessions", "evidence": "骨干5场", "machine_value": "5",
         "role": "subset of 培训8场"},
    )  # fmt: skip
    assert outcomes(warehouse) == [("applied", "")] * 3
    assert broken_rules(warehouse) == []
    assert warehouse.sql(f"SELECT value, {SET} FROM fact_indicator ORDER BY number_start") == [
        (3.0, "to_10", 10, 1, 10, None, "", "", "total", None),
        (8.0, "year", 12, 1, 12, None, "", "", "total", None),
        (5.0, "year", 12, 1, 12, None, "", "", "subset", source.fact_id(1)),
        (4.0, "year", 12, 1, 12, "机关干部", "agency_officials||", "officials||", "total", None),
    ]
    columns = "period, period_machine, scope, scope_machine, role, role_machine"
    assert warehouse.sql(f"SELECT {columns} FROM correction ORDER BY line") == [
        ("to_10", "q2", "", "党员", None, "total"),
        (None, "year", "机关干部", None, None, "total"),
        (None, "year", None, None, "subset", "total"),
    ]
    table = table_files(warehouse.tables_dir, "fact_indicator")[0]
    pl.read_parquet(table).with_columns(period=pl.lit("year")).write_parquet(table)
    assert [rule.partition(":")[0] for rule in broken_rules(warehouse)] == ["corrections_stand"]


def test_an_added_figure_has_period_scope_and_role_and_may_be_a_total(tmp_path: Path) -> None:
    """The machine sees the part only: a person adds the total, and makes what is there a part of it."""
    add = {**GOOD, "action": "add"}
    warehouse = corrected(
        tmp_path, [report()],
        {**add, "metric_code": "publicity_talks", "evidence": "宣讲二十余回", "value": "20",
         "period": "first_half", "scope": "在东村"},
        {**add, "metric_code": "training_participants", "evidence": "测试3次，", "value": "3",
         "role": "subset of 宣讲二十余回"},
        {**GOOD, "action": "accept", "metric_code": "training_law_literate_sessions", "evidence": "骨干5场",
         "machine_value": "5", "role": "subset of 宣讲二十余回"},
    )  # fmt: skip
    assert outcomes(warehouse) == [("applied", "")] * 3
    total = warehouse.sql("SELECT fact_id FROM fact_indicator WHERE metric_code = 'publicity_talks'")[0][0]
    own = "FROM fact_indicator WHERE corrected_by = 'Li' ORDER BY number_start"
    assert warehouse.sql(f"SELECT metric_code, {SET} {own}") == [
        ("training_participants", "year", 12, 1, 12, None, "", "", "subset", total),
        ("training_law_literate_sessions", "year", 12, 1, 12, None, "", "", "subset", total),
        ("publicity_talks", "first_half", 6, 1, 6, "在东村", "|东村|", "|东村|", "total", None),
    ]
    assert broken_rules(warehouse) == []


def test_a_total_that_is_not_found_or_not_one_keeps_the_line_out(tmp_path: Path) -> None:
    accept = {**GOOD, "action": "accept", "metric_code": "training_law_literate_sessions", "evidence": "骨干5场",
              "machine_value": "5"}  # fmt: skip
    whole = "测试3次，培训8场，"
    lines = [{**accept, "role": f"subset of {words}"} for words in ("宣讲二十余回", "骨干5场", whole)]
    expected = [("not_found", "no figure of the report stands in the words of the total (宣讲二十余回)")]
    expected += [("not_found", "no figure of the report"), ("ambiguous", "several figures stand in the words")]
    found = [outcomes(corrected(tmp_path / str(n), [report()], line))[0] for n, line in enumerate(lines)]
    assert [(kind, words in reason) for (kind, reason), (_, words) in zip(found, expected, strict=True)] == [
        (kind, True) for kind, _ in expected
    ]


def test_a_number_does_not_count_twice_for_one_headline(tmp_path: Path) -> None:
    """The machine reads the 8 as trainings; as seminars they would count for trainings_held once more."""
    add = {**GOOD, "action": "add", "metric_code": "study_seminars", "evidence": "培训8场", "value": "8"}
    reject = {**add, "action": "reject", "metric_code": "training_sessions", "machine_value": "8", "value": ""}
    alone = corrected(tmp_path / "alone", [report()], add)
    ((outcome, reason),) = outcomes(alone)
    assert outcome == "invalid"
    assert "already read as training_sessions (8.0 场), which counts for the same headline trainings_held" in reason
    assert alone.sql("SELECT count(*) FROM fact_indicator WHERE metric_code = 'study_seminars'") == [(0,)]
    moved = corrected(tmp_path / "moved", [report()], add, reject)
    assert outcomes(moved) == [("applied", "")] * 2
    assert moved.sql("SELECT metric_code FROM fact_indicator WHERE value = 8") == [("study_seminars",)]
    kept = corrected(tmp_path / "kept", [report()], add, reject, {**reject, "action": "accept"})
    assert [outcome for outcome, _ in outcomes(kept)] == ["invalid", "superseded", "applied"]


def test_one_number_is_not_added_twice_for_one_headline(tmp_path: Path) -> None:
    add = {**GOOD, "action": "add", "evidence": "宣讲二十余回", "value": "20"}
    lines = [{**add, "metric_code": code} for code in ("publicity_talks", "publicity_events", "training_participants")]
    assert [outcome for outcome, _ in outcomes(corrected(tmp_path, [report()], *lines))] == [
        "superseded", "applied", "applied",
    ]  # fmt: skip


def test_a_number_that_gave_two_facts_stands_for_the_one_that_is_left(tmp_path: Path) -> None:
    both = Report("a.txt", CHIDIAN, 2023, [say("exam_sessions", "测试{3}次", 3)])
    reject = {**EXAM, "action": "reject", "machine_value": "3"}
    second = {**both.rows()["stage_facts"][0], "metric_code": "study_seminars", "fact_id": "second"}
    warehouse = corrected(tmp_path, [both], reject)
    assert warehouse.sql("SELECT disposition, fact_id FROM number_mention") == [("rejected", None)]
    warehouse.rows["stage_facts"].append(second)
    warehouse.build()
    assert warehouse.sql("SELECT disposition, fact_id FROM number_mention") == [("fact", "second")]
    assert broken_rules(warehouse) == []
    warehouse.rows["stage_corrections"] = read(tmp_path, reject, {**reject, "metric_code": "study_seminars"})
    warehouse.build()
    assert warehouse.sql("SELECT disposition, fact_id FROM number_mention") == [("rejected", None)]


def test_a_line_that_does_not_fit_is_not_applied_and_says_why(tmp_path: Path) -> None:
    value = {**EXAM, "action": "value", "evidence": "测试3次，", "machine_value": "3", "value": "4"}
    add = {**GOOD, "action": "add", "metric_code": "publicity_talks", "evidence": "宣讲二十余回", "value": "20"}
    place = {**GOOD, "action": "place", "machine_value": CHIDIAN, "value": ANHAI}
    warehouse = corrected(
        tmp_path, [report()],
        {**value, "who": ""},
        {**value, "metric_code": "shoes"},
        {**place, "value": "999999999"},
        {**value, "report": "b.txt"},
        {**value, "evidence": "考试3次"},
        {**value, "evidence": "", "char_start": "400", "char_end": "405"},
        {**value, "char_start": "1", "char_end": "6"},
        {**value, "machine_value": "7"},
        {**value, "metric_code": "training_sessions"},
        {**add, "evidence": "测试3次", "value": "3"},
        {**add, "metric_code": "exam_sessions", "evidence": "测试3次，", "value": "3"},
        {**place, "machine_value": ANHAI},
        {**place, "action": "year", "machine_value": "", "value": "2022"},
    )  # fmt: skip
    expected = [
        ("invalid", "who is empty"),
        ("invalid", "metric_code is shoes, which the codebook does not have"),
        ("invalid", "value is 999999999, which is no code"),
        ("not_found", "no report is called b.txt"),
        ("not_found", "the words do not stand in the report; copy them"),
        ("not_found", "the words do not stand in the report at these offsets"),
        ("not_found", "the words do not stand in the report at these offsets"),
        ("stale", "the machine says 3.0, expected 7"),
        ("stale", "the machine states no training_sessions in these words, expected 3"),
        ("ambiguous", "the words stand in the report more than once"),
        ("stale", "the machine now says 3.0 there itself, expected nothing"),
        ("stale", f"the machine says {CHIDIAN}, expected {ANHAI}"),
        ("stale", "the machine says 2023, expected nothing"),
    ]
    for (outcome, reason), (kind, words) in zip(outcomes(warehouse), expected, strict=True):
        assert outcome == kind and words in reason, reason
    assert warehouse.sql("SELECT count(*), count(corrected_by) FROM fact_indicator") == [(3, 0)]
    assert warehouse.sql("SELECT township_code, report_year FROM dim_report") == [(CHIDIAN, 2023)]
    assert broken_rules(warehouse) == []


def test_words_that_stand_twice_mean_the_one_that_is_a_fact(tmp_path: Path) -> None:
    """The words stand in the text twice, and only the first is a fact; with two equal ones offsets tell which."""
    line = {**EXAM, "action": "value", "machine_value": "3", "value": "4"}
    assert outcomes(corrected(tmp_path / "one", [report()], line)) == [("applied", "")]
    clauses = [say("exam_sessions", "测试{3}次。", 3), say("exam_sessions", "测试{3}次。", 3)]
    two = corrected(
        tmp_path / "two", [Report("a.txt", CHIDIAN, 2023, clauses)],
        line, {**line, "char_start": "5", "char_end": "9"},
    )  # fmt: skip
    assert [outcome for outcome, _ in outcomes(two)] == ["ambiguous", "applied"]
    assert two.sql("SELECT number_start, value FROM fact_indicator ORDER BY 1") == [(2, 3.0), (7, 4.0)]


def test_of_two_lines_on_one_thing_the_later_counts(tmp_path: Path) -> None:
    value = {**EXAM, "action": "value", "machine_value": "3", "value": "4"}
    year = {**GOOD, "action": "year", "machine_value": "2023", "value": "2022"}
    warehouse = corrected(
        tmp_path, [report()],
        {**value, "on": "2025-03-02", "who": "Wang", "value": "5"}, value, year, {**year, "value": "2021"},
    )  # fmt: skip
    assert outcomes(warehouse) == [
        ("applied", ""), ("superseded", "line 2 speaks of the same thing and is later"),
        ("superseded", "line 5 speaks of the same thing and is later"), ("applied", ""),
    ]  # fmt: skip
    assert fact(warehouse, "exam_sessions") == (5.0, "exact", 5.0, 5.0, 1.0, 3.0, "Wang", "read it")
    assert warehouse.sql("SELECT DISTINCT report_year FROM fact_indicator") == [(2021,)]


def test_a_place_or_year_from_a_person_counts_and_what_it_alone_kept_out_is_accepted(tmp_path: Path) -> None:
    reasons = {
        "place.txt": ("no_place", "no place name: neither title, opening nor signature names a township-level unit"),
        "unit.txt": ("unresolved_unit", "unit not resolved: 2 candidates for 城关镇"),
        "year.txt": ("no_year", "no report year: neither title, opening nor dates name it"),
        "news.txt": ("news", "not a rule-of-law report: news_brief"),
    }
    reports = [report("known.txt", CHIDIAN), report("other.txt", ANHAI)]
    for year, (name, (code, reason)) in enumerate(reasons.items(), 2015):
        out = {"status": "quarantined", "reason_code": code, "reason": reason, "status_reason": reason}
        if name == "year.txt":
            reports.append(report(name, CHIDIAN, **out, report_year=None))
        else:
            reports.append(report(name, None, **out, report_year=None if name == "unit.txt" else year))
    place = {**GOOD, "action": "place", "value": ANHAI}
    warehouse = corrected(
        tmp_path, reports,
        {**place, "report": "known.txt", "machine_value": CHIDIAN},
        *({**place, "report": name} for name in ("place.txt", "unit.txt", "news.txt")),
        {**GOOD, "report": "year.txt", "action": "year", "value": "2017"},
    )  # fmt: skip
    assert outcomes(warehouse) == [("applied", "")] * 5
    assert broken_rules(warehouse) == []
    columns = "raw_path, township_code, report_year, status, reason_code, place_method, year_method"
    assert warehouse.sql(f"SELECT {columns} FROM dim_report ORDER BY raw_path") == [
        ("known.txt", ANHAI, 2023, "accepted", None, "correction", None),
        ("news.txt", ANHAI, 2018, "quarantined", "news", "correction", None),
        ("other.txt", ANHAI, 2023, "accepted", None, None, None),
        ("place.txt", ANHAI, 2015, "accepted", None, "correction", None),
        ("unit.txt", ANHAI, None, "quarantined", "no_year", "correction", None),
        ("year.txt", CHIDIAN, 2017, "accepted", None, None, "correction"),
    ]
    beside = "township_code_machine, report_year_machine, corrected_by, reason, county_code"
    assert warehouse.sql(f"SELECT {beside} FROM dim_report WHERE raw_path = 'known.txt'") == [
        (CHIDIAN, None, "Li", "read it", ANHAI[:6])
    ]
    assert warehouse.sql("SELECT count(*) FROM dim_report WHERE is_canonical AND report_year = 2023") == [(1,)]


OUT = {"status": "quarantined", "reason": "r", "status_reason": "r"}
NEWS = {**OUT, "doc_type": "news_brief", "reason_code": "news"}
COUNTY = {**OUT, "doc_level": "county", "reason_code": "county_report"}
KIND = {**GOOD, "action": "kind", "machine_value": "annual_report"}
STATE = "doc_kind, doc_type, doc_level, township_code, status, reason_code"


def test_a_kind_from_a_person_puts_a_report_into_the_marts_or_out_of_them(tmp_path: Path) -> None:
    """What is none leaves, a township's report comes in; without a unit it waits for one."""
    place = {**GOOD, "action": "place", "machine_value": ""}
    warehouse = corrected(
        tmp_path,
        [
            report("county.txt"), report("speech.txt"), report("summary.txt"), report("news.txt", ANHAI, **NEWS),
            *(report(name, None, **COUNTY) for name in ("alone.txt", "town.txt", "street.txt")),
            report("year.txt", CHIDIAN, **NEWS, report_year=None),
        ],
        {**KIND, "report": "county.txt", "value": "county_report"},
        {**KIND, "report": "speech.txt", "value": "speech"},
        {**KIND, "report": "summary.txt", "value": "work_summary"},
        {**KIND, "report": "news.txt", "machine_value": "news", "value": "enforcement_report"},
        *({**KIND, "report": f"{name}.txt", "machine_value": "county_report", "value": "annual_report"}
          for name in ("alone", "town", "street")),
        {**place, "report": "town.txt", "value": CHIDIAN},
        {**place, "report": "street.txt", "value": DONGCHENG},
        {**KIND, "report": "year.txt", "machine_value": "news", "value": "annual_report"},
    )  # fmt: skip
    assert outcomes(warehouse) == [("applied", "")] * 10
    assert broken_rules(warehouse) == []
    assert warehouse.sql(f"SELECT raw_path, {STATE} FROM dim_report ORDER BY raw_path") == [
        ("alone.txt", "annual_report", "annual_report", "unknown", None, "quarantined", "no_place"),
        ("county.txt", "county_report", "annual_report", "county", None, "quarantined", "county_report"),
        ("news.txt", "enforcement_report", "enforcement_report", "township", ANHAI, "accepted", None),
        ("speech.txt", "speech", "speech", "township", CHIDIAN, "quarantined", "speech"),
        ("street.txt", "annual_report", "annual_report", "subdistrict", DONGCHENG, "accepted", None),
        ("summary.txt", "work_summary", "work_summary", "township", CHIDIAN, "accepted", None),
        ("town.txt", "annual_report", "annual_report", "township", CHIDIAN, "accepted", None),
        ("year.txt", "annual_report", "annual_report", "township", CHIDIAN, "quarantined", "no_year"),
    ]
    beside = "doc_kind_machine, township_code_machine, corrected_by, doc_family, status_reason"
    two = "raw_path IN ('county.txt', 'news.txt')"
    assert warehouse.sql(f"SELECT {beside} FROM dim_report WHERE {two} ORDER BY raw_path") == [
        ("annual_report", CHIDIAN, "Li", "annual", "county_report: a person says that it is no report of a township"),
        ("news", None, "Li", "enforcement", None),
    ]  # fmt: skip
    assert warehouse.sql("SELECT doc_kind, doc_kind_machine FROM correction WHERE line IN (2, 9) ORDER BY line") == [
        ("county_report", "annual_report"), (None, None),
    ]  # fmt: skip
    assert warehouse.sql("SELECT DISTINCT version_reason FROM dim_report WHERE raw_path = 'summary.txt'") == [
        ("work_summary",)
    ]
    for path in table_files(warehouse.tables_dir, "dim_report"):
        pl.read_parquet(path).with_columns(doc_kind=pl.lit("annual_report")).write_parquet(path)
    assert [rule.partition(":")[0] for rule in broken_rules(warehouse)] == ["report_corrections_stand"]


def test_figures_and_the_queue_follow_the_kind_that_a_person_gave(tmp_path: Path) -> None:
    """A news item that is a report has figures; one that a person looked at and left out is asked about no more."""
    reports = [report("in.txt", CHIDIAN, **NEWS), report("out.txt", ANHAI), report("alone.txt", None, **COUNTY)]
    reports += [report("left.txt", TIANFU, **NEWS), report("doubt.txt", DONGCHENG, **NEWS)]
    warehouse = Warehouse(tmp_path, reports)
    warehouse.rows["stage_corrections"] = read(
        tmp_path,
        {**KIND, "report": "in.txt", "machine_value": "news", "value": "annual_report"},
        {**KIND, "report": "out.txt", "value": "department_report"},
        {**KIND, "report": "alone.txt", "machine_value": "county_report", "value": "annual_report"},
        {**KIND, "report": "left.txt", "machine_value": "news", "value": "news"},
    )
    warehouse.build()
    assert outcomes(warehouse) == [("applied", "")] * 4
    came = warehouse.figure("exam_sessions")
    assert came is not None and came["value"] == 3
    assert warehouse.figure("exam_sessions", ANHAI) is None
    assert warehouse.sql("SELECT DISTINCT township_code FROM township_metric") == [(CHIDIAN,)]
    assert warehouse.sql(f"SELECT count(*) FROM cell_status WHERE township_code = '{ANHAI}'") == [(0,)]
    asked = (
        "SELECT kind, raw_path FROM review_queue JOIN dim_report USING (report_id) WHERE metric_code IS NULL ORDER BY 1"
    )
    assert warehouse.sql(asked) == [("quarantined_report", "doubt.txt"), ("unresolved_unit", "alone.txt")]
    assert warehouse.sql("SELECT raw_path FROM worklist_divisions") == [("alone.txt",)]


def test_the_copies_of_what_a_person_put_out_do_not_take_its_place(tmp_path: Path) -> None:
    """Same bytes, same kind: nor does a copy without a unit take the place of one that has it."""
    copy = {"raw_sha256": "0" * 64}
    first, other = report("b.txt"), report("a.txt")
    first.file, other.file = copy, copy
    out = corrected(tmp_path / "out", [first, other], {**KIND, "report": "b.txt", "value": "county_report"})
    assert out.sql("SELECT raw_path, status, reason_code FROM dim_report ORDER BY raw_path") == [
        ("a.txt", "quarantined", "duplicate"), ("b.txt", "quarantined", "county_report"),
    ]  # fmt: skip
    nameless = report("a.txt", None, **COUNTY)
    nameless.file = copy
    lift = {**KIND, "machine_value": "county_report", "value": "annual_report"}
    kept = corrected(tmp_path / "kept", [first, nameless], lift)
    assert outcomes(kept) == [("applied", "")]
    assert kept.sql("SELECT raw_path FROM dim_report WHERE status = 'accepted'") == [("b.txt",)]


def test_a_kind_that_does_not_fit_is_not_applied_and_says_why(tmp_path: Path) -> None:
    unread = report("unread.txt", None, doc_type="other", **{**OUT, "reason_code": "needs_ocr"})
    warehouse = corrected(
        tmp_path, [report(), unread],
        {**KIND, "machine_value": "news", "value": "annual_report"},
        {**KIND, "report": "unread.txt", "value": "news"},
        {**KIND, "report": "none.txt", "value": "news"},
        {**KIND, "value": "news", "on": "2025-03-02"},
        {**KIND, "value": "speech"},
    )  # fmt: skip
    expected = [
        ("stale", "the machine says annual_report, expected news; look again"),
        ("not_found", "the report was not read, so the machine says no kind"),
        ("not_found", "no report is called none.txt"),
        ("applied", ""),
        ("superseded", "line 5 speaks of the same thing and is later"),
    ]
    for (outcome, reason), (kind, words) in zip(outcomes(warehouse), expected, strict=True):
        assert outcome == kind and words in reason, reason
    assert warehouse.sql("SELECT reason_code FROM dim_report WHERE raw_path = 'a.txt'") == [("news",)]


def test_the_kinds_of_a_document_are_those_that_identifying_gives() -> None:
    """`document_kind.sql` says what a document of each kind is; identifying gives such a document that reason."""
    sql = (PROJECT_ROOT / "sql" / "steps" / "document_kind.sql").read_text(encoding="utf-8")
    rows = duckdb.sql(sql).fetchall()
    assert [kind for kind, *_ in rows] == list(KINDS)
    assert [kind for kind, is_accepted, *_ in rows if is_accepted] == list(ACCEPTED)
    for kind, is_accepted, doc_type, level in rows:
        masked = "the place is masked" if kind == "template" else None
        reason = _reason(masked, doc_type or "annual_report", level or "township", ResolvedPlace(), 2023)
        assert reason and reason.code == ("no_place" if is_accepted else kind)


def test_the_reasons_that_a_person_can_lift_are_those_that_identifying_gives() -> None:
    """`report_alone.sql` names the codes; identifying gives these, and no other, where place or year is missing."""
    sql = (PROJECT_ROOT / "sql" / "tables" / "report_alone.sql").read_text(encoding="utf-8")
    county, none = frozenset({"晋江市"}), frozenset[str]()
    region = Region(ANHAI[:6], county, "晋江", none, none, ("", "", ""), none)
    placed = ResolvedPlace(name="安海镇", unit=Unit(ANHAI, "安海镇", region))
    of_place = [
        _reason(None, "annual_report", "township", place, None)
        for place in (ResolvedPlace(), ResolvedPlace(name="城关镇"))
    ]
    of_year = _reason(None, "annual_report", "township", placed, None)
    lifted = re.findall(r"i\.reason_code (?:IN|=) ([^)]*?)\)? THEN 'accepted'", sql)
    assert [re.findall("[a-z_]+", codes) for codes in lifted] == [
        [reason.code for reason in of_place if reason],
        [of_year.code if of_year else None],
    ]


def test_dagster_shows_what_could_not_be_read_or_applied(tmp_path: Path) -> None:
    """Both checks only tell: a file that cannot be read and a stale line keep nothing from being built."""
    raw, folder = tmp_path / "raw", tmp_path / "warehouse"
    raw.mkdir()
    workspace = Workspace(raw_dir=str(raw), warehouse_dir=str(folder))
    (raw / "corrections.csv").write_bytes(b"\xff\xfe")
    (check,) = assets.corrections(workspace).check_results
    assert (check.passed, check.severity.name) == (False, "ERROR") and "not UTF-8" in check.description
    reject = {**EXAM, "action": "reject", "evidence": "测试3次，"}
    good, stale = {**reject, "machine_value": "3"}, {**reject, "machine_value": "4"}
    one_is_not = "1 of 2 corrections were not applied; line 3 is stale: the machine says 3.0, expected 4"
    for rows, passed, words in (((good,), True, "0 of 1"), ((good, stale), False, one_is_not)):
        read(raw, *rows)
        assert assets.corrections(workspace).check_results[0].passed
        warehouse = corrected(folder, [report()], *rows)
        told = assets.corrections_apply(workspace)
        assert (told.passed, told.severity.name) == (passed, "ERROR") and words in told.description
        assert outcomes(warehouse)[0] == ("applied", "")
    graph = defs.resolve_asset_graph()
    keys = [key for key in graph.asset_check_keys if key.name in ("corrections_readable", "corrections_apply")]
    assert len(keys) == 2 and not any(graph.get_check_spec(key).blocking for key in keys)


def test_without_a_correction_no_text_is_joined_with_the_facts_of_its_report(tmp_path: Path) -> None:
    """That would be many times the archive, each night."""
    n_reports = 60
    held = asked(tmp_path, *(report(f"{number}.txt") for number in range(n_reports)))
    held.sql("SELECT line FROM correction")
    spec = held.specs["correction"]
    with duckdb.connect() as con:
        for name in spec.depends_on:  # DuckDB plans by what it knows of files
            assert held.con
            held.con.execute(f"COPY {name} TO '{tmp_path / name}.parquet'")
            con.execute(f"CREATE VIEW {name} AS FROM read_parquet('{tmp_path / name}.parquet')")
        ((_, plan),) = con.execute(f"EXPLAIN (ANALYZE, FORMAT json) {spec.query}").fetchall()
    operators = json.loads(plan)["operator"]
    joined = []
    for operator in operators:
        operators += operator.get("children", [])
        joined += [operator["intermediate_rows"]] if operator["type"].endswith("JOIN") else []
    assert joined and max(joined) <= n_reports  # each has three facts
