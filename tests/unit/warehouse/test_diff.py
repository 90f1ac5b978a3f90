"""What changed between two releases: by table, by row and by cause, in full and in the few lines of CHANGES.md."""

import hashlib
import json
import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from warehouse_fixtures import ANHAI, CHIDIAN, DONGCHENG, NOW, TIANFU, VERSIONS, Report, Warehouse, say

from pipelines.cli.commands import main
from pipelines.report.release_notes import enter, short_difference
from pipelines.warehouse.diff import Difference, DiffError, Example, TableDifference, difference
from pipelines.warehouse.release import publish


@dataclass
class File(Report):
    """A report whose id follows from its path and its text, as outside of tests."""

    @property
    def report_id(self) -> str:
        return hashlib.sha256((self.raw_path + self.text()).encode()).hexdigest()[:16]


def of(path: str, code: str, year: int, exams: float, **fields) -> File:
    return File(path, code, year, [say("exam_sessions", f"组织测试{{{exams:g}}}次。", exams)], **fields)


STAYS, MOVES = of("stays.txt", ANHAI, 2023, 5), of("moves.txt", ANHAI, 2022, 5)
GOES, COMES = of("goes.txt", DONGCHENG, 2023, 2), of("comes.txt", TIANFU, 2023, 7)
CORRECTED = of("corrected.txt", CHIDIAN, 2022, 3)
BETTER = of("better.txt", ANHAI, 2022, 6, identity={"published_on": date(2024, 2, 1)})
CHANGES, CHANGED = of("changes.txt", CHIDIAN, 2023, 3), of("changes.txt", CHIDIAN, 2023, 4)
EVENTS = File("events.txt", CHIDIAN, 2021, [say("publicity_events", "办活动{8}场。", 8)])


def released(folder: Path, *reports: Report, days: int = 0, change=None, **inputs: str) -> Path:
    """A release of `reports`, `days` after the first; `change` alters the staged rows."""
    warehouse = Warehouse(folder, reports)
    if change:
        change(warehouse.rows)
    warehouse.build()
    now = NOW + timedelta(days=days)
    path = folder / "release.duckdb"
    return publish(
        warehouse.specs, warehouse.tables_dir, path, warehouse.ledger, inputs={**VERSIONS, **inputs}, now=now
    ).path


@pytest.fixture(scope="module")
def before(tmp_path_factory) -> Path:
    return released(tmp_path_factory.mktemp("before"), CHANGES, STAYS, MOVES, CORRECTED, GOES, EVENTS)


def correct(rows):
    rows["stage_corrections"].append(
        {"line": 2, "report": "corrected.txt", "action": "value", "metric_code": "exam_sessions",
         "evidence": "组织测试3次", "machine_expected": "3", "person_says": "13", "number_expected": 3.0,
         "number_right": 13.0, "qualifier": "exact", "reason": "看过原件", "corrected_by": "李",
         "corrected_on": NOW.date()}
    )  # fmt: skip


@pytest.fixture(scope="module")
def after(tmp_path_factory) -> Path:
    """A report came, one went, one has other bytes, one a better version, one a correction; the rules are the same."""
    reports = (CHANGED, STAYS, MOVES, BETTER, CORRECTED, COMES, EVENTS)
    return released(tmp_path_factory.mktemp("after"), *reports, days=1, change=correct)


@pytest.fixture(scope="module")
def night(before, after) -> Difference:
    return difference(before, after)


def read_by_other_rules(rows):
    for fact in rows["stage_facts"]:
        fact["codebook_version"] = "2"
        if fact["metric_code"] == "publicity_events":
            fact.update(value=9.0, value_low=9.0, value_high=9.0)


@pytest.fixture(scope="module")
def ruled(tmp_path_factory) -> Path:
    """Another codebook, by which one of the facts has another value, and a new report."""
    reports = (CHANGES, STAYS, MOVES, CORRECTED, GOES, EVENTS, COMES)
    folder = tmp_path_factory.mktemp("ruled")
    return released(folder, *reports, days=1, change=read_by_other_rules, codebook_version="2")


def altered(release: Path, folder: Path, *statements: str) -> Path:
    """A copy of a release after some SQL."""
    copy = folder / f"altered{len(list(folder.iterdir()))}.duckdb"
    shutil.copyfile(release, copy)
    with closing(duckdb.connect(str(copy))) as con:
        for statement in (f"UPDATE release_table SET content_hash = '{copy.name}'", *statements):
            con.execute(statement)
    return copy


def table(found: Difference, name: str) -> TableDifference:
    (result,) = [one for one in found.tables if one.table == name]
    return result


