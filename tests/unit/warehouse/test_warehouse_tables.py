"""Specifications read out of the SQL: dependencies, lineage, descriptions; and building with reuse."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from warehouse_fixtures import (
    ANHAI,
    CHIDIAN,
    DONGCHENG,
    SQL_DIR,
    TIANFU,
    Clause,
    Report,
    Warehouse,
    built,
    say,
    write_rows,
)

from pipelines.build.buckets import bucket_of
from pipelines.build.ledger import Ledger
from pipelines.build.stamped_parquet import stamp_in
from pipelines.errors import FazhiError
from pipelines.paths import PROJECT_ROOT
from pipelines.report.table_pages import table_sections
from pipelines.stage.indicators import write_indicators
from pipelines.warehouse import descriptions as metadata
from pipelines.warehouse import table_build, table_parts
from pipelines.warehouse.descriptions import MetadataError
from pipelines.warehouse.lineage import LineageError, column_sources
from pipelines.warehouse.model import load_specs
from pipelines.warehouse.release import release_columns
from pipelines.warehouse.table_build import BuildError, build, inspect
from pipelines.warehouse.table_parts import table_files

SPECS = load_specs(SQL_DIR)


def lineage(table: str, column: str) -> set[str]:
    return {f"{source}.{name}" for source, name in column_sources(SPECS[table])[column]}


def test_dependencies_come_from_the_sql():
    assert SPECS["fact_indicator"].depends_on == ("correction", "dim_report", "stage_documents", "stage_facts")
    assert SPECS["number_mention"].depends_on[-1:] == ("stage_numbers",)
    assert (SPECS["dim_report"].group, SPECS["township_year"].group) == ("tables", "marts")
    seen = set(metadata.inputs())
    for name, spec in SPECS.items():
        assert seen.issuperset(spec.depends_on), f"{name} stands before what it reads"
        seen.add(name)


def test_column_lineage_passes_ctes_windows_unions_and_lambdas():
    assert lineage("fact_indicator", "report_year") == {"dim_report.report_year"}
    assert lineage("township_metric", "fact_ids") >= {"fact_indicator.fact_id"}
    assert lineage("township_metric", "value") >= {"dim_indicator.aggregation", "fact_indicator.value"}
    assert lineage("township_year", "trainings_held") == {"township_metric.metric_code", "township_metric.value"}
    assert lineage("county_year", "n_units") == {"area_figure.n_units"}
    assert lineage("area_figure", "n_units") == {"township_succession.unit_class"}
    assert lineage("area_figure", "n_reporting") == set()  # a count of rows has no source column
    assert lineage("worklist_divisions", "publisher") == {"stage_identities.publisher"}
    assert lineage("dim_division", "division_code") >= {"ref_divisions.county_code", "ref_divisions.township_code"}


def test_every_source_is_a_column_that_exists():
    columns = {
        **{n: set(t) for n, t in metadata.inputs().items()},
        **{n: {c.name for c in s.columns} for n, s in SPECS.items()},
    }
    for spec in SPECS.values():
        sources = column_sources(spec)
        assert list(sources) == [column.name for column in spec.columns]
        assert all(name in columns[table] for found in sources.values() for table, name in found)
        assert any(sources.values())


def sql_copy(folder: Path) -> Path:
    """A copy of `sql/` to be spoilt, without the marts and their steps: it is read in a quarter of the time."""
    copy = shutil.copytree(SQL_DIR, folder / "sql")
    used = {step for spec in SPECS.values() if spec.group == "tables" for step in spec.steps}
    for path in [*(copy / "marts").iterdir(), *(copy / "steps").iterdir()]:
        if path.stem not in used:
            path.unlink()
    return copy


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT d.report_id, d.text FROM", r"report_text\.sql: found SQL that cannot be parsed .*write one SELECT"),
        ("SELECT 1 AS report_id; SELECT 2", r"report_text\.sql: found 2 statements, allowed one"),
        ("DELETE FROM stage_documents", r"report_text\.sql: found SQL that "),
        (
            "SELECT d.shoe_size FROM stage_documents AS d",
            r"report_text\.sql: found SQL that DuckDB refuses .*shoe_size",
        ),
        (
            "SELECT report_id, sum(text) AS text FROM stage_documents",
            r"report_text\.sql: found SQL that DuckDB refuses",
        ),
        ("SELECT x.a FROM shoes AS x", r"report_text\.sql: found table shoes, allowed"),
        ("SELECT x.report_id FROM dim_report AS x JOIN correction USING (report_id)", "read each other in a circle"),
        ("SELECT report_id, text, 1 AS size FROM stage_documents", r"report_text\.toml, columns: found no entry size"),
        ("SELECT report_id FROM stage_documents", r"report_text\.toml, columns: found 'text', allowed .*report_id"),
        ("SELECT 'a' AS text FROM stage_documents", r"report_text\.toml, key: found 'report_id', allowed"),
    ],
)
def test_sql_that_does_not_fit_is_one_line(tmp_path, sql, message):
    copy = sql_copy(tmp_path)
    (copy / "tables" / "report_text.sql").write_text(sql, encoding="utf-8")
    with pytest.raises(FazhiError, match=message) as told:
        load_specs(copy)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("marts/lone.sql", "SELECT 1 AS value", r"lone\.sql: found no lone\.toml beside it"),
        (
            "marts/lone.toml",
            'en = "A"\nzh = "甲"\ngrain = "a"\nkey = ["value"]',
            r"lone\.toml: found no lone\.sql beside",
        ),
        (
            "marts/report_text.sql",
            "SELECT 1 AS value",
            r"marts/report_text\.sql: found a name that .*tables/report_text\.sql has too",
        ),
        (
            "macros/m.sql",
            "CREATE TEMP MACRO f(x) AS (SELECT max(value) FROM fact_indicator)",
            r"m\.sql: found 'CREATE T.*allowed CREATE TEMP",
        ),
        ("macros/m.sql", "CREATE TABLE f (a INT)", r"m\.sql: found 'CREATE T.*allowed CREATE TEMP"),
        ("macros/m.sql", "CREATE TEMP MACRO f(x) AS", r"m\.sql: found a macro that DuckDB refuses"),
    ],
)
def test_files_that_do_not_belong_together_are_one_line(tmp_path, name, text, message):
    path = sql_copy(tmp_path) / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FazhiError, match=message) as told:
        load_specs(tmp_path / "sql")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("grain =", "grian =", r"report_text\.toml, grian: found an unknown key, allowed .*did you mean grain"),
        (
            'parts = "report"',
            'parts = "county"',
            r"parts: found 'county', allowed 'report', 'province' or 'province_or_none'",
        ),
        ('parts = "report"', 'parts = "province"', r"parts: found 'province', allowed a layout whose column"),
        ('diff.follows = "report"', 'diff.follows = "reports"', r"follows: found 'reports', allowed 'rules', 'report'"),
        ('"dim_report.report_id"', '"dim_report.shoe"', r"references: found 'dim_report\.shoe'"),
        ('"dim_report.report_id"', '"shoes.report_id"', r"references: found 'shoes\.report_id'"),
        ('key = ["report_id"]', 'key = "report_id"', r"key: found 'report_id', allowed"),
        ('text = { zh = "正文"', "text = { zh = 3", r"columns, text, zh: found 3, allowed a text"),
    ],
)
def test_descriptions_that_break_their_schema_are_one_line(tmp_path, old, new, message):
    path = sql_copy(tmp_path) / "tables" / "report_text.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(FazhiError, match=message) as told:
        load_specs(tmp_path / "sql")
    assert "\n" not in str(told.value) and str(path) in str(told.value)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a.report_id, a.text FROM ready AS a",
        "-- with a head\n-- of two lines\nWITH own AS (SELECT r.report_id, r.text FROM ready AS r)\n"
        "SELECT o.report_id, o.text FROM own AS o",
        "WITH RECURSIVE own AS (SELECT r.report_id, r.text FROM ready AS r"
        " UNION SELECT s.report_id, s.text FROM own AS s)"
        " SELECT o.report_id, o.text FROM own AS o ORDER BY o.report_id",
    ],
)
def test_steps_and_macros_are_part_of_a_table(tmp_path, sql):
    copy = sql_copy(tmp_path)
    (copy / "steps/ready.sql").write_text(
        "-- A row is a text.\nSELECT d.report_id, only_ok(d.text, d.read_status) AS text FROM every AS d",
        encoding="utf-8",
    )
    (copy / "steps/every.sql").write_text("SELECT * FROM stage_documents", encoding="utf-8")
    macro = copy / "macros/ok.sql"
    macro.write_text("CREATE TEMP MACRO only_ok(t, s) AS CASE WHEN s = 'ok' THEN t END;", encoding="utf-8")
    (copy / "tables/report_text.sql").write_text(sql, encoding="utf-8")
    spec = load_specs(copy)["report_text"]
    assert (list(spec.steps), spec.depends_on) == (["every", "ready"], ("stage_documents",))
    assert column_sources(spec)["text"] == (("stage_documents", "read_status"), ("stage_documents", "text"))
    rows = sample().rows()["stage_documents"]
    write_rows(
        "stage_documents", [rows[0], {**rows[0], "report_id": "9f", "read_status": "bad"}], tmp_path / "d.parquet"
    )
    ledger = Ledger(tmp_path / "ledger.sqlite")
    built = build(spec, {"stage_documents": tmp_path / "d.parquet"}, tmp_path, ledger)
    texts = [text for path in built.paths for text in pl.read_parquet(path)["text"]]
    assert sorted(texts, key=str) == sorted([rows[0]["text"], None], key=str)
    # another macro, or another step, and the table is built again
    for path, old, other in (
        (macro, "'ok'", "'bad'"),
        (copy / "steps/every.sql", "stage_documents", "stage_documents -- all"),
    ):
        path.write_text(path.read_text(encoding="utf-8").replace(old, other), encoding="utf-8")
        again = load_specs(copy)["report_text"]
        assert not build(again, {"stage_documents": tmp_path / "d.parquet"}, tmp_path, ledger).reused
    assert build(again, {"stage_documents": tmp_path / "d.parquet"}, tmp_path, ledger).reused


def test_lineage_that_cannot_be_found_is_told(tmp_path):
    copy = sql_copy(tmp_path)
    sql = "SELECT COLUMNS('^(report_id|text)$') FROM stage_documents"
    (copy / "tables/report_text.sql").write_text(sql, encoding="utf-8")
    spec = load_specs(copy)["report_text"]  # it can be built all the same
    assert [column.name for column in spec.columns] == ["report_id", "text"]
    with pytest.raises(LineageError, match="report_text: the sources of its columns cannot be found"):
        column_sources(spec)


def test_descriptions_are_complete_and_none_is_left_over():
    described = {name: {c.name for c in spec.columns} for name, spec in SPECS.items()}
    described |= {table: {name for name, _ in kinds} for table, kinds in release_columns(SPECS).items()}
    texts = metadata.described()
    assert set(texts.tables) == set(described)
    for table, columns in described.items():
        for column in columns:
            text = metadata.describe_column(table, column)
            assert len(text.en) > 10 and text.zh
        texts.check_columns(table, tuple(columns))  # of the release's own tables too, which no SQL file makes
        for target in [*texts.table(table).references.values(), *texts.table(table).list_references.values()]:
            other, key = target.split(".")
            assert key in described[other]
    inherited = {c for table, columns in described.items() for c in columns if c not in texts.table(table).columns}
    assert set(texts.shared) == inherited
    with pytest.raises(MetadataError, match=r"add it to \[columns\] of dim_report.toml"):
        metadata.describe_column("dim_report", "shoe_size")


def test_every_process_sees_the_same_model():
    """Keys of the ledger are made of it: an order that depends on the process would never be found again."""
    script = (
        "from pipelines.paths import SQL_DIR; from pipelines.warehouse.model import load_specs;"
        "print([(spec.name, spec.code, spec.reads) for spec in load_specs(SQL_DIR).values()])"
    )
    command = [sys.executable, "-c", script]
    models = [
        subprocess.run(command, env=os.environ | {"PYTHONHASHSEED": seed}, cwd=PROJECT_ROOT, capture_output=True)
        for seed in ("1", "2")
    ]
    assert all(model.returncode == 0 for model in models)
    assert models[0].stdout == models[1].stdout


def test_the_data_dictionary_is_fresh():
    page = (PROJECT_ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    assert table_sections(SPECS) in page, "docs/tables.md is stale; run make docs"


def test_design_columns_are_there():
    types = {table: {column.name: column.type for column in spec.columns} for table, spec in SPECS.items()}
    assert types["fact_indicator"]["value"] == "DOUBLE"
    assert types["dim_report"]["published_on"] == "DATE"
    assert types["township_metric"]["fact_ids"] == "VARCHAR[]"
    assert types["township_year"]["trainings_held"] == "DOUBLE"


def sample() -> Report:
    return Report("a.txt", CHIDIAN, 2023, [say("exam_sessions", "测试{3}次。", 3)])


def test_what_did_not_change_is_reused_and_what_did_is_built(tmp_path):
    warehouse = Warehouse(tmp_path, [sample()])
    assert not any(table.reused for table in warehouse.build().values())
    second = warehouse.build()
    assert all(table.reused for table in second.values())
    assert second["fact_indicator"].rows == 1
    warehouse.rows["stage_facts"][0]["confidence"] = 0.5
    third = warehouse.build()
    # township_metric shows the confidence, so it and all that reads it is built again; area_figure comes out the same,
    # so that the marts that read only it are left
    assert {name for name, table in third.items() if not table.reused} == {
        *("fact_indicator", "township_metric", "township_year", "township_change", "area_figure"),
        *("metric_coverage", "review_queue", "worklist_divisions", "correction", "cell_status", "consistency"),
        *("report_item", "figure_outlier"),
    }


def test_another_release_of_duckdb_builds_all_tables_again(tmp_path, monkeypatch):
    warehouse = built(tmp_path, sample())
    monkeypatch.setattr("duckdb.__version__", "9.9.9")  # it may hash the same rows to other values
    assert not any(table.reused for table in warehouse.build().values())
    assert all(table.reused for table in warehouse.build().values())


def test_what_came_out_the_same_changes_nothing_behind_it(tmp_path):
    warehouse = built(tmp_path, sample())
    warehouse.rows["stage_files"][0]["mtime_ns"] = 7  # somebody touched the file
    again = warehouse.build()
    assert {name for name, table in again.items() if not table.reused} == {"correction", "report_alone"}


def provinces() -> list[Report]:
    """Units of three provinces over two years, one of them with two kinds of report, and one without a place."""
    law = {"doc_type": "enforcement_report"}
    return [
        Report("2022.txt", CHIDIAN, 2022, [say("exam_sessions", "测试{2}次。", 2)]),
        Report("2023.txt", CHIDIAN, 2023, [say("exam_sessions", "测试{3}次。", 3)]),
        Report("n.txt", ANHAI, 2023, [say("exam_sessions", "测试{5}次，", 5), say("laws_studied", "学法{2}部。", 2)]),
        Report("t.txt", TIANFU, 2023, [say("exam_pass_rate", "合格率{98}%。", 98)]),
        Report("e.txt", TIANFU, 2023, [say("enforcement_staff", "执法人员{8}名。", 8)], identity=law),
        Report("d.txt", DONGCHENG, 2022, [Clause(None, "本街道认真学习。")]),
        Report("u.txt", None, 2023, [say("exam_sessions", "测试{4}次。", 4)]),
    ]


def test_a_table_in_parts_holds_what_it_would_hold_as_a_whole(tmp_path):
    parts, whole = built(tmp_path / "parts", *provinces()), Warehouse(tmp_path / "whole", provinces())
    whole.specs = {name: replace(spec, in_parts=None) for name, spec in whole.specs.items()}
    one, other = parts.build(), whole.build()
    assert {name: table.contents for name, table in one.items()} == {n: table.contents for n, table in other.items()}
    cut = {name: len(table.paths) for name, table in one.items() if parts.specs[name].in_parts}
    assert cut["township_year"] == 3  # the unit whose report states nothing has its row
    assert cut["township_metric"] == 3
    assert {len(other[name].paths) for name in cut} == {1}


def test_few_rows_are_worked_out_by_one_query_and_give_the_parts_that_many_give(tmp_path, monkeypatch):
    queries: list[tuple[str, int]] = []
    real = table_build._write

    def listening(con, spec, work, year):
        queries.append((spec.name, len(work.files)))
        return real(con, spec, work, year)

    def built_by(name: str, few: int) -> tuple[dict[str, list[tuple]], list[tuple[str, int]]]:
        """The rows of each file of the tables in their order, and the files that each query made."""
        queries.clear()
        monkeypatch.setattr(table_parts, "FEW_BYTES", few)
        warehouse = Warehouse(tmp_path / name, provinces())
        paths = [path for table in warehouse.build().values() for path in table.paths]
        rows = {str(path.relative_to(tmp_path / name)): pl.read_parquet(path).rows() for path in paths}
        return rows, [*queries]

    monkeypatch.setattr(table_build, "_write", listening)
    many, one_by_one = built_by("many", 0)
    few, together = built_by("few", 10**6)
    assert few == many and len(few) > len(SPECS)
    assert one_by_one.count(("township_metric", 1)) == 3 and {files for _, files in one_by_one} == {1}
    assert [files for name, files in together if name == "township_metric"] == [3]


def test_only_the_province_of_a_new_report_is_built_again(tmp_path):
    tables = ("township_metric", "township_year", "township_change", "county_year", "city_year", "province_year")
    warehouse = built(tmp_path, *provinces(), wanted=tables)
    stamps = {path: path.stat().st_mtime_ns for table in warehouse.build().values() for path in table.paths}
    late = Report("late.txt", TIANFU, 2022, [say("exam_sessions", "测试{6}次。", 6)])
    for name, rows in late.rows().items():
        warehouse.rows[name] += rows
    again = warehouse.build()
    for name in tables:
        new = {path.stem for path in again[name].paths if stamps.get(path) != path.stat().st_mtime_ns}
        assert new == {"510000"}, name
    found = warehouse.sql("SELECT value FROM province_year WHERE province_code = '510000' AND report_year = 2022")
    assert found == [(6,)]


def test_only_the_items_of_the_province_of_a_new_report_are_worked_out_again(tmp_path):
    """Reports without a unit have a part of their own."""
    warehouse = built(tmp_path, *provinces(), wanted=["review_queue", "report_item"])
    tie = say("exam_sessions", "测试{6}次。", 6, confidence=0.5, read_as="tie")
    for name, code, part in (("late.txt", TIANFU, "510000"), ("lost.txt", None, "000000")):
        stamps = {path: path.stat().st_mtime_ns for table in warehouse.build().values() for path in table.paths}
        report = Report(name, code, 2022, [tie])
        for table, rows in report.rows().items():
            warehouse.rows[table] += rows
        again = warehouse.build()
        new = {table: {p.stem for p in again[table].paths if stamps.get(p) != p.stat().st_mtime_ns} for table in again}
        assert new["review_queue"] == {part}
        for table in ("dim_report", "report_item"):
            assert new[table] == {bucket_of(report.report_id)}, table
    kinds = "SELECT kind, township_code FROM review_queue WHERE report_year = 2022"
    assert sorted(warehouse.sql(kinds)) == [("low_confidence", TIANFU), ("unresolved_unit", None)]


def test_a_part_that_nobody_reports_for_any_more_goes(tmp_path):
    warehouse = built(tmp_path, *provinces(), wanted=["township_year"])
    assert len(table_files(warehouse.tables_dir, "township_metric")) == 3
    remaining = [report for report in provinces() if report.township_code != TIANFU]
    again = Warehouse(tmp_path, remaining).build(wanted=["township_year"])
    assert [path.stem for path in again["township_metric"].paths] == ["350000", "440000"]
    assert warehouse.sql("SELECT count(*) FROM township_year WHERE province_code = '510000'") == [(0,)]


def test_built_shows_types_and_contents(tmp_path):
    table = Warehouse(tmp_path, [sample()]).build(wanted=["number_mention"])["number_mention"]
    assert dict(table.columns)["char_start"] == "BIGINT"
    assert [path.parent for path in table.paths] == [tmp_path / "tables" / "number_mention"]
    other = Warehouse(tmp_path / "other", [sample()]).build(wanted=["number_mention"])["number_mention"]
    assert (other.rows, other.contents) == (1, table.contents)


def test_tables_do_not_depend_on_order_or_number_of_files(tmp_path):
    reports = [sample(), Report("b.txt", CHIDIAN, 2022, [say("exam_sessions", "测试{5}次。", 5)])]
    one, other = built(tmp_path / "one", *reports), built(tmp_path / "other", *reversed(reports))
    for name in one.specs:
        frames = [pl.read_parquet(table_files(w.tables_dir, name)) for w in (one, other)]
        assert frames[0].equals(frames[1]), name


def test_several_files_of_an_input_are_one_table_and_none_is_an_empty_one(tmp_path):
    rows = sample().rows()["stage_documents"]
    paths = [tmp_path / "first.parquet", tmp_path / "second.parquet"]
    ledger = Ledger(tmp_path / "ledger.sqlite")
    write_rows("stage_documents", rows, paths[0])
    write_rows("stage_documents", [{**rows[0], "report_id": "9f"}], paths[1])
    assert build(SPECS["report_text"], {"stage_documents": paths}, tmp_path / "a", ledger).rows == 2
    assert build(SPECS["report_text"], {"stage_documents": []}, tmp_path / "b", ledger).rows == 0


def test_missing_and_broken_inputs_are_named(tmp_path):
    spec, ledger = SPECS["report_text"], Ledger(tmp_path / "ledger.sqlite")
    with pytest.raises(BuildError, match="no place was given for its input stage_documents"):
        build(spec, {}, tmp_path, ledger)
    with pytest.raises(BuildError, match=r"stage_documents is not at .*gone\.parquet"):
        build(spec, {"stage_documents": tmp_path / "gone.parquet"}, tmp_path, ledger)
    (tmp_path / "bad.parquet").write_bytes(b"not a table")
    with pytest.raises(BuildError, match=r"report_text: .*bad\.parquet cannot be read"):
        build(spec, {"stage_documents": tmp_path / "bad.parquet"}, tmp_path, ledger)
    assert not list(tmp_path.glob("*report_text*"))


def test_folders_with_quotes_spaces_and_chinese(tmp_path):
    folder = tmp_path / "它's 仓库"
    warehouse = Warehouse(folder, [sample()])
    warehouse.build(wanted=["township_year"])
    assert [path.name for path in table_files(folder / "tables", "township_year")] == ["350000.parquet"]
    shutil.rmtree(folder)


def test_the_codebook_becomes_a_table(tmp_path):
    class Entry:
        code, family, name_zh, name_en, unit, kind, aggregation = "b", "f", "名", "name", "次", "flow", "sum"
        counts = excludes = definition = definition_zh = weight = "x"
        includes = ("c",)

    class Other(Entry):
        code = "a"

    path = write_indicators([Entry(), Other()], tmp_path / "stage" / "indicators.parquet")
    assert pl.read_parquet(path)["metric_code"].to_list() == ["a", "b"]
    assert list(pl.read_parquet(path).columns) == list(metadata.inputs()["ref_indicators"])
    assert [p.name for p in Path(path.parent).iterdir()] == ["indicators.parquet"]


def test_tables_that_the_ledger_does_not_know_are_built_anew(tmp_path):
    warehouse = built(tmp_path, *provinces())
    before = warehouse.build()
    files = {path: path.read_bytes() for table in before.values() for path in table.paths}
    (tmp_path / "ledger.sqlite").unlink()
    with pytest.raises(BuildError, match=r"the ledger does not know .*dim_report.* run again"):
        inspect(warehouse.specs["dim_report"], warehouse.tables_dir, warehouse.ledger)
    assert not any(table.reused for table in warehouse.build().values())
    assert {path: path.read_bytes() for path in files} == files
    assert all(table.reused for table in warehouse.build().values())


def test_a_table_whose_file_is_not_the_one_that_was_written_is_built_anew(tmp_path):
    warehouse = built(tmp_path, *provinces())
    paths = table_files(warehouse.tables_dir, "township_metric")
    good, stamp = pl.read_parquet(paths[0]).rows(), stamp_in(paths[0])
    shutil.copyfile(paths[1], paths[0])
    assert pl.read_parquet(paths[0]).rows() != good
    after = warehouse.build()
    assert {name for name, table in after.items() if not table.reused} == {"township_metric"}
    assert (pl.read_parquet(paths[0]).rows(), stamp_in(paths[0])) == (good, stamp)


def test_where_building_fails_the_table_before_stays_and_is_known(tmp_path):
    """Nothing of it is removed or recorded before the new one is whole, and the next run tries again."""
    warehouse = built(tmp_path, Report("a.txt", CHIDIAN, 2023, [say("exam_sessions", "测试{3}次。", 3)]))
    spec = warehouse.specs["report_text"]
    files = {name: [warehouse.folder / "stage" / f"{name}.parquet"] for name in spec.depends_on}
    arguments = (files, warehouse.tables_dir, warehouse.ledger)
    before = build(spec, *arguments)
    (path,) = table_files(warehouse.tables_dir, "report_text")
    content = path.read_bytes()
    broken = replace(spec, sql=spec.sql.replace("d.text", "error('no more')::VARCHAR AS text", 1))
    assert broken.sql != spec.sql
    for _ in range(2):
        with pytest.raises(BuildError, match=r"report_text: .*no more"):
            build(broken, *arguments)
        assert path.read_bytes() == content and [*path.parent.iterdir()] == [path]
        assert inspect(spec, warehouse.tables_dir, warehouse.ledger).contents == before.contents
    assert build(spec, *arguments).reused
    other = replace(spec, sql=spec.sql.replace("d.text", "upper(d.text || 'x') AS text", 1))
    assert not build(other, *arguments).reused
    assert path.read_bytes() != content


def test_a_warehouse_that_was_copied_is_reused(tmp_path):
    before = built(tmp_path / "one", *provinces()).build()
    shutil.copytree(tmp_path / "one", tmp_path / "other", copy_function=shutil.copyfile)  # with times of its own
    after = Warehouse(tmp_path / "other", provinces()).build()
    assert all(table.reused for table in after.values()) and after.keys() == before.keys()
