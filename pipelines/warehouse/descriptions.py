"""The one source of descriptions: what tables and columns mean, read from the TOML files in `metadata/`.

DuckDB comments, Dagster column schemas and `docs/tables.md` all come from here. Looking up belongs here; what a table
is computed from does not (`pipelines.warehouse.lineages`).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.errors import FazhiError

METADATA_DIR = Path(__file__).with_name("metadata")


class MetadataError(FazhiError):
    """A table or column is not described; the message says in which file to describe it."""


@dataclass(frozen=True)
class ColumnText:
    """What a column means: a sentence in English and a short Chinese name."""

    en: str
    zh: str

    @property
    def comment(self) -> str:
        """Both languages in one line, as it stands in a COMMENT."""
        return f"{self.zh}. {self.en}"


@dataclass(frozen=True)
class TableText:
    """What a row of a table is, its key, its references (column -> 'table.column'), and how it is stored.

    `in_parts` names the layout of its files, `compression` that of columns for which DuckDB's own choice is not good.
    """

    en: str
    zh: str
    key: tuple[str, ...]
    references: Mapping[str, str] = field(default_factory=dict)
    list_references: Mapping[str, str] = field(default_factory=dict)
    in_parts: str = ""
    compression: Mapping[str, str] = field(default_factory=dict)

    @property
    def comment(self) -> str:
        """Both languages in one line, as it stands in a COMMENT."""
        return f"{self.en} {self.zh}"


@cache
def tables() -> dict[str, TableText]:
    """Every described table by name, `release` included."""
    return {name: TableText(**{**entry, "key": tuple(entry["key"])}) for name, entry in _load("tables").items()}


@cache
def columns() -> dict[str, dict[str, ColumnText]]:
    """Column descriptions by section: `shared`, and one section a table with columns of its own."""
    return {
        section: {name: ColumnText(**text) for name, text in entries.items()}
        for section, entries in _load("columns").items()
    }


@cache
def inputs() -> dict[str, dict[str, str]]:
    """DuckDB type of each column of each staged or reference input."""
    return _load("inputs")


def describe_table(table: str) -> TableText:
    """The description of `table`; raises MetadataError where there is none."""
    try:
        return tables()[table]
    except KeyError:
        raise MetadataError(f"table {table} is not described; add [{table}] to metadata/tables.toml") from None


def describe_column(table: str, column: str) -> ColumnText:
    """The description of a column: the table's own, else the shared one; raises MetadataError where neither is."""
    text = columns().get(table, {}).get(column) or columns()["shared"].get(column)
    if text is None:
        raise MetadataError(f"column {table}.{column} is not described; add it to [{table}] in metadata/columns.toml")
    return text


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((METADATA_DIR / f"{name}.toml").read_text(encoding="utf-8"))
