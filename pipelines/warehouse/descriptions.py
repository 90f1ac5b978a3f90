"""What tables and columns mean and how they are treated: the TOML files under `sql/`, held against their schema.

Beside each NAME.sql stands NAME.toml. `sql/release/` describes the tables that Python writes when it publishes,
`sql/columns.toml` the columns that mean the same in several tables, `sql/inputs.toml` the types of what the SQL reads
and does not make. DuckDB comments, Dagster's column schemas, exports and `docs/tables.md` all take their texts here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, RootModel

from pipelines.build.toml_file import Entry, ListOf, SchemaError, Text, read_toml
from pipelines.errors import FazhiError
from pipelines.paths import SQL_DIR
from pipelines.settings import ExportFormat

#: Folders with a NAME.toml for each table, in the order in which tables are shown.
GROUPS = ("tables", "marts", "release")


class MetadataError(FazhiError):
    """A table or column is not described; the message says in which file to describe it."""


class ColumnText(Entry):
    """What a column means: a sentence in English and a short Chinese name."""

    en: Text
    zh: Text

    @property
    def comment(self) -> str:
        """Both languages in one line, as it stands in a COMMENT."""
        return f"{self.zh}. {self.en}"


class DiffRules(Entry):
    """How two releases are compared in this table.

    `follows` says what its rows follow from: `rules` (codebook and division codes alone), `report` (one report alone),
    `unit` (the reports of one unit in one year, named by township_code), `panel` (the reports of one unit in all years,
    and the years from the first to the last for which any unit reports) or `any` (all of its rows are compared).
    `headlines`: in this table the units are counted whose headline measures changed. `notes`: it is in CHANGES.md.
    """

    follows: Literal["rules", "report", "unit", "panel", "any"] = "any"
    headlines: bool = False
    notes: bool = False


class ExportRules(Entry):
    """In which formats the table is exported when nobody chooses, and its place among the sheets of the workbook."""

    formats: ListOf[ExportFormat] = ("parquet", "csv")
    sheet: Annotated[int, Field(ge=1)] | None = None


class Worklist(Entry):
    """A table of open work: what it means that it is empty, and what its rows are, as words after their number."""

    done: Text
    rows: Text


class TableText(Entry):
    """NAME.toml: what the table means, what a row is, its key and its references, how it is stored and treated.

    `references` maps a column to 'table.column', `list_references` a column that holds a list. `parts` names the layout
    of its files (pipelines.build.layouts). A table without `publish` is built for others and is not in the release.
    `compression` names that of columns for which DuckDB's own choice is not good.
    """

    en: Text
    zh: Text
    grain: Text
    key: Annotated[ListOf[str], Field(min_length=1)]
    parts: Literal["report", "province", "province_or_none"] | None = None
    publish: bool = True
    compression: dict[str, str] = Field(default_factory=dict)
    references: dict[str, Annotated[str, Field(pattern=r"^\w+\.\w+$")]] = Field(default_factory=dict)
    list_references: dict[str, Annotated[str, Field(pattern=r"^\w+\.\w+$")]] = Field(default_factory=dict)
    diff: DiffRules = DiffRules()
    export: ExportRules = ExportRules()
    worklist: Worklist | None = None
    columns: dict[str, ColumnText] = Field(default_factory=dict)

    @property
    def comment(self) -> str:
        """Both languages in one line, as it stands in a COMMENT."""
        return f"{self.en} {self.zh}"


class SharedColumns(RootModel[dict[str, ColumnText]]):
    """`sql/columns.toml`: columns that mean the same in several tables."""


class InputTypes(RootModel[dict[str, dict[str, str]]]):
    """`sql/inputs.toml`: the DuckDB type of each column of each staged or reference input."""


@dataclass(frozen=True)
class Descriptions:
    """Everything that the TOML files under one `sql` folder say.

    `files` holds the path of each table's own file, `inputs` the DuckDB type of each column of each input.
    """

    files: Mapping[str, Path]
    tables: Mapping[str, TableText]
    shared: Mapping[str, ColumnText]
    inputs: Mapping[str, Mapping[str, str]]

    def table(self, table: str) -> TableText:
        """The description of `table`; raises MetadataError where there is none."""
        if table not in self.tables:
            raise MetadataError(f"table {table} is not described; write {table}.toml beside its SQL file")
        return self.tables[table]

    def column(self, table: str, column: str) -> ColumnText:
        """The description of a column, the table's own before the shared one; raises MetadataError without any."""
        text = self.table(table).columns.get(column) or self.shared.get(column)
        if text is None:
            raise MetadataError(f"column {table}.{column} is not described; add it to [columns] of {table}.toml")
        return text

    def check_columns(self, table: str, names: Mapping[str, object] | tuple[str, ...]) -> None:
        """Hold the file of `table` against the columns `names` that the table has.

        Raises SchemaError for a column without a description and for a key that names a column that is not there.
        """
        text, path = self.tables[table], self.files[table]
        for name in names:
            if name not in text.columns and name not in self.shared:
                raise SchemaError(f"{path}, columns: found no entry {name}, a column of the SQL; describe it")
        named_in = {
            "key": text.key,
            "columns": text.columns,
            "references": text.references,
            "list_references": text.list_references,
            "compression": text.compression,
        }
        for key, named in named_in.items():
            for name in named:
                if name not in names:
                    allowed = ", ".join(names)
                    raise SchemaError(f"{path}, {key}: found {name!r}, allowed the columns of the SQL: {allowed}")


def load_descriptions(sql_dir: Path) -> Descriptions:
    """Read and check every TOML file of `sql_dir`. Raises SchemaError with one line for the first mistake."""
    files = {path.stem: path for group in GROUPS for path in sorted((sql_dir / group).glob("*.toml"))}
    return Descriptions(
        files,
        {name: read_toml(path, TableText) for name, path in files.items()},
        read_toml(sql_dir / "columns.toml", SharedColumns).root,
        read_toml(sql_dir / "inputs.toml", InputTypes).root,
    )


@cache
def described() -> Descriptions:
    """The descriptions of the project's own `sql` folder, read once."""
    return load_descriptions(SQL_DIR)


def tables() -> Mapping[str, TableText]:
    """Every described table of the project by name, those about the release included."""
    return described().tables


def inputs() -> Mapping[str, Mapping[str, str]]:
    """DuckDB type of each column of each staged or reference input of the project."""
    return described().inputs


def describe_table(table: str) -> TableText:
    """The project's description of `table`; raises MetadataError where there is none."""
    return described().table(table)


def describe_column(table: str, column: str) -> ColumnText:
    """The project's description of a column; raises MetadataError where there is none."""
    return described().column(table, column)
