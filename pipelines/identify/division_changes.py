"""Changes of units over time: renames, mergers and upgrades, from `raw/reference/division_changes.csv`.

The file is read and checked here. What its columns mean stands in `raw/reference/README.md`.
"""

import csv
import datetime
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from pipelines.build.atomic import atomic_write
from pipelines.errors import FazhiError

KINDS = ("rename", "merger", "upgrade")
SCHEMA = {
    "changed_on": pl.Date(),
    "kind": pl.String(),
    "county_code": pl.String(),
    "county_name": pl.String(),
    "old_code": pl.String(),
    "old_name": pl.String(),
    "known_since": pl.Date(),
    "new_code": pl.String(),
    "new_name": pl.String(),
    "source": pl.String(),
    "url": pl.String(),
}
_CODE_LENGTH = {"county_code": 6, "old_code": 9, "new_code": 9}
_MAY_BE_EMPTY = ("new_code", "url")


class ChangesError(FazhiError):
    """A row of the file cannot be used; the message names file and line, what was found and what was expected."""


@dataclass(frozen=True, slots=True)
class Change:
    """One unit that became another, or took another name; `new_code` is null while no register knows it."""

    changed_on: datetime.date
    kind: str
    county_code: str
    county_name: str
    old_code: str
    old_name: str
    known_since: datetime.date
    new_code: str | None
    new_name: str
    source: str
    url: str | None

    @property
    def keeps_code(self) -> bool:
        """True where only the name is another: a rename, or a unit whose new code is not known yet."""
        return self.new_code in (None, self.old_code)


def load_changes(path: Path) -> list[Change]:
    """Return the changes in `path` (CSV, UTF-8) in its order. Raises ChangesError for a row that breaks the rules."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != list(SCHEMA):
            raise ChangesError(f"{path}: its columns are {reader.fieldnames}, expected {list(SCHEMA)}")
        changes = [_change(row, f"{path}, line {reader.line_num}") for row in reader]
    seen: dict[tuple[str, str], Change] = {}
    for change in changes:
        key = (change.old_code, change.old_name)
        if key in seen:
            raise ChangesError(f"{path}: {' '.join(key)} ends twice; a unit ends once, so keep one of the two rows")
        seen[key] = change
    return changes


def changes_frame(changes: list[Change]) -> pl.DataFrame:
    """Return the changes as a table with the columns of `SCHEMA`, which is what the warehouse reads."""
    return pl.DataFrame([asdict(change) for change in changes], schema=SCHEMA)


def write_changes(source: Path, path: Path) -> Path:
    """Check the changes in `source` and write them to `path` as Parquet. Returns `path`; raises ChangesError."""
    with atomic_write(path) as beside:
        changes_frame(load_changes(source)).write_parquet(beside)
    return path


def _change(row: dict[str, str], where: str) -> Change:
    problem = next(_problems(row), None)
    if problem:
        raise ChangesError(f"{where}: {problem}")
    days = {name: datetime.date.fromisoformat(row[name]) for name in ("changed_on", "known_since")}
    texts = {name: row[name] or None for name in SCHEMA if name not in days}
    return Change(**days, **texts)  # type: ignore[arg-type]  # _problems has seen to it that only two may be None


def _problems(row: dict[str, str]) -> Iterator[str]:
    """Say what is wrong with a row as it stands in the file."""
    for name in SCHEMA:
        if not row[name] and name not in _MAY_BE_EMPTY:
            yield f"{name} is empty; every change needs it"
    for name, length in _CODE_LENGTH.items():
        if row[name] and not (row[name].isdigit() and len(row[name]) == length):
            yield f"{name} is {row[name]!r}, expected {length} digits"
    if row["kind"] not in KINDS:
        yield f"kind is {row['kind']!r}, expected one of {', '.join(KINDS)}"
    for name in ("changed_on", "known_since"):
        try:
            datetime.date.fromisoformat(row[name])
        except ValueError:
            yield f"{name} is {row[name]!r}, expected a day such as 2021-04-07"
    if not row["old_code"].startswith(row["county_code"]):
        yield f"old_code {row['old_code']} does not lie in county {row['county_code']}"
    if row["new_code"] and row["new_code"][:2] != row["old_code"][:2]:  # tables are built province by province
        yield f"new_code {row['new_code']} lies in another province than old_code {row['old_code']}; look it up again"
    if (row["old_code"], row["old_name"]) == (row["new_code"], row["new_name"]):
        yield "the old unit and the new one are the same; leave the row out"
