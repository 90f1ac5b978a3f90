-- Which rules of the codebook gave most facts? A rule that gives none is dead, or its wording is rare.
-- 指标手册中哪些规则得出的事实最多？没有结果的规则可能已失效或写法少见。
WITH rule AS (
    SELECT
        f.rule_id, f.metric_code, count(*) AS facts, round(min(f.confidence), 2) AS lowest_confidence,
        min(f.report_id) AS first_report
    FROM fact_indicator AS f
    GROUP BY f.rule_id, f.metric_code
    ORDER BY facts DESC, f.rule_id
    LIMIT 50
)
SELECT
    r.rule_id,
    r.metric_code,
    r.facts,
    r.lowest_confidence,
    arg_min(f.evidence, f.fact_id) AS first_example
FROM rule AS r
INNER JOIN fact_indicator AS f
    ON f.report_id = r.first_report AND f.rule_id = r.rule_id AND f.metric_code = r.metric_code
GROUP BY r.rule_id, r.metric_code, r.facts, r.lowest_confidence
ORDER BY r.facts DESC, r.rule_id
