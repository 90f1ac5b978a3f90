-- Which rules of the codebook gave most facts? A rule that gives none is dead, or its wording is rare.
-- 指标手册中哪些规则得出的事实最多？没有结果的规则可能已失效或写法少见。
SELECT
    f.rule_id,
    f.metric_code,
    count(*) AS facts,
    round(min(f.confidence), 2) AS lowest_confidence,
    arg_min(f.evidence, f.fact_id) AS first_example
FROM fact_indicator AS f
GROUP BY f.rule_id, f.metric_code
ORDER BY facts DESC, f.rule_id
LIMIT 50
