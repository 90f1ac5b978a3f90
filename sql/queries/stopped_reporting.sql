-- Which units reported on one year and not on the next? Units that ended, whose successor accounts for them, are left out.
-- 哪些单位上一年有报告、最近一年没有？已撤销、由后继单位报告的不列。
WITH last AS (
    SELECT max(y.report_year) AS report_year
    FROM township_year AS y
)
SELECT
    y.province_name AS province,
    y.county_name AS county,
    y.township_name AS township,
    y.report_year AS last_reported,
    y.n_facts AS facts_then
FROM township_year AS y
INNER JOIN last AS l ON y.report_year = l.report_year - 1
INNER JOIN township_succession AS s ON s.township_code = y.township_code AND s.last_year IS NULL
ANTI JOIN township_year AS n ON n.township_code = y.township_code AND n.report_year = y.report_year + 1
ORDER BY y.township_code
LIMIT 50
