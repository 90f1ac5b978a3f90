-- Who states what: one row an indicator and year, also where nobody states it.
WITH reporting AS (
    SELECT r.report_year, count(DISTINCT r.township_code) AS n_reporting
    FROM dim_report AS r
    WHERE r.status = 'accepted' AND r.is_canonical
    GROUP BY r.report_year
),
stating AS (
    SELECT
        m.metric_code, m.report_year,
        count(*) AS n_stating,
        count(*) FILTER (WHERE m.value = 0) AS n_zero,
        count(*) FILTER (WHERE m.qualifier = 'at_least') AS n_lower_bound,
        median(m.value) AS median,
        count(*) FILTER (WHERE m.has_conflict) AS n_conflicts
    FROM township_metric AS m
    GROUP BY m.metric_code, m.report_year
)
SELECT
    i.metric_code,
    i.name_zh,
    i.is_headline,
    r.report_year,
    coalesce(s.n_stating, 0) AS n_stating,
    r.n_reporting,
    coalesce(s.n_stating, 0) / r.n_reporting AS share_stating,
    coalesce(s.n_zero, 0) AS n_zero,
    coalesce(s.n_lower_bound, 0) AS n_lower_bound,
    s.median,
    i.unit,
    coalesce(s.n_conflicts, 0) AS n_conflicts
FROM reporting AS r
CROSS JOIN dim_indicator AS i
LEFT JOIN stating AS s ON s.metric_code = i.metric_code AND s.report_year = r.report_year
ORDER BY i.metric_code, r.report_year
