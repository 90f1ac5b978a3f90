-- Do figures heap on round numbers? The last digit of exact figures of 20 and more; by chance each digit has a tenth.
-- 数字是否集中于整数？为20及以上确数的末位，随机时0和5各占十分之一。
SELECT
    i.name_zh AS indicator,
    count(*) AS n,
    round(100 * avg((m.value::BIGINT % 10 = 0)::INTEGER), 1) AS percent_end_in_0,
    round(100 * avg((m.value::BIGINT % 10 = 5)::INTEGER), 1) AS percent_end_in_5,
    round(100 * avg((m.value::BIGINT % 100 = 0)::INTEGER) FILTER (WHERE m.value >= 200), 1) AS percent_end_in_00_from_200
FROM township_metric AS m
INNER JOIN dim_indicator AS i ON i.metric_code = m.metric_code
WHERE m.n_facts = 1 AND m.qualifier = 'exact' AND i.kind <> 'rate' AND NOT i.is_headline AND m.value BETWEEN 20 AND 1e12
GROUP BY m.metric_code, i.name_zh
HAVING count(*) >= 10
ORDER BY percent_end_in_0 DESC, m.metric_code
