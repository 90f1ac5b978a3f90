-- How well does last year's figure tell this year's? Correlation of the two over units that state both exactly.
-- 上年的数字在多大程度上预示今年？为两年都写明确数的单位之间的相关系数。
SELECT
    i.name_zh AS indicator,
    count(*) AS n,
    round(corr(c.value, c.previous_value), 2) AS correlation,
    round(corr(ln(1 + c.value), ln(1 + c.previous_value)), 2) AS correlation_of_logs,
    round(median(c.change_share) * 100, 1) AS median_change_percent
FROM township_change AS c
INNER JOIN dim_indicator AS i ON i.metric_code = c.metric_code
WHERE c.is_exact AND i.kind <> 'rate' AND c.value >= 0 AND c.previous_value >= 0
GROUP BY c.metric_code, i.name_zh
HAVING count(*) >= 10
ORDER BY correlation_of_logs DESC, c.metric_code
