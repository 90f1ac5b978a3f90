-- The register of units and areas, read once for a release. A code may have had several names; the last one is shown.
-- name: units
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
WHERE township_code IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY township_code ORDER BY valid_to DESC NULLS FIRST, valid_from DESC NULLS LAST) = 1
-- name: areas
-- A prefecture without counties is a county too.
SELECT
    d.division_code AS code,
    arg_max(d.division_name, coalesce(d.valid_to, DATE '9999-12-31')) AS name,
    any_value(d.level) AS level,
    concat_ws(
        ' ',
        any_value(d.province_name) FILTER (d.level <> 'province'),
        any_value(d.city_name) FILTER (d.level IN ('county', 'township'))
    ) AS where_it_lies
FROM dim_division AS d
WHERE d.township_code IS NULL
GROUP BY d.division_code
