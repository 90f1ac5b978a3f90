"""The output of `fazhi diff`: the difference of two releases as tables for people, or as JSON."""

import json
from dataclasses import asdict

from rich.console import Console

from pipelines.cli import output as show
from pipelines.report.release_notes import brief, causes, schema_line
from pipelines.warehouse.diff import Difference, TableDifference

LONGEST = 60  # characters of a value; the rest is cut


def write(found: Difference, form: str) -> None:
    """Write `found` to standard output, as `table` or as `json` with the fields of `Difference`."""
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
    changed = []
    for t in found.tables:
        if not t.is_equal:
            is_in_both = t.rows_old is not None and t.rows_new is not None
            why = "not compared: the key changed" if is_in_both and not t.is_compared else causes(t.by_cause)
            changed.append(
                (t.table, t.rows_old, t.rows_new, t.added or None, t.removed or None, t.changed or None, why)
            )
    columns = ("table", "rows", "rows now", "added", "removed", "changed", "causes")
    out.print(show.table(columns, changed, title="Tables that changed") if changed else "no table changed")
    for table in found.tables:
        _write_details(out, table)


def _write_details(out: Console, table: TableDifference) -> None:
    if table.by_column:
        counts = ", ".join(f"{column} {rows:,}" for column, rows in table.by_column.items())
        out.print(f"\n{table.table}, changed rows by column: {counts}")
    if table.examples:
        columns = ("change", "causes", "key", "values")
        rows = []
        for example in table.examples:
            values = (f"{name}: {_cell(old)} → {_cell(new)}" for name, (old, new) in example.values.items())
            key = " ".join(str(value) for value in example.key.values())
            rows.append((example.change, ", ".join(example.causes), key, "; ".join(values)))
        out.print(show.table(columns, rows, title=f"{table.table}, the first of each kind of change"))


def _cell(value: object) -> str:
    if value is None:
        return "null"
    text = f"{value:.15g}" if isinstance(value, float) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
