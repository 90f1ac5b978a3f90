"""What is held against the bounds before a release: ranges, rates, coverage, changes, shares, freshness.

Which checks there are belongs here: what each measures and shows, as SQL. Running them is `check_run`, the bounds are
`bounds.toml`, and what no table may ever break (keys, references, evidence) is `audit`.

The SQL reads tables by plain name, and besides them `ceiling` (metric_code, unit, most), `last_coverage` (report_year,
reports, units: what the last release holds) and, by `getvariable`, the parameters of the check's bound and the
variables of `check_run.Situation`.
"""

from dataclasses import dataclass

LAST_COVERAGE = "last_coverage"
MOST_SHOWN = 10


@dataclass(frozen=True)
class Check:
    """A question to the tables: its answer is held against the bound of the same name.

    `table` is where it is shown, `reads` are the tables it needs: `table` and what is built before it. `rows` is SQL
    for what is worth a look and `order` says what comes first; a row with a fact_id is shown with its evidence.
    `measure` is SQL for rows of (scope, value, of): a share where `of` is not null; without it the rows are counted.
    `is_of_today` says that the answer changes with the day and the sources.
    """

    name: str
    zh: str
    table: str
    reads: tuple[str, ...]
    description: str
    rows: str
    order: str
    measure: str = ""
    unit: str = "rows"
    is_of_today: bool = False

    @property
    def tables(self) -> tuple[str, ...]:
        """The built tables among what it reads."""
        return tuple(name for name in self.reads if name != LAST_COVERAGE)


_FACT = "f.township_code, f.report_year, f.metric_code, f.value, f.unit, f.fact_id"
# the figures of a county's page are no township's
_PLACED = "f.township_code IS NOT NULL AND f.report_year IS NOT NULL"

# reports and units by year, now and in the last release
_COVERAGE = f"""
WITH now AS (
    SELECT d.report_year, count(*) AS reports, count(DISTINCT d.township_code) AS units
    FROM dim_report AS d
    WHERE d.status = 'accepted'
    GROUP BY d.report_year
),
compared AS (
    SELECT l.report_year, 'reports' AS counted, l.reports AS before, coalesce(n.reports, 0) AS now
    FROM {LAST_COVERAGE} AS l
    LEFT JOIN now AS n ON n.report_year = l.report_year
    UNION ALL
    SELECT l.report_year, 'units', l.units, coalesce(n.units, 0)
    FROM {LAST_COVERAGE} AS l
    LEFT JOIN now AS n ON n.report_year = l.report_year
)
"""
_FALLEN = f"""{_COVERAGE}
SELECT c.report_year, c.counted, c.before, c.now, c.before - c.now AS lost
FROM compared AS c
WHERE c.now < c.before
"""

_LEAPS = """
c.is_exact AND NOT c.is_headline AND c.unit <> '%'
AND greatest(c.value, c.previous_value) >= getvariable('larger_at_least')
AND (
    c.value > getvariable('times') * c.previous_value
    OR c.previous_value > getvariable('times') * c.value
)
"""

