"""What a run ends with: what is in the release, as a person wants to see it. Read from the release itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.warehouse.query import QueryResult, query

MOST_ROWS = 30
HEADLINES = ("trainings_held", "enforcement_staff", "petitions_handled", "publicity_events")

_REASONS = """
SELECT reason_code AS reason, count(*) AS reports, min(raw_path) AS example
FROM dim_report WHERE status = 'quarantined' GROUP BY 1 ORDER BY reports DESC, reason
"""
_FIGURES = ", ".join(
    f"CASE WHEN y.{name}_is_lower_bound THEN '≥ ' ELSE '' END || format('{{:,.15g}}', y.{name}) AS {name}"
    for name in HEADLINES
)
# an accepted report that is not the canonical one of its unit and year has facts of its own but no figures
_REPORTS = f"""
WITH shown AS (
    SELECT report_id, raw_path, township_code, report_year, is_canonical
    FROM dim_report WHERE status = 'accepted' ORDER BY raw_path LIMIT {MOST_ROWS + 1}
), counted AS (
    SELECT report_id, count(*) AS facts FROM fact_indicator SEMI JOIN shown USING (report_id) GROUP BY report_id
)
SELECT d.township_name AS township, s.report_year::VARCHAR AS year, coalesce(c.facts, 0) AS facts, {_FIGURES}
FROM shown s
LEFT JOIN dim_division d ON d.division_code = s.township_code
LEFT JOIN counted c ON c.report_id = s.report_id
LEFT JOIN township_year y
    ON s.is_canonical AND y.township_code = s.township_code AND y.report_year = s.report_year
ORDER BY s.raw_path
"""


@dataclass(frozen=True)
class Summary:
    """The row of the table `release`, the quarantined reports by reason, and the accepted ones (the first of them)."""

    release: dict[str, Any]
    reasons: QueryResult
    reports: QueryResult


def summarise(release_path: Path) -> Summary:
    """Ask the release at `release_path` what is in it; raises QueryError when it cannot be read."""
    row = query(release_path, "SELECT * FROM release")
    return Summary(
        release=dict(zip(row.columns, row.rows[0], strict=True)),
        reasons=query(release_path, _REASONS, limit=MOST_ROWS),
        reports=query(release_path, _REPORTS, limit=MOST_ROWS),
    )
