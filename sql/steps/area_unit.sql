-- A row is an area (county, prefecture or province) and a unit of any year on its ground of today.
SELECT
    s.township_code, s.first_year, s.last_year, s.unit_class = 'special' AS is_special, 'county' AS level,
    s.county_code AS area_code
FROM township_succession AS s
UNION ALL
SELECT s.township_code, s.first_year, s.last_year, s.unit_class = 'special', 'city', s.city_code
FROM township_succession AS s
UNION ALL
SELECT s.township_code, s.first_year, s.last_year, s.unit_class = 'special', 'province', s.province_code
FROM township_succession AS s