def counts(found: Difference, name: str) -> tuple[int, int, int, dict[str, int]]:
    one = table(found, name)
    return one.added, one.removed, one.changed, dict(one.by_cause)


def changed_tables(found: Difference) -> set[str]:
    return {one.table for one in found.tables if not one.is_equal}


def figures(found: Difference) -> dict[tuple[str, int], set[str]]:
    """Causes of the figures of `exam_sessions` that differ, by unit and year."""
    return {
        (example.key["township_code"], example.key["report_year"]): set(example.causes)
        for example in table(found, "township_metric").examples
        if example.key["metric_code"] == "exam_sessions"
    }


def test_the_same_reports_released_again_differ_in_nothing(before, tmp_path):
    again = altered(
        before,
        tmp_path,
        "UPDATE release SET release_id = '20240302T173000Z-other', built_at = built_at + INTERVAL 1 DAY",
        "UPDATE dim_report SET fetched_at = fetched_at + INTERVAL 1 DAY",
        "CREATE OR REPLACE TABLE fact_indicator AS FROM fact_indicator ORDER BY value DESC",
    )
    found = difference(before, again)
    assert changed_tables(found) == set()
    assert all(one.is_compared for one in found.tables)
    assert short_difference(before, again) == f"Since {found.old}: nothing changed"


def test_reports_are_counted_by_what_became_of_their_files(night):
    assert (night.old[:8], night.new[:8]) == ("20240301", "20240302")
    assert (night.reports_added, night.reports_changed, night.reports_removed) == (2, 1, 1)
    by_cause = {"new_source": 3, "changed_source": 2, "removed_source": 1}
    assert counts(night, "dim_report") == (3, 2, 1, by_cause)  # the third is the version that is no longer the best
    assert counts(night, "report_text") == (3, 2, 0, {**by_cause, "new_source": 2})
    assert counts(night, "fact_indicator") == (3, 2, 1, {**by_cause, "new_source": 2, "correction": 1})


def test_a_better_version_from_elsewhere_explains_what_becomes_of_the_old_one(night):
    (left,) = [e for e in table(night, "dim_report").examples if e.key == {"report_id": MOVES.report_id}]
    assert (left.change, left.causes, left.values["is_canonical"]) == ("changed", ("new_source",), (True, False))


def test_figures_have_the_causes_of_the_facts_and_reports_behind_them(night):
    assert figures(night) == {
        (CHIDIAN, 2023): {"changed_source"},
        (CHIDIAN, 2022): {"correction"},
        (ANHAI, 2022): {"new_source"},
        (ANHAI, 2023): {"new_source"},  # its figures are compared with those of the year before, which are new
        (TIANFU, 2023): {"new_source"},
        (DONGCHENG, 2023): {"removed_source"},
    }
    assert table(night, "township_metric").by_column["value"] == 3


def test_aggregates_have_the_causes_of_all_figures_in_them(night):
    (county,) = [
        set(e.causes)
        for e in table(night, "county_year").examples
        if e.change == "changed" and e.key["report_year"] == 2022 and e.key["metric_code"] == "exam_sessions"
    ]
    assert county == {"correction", "new_source"}
    (coverage,) = [e for e in table(night, "metric_coverage").examples if e.key["report_year"] == 2023 and e.values]
    assert set(coverage.causes) == {"new_source", "changed_source", "removed_source"}


def test_every_difference_of_that_night_is_explained(night):
    assert {cause for one in night.tables for cause in one.by_cause} == {
        "new_source", "changed_source", "removed_source", "correction"
    }  # fmt: skip


def test_the_old_value_and_the_new_one_stand_side_by_side(night):
    (corrected,) = [e for e in table(night, "fact_indicator").examples if e.change == "changed"]
    assert corrected.values["value"] == (3.0, 13.0)
    gone = [e for e in table(night, "fact_indicator").examples if "removed_source" in e.causes]
    assert gone == [Example("removed", ("removed_source",), {"fact_id": GOES.fact_id(0)}, {"value": (2.0, None)})]


def test_a_rule_and_a_new_report_in_one_night_are_told_apart_and_a_version_alone_is_no_change(before, ruled):
    found = difference(before, ruled)
    assert found.versions == {"codebook_version": ("1", "2")}
    assert counts(found, "fact_indicator") == (1, 0, 1, {"new_source": 1, "rule": 1})
    assert table(found, "fact_indicator").by_column == {"value": 1, "value_low": 1, "value_high": 1}
    assert counts(found, "report_text") == (1, 0, 0, {"new_source": 1})
    assert counts(found, "county_year")[3] == {"new_source": 1, "rule": 2}
    assert short_difference(before, ruled).splitlines() == [
        f"Since {found.old}: +1 report; headlines changed for 1 unit",
        "",
        "- codebook_version: 1 → 2",
        "- fact_indicator +1 ~1 (new source 1, rule 1)",
        "- township_metric +1 ~2 (rule 2, new source 1)",
    ]


