-- In which counties do reports say least? Percent of the main indicators that a report of the last year states.
-- 最近一年，哪些县的报告写明的主要指标最少？为写明指标占主要指标的百分比。
SELECT
    d.province_name AS province,
    d.county_name AS county,
    c.report_year AS year,
    count(DISTINCT c.township_code) AS n_reporting,
    round(100 * avg(c.has_figure::INTEGER), 1) AS percent_stated
FROM cell_status AS c
INNER JOIN dim_indicator AS i ON i.metric_code = c.metric_code AND i.is_main
INNER JOIN dim_division AS d ON d.level = 'county' AND d.division_code = c.county_code
WHERE c.status IN ('stated', 'part_of_year', 'silent') AND c.report_year = (SELECT max(l.report_year) FROM cell_status AS l)
GROUP BY c.county_code, d.province_name, d.county_name, c.report_year
ORDER BY percent_stated, c.county_code
