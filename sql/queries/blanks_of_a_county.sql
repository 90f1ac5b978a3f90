-- Which headlines of one county and year are empty, and why? Here the first county of the register, in the last year.
-- 某县某年哪些总指标空白，原因是什么？此处为代码最小的县、最近一年。
SELECT
    d.township_name AS township,
    c.report_year AS year,
    i.name_zh AS headline,
    c.status,
    c.reason_code
FROM cell_status AS c
INNER JOIN dim_indicator AS i ON i.metric_code = c.metric_code AND i.is_headline
INNER JOIN dim_division AS d ON d.township_code = c.township_code
WHERE
    c.county_code = (SELECT min(f.county_code) FROM cell_status AS f)
    AND c.report_year = (SELECT max(l.report_year) FROM cell_status AS l)
    AND c.status <> 'stated'
ORDER BY c.township_code, c.metric_code