def test_what_nothing_explains_is_unknown(before, tmp_path):
    odd = altered(before, tmp_path, "UPDATE fact_indicator SET value = 99 WHERE metric_code = 'publicity_events'")
    found = difference(before, odd, tables=["fact_indicator"])
    assert counts(found, "fact_indicator") == (0, 0, 1, {"unknown": 1})


def test_other_inputs_over_the_same_sources_are_a_rule(before, tmp_path):
    odd = altered(
        before,
        tmp_path,
        "UPDATE fact_indicator SET value = 99 WHERE metric_code = 'publicity_events'",
        "UPDATE release SET inputs_sha256 = 'other'",
        "ALTER TABLE release DROP COLUMN sql_sha256",
    )
    found = difference(before, odd, tables=["fact_indicator"], details=False)
    assert counts(found, "fact_indicator") == (0, 0, 1, {"rule": 1})


def test_another_address_of_the_same_bytes_is_a_changed_source(before, tmp_path):
    moved = f"UPDATE dim_report SET source_url = 'https://town.example/a' WHERE report_id = '{STAYS.report_id}'"
    found = difference(before, altered(before, tmp_path, moved), tables=["dim_report"])
    assert counts(found, "dim_report") == (0, 0, 1, {"changed_source": 1})
    assert found.reports_changed == 0


def test_a_release_from_before_there_were_corrections_can_be_compared(before, after, tmp_path):
    columns = ("value_machine", "corrected_by", "reason")
    old = altered(before, tmp_path, "DROP TABLE correction", *(f"ALTER TABLE fact_indicator DROP {c}" for c in columns))
    found = difference(old, after, tables=["fact_indicator", "correction"])
    assert counts(found, "fact_indicator")[3]["correction"] == 1
    assert list(table(found, "fact_indicator").columns_added) == list(columns)
    assert (table(found, "correction").rows_old, table(found, "correction").rows_new) == (None, 1)
    assert "- table correction is new (1 row)" in short_difference(old, after).splitlines()


def test_columns_that_come_go_and_change_their_type_are_named_and_touch_no_row(before, tmp_path):
    other = altered(
        before,
        tmp_path,
        "ALTER TABLE township_year ADD COLUMN fresh INTEGER",
        "ALTER TABLE township_year DROP COLUMN n_metrics",
        "ALTER TABLE township_metric ALTER n_facts TYPE DOUBLE",
        "DROP TABLE township_change",
        "CREATE TABLE extra AS SELECT 1 AS one",
    )
    found = difference(before, other)
    year, metric = table(found, "township_year"), table(found, "township_metric")
    assert (year.columns_added, year.columns_removed) == ({"fresh": "INTEGER"}, {"n_metrics": "BIGINT"})
    assert metric.columns_retyped == {"n_facts": ("INTEGER", "DOUBLE")}
    assert year.changed == metric.changed == 0
    assert table(found, "township_change").rows_new is None
    assert (table(found, "extra").rows_old, table(found, "extra").rows_new) == (None, 1)
    assert {one.table for one in found.schema} == {"township_year", "township_metric", "township_change", "extra"}
    assert changed_tables(found) == {one.table for one in found.schema}


def test_without_its_key_a_table_is_not_compared(before, tmp_path):
    other = altered(before, tmp_path, "ALTER TABLE review_queue RENAME review_id TO id")
    assert table(difference(before, other, tables=["review_queue"]), "review_queue").is_compared is False


def test_a_row_of_no_report_is_a_row_like_any_other(before, tmp_path):
    """What a reviewer must see may be about a unit or a county and no report."""
    queued = "INSERT INTO review_queue BY NAME SELECT '{}' AS review_id, {} AS report_id"
    old = altered(before, tmp_path, queued.format("a", "NULL"), queued.format("b", "NULL"))
    new = altered(
        old,
        tmp_path,
        *(queued.format(name, "NULL") for name in "cd"),
        queued.format("e", "'one'"),
        "DELETE FROM review_queue WHERE review_id = 'a'",
        "UPDATE review_queue SET evidence = 'x' WHERE review_id = 'b'",
    )
    found = table(difference(old, new, tables=["review_queue"]), "review_queue")
    assert (found.added, found.removed, found.changed) == (3, 1, 1)
    assert found.rows_new == found.rows_old + found.added - found.removed
    assert {example.key["review_id"]: example.change for example in found.examples} == {
        **dict.fromkeys("cde", "added"), "a": "removed", "b": "changed",
    }  # fmt: skip
    assert sum(found.by_cause.values()) == 5


