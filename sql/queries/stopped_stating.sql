-- Which indicators do units stop stating? Units that report in both years, and how many of those that stated it then are silent now.
-- 哪些指标被单位停止写明？只用两年都有报告的单位，看上年写明、今年未写的有多少。
SELECT
    s.report_year AS year,
    i.name_zh AS indicator,
    sum(s.n_stated_before)::BIGINT AS stated_before,
    sum(s.n_stopped)::BIGINT AS silent_now,
    round(100 * sum(s.n_stopped) / sum(s.n_stated_before), 1) AS percent_stopped,
    sum(s.n_began)::BIGINT AS began
FROM stating_change AS s
INNER JOIN dim_indicator AS i ON i.metric_code = s.metric_code
GROUP BY s.report_year, s.metric_code, i.name_zh
HAVING sum(s.n_stated_before) > 0
ORDER BY percent_stopped DESC, s.report_year, s.metric_code
