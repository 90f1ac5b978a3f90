"""Why rows of two releases differ: a new, changed or vanished source, a correction, a rule. That they do: `compare`.

Causes start at the reports and go the way of the data. A file that is there on one side only explains all rows of its
report; a correction those of the fact or report it speaks of; what else changed in a report whose bytes are the same
was read by another rule, where the rules are not the same. A figure has the causes of the facts and reports of its
unit, year and indicator, and an aggregate those of the figures in it. What nothing explains is `unknown`.
"""

from collections.abc import Sequence

import duckdb

from pipelines.warehouse.compare import SIDES, Pairing, Schema

CAUSES = ("new_source", "changed_source", "removed_source", "correction", "rule", "unknown")
# Made from the codebook and the division codes alone: whatever changes here is a rule.
REFERENCES = ("dim_division", "dim_headline", "dim_indicator", "township_succession")
# Made from one report alone.
STATED = ("fact_indicator", "number_mention", "report_text")
# What a file's sidecar says: it may change while the bytes stay.
SIDECAR = ("source_url", "source_id", "sidecar_error")
PLACES = ("township_code", "county_code", "city_code", "province_code")


def explain_reports(con: duckdb.DuckDBPyConnection, report: Pairing, old: Schema, new: Schema, rest: str) -> None:
    """Make `source_change`, `corrected` and `report_cause` from `changed_dim_report`; `rest` is the cause of the rest.

    The cause of a report that stays is looked for in this order: a correction, what its sidecar says, a change of the
    report that it points or pointed to as a better version or a duplicate, `rest`.
    """
    _explain_sources(con)
    _find_corrected(con, old, new)
    pointers = [column for column in ("canonical_report_id", "duplicate_of") if column in report.columns]
    pointed = ", ".join(f"{alias}.{column}" for column in pointers for alias in "ab") or "NULL"
    differs = [f"a.{column} IS DISTINCT FROM b.{column}" for column in SIDECAR if column in report.columns]
    con.execute(f"""
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
    con.execute("""
        CREATE TEMP TABLE explained_dim_report AS
        SELECT c.*, [r.cause] AS causes FROM changed_dim_report AS c INNER JOIN report_cause AS r USING (report_id)
    """)


def _explain_sources(con: duckdb.DuckDBPyConnection) -> None:
    # A report is a path and its bytes: other bytes below the same path are one report gone and one come.
    con.execute("""
        CREATE TEMP TABLE source_change AS
        SELECT c.report_id, c.change, CASE
            WHEN b.raw_path IN (SELECT raw_path FROM earlier.dim_report) THEN 'changed_source'
            WHEN a.raw_path IN (SELECT raw_path FROM later.dim_report) THEN 'changed_source'
            WHEN c.change = 'added' THEN 'new_source' ELSE 'removed_source' END AS cause
        FROM changed_dim_report AS c
        LEFT JOIN earlier.dim_report AS a USING (report_id) LEFT JOIN later.dim_report AS b USING (report_id)
        WHERE c.change <> 'changed'
    """)


def _find_corrected(con: duckdb.DuckDBPyConnection, old: Schema, new: Schema) -> None:
    """Make `corrected`: the reports, and where the correction is about one the indicators, of which corrections differ.

    Lines of the file are compared by what they say: their numbers shift when one is put in or taken out.
    """
    con.execute("CREATE TEMP TABLE corrected (report_id VARCHAR, metric_code VARCHAR)")
    shared = [c for c in new.get("correction", old.get("correction", {})) if c != "line"]
    if "correction" in old and "correction" in new:
        shared = [column for column in shared if column in old["correction"]]
    if not {"report_id", "metric_code"} <= set(shared):
        return
    columns = ", ".join(f'"{column}"' for column in shared)
    sides = {side: f"SELECT {columns} FROM {side}.correction" for side in SIDES}
    if "correction" in old and "correction" in new:
        differing = f"({sides['earlier']} EXCEPT {sides['later']}) UNION ({sides['later']} EXCEPT {sides['earlier']})"
    else:
        differing = sides["earlier" if "correction" in old else "later"]
    con.execute(
        f"INSERT INTO corrected SELECT DISTINCT report_id, metric_code FROM ({differing}) WHERE report_id IS NOT NULL"
    )


def explain(con: duckdb.DuckDBPyConnection, pair: Pairing, rest: str) -> None:
    """Make `explained_TABLE`: the rows of `changed_TABLE`, each with its list of `causes`.

    Facts, numbers and texts have one cause each; `rest` is the cause of what nothing else explains.
    """
    joins = ""
    if pair.table in REFERENCES:
        causes = "['rule']"
    elif pair.table == "correction":
        causes = "['correction']"
    elif pair.table in STATED:
        causes, joins = _stated(pair, rest)
    else:
        causes, joins = _derived(pair, rest)
    con.execute(
        f"CREATE TEMP TABLE explained_{pair.table} AS "
        f"SELECT c.*, {causes} AS causes FROM changed_{pair.table} AS c {joins}"
    )


def _stated(pair: Pairing, rest: str) -> tuple[str, str]:
    metric = "AND (k.metric_code IS NULL OR k.metric_code = c.metric_code)" if "metric_code" in pair.columns else ""
    corrected = "EXISTS (SELECT 1 FROM corrected AS k WHERE k.report_id = c.report_id"
    kept = f"'{rest}'"
    if rest == "unknown":
        # Two things are left without another rule: the report's unit or year, which are those of its facts, and a
        # correction of another indicator, as of the total that a fact was a part of.
        kept = f"CASE WHEN r.cause IS NOT NULL THEN r.cause WHEN {corrected}) THEN 'correction' ELSE {kept} END"
    causes = f"""[CASE
        WHEN s.cause IS NOT NULL THEN s.cause
        WHEN {corrected} {metric}) THEN 'correction'
        ELSE {kept} END]"""
    return causes, "LEFT JOIN source_change AS s USING (report_id) LEFT JOIN report_cause AS r USING (report_id)"


def _derived(pair: Pairing, rest: str) -> tuple[str, str]:
    found, joins = [], []
    if "report_id" in pair.columns:
        found.append("CASE WHEN r.cause IS NOT NULL THEN [r.cause] END")
        joins.append("LEFT JOIN report_cause AS r ON r.report_id = c.report_id")
    for number, columns in enumerate(_levels(pair)):
        matches = " AND ".join(f"l{number}.{column} = c.{column}" for column in columns)
        found.append(f"l{number}.causes")
        joins.append(f"LEFT JOIN ({_level(pair, columns)}) AS l{number} ON {matches}")
    return f"coalesce({', '.join(found)}, ['{rest}'])" if found else f"['{rest}']", " ".join(joins)


def _shows_year_before(pair: Pairing) -> bool:
    return "previous_value" in pair.columns


def _levels(pair: Pairing) -> list[list[str]]:
    """By which columns to look for the causes of a row, the nearest first: its indicator, its unit and year."""
    places = [column for column in PLACES if column in pair.columns][:1]
    years = ["report_year"] * ("report_year" in pair.columns)
    levels = [[*places, *years]]
    if "metric_code" in pair.columns:
        levels.insert(0, [*places, *years, "metric_code"])
        # An outlier is one among all units, and the year before may be that of the units of which one was made.
        if "report_id" in pair.columns or _shows_year_before(pair):
            levels.append(["metric_code"])
    return [columns for columns in levels if columns]


def _level(pair: Pairing, columns: Sequence[str]) -> str:
    expressions = [f"t.report_year + y.lag AS {c}" if c == "report_year" else f"t.{c}" for c in columns]
    # Another indicator of the same unit explains nothing, a report of its own does.
    kept = "t.metric_code IS NULL" if "metric_code" in pair.columns and "metric_code" not in columns else "true"
    return (
        f"SELECT {', '.join(expressions)}, list(DISTINCT t.cause ORDER BY t.cause) AS causes "
        f"FROM touched AS t CROSS JOIN range({2 if _shows_year_before(pair) else 1}) AS y(lag) "
        f"WHERE {kept} GROUP BY ALL"
    )


def place_causes(con: duckdb.DuckDBPyConnection) -> None:
    """Make `touched`: the units, years and indicators whose facts changed, and why; no indicator stands for a report.

    A fact that counts towards a headline touches the headline too. A unit of the past lies where its successor does.
    """
    con.execute("""
        CREATE TEMP TABLE touched AS
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
            UNION SELECT report_id, metric_code, causes[1] FROM explained_fact_indicator
            UNION SELECT f.report_id, h.headline, f.causes[1]
            FROM explained_fact_indicator AS f INNER JOIN headline AS h USING (metric_code)
        ), placed AS (
            SELECT report_id, township_code, report_year FROM earlier.dim_report SEMI JOIN cause USING (report_id)
            UNION SELECT report_id, township_code, report_year FROM later.dim_report SEMI JOIN cause USING (report_id)
        )
        SELECT DISTINCT
            p.township_code, d.county_code, d.city_code, d.province_code, p.report_year, c.metric_code, c.cause
        FROM cause AS c INNER JOIN placed AS p USING (report_id) LEFT JOIN division AS d USING (township_code)
    """)


def count_causes(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, int]:
    """Rows of `explained_TABLE` by cause, in the order of `CAUSES`; a row with several causes counts under each."""
    found = dict(
        con.execute(
            f"SELECT cause, count(*) FROM (SELECT unnest(causes) AS cause FROM explained_{table}) GROUP BY ALL"
        ).fetchall()
    )
    return {cause: found[cause] for cause in CAUSES if cause in found}
