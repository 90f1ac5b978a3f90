-- Which indicators do units stop stating? Units that report in both years, and how many of those that stated it then are silent now.
-- 哪些指标被单位停止写明？只用两年都有报告的单位，看上年写明、今年未写的有多少。
SELECT
    n.report_year AS year,
    i.name_zh AS indicator,
    count(*) FILTER (WHERE p.has_figure) AS stated_before,
    count(*) FILTER (WHERE p.has_figure AND n.status = 'silent') AS silent_now,
    round(100 * count(*) FILTER (WHERE p.has_figure AND n.status = 'silent') / count(*) FILTER (WHERE p.has_figure), 1)
        AS percent_stopped,
    count(*) FILTER (WHERE p.status = 'silent' AND n.has_figure) AS began
FROM cell_status AS n
INNER JOIN cell_status AS p
    ON p.township_code = n.township_code AND p.metric_code = n.metric_code AND p.report_year = n.report_year - 1
INNER JOIN dim_indicator AS i ON i.metric_code = n.metric_code
WHERE (n.has_figure OR n.status = 'silent') AND (p.has_figure OR p.status = 'silent')
GROUP BY n.report_year, n.metric_code, i.name_zh
HAVING count(*) FILTER (WHERE p.has_figure) > 0
ORDER BY percent_stopped DESC, n.report_year, n.metric_code
