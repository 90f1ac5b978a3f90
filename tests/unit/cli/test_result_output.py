"""Results for people: a table that fits the terminal, records, and how many rows there are."""

import io
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.cells import cell_len

from pipelines.cli.commands import main
from pipelines.cli.output import fitting
from pipelines.cli.result_output import LEAST_WIDTH, write_rows

WIDE = ("township_code", "township_name", *(f"figure_number_{n}" for n in range(40)), "evidence")
ROW = ("330225104", "泗洲头镇", *range(123_456_700, 123_456_740), "全年共开展大型法治宣传活动14场" * 9)


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set the width that the output has."""

    def set_width(width: int) -> None:
        monkeypatch.setattr("pipelines.cli.output.PLAIN_WIDTH", width)

    return set_width


@pytest.fixture
def release(tmp_path: Path) -> Path:
    with duckdb.connect(str(tmp_path / "fazhi.duckdb")) as con:
        con.execute("CREATE TABLE numbers AS SELECT i AS n, '镇' || i AS name FROM range(1234) AS r(i)")
    return tmp_path


@pytest.mark.parametrize("width", [40, 60, 80, 120, 160])
def test_no_value_is_broken_and_no_line_is_wider_than_the_terminal(
    width: int, narrow: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    narrow(width)
    write_rows(WIDE, [ROW], "table")
    out = capsys.readouterr().out
    assert all(cell_len(line) <= width for line in out.splitlines())
    shown = fitting(WIDE, [ROW], width, LEAST_WIDTH)
    assert all(str(value) in out for value in ROW[:shown])
    assert str(ROW[shown]) not in out
    words = " ".join(out.split())
    assert f"{len(WIDE) - shown} columns are not shown, for want of room: {WIDE[shown]}," in words
    assert words.endswith("--format record shows all")


def test_a_table_that_fits_has_all_its_columns(narrow: Any, capsys: pytest.CaptureFixture[str]) -> None:
    narrow(80)
    write_rows(("name", "evidence"), [("池店镇", "宣传" * 100)], "table")
    out = capsys.readouterr().out
    assert "not shown" not in out
    assert out.count("宣传") == 100 - out.count("宣\n")
    assert all(cell_len(line) <= 80 for line in out.splitlines())


@pytest.mark.parametrize(("width", "columns"), [(11, 1), (12, 2), (13, 2)])
def test_a_chinese_character_takes_two_places(width: int, columns: int) -> None:
    assert fitting(("镇", "n"), [("泗洲头", 12)], width, LEAST_WIDTH) == columns  # 6 + 3 + 2, and one at the edge


@pytest.mark.parametrize(("width", "columns"), [(19, 1), (20, 1), (21, 2)])
def test_a_number_is_never_broken(width: int, columns: int) -> None:
    assert (
        fitting(("a", "n"), [("b", 1_234_567_890_123_456)], width, LEAST_WIDTH) == columns
    )  # 1 + 3 + 16, and one at the edge


def test_the_first_column_is_always_shown() -> None:
    assert fitting(("a_name_of_more_places",), [(10**20,)], 5, LEAST_WIDTH) == 1


def test_a_record_shows_every_column(narrow: Any, capsys: pytest.CaptureFixture[str]) -> None:
    narrow(60)
    write_rows(WIDE, [ROW, ROW], "record")
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("──")] == ["── 1 ──", "── 2 ──"]
    assert all(cell_len(line) <= 60 for line in lines)
    assert sum(line.split()[:2] == ["township_name", "泗洲头镇"] for line in lines) == 2
    assert {line.split()[0] for line in lines if line[:1].isalpha()} == set(WIDE)


@pytest.mark.parametrize("form", ["table", "record"])
def test_people_see_fifty_rows_and_how_many_there_are(
    form: str, release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def shown(*options: str) -> tuple[int, str]:
        assert main(["sql", "FROM numbers -- all\n;\n", "--format", form, "--warehouse", str(release), *options]) == 0
        out = capsys.readouterr().out
        return out.count("镇"), out.splitlines()[-1]

    assert shown() == (50, "50 rows are shown of 1,234; --limit N shows N, --all shows all")
    assert shown("--limit", "3") == (3, "3 rows are shown of 1,234; --limit N shows N, --all shows all")
    assert shown("--all")[0] == 1234
    assert shown("--limit", "1234")[0] == 1234
    assert "are shown" not in shown("--limit", "1234")[1]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_program_gets_all_rows_unless_it_asks_for_fewer(
    form: str, release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["sql", "FROM numbers", "--format", form, "--warehouse", str(release)]
    assert main(command) == 0
    out, err = capsys.readouterr()
    assert out.count("镇") == 1234 and not err
    assert main([*command, "--limit", "2"]) == 0
    out, err = capsys.readouterr()
    assert out.count("镇") == 2 and "are shown" not in out
    assert err == "2 rows are shown of 1,234; --limit N shows N, --all shows all\n"


@pytest.mark.parametrize("options", [["--limit", "0"], ["--limit", "many"], ["--limit", "2", "--all"]])
def test_a_limit_that_means_nothing_is_one_line(
    options: list[str], release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sql", "FROM numbers", "--warehouse", str(release), *options]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "--limit" in line


def test_rows_that_cannot_be_counted_are_only_said_to_be_cut(release: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sql", "FROM numbers; -- all of them", "--warehouse", str(release), "--limit", "1"]) == 0
    assert "1 rows are shown, there are more;" in capsys.readouterr().out


def test_a_result_without_rows_is_a_head(capsys: pytest.CaptureFixture[str]) -> None:
    write_rows(("code", "name"), [], "table")
    assert "code   name" in capsys.readouterr().out
    write_rows(("code", "name"), [], "record")
    assert io.StringIO(capsys.readouterr().out).read() == ""


def with_encoding(encoding: str, monkeypatch: pytest.MonkeyPatch) -> io.BytesIO:
    """Let standard output be one of a locale with another encoding."""
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding=encoding, write_through=True))
    return written


@pytest.mark.parametrize(("encoding", "shown"), [("ascii", "\\u9547"), ("gbk", "镇"), ("utf-8", "镇")])
def test_a_table_is_shown_in_any_locale(
    encoding: str, shown: str, release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = with_encoding(encoding, monkeypatch)
    assert main(["sql", "FROM numbers", "--limit", "1", "--warehouse", str(release)]) == 0
    assert f"{shown}0" in written.getvalue().decode(encoding)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_data_that_the_locale_cannot_hold_are_one_line(
    form: str, release: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with_encoding("ascii", monkeypatch)
    assert main(["sql", "FROM numbers", "--format", form, "--warehouse", str(release)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line == ("fazhi: the output's encoding is ascii, which has no \\u9547; set PYTHONIOENCODING=utf-8")


@pytest.mark.parametrize("width", ["1", "10", "40"])
def test_any_width_will_do(width: str, release: Path, narrow: Any, capsys: pytest.CaptureFixture[str]) -> None:
    narrow(int(width))
    for form in ("table", "record"):
        assert main(["sql", "FROM numbers", "--format", form, "--warehouse", str(release)]) == 0
        assert capsys.readouterr().out
