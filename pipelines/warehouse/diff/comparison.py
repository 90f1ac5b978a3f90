"""The comparison from start to end: which tables are compared, in which order, and what need not be read.

Causes are found along the way of the data, so that the order is: tables made from the rules alone, reports, facts, all
other tables.
"""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import duckdb

from pipelines.build.database import one_line
from pipelines.warehouse.descriptions import DiffRules
from pipelines.warehouse.descriptions import tables as described_tables
from pipelines.warehouse.diff.causes import Causes
from pipelines.warehouse.diff.changed_rows import ChangedRows
from pipelines.warehouse.diff.differences import Difference, DiffError, TableDifference
from pipelines.warehouse.diff.release_pair import SQL_HASH, ReleasePair, open_pair
from pipelines.warehouse.release import OWN_TABLES

DEFAULT_LIMIT = 5


def difference(
    old_path: Path,
    new_path: Path,
    *,
    tables: Collection[str] | None = None,
    limit: int = DEFAULT_LIMIT,
    details: bool = True,
) -> Difference:
    """What changed from the release file `old_path` to `new_path`, in `tables` (None: in all).

    `limit` is the most examples of each table and kind of change. Without `details` there are no examples and no counts
    by column, which is faster. Raises DiffError for a file that is no release and for a table that is in neither.
    """
    for path in (old_path, new_path):
        if not path.is_file():
            raise DiffError(f"there is no release at {path}; `fazhi releases` lists those that are kept")
    if old_path.samefile(new_path):
        raise DiffError(f"both names stand for {new_path}; name two releases")
    try:
        with open_pair(old_path, new_path) as pair:
            return _Comparison(pair, limit, details).run(tables)
    except duckdb.Error as error:
        raise DiffError(f"{old_path} and {new_path} cannot be compared: {one_line(error)}") from error


class _Comparison:
    """One comparison. `done` holds the tables that are compared so far."""

    def __init__(self, pair: ReleasePair, limit: int, has_details: bool) -> None:
        self.pair, self.limit, self.has_details = pair, limit, has_details
        self.changed_rows, self.causes = ChangedRows(pair), Causes(pair)
        self.known_equal = pair.equal_tables()
        self.schemas = {table: pair.schema_difference(table) for table in _in_order({*pair.old, *pair.new})}
        self.other_schemas = tuple(found for found in self.schemas.values() if found.has_other_schema)
        self.done: dict[str, TableDifference] = {}

    def run(self, wanted: Collection[str] | None) -> Difference:
        """Compare the `wanted` tables, and before them those that their causes and the counts are taken from."""
        if unknown := set(wanted or ()) - self.schemas.keys():
            known = ", ".join(sorted(self.schemas))
            raise DiffError(f"no table {', '.join(sorted(unknown))}; there are {known}")
        names = list(self.schemas) if wanted is None else _in_order(wanted)
        for table in self.schemas:
            if _rules(table).follows == "rules" and table in self.pair.old and table in self.pair.new:
                self.compare(table, "rule")

        report_changes = self._find_changed_reports()
        has_other_sources = bool(report_changes.keys() - {"changed"})
        rest = "rule" if self._has_other_rules(has_other_sources) else "unknown"
        self.compare("dim_report", rest, report_changes)

        # If the rules are the same, only rows of reports that differ or were corrected can differ. Whoever asks for
        # details wants to see what nothing explains, too, so that everything is read for them.
        is_same = rest == "unknown" and all(SQL_HASH in about for about in self.pair.about)
        only = {}
        if is_same and not self.has_details:
            only = {"report": Causes.OF_CHANGED_REPORTS, "unit": Causes.OF_AFFECTED_UNITS}
            if self.causes.other_years() is None:
                only["panel"] = Causes.OF_AFFECTED_UNITS
        self.compare("fact_indicator", rest, only=only.get("report"))
        self.causes.find_affected()
        with_headlines = [table for table in self.schemas if _rules(table).headlines]
        for table in (*with_headlines, *names):
            if table not in self.done:
                self.compare(table, rest, only=only.get(_rules(table).follows))

        reports = self.causes.count_reports()
        counted = [table for table in with_headlines if self.done[table].is_compared]
        old, new = self.pair.about
        return Difference(
            old=old["release_id"],
            new=new["release_id"],
            versions=self.pair.versions(),
            reports_added=reports.get("new_source", 0),
            reports_changed=reports.get("changed_source", 0),
            reports_removed=reports.get("removed_source", 0),
            headline_units=sum(map(self.changed_rows.count_headline_units, counted)),
            schema=self.other_schemas,
            tables=tuple(self.done[table] for table in names),
        )

    def _find_changed_reports(self) -> dict[str, int]:
        match = self.pair.match("dim_report")
        assert match is not None  # the key of reports has never changed
        return self.changed_rows.find(match, "false" if "dim_report" in self.known_equal else None)

    def _has_other_rules(self, has_other_sources: bool) -> bool:
        """True if versions, SQL, columns or tables made from the rules differ.

        A release without a hash of its SQL has only a hash of all inputs. That tells of other rules if the sources are
        the same.
        """
        old, new = self.pair.about
        has_other_inputs = old.get("inputs_sha256") != new.get("inputs_sha256") and not (
            has_other_sources or (SQL_HASH in old and SQL_HASH in new)
        )
        has_other_tables = any(not found.is_equal for found in self.done.values())
        return bool(self.pair.versions()) or has_other_inputs or bool(self.other_schemas) or has_other_tables

    def compare(self, table: str, rest: str, changes: dict[str, int] | None = None, only: str | None = None) -> None:
        """Compare one table and explain its changed rows; `rest` is the cause of what nothing else explains.

        `changes` are the rows by kind of change, if they are already found. `only` is a condition outside of which no
        row can differ.
        """
        match = self.pair.match(table)
        if match is None:  # without a common key the rows cannot be matched
            self.done[table] = self.schemas[table]
            return
        if changes is None:
            changes = self.changed_rows.find(match, "false" if table in self.known_equal else only)
        follows = _rules(table).follows
        if follows == "rules":
            self.causes.explain_rules(table)
        elif table == "dim_report":
            self.causes.explain_reports(match, rest)
        elif table == "correction":
            self.causes.explain_corrections(table)
        elif follows == "report":
            self.causes.explain_rows_of_reports(match, rest)
        else:
            self.causes.explain_derived(match, rest, is_panel=follows == "panel")
        by_column = self.changed_rows.count_columns(match) if self.has_details and changes.get("changed") else {}
        has_examples = self.has_details and bool(changes)
        self.done[table] = replace(
            self.schemas[table],
            is_compared=True,
            added=changes.get("added", 0),
            removed=changes.get("removed", 0),
            changed=changes.get("changed", 0),
            by_cause=self.causes.count(table),
            by_column=by_column,
            examples=tuple(self.changed_rows.examples(match, by_column, self.limit)) if has_examples else (),
        )


def _rules(table: str) -> DiffRules:
    """What `diff` in NAME.toml beside the SQL of the table says; the defaults for a table of an older release."""
    text = described_tables().get(table)
    return text.diff if text else DiffRules()


def _in_order(names: Collection[str]) -> list[str]:
    """The tables in the order of their descriptions, without those about the release itself."""
    order = {table: position for position, table in enumerate(described_tables())}
    chosen = [table for table in names if table not in OWN_TABLES]
    return sorted(chosen, key=lambda table: (order.get(table, len(order)), table))
