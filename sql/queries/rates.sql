-- What are the rates of each province, and are they weighted? weighted_mean: by what the rate is a share of; mean: plain, over n.
-- 各省的比率是多少，是否加权？weighted_mean 按分母加权，mean 为 n 个单位的简单平均。
SELECT
    p.province_name AS province,
    p.report_year AS year,
    i.name_zh AS indicator,
    round(p.value, 1) AS percent,
    p.method,
    i.weight,
    p.n_reporting AS n,
    p.n_units
FROM province_year AS p
INNER JOIN dim_indicator AS i ON i.metric_code = p.metric_code
WHERE i.kind = 'rate'
ORDER BY p.metric_code, p.province_code, p.report_year
