-- One row a unit of any level. The register lists townships only, with the units above them, from which the rows of those
-- are made. 东莞, 中山 and 儋州 have no county level and are a county of their own, with the same code as the prefecture: a
-- code is unique within its level. Counties that a province governs directly share one prefecture code, but not a name.
-- valid_from is the earliest day on which we know a row to hold: the register's cut-off day (30 June 2023), or the day of
-- the change that made the unit. Former units come from the changes, each with the unit that followed it. A change that
-- keeps the code (a rename, or a new code that no register has yet) gives the unit another name, and no row.
-- unit_class goes by the end of the name. The register gives development zones, farms and the like, which are no units of
-- government, the codes from 400 on. It lends some of them the ending of one (太原武宿综合保税区街道, 兵团一三七团乡): with
-- such a code the words before it decide. Real subdistricts have such codes too (管城回族区商都路街道).
WITH past AS (
    SELECT c.old_code, c.old_name, c.county_code, c.known_since, c.changed_on - 1 AS valid_to, c.new_code
    FROM ref_division_changes AS c
    WHERE c.new_code <> c.old_code
),
made AS (
    SELECT c.new_code, min(c.changed_on) AS changed_on
    FROM ref_division_changes AS c
    WHERE c.new_code IS NOT NULL
    GROUP BY c.new_code
),
named AS (
    SELECT c.old_code AS township_code, list_sort(list_distinct(flatten(list([c.old_name, c.new_name])))) AS names
    FROM ref_division_changes AS c
    WHERE c.new_code IS NULL OR c.new_code = c.old_code
    GROUP BY c.old_code
),
unit AS (
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
),
dated AS (
    SELECT
        u.division_code, u.division_name, u.level, u.township_code, u.township_name, u.county_code, u.county_name, u.city_code,
        u.city_name, u.province_code, u.province_name,
        coalesce(m.changed_on, DATE '2023-06-30') AS valid_from,
        NULL::DATE AS valid_to,
        NULL::VARCHAR AS successor_code,
        coalesce(list_filter(n.names, lambda name : name <> u.division_name), []::VARCHAR[]) AS other_names
    FROM unit AS u
    LEFT JOIN made AS m ON u.level = 'township' AND m.new_code = u.township_code
    LEFT JOIN named AS n ON u.level = 'township' AND n.township_code = u.township_code
    UNION ALL
    SELECT
        p.old_code, p.old_name, 'township',
        p.old_code, p.old_name,
        a.county_code, a.county_name,
        a.city_code, a.city_name,
        a.province_code, a.province_name,
        p.known_since, p.valid_to, p.new_code, []::VARCHAR[]
    FROM past AS p
    INNER JOIN unit AS a ON a.level = 'county' AND a.division_code = p.county_code
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
    CASE
        WHEN u.level <> 'township' THEN NULL
        WHEN substr(u.township_code, 7, 1) IN ('4', '5')
            AND regexp_matches(u.township_name, '开发区|保税|园区|工业园|产业园|兵团|水库|直属|特殊|公司|机厂') THEN 'special'
        WHEN regexp_matches(u.township_name, '(街道|街|地区)$') THEN 'subdistrict'
        WHEN regexp_matches(u.township_name, '族.{0,2}(乡|苏木)$') THEN 'ethnic_township'
        WHEN regexp_matches(u.township_name, '(乡|苏木)$') THEN 'township'
        WHEN regexp_matches(u.township_name, '镇$') THEN 'town'
        ELSE 'special'
    END AS unit_class,
    u.valid_from,
    u.valid_to,
    u.successor_code,
    u.other_names
FROM dated AS u
ORDER BY u.level, u.division_code
