-- What share of the lawsuits against townships was lost, by province? Over the units that state both; few cases make the share coarse.
-- 各省乡镇行政诉讼败诉比例是多少？只用两个数都写明的单位，案件少时比例波动大。
WITH case_year AS (
    SELECT
        m.township_code, m.report_year,
        max(m.value) FILTER (WHERE m.metric_code = 'litigation_cases') AS cases,
        max(m.value) FILTER (WHERE m.metric_code = 'litigation_lost') AS lost
    FROM township_metric AS m
    WHERE m.metric_code IN ('litigation_cases', 'litigation_lost')
    GROUP BY m.township_code, m.report_year
)
SELECT
    d.province_name AS province,
    c.report_year AS year,
    sum(c.cases)::BIGINT AS cases,
    sum(c.lost)::BIGINT AS lost,
    round(100 * sum(c.lost) / sum(c.cases), 1) AS lost_percent,
    count(*) AS n
FROM case_year AS c
INNER JOIN dim_division AS d ON d.township_code = c.township_code
WHERE c.cases IS NOT NULL AND c.lost IS NOT NULL
GROUP BY d.province_code, d.province_name, c.report_year
HAVING sum(c.cases) > 0
ORDER BY d.province_code, c.report_year
