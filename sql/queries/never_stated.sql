-- Which common indicators does no unit of a province state, in the last year? Common: a fifth of all reporting units state it.
-- 最近一年，哪些常见指标在某省没有任何单位写明？常见指全国五分之一以上报告单位写明。
SELECT
    p.province_name AS province,
    c.report_year AS year,
    c.name_zh AS indicator,
    round(100 * c.share_stating) AS percent_stating_elsewhere,
    p.units_reporting
FROM metric_coverage AS c
CROSS JOIN (
    SELECT y.province_code, y.province_name, y.report_year, count(*) AS units_reporting
    FROM township_year AS y
    GROUP BY y.province_code, y.province_name, y.report_year
) AS p
ANTI JOIN province_year AS s
    ON s.province_code = p.province_code AND s.report_year = c.report_year AND s.metric_code = c.metric_code
WHERE
    c.share_stating >= 0.2
    AND p.report_year = c.report_year
    AND c.report_year = (SELECT max(l.report_year) FROM metric_coverage AS l)
ORDER BY percent_stating_elsewhere DESC, c.metric_code, p.province_code
