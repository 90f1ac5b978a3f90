-- In what share of the units is every enforcement officer certified, by province? Over the units that state both numbers in the last year.
-- 最近一年，各省有多大比例的单位执法人员全部持证？只用两个数都写明的单位。
SELECT
    y.province_name AS province,
    y.report_year AS year,
    count(*) FILTER (WHERE y.enforcement_staff_certified >= y.enforcement_staff) AS units_all_certified,
    count(*) AS units_stating_both,
    round(100 * avg((y.enforcement_staff_certified >= y.enforcement_staff)::INTEGER), 1) AS percent
FROM township_year AS y
WHERE
    NOT y.enforcement_staff_is_lower_bound
    AND y.enforcement_staff_certified IS NOT NULL
    AND y.report_year = (SELECT max(l.report_year) FROM township_year AS l)
GROUP BY y.province_code, y.province_name, y.report_year
ORDER BY percent DESC, y.province_code
