-- Which figures does a report state twice and differently, in which words? The larger was kept; a person should look.
-- 哪些数字在同一份报告中前后不一？暂取较大者，并列出全部原文，应由人核对。
WITH conflict AS (
    SELECT q.township_code, q.report_year, q.metric_code, unnest(q.fact_ids) AS fact_id
    FROM review_queue AS q
    WHERE q.kind = 'conflict'
)
SELECT
    d.township_name AS township,
    c.report_year AS year,
    i.name_zh AS indicator,
    m.value AS kept,
    f.value AS stated,
    f.qualifier,
    f.evidence
FROM conflict AS c
INNER JOIN township_metric AS m
    ON
        m.township_code = c.township_code AND m.report_year = c.report_year AND m.metric_code = c.metric_code
        AND m.has_conflict AND NOT m.is_headline
INNER JOIN dim_division AS d ON d.township_code = c.township_code
INNER JOIN dim_indicator AS i ON i.metric_code = c.metric_code
INNER JOIN fact_indicator AS f ON f.fact_id = c.fact_id
ORDER BY d.township_code, c.report_year, c.metric_code, f.number_start, f.fact_id
