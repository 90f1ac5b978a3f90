-- In which provinces do reports contradict themselves most? Conflicts per hundred indicators that are stated.
-- 哪些省的报告自相矛盾最多？为每百个写明指标中的冲突数。
SELECT
    y.province_name AS province,
    y.report_year AS year,
    count(*) AS n_reporting,
    sum(y.n_metrics)::BIGINT AS indicators,
    sum(y.n_conflicts)::BIGINT AS conflicts,
    round(100 * sum(y.n_conflicts) / nullif(sum(y.n_metrics), 0), 2) AS per_hundred
FROM township_year AS y
GROUP BY y.province_code, y.province_name, y.report_year
ORDER BY per_hundred DESC NULLS LAST, y.province_code, y.report_year
