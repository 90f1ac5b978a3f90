-- What share of the enforcement staff is certified, by province and year? Over the units that state both numbers; n says how many.
-- 各省每年的执法人员持证比例是多少？只用同时写明总数和持证数的单位，n 为单位数。
SELECT
    y.province_name AS province,
    y.report_year AS year,
    sum(y.enforcement_staff)::BIGINT AS staff,
    sum(y.enforcement_staff_certified)::BIGINT AS certified,
    round(100 * sum(y.enforcement_staff_certified) / sum(y.enforcement_staff), 1) AS certified_percent,
    count(*) AS n
FROM township_year AS y
-- The plain figure, because the headline takes the certified for the staff where nothing else is stated.
WHERE NOT y.enforcement_staff_is_lower_bound AND y.enforcement_staff_certified <= y.enforcement_staff
GROUP BY y.province_code, y.province_name, y.report_year
HAVING sum(y.enforcement_staff) > 0
ORDER BY certified_percent DESC, y.province_code, y.report_year
