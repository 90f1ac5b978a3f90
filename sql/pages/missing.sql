-- What is not there: coverage, counties without a report, quarantine by reason, and the queue over the releases.
-- name: area
SELECT any_value(division_name) AS name, any_value(level) AS level FROM dim_division
WHERE division_code = $area
HAVING count(*) > 0
-- name: coverage
-- Units that reported in each year, of the units of the province by today's register.
WITH unit AS (
    SELECT DISTINCT township_code, province_code, province_name
    FROM dim_division
    WHERE
        level = 'township'
        AND valid_to IS NULL
        AND unit_class <> 'special'
        AND ($area IS NULL OR province_code = $area OR city_code = $area OR county_code = $area)
),

total AS (
    SELECT province_code, any_value(province_name) AS province_name, count(*) AS n_units
    FROM unit
    GROUP BY province_code
)

SELECT
    t.province_code,
    t.province_name,
    t.n_units,
    y.report_year,
    count(DISTINCT y.township_code) AS n_reporting
FROM total AS t
LEFT JOIN unit AS u ON u.province_code = t.province_code
LEFT JOIN township_year AS y ON y.township_code = u.township_code
GROUP BY ALL
ORDER BY t.province_code, y.report_year
-- name: counties
SELECT
    d.county_code,
    any_value(d.county_name) AS county_name,
    any_value(d.city_name) AS city_name,
    any_value(d.province_name) AS province_name,
    count(DISTINCT d.township_code) AS n_units
FROM dim_division AS d
WHERE
    d.level = 'township'
    AND d.valid_to IS NULL
    AND ($area IS NULL OR d.province_code = $area OR d.city_code = $area OR d.county_code = $area)
GROUP BY d.county_code
HAVING NOT bool_or(d.township_code IN (SELECT y.township_code FROM township_year AS y))
ORDER BY d.county_code
-- name: silent_units
SELECT DISTINCT d.township_code, d.township_name
FROM dim_division AS d
WHERE
    d.level = 'township'
    AND d.valid_to IS NULL
    AND d.county_code = $area
    AND d.township_code NOT IN (SELECT y.township_code FROM township_year AS y)
ORDER BY d.township_code
-- name: reasons
SELECT
    reason_code,
    count(*) AS n_reports,
    any_value(reason_text) AS example
FROM dim_report
WHERE status = 'quarantined' AND ($area IS NULL OR county_code = $area OR starts_with(county_code, $prefix))
GROUP BY reason_code
ORDER BY n_reports DESC, reason_code
-- name: quarantined
SELECT report_id, title, raw_path, report_year, reason_code, reason_text
FROM dim_report
WHERE
    status = 'quarantined'
    AND ($reason IS NULL OR reason_code = $reason)
    AND ($area IS NULL OR county_code = $area OR starts_with(county_code, $prefix))
ORDER BY raw_path
LIMIT $most OFFSET $skip
-- name: sources
SELECT
    source_id,
    count(*) AS n_reports,
    count(*) FILTER (status = 'accepted') AS n_accepted,
    max(fetched_at) AS last_fetched
FROM dim_report
WHERE source_id IS NOT NULL
GROUP BY source_id
-- name: queue
SELECT count(*) AS n_items, count(DISTINCT report_id) AS n_reports FROM review_queue
