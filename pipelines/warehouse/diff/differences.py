"""The result of a comparison as plain data. The fields are those of `fazhi diff --format json`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.errors import FazhiError


class DiffError(FazhiError):
    """Two releases cannot be compared. The message is one line: the reason and what to do."""


@dataclass(frozen=True)
class Example:
    """A row that differs: its key, the kind of change, the causes, and (old, new) of the columns that differ.

    `change` is added, removed or changed. An added or removed row shows only its column `value`, if it has one.
    """

    change: str
    causes: tuple[str, ...]
    key: Mapping[str, Any]
    values: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class TableDifference:
    """What changed in a table: its columns (name -> DuckDB type), its rows, and the rows by cause and by column.

    `rows_old` or `rows_new` is None if that release does not have the table. `is_compared` is False if the rows cannot
    be matched. A row with two causes counts under both in `by_cause`.
    """

    table: str
    rows_old: int | None
    rows_new: int | None
    columns_added: Mapping[str, str] = field(default_factory=dict)
    columns_removed: Mapping[str, str] = field(default_factory=dict)
    columns_retyped: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    is_compared: bool = False
    added: int = 0
    removed: int = 0
    changed: int = 0
    by_cause: Mapping[str, int] = field(default_factory=dict)
    by_column: Mapping[str, int] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    @property
    def has_other_schema(self) -> bool:
        """True if the table or a column was added or removed, or a column has another type."""
        is_partial = (self.rows_old is None) != (self.rows_new is None)
        return is_partial or bool(self.columns_added or self.columns_removed or self.columns_retyped)

    @property
    def is_equal(self) -> bool:
        """True if nothing changed, as far as the rows could be compared."""
        has_rows = self.rows_old != self.rows_new or self.added or self.removed or self.changed
        return not (self.has_other_schema or has_rows)


@dataclass(frozen=True)
class Difference:
    """What changed from the release `old` to the release `new` (release ids).

    `versions` maps each version that differs to (old, new). A report counts as changed if the file at its path has
    other bytes. `headline_units` counts the units with a headline whose figure or bounds changed. `schema` holds the
    tables whose columns changed, without their rows. `tables` holds every table that was asked for, equal ones too.
    """

    old: str
    new: str
    versions: Mapping[str, tuple[Any, Any]]
    reports_added: int
    reports_changed: int
    reports_removed: int
    headline_units: int
    schema: tuple[TableDifference, ...]
    tables: tuple[TableDifference, ...]
