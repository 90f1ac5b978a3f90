-- What does one unit state, year by year, and how was each figure found? `method` says how several facts became one.
-- 某个单位历年写明了哪些数字，如何得出？method 说明多个事实如何合成一个。
SELECT
    i.family,
    i.name_zh AS indicator,
    m.report_year AS year,
    m.value,
    m.unit,
    m.qualifier,
    m.method,
    m.n_facts
FROM township_metric AS m
INNER JOIN dim_indicator AS i ON i.metric_code = m.metric_code
WHERE m.township_code = '510921105'
ORDER BY i.family, m.metric_code, m.report_year
