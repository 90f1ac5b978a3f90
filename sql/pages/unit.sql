-- A unit: what it states, year by year, and why a cell is blank.
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
-- name: statuses
SELECT metric_code, report_year, status
FROM cell_status
WHERE township_code = $code AND status <> 'stated'
-- name: quartiles
-- Of the units of the county that state the figure; a quartile of fewer than four says nothing. The code of a unit
-- begins with that of its county. To leave out what the unit does not state takes longer than to count it.
SELECT
    m.metric_code,
    m.report_year,
    quantile_cont(m.value, [0.25, 0.5, 0.75]) AS quartiles
FROM township_metric AS m
WHERE starts_with(m.township_code, $county)
GROUP BY ALL
HAVING count(*) >= 4
-- name: relatives
-- Of all units that have any: they are few.
WITH kin AS (
    SELECT s.successor_code AS code, s.township_code, TRUE AS is_predecessor, s.last_year
    FROM township_succession AS s
    WHERE s.township_code <> s.successor_code
    UNION
    SELECT o.township_code, s.township_code, coalesce(s.successor_code = o.township_code, FALSE), s.last_year
    FROM township_succession AS o
    INNER JOIN township_succession AS s ON s.township_code = o.successor_code
)

SELECT k.code, k.township_code, d.township_name, k.is_predecessor, k.last_year
FROM kin AS k
INNER JOIN dim_division AS d ON d.township_code = k.township_code
ORDER BY k.code, k.township_code
