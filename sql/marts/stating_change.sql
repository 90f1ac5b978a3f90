-- Who stops stating an indicator, and who begins: the cells of two years side by side, where a report was accepted in both.
SELECT
    n.province_code,
    n.metric_code,
    n.report_year,
    count(*) FILTER (WHERE p.has_figure) AS n_stated_before,
    count(*) FILTER (WHERE p.has_figure AND n.status = 'silent') AS n_stopped,
    count(*) FILTER (WHERE p.status = 'silent') AS n_silent_before,
    count(*) FILTER (WHERE p.status = 'silent' AND n.has_figure) AS n_began
FROM cell_status AS n
INNER JOIN cell_status AS p
    ON p.township_code = n.township_code AND p.metric_code = n.metric_code AND p.report_year = n.report_year - 1
WHERE (n.has_figure OR n.status = 'silent') AND (p.has_figure OR p.status = 'silent')
GROUP BY n.province_code, n.metric_code, n.report_year
ORDER BY n.province_code, n.metric_code, n.report_year
