-- Figures that a report states twice and differently, with every sentence. The larger was kept; a person should look.
SELECT
    d.township_name AS township,
    m.report_year AS year,
    i.name_zh AS indicator,
    m.value AS kept,
    f.value AS stated,
    f.qualifier,
    f.evidence
FROM township_metric AS m
INNER JOIN dim_division AS d ON d.township_code = m.township_code
INNER JOIN dim_indicator AS i ON i.metric_code = m.metric_code
INNER JOIN fact_indicator AS f ON list_contains(list_concat(m.fact_ids, m.set_aside_fact_ids), f.fact_id)
WHERE m.has_conflict AND NOT m.is_headline
ORDER BY d.township_code, m.report_year, m.metric_code, f.number_start, f.fact_id
