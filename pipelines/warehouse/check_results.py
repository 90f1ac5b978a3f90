"""What a check found, judged by its bound, and in words.

Parts of a table are asked one by one: `together` makes one answer of theirs, and `judge` compares it with the bound.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Literal

from pipelines.build.answers import Cell, CheckAnswer
from pipelines.build.database import connect
from pipelines.warehouse.checks import LAST_COVERAGE, Bound, Check

ALLOW = "FAZHI_ALLOW_SHRINKING"
MOST_SHOWN = 10  # rows as examples
MOST_NAMED = 5  # of the rows that break a rule, in its message

Level = Literal["passed", "warned", "blocked"]
_LEVELS: tuple[Level, ...] = ("passed", "warned", "blocked")
_SHRUNK = f"; the last release stays. Look for what is missing, or set {ALLOW}=1 for one run if it is meant to be gone"


class AuditError(RuntimeError):
    """A release broke its rules and was not published; `results` are those that failed, the message lists them."""

    def __init__(self, results: Sequence["CheckResult"]) -> None:
        self.results = tuple(results)
        super().__init__("the release was not published; its audit failed:\n" + "\n".join(f"- {r}" for r in results))


@dataclass(frozen=True)
class CheckResult:
    """What a check found: its level, the worst of its measures as (scope, value, whole), and rows worth a look.

    `reused` says that nothing was asked, because neither the tables nor the check have changed.
    """

    check: Check
    level: Level
    worst: tuple[str, float, float | None] | None
    columns: tuple[str, ...]
    examples: tuple[tuple[Cell, ...], ...]
    reused: bool = False
    note: str = ""

    @property
    def passed(self) -> bool:
        """True where the answer is within the bound."""
        return self.level == "passed"

    @property
    def found(self) -> float:
        """What was measured; 0 where there was nothing to measure."""
        return self.worst[1] if self.worst else 0

    @property
    def share(self) -> float | None:
        """What was measured as a share of its whole, if it is one."""
        return self.found / self.worst[2] if self.worst and self.worst[2] else None

    def __str__(self) -> str:
        if self.check.kind == "rule":
            named = ", ".join(str(row[0]) for row in self.examples[:MOST_NAMED])
            named += ", ..." if self.found > MOST_NAMED else ""
            return f"{self.check.name}: {_number(self.found)} found ({named}); expected: {self.check.en}"
        if self.worst is None:
            return f"nothing to compare; expected: {self.check.en}"
        scope, value, whole = self.worst
        share = "" if self.share is None else f" of {_number(whole or 0)} ({self.share:.1%}) in {scope}"
        unit = self.check.unit.one if value == 1 else self.check.unit.other
        return (
            f"{_number(value)} {unit}{share}, {bound_in_words(self.check.bound, whole is not None)}; "
            f"expected: {self.check.en}{self.note}"
        )


def together(check: Check, answers: Sequence[CheckAnswer]) -> CheckAnswer:
    """The answers of the parts as one: values of a scope add up, and of all rows the first are kept."""
    if len(answers) == 1:
        return answers[0]
    sums: dict[str, tuple[float, float | None]] = {}
    for scope, value, whole in (measure for answer in answers for measure in answer.measures):
        so_far, of = sums.get(scope, (0, None))
        sums[scope] = (so_far + value, whole if of is None else of + (whole or 0))
    filled = [answer for answer in answers if answer.rows]
    columns = filled[0].columns if filled else ()
    rows = [row for answer in filled for row in answer.rows]
    if len(filled) > 1:
        with closing(connect()) as con:  # sorted by DuckDB, because `order` is SQL
            records = [dict(zip(columns, row, strict=True)) for row in rows]
            sql = f"FROM (SELECT unnest($1, recursive := true)) ORDER BY {check.order} LIMIT {MOST_SHOWN}"
            rows = con.execute(sql, [records]).fetchall()
    return CheckAnswer(tuple((scope, *sum_and_whole) for scope, sum_and_whole in sums.items()), columns, tuple(rows))


def judge(check: Check, answer: CheckAnswer, *, reused: bool = False, allow_shrinking: bool = False) -> CheckResult:
    """The answer compared with the bound of its check."""
    ranked = sorted(
        (_LEVELS.index(_level(check.bound, value, whole)), value / whole if whole else value, scope, value, whole)
        for scope, value, whole in answer.measures
    )
    worst = ranked[-1][2:] if ranked else None
    level = _LEVELS[ranked[-1][0]] if ranked else "passed"
    note = ""
    if level == "blocked" and LAST_COVERAGE in check.reads:
        level, note = ("warned", f" (allowed by {ALLOW})") if allow_shrinking else (level, _SHRUNK)
    # What lies within the bound is no example of anything.
    examples = () if level == "passed" else answer.rows
    return CheckResult(check, level, worst, answer.columns, examples, reused, note)


def _level(bound: Bound, value: float, whole: float | None) -> Level:
    if whole is not None:
        value = value / whole if whole else 0
    if bound.blocks is not None and value > bound.blocks and (whole is None or whole >= bound.of_at_least):
        return "blocked"
    # A share that would block if it were a share of more is odd all the same.
    first = bound.blocks if bound.warns is None else bound.warns
    return "warned" if first is not None and value > first else "passed"


def bound_in_words(bound: Bound, is_share: bool) -> str:
    """The bound of a check as its result and its documentation state it."""
    named = [(word, value) for word, value in (("warns", bound.warns), ("blocks", bound.blocks)) if value is not None]
    words = " and ".join(f"{word} above {f'{value:.0%}' if is_share else _number(value)}" for word, value in named)
    return words + (f" from {_number(bound.of_at_least)} on" if bound.of_at_least else "")


def _number(value: float) -> str:
    return f"{value:,.15g}"
