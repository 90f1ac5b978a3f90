-- Do units differ more from each other within a county or between counties? Share of the variance of each headline that lies between counties.
-- 单位间的差异主要在县内还是县际？为各总指标方差中县际部分的比例。
WITH figure AS (
    SELECT m.metric_code, m.report_year, d.county_code, m.value
    FROM township_metric AS m
    INNER JOIN dim_division AS d ON d.township_code = m.township_code
    WHERE m.is_headline AND m.qualifier = 'exact'
),
county AS (
    SELECT f.metric_code, f.report_year, f.county_code, count(*) AS n, avg(f.value) AS mean, var_pop(f.value) AS variance
    FROM figure AS f
    GROUP BY f.metric_code, f.report_year, f.county_code
),
overall AS (
    SELECT f.metric_code, f.report_year, count(*) AS n, var_pop(f.value) AS variance
    FROM figure AS f
    GROUP BY f.metric_code, f.report_year
)
SELECT
    i.name_zh AS headline,
    o.report_year AS year,
    o.n AS units,
    count(*) AS counties,
    round(100 * (1 - sum(c.n * c.variance) / o.n / nullif(o.variance, 0)), 1) AS percent_between_counties
FROM overall AS o
INNER JOIN county AS c ON c.metric_code = o.metric_code AND c.report_year = o.report_year
INNER JOIN dim_indicator AS i ON i.metric_code = o.metric_code
GROUP BY o.metric_code, i.name_zh, o.report_year, o.n, o.variance
ORDER BY o.metric_code, o.report_year
