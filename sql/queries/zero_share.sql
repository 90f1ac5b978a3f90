-- Are units silent because nothing happened? Units that state a zero, a figure or nothing, by indicator, in the last year.
-- 单位不写是因为没有发生吗？最近一年各指标写明为零、写明数字和未写的单位数。
SELECT
    i.name_zh AS indicator,
    c.report_year AS year,
    count(*) FILTER (WHERE m.value = 0) AS state_zero,
    count(*) FILTER (WHERE m.value > 0) AS state_more,
    count(*) FILTER (WHERE NOT c.has_figure) AS silent,
    round(100 * count(*) FILTER (WHERE m.value = 0) / nullif(count(m.value), 0), 1) AS percent_zero_of_stated
FROM cell_status AS c
INNER JOIN dim_indicator AS i ON i.metric_code = c.metric_code AND i.is_main AND i.kind <> 'rate'
LEFT JOIN township_metric AS m
    ON m.township_code = c.township_code AND m.report_year = c.report_year AND m.metric_code = c.metric_code
WHERE c.status IN ('stated', 'part_of_year', 'silent') AND c.report_year = (SELECT max(l.report_year) FROM cell_status AS l)
GROUP BY c.metric_code, i.name_zh, c.report_year
ORDER BY percent_zero_of_stated DESC NULLS LAST, c.metric_code
