-- Which units stated a headline on one year and are silent on it in the next report? With the last figure that they stated.
-- 哪些单位上一年写明某总指标、次年的报告不再写？列出最后写明的数字。
SELECT
    d.province_name AS province,
    d.county_name AS county,
    d.township_name AS township,
    n.report_year AS silent_in,
    i.name_zh AS headline,
    m.value AS last_stated,
    m.qualifier
FROM cell_status AS n
INNER JOIN township_metric AS m
    ON
        m.township_code = n.township_code AND m.metric_code = n.metric_code AND m.report_year = n.report_year - 1
        AND m.is_headline
INNER JOIN dim_indicator AS i ON i.metric_code = n.metric_code AND i.is_headline
INNER JOIN dim_division AS d ON d.township_code = n.township_code
WHERE n.status = 'silent'
ORDER BY n.township_code, n.report_year, n.metric_code
LIMIT 50
