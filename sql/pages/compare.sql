-- Units and areas beside each other, year by year.
-- name: indicators
SELECT metric_code, name_zh, name_en, family, unit, is_headline
FROM dim_indicator
ORDER BY NOT is_headline, family, metric_code
-- name: years
SELECT DISTINCT report_year
FROM province_year
ORDER BY report_year
-- name: area_figures
WITH area AS (
    SELECT
        c.county_code AS code, c.report_year, c.metric_code, c.value, c.unit, c.is_lower_bound, c.method, c.n_reporting,
        c.n_units, c.coverage
    FROM county_year AS c
    WHERE c.county_code IN $codes::VARCHAR[] AND c.metric_code IN $metrics::VARCHAR[]
    UNION ALL
    -- A prefecture without counties stands among the counties too: once is enough.
    SELECT
        c.city_code, c.report_year, c.metric_code, c.value, c.unit, c.is_lower_bound, c.method, c.n_reporting,
        c.n_units, c.coverage
    FROM city_year AS c
    WHERE
        c.city_code IN $codes::VARCHAR[]
        AND c.metric_code IN $metrics::VARCHAR[]
        AND c.city_code NOT IN (SELECT o.county_code FROM county_year AS o WHERE o.county_code IN $codes::VARCHAR[])
    UNION ALL
    SELECT
        p.province_code, p.report_year, p.metric_code, p.value, p.unit, p.is_lower_bound, p.method, p.n_reporting,
        p.n_units, p.coverage
    FROM province_year AS p
    WHERE p.province_code IN $codes::VARCHAR[] AND p.metric_code IN $metrics::VARCHAR[]
)
SELECT
    a.code,
    a.report_year,
    a.metric_code,
    CASE
        WHEN $by = 'unit' AND a.method IN ('sum', 'year_end_sum') THEN round(a.value / nullif(a.n_reporting, 0), 4)
        ELSE a.value
    END AS value,
    a.unit,
    CASE WHEN a.is_lower_bound THEN 'at_least' ELSE 'exact' END AS qualifier,
    a.method,
    a.n_reporting,
    a.n_units,
    a.coverage
FROM area AS a
-- name: unit_figures
SELECT m.township_code AS code, m.report_year, m.metric_code, m.value, m.unit, m.qualifier
FROM township_metric AS m
WHERE m.township_code IN $codes::VARCHAR[] AND m.metric_code IN $metrics::VARCHAR[]
-- name: blanks
-- Why a unit has no figure: what the warehouse says of the cell.
SELECT c.township_code AS code, c.report_year, c.metric_code, c.status
FROM cell_status AS c
WHERE
    c.township_code IN (SELECT unnest($codes::VARCHAR[]))
    AND c.metric_code IN (SELECT unnest($metrics::VARCHAR[]))
    AND c.status <> 'stated'
-- name: reports
SELECT
    r.township_code AS code,
    r.report_year,
    list(DISTINCT r.status) AS statuses
FROM dim_report AS r
WHERE r.township_code IN (SELECT unnest($codes::VARCHAR[])) AND r.report_year IS NOT NULL
GROUP BY r.township_code, r.report_year
