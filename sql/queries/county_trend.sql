-- How did one county's headlines develop, over how many townships? A change of n_reporting can make a trend that is none.
-- 某县的总指标逐年如何变化，各由多少乡镇写明？写明单位数变动会造成虚假的趋势。
SELECT
    c.county_name AS county,
    c.metric_code AS headline,
    c.report_year AS year,
    c.value,
    c.is_lower_bound,
    c.method,
    c.n_reporting,
    c.n_units,
    round(c.value / c.n_reporting, 1) AS per_township
FROM county_year AS c
INNER JOIN dim_indicator AS i ON i.metric_code = c.metric_code
WHERE c.county_code = '510921' AND i.is_headline
ORDER BY c.metric_code, c.report_year
