"""The command line: what it shows, and that what a user can put right is one line and exit code 2."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines.cli.commands import main
from pipelines.paths import PROJECT_ROOT
from pipelines.warehouse.descriptions import ColumnText
from pipelines.warehouse.export.copies import _spreadsheet_value
from pipelines.warehouse.export.release_reader import ExportColumn

TEXT = "象山县石浦镇人民政府关于2023年度法治政府建设情况的报告\n\n2023年,镇党委理论学习中心组全年集体学法6次。\n"


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """A folder with a release of one table."""
    with duckdb.connect(str(tmp_path / "fazhi.duckdb")) as con:
        con.execute("CREATE TABLE t AS SELECT 1 AS a, '池店镇, \"甲\"' AS b, NULL::DATE AS c")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["run", "--fast"], "--fast"),
        (["run", "--raw", "{tmp}/none"], "does not exist"),
        (["run", "--raw", "{tmp}/fazhi.duckdb"], "is a file"),
        (["run", "--raw", ""], "empty"),
        (["run", "--raw", "{tmp}", "--warehouse", "{tmp}/fazhi.duckdb"], "--warehouse"),
        (["fly"], "fly"),
        (["extract"], "FILE"),
        (["extract", "{tmp}/none.txt"], "does not exist"),
        (["extract", "{tmp}"], "not a file"),
        (["extract", "{tmp}/none.txt", "--format", "xml"], "xml"),
        (["sql"], "QUERY"),
        (["sql", ""], "statement"),
        (["sql", "SELEC 1", "--warehouse", "{tmp}"], "SELEC"),
        (["sql", "SELECT * FROM nothing", "--warehouse", "{tmp}"], "nothing"),
        (["sql", "SELECT 1; SELECT 2", "--warehouse", "{tmp}"], "one"),
        (["sql", "SELECT 1", "--warehouse", "{tmp}/none"], "fazhi run"),
        (["sql", "DROP TABLE t", "--warehouse", "{tmp}"], "DROP"),
        (["sql", "INSERT INTO t VALUES (2, '', NULL)", "--warehouse", "{tmp}"], "INSERT"),
        (["sql", "COPY t TO '{tmp}/out.csv'", "--warehouse", "{tmp}"], "COPY"),
        (["sql", "SET threads = 1", "--warehouse", "{tmp}"], "SET"),
        (["sql", "PRAGMA threads = 1", "--warehouse", "{tmp}"], "SET"),
        (["sql", "SELECT * FROM read_text('{tmp}/other.txt')", "--warehouse", "{tmp}"], "disabled"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_2(
    arguments: list[str], expected: str, warehouse: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (warehouse / "fazhi.duckdb").read_bytes()
    assert main([argument.replace("{tmp}", str(warehouse)) for argument in arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    assert line.startswith("fazhi: ") and expected in line
    assert (warehouse / "fazhi.duckdb").read_bytes() == before


def test_a_limit_that_is_no_number_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FAZHI_PROCESSES", "many")
    assert main(["run"]) == 2
    assert "FAZHI_PROCESSES is 'many'" in capsys.readouterr().err


def test_sql_shows_a_table_csv_and_json(warehouse: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = {}
    for form in ("table", "csv", "json"):
        assert main(["sql", "FROM t", "--warehouse", str(warehouse), "--format", form]) == 0
        shown[form] = capsys.readouterr().out
    assert "池店镇" in shown["table"]
    assert list(csv.reader(io.StringIO(shown["csv"]))) == [["a", "b", "c"], ["1", '池店镇, "甲"', ""]]
    assert json.loads(shown["json"]) == [{"a": 1, "b": '池店镇, "甲"', "c": None}]


@pytest.mark.parametrize(
    ("char", "shown"),
    [
        ("\x1b", "\\x1b"),
        ("\n", "\\n"),
        ("\r", "\\r"),
        ("\x9b", "\\x9b"),
        ("\x7f", "\\x7f"),
        ("\u202e", "\\u202e"),
        ("\u2028", "\\u2028"),
        ("\u3000", "\u3000"),
        ("\ue000", "\ue000"),
        ("𠮷", "𠮷"),
    ],
)
def test_a_table_shows_what_would_steer_the_terminal(
    char: str, shown: str, warehouse: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    query = f"SELECT 'a' || chr({ord(char)}) || '[2Jb' AS plain, ['a' || chr({ord(char)})] AS list, 1 AS \"n{char}m\""
    assert main(["sql", query, "--warehouse", str(warehouse)]) == 0
    out = capsys.readouterr().out
    assert f"a{shown}[2Jb" in out and f"n{shown}m" in out
    assert char in (shown, "\n") or char not in out


def test_a_plan_keeps_its_lines(warehouse: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["sql", "EXPLAIN SELECT b, count(*) FROM t WHERE b != chr(27) GROUP BY b", "--warehouse", str(warehouse)])
        == 0
    )
    out = capsys.readouterr().out
    assert len(out.splitlines()) > 8 and "\\n" not in out and "\x1b" not in out


def test_the_csv_of_a_query_guards_formulas_as_the_exports_do(
    warehouse: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "－x"]
    texts += ["-5", "+86", "-1.5e3", "a=1", "", "'=1", "池店镇", "-inf-1", "−3", "a\r=1"]
    values = ", ".join("('" + text.replace("'", "''") + "')" for text in texts)
    query = f'SELECT t AS "=t", [t] AS list, -1 AS n FROM (VALUES {values}) AS v(t)'
    assert main(["sql", query, "--warehouse", str(warehouse), "--format", "csv"]) == 0
    head, *rows = csv.reader(io.StringIO(capsys.readouterr().out, newline=""))
    assert head == ["'=t", "list", "n"]
    exported = _spreadsheet_value(ExportColumn("t", "VARCHAR", ColumnText(en="Text.", zh="文本")))
    expected = duckdb.sql(f"SELECT {exported} FROM (VALUES {values}) AS v(t)").fetchall()
    assert [(row[0],) for row in rows] == expected
    assert [row[0] for row in rows[:9]] == [f"'{text}" for text in texts[:9]]
    assert [row[0] for row in rows[9:]] == [*texts[9:-3], "'-inf-1", "−3", "a\r=1"]
    assert [json.loads(row[1]) for row in rows] == [[text] for text in texts]
    assert {row[2] for row in rows} == {"-1"}


def test_a_query_finds_every_door_closed(warehouse: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ("lock_configuration", "enable_external_access", "python_enable_replacements")
    settings = ", ".join(f"current_setting('{name}') AS {name}" for name in names)
    assert main(["sql", f"SELECT {settings}", "--warehouse", str(warehouse), "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found == {"lock_configuration": True, "enable_external_access": False, "python_enable_replacements": False}


def test_extract_tells_who_reports_and_every_fact_with_its_evidence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "报告 1.txt"
    file.write_text(TEXT, encoding="utf-8")
    assert main(["extract", str(file), "--format", "jsonl"]) == 0
    identity, *facts = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (identity["record"], identity["report_year"], identity["status"]) == ("identity", 2023, "accepted")
    assert identity["township_code"].startswith("330225")
    (fact,) = [fact for fact in facts if fact["value"] == 6]
    assert fact["metric_code"] == "study_center_group_sessions"
    assert "集体学法6次" in fact["evidence"]
    assert main(["extract", str(file)]) == 0
    assert "study_center_group_sessions" in capsys.readouterr().out


def test_a_file_without_text_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.txt").touch()
    assert main(["extract", str(tmp_path / "empty.txt")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_help_is_shown_without_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    out = capsys.readouterr().out
    assert all(command in out for command in ("run", "extract", "sql", "ui"))


def test_a_reader_that_goes_away_is_met_with_silence(warehouse: Path) -> None:
    command = [sys.executable, "-m", "pipelines", "sql", "FROM range(200000)", "--format", "csv"]
    process = subprocess.Popen(
        [*command, "--warehouse", str(warehouse)],
        cwd=PROJECT_ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 1


@pytest.mark.parametrize(
    ("arguments", "slow"),
    [
        (["--help"], {"polars", "duckdb", "pydantic", "dagster", "numpy", "rich.console"}),
        (
            ["extract", "{file}"],
            {"polars", "duckdb", "pydantic", "dagster", "numpy", "markdown_it", "py7zr", "lxml"},
        ),
        (["sql", "SELECT 1", "--warehouse", "{tmp}"], {"polars", "pydantic", "dagster", "numpy", "rich.progress"}),
    ],
)
def test_a_command_imports_no_library_that_it_does_not_need(
    arguments: list[str], slow: set[str], warehouse: Path
) -> None:
    file = warehouse / "report.txt"
    file.write_text(TEXT, encoding="utf-8")
    given = [argument.format(file=file, tmp=warehouse) for argument in arguments]
    run = [sys.executable, "-c", f"from pipelines.cli.commands import main; import sys; code = main({given!r})"]
    run[2] += f"; print(code, sorted({slow!r} & sys.modules.keys()))"
    main(given)  # what is kept is there
    done = subprocess.run(run, cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []", done.stdout
