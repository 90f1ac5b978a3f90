-- Which units report and state none of the four headlines? Their reports are words only, or worded as no rule knows.
-- 哪些单位有报告却没有写任何一个总指标？可能通篇没有数字，也可能写法未被识别。
SELECT
    y.province_name AS province,
    y.county_name AS county,
    y.township_name AS township,
    y.report_year AS year,
    y.n_facts AS other_facts,
    y.is_complete
FROM township_year AS y
WHERE
    y.trainings_held IS NULL
    AND y.enforcement_staff_headline IS NULL
    AND y.petitions_handled IS NULL
    AND y.publicity_events_headline IS NULL
ORDER BY y.n_facts, y.township_code, y.report_year
LIMIT 50
