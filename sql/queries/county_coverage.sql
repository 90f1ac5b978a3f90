-- What are a county's headlines, and how many of its townships state them? A figure is worth as much as its coverage.
-- 各县的总指标是多少，有几个乡镇写明？覆盖率决定数字的分量。
SELECT
    c.province_name AS province,
    c.county_name AS county,
    c.report_year AS year,
    i.name_zh AS indicator,
    if(c.is_lower_bound, '≥ ', '') || format('{:,.15g}', round(c.value, 1)) AS value,
    c.unit,
    c.n_reporting,
    c.n_units
FROM county_year AS c
INNER JOIN dim_indicator AS i ON i.metric_code = c.metric_code
WHERE i.is_headline
ORDER BY c.county_code, c.report_year, c.metric_code
