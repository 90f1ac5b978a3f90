-- What can be found: `search.html` is the page, `answers.html` the list below the search box.
-- name: units
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
    ) AS where_it_lies,
    count(DISTINCT r.report_id) AS n_reports
FROM dim_division AS d
LEFT JOIN dim_report AS r ON r.township_code = d.township_code AND r.status = 'accepted'
GROUP BY d.division_code
ORDER BY d.division_code
-- name: indicators
SELECT metric_code, name_zh, name_en FROM dim_indicator
ORDER BY metric_code
