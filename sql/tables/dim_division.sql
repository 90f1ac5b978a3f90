-- One row a unit of any level. The register lists townships only, with the units above them; those are folded out of it.
-- 东莞, 中山 and 儋州 have no county level and stand as a county of their own, under the same code as the prefecture:
-- a code is unique within its level. Counties that a province runs itself share one prefecture code, but not a name.
-- The register's cut-off day is 30 June 2023: the earliest day on which we know each row to hold.
WITH unit AS (
    SELECT
        d.township_code AS division_code,
        d.township_name AS division_name,
        'township' AS level,
        d.township_code, d.township_name,
        d.county_code, d.county_name,
        d.city_code, d.city_name,
        d.province_code, d.province_name
    FROM ref_divisions AS d
    UNION ALL
    SELECT DISTINCT
        d.county_code, d.county_name, 'county',
        NULL::VARCHAR, NULL::VARCHAR,
        d.county_code, d.county_name,
        d.city_code, d.city_name,
        d.province_code, d.province_name
    FROM ref_divisions AS d
    WHERE d.county_code IS NOT NULL
    UNION ALL
    SELECT
        d.city_code,
        CASE WHEN count(DISTINCT d.city_name) = 1 THEN min(d.city_name) ELSE '省(自治区)直辖县级行政区划' END,
        'city',
        NULL::VARCHAR, NULL::VARCHAR,
        NULL::VARCHAR, NULL::VARCHAR,
        d.city_code,
        CASE WHEN count(DISTINCT d.city_name) = 1 THEN min(d.city_name) ELSE '省(自治区)直辖县级行政区划' END,
        d.province_code, d.province_name
    FROM ref_divisions AS d
    WHERE d.city_code IS NOT NULL
    GROUP BY d.city_code, d.province_code, d.province_name
    UNION ALL
    SELECT DISTINCT
        d.province_code, d.province_name, 'province',
        NULL::VARCHAR, NULL::VARCHAR,
        NULL::VARCHAR, NULL::VARCHAR,
        NULL::VARCHAR, NULL::VARCHAR,
        d.province_code, d.province_name
    FROM ref_divisions AS d
    WHERE d.province_code IS NOT NULL
)
SELECT
    u.division_code,
    u.division_name,
    u.level,
    u.township_code,
    u.township_name,
    u.county_code,
    u.county_name,
    u.city_code,
    u.city_name,
    u.province_code,
    u.province_name,
    DATE '2023-06-30' AS valid_from,
    NULL::DATE AS valid_to
FROM unit AS u
ORDER BY u.level, u.division_code
