-- How often is a figure exactly that of the year before? Flows of 20 and more seldom repeat by chance; a high share hints at copying.
-- 数字与上年完全相同的有多少？20及以上的流量很少偶然重复，比例高提示照抄。
SELECT
    c.report_year AS year,
    i.name_zh AS indicator,
    count(*) AS stated_in_both_years,
    count(*) FILTER (WHERE c.change = 0) AS the_same,
    round(100 * avg((c.change = 0)::INTEGER), 1) AS percent_the_same
FROM township_change AS c
INNER JOIN dim_indicator AS i ON i.metric_code = c.metric_code
WHERE i.kind = 'flow' AND NOT c.is_headline AND c.is_exact AND c.value >= 20
GROUP BY c.report_year, c.metric_code, i.name_zh
HAVING count(*) >= 5
ORDER BY percent_the_same DESC, c.report_year, c.metric_code
