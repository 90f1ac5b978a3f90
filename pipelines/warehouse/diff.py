"""What changed between two releases, by table and by cause, as plain data.

Here it is decided which tables are compared in which order and what need not be looked at; which rows differ is found
in `compare`, why in `causes`. The short form for people is written in
`pipelines.report.release_notes`, the long one in `pipelines.cli.diff_output`.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from pipelines.build.database import one_line
from pipelines.errors import FazhiError
from pipelines.warehouse import compare
from pipelines.warehouse.causes import REFERENCES, STATED, count_causes, explain, explain_reports, place_causes
from pipelines.warehouse.compare import SIDES, Pairing
from pipelines.warehouse.descriptions import tables as described

# Not compared: they are about the release itself.
ABOUT = ("release", "release_table", "release_part")
NEEDED = ("release", "dim_report", "dim_division", "dim_headline", "fact_indicator", "township_metric")
DEFAULT_LIMIT = 5
OF_UNITS = ("township_metric", "township_year")
# Whether the SQL is the same: a column of `release`. Where it is not kept, every row is looked at.
SQL_HASH = "sql_sha256"


class DiffError(FazhiError):
    """Two releases cannot be compared; the message is one line that says why and what to do."""


@dataclass(frozen=True)
class Example:
    """A row that differs: its key, what happened to it, why, and (old, new) of the columns that differ.

    Of a row that was added or removed only the column `value` is shown, where there is one.
    """

    change: str
    causes: tuple[str, ...]
    key: Mapping[str, Any]
    values: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class TableDifference:
    """What changed in a table: its columns (name -> type), its rows, and the rows by cause and by changed column.

    `rows_old` or `rows_new` is None where the table is not there, `is_compared` False where rows cannot be matched.
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
        """True where the table or a column came, went or has another type."""
        is_partial = (self.rows_old is None) != (self.rows_new is None)
        return is_partial or bool(self.columns_added or self.columns_removed or self.columns_retyped)

    @property
    def is_equal(self) -> bool:
        """True where nothing changed, as far as the rows could be compared."""
        has_rows = self.rows_old != self.rows_new or self.added or self.removed or self.changed
        return not (self.has_other_schema or has_rows)


