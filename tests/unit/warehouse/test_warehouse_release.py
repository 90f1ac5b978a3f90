"""Publishing: what a release holds, what its audit refuses, and that a refusal changes nothing for readers."""

import os
import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from warehouse_fixtures import CHIDIAN, FEW, NOW, TIANFU, VERSIONS, Clause, Report, Warehouse, built, say

from pipelines.build.answers import CONTENTS
from pipelines.build.buckets import bucket_of
from pipelines.build.ledger import LedgerEntry
from pipelines.build.stamped_parquet import STAMP
from pipelines.warehouse import check_runner
from pipelines.warehouse.assembly import Assembly
from pipelines.warehouse.check_results import AuditError
from pipelines.warehouse.checks import load_checks
from pipelines.warehouse.query import QueryError, query
from pipelines.warehouse.release import OWN_TABLES, PublishError, publish
from pipelines.warehouse.table_parts import read_contents, table_files


def reports() -> list[Report]:
    # A rare character beyond the basic plane, a combining accent and an emoji of several code points: were offsets
    # counted in bytes, UTF-16 units or graphemes, the evidence after them would not match.
    return [
        Report(
            "a.txt",
            CHIDIAN,
            2023,
            [Clause(None, "𠮷家庄e\u0301👨\u200d👩\u200d👧村。"), say("exam_sessions", "测试{3}次。", 3)],
        ),
        Report("b.txt", TIANFU, 2023, [say("enforcement_staff_certified", "有{18}人领证。", 18)]),
        Report("c.txt", None, 2023, [say("exam_sessions", "测试{9}次。", 9)]),
    ]


