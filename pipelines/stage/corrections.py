"""The corrections of people: read `raw/corrections.csv`, check each line by itself and stage the lines as Parquet.

`docs/corrections.md` explains the columns. A bad line becomes a row with its `problem`. A file that is not such a table
raises CorrectionsError. `sql/tables/correction.sql` decides whether a line fits what the machine found, and the tables
`fact_indicator`, `dim_report` and `number_mention` apply it.
"""

import csv
import datetime
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.build.stamped_parquet import write_parquet
from pipelines.errors import FazhiError
from pipelines.identify.kind import ACCEPTED
from pipelines.numerals.figures import BEYOND
from pipelines.reasons import ReasonCode
from pipelines.stage import correction_settings

REQUIRED = (
    *("report", "action", "metric_code", "evidence", "char_start", "char_end"),
    *("machine_value", "value", "reason", "who", "on"),
)
COLUMNS = (*REQUIRED, *correction_settings.COLUMNS)
ON_FACTS = ("accept", "reject", "value", "add")
ACTIONS = (*ON_FACTS, "place", "year", "kind")
# The kinds of a document: the types that are accepted, and the reasons that keep one out for what it is.
KINDS_OUT = tuple(
    reason.value
    for reason in (
        *(ReasonCode.COUNTY_REPORT, ReasonCode.CITY_REPORT, ReasonCode.DEPARTMENT_REPORT, ReasonCode.DISCLOSURE_REPORT),
        *(ReasonCode.NEWS, ReasonCode.SPEECH, ReasonCode.TEMPLATE, ReasonCode.NOT_A_REPORT),
    )
)
KINDS = (*ACCEPTED, *KINDS_OUT)
SCHEMA = {
    "line": pl.Int64(),
    "report": pl.String(),
    "action": pl.String(),
    "metric_code": pl.String(),
    "evidence": pl.String(),
    "char_start": pl.Int64(),
    "char_end": pl.Int64(),
    "machine_expected": pl.String(),
    "person_says": pl.String(),
    "number_expected": pl.Float64(),
    "number_right": pl.Float64(),
    "qualifier": pl.String(),
    **correction_settings.SCHEMA,
    "reason": pl.String(),
    "corrected_by": pl.String(),
    "corrected_on": pl.Date(),
    "problem": pl.String(),
}
_NUMBER = re.compile(r"(>=|≥|<=|≤|≈|~)?\s*([0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?)")
_QUALIFIERS = {">=": "at_least", "≥": "at_least", "<=": "at_most", "≤": "at_most", "≈": "approx", "~": "approx"}
_DAY = re.compile(r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})")  # 2024/3/5 is what Excel makes of 2024-03-05


class CorrectionsError(FazhiError):
    """The file as a whole cannot be used. The message says what was found, what was expected and what to do."""


@dataclass(frozen=True)
class Staged:
    """The staged lines. `problem` is the reason why the file could not be used; then there are no lines."""

    path: Path
    lines: pl.DataFrame
    problem: str | None


def are_as_staged(source: Path, path: Path) -> bool:
    """Whether the lines of `source` are those that the last run wrote to `path`."""
    try:
        return pl.read_parquet(path).equals(read_corrections(source))
    except (CorrectionsError, OSError, pl.exceptions.PolarsError):
        return False


def stage_corrections(source: Path, path: Path) -> Staged:
    """Write the lines of `source` to `path`, unless they are there already. A missing file has no lines."""
    problem = None
    try:
        lines = read_corrections(source)
    except CorrectionsError as error:
        lines, problem = pl.DataFrame(schema=SCHEMA), str(error)
    if problem or not are_as_staged(source, path):
        write_parquet(lines, path)
    return Staged(path, lines, problem)


def file_hash(source: Path) -> str:
    """The SHA-256 of the bytes of the file. Empty if there is no file or it cannot be read."""
    try:
        return hashlib.sha256(source.read_bytes()).hexdigest()
    except OSError:
        return ""


def read_corrections(path: Path) -> pl.DataFrame:
    """One row for each line of the file, with the columns of `SCHEMA`. The header is line 1."""
    if not path.exists():
        return pl.DataFrame(schema=SCHEMA)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CorrectionsError(f"{path} cannot be read ({reason}); give yourself the right to read it") from error
    except UnicodeDecodeError as error:
        raise CorrectionsError(
            f"{path} is not UTF-8 (byte {error.start}); save it as 'CSV UTF-8', no correction is applied until then"
        ) from error
    return pl.DataFrame([_staged(*row) for row in _rows(path, text)], schema=SCHEMA)


