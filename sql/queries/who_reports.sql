-- How many townships of a province, without zones and farms, have a report of the year? What is missing may be unpublished or not yet collected.
-- 各省每年有多少乡镇（不含开发区、农林场等）的报告已收录？缺少的可能未公开，也可能尚未收集。
WITH reporting AS (
    SELECT y.province_code, y.report_year, count(*) AS n_reporting, avg(y.n_facts) AS facts_per_report
    FROM township_year AS y
    GROUP BY y.province_code, y.report_year
),
size AS (
    SELECT d.province_code, d.province_name, count(*) AS n_units
    FROM dim_division AS d
    WHERE d.level = 'township' AND d.valid_to IS NULL AND d.unit_class <> 'special'
    GROUP BY d.province_code, d.province_name
)
SELECT
    s.province_name AS province,
    r.report_year AS year,
    r.n_reporting,
    s.n_units AS units_of_today,
    round(100 * r.n_reporting / s.n_units, 1) AS percent,
    round(r.facts_per_report, 1) AS facts_per_report
FROM reporting AS r
INNER JOIN size AS s ON s.province_code = r.province_code
ORDER BY s.province_code, r.report_year