def test_a_key_may_hold_nothing(before, tmp_path):
    """Keys of releases that came before a rule against it, or of tables of one's own."""
    old = altered(before, tmp_path, "UPDATE metric_coverage SET report_year = NULL WHERE report_year = 2023")
    new = altered(old, tmp_path, "UPDATE metric_coverage SET n_stating = 99 WHERE report_year IS NULL")
    found = table(difference(old, new, tables=["metric_coverage"]), "metric_coverage")
    assert (found.added, found.removed) == (0, 0) and found.changed > 0
    assert found.by_column == {"n_stating": found.changed}


def hashed(release: Path, folder: Path, **hashes: str) -> Path:
    rows = ", ".join(f"('{name}', 1, '{value}')" for name, value in hashes.items())
    columns = "table_name, n_rows, content_hash"
    return altered(release, folder, f"CREATE OR REPLACE TABLE release_table AS FROM (VALUES {rows}) AS t({columns})")


def test_a_table_with_the_same_content_hash_is_not_read(before, after, tmp_path):
    old = hashed(before, tmp_path, fact_indicator="x", report_text="x")
    new = hashed(after, tmp_path, fact_indicator="x", report_text="y")
    found = difference(old, new, tables=["fact_indicator", "report_text"])
    assert counts(found, "fact_indicator") == (0, 0, 0, {})
    assert counts(found, "report_text")[:2] == (3, 2)


def test_with_the_same_rules_only_reports_that_differ_are_read_and_the_answer_is_the_same(
    before, after, night, tmp_path
):
    same = ("ALTER TABLE release ADD COLUMN IF NOT EXISTS sql_sha256 VARCHAR", "UPDATE release SET sql_sha256 = 's'")
    old, new = (altered(path, tmp_path, *same) for path in (before, after))
    # a change that cannot come about, where nobody looks
    unseen = altered(new, tmp_path, f"UPDATE fact_indicator SET value = 99 WHERE report_id = '{STAYS.report_id}'")
    assert difference(old, unseen, details=False).tables == difference(before, after, details=False).tables
    assert table(difference(old, unseen), "fact_indicator").changed == table(night, "fact_indicator").changed + 1


def test_examples_are_bounded_and_long_texts_are_hashed(before, tmp_path):
    longer = altered(before, tmp_path, "UPDATE report_text SET text = text || '。'")
    found = difference(before, longer, limit=1, tables=["report_text"])
    one = table(found, "report_text")
    assert (one.changed, len(one.examples)) == (6, 1)
    assert all(value.startswith("sha256 ") for value in one.examples[0].values["text"])
    assert table(difference(before, longer, tables=["report_text"], details=False), "report_text").examples == ()


@pytest.fixture
def warehouse(before, ruled, tmp_path) -> Path:
    """A folder with two releases kept; the second is the current one."""
    folder = tmp_path / "kept"
    (folder / "releases").mkdir(parents=True)
    for path in (before, ruled):
        with closing(duckdb.connect(str(path), read_only=True)) as con:
            ((release_id,),) = con.sql("SELECT release_id FROM release").fetchall()
        shutil.copy(path, folder / "releases" / f"{release_id}.duckdb")
    shutil.copy(ruled, folder / "fazhi.duckdb")
    return folder


