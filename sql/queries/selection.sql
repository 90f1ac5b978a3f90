-- Do units that go on reporting differ from those that stop? Headlines of a year, by whether the unit reports on the next.
-- 继续报告的单位与停止报告的单位是否不同？按下一年是否有报告，列出当年总指标的中位数。
SELECT
    y.report_year AS year,
    n.township_code IS NOT NULL AS reports_next_year,
    count(*) AS n,
    median(y.trainings_held) AS median_trainings,
    median(y.enforcement_staff_headline) AS median_staff,
    median(y.petitions_handled) AS median_petitions,
    median(y.publicity_events_headline) AS median_publicity,
    round(avg(y.n_metrics), 1) AS mean_indicators
FROM township_year AS y
LEFT JOIN township_year AS n ON n.township_code = y.township_code AND n.report_year = y.report_year + 1
WHERE y.report_year < (SELECT max(l.report_year) FROM township_year AS l)
GROUP BY y.report_year, reports_next_year
ORDER BY y.report_year, reports_next_year DESC
