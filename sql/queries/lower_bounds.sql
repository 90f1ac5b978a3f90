-- Which headlines rest on lower bounds, and how often? A sum of them is a lower bound too.
-- 哪些总指标常常只有下限？下限之和仍是下限。
SELECT
    c.metric_code AS headline,
    c.name_zh AS name,
    c.report_year AS year,
    c.n_stating,
    c.n_lower_bound,
    round(100 * c.n_lower_bound / c.n_stating) AS percent_lower_bound
FROM metric_coverage AS c
WHERE c.is_headline AND c.n_stating > 0
ORDER BY percent_lower_bound DESC, c.metric_code, c.report_year
