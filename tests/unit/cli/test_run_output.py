"""What a run shows of scanned pages: how many were read, how fast, and what waits."""

import io
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TextColumn

from pipelines.cli import output
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
    assert output.describe("documents", data) == "documents: 4 read, 2 reused; 7 scanned pages recognised"
    assert output.describe("documents", data | {"scanned pages read": 0}) == "documents: 4 read, 2 reused"


def test_the_bar_of_scanned_pages_shows_pages_an_hour() -> None:
    now = [1000.0]
    bars = Progress(TextColumn("{task.fields[note]}"), console=Console(file=io.StringIO()), get_time=lambda: now[0])
    progress = output.BarProgress(bars, ["documents", "fact_indicator"])
    assert [task.description for task in bars.tasks if task.description == "scans"] == []
    progress.progress("scans", 0, 40)
    now[0] += 60
    progress.progress("scans", 10, 40)
    task = bars.tasks[-1]
    assert (task.description, task.completed, task.total) == ("scans", 10, 40)
    assert task.fields["note"] == "600 pages an hour"
