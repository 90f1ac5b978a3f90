"""What `fazhi diff` shows: the difference of two releases as tables for people, or as JSON. Nothing is computed."""

import json
from collections.abc import Iterator
from dataclasses import asdict

from rich.console import Console

from pipelines.cli import output as show
from pipelines.report.release_notes import brief, causes, schema_line
from pipelines.warehouse.diff import Difference, TableDifference

LONGEST = 60  # characters of a value that are shown


def write(found: Difference, form: str) -> None:
    """Write to standard output as `table`, or as `json`: the fields of `Difference`."""
    if form == "json":
        print(json.dumps(asdict(found), ensure_ascii=False, default=str))
        return
    out = show.console()
    out.print(f"{found.old} → {found.new}")
    out.print(brief(found).partition("\n")[0])
    if found.versions:
        rows = [(name, old, new) for name, (old, new) in found.versions.items()]
        out.print(show.table(("version", "old", "new"), rows, title="Versions"))
    for table in found.schema:
        out.print(schema_line(table))
    _tables(out, [table for table in found.tables if not table.is_equal])
    for table in found.tables:
        _table(out, table)


def _tables(out: Console, changed: list[TableDifference]) -> None:
    if not changed:
        out.print("no table changed")
        return
    rows = [
        (t.table, t.rows_old, t.rows_new, t.added or None, t.removed or None, t.changed or None, _causes(t))
        for t in changed
    ]
    columns = ("table", "rows", "rows now", "added", "removed", "changed", "causes")
    out.print(show.table(columns, rows, title="Tables that changed"))


def _causes(table: TableDifference) -> str:
    is_whole = table.rows_old is not None and table.rows_new is not None
    return causes(table.by_cause) if table.is_compared or not is_whole else "not compared: the key changed"


def _table(out: Console, table: TableDifference) -> None:
    if table.by_column:
        counts = ", ".join(f"{column} {rows:,}" for column, rows in table.by_column.items())
        out.print(f"\n{table.table}, changed rows by column: {counts}")
    if table.examples:
        columns = ("change", "causes", "key", "values")
        out.print(show.table(columns, _examples(table), title=f"{table.table}, the first of each kind of change"))


def _examples(table: TableDifference) -> Iterator[tuple[str, ...]]:
    for example in table.examples:
        values = (f"{name}: {_cell(old)} → {_cell(new)}" for name, (old, new) in example.values.items())
        key = " ".join(str(value) for value in example.key.values())
        yield example.change, ", ".join(example.causes), key, "; ".join(values)


def _cell(value: object) -> str:
    if value is None:
        return "null"
    text = f"{value:.15g}" if isinstance(value, float) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
