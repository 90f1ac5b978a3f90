"""Why rows of two releases differ: a new, changed or removed source, a correction, a rule.

Causes start at the reports and follow the data. If a file is in one release only, that explains all rows of its report.
A correction explains the fact or report that it is about. If another thing changed in a report with the same bytes and
the rules are not the same, a rule explains it. A figure has the causes of the facts and reports of its unit, year and
indicator. An aggregate has the causes of the figures in it. What nothing explains is `unknown`.

`Causes` makes these temp tables, in this order, and is the only code that reads them:

| table            | a row is                                      | columns                                        |
|------------------|-----------------------------------------------|------------------------------------------------|
| `source_change`  | a report that is in one release only          | report_id, change, cause                       |
| `corrected`      | a report or indicator with another correction | report_id, metric_code (null: the report)      |
| `report_cause`   | a report that differs in any way              | report_id, cause                               |
| `affected`       | a unit, year and indicator whose facts differ | township_code, county_code, city_code,         |
|                  | (indicator null: the report itself differs)   | province_code, report_year, metric_code, cause |

It also fills the column `causes` of `changed_TABLE` (see `changed_rows`).
"""

from pipelines.warehouse.diff.release_pair import ReleasePair, TableMatch

CAUSES = ("new_source", "changed_source", "removed_source", "correction", "rule", "unknown")
# What a file's sidecar says: it may change although the bytes stay the same.
SIDECAR = ("source_url", "source_id", "sidecar_error")
UNIT_COLUMNS = ("township_code", "county_code", "city_code", "province_code")