CHECKS: tuple[Check, ...] = (
    Check(
        name="values_not_negative",
        zh="负数或无穷大的数值",
        table="fact_indicator",
        reads=("fact_indicator",),
        description="no fact is negative or without end",
        rows=f"""
        SELECT {_FACT}
        FROM fact_indicator AS f
-- no count nears 1e300, and what is no number is above it
        WHERE f.value < 0 OR f.value_low < 0 OR f.value_high < 0 OR f.value > 1e300
        """,
        order="fact_id",
    ),
    Check(
        name="value_ranges",
        zh="超出一个乡镇可能规模的数值",
        table="fact_indicator",
        reads=("fact_indicator",),
        description="each fact of a placed report lies within what one township can state; it is shown, not mended",
        rows=f"""
        SELECT {_FACT}, coalesce(own.most, usual.most) AS most
        FROM fact_indicator AS f
        LEFT JOIN ceiling AS own ON own.metric_code = f.metric_code
        LEFT JOIN ceiling AS usual ON usual.unit = f.unit
        WHERE f.value > coalesce(own.most, usual.most) AND f.unit <> '%' AND {_PLACED}
        """,
        order="value / most DESC, fact_id",
    ),
    Check(
        name="rates_in_source",
        zh="报告原文中超过100%的比率",
        table="fact_indicator",
        reads=("fact_indicator",),
        description="each rate that a placed report states is at most 100; it is shown, not mended",
        rows=f"""
        SELECT {_FACT}
        FROM fact_indicator AS f
        WHERE f.unit = '%' AND f.value > 100 AND {_PLACED}
        """,
        order="value DESC, fact_id",
    ),
    Check(
        name="rates_in_marts",
        zh="汇总比率超过100%而原文没有",
        table="township_metric",
        reads=("township_metric", "fact_indicator"),
        description="a rate above 100 in township_metric is one that a report states",
        rows="""
        SELECT m.township_code, m.report_year, m.metric_code, m.value, m.method, m.fact_ids
        FROM township_metric AS m
        ANTI JOIN fact_indicator AS f
            ON f.metric_code = m.metric_code AND f.township_code = m.township_code AND f.report_year = m.report_year
            AND f.value > 100
        WHERE m.unit = '%' AND m.value > 100
        """,
        order="township_code, report_year, metric_code",
    ),
    Check(
        name="coverage",
        zh="采用的报告少于上一次发布",
        table="dim_report",
        reads=("dim_report", LAST_COVERAGE),
        description="no fewer reports are accepted than in the last release",
        measure=f"""
        WITH now AS (SELECT count(*) AS reports FROM dim_report AS d WHERE d.status = 'accepted'),
        last AS (SELECT sum(l.reports)::BIGINT AS reports FROM {LAST_COVERAGE} AS l)
        SELECT 'all years', greatest(last.reports - now.reports, 0), last.reports
        FROM last CROSS JOIN now
        WHERE last.reports > 0
        """,
        rows=_FALLEN,
        order="lost DESC, report_year, counted",
        unit="reports lost",
    ),
    Check(
        name="coverage_by_year",
        zh="某一年度的报告或单位少于上一次发布",
        table="dim_report",
        reads=("dim_report", LAST_COVERAGE),
        description="on no year fewer reports are accepted, or fewer units report, than in the last release",
        measure=f"""{_COVERAGE}
        SELECT c.report_year::VARCHAR || ' ' || c.counted, greatest(c.before - c.now, 0), c.before
        FROM compared AS c
        ORDER BY c.report_year, c.counted
        """,
        rows=_FALLEN,
        order="lost DESC, report_year, counted",
        unit="lost",
    ),
    Check(
        name="unclassified_share",
        zh="未能归类的数字占比",
        table="number_mention",
        reads=("number_mention",),
        description="few numbers are neither a fact nor have a named reason",
        measure="""
        SELECT 'numbers', count(*) FILTER (WHERE n.disposition = 'unclassified'), count(*)
        FROM number_mention AS n
        HAVING count(*) > 0
        """,
        rows="""
        SELECT
            coalesce(n.unit_raw, '') AS unit_raw, count(*) AS numbers, count(DISTINCT n.report_id) AS reports,
            min(n.report_id || ':' || n.char_start) AS first_of_them
        FROM number_mention AS n
        WHERE n.disposition = 'unclassified'
        GROUP BY coalesce(n.unit_raw, '')
        """,
        order="numbers DESC, unit_raw",
        unit="unclassified",
    ),
    Check(
        name="unresolved_units",
        zh="未能确定所属单位的报告占比",
        table="worklist_divisions",
        reads=("worklist_divisions", "dim_report"),
        description="few reports of a township kind have no unit",
        measure="""
        WITH unresolved AS (SELECT count(*) AS n FROM worklist_divisions AS w),
        accepted AS (SELECT count(*) AS n FROM dim_report AS d WHERE d.status = 'accepted')
        SELECT 'reports', u.n, u.n + a.n
        FROM unresolved AS u CROSS JOIN accepted AS a
        WHERE u.n + a.n > 0
        """,
        rows="""
        SELECT w.title, w.place_candidates, w.n_facts, w.reason_code, w.status_reason, w.raw_path, w.report_id
        FROM worklist_divisions AS w
        """,
        order="n_facts DESC, report_id",
        unit="unresolved",
    ),
    Check(
        name="year_on_year",
        zh="与上年相比变化过大的数值",
        table="township_change",
        reads=("township_change", "township_metric", "fact_indicator"),
        description="no exact figure leaps on the year before",
        measure=f"SELECT 'changes', count(*), NULL FROM township_change AS c WHERE {_LEAPS}",
        rows=f"""
        WITH leap AS (
            SELECT
                c.township_code, c.report_year, c.metric_code, c.previous_value, c.value,
                (greatest(c.value, c.previous_value) + 1) / (least(c.value, c.previous_value) + 1) AS leap
            FROM township_change AS c
            WHERE {_LEAPS}
            ORDER BY leap DESC, c.township_code, c.report_year, c.metric_code
            LIMIT {MOST_SHOWN}
        )
        SELECT
            l.township_code, l.report_year, l.metric_code, l.previous_value, l.value, m.fact_ids[1] AS fact_id, l.leap
        FROM leap AS l
        INNER JOIN township_metric AS m
            ON m.township_code = l.township_code AND m.report_year = l.report_year AND m.metric_code = l.metric_code
        """,
        order="leap DESC, township_code, report_year, metric_code",
        unit="changes",
    ),
    Check(
        name="fetched_recently",
        zh="已启用的来源很久没有新文件",
        table="dim_report",
        reads=("dim_report",),
        description="sources that are switched on bring something new from time to time",
        measure="""
        SELECT 'days', date_diff('day', max(d.fetched_at)::DATE, getvariable('today')), NULL
        FROM dim_report AS d
        WHERE d.source_id IS NOT NULL
        HAVING getvariable('sources_on') AND max(d.fetched_at) IS NOT NULL
        """,
        rows="""
        SELECT d.source_id, max(d.fetched_at)::DATE::VARCHAR AS last_new, count(*) AS documents
        FROM dim_report AS d
        WHERE d.source_id IS NOT NULL
        GROUP BY d.source_id
        """,
        order="last_new, source_id",
        unit="days since the last new document",
        is_of_today=True,
    ),
    Check(
        name="latest_year",
        zh="最近报告年度偏旧",
        table="dim_report",
        reads=("dim_report",),
        description="the latest year reported on is the one that is due",
        measure="""
        SELECT
            'years',
            year(getvariable('today')) - max(d.report_year)
            - CASE WHEN month(getvariable('today')) >= getvariable('from_month') THEN 1 ELSE 2 END,
            NULL
        FROM dim_report AS d
        WHERE d.status = 'accepted'
        HAVING count(*) > 0
        """,
        rows="""
        SELECT d.report_year, count(*) AS reports, max(d.published_on)::VARCHAR AS last_published
        FROM dim_report AS d
        WHERE d.status = 'accepted'
        GROUP BY d.report_year
        """,
        order="report_year DESC",
        unit="years behind",
        is_of_today=True,
    ),
)
