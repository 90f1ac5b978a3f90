-- Units and areas beside each other, year by year.
-- name: places
-- A code may have had several names; the last one is shown.
SELECT
    d.division_code AS code,
    arg_max(d.division_name, coalesce(d.valid_to, DATE '9999-12-31')) AS name,
    any_value(d.level) AS level,
    concat_ws(
        ' ',
        any_value(d.province_name) FILTER (d.level <> 'province'),
        any_value(d.city_name) FILTER (d.level IN ('county', 'township')),
        any_value(d.county_name) FILTER (d.level = 'township')
    ) AS where_it_lies
FROM dim_division AS d
WHERE d.division_code IN (SELECT unnest($codes::VARCHAR[]))
GROUP BY d.division_code
-- name: indicators
SELECT metric_code, name_zh, name_en, family, unit, is_headline
FROM dim_indicator
ORDER BY NOT is_headline, family, metric_code
-- name: years
SELECT DISTINCT report_year
FROM province_year
ORDER BY report_year
-- name: figures
WITH wanted AS (
    SELECT unnest($codes::VARCHAR[]) AS code
),
area AS (
    SELECT
        c.county_code AS code, c.report_year, c.metric_code, c.value, c.unit, c.is_lower_bound, c.method, c.n_reporting,
        c.n_units, c.coverage
    FROM county_year AS c
    WHERE c.county_code IN (SELECT w.code FROM wanted AS w) AND c.metric_code IN (SELECT unnest($metrics::VARCHAR[]))
    UNION ALL
    -- A prefecture without counties stands among the counties too: once is enough.
    SELECT
        c.city_code, c.report_year, c.metric_code, c.value, c.unit, c.is_lower_bound, c.method, c.n_reporting,
        c.n_units, c.coverage
    FROM city_year AS c
    WHERE
        c.city_code IN (SELECT w.code FROM wanted AS w)
        AND c.metric_code IN (SELECT unnest($metrics::VARCHAR[]))
        AND c.city_code NOT IN (SELECT o.county_code FROM county_year AS o WHERE o.county_code IN (SELECT w.code FROM wanted AS w))
    UNION ALL
    SELECT
        p.province_code, p.report_year, p.metric_code, p.value, p.unit, p.is_lower_bound, p.method, p.n_reporting,
        p.n_units, p.coverage
    FROM province_year AS p
    WHERE p.province_code IN (SELECT w.code FROM wanted AS w) AND p.metric_code IN (SELECT unnest($metrics::VARCHAR[]))
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
UNION ALL
SELECT m.township_code, m.report_year, m.metric_code, m.value, m.unit, m.qualifier, NULL, NULL, NULL, NULL
FROM township_metric AS m
WHERE m.township_code IN (SELECT w.code FROM wanted AS w) AND m.metric_code IN (SELECT unnest($metrics::VARCHAR[]))
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