def release(warehouse: Warehouse, **changes):
    arguments = {"inputs": VERSIONS, "now": NOW, **changes}
    return publish(warehouse.specs, warehouse.tables_dir, warehouse.release_path, warehouse.ledger, **arguments)


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A warehouse and its release, which tests leave as they are."""
    warehouse = built(tmp_path_factory.mktemp("whole"), *reports())
    return warehouse, release(warehouse)


@pytest.fixture(scope="module")
def whole(first):
    """The folder of that warehouse."""
    return first[0].folder


@pytest.fixture
def copy(whole, tmp_path):
    """A copy of it that a test may spoil."""
    return Warehouse(shutil.copytree(whole, tmp_path / "copy"), reports())


def read(path, sql):
    with closing(duckdb.connect(str(path), read_only=True)) as con:
        return con.sql(sql).fetchall()


def leftovers(warehouse: Warehouse):
    return [path.name for path in (warehouse.folder / "releases").iterdir() if "building" in path.name]


def test_a_release_holds_every_table_and_one_row_about_itself(first):
    warehouse, published = first
    assert published.path == warehouse.release_path
    assert published.counts["dim_report"] == 3
    assert set(published.counts) == {*warehouse.published, *OWN_TABLES}
    columns = "release_id, n_files, n_accepted, n_quarantined, n_facts, n_numbers, unclassified_share"
    assert read(published.path, f"SELECT {columns} FROM release") == [(published.release_id, 3, 2, 1, 3, 3, 0.0)]
    assert published.release_id.startswith("20240301T173000Z-")
    assert leftovers(warehouse) == []


def test_the_file_opens_with_older_clients(whole):
    path = whole / "fazhi.duckdb"
    tags = "SELECT tags['storage_version'] FROM duckdb_databases() WHERE NOT internal"
    assert read(path, tags) == [("v1.5.0+",)]


def test_the_inputs_decide_the_hash(tmp_path):
    here, there = (
        built(tmp_path / "here", *reports(), wanted=FEW),
        built(tmp_path / "there", *reversed(reports()), wanted=FEW),
    )
    first, second = release(here), release(there)
    assert first.release_id == second.release_id
    assert release(here, inputs={**VERSIONS, "codebook_version": "2"}).release_id != first.release_id


def test_every_table_and_column_carries_its_comment(whole):
    path = whole / "fazhi.duckdb"
    bare = "SELECT table_name FROM duckdb_tables() WHERE comment IS NULL"
    assert read(path, bare + " UNION ALL SELECT table_name || column_name FROM duckdb_columns() WHERE comment IS NULL "
                "AND NOT internal") == []  # fmt: skip
    ((comment,),) = read(path, "SELECT comment FROM duckdb_columns() WHERE table_name = 'township_metric' "
                               "AND column_name = 'has_conflict'")  # fmt: skip
    assert comment.startswith("是否冲突. True where the reports state different figures")


def change(table, position=0, **fields):
    """A fault: `fields` overwrite a staged row."""
    return lambda rows: rows[table][position].update(fields)


def doubled(table):
    return lambda rows: rows[table].append(dict(rows[table][0]))


def nobody_accepted(rows):
    for row in rows["stage_identities"]:
        row.update(status="quarantined", reason_code="not_a_report", reason="set aside", status_reason="set aside")


FAULTS = {
    "dim_report_key": doubled("stage_identities"),
    "fact_indicator_key": doubled("stage_facts"),
    "number_mention_key": doubled("stage_numbers"),
    "report_text_key": doubled("stage_documents"),
    "dim_division_key": doubled("ref_divisions"),
    "dim_indicator_key": doubled("ref_indicators"),
    "fact_indicator_report_id_reference": change("stage_facts", report_id="nobody"),
    "fact_indicator_metric_code_reference": change("stage_facts", metric_code="moon_landings"),
    "fact_indicator_subset_of_reference": change("stage_facts", subset_of="nothing"),
    "dim_report_township_code_reference": change("stage_identities", township_code="999999999"),
    "number_mention_fact_id_reference": change("stage_numbers", fact_id="nothing"),
    "evidence_matches_text": change("stage_facts", evidence="测试4次"),
    "number_within_evidence": change("stage_facts", number_end=900),
    "mention_matches_text": change("stage_numbers", text="4"),
    "number_has_disposition": change("stage_numbers", disposition=None),
    "fact_has_number": change("stage_numbers", disposition="date", fact_id=None),
    "fact_has_value": change("stage_facts", value=None),
    "quarantine_has_reason": change("stage_identities", 2, status="quarantined", status_reason=None),
    "reason_code_is_documented": change(
        "stage_identities", 2, status="quarantined", reason_code="bad_luck", reason="x", status_reason="x"
    ),
    "some_report_accepted": nobody_accepted,
}


@pytest.mark.parametrize("check", FAULTS)
def test_each_fault_is_refused_by_name_and_leaves_the_old_release(copy, check):
    warehouse, before = copy, copy.release_path.read_bytes()
    FAULTS[check](warehouse.rows)
    if check == "quarantine_has_reason":  # the SQL mends this one, so the table itself is spoiled
        spoil(warehouse, "dim_report", "SELECT * REPLACE (NULL::VARCHAR AS status_reason)")
    else:  # as in a run, which builds nothing on a table that breaks a rule
        (reads,) = (rule.reads for rule in load_checks() if rule.name == check)
        warehouse.build(wanted=reads)
    with pytest.raises(AuditError) as refusal:
        release(warehouse)
    assert check in {result.check.name for result in refusal.value.results}
    assert f"- {check}: " in str(refusal.value)
    assert warehouse.release_path.read_bytes() == before
    assert leftovers(warehouse) == []


def test_a_value_outside_its_bounds_is_kept_and_asked_about(copy):
    """What a report says stops no release: the figure goes to review_queue."""
    change("stage_facts", value_low=5.0)(copy.rows)
    copy.build()
    release(copy)
    found = read(copy.release_path, "SELECT kind FROM review_queue WHERE kind = 'bounds_contradict'")
    assert found == [("bounds_contradict",)]


@pytest.mark.parametrize(
    ("check", "table", "select"),
    [
        ("accepted_is_placed", "dim_report", "SELECT * REPLACE (NULL::INTEGER AS report_year)"),
        ("one_canonical", "dim_report", "SELECT * REPLACE (false AS is_canonical)"),
        ("marts_leave_quarantine_out", "dim_report", "SELECT * REPLACE ('quarantined' AS status)"),
        ("township_metric_fact_ids_reference", "township_metric", "SELECT * REPLACE (['nothing'] AS fact_ids)"),
    ],
)
def test_a_spoiled_table_is_refused(copy, check, table, select):
    before = copy.release_path.read_bytes()
    spoil(copy, table, select)
    with pytest.raises(AuditError, match=check):
        release(copy)
    assert copy.release_path.read_bytes() == before


def spoil(warehouse: Warehouse, table: str, select: str) -> None:
    with closing(duckdb.connect()) as con:
        for path in table_files(warehouse.tables_dir, table):
            con.execute(f"CREATE OR REPLACE TABLE t AS {select} FROM read_parquet('{path}')")
            put_in_place(con, warehouse, path)


def put_in_place(con: duckdb.DuckDBPyConnection, warehouse: Warehouse, path: Path) -> None:
    """Write the table `t` to `path`, as if SQL with a fault had built it: the ledger knows the file."""
    con.execute(f"COPY t TO '{path}' (FORMAT parquet, KV_METADATA {{{STAMP}: 'spoiled'}})")
    name = warehouse.ledger.name_of(path)
    warehouse.ledger.record(CONTENTS, {name: LedgerEntry("spoiled", read_contents(con, path))})


def test_a_table_that_was_not_built_here_is_refused(copy):
    before = copy.release_path.read_bytes()
    path = table_files(copy.tables_dir, "fact_indicator")[0]
    with closing(duckdb.connect()) as con:
        con.execute(f"CREATE TABLE t AS FROM read_parquet('{path}')")
        con.execute(f"COPY t TO '{path}' (FORMAT parquet, KV_METADATA {{{STAMP}: 'foreign'}})")
    with pytest.raises(PublishError, match=r"fact_indicator: .*the ledger does not know .* run again"):
        release(copy)
    assert copy.release_path.read_bytes() == before


def many() -> list[Report]:
    """Reports enough to lie in several parts."""
    return [Report(f"{n}.txt", CHIDIAN, 2000 + n, [say("exam_sessions", f"测试{{{n}}}次。", n)]) for n in range(1, 9)]


def test_only_parts_that_changed_are_audited_again(tmp_path, monkeypatch):
    warehouse = built(tmp_path, *many())
    audited: list[tuple[str, str]] = []
    real = check_runner._run

    def listening(con, tasks):
        audited.extend((check.name, task.name.rpartition(", ")[2]) for task in tasks for check in task.checks)
        return real(con, tasks)

    def parts(check: str) -> list[str]:
        return sorted(part for name, part in audited if name == check)

    monkeypatch.setattr(check_runner, "_run", listening)
    release(warehouse)
    # No correction, nothing in doubt, no report that looks like another.
    empty = {"correction", "review_queue", "worklist_divisions", "consistency", "report_similarity"}
    rules = [check for check in load_checks() if check.kind == "rule"]
    idle = {rule.name for rule in rules if rule.table in empty and len(rule.reads) > 1}
    named = {rule.name for rule in rules if not rule.name.startswith("release")}
    assert {name for name, _ in audited} == named - idle and idle
    own = [path.stem for path in table_files(warehouse.tables_dir, "fact_indicator")]
    assert parts("evidence_matches_text") == own and len(own) > 4
    audited.clear()
    late = Report("late.txt", CHIDIAN, 2021, [say("exam_sessions", "测试{9}次。", 9)])
    for name, rows in late.rows().items():
        warehouse.rows[name] += rows
    warehouse.build()
    release(warehouse)
    bucket = bucket_of(late.report_id[:2])
    for check in ("evidence_matches_text", "mention_matches_text", "number_mention_key", "fact_has_number"):
        assert parts(check) == [bucket], check
    assert parts("dim_division_key") == []
    assert parts("township_metric_key") == ["350000"]


def test_a_fault_in_one_part_is_found_and_not_forgotten(tmp_path):
    warehouse = built(tmp_path, *many())
    release(warehouse)
    fault = warehouse.rows["stage_facts"][3]
    fault["evidence"] = "测试4回"
    warehouse.build()
    for _ in range(2):  # the second time it is remembered
        with pytest.raises(AuditError) as refusal:
            release(warehouse)
        (result,) = refusal.value.results
        assert result.check.name == "evidence_matches_text"
        assert (result.found, result.examples) == (1, ((fault["fact_id"],),))


def test_a_key_that_stands_in_two_parts_is_found(tmp_path):
    warehouse = built(tmp_path, *many(), wanted=FEW)
    first, other = table_files(warehouse.tables_dir, "fact_indicator")[:2]
    with closing(duckdb.connect()) as con:
        con.execute(f"CREATE TABLE t AS FROM read_parquet('{other}')")
        con.execute(f"UPDATE t SET fact_id = (SELECT min(fact_id) FROM read_parquet('{first}'))")
        put_in_place(con, warehouse, other)
    with pytest.raises(AuditError) as refusal:
        release(warehouse)
    assert "fact_indicator_key" in {result.check.name for result in refusal.value.results}


def test_the_message_counts_and_shows_examples(copy):
    warehouse = copy
    for row in warehouse.rows["stage_facts"]:
        row["evidence"] = "别的话"
    warehouse.build()
    with pytest.raises(AuditError) as refusal:
        release(warehouse)
    (result,) = [r for r in refusal.value.results if r.check.name == "evidence_matches_text"]
    assert result.found == 3
    assert {fact_id for (fact_id,) in result.examples} == {row["fact_id"] for row in warehouse.rows["stage_facts"]}


def test_every_check_has_its_own_name_and_a_description():
    checks = load_checks()
    assert len({check.name for check in checks}) == len(checks)
    assert all(check.en and check.zh and check.reads[0] == check.table for check in checks)


def test_a_file_that_cannot_be_read_back_is_not_published(copy, monkeypatch):
    warehouse, before = copy, copy.release_path.read_bytes()
    read_back = Assembly.read_back

    def damage(assembly, work, path):
        content = bytearray(path.read_bytes())
        content[len(content) // 4 :] = os.urandom(len(content) - len(content) // 4)
        path.write_bytes(content)
        read_back(assembly, work, path)

    monkeypatch.setattr(Assembly, "read_back", damage)
    with pytest.raises(PublishError):
        release(warehouse, inputs={**VERSIONS, "codebook_version": "2"})
    assert warehouse.release_path.read_bytes() == before
    assert leftovers(warehouse) == []


def test_an_open_reader_keeps_the_old_release(tmp_path):
    warehouse = built(tmp_path, *reports(), wanted=FEW)
    path = release(warehouse).path
    script = (
        "import duckdb, sys; con = duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True); "
        "sys.stdin.readline(); print(con.sql('SELECT count(*) FROM fact_indicator').fetchall()[0][0])"
    )
    reader = subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert reader.stdout.readline() == "open\n"
    release(built(tmp_path, *reports()[:2], wanted=FEW))
    assert reader.communicate("\n")[0] == "3\n"
    assert read(path, "SELECT count(*) FROM fact_indicator") == [(2,)]


def test_leftovers_of_killed_runs_are_removed_and_those_of_running_ones_stay(tmp_path):
    warehouse = built(tmp_path, *reports(), wanted=FEW)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (tmp_path / "releases").mkdir()
    (tmp_path / "releases" / f"building-{ended.pid}-0a").write_bytes(b"half a release")
    (tmp_path / "releases" / f"building-{os.getppid()}-0b").write_bytes(b"at work")
    release(warehouse)
    assert leftovers(warehouse) == [f"building-{os.getppid()}-0b"]


def test_missing_tables_and_versions_are_named(tmp_path):
    warehouse = built(tmp_path, *reports(), wanted=FEW)
    with pytest.raises(PublishError, match="reader_version"):
        release(warehouse, inputs={name: "1" for name in VERSIONS if name != "reader_version"})
    shutil.rmtree(warehouse.tables_dir / "dim_report")
    with pytest.raises(PublishError, match="table dim_report is not at"):
        release(warehouse)


def test_query_reads(whole):
    path = whole / "fazhi.duckdb"
    result = query(path, "SELECT township_name, enforcement_staff_headline FROM township_year ORDER BY 1")
    assert (result.columns, result.rows) == (
        ("township_name", "enforcement_staff_headline"),
        [("天福镇", 18.0), ("池店镇", None)],
    )
    cut = query(path, "FROM dim_report", limit=2)
    assert (len(cut.rows), cut.is_cut) == (2, True)
    assert query(path, "FROM dim_report", limit=3).is_cut is False
    assert ("release_table",) in query(path, "SHOW TABLES").rows
    assert query(path, "DESCRIBE dim_report").rows
    assert query(path, "EXPLAIN SELECT 1").rows
    assert query(path, "WITH a AS (SELECT fetched_at FROM dim_report) FROM a").rows


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("DROP TABLE dim_report", "DROP is refused"),
        ("INSERT INTO release SELECT * FROM release", "INSERT is refused"),
        ("COPY dim_report TO 'x.csv'", "COPY is refused"),
        ("ATTACH 'x.duckdb'", "ATTACH is refused"),
        ("SET threads = 1", "SET is refused"),
        ("PRAGMA version", "PRAGMA is refused"),
        ("SELECT 1; SELECT 2", "expected one statement, found 2"),
        ("  ", "expected one statement, found 0"),
        ("SELEKT 1", "syntax error"),
        ("SELECT * FROM nowhere", "nowhere does not exist"),
        ("SELECT * FROM read_text('/etc/hostname')", "disabled"),
        ("SELECT * FROM '/etc/hostname'", "does not exist|disabled"),
    ],
)
def test_query_refuses_in_one_line(whole, sql, message):
    path = whole / "fazhi.duckdb"
    before = path.read_bytes()
    with pytest.raises(QueryError, match=message) as refusal:
        query(path, sql)
    assert "\n" not in str(refusal.value)
    assert path.read_bytes() == before


def test_query_without_a_release_says_what_to_do(tmp_path):
    with pytest.raises(QueryError, match="fazhi run"):
        query(tmp_path / "fazhi.duckdb", "SELECT 1")


def test_long_texts_are_stored_in_their_own_compression(tmp_path):
    long = Report("long.txt", CHIDIAN, 2023, [Clause(None, "".join(f"第{n}条工作。" for n in range(9000)))])
    warehouse = built(tmp_path, *(replace(long, raw_path=f"{n}.txt") for n in range(40)), wanted=FEW)
    release(warehouse)
    with closing(duckdb.connect(str(warehouse.release_path), read_only=True)) as con:
        kinds = "SELECT DISTINCT compression FROM pragma_storage_info('report_text') WHERE column_name = 'text'"
        assert con.sql(f"{kinds} AND segment_type = 'VARCHAR'").fetchall() == [("ZSTD",)]
        assert con.sql("SELECT count(*), min(length(text)) FROM report_text").fetchall() == [(40, len(long.text()))]
