"""What must hold before a release is published. Each check is a named query for the rows that break it.

Checks of keys and references follow from the metadata; the others are written out here. The queries read the tables by
plain name, so they run on a release as well as on views over the Parquet tables. Acting on a failure is for the caller.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from pipelines.warehouse.metadata import tables

MAX_EXAMPLES = 5


@dataclass(frozen=True)
class AuditCheck:
    """A rule with a name, a sentence, and SQL whose one column `example` names each row that breaks it.

    `reads` lists the tables it needs.
    """

    name: str
    description: str
    sql: str
    reads: tuple[str, ...]


@dataclass(frozen=True)
class AuditResult:
    """How many rows break a check, and the first of them."""

    check: AuditCheck
    failures: int
    examples: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """True where no row breaks the check."""
        return self.failures == 0

    def __str__(self) -> str:
        shown = ", ".join(self.examples) + (", ..." if self.failures > len(self.examples) else "")
        return f"{self.check.name}: {self.failures} found ({shown}); expected: {self.check.description}"


class AuditError(RuntimeError):
    """A release broke its audit and was not published; `results` are the checks that failed, the message lists them."""

    def __init__(self, results: Sequence[AuditResult]) -> None:
        self.results = tuple(results)
        super().__init__("the release was not published; its audit failed:\n" + "\n".join(f"- {r}" for r in results))


def run_audit(con: duckdb.DuckDBPyConnection, checks: Sequence[AuditCheck] | None = None) -> list[AuditResult]:
    """Run `checks` (default: all) where the tables can be read by plain name; one result a check, in order."""
    return [_run(con, check) for check in (AUDIT_CHECKS if checks is None else checks)]


def _run(con: duckdb.DuckDBPyConnection, check: AuditCheck) -> AuditResult:
    ((failures, examples),) = con.sql(
        f"SELECT count(*), list(example ORDER BY example)[:{MAX_EXAMPLES}] FROM ({check.sql})"
    ).fetchall()
    return AuditResult(check, failures, tuple(examples or ()))


def _key_checks() -> list[AuditCheck]:
    checks = []
    for table, text in tables().items():
        key = ", ".join(text.key)
        example = "concat_ws(' ', " + ", ".join(f"coalesce({column}::VARCHAR, 'null')" for column in text.key) + ")"
        missing = " OR ".join(f"{column} IS NULL" for column in text.key)
        sql = (
            f"SELECT {example} AS example FROM {table} GROUP BY {key} HAVING count(*) > 1 "
            f"UNION ALL SELECT {example} FROM {table} WHERE {missing}"
        )
        checks.append(AuditCheck(f"{table}_key", f"{key} is filled and unique in {table}", sql, (table,)))
    return checks


def _reference_checks() -> list[AuditCheck]:
    checks = []
    for table, text in tables().items():
        columns = [(column, column, target) for column, target in text.references.items()]
        lists = [(column, f"unnest({column})", target) for column, target in text.list_references.items()]
        for column, expression, target in columns + lists:
            other, key = target.split(".")
            sql = (
                f"SELECT DISTINCT v::VARCHAR AS example FROM (SELECT {expression} AS v FROM {table}) AS own "
                f"WHERE v IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {other} AS o WHERE o.{key} = own.v)"
            )
            description = f"each {table}.{column} is a {target}"
            reads = tuple(dict.fromkeys((table, other)))
            checks.append(AuditCheck(f"{table}_{column}_reference", description, sql, reads))
    return checks


# Offsets are Python's, which count code points; DuckDB's substr counts code points too (not graphemes), from 1.
_WRITTEN_CHECKS = [
    AuditCheck(
        "evidence_matches_text",
        "the evidence of each fact is the text between its offsets",
        "SELECT f.fact_id AS example FROM fact_indicator AS f LEFT JOIN report_text AS t ON t.report_id = f.report_id "
        "WHERE substr(t.text, f.char_start + 1, f.char_end - f.char_start) IS DISTINCT FROM f.evidence",
        ("fact_indicator", "report_text"),
    ),
    AuditCheck(
        "number_within_evidence",
        "the number of each fact lies within its evidence",
        "SELECT fact_id AS example FROM fact_indicator WHERE number_start IS NULL OR number_end IS NULL "
        "OR number_start < char_start OR number_end > char_end OR number_end < number_start",
        ("fact_indicator",),
    ),
    AuditCheck(
        "mention_matches_text",
        "the text of each number is what stands between its offsets",
        "SELECT n.report_id || ':' || n.char_start AS example FROM number_mention AS n "
        "LEFT JOIN report_text AS t ON t.report_id = n.report_id "
        "WHERE substr(t.text, n.char_start + 1, n.char_end - n.char_start) IS DISTINCT FROM n.text",
        ("number_mention", "report_text"),
    ),
    AuditCheck(
        "number_has_disposition",
        "each number is a fact, has a reason why it is none, or is called unclassified",
        "SELECT report_id || ':' || char_start AS example FROM number_mention "
        "WHERE coalesce(disposition, '') = '' OR (disposition = 'fact') <> (fact_id IS NOT NULL)",
        ("number_mention",),
    ),
    AuditCheck(
        "fact_has_number",
        "each fact that is no implicit zero has its number in number_mention, with disposition 'fact'",
        "SELECT f.fact_id AS example FROM fact_indicator AS f WHERE NOT f.implicit_zero AND NOT EXISTS ("
        "SELECT 1 FROM number_mention AS n WHERE n.report_id = f.report_id AND n.disposition = 'fact' "
        "AND n.char_start < f.number_end AND n.char_end > f.number_start)",
        ("fact_indicator", "number_mention"),
    ),
    AuditCheck(
        "corrections_stand",
        "what a person rejected is no fact, and what one accepted, corrected or added stands as the person said",
        "SELECT 'line ' || c.line AS example FROM correction AS c "
        "LEFT JOIN fact_indicator AS f ON f.fact_id = c.fact_id WHERE c.outcome = 'applied' AND c.fact_id IS NOT NULL "
        "AND CASE c.action WHEN 'reject' THEN f.fact_id IS NOT NULL "
        "ELSE f.value IS DISTINCT FROM c.value OR f.corrected_by IS DISTINCT FROM c.corrected_by END",
        ("correction", "fact_indicator"),
    ),
    AuditCheck(
        "bounds_hold_value",
        "the value of each fact lies between its bounds",
        "SELECT fact_id AS example FROM fact_indicator WHERE value IS NULL OR value_low > value OR value_high < value",
        ("fact_indicator",),
    ),
    AuditCheck(
        "accepted_is_placed",
        "each accepted report has a unit and a year",
        "SELECT report_id AS example FROM dim_report "
        "WHERE status = 'accepted' AND (township_code IS NULL OR report_year IS NULL)",
        ("dim_report",),
    ),
    AuditCheck(
        "quarantine_has_reason",
        "each report is accepted, or quarantined with a reason",
        "SELECT report_id AS example FROM dim_report "
        "WHERE status NOT IN ('accepted', 'quarantined') OR (status = 'quarantined') <> (status_reason IS NOT NULL)",
        ("dim_report",),
    ),
    AuditCheck(
        "one_canonical",
        "of each unit, year and family of reports exactly one accepted report is canonical",
        "SELECT concat_ws(' ', township_code, report_year, coalesce(doc_family, doc_type)) AS example FROM dim_report "
        "WHERE status = 'accepted' GROUP BY township_code, report_year, coalesce(doc_family, doc_type) "
        "HAVING count(*) FILTER (WHERE is_canonical) <> 1",
        ("dim_report",),
    ),
    AuditCheck(
        "marts_leave_quarantine_out",
        "no figure of township_metric comes from a report that is not accepted and canonical",
        "SELECT m.report_id AS example FROM (SELECT unnest(report_ids) AS report_id FROM township_metric) AS m "
        "INNER JOIN dim_report AS r ON r.report_id = m.report_id WHERE r.status <> 'accepted' OR NOT r.is_canonical",
        ("dim_report", "township_metric"),
    ),
    AuditCheck(
        "some_report_accepted",
        "at least one report is accepted",
        "SELECT 'no accepted report among ' || count(*) || ' files' AS example FROM dim_report "
        "HAVING count(*) FILTER (WHERE status = 'accepted') = 0",
        ("dim_report",),
    ),
]

AUDIT_CHECKS: tuple[AuditCheck, ...] = (*_key_checks(), *_reference_checks(), *_WRITTEN_CHECKS)
