-- A unit: what it states, year by year, and why a cell is blank.
-- name: unit
-- A code may have had several names; the last one is shown.
SELECT
    township_code,
    township_name,
    county_code,
    county_name,
    city_name,
    province_code,
    province_name,
    unit_class,
    valid_from,
    valid_to
FROM dim_division
WHERE township_code = $code
ORDER BY valid_to DESC NULLS FIRST, valid_from DESC NULLS LAST
LIMIT 1
-- name: years
SELECT DISTINCT report_year
FROM province_year
ORDER BY report_year
-- name: reports
SELECT
    report_id,
    title,
    report_year,
    status,
    reason_code,
    reason_text,
    is_canonical,
    published_on,
    text_source,
    raw_path
FROM dim_report
WHERE township_code = $code
ORDER BY report_year, is_canonical DESC NULLS LAST, raw_path
-- name: indicators
SELECT metric_code, family, name_zh, name_en, unit, is_headline, is_main
FROM dim_indicator
ORDER BY NOT is_headline, family, NOT is_main, metric_code
-- name: figures
SELECT
    metric_code,
    report_year,
    value,
    unit,
    qualifier,
    value_low,
    value_high,
    method,
    n_facts,
    has_conflict,
    confidence
FROM township_metric
WHERE township_code = $code
ORDER BY metric_code, report_year
-- name: statuses
SELECT metric_code, report_year, status
FROM cell_status
WHERE township_code = $code AND status <> 'stated'
-- name: quartiles
-- Of the units of the county that state the figure; a quartile of fewer than four says nothing. The code of a unit
-- begins with that of its county.
SELECT
    m.metric_code,
    m.report_year,
    count(*) AS n,
    quantile_cont(m.value, [0.25, 0.5, 0.75]) AS quartiles
FROM township_metric AS m
WHERE
    starts_with(m.township_code, $county)
    AND m.metric_code IN (SELECT o.metric_code FROM township_metric AS o WHERE o.township_code = $code)
GROUP BY ALL
HAVING count(*) >= 4
-- name: relatives
WITH kin AS (
    SELECT s.township_code, TRUE AS is_predecessor, s.last_year
    FROM township_succession AS s
    WHERE s.successor_code = $code AND s.township_code <> $code
    UNION
    SELECT s.township_code, s.successor_code = $code AS is_predecessor, s.last_year
    FROM township_succession AS s
    WHERE s.township_code IN (SELECT o.successor_code FROM township_succession AS o WHERE o.township_code = $code)
)

SELECT k.township_code, d.township_name, coalesce(k.is_predecessor, FALSE) AS is_predecessor, k.last_year
FROM kin AS k
INNER JOIN dim_division AS d ON d.township_code = k.township_code
ORDER BY k.township_code
