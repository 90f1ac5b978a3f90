"""What a run shows of scanned pages: how many were read, how fast, and what waits."""

import io
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.progress import Progress, TextColumn

from pipelines.cli import output, progress_output
from pipelines.report.summary import Summary
from pipelines.warehouse.query import QueryResult

RELEASE = {
    "n_files": 3, "n_accepted": 1, "n_quarantined": 2, "n_facts": 4, "n_numbers": 5, "unclassified_share": 0.1,
}  # fmt: skip


def shown(waiting: tuple[int, int]) -> str:
    out = Console(file=io.StringIO(), width=160)
    empty = QueryResult(["township"], [], False)
    output.summary(out, Path("fazhi.duckdb"), Summary(RELEASE, empty, empty, waiting))
    return out.file.getvalue()


def test_the_summary_says_how_many_pages_wait() -> None:
    assert "12 scanned pages of 3 files wait for character recognition" in shown((3, 12))
    assert "FAZHI_OCR_PAGES" in shown((3, 12))
    assert "scanned" not in shown((0, 0))


def test_the_line_of_the_documents_says_how_many_pages_were_read() -> None:
    data = {"computed": 4, "reused": 2, "removed": 0, "scanned pages read": 7}
    assert progress_output.describe("documents", data) == "documents: 4 read, 2 reused; 7 scanned pages recognised"
    assert progress_output.describe("documents", data | {"scanned pages read": 0}) == "documents: 4 read, 2 reused"


def test_the_bar_of_scanned_pages_shows_pages_an_hour() -> None:
    now = [1000.0]
    bars = Progress(TextColumn("{task.fields[note]}"), console=Console(file=io.StringIO()), get_time=lambda: now[0])
    progress = progress_output.BarProgress(bars, ["documents", "fact_indicator"])
    assert [task.description for task in bars.tasks if task.description == "scans"] == []
    progress.progress("scans", 0, 40)
    now[0] += 60
    progress.progress("scans", 10, 40)
    task = bars.tasks[-1]
    assert (task.description, task.completed, task.total) == ("scans", 10, 40)
    assert task.fields["note"] == "600 pages an hour"


def told(found: list[tuple[str, str]]) -> str:
    out = Console(file=io.StringIO(), width=160)
    output.warnings(out, found)
    return out.file.getvalue()


def test_a_run_ends_with_its_warnings_and_where_to_look() -> None:
    assert told([]) == ""
    lines = told([("dim_report.latest_year", "a year\x1b[2J behind"), ("facts.other", "two\nlines")]).splitlines()
    assert lines[0].startswith("2 warnings; `fazhi ui` shows the rows")
    assert lines[1:] == ["- dim_report.latest_year: a year\\x1b[2J behind", "- facts.other: two\\nlines"]
    assert told([("a", "b")]).startswith("1 warning;")


@pytest.mark.parametrize(
    ("asset", "rows", "more", "line"),
    [
        ("dim_report", 1, {}, "dim_report: 1 row"),
        ("dim_report", 174_844, {"reused": True}, "dim_report: 174,844 rows, reused"),
        ("exports", 174_844, {}, "exports: 174,844 rows of all tables"),
    ],
)
def test_a_table_is_a_line_with_its_rows(asset: str, rows: int, more: dict[str, bool], line: str) -> None:
    assert progress_output.describe(asset, {"dagster/row_count": rows, **more}) == line


def test_a_stage_whose_size_nobody_knows_yet_waits() -> None:
    screen = io.StringIO()
    out = Console(file=screen, width=80, force_terminal=True)
    with progress_output.run_progress(out, lambda: ["documents", "dim_report"], is_quiet=False) as progress:
        assert progress is not None
        progress.progress("documents", 1, 7)
    assert "waits" in screen.getvalue() and "/?" not in screen.getvalue() and "1/7" in screen.getvalue()


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_the_summary_breaks_heads_between_words_and_no_name(width: int) -> None:
    columns = ("township", "year", "facts", "trainings_held", "enforcement_staff", "petitions_handled")
    rows = [("昭平台库区乡", 2024, 24, "≥ 23", "6", None)]
    out = Console(file=io.StringIO(), width=width)
    output.summary(out, Path("fazhi.duckdb"), Summary(RELEASE, shown_none(), QueryResult(columns, rows, False), (0, 0)))
    text = out.file.getvalue()
    assert "昭平台库区乡" in text and all(cell_len(line) <= width for line in text.splitlines())
    words = {word for name in columns for word in name.split("_")}
    shown = set(text.partition("─")[0].split()) - {"Accepted", "reports"}
    assert shown <= words and (shown == words) is (width >= 80)


def shown_none() -> QueryResult:
    return QueryResult((), [], False)
