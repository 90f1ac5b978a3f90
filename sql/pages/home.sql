-- The home page: what the release holds, what changed since the last one, and how much of each province is there.
-- name: release
SELECT
    release_id,
    built_at,
    n_files,
    n_accepted,
    n_quarantined,
    n_facts,
    n_numbers,
    unclassified_share,
    codebook_version
FROM release
-- name: years
SELECT min(report_year) AS first_year, max(report_year) AS last_year, count(DISTINCT township_code) AS n_units
FROM township_year
-- name: provinces
-- Units that ever reported, of the units of the province that are expected to.
SELECT
    d.province_code,
    any_value(d.province_name) AS province_name,
    count(DISTINCT d.township_code) FILTER (y.township_code IS NOT NULL) AS n_reporting,
    count(DISTINCT d.township_code) FILTER (d.unit_class <> 'special') AS n_units
FROM dim_division AS d
LEFT JOIN (SELECT DISTINCT o.township_code FROM township_year AS o) AS y ON y.township_code = d.township_code
WHERE d.level = 'township' AND d.valid_to IS NULL
GROUP BY d.province_code
ORDER BY d.province_code
-- name: headlines
SELECT metric_code, name_zh, name_en FROM dim_indicator
WHERE is_headline
ORDER BY metric_code
