-- Which units state only lower bounds for their headlines, in the last year? They can be compared with nobody.
-- 最近一年，哪些单位的总指标全是下限？这些单位无法与别处比较。
SELECT
    y.province_name AS province,
    y.county_name AS county,
    y.township_name AS township,
    y.report_year AS year,
    y.trainings_held_low AS trainings_at_least,
    y.enforcement_staff_headline_low AS staff_at_least,
    y.petitions_handled_low AS petitions_at_least,
    y.publicity_events_headline_low AS publicity_at_least
FROM township_year AS y
WHERE
    y.report_year = (SELECT max(l.report_year) FROM township_year AS l)
    AND coalesce(y.trainings_held_is_lower_bound, TRUE)
    AND coalesce(y.enforcement_staff_headline_is_lower_bound, TRUE)
    AND coalesce(y.petitions_handled_is_lower_bound, TRUE)
    AND coalesce(y.publicity_events_headline_is_lower_bound, TRUE)
    AND coalesce(y.trainings_held, y.enforcement_staff_headline, y.petitions_handled, y.publicity_events_headline) IS NOT NULL
ORDER BY y.township_code
LIMIT 50
