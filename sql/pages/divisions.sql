-- The register of units, read once for a release.
-- name: units
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
WHERE township_code IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY township_code ORDER BY valid_to DESC NULLS FIRST, valid_from DESC NULLS LAST) = 1
