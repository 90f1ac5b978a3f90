-- How are hotline orders distributed among the townships of each province and year? Quartiles of the units that state them.
-- 各省每年乡镇受理热线工单的分布如何？为写明单位的四分位数。
SELECT
    y.province_name AS province,
    y.report_year AS year,
    count(*) AS n,
    quantile_cont(y.hotline_received, 0.25) AS lower_quartile,
    quantile_cont(y.hotline_received, 0.5) AS median,
    quantile_cont(y.hotline_received, 0.75) AS upper_quartile,
    max(y.hotline_received) AS largest
FROM township_year AS y
WHERE y.hotline_received IS NOT NULL
GROUP BY y.province_code, y.province_name, y.report_year
ORDER BY y.province_code, y.report_year
