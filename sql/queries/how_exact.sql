-- How exact are the figures, by year? Of the headlines; a lower bound needs a model that knows censored values.
-- 各年总指标有多精确？下限值宜用可处理截尾数据的模型。
SELECT
    i.name_zh AS headline,
    m.report_year AS year,
    count(*) AS n,
    round(100 * avg((m.qualifier = 'exact')::INTEGER), 1) AS exact,
    round(100 * avg((m.qualifier = 'at_least')::INTEGER), 1) AS at_least,
    round(100 * avg((m.qualifier IN ('approx', 'at_most'))::INTEGER), 1) AS approx_or_at_most,
    round(100 * avg((contains(m.method, 'part_of_year'))::INTEGER), 1) AS part_of_year
FROM township_metric AS m
INNER JOIN dim_indicator AS i ON i.metric_code = m.metric_code AND i.is_headline
GROUP BY m.metric_code, i.name_zh, m.report_year
ORDER BY m.metric_code, m.report_year
