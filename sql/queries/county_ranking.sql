-- Which counties handle most petitions per reporting township, in the last year? Only counties where half of the townships state it.
-- 最近一年，平均每个报告乡镇受理信访最多的是哪些县？仅列半数以上乡镇写明的县。
SELECT
    rank() OVER (ORDER BY c.value / c.n_reporting DESC) AS place,
    c.province_name AS province,
    c.county_name AS county,
    c.report_year AS year,
    round(c.value / c.n_reporting, 1) AS petitions_per_township,
    c.is_lower_bound,
    c.n_reporting,
    c.n_units,
    round(100 * c.coverage) AS coverage_percent
FROM county_year AS c
WHERE
    c.metric_code = 'petitions_handled'
    AND c.coverage >= 0.5
    AND c.report_year = (SELECT max(l.report_year) FROM county_year AS l)
ORDER BY place, c.county_code