@pytest.mark.parametrize(("old", "new"), [("previous", "current"), ("20240301", "20240302"), ("{before}", "current")])
def test_the_command_finds_releases_by_name_and_shows_tables_or_json(warehouse, before, capsys, old, new):
    names = [old.replace("{before}", str(before)), new, "--warehouse", str(warehouse)]
    assert main(["diff", *names, "--table", "fact_indicator", "--format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["reports_added"], [one["table"] for one in shown["tables"]]) == (1, ["fact_indicator"])
    fact = {"fact_id": COMES.fact_id(0)}
    (events,) = [e for e in shown["tables"][0].pop("examples") if e["change"] == "changed"]
    assert events == {
        "change": "changed", "causes": ["rule"], "key": {"fact_id": EVENTS.fact_id(0)},
        "values": {"value": [8.0, 9.0], "value_low": [8.0, 9.0], "value_high": [8.0, 9.0]},
    }  # fmt: skip
    assert shown["tables"][0] == {
        "table": "fact_indicator", "rows_old": 6, "rows_new": 7, "columns_added": {}, "columns_removed": {},
        "columns_retyped": {}, "is_compared": True, "added": 1, "removed": 0, "changed": 1,
        "by_cause": {"new_source": 1, "rule": 1}, "by_column": {"value": 1, "value_low": 1, "value_high": 1},
    }  # fmt: skip
    assert main(["diff", *names, "--table", "fact_indicator"]) == 0
    text = capsys.readouterr().out
    assert "+1 report" in text and "value: 8 → 9" in text and fact["fact_id"] in text


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["2024", "current"], "2 releases begin with '2024'"),
        (["1999", "current"], "begins with '1999'"),
        (["current", "current"], "name two releases"),
        (["none.duckdb", "current"], "there is no release at none.duckdb"),
        (["previous", "current", "--table", "moon"], "no table moon"),
        (["previous"], "Missing argument 'B'"),
    ],
)
def test_what_cannot_be_compared_is_one_line(warehouse, capsys, arguments, expected):
    assert main(["diff", *arguments, "--warehouse", str(warehouse)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("fazhi: ") and expected in line


def test_without_an_older_release_previous_is_refused(warehouse, capsys):
    for path in (warehouse / "releases").iterdir():
        path.unlink()
    assert main(["diff", "previous", "current", "--warehouse", str(warehouse)]) == 2
    assert "no release before the current one" in capsys.readouterr().err


def test_a_file_that_is_no_release_is_named(before, tmp_path):
    other = altered(before, tmp_path, "DROP TABLE fact_indicator")
    with pytest.raises(DiffError, match="no table fact_indicator"):
        difference(before, other)
    (tmp_path / "text.duckdb").write_text("no database")
    with pytest.raises(DiffError, match="cannot be compared"):
        difference(before, tmp_path / "text.duckdb")


def test_changes_keeps_every_section_newest_first_and_writes_none_twice(tmp_path):
    path = tmp_path / "warehouse" / "CHANGES.md"
    moment = datetime(2024, 3, 1, 17, 30, tzinfo=UTC)
    assert enter(path, "20240301T173000Z-aa", moment, "The first.")
    first = path.read_text(encoding="utf-8")
    assert first.startswith("# Changes\n")
    assert first.endswith("\n\n## 20240301T173000Z-aa\n\nBuilt 2024-03-01 17:30 UTC. The first.\n")
    assert enter(path, "20240303T173000Z-cc", moment.replace(day=3), "Since 20240301T173000Z-aa: nothing changed")
    assert enter(path, "20240302T173000Z-bb", moment.replace(day=2), "Since ...\n\n- fact_indicator +1")
    text = path.read_text(encoding="utf-8")
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == ["## 20240303T173000Z-cc", "## 20240302T173000Z-bb", "## 20240301T173000Z-aa"]
    assert text.endswith(first[first.index("\n\n## ") :])
    assert enter(path, "20240302T173000Z-bb", moment, "Another story.") is False
    assert path.read_text(encoding="utf-8") == text
    assert [found.name for found in path.parent.iterdir()] == ["CHANGES.md"]


def test_a_panel_is_explained_by_its_unit_in_any_year_and_by_the_years_of_the_warehouse(before, tmp_path):
    """The new report on 2024 makes the panel of all units longer by a year, and that on 2022 that of one unit."""
    late, early = of("late.txt", TIANFU, 2024, 7), of("early.txt", DONGCHENG, 2022, 7)
    reports = (CHANGES, STAYS, MOVES, CORRECTED, GOES, EVENTS)
    longer = difference(before, released(tmp_path / "longer", *reports, late, days=1))
    cells = table(longer, "cell_status")
    assert cells.by_cause == {"new_source": cells.added} and cells.removed == cells.changed == 0
    assert {(e.key["township_code"], e.key["report_year"]) for e in cells.examples} & {(ANHAI, 2024), (CHIDIAN, 2024)}
    assert counts(longer, "township_year") == (1, 0, 3, {"new_source": 4})  # 池店镇 is balanced no more, in three years

    same_years = difference(before, released(tmp_path / "same", *reports, early, days=1))
    units = {example.key["township_code"] for example in table(same_years, "township_year").examples}
    assert (units, table(same_years, "township_year").by_cause) == ({DONGCHENG}, {"new_source": 2})
    assert {example.key["township_code"] for example in table(same_years, "cell_status").examples} == {DONGCHENG}
