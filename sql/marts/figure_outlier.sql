-- An exact figure above 20 times the median of its indicator, if ten or more units and years state one. It is a table of its
-- own because the median is that of the whole country, and review_queue sees one province.
WITH usual AS (
    SELECT g.metric_code, median(g.value) AS median
    FROM township_metric AS g
    INNER JOIN dim_indicator AS i ON i.metric_code = g.metric_code
    WHERE i.kind <> 'rate' AND NOT g.is_headline
    GROUP BY g.metric_code
    HAVING count(*) >= 10 AND median(g.value) > 0
)
SELECT
    m.township_code,
    m.report_year,
    m.metric_code,
    u.median
FROM township_metric AS m
INNER JOIN usual AS u ON u.metric_code = m.metric_code AND m.value > 20 * u.median
WHERE m.qualifier = 'exact' AND NOT m.is_headline
ORDER BY m.township_code, m.report_year, m.metric_code
