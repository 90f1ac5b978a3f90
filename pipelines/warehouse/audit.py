"""What must hold before a release is published. Each check is a named query for the rows that break it.

Checks of keys and references follow from the metadata; the others are written out here. The queries read the tables by
plain name. A table in parts is checked part by part, each with the rows of the other tables that belong to the part,
and only where those have changed since: so a query must find what breaks its rule from these rows alone, and is to look
for what ought to be there, not for what ought not. Acting on a failure is for the caller.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.build.database import name_views, quote, side_by_side
from pipelines.build.layouts import LAYOUTS
from pipelines.build.memo import Memo
from pipelines.errors import FazhiError
from pipelines.reasons import ReasonCode
from pipelines.warehouse.descriptions import tables
from pipelines.warehouse.table_parts import Input, cut, look, table_files

MAX_EXAMPLES = 5
AUDITS = "audits.json"  # beside the tables: what was found of which rows


@dataclass(frozen=True)
class AuditCheck:
    """A rule with a name, a sentence, and SQL whose one column `example` names each row that breaks it.

    `reads` lists the tables it needs; the first is the one whose rows are checked: where it has none, no rule that
    reads others too is broken. `is_whole` says that it cannot be checked part by part.
    """

    name: str
    description: str
    sql: str
    reads: tuple[str, ...]
    is_whole: bool = False


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


class AuditError(FazhiError):
    """A release broke its audit and was not published; `results` are the checks that failed, the message lists them."""

    def __init__(self, results: Sequence[AuditResult]) -> None:
        self.results = tuple(results)
        super().__init__("the release was not published; its audit failed:\n" + "\n".join(f"- {r}" for r in results))


def run_audit(con: duckdb.DuckDBPyConnection, checks: Sequence[AuditCheck]) -> list[AuditResult]:
    """Run `checks` where the tables can be read by plain name; one result a check, in order."""
    found = [(check, *_run(con, check)) for check in checks]
    return [AuditResult(check, failures, tuple(examples)) for check, failures, examples in found]


def audit_tables(tables_dir: Path, checks: Sequence[AuditCheck]) -> list[AuditResult]:
    """Run `checks` on the tables of `tables_dir`; what was found of the same rows before is remembered there.

    One result a check, in order. Raises InputError for a table that was not built there.
    """
    memo = Memo(tables_dir / AUDITS)
    tasks = [task for group in _groups(checks) for task in _tasks(tables_dir, group)]
    stale = [task for task in tasks if not memo.has(task.name, task.key)]
    if stale:
        memo.keep({task.name: (task.key, found) for task, found in side_by_side(tables_dir, stale, _audit)})
    found: dict[str, list[tuple[int, list[str]]]] = {check.name: [] for check in checks}
    for task in tasks:
        for check, answer in zip(task.checks, memo.known(task.name), strict=True):
            found[check.name].append(answer)
    return [
        AuditResult(
            check,
            sum(failures for failures, _ in found[check.name]),
            tuple(sorted(example for _, examples in found[check.name] for example in examples)[:MAX_EXAMPLES]),
        )
        for check in checks
    ]


@dataclass(frozen=True)
class _Task:
    """Checks to be run on one piece of their tables; `key` changes when the rows or the checks do."""

    name: str
    key: str
    checks: Sequence[AuditCheck]
    sources: Mapping[str, str]


def _groups(checks: Sequence[AuditCheck]) -> list[list[AuditCheck]]:
    """The checks that are run together: of one table, those that read it alone, and those that read others too."""
    groups: dict[tuple[str, bool, bool], list[AuditCheck]] = {}
    for check in checks:
        groups.setdefault((check.reads[0], len(check.reads) == 1, check.is_whole), []).append(check)
    return list(groups.values())


def _tasks(tables_dir: Path, group: Sequence[AuditCheck]) -> Iterator[_Task]:
    names = list(dict.fromkeys(name for check in group for name in check.reads))
    found = [Input(name, table_files(tables_dir, name)) for name in names]
    if len(names) > 1 and not any(look(path).rows for path in found[0].files):
        return  # no row that could break a rule: without corrections nobody looks for their facts
    layout = None if group[0].is_whole else LAYOUTS.get(tables()[names[0]].parts or "")
    for piece in cut(found, layout, found[0].part_keys(layout) if layout else None):
        key = hashlib.sha256("\n".join([*(check.sql for check in group), *piece.keys]).encode()).hexdigest()
        yield _Task(" ".join([*names, piece.part or "whole"]), key, group, piece.sources)


def _audit(con: duckdb.DuckDBPyConnection, task: _Task) -> list[tuple[int, list[str]]]:
    name_views(con, task.sources)
    return [_run(con, check) for check in task.checks]


def _run(con: duckdb.DuckDBPyConnection, check: AuditCheck) -> tuple[int, list[str]]:
    """How many rows break a check, and the first of them."""
    ((failures, examples),) = con.sql(
        f"SELECT count(*), list(example ORDER BY example)[:{MAX_EXAMPLES}] FROM ({check.sql})"
    ).fetchall()
    return failures, examples or []


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
        # A key without the code that the parts go by could stand in two of them.
        layout = LAYOUTS.get(text.parts or "")
        is_whole = layout is not None and layout.column(text.key) is None
        checks.append(AuditCheck(f"{table}_key", f"{key} is filled and unique in {table}", sql, (table,), is_whole))
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
        "WHERE status NOT IN ('accepted', 'quarantined') OR (status = 'quarantined') <> (status_reason IS NOT NULL) "
        "OR (status = 'quarantined') <> (reason_code IS NOT NULL) OR (reason_code IS NULL) <> (reason_text IS NULL)",
        ("dim_report",),
    ),
    AuditCheck(
        "reason_code_is_documented",
        "each reason_code is one of pipelines/reasons.py",
        "SELECT coalesce(report_id, '') || ' ' || reason_code AS example FROM dim_report "
        f"WHERE reason_code NOT IN ({', '.join(quote(code.value) for code in ReasonCode)})",
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
        "SELECT DISTINCT m.report_id AS example "
        "FROM (SELECT unnest(report_ids) AS report_id FROM township_metric) AS m "
        "WHERE NOT EXISTS (SELECT 1 FROM dim_report AS r "
        "WHERE r.report_id = m.report_id AND r.status = 'accepted' AND r.is_canonical)",
        ("township_metric", "dim_report"),
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
