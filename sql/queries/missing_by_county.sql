-- In which counties do reports say least? Percent of the main indicators that a report of the last year states.
-- 最近一年，哪些县的报告写明的主要指标最少？为写明指标占主要指标的百分比。
WITH unit AS (
    SELECT c.county_code, c.township_code, c.report_year, count(*) AS n_cells, count(*) FILTER (WHERE c.has_figure) AS n_stated
    FROM cell_status AS c
    INNER JOIN dim_indicator AS i ON i.metric_code = c.metric_code AND i.is_main
    WHERE c.status IN ('stated', 'part_of_year', 'silent') AND c.report_year = (SELECT max(l.report_year) FROM cell_status AS l)
    GROUP BY c.county_code, c.township_code, c.report_year
)
SELECT
    d.province_name AS province,
    d.county_name AS county,
    u.report_year AS year,
    count(*) AS n_reporting,
    round(100 * sum(u.n_stated) / sum(u.n_cells), 1) AS percent_stated
FROM unit AS u
INNER JOIN dim_division AS d ON d.level = 'county' AND d.division_code = u.county_code
GROUP BY u.county_code, d.province_name, d.county_name, u.report_year
ORDER BY percent_stated, u.county_code
