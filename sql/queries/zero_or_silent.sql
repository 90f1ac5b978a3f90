-- For which indicators is a zero stated, and how often is nothing stated? Silence is not zero and must not be counted as one.
-- 哪些指标明确写了零，又有多少单位没有写？没写不等于零，不可按零计算。
SELECT
    c.report_year AS year,
    c.name_zh AS indicator,
    c.n_zero AS states_zero,
    c.n_stating - c.n_zero AS states_more,
    c.n_reporting - c.n_stating AS states_nothing,
    round(100 * c.n_zero / c.n_stating) AS percent_zero_of_stating
FROM metric_coverage AS c
WHERE c.n_zero > 0
ORDER BY c.report_year DESC, c.n_zero DESC, c.metric_code
