-- How many law trainings are there per enforcement officer, by province and year? Lower bounds of either number are left out.
-- 各省每年平均每名执法人员对应多少次学法培训？任一数为下限的单位不计。
SELECT
    y.province_name AS province,
    y.report_year AS year,
    sum(y.trainings_held)::BIGINT AS trainings,
    sum(y.enforcement_staff)::BIGINT AS staff,
    round(sum(y.trainings_held) / sum(y.enforcement_staff), 2) AS trainings_per_officer,
    count(*) AS n
FROM township_year AS y
WHERE NOT y.trainings_held_is_lower_bound AND NOT y.enforcement_staff_is_lower_bound AND y.enforcement_staff > 0
GROUP BY y.province_code, y.province_name, y.report_year
ORDER BY y.province_code, y.report_year