def _rows(path: Path, text: str) -> Iterator[tuple[int, list[str], list[str]]]:
    """The number, the header and the cells of each line that is not empty. A cell in quotes may hold several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    before = 0
    try:
        header = [cell.strip() for cell in next(reader, [])]
        if not set(REQUIRED) <= set(header) <= set(COLUMNS) or len(header) != len(set(header)):
            raise CorrectionsError(
                f"{path}: the header is {','.join(header)[:200]!r}, expected {','.join(COLUMNS)} (the last three may "
                "be left out); correct line 1"
            )
        before = reader.line_num
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield before + 1, header, cells
            before = reader.line_num
    except csv.Error as error:
        raise CorrectionsError(
            f"{path}: line {before + 1} cannot be read ({error}); see whether a quotation mark is left open there"
        ) from error


def _staged(line: int, header: list[str], cells: list[str]) -> dict[str, Any]:
    """The row of one line. If something is wrong, `problem` says what was found and what was expected."""
    if len(cells) != len(header):
        problem = f"found {len(cells)} cells, expected {len(header)}; put a cell that holds a comma into quotes"
        return {"line": line, "report": cells[0].strip() or None, "problem": problem}
    row = dict.fromkeys(COLUMNS, "")
    row |= {name: cell.strip().replace("\r\n", "\n") for name, cell in zip(header, cells, strict=True)}
    qualifier, right = _number(row["value"])
    return {
        "line": line,
        **{name: row[name] or None for name in ("report", "action", "metric_code", "evidence", "reason")},
        **{name: int(row[name]) if _is_whole(row[name]) else None for name in ("char_start", "char_end")},
        "machine_expected": row["machine_value"] or None,
        "person_says": row["value"] or None,
        "number_expected": _number(row["machine_value"])[1],
        "number_right": right,
        "qualifier": qualifier,
        **correction_settings.settings_of(row),
        "corrected_by": row["who"] or None,
        "corrected_on": _day(row["on"]),
        "problem": next(_problems(row), None),
    }


def _problems(row: dict[str, str]) -> Iterator[str]:
    """The faults of a line, without looking at the report. The first fault comes first."""
    for name in ("report", "reason", "who"):
        if not row[name]:
            yield f"{name} is empty; every correction needs it"
    if row["action"] not in ACTIONS:
        yield f"action is {row['action']!r}, expected one of {', '.join(ACTIONS)}"
    if _day(row["on"]) is None:
        yield f"on is {row['on']!r}, expected a day such as 2025-03-01"
    yield from _fact_problems(row) if row["action"] in ON_FACTS else _report_problems(row)
    yield from correction_settings.problems_of(row)


def _fact_problems(row: dict[str, str]) -> Iterator[str]:
    if not row["metric_code"]:
        yield "metric_code is empty; name the indicator that the line is about"
    offsets = [row["char_start"], row["char_end"]]
    if any(offsets) and not (all(map(_is_whole, offsets)) and int(offsets[0]) < int(offsets[1])):
        yield f"char_start and char_end are {' and '.join(map(repr, offsets))}, expected two whole numbers in order"
    if not row["evidence"] and not any(offsets):
        yield "evidence is empty; copy the exact words of the report, or give char_start and char_end"
    expects_machine, expects_value = row["action"] != "add", row["action"] in ("value", "add")
    for name, is_expected in (("machine_value", expects_machine), ("value", expects_value)):
        if _is_beyond(row[name]):
            yield (
                f"{name} begins with {row[name][:20]!r} and is more than {BEYOND:,.0f}, which no township counts; "
                "look at the report again"
            )
        elif is_expected and _number(row[name])[1] is None:
            yield f"{name} is {row[name]!r}, expected a number such as 4200 in the indicator's unit, or ≥4200"
        if not is_expected and row[name]:
            yield f"{name} is {row[name]!r}, expected nothing where the action is {row['action']}"


def _report_problems(row: dict[str, str]) -> Iterator[str]:
    digits, example = (9, "350582107") if row["action"] == "place" else (4, "2023")
    for name in ("machine_value", "value"):
        if row["action"] == "kind":
            if row[name] not in KINDS:
                yield f"{name} is {row[name]!r}, expected one of {', '.join(KINDS)}"
            continue
        is_right = (_is_whole(row[name]) and len(row[name]) == digits) or (name == "machine_value" and not row[name])
        if not is_right:
            yield f"{name} is {row[name]!r}, expected {digits} digits such as {example}"
    for name in ("metric_code", "evidence", "char_start", "char_end"):
        if row[name]:
            yield f"{name} is {row[name]!r}, expected nothing where the action is {row['action']}"


def _number(cell: str) -> tuple[str | None, float | None]:
    """Qualifier and number of a cell such as `4,200` or `≥4200`. Two None if the cell is no number, or too large."""
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", cell))
    if found is None or _is_beyond(cell):
        return None, None
    return _QUALIFIERS.get(found[1], "exact"), float(found[2].replace(",", ""))


def _is_beyond(cell: str) -> bool:
    """Whether the cell is a number that is larger than what is read in a report."""
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", cell))
    return found is not None and float(found[2].replace(",", "")) > BEYOND


def _is_whole(cell: str) -> bool:
    return cell.isascii() and cell.isdigit() and len(cell) < 10


def _day(cell: str) -> datetime.date | None:
    found = _DAY.fullmatch(cell)
    try:
        return datetime.date(int(found[1]), int(found[3]), int(found[4])) if found else None
    except ValueError:
        return None
