"""What became of the lines of `raw/corrections.csv`: those of the release, and those that wait for the next run."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipelines.stage.corrections import CorrectionsError
from pipelines.web.corrections_file import FileLine, file_lines
from pipelines.web.open_release import Row
from pipelines.web.page_view import Asked

WAITING, TAKEN_BACK = "waiting", "taken_back"
_SAME = ("report", "action", "metric_code", "char_start", "machine_expected", "person_says", "reason")
_SHOWN = ("action", "metric_code", "evidence", "machine_expected", "person_says", "period", "scope", "role", "reason")


def lines_of(asked: Asked) -> tuple[list[FileLine], str | None]:
    """All lines of the file, and why there are none if it cannot be read."""
    try:
        return file_lines(asked.settings.corrections_path), None
    except CorrectionsError as error:
        return [], str(error)


def on_report(lines: Iterable[FileLine], report: Row) -> list[FileLine]:
    """The lines that name the report, by its path or its id."""
    names = (report["raw_path"], report["report_id"])
    return [line for line in lines if line.staged["report"] in names]


def on_fact(lines: Iterable[FileLine], fact: Row) -> list[FileLine]:
    """Of the lines on a report, those that speak of this fact: its indicator, its number, the machine's value of it."""
    return [line for line in lines if _is_on_fact(line.staged, fact)]


def added_on(lines: Iterable[FileLine], number: Row, numbers: Sequence[Row], text: str) -> list[FileLine]:
    """Of the lines on a report, those that add a figure on this number."""
    return [line for line in lines if line.staged["action"] == "add" and _is_added(line.staged, number, numbers, text)]


def on_action(lines: Iterable[FileLine], action: str) -> list[FileLine]:
    """Of the lines on a report, those with this action."""
    return [line for line in lines if line.staged["action"] == action]


def seen(lines: Sequence[FileLine]) -> str:
    """What a form remembers of the lines that speak of the same thing, so that a later one is noticed."""
    return hashlib.sha256("".join(line.key for line in lines).encode()).hexdigest()[:16]


def with_outcomes(lines: Iterable[FileLine], applied: Iterable[Row]) -> list[dict[str, Any]]:
    """Each line as it is shown, with its outcome in the release; `waiting` where the release does not know it."""
    known = {_identity(row): row for row in applied}
    shown = []
    for line in lines:
        row = known.get(_identity(line.staged), {})
        found = {
            "outcome": row.get("outcome", WAITING),
            "outcome_reason": row.get("outcome_reason") if row else line.problem,
        }
        shown.append({"key": line.key, "line": line.line, **_shown(line.staged), **found})
    return shown


def taken_back(lines: Iterable[FileLine], applied: Iterable[Row]) -> list[dict[str, Any]]:
    """The lines that the release applied and that do not stand in the file any more."""
    standing = {_identity(line.staged) for line in lines}
    return [
        {"key": None, "line": None, **_shown(row), "outcome": TAKEN_BACK, "outcome_reason": None}
        for row in applied
        if row["outcome"] == "applied" and _identity(row) not in standing
    ]


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in _SHOWN} | {"who": row["corrected_by"], "on": row["corrected_on"]}


def _identity(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a line has in the file and in the release alike. What an added figure leaves out has a default there."""
    is_add = row["action"] == "add"
    period = row["period"] or ("year" if is_add else None)
    role = row["role"] or ("total" if is_add else None)
    words = row["evidence"] if row["char_start"] is None else None
    return (*(row[name] for name in _SAME), row["corrected_by"], row["corrected_on"], period, role, words)


def _is_on_fact(line: Mapping[str, Any], fact: Row) -> bool:
    expected, machine = line["number_expected"], fact["machine_value"]
    if line["metric_code"] != fact["metric_code"] or expected is None or machine is None:
        return False
    if abs(expected - machine) > 1e-9 * max(abs(machine), 1):
        return False
    if line["char_start"] is not None:
        return bool(line["char_start"] <= fact["number_start"] and fact["number_end"] <= line["char_end"])
    words = line["evidence"] or ""
    return bool(words) and (words in fact["evidence"] or fact["evidence"] in words)


def _is_added(line: Mapping[str, Any], number: Row, numbers: Sequence[Row], text: str) -> bool:
    """As in `sql/tables/correction.sql`: the first number in the words with the value, else the only number in them."""
    words = line["evidence"] or ""
    start = line["char_start"] if line["char_start"] is not None else text.find(words) if words else -1
    if start < 0:
        return False
    end = line["char_end"] if line["char_end"] is not None else start + len(words)
    within = [one for one in numbers if start <= one["char_start"] and one["char_end"] <= end]
    equal = [one for one in within if one["value"] == line["number_right"]]
    meant = equal[:1] or (within if len(within) == 1 else [])
    return bool(meant) and bool(meant[0]["char_start"] == number["char_start"])
