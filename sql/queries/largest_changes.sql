-- Which headlines changed most on the year before? Only exact figures of the last year, and none below ten, where shares mean little.
-- 与上一年相比，哪些总指标变化最大？只比较最近一年的精确数字，基数小于十的不列。
SELECT
    d.province_name AS province,
    d.county_name AS county,
    d.township_name AS township,
    c.report_year AS year,
    c.metric_code AS headline,
    c.previous_value,
    c.value,
    round(100 * c.change_share) AS change_percent,
    c.through_successor
FROM township_change AS c
INNER JOIN dim_division AS d ON d.township_code = c.township_code
WHERE
    c.is_headline
    AND c.is_exact
    AND c.previous_value >= 10
    AND c.report_year = (SELECT max(l.report_year) FROM metric_coverage AS l)
ORDER BY abs(c.change_share) DESC, c.township_code, c.metric_code
LIMIT 50