@dataclass(frozen=True)
class Difference:
    """What changed from the release `old` to `new` (release ids): versions, reports, units whose headlines changed.

    A report counts as changed where its path has other bytes. `schema` holds every table whose columns changed, without
    its rows; `tables` those that were asked for, equal ones too.
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


def difference(
    old_path: Path,
    new_path: Path,
    *,
    tables: Collection[str] | None = None,
    limit: int = DEFAULT_LIMIT,
    details: bool = True,
) -> Difference:
    """What changed from the release file `old_path` to `new_path`, in `tables` (default: all).

    `limit` bounds the examples of each table and kind of change; without `details` there are neither examples nor
    counts by column, which is faster. Raises DiffError for what is no release and for tables that are in neither.
    """
    for path in (old_path, new_path):
        if not path.is_file():
            raise DiffError(f"there is no release at {path}; `fazhi releases` lists those that are kept")
    if old_path.samefile(new_path):
        raise DiffError(f"both names stand for {new_path}; name two releases")
    try:
        with compare.attached(old_path, new_path) as con:
            comparison = _Comparison(con, (old_path, new_path), limit, details)
            return comparison.run(None if tables is None else set(tables))
    except duckdb.Error as error:
        raise DiffError(f"{old_path} and {new_path} cannot be compared: {one_line(error)}") from error


class _Comparison:
    """One comparison on its connection. Tables are compared in the order in which their causes become known."""

    def __init__(self, con: duckdb.DuckDBPyConnection, paths: tuple[Path, Path], limit: int, has_details: bool) -> None:
        self.con, self.limit, self.has_details = con, limit, has_details
        self.old, self.new = (compare.schema(con, side) for side in SIDES)
        for path, schema in zip(paths, (self.old, self.new), strict=True):
            if missing := [table for table in NEEDED if table not in schema]:
                raise DiffError(f"{path} is no release that can be compared: it has no table {missing[0]}")
        self.about = tuple(self._about(side) for side in SIDES)
        self.known_equal = compare.equal_tables(con, self.old, self.new)
        self.blank = {table: self._blank(table) for table in self._names(None)}
        self.other_schema = tuple(blank for blank in self.blank.values() if blank.has_other_schema)
        self.done: dict[str, TableDifference] = {}

    def run(self, wanted: set[str] | None) -> Difference:
        """Compare the `wanted` tables, and before them those that their causes and the counts are taken from."""
        names = self._names(wanted)
        for table in REFERENCES:
            if table in self.old and table in self.new:
                self._compare(table, "rule")
        rest, is_narrow = self._compare_reports()
        # With the same rules nothing can differ but what comes from reports that differ, or were corrected.
        reports = "report_id IN (SELECT report_id FROM report_cause UNION SELECT report_id FROM corrected)"
        units = "township_code IN (SELECT township_code FROM touched)"
        narrow = {**dict.fromkeys(STATED, reports), **dict.fromkeys(OF_UNITS, units)} if is_narrow else {}
        self._compare("fact_indicator", rest, narrow.get("fact_indicator"))
        place_causes(self.con)
        for table in ("township_metric", *names):
            if table not in self.done:
                self._compare(table, rest, narrow.get(table))
        return self._difference(names)

    def _about(self, side: str) -> dict[str, Any]:
        """The row about the release itself."""
        cursor = self.con.execute(f"FROM {side}.release")
        names = [column[0] for column in cursor.description or ()]
        return dict(zip(names, cursor.fetchone() or (), strict=True))

    def _names(self, wanted: set[str] | None) -> list[str]:
        known = {*self.old, *self.new} - set(ABOUT)
        if unknown := (wanted or set()) - known:
            raise DiffError(f"no table {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}")
        order = list(described())
        chosen = known if wanted is None else wanted
        return sorted(chosen, key=lambda table: (order.index(table) if table in order else len(order), table))

    def _compare_reports(self) -> tuple[str, bool]:
        """The cause of what sources and corrections do not explain, and whether only theirs needs to be looked at."""
        pair = compare.pairing("dim_report", self.old["dim_report"], self.new["dim_report"])
        assert pair is not None  # the key of reports has never changed
        compare.find(self.con, pair, "false" if "dim_report" in self.known_equal else None)
        counts = compare.count_changes(self.con, "dim_report")
        rest = "rule" if self._has_other_rules(has_other_sources=bool(counts.keys() - {"changed"})) else "unknown"
        explain_reports(self.con, pair, self.old, self.new, rest)
        self._record("dim_report", pair)
        is_same = rest == "unknown" and all(SQL_HASH in about for about in self.about)
        return rest, is_same and not self.has_details  # who asks for details wants to see what nothing explains, too

    def _has_other_rules(self, has_other_sources: bool) -> bool:
        """True where versions, SQL, columns or reference tables differ.

        Releases that do not keep a hash of their SQL tell by the hash of all inputs, if the sources are the same.
        """
        old, new = self.about
        has_other_inputs = old.get("inputs_sha256") != new.get("inputs_sha256") and not (
            has_other_sources or (SQL_HASH in old and SQL_HASH in new)
        )
        has_other_references = any(not found.is_equal for found in self.done.values())
        return bool(self._versions()) or has_other_inputs or bool(self.other_schema) or has_other_references

    def _versions(self) -> dict[str, tuple[Any, Any]]:
        """Versions and hashes of the rules that differ; the hash of all inputs is none, and one side may lack some."""
        old, new = self.about
        names = [name for name in new if name in old and (name.endswith("_version") or name == SQL_HASH)]
        return {name: (old[name], new[name]) for name in names if old[name] != new[name]}

    def _compare(self, table: str, rest: str, only: str | None = None) -> None:
        pair = compare.pairing(table, self.old.get(table, {}), self.new.get(table, {}))
        if pair is not None:
            compare.find(self.con, pair, "false" if table in self.known_equal else only)
            explain(self.con, pair, rest)
        self._record(table, pair)

    def _record(self, table: str, pair: Pairing | None) -> None:
        if pair is None:
            self.done[table] = self.blank[table]
            return
        counts = compare.count_changes(self.con, table)
        columns = compare.count_columns(self.con, pair) if self.has_details and counts.get("changed") else {}
        self.done[table] = replace(
            self.blank[table],
            is_compared=True,
            added=counts.get("added", 0),
            removed=counts.get("removed", 0),
            changed=counts.get("changed", 0),
            by_cause=count_causes(self.con, table),
            by_column=columns,
            examples=tuple(self._examples(pair, columns)) if self.has_details and counts else (),
        )

    def _blank(self, table: str) -> TableDifference:
        """The table without its rows: how many there are on either side, and its columns."""
        old, new = self.old.get(table), self.new.get(table)
        blank = TableDifference(table, self._count("earlier", table, old), self._count("later", table, new))
        if old is None or new is None:
            return blank
        return replace(
            blank,
            columns_added={name: kind for name, kind in new.items() if name not in old},
            columns_removed={name: kind for name, kind in old.items() if name not in new},
            columns_retyped={n: (old[n], kind) for n, kind in new.items() if n in old and old[n] != kind},
        )

    def _count(self, side: str, table: str, columns: Mapping[str, str] | None) -> int | None:
        if columns is None:
            return None
        ((rows,),) = self.con.execute(f"SELECT count(*) FROM {side}.{table}").fetchall()
        return int(rows)

    def _examples(self, pair: Pairing, columns: Mapping[str, int]) -> Iterator[Example]:
        shown = dict.fromkeys((*columns, *(["value"] if "value" in pair.columns else [])))
        for change, causes, *cells in compare.examples(self.con, pair, list(shown), self.limit):
            key = dict(zip(pair.key, cells, strict=False))
            pairs = zip(cells[len(key) :: 2], cells[len(key) + 1 :: 2], strict=True)
            values = {name: found for name, found in zip(shown, pairs, strict=True) if found[0] != found[1]}
            if change != "changed":
                values = {name: found for name, found in values.items() if name == "value"}
            yield Example(change, tuple(causes), key, values)

    def _difference(self, names: Collection[str]) -> Difference:
        sources = dict(
            self.con.execute(
                "SELECT cause, count(*) FROM source_change WHERE NOT (cause = 'changed_source' AND change = 'removed') "
                "GROUP BY ALL"
            ).fetchall()
        )
        old, new = self.about
        return Difference(
            old=old["release_id"],
            new=new["release_id"],
            versions=self._versions(),
            reports_added=sources.get("new_source", 0),
            reports_changed=sources.get("changed_source", 0),
            reports_removed=sources.get("removed_source", 0),
            headline_units=self._headline_units(),
            schema=self.other_schema,
            tables=tuple(self.done[table] for table in names),
        )

    def _headline_units(self) -> int:
        """Units that have a headline whose figure or bounds came, went or changed."""
        if not self.done["township_metric"].is_compared:
            return 0
        ((units,),) = self.con.execute("""
            SELECT count(DISTINCT c.township_code) FROM changed_township_metric AS c
            LEFT JOIN earlier.township_metric AS a USING (township_code, report_year, metric_code)
            LEFT JOIN later.township_metric AS b USING (township_code, report_year, metric_code)
            WHERE (c.metric_code IN (SELECT headline FROM earlier.dim_headline)
                OR c.metric_code IN (SELECT headline FROM later.dim_headline))
              AND (a.value, a.value_low, a.value_high) IS DISTINCT FROM (b.value, b.value_low, b.value_high)
        """).fetchall()
        return int(units)
