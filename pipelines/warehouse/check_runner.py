"""Running the checks on the Parquet tables: what is asked again, and what each check finds.

A rule of a table in parts is run part by part, each part with the rows of the other tables that belong to it. A part
whose rows have not changed is not asked again. So such a rule sees only the rows of one part, and must find what breaks
it from these rows alone: it may ask whether a row that belongs to the part is missing, not whether a row of another
part exists. The parts of small tables are first asked by one query, as most releases break no rule: so a rule also must
not take a row of another part for one of its own. A check held against a bound is asked about whole tables, unless its
TOML says by_part. What a failed check leads to is for the caller.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from pipelines.build.answers import CHECKS, Cell, CheckAnswer
from pipelines.build.database import name_views, one_line, quote, side_by_side
from pipelines.build.layouts import LAYOUTS, Layout
from pipelines.build.ledger import Ledger, LedgerEntry
from pipelines.build.toml_file import mistake
from pipelines.errors import FazhiError
from pipelines.warehouse.ceilings import CHECKS_DIR
from pipelines.warehouse.check_results import MOST_SHOWN, CheckResult, judge, together
from pipelines.warehouse.checks import LAST_COVERAGE, MEASURE, SOURCES_ON, TODAY, Check
from pipelines.warehouse.descriptions import tables
from pipelines.warehouse.model import TableSpec, connect_empty
from pipelines.warehouse.query import QueryError, query
from pipelines.warehouse.table_parts import Input, are_few, inputs_by_part, table_files

MEASURED = ("scope", "value", "whole")  # the columns of a measure


class CheckError(FazhiError):
    """A check cannot be run; the message names its file and the cause."""


@dataclass(frozen=True)
class Situation:
    """What a check may need to know besides the tables: the day, whether sites are fetched, the current release.

    `allow_shrinking` means that the user knows that there are fewer reports than in that release: a check that finds
    it warns and does not block.
    """

    today: date
    release_path: Path
    sources_on: bool = False
    allow_shrinking: bool = False


def run_checks(
    checks: Sequence[Check], tables_dir: Path, ledger: Ledger, situation: Situation | None = None
) -> list[CheckResult]:
    """Run `checks` on the tables of `tables_dir`, one result a check, in order. Rules need no `situation`.

    The ledger keeps what was found until the rows, the check, or what it knows of the situation change. Raises
    InputError for a table that was not built there, CheckError for SQL that fails.
    """
    tasks = list(_tasks(checks, tables_dir, ledger, situation))
    known = ledger.known(CHECKS)
    found = {
        task.name: known[task.name]
        for task in tasks
        if task.name in known
        and known[task.name].key == task.key
        and len(known[task.name].value) == len(task.checks)  # else the ledger was damaged
    }
    stale = [task for task in tasks if task.name not in found]
    if stale:
        new = {
            task.name: LedgerEntry(task.key, answer)
            for work, answers in side_by_side(tables_dir, _few_together(stale), _run)
            for task, answer in zip(work, answers, strict=True)
        }
        ledger.record(CHECKS, new)
        found |= new
    answers: dict[str, list[CheckAnswer]] = {check.name: [] for check in checks}
    for task in tasks:
        for check, answer in zip(task.checks, found[task.name].value, strict=True):
            answers[check.name].append(answer)
    asked = {check.name for task in stale for check in task.checks}
    allow_shrinking = situation is not None and situation.allow_shrinking
    return [
        judge(
            check,
            together(check, answers[check.name]),
            reused=check.name not in asked,
            allow_shrinking=allow_shrinking,
        )
        for check in checks
    ]


def check_sql(checks: Sequence[Check], specs: Mapping[str, TableSpec]) -> None:
    """Hold the SQL of `checks` against the columns of the tables in `specs`, before anything is built.

    Checks that read other tables, and those that follow from table descriptions, are passed over. Raises SchemaError
    with one line for SQL that DuckDB refuses, for an order by columns that the rows do not have, and for a measure
    without its three columns.
    """
    with closing(connect_empty(specs)) as con:
        name_views(con, {LAST_COVERAGE: _last_coverage(None)})
        for check in (check for check in checks if not check.group and specs.keys() >= set(check.tables)):
            listed = f"FROM (\n{check.rows}\n) ORDER BY {check.order}"
            for query, end in ((listed, ".sql"), (check.measure, f"{MEASURE}.sql")):
                if not query:
                    continue
                path = CHECKS_DIR / f"{check.name}{end}"
                try:
                    for name, value in {TODAY: date.min, SOURCES_ON: False, **check.bound.parameters}.items():
                        con.execute(f"SET VARIABLE {name} = $1", [value])
                    name_views(con, check.views)
                    columns = [row[0] for row in con.execute(f"DESCRIBE {query}").fetchall()]
                except duckdb.Error as error:
                    raise mistake(path, "", f"SQL that DuckDB refuses ({one_line(error)})", "one SELECT") from error
                if query == check.measure and len(columns) != len(MEASURED):
                    raise mistake(path, "", f"the columns {', '.join(columns)}", ", ".join(MEASURED))
                if query == listed and check.evidence and "fact_id" not in columns:
                    raise mistake(
                        path, "", "rows without fact_id", "rows with one, because the TOML has evidence = true"
                    )


def run_rules_on(con: duckdb.DuckDBPyConnection, rules: Sequence[Check]) -> list[CheckResult]:
    """Run rules where the tables can be read by plain name; one result a rule, in order. Nothing is remembered."""
    return [judge(rule, _ask(con, rule, {})) for rule in rules]


@dataclass(frozen=True)
class _Task:
    """Checks that are run together on one part of their tables, or on all rows.

    `key` changes when the rows, the checks or what they know of the situation do. `views` are the queries for what they
    read, by name. Tasks of one `group` have the same checks, tables (`found`) and `layout`, and differ in `part`.
    """

    group: str
    part: str | None
    key: str
    checks: Sequence[Check]
    found: Sequence[Input]
    layout: Layout | None
    views: Mapping[str, str]
    variables: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The name under which the ledger keeps the answer."""
        return f"{self.group}, {self.part or 'all rows'}"

    @property
    def is_small(self) -> bool:
        """Whether its checks are rules, and the tables so small that all of them are best asked by one query."""
        return self.checks[0].kind == "rule" and are_few(self.found)


