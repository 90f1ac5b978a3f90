-- How large is the average fine, by county? Fines in yuan over penalty cases of the units that state both, in the last year.
-- 最近一年，各县平均每件行政处罚罚款多少元？只用两个数都写明的单位。
SELECT
    y.province_name AS province,
    y.county_name AS county,
    y.report_year AS year,
    sum(y.enforcement_penalty_cases)::BIGINT AS cases,
    sum(y.enforcement_fines)::BIGINT AS fines_yuan,
    round(sum(y.enforcement_fines) / sum(y.enforcement_penalty_cases)) AS yuan_per_case,
    count(*) AS n
FROM township_year AS y
WHERE
    y.enforcement_penalty_cases > 0
    AND y.enforcement_fines IS NOT NULL
    AND y.report_year = (SELECT max(l.report_year) FROM township_year AS l)
GROUP BY y.county_code, y.province_name, y.county_name, y.report_year
ORDER BY yuan_per_case DESC, y.county_code
