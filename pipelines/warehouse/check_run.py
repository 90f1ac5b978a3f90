"""Running checks over the Parquet tables: what was measured, held against the bounds, with examples.

Which checks there are is written in `checks`, the bounds in `bounds.toml`. What a failed check leads to is for the
caller. An answer is kept (`memo`) until the tables it was read from, the bounds or the check itself change.
"""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import duckdb

from pipelines.build.buckets import stored_key
from pipelines.build.database import connect, quote
from pipelines.build.memo import Memo
from pipelines.warehouse.bounds import Bounds, Limit
from pipelines.warehouse.checks import LAST_COVERAGE, MOST_SHOWN, Check
from pipelines.warehouse.query import QueryError, query
from pipelines.warehouse.table_parts import table_files

ALLOW = "FAZHI_ALLOW_SHRINKING"

Level = Literal["passed", "warned", "blocked"]


@dataclass(frozen=True)
class Situation:
    """What a check may need to know besides the tables: the day, whether sites are fetched, the release that stands.

    `allow_shrinking` says that fewer reports than in that release are meant: it is said, but does not block.
    """

    today: date
    release_path: Path
    sources_on: bool = False
    allow_shrinking: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a check found: the worst of its measures as (scope, value, of), its level, and rows worth a look."""

    check: Check
    limit: Limit
    level: Level
    worst: tuple[str, float, float | None] | None
    columns: tuple[str, ...]
    examples: tuple[tuple[Any, ...], ...]
    reused: bool
    note: str = ""

    @property
    def found(self) -> float:
        """What was measured; 0 where there was nothing to measure."""
        return self.worst[1] if self.worst else 0

    @property
    def share(self) -> float | None:
        """What was measured as a share of its whole, if it is one."""
        return self.found / self.worst[2] if self.worst and self.worst[2] else None

    def __str__(self) -> str:
        if self.worst is None:
            return f"nothing to compare; expected: {self.check.description}"
        scope, value, whole = self.worst
        share = "" if self.share is None else f" of {_number(whole or 0)} ({self.share:.1%}) in {scope}"
        return (
            f"{_number(value)} {self.check.unit}{share}, {bounds_in_words(self.limit, whole is not None)}; "
            f"expected: {self.check.description}{self.note}"
        )


def run_checks(
    checks: Sequence[Check], tables_dir: Path, bounds: Bounds, situation: Situation, memo: Memo
) -> list[Outcome]:
    """Hold the built tables against the bounds, one outcome a check; raises SchemaError for a check without a bound."""
    outcomes = []
    is_compared = any(LAST_COVERAGE in check.reads for check in checks)
    last = _release_id(situation.release_path) if is_compared else None
    for check in checks:
        asked: list[bool] = []

        def ask(check: Check = check, asked: list[bool] = asked) -> dict[str, Any]:
            asked.append(True)
            return _ask(check, tables_dir, bounds, situation, last)

        key = _key(check, tables_dir, bounds, situation, last)
        answer = memo.answer(f"check {check.name}", key, ask)
        outcomes.append(_judge(check, bounds.limit(check.name), answer, situation, reused=not asked))
    return outcomes


def bounds_in_words(limit: Limit, is_share: bool) -> str:
    """The bounds of a check as its result and its documentation tell them."""
    named = [(word, value) for word, value in (("warns", limit.warns), ("blocks", limit.blocks)) if value is not None]
    words = " and ".join(f"{word} above {f'{value:.0%}' if is_share else _number(value)}" for word, value in named)
    return words + (f" from {_number(limit.of_at_least)} on" if limit.of_at_least else "")


def _judge(check: Check, limit: Limit, answer: Mapping[str, Any], situation: Situation, reused: bool) -> Outcome:
    measures = [(scope, value, of) for scope, value, of in answer["measures"]]
    ranked = sorted(measures, key=lambda m: (_ORDER.index(_level(limit, m)), m[1] / m[2] if m[2] else m[1]))
    worst = ranked[-1] if ranked else None
    level: Level = _level(limit, worst) if worst else "passed"
    note = ""
    if level == "blocked" and LAST_COVERAGE in check.reads:
        level, note = ("warned", f" (allowed by {ALLOW})") if situation.allow_shrinking else (level, _SHRUNK)
    # what lies within the bounds is no example of anything
    examples = () if level == "passed" else tuple(tuple(row) for row in answer["rows"])
    return Outcome(check, limit, level, worst, tuple(answer["columns"]), examples, reused, note)


_ORDER: tuple[Level, ...] = ("passed", "warned", "blocked")
_SHRUNK = f"; the last release stays. Look for what is missing, or set {ALLOW}=1 for one run if it is meant to be gone"


def _level(limit: Limit, measure: tuple[str, float, float | None]) -> Level:
    _, value, of = measure
    if of is not None:
        value = value / of if of else 0
    if limit.blocks is not None and value > limit.blocks and (of is None or of >= limit.of_at_least):
        return "blocked"
    # a share that would block, were it one of more, is odd all the same
    first = limit.blocks if limit.warns is None else limit.warns
    return "warned" if first is not None and value > first else "passed"


def _key(check: Check, tables_dir: Path, bounds: Bounds, situation: Situation, last: str | None) -> str:
    digest = hashlib.sha256(f"{check!r}\n{bounds!r}".encode())
    for name in check.tables:
        for path in table_files(tables_dir, name):
            digest.update(f"\n{name} {stored_key(path) or path.stat().st_mtime_ns}".encode())
    if LAST_COVERAGE in check.reads:
        digest.update(f"\nrelease {last}".encode())
    if check.is_of_today:
        digest.update(f"\n{situation.today} {situation.sources_on}".encode())
    return digest.hexdigest()


def _ask(check: Check, tables_dir: Path, bounds: Bounds, situation: Situation, last: str | None) -> dict[str, Any]:
    """What the check measures, and the first of its rows where that is more than nothing, as JSON can hold it."""
    variables = {"today": situation.today, "sources_on": situation.sources_on, **bounds.limit(check.name).parameters}
    with closing(connect()) as con:
        for name, value in variables.items():
            con.execute(f"SET VARIABLE {name} = $1", [value])
        for name in check.tables:
            files = ", ".join(quote(path) for path in table_files(tables_dir, name))
            con.execute(f"CREATE VIEW {name} AS FROM read_parquet([{files}])")
        _make_ceiling(con, bounds)
        if LAST_COVERAGE in check.reads:
            _make_last_coverage(con, situation.release_path if last else None)
        measure = check.measure or f"SELECT 'rows', count(*), NULL FROM ({check.rows})"
        measures = con.execute(measure).fetchall()
        if not any(value for _, value, _ in measures):
            return {"measures": measures, "columns": [], "rows": []}
        cursor = con.execute(f"FROM ({check.rows}) ORDER BY {check.order} LIMIT {MOST_SHOWN}")
        columns = [column[0] for column in cursor.description or ()]
        rows = [[_plain(value) for value in row] for row in cursor.fetchall()]
        if "fact_id" in columns:
            rows = _with_evidence(con, rows, columns.index("fact_id"))
            columns.append("evidence")
    return {"measures": measures, "columns": columns, "rows": rows}


def _with_evidence(con: duckdb.DuckDBPyConnection, rows: list[list[Any]], position: int) -> list[list[Any]]:
    """The rows with the sentence of the fact that each one names: read for these few, not for all that were counted."""
    ids = ", ".join(quote(row[position]) for row in rows) or "NULL"
    found = con.execute(f"SELECT f.fact_id, f.evidence FROM fact_indicator AS f WHERE f.fact_id IN ({ids})").fetchall()
    evidence = dict(found)
    return [[*row, evidence.get(row[position])] for row in rows]


def _make_ceiling(con: duckdb.DuckDBPyConnection, bounds: Bounds) -> None:
    by_metric = [f"({quote(code)}, NULL, {ceiling.most})" for code, ceiling in bounds.indicators.items()]
    by_unit = [f"(NULL, {quote(unit)}, {ceiling.most})" for unit, ceiling in bounds.units.items()]
    con.execute("CREATE TABLE ceiling (metric_code VARCHAR, unit VARCHAR, most DOUBLE)")
    con.execute(f"INSERT INTO ceiling VALUES {', '.join(by_metric + by_unit)}")


def _make_last_coverage(con: duckdb.DuckDBPyConnection, release_path: Path | None) -> None:
    """What the release at `release_path` holds by year; nothing where there is none."""
    con.execute(f"CREATE TABLE {LAST_COVERAGE} (report_year INTEGER, reports BIGINT, units BIGINT)")
    if release_path is None:
        return
    con.execute(f"ATTACH {quote(release_path)} AS last_release (READ_ONLY)")
    con.execute(
        f"INSERT INTO {LAST_COVERAGE} SELECT r.report_year, count(*), count(DISTINCT r.township_code) "
        "FROM last_release.dim_report AS r WHERE r.status = 'accepted' GROUP BY r.report_year"
    )


def _release_id(release_path: Path) -> str | None:
    try:
        return str(query(release_path, "SELECT release_id FROM release").rows[0][0])
    except QueryError:  # what cannot be read is no release to compare with, and will be replaced
        return None


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _number(value: float) -> str:
    return f"{value:,.15g}"