def _tasks(checks: Sequence[Check], tables_dir: Path, ledger: Ledger, situation: Situation | None) -> Iterator[_Task]:
    """What is to be asked. Rules of a table are run together: those that read it alone, and those that read others."""
    groups: dict[str, list[Check]] = {}
    for check in checks:
        others, by_part = " and others" * (len(check.tables) > 1), " by part" * check.by_part
        name = f"rules of {check.table}{others}{by_part}" if check.kind == "rule" else f"check {check.name}"
        groups.setdefault(name, []).append(check)
    variables = {TODAY: situation.today, SOURCES_ON: situation.sources_on} if situation else {}
    is_compared = any(LAST_COVERAGE in check.reads for check in checks)
    coverage = _last_coverage(situation.release_path if situation else None) if is_compared else ""
    for name, group in groups.items():
        first = group[0]
        found = [
            Input(table, table_files(tables_dir, table), ledger)
            for table in dict.fromkeys(table for check in group for table in check.tables)
        ]
        if first.kind == "rule" and len(found) > 1 and found[0].row_count == 0:
            continue  # no row can break a rule: without corrections nobody looks for their facts
        given = {LAST_COVERAGE: coverage} if any(LAST_COVERAGE in check.reads for check in group) else {}
        context = [f"{one} {value}" for one, value in variables.items() if any(one in check.asked for check in group)]
        context += given.values()
        for check in group:
            context += [check.rows, check.measure, check.order, *check.views.values()]
            context.append(f"{check.evidence} {check.bound.parameters}")
        layout = LAYOUTS.get(tables()[first.table].parts or "") if first.by_part else None
        for piece in inputs_by_part(found, layout, found[0].part_keys(layout) if layout else None):
            key = hashlib.sha256("\n".join([*context, *piece.keys]).encode()).hexdigest()
            views = {**piece.sources, **given}
            yield _Task(name, piece.part, key, group, found, layout, views, variables)


