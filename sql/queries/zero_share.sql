-- Are units silent because nothing happened? Units that state a zero, a figure or nothing, by indicator, in the last year.
-- 单位不写是因为没有发生吗？最近一年各指标写明为零、写明数字和未写的单位数。
WITH last AS (
    SELECT max(l.report_year) AS report_year
    FROM cell_status AS l
),
stated AS (
    SELECT
        m.metric_code,
        count(*) FILTER (WHERE m.value = 0) AS n_zero,
        count(*) FILTER (WHERE m.value > 0) AS n_more,
        count(m.value) AS n_stated
    FROM township_metric AS m
    WHERE m.report_year = (SELECT y.report_year FROM last AS y)
    GROUP BY m.metric_code
),
cell AS (
    SELECT c.metric_code, count(*) FILTER (WHERE NOT c.has_figure) AS n_silent
    FROM cell_status AS c
    WHERE c.status IN ('stated', 'part_of_year', 'silent') AND c.report_year = (SELECT y.report_year FROM last AS y)
    GROUP BY c.metric_code
)
SELECT
    i.name_zh AS indicator,
    y.report_year AS year,
    coalesce(s.n_zero, 0) AS state_zero,
    coalesce(s.n_more, 0) AS state_more,
    c.n_silent AS silent,
    round(100 * s.n_zero / nullif(s.n_stated, 0), 1) AS percent_zero_of_stated
FROM cell AS c
CROSS JOIN last AS y
INNER JOIN dim_indicator AS i ON i.metric_code = c.metric_code AND i.is_main AND i.kind <> 'rate'
LEFT JOIN stated AS s ON s.metric_code = c.metric_code
ORDER BY percent_zero_of_stated DESC NULLS LAST, c.metric_code
