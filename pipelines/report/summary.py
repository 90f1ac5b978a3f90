"""The summary at the end of a run: what the release holds. It is read from the release itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.paths import SQL_DIR
from pipelines.warehouse.query import QueryResult, query

MOST_ROWS = 30


@dataclass(frozen=True)
class Summary:
    """The row of the table `release`, the quarantined reports by reason, the first accepted reports, and what waits.

    `waiting` is the number of files with scanned pages that wait for character recognition, and of these pages.
    """

    release: dict[str, Any]
    reasons: QueryResult
    reports: QueryResult
    waiting: tuple[int, int] = (0, 0)


def summarise(release_path: Path) -> Summary:
    """Summarise the release at `release_path`, with at most `MOST_ROWS` rows of each kind.

    The queries stand in `sql/summary`. Raises QueryError if the release cannot be read.
    """
    row = query(release_path, "SELECT * FROM release")
    reasons, reports, waiting = (
        query(release_path, (SQL_DIR / "summary" / f"{name}.sql").read_text(encoding="utf-8"), limit=MOST_ROWS)
        for name in ("quarantined_reports", "accepted_reports", "waiting_scans")
    )
    files, pages = waiting.rows[0]
    return Summary(dict(zip(row.columns, row.rows[0], strict=True)), reasons, reports, (int(files), int(pages)))