def _few_together(stale: Sequence[_Task]) -> list[list[_Task]]:
    """The tasks of each group as one work where they are small, else each task by itself."""
    works: list[list[_Task]] = []
    for _, same in groupby(stale, key=lambda task: task.group):
        tasks = list(same)
        works += [tasks] if tasks[0].is_small else [[task] for task in tasks]
    return works


def _last_coverage(release_path: Path | None) -> str:
    """The query for what the release at `release_path` holds by year; without a readable release it has no row."""
    try:
        rows = query(
            release_path or Path(),
            "SELECT r.report_year, count(*), count(DISTINCT r.township_code) FROM dim_report AS r "
            "WHERE r.status = 'accepted' GROUP BY r.report_year ORDER BY r.report_year",
        ).rows
    except QueryError:  # what cannot be read is no release to compare with, and will be replaced
        rows = []
    values = ", ".join(f"({year}, {reports}, {units})" for year, reports, units in rows if year is not None)
    return (
        "SELECT t.report_year::INTEGER AS report_year, t.reports::BIGINT AS reports, t.units::BIGINT AS units "
        f"FROM (VALUES {values or '(NULL, NULL, NULL)'}) AS t(report_year, reports, units) "
        "WHERE t.report_year IS NOT NULL"
    )


def _run(con: duckdb.DuckDBPyConnection, tasks: Sequence[_Task]) -> list[tuple[CheckAnswer, ...]]:
    """What the checks of each task find; `con` is their own."""
    first = tasks[0]
    if first.is_small:
        parts = [task.part for task in tasks if task.part]
        name_views(con, {one.name: one.sql(first.layout, parts) for one in first.found})
        if _all_hold(con, first.checks):
            return [tuple(CheckAnswer((("rows", 0.0, None),), (), ()) for _ in first.checks) for _ in tasks]
    answers = []
    for task in tasks:  # where a rule is broken, each part keeps its own rows
        name_views(con, task.views)
        answers.append(tuple(_ask(con, check, task.variables) for check in task.checks))
    return answers


def _all_hold(con: duckdb.DuckDBPyConnection, rules: Sequence[Check]) -> bool:
    """Whether no row breaks any of the rules; also false where one cannot be run, which is named when it is alone."""
    try:
        for rule in rules:
            name_views(con, rule.views)
        counts = ", ".join(f"(SELECT count(*) FROM (\n{rule.rows}\n))" for rule in rules)
        return not any(con.execute(f"SELECT {counts}").fetchall()[0])
    except duckdb.Error:
        return False


def _ask(con: duckdb.DuckDBPyConnection, check: Check, variables: Mapping[str, Any]) -> CheckAnswer:
    """What a check finds where its tables can be read by plain name: the measures and, unless all are 0, the rows."""
    try:
        for name, value in {**variables, **check.bound.parameters}.items():
            con.execute(f"SET VARIABLE {name} = $1", [value])
        name_views(con, check.views)
        count = f"SELECT 'rows' AS scope, count(*) AS value, NULL AS whole FROM (\n{check.rows}\n)"  # see MEASURED
        measures = tuple(
            (str(scope), float(value), None if whole is None else float(whole))
            for scope, value, whole in con.execute(check.measure or count).fetchall()
            if value is not None
        )
        if not any(value for _, value, _ in measures):
            return CheckAnswer(measures, (), ())
        cursor = con.execute(f"FROM (\n{check.rows}\n) ORDER BY {check.order} LIMIT {MOST_SHOWN}")
        columns = [column[0] for column in cursor.description or ()]
        rows = [tuple(_plain(value) for value in row) for row in cursor.fetchall()]
        if check.evidence and rows:
            # The sentences are read for these few rows, not for all that were counted.
            position = columns.index("fact_id")
            ids = ", ".join(quote(row[position]) for row in rows)
            evidence = f"SELECT f.fact_id, f.evidence FROM fact_indicator AS f WHERE f.fact_id IN ({ids})"
            sentences = dict(con.execute(evidence).fetchall())
            columns.append("evidence")
            rows = [(*row, sentences.get(row[position])) for row in rows]
    except duckdb.Error as error:
        where = f"correct sql/checks/{check.name}.sql"
        raise CheckError(f"check {check.name} cannot be run: {one_line(error)}; {where}") from error
    return CheckAnswer(measures, tuple(columns), tuple(rows))


def _plain(value: Any) -> Cell:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
