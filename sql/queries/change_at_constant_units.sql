-- How did the headlines of a province change, and how much of it is who reports? The change of the sum beside that of units that state both years.
-- 各省总指标变化多少，其中多少来自报告单位的增减？并列总和的变化与两年都写明单位的变化。
SELECT
    p.province_name AS province,
    p.report_year AS year,
    i.name_zh AS headline,
    p.value - b.value AS change_of_the_sum,
    p.change_stable AS change_of_the_same_units,
    p.value - b.value - p.change_stable AS change_of_who_reports,
    p.n_stable AS same_units,
    p.n_reporting AS units_now,
    b.n_reporting AS units_before
FROM province_year AS p
INNER JOIN province_year AS b
    ON b.province_code = p.province_code AND b.metric_code = p.metric_code AND b.report_year = p.report_year - 1
INNER JOIN dim_indicator AS i ON i.metric_code = p.metric_code AND i.is_headline
WHERE p.n_stable > 0
ORDER BY p.province_code, p.report_year, p.metric_code
