-- In which counties did law trainings grow most? Over units that state them in both years, at least three of them.
-- 哪些县的学法培训增长最多？只用两年都写明的单位，且不少于三个。
SELECT
    c.province_name AS province,
    c.county_name AS county,
    c.report_year AS year,
    c.change_stable AS change,
    round(c.change_stable / c.n_stable, 1) AS change_per_unit,
    c.n_stable AS units_in_both_years,
    c.n_units
FROM county_year AS c
WHERE c.metric_code = 'trainings_held' AND c.n_stable >= 3
ORDER BY change_per_unit DESC, c.county_code, c.report_year
