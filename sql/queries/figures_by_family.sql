-- How many figures does each family of indicators give, by year? The families are those of the codebook.
-- 各类指标每年有多少数字？类别与指标手册一致。
SELECT
    i.family,
    c.report_year AS year,
    sum(c.n_stating)::BIGINT AS figures,
    count(*) FILTER (WHERE c.n_stating > 0) AS indicators_stated,
    count(*) AS indicators,
    round(sum(c.n_stating) / max(c.n_reporting), 2) AS figures_per_unit
FROM metric_coverage AS c
INNER JOIN dim_indicator AS i ON i.metric_code = c.metric_code
WHERE NOT c.is_headline
GROUP BY i.family, c.report_year
ORDER BY c.report_year DESC, figures DESC, i.family
