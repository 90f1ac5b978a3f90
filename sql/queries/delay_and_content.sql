-- Do late reports state less? Units by days from the end of the year to publication, with the indicators that they state.
-- 公布较晚的报告是否写得更少？按年度结束至公布的天数分组，列出写明指标数。
SELECT
    y.report_year AS year,
    CASE
        WHEN y.days_to_publication <= 31 THEN '1. by the end of January'
        WHEN y.days_to_publication <= 90 THEN '2. by the end of March'
        ELSE '3. later'
    END AS published,
    count(*) AS n,
    round(avg(y.n_metrics), 1) AS mean_indicators,
    round(avg(y.n_conflicts), 2) AS mean_conflicts
FROM township_year AS y
WHERE y.days_to_publication IS NOT NULL
GROUP BY y.report_year, published
ORDER BY y.report_year, published
