"""Which rows of a table differ. Why they differ is found in `causes`.

A temp table `changed_TABLE` holds the rows of TABLE that differ: the key, the columns that place the row (report, unit,
year, indicator), `change` (added, removed or changed) and `causes` (a list, null until `causes` fills it).

Rows are compared by a hash of their columns. The rows of a report, or of another first column of the key, are compared
together first. Only where those differ are they compared one by one, so that memory stays small.
"""

from collections.abc import Iterator, Mapping

from pipelines.warehouse.descriptions import tables as described_tables
from pipelines.warehouse.diff.differences import Example
from pipelines.warehouse.diff.release_pair import EARLIER, LATER, ReleasePair, TableMatch


class ChangedRows:
    """Makes and reads the temp tables `changed_TABLE` of a pair of releases."""

    def __init__(self, pair: ReleasePair) -> None:
        self.con = pair.con

    def find(self, match: TableMatch, only: str | None = None) -> dict[str, int]:
        """Make `changed_TABLE` and return its rows by kind of change.

        `only` is an SQL condition: no row outside of it can differ, so that the other columns are read of few rows.
        """
        if only is None:
            self.con.execute(f"""
                CREATE OR REPLACE TEMP TABLE differing AS
                SELECT coalesce(a.grouped, b.grouped) AS grouped
                FROM ({_group_hashes(match, EARLIER)}) AS a FULL JOIN ({_group_hashes(match, LATER)}) AS b
                    ON a.grouped IS NOT DISTINCT FROM b.grouped
                WHERE a.content IS DISTINCT FROM b.content
            """)
        columns = [
            f'coalesce(b."{name}", a."{name}") AS "{name}"' for name in dict.fromkeys((*match.key, *match.places))
        ]
        change = "CASE WHEN a.content IS NULL THEN 'added' WHEN b.content IS NULL THEN 'removed' ELSE 'changed' END"
        self.con.execute(f"""
            CREATE TEMP TABLE changed_{match.table} AS
            SELECT {", ".join([*columns, f"{change} AS change"])}, NULL::VARCHAR[] AS causes
            FROM ({_row_hashes(match, EARLIER, only)}) AS a FULL JOIN ({_row_hashes(match, LATER, only)}) AS b
                ON {_same_key(match, "a", "b")}
            WHERE a.content IS DISTINCT FROM b.content
        """)
        return dict(self.con.execute(f"SELECT change, count(*) FROM changed_{match.table} GROUP BY ALL").fetchall())

    def count_columns(self, match: TableMatch) -> dict[str, int]:
        """The number of changed rows in which each column differs. Columns that differ in none are left out."""
        columns = [column for column in match.columns if column not in match.key]
        if not columns:
            return {}
        tests = ", ".join(
            f"count(*) FILTER ({match.value(EARLIER, name, 'a.')} IS DISTINCT FROM {match.value(LATER, name, 'b.')})"
            for name in columns
        )
        (counts,) = self.con.execute(
            f"SELECT {tests} FROM changed_{match.table} AS c {_both_rows(match, 'INNER')} WHERE c.change = 'changed'"
        ).fetchall()
        return {column: count for column, count in zip(columns, counts, strict=True) if count}

    def examples(self, match: TableMatch, by_column: Mapping[str, int], limit: int) -> Iterator[Example]:
        """The first `limit` rows of each kind of change, in the order of the key.

        A changed row shows the columns of `by_column` that differ. An added or removed row shows its `value`.
        """
        shown = list(dict.fromkeys((*by_column, *(["value"] if "value" in match.columns else []))))
        cells = []
        for column in shown:
            for alias in "ab":
                value = f'{alias}."{column}"'
                # A column with a compression of its own holds whole reports: too long to show.
                is_long = column in described_tables()[match.table].compression
                cells.append(f"'sha256 ' || sha256({value})" if is_long else value)
        key = [f'"{column}"' for column in match.key]
        rows = self.con.execute(f"""
            SELECT c.change, c.causes, {", ".join([*(f"c.{name}" for name in key), *cells])}
            FROM (
                FROM changed_{match.table}
                QUALIFY row_number() OVER (PARTITION BY change ORDER BY {", ".join(key)}) <= {limit}
            ) AS c {_both_rows(match, "LEFT")}
            ORDER BY c.change, {", ".join(f"c.{name}" for name in key)}
        """).fetchall()
        for change, causes, *found in rows:
            values = found[len(key) :]
            pairs = dict(zip(shown, zip(values[::2], values[1::2], strict=True), strict=True))
            yield Example(
                change,
                tuple(causes),
                dict(zip(match.key, found, strict=False)),
                {
                    name: (old, new)
                    for name, (old, new) in pairs.items()
                    if old != new and (change == "changed" or name == "value")
                },
            )

    def count_headline_units(self, table: str) -> int:
        """The units with a headline in `table` (keyed by unit, year, indicator) whose figure or bounds changed."""
        ((units,),) = self.con.execute(f"""
            SELECT count(DISTINCT c.township_code) FROM changed_{table} AS c
            LEFT JOIN earlier.{table} AS a USING (township_code, report_year, metric_code)
            LEFT JOIN later.{table} AS b USING (township_code, report_year, metric_code)
            WHERE (c.metric_code IN (SELECT headline FROM earlier.dim_headline)
                OR c.metric_code IN (SELECT headline FROM later.dim_headline))
              AND (a.value, a.value_low, a.value_high) IS DISTINCT FROM (b.value, b.value_low, b.value_high)
        """).fetchall()
        return int(units)


def _group_hashes(match: TableMatch, side: str) -> str:
    # The hashes are added. With an exclusive or, a row that stands there twice would vanish.
    content = f"sum({match.row_hash(side)}::HUGEINT)"
    return f'SELECT "{match.group}" AS grouped, {content} AS content FROM {side}.{match.table} GROUP BY ALL'


def _row_hashes(match: TableMatch, side: str, only: str | None) -> str:
    columns = ", ".join(f'"{column}"' for column in dict.fromkeys((*match.key, *match.places)))
    # a row may be of no report: a null is a group like any other
    same = f't."{match.group}" IS NOT DISTINCT FROM d.grouped'
    chosen = f"EXISTS (SELECT 1 FROM differing AS d WHERE {same})"
    if only is not None:  # by row number: the other columns are then read of these rows alone
        chosen = f"rowid IN (SELECT rowid FROM {side}.{match.table} WHERE {only})"
    return f"SELECT {columns}, {match.row_hash(side)} AS content FROM {side}.{match.table} AS t WHERE {chosen}"


def _both_rows(match: TableMatch, kind: str) -> str:
    """Join the earlier row `a` and the later row `b` to the row `c` of `changed_TABLE`."""
    on = {alias: _same_key(match, alias, "c") for alias in "ab"}
    return f"{kind} JOIN earlier.{match.table} AS a ON {on['a']} {kind} JOIN later.{match.table} AS b ON {on['b']}"


def _same_key(match: TableMatch, one: str, other: str) -> str:
    """The condition that rows of the aliases `one` and `other` have the same key; a null is equal to a null."""
    return " AND ".join(f'{one}."{column}" IS NOT DISTINCT FROM {other}."{column}"' for column in match.key)