class Causes:
    """Finds the causes of the changed rows of a pair of releases."""

    # SQL conditions: if the rules are the same, no row outside of these can differ.
    OF_CHANGED_REPORTS = "report_id IN (SELECT report_id FROM report_cause UNION SELECT report_id FROM corrected)"
    OF_AFFECTED_UNITS = "township_code IN (SELECT township_code FROM affected)"

    def __init__(self, pair: ReleasePair) -> None:
        self.pair, self.con = pair, pair.con

    def explain_reports(self, match: TableMatch, rest: str) -> None:
        """Make `source_change`, `corrected` and `report_cause`, and explain `changed_dim_report`.

        A report in both releases has the first of these causes that holds: a correction, what its sidecar says, a
        change of the report that it names or named as a better version or a duplicate, and last `rest`.
        """
        # A report is a path and its bytes: other bytes at the same path are one report removed and one added.
        self.con.execute("""
            CREATE TEMP TABLE source_change AS
            SELECT c.report_id, c.change, CASE
                WHEN b.raw_path IN (SELECT raw_path FROM earlier.dim_report) THEN 'changed_source'
                WHEN a.raw_path IN (SELECT raw_path FROM later.dim_report) THEN 'changed_source'
                WHEN c.change = 'added' THEN 'new_source' ELSE 'removed_source' END AS cause
            FROM changed_dim_report AS c
            LEFT JOIN earlier.dim_report AS a USING (report_id) LEFT JOIN later.dim_report AS b USING (report_id)
            WHERE c.change <> 'changed'
        """)
        self._find_corrected()
        pointers = [column for column in ("canonical_report_id", "duplicate_of") if column in match.columns]
        pointed = ", ".join(f"{alias}.{column}" for column in pointers for alias in "ab") or "NULL"
        differs = [f"a.{column} IS DISTINCT FROM b.{column}" for column in SIDECAR if column in match.columns]
        self.con.execute(f"""
            CREATE TEMP TABLE report_cause AS
            WITH kept AS (
                SELECT c.report_id, {" OR ".join(differs) or "false"} AS has_other_sidecar, [{pointed}] AS pointed
                FROM changed_dim_report AS c
                INNER JOIN earlier.dim_report AS a USING (report_id) INNER JOIN later.dim_report AS b USING (report_id)
                WHERE c.change = 'changed'
            ), neighbour AS (
                SELECT k.report_id, min(s.cause) AS cause
                FROM (SELECT report_id, unnest(pointed) AS other FROM kept) AS k
                INNER JOIN source_change AS s ON s.report_id = k.other GROUP BY k.report_id
            )
            SELECT k.report_id, CASE
                WHEN k.report_id IN (SELECT report_id FROM corrected) THEN 'correction'
                WHEN k.has_other_sidecar THEN 'changed_source' ELSE coalesce(n.cause, '{rest}') END AS cause
            FROM kept AS k LEFT JOIN neighbour AS n USING (report_id)
            UNION ALL SELECT report_id, cause FROM source_change
        """)
        self._fill(match.table, "[r.cause]", "INNER JOIN report_cause AS r USING (report_id)")

    def _find_corrected(self) -> None:
        # Two corrections are the same if all columns but the line number are: numbers shift when a line is put in.
        self.con.execute("CREATE TEMP TABLE corrected (report_id VARCHAR, metric_code VARCHAR)")
        old, new = (schema.get("correction") for schema in (self.pair.old, self.pair.new))
        columns = [c for c in new or old or () if c != "line" and (not (old and new) or c in old)]
        if not {"report_id", "metric_code"} <= set(columns):
            return
        listed = ", ".join(f'"{column}"' for column in columns)
        earlier, later = (f"SELECT {listed} FROM {side}.correction" for side in ("earlier", "later"))
        if old and new:
            differing = f"({earlier} EXCEPT {later}) UNION ({later} EXCEPT {earlier})"
        else:
            differing = earlier if old else later
        self.con.execute(
            "INSERT INTO corrected "
            f"SELECT DISTINCT report_id, metric_code FROM ({differing}) WHERE report_id IS NOT NULL"
        )

    def explain_rules(self, table: str) -> None:
        """Give `rule` as the cause of every changed row of a table that is made from the rules alone."""
        self._fill(table, "['rule']")

    def explain_corrections(self, table: str) -> None:
        """Give `correction` as the cause of every changed row of the table of corrections."""
        self._fill(table, "['correction']")

    def explain_rows_of_reports(self, match: TableMatch, rest: str) -> None:
        """Explain a table whose rows are made from one report each, such as facts. Each row gets one cause.

        `rest` is the cause of what no source and no correction explains.
        """
        metric = (
            "AND (k.metric_code IS NULL OR k.metric_code = c.metric_code)" if "metric_code" in match.columns else ""
        )
        corrected = "EXISTS (SELECT 1 FROM corrected AS k WHERE k.report_id = c.report_id"
        otherwise = f"'{rest}'"
        if rest == "unknown":
            # The rules are the same, so two causes are left: another unit or year of the report, which its facts
            # repeat, and a correction of another indicator, such as the total that a fact is a part of.
            otherwise = (
                f"CASE WHEN r.cause IS NOT NULL THEN r.cause WHEN {corrected}) THEN 'correction' ELSE '{rest}' END"
            )
        self._fill(
            match.table,
            f"[CASE WHEN s.cause IS NOT NULL THEN s.cause WHEN {corrected} {metric}) THEN 'correction' "
            f"ELSE {otherwise} END]",
            "LEFT JOIN source_change AS s USING (report_id) LEFT JOIN report_cause AS r USING (report_id)",
        )

    def find_affected(self) -> None:
        """Make `affected` from the changed reports and facts.

        A fact that counts towards a headline affects the headline too. A former unit lies where its successor lies.
        """
        self.con.execute("""
            CREATE TEMP TABLE affected AS
            WITH division AS (
                SELECT
                    d.township_code,
                    coalesce(n.county_code, d.county_code) AS county_code,
                    coalesce(n.city_code, d.city_code) AS city_code,
                    coalesce(n.province_code, d.province_code) AS province_code
                FROM later.dim_division AS d LEFT JOIN later.dim_division AS n ON n.township_code = d.successor_code
                WHERE d.township_code IS NOT NULL
            ), headline AS (
                SELECT headline, metric_code FROM earlier.dim_headline
                UNION SELECT headline, metric_code FROM later.dim_headline
            ), cause AS (
                SELECT report_id, NULL AS metric_code, cause FROM report_cause
                UNION SELECT report_id, metric_code, causes[1] FROM changed_fact_indicator
                UNION SELECT f.report_id, h.headline, f.causes[1]
                FROM changed_fact_indicator AS f INNER JOIN headline AS h USING (metric_code)
            ), placed AS (
                SELECT report_id, township_code, report_year FROM earlier.dim_report SEMI JOIN cause USING (report_id)
                UNION
                SELECT report_id, township_code, report_year FROM later.dim_report SEMI JOIN cause USING (report_id)
            )
            SELECT DISTINCT
                p.township_code, d.county_code, d.city_code, d.province_code, p.report_year, c.metric_code, c.cause
            FROM cause AS c INNER JOIN placed AS p USING (report_id) LEFT JOIN division AS d USING (township_code)
        """)

    def other_years(self) -> str | None:
        """The SQL condition for years (t.report_year) that only one release spans; None if both span the same.

        A release spans the years from the first to the last with an accepted report.
        """
        (first, last), (new_first, new_last) = (
            self.con.execute(
                f"SELECT min(report_year), max(report_year) FROM {side}.dim_report WHERE status = 'accepted'"
            ).fetchall()[0]
            for side in ("earlier", "later")
        )
        if (first, last) == (new_first, new_last):
            return None
        if first is None or new_first is None:
            return "true"
        return f"t.report_year NOT BETWEEN {max(first, new_first)} AND {min(last, new_last)}"

    def explain_derived(self, match: TableMatch, rest: str, is_panel: bool = False) -> None:
        """Explain a table that is made from facts of many reports.

        A row takes its causes from the first of these that has any: its own report; its unit, year and indicator; its
        unit and year; its indicator. In a panel two more follow: its unit in any year; the years that only one of the
        releases spans.
        """
        has_metric = "metric_code" in match.columns
        # A change on the year before has the causes of two years.
        has_year_before = "previous_value" in match.columns
        unit = [column for column in UNIT_COLUMNS if column in match.columns][:1]
        unit_and_year = [*unit, *(["report_year"] if "report_year" in match.columns else [])]
        levels = [unit_and_year]
        if has_metric:
            levels.insert(0, [*unit_and_year, "metric_code"])
            # An outlier is one among all units, and the year before may be that of the units that were merged into one.
            if "report_id" in match.columns or has_year_before:
                levels.append(["metric_code"])
        other_years = self.other_years() if is_panel else None
        if is_panel:
            levels += [unit, *([] if other_years is None else [[]])]
        found, joins = [], []
        if "report_id" in match.columns:
            found.append("CASE WHEN r.cause IS NOT NULL THEN [r.cause] END")
            joins.append("LEFT JOIN report_cause AS r ON r.report_id = c.report_id")
        for number, columns in enumerate(level for level in levels if level or other_years):
            years = [f"t.report_year + y.lag AS {c}" if c == "report_year" else f"t.{c}" for c in columns]
            # Another indicator of the same unit explains nothing, but a changed report does.
            kept = "t.metric_code IS NULL" if has_metric and "metric_code" not in columns else "true"
            if not columns:
                kept = f"t.metric_code IS NULL AND {other_years}"
            found.append(f"l{number}.causes")
            joins.append(f"""
                LEFT JOIN (
                    SELECT {", ".join([*years, "list(DISTINCT t.cause ORDER BY t.cause) AS causes"])}
                    FROM affected AS t CROSS JOIN range({2 if has_year_before else 1}) AS y(lag)
                    WHERE {kept} GROUP BY ALL
                ) AS l{number} ON {" AND ".join(f"l{number}.{column} = c.{column}" for column in columns) or "true"}
            """)
        found.append(f"['{rest}']")
        self._fill(match.table, f"coalesce({', '.join(found)})", " ".join(joins))

    def _fill(self, table: str, causes: str, joins: str = "") -> None:
        """Set the column `causes` of `changed_TABLE`, whose rows are called `c` in both SQL fragments."""
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE changed_{table} AS "
            f"SELECT c.* REPLACE ({causes} AS causes) FROM changed_{table} AS c {joins}"
        )

    def count(self, table: str) -> dict[str, int]:
        """The changed rows of `table` by cause, in the order of `CAUSES`. A row with two causes counts under both."""
        found = dict(
            self.con.execute(
                f"SELECT cause, count(*) FROM (SELECT unnest(causes) AS cause FROM changed_{table}) GROUP BY ALL"
            ).fetchall()
        )
        return {cause: found[cause] for cause in CAUSES if cause in found}

    def count_reports(self) -> dict[str, int]:
        """The reports that are in one release only, by cause. A file with other bytes counts once."""
        return dict(
            self.con.execute(
                "SELECT cause, count(*) FROM source_change WHERE NOT (cause = 'changed_source' AND change = 'removed') "
                "GROUP BY ALL"
            ).fetchall()
        )
