-- The pages of a static site: for each page of the workbench the parameters that it is made with, one page a row.
-- $provinces are the first two digits of the provinces that are asked for; NULL asks for all.
-- name: provinces
SELECT DISTINCT province_code, province_name FROM dim_division
WHERE province_code IS NOT NULL
ORDER BY province_code
-- name: unit
SELECT township_code AS code FROM dim_report
WHERE township_code IS NOT NULL AND ($provinces IS NULL OR list_contains($provinces::VARCHAR[], township_code[:2]))
UNION
SELECT township_code FROM township_metric
WHERE $provinces IS NULL OR list_contains($provinces::VARCHAR[], township_code[:2])
ORDER BY code
-- name: figure
SELECT township_code AS code, report_year AS year, metric_code AS metric FROM township_metric
WHERE $provinces IS NULL OR list_contains($provinces::VARCHAR[], township_code[:2])
ORDER BY ALL
-- name: report
SELECT report_id AS report FROM dim_report
WHERE $provinces IS NULL OR list_contains($provinces::VARCHAR[], coalesce(township_code, county_code)[:2])
ORDER BY report
-- name: metric
SELECT metric_code AS code FROM dim_indicator
ORDER BY code
-- name: missing
-- Every province, and the prefectures and counties that have a report.
SELECT d.province_code AS area FROM dim_division AS d
WHERE $provinces IS NULL OR list_contains($provinces::VARCHAR[], d.province_code[:2])
UNION
SELECT unnest([d.city_code, d.county_code]) AS area FROM dim_division AS d
INNER JOIN dim_report AS r ON r.township_code = d.township_code
WHERE $provinces IS NULL OR list_contains($provinces::VARCHAR[], d.province_code[:2])
ORDER BY area
-- name: compare
-- Each county that has a figure, with the headlines that the page shows by itself.
SELECT DISTINCT c.county_code AS units FROM county_year AS c
WHERE
    c.value IS NOT NULL
    AND ($provinces IS NULL OR list_contains($provinces::VARCHAR[], c.county_code[:2]))
ORDER BY units
-- name: lineage
SELECT table_name AS "table", NULL AS "column" FROM duckdb_tables()
WHERE schema_name = 'main'
UNION ALL
SELECT table_name, column_name FROM duckdb_columns()
WHERE schema_name = 'main' AND NOT internal
ORDER BY ALL
