-- Which figures does a report state twice and differently, in which words? The larger was kept; a person should look.
-- 哪些数字在同一份报告中前后不一？暂取较大者，并列出全部原文，应由人核对。
WITH conflict AS (
    SELECT
        c.township_code, c.report_year, c.metric_code, c.value,
        unnest(list_concat(c.fact_ids, c.set_aside_fact_ids)) AS fact_id
    FROM township_metric AS c
    WHERE c.has_conflict AND NOT c.is_headline
)
SELECT
    d.township_name AS township,
    m.report_year AS year,
    i.name_zh AS indicator,
    m.value AS kept,
    f.value AS stated,
    f.qualifier,
    f.evidence
FROM conflict AS m
INNER JOIN dim_division AS d ON d.township_code = m.township_code
INNER JOIN dim_indicator AS i ON i.metric_code = m.metric_code
INNER JOIN fact_indicator AS f ON f.fact_id = m.fact_id AND f.report_id = split_part(m.fact_id, ':', 1)
ORDER BY d.township_code, m.report_year, m.metric_code, f.number_start, f.fact_id
