-- Which indicators do reports state, the commonest first? A comparison of townships can rest on the first ones only.
-- 各指标有多少报告写明？只有写明较多的指标才适合用来比较。
SELECT
    i.family,
    m.metric_code,
    m.name_zh,
    sum(m.n_stating)::BIGINT AS stating,
    sum(m.n_reporting)::BIGINT AS reporting,
    round(100 * sum(m.n_stating) / sum(m.n_reporting), 1) AS percent
FROM metric_coverage AS m
INNER JOIN dim_indicator AS i ON i.metric_code = m.metric_code
WHERE NOT m.is_headline
GROUP BY i.family, m.metric_code, m.name_zh
HAVING sum(m.n_stating) > 0
ORDER BY percent DESC, i.family, m.metric_code
