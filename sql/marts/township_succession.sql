-- One row a township-level unit, of today or of the past: which unit of today its ground belongs to, the county, prefecture
-- and province of that unit, and the report years in which the unit counts. A unit counts in the years at whose end it
-- existed, because that unit reports on the year. So no ground counts twice in the year of a merger.
-- A unit of today with the name of one that ended (火花乡 became 火花镇) was made by the change and counts from then on. A
-- unit with another name existed before and absorbed the others (鹿角镇 went to 荣家湾镇). `followed_by` is the whole line of
-- units that followed, the next one first; its last is the unit of today.
WITH RECURSIVE township AS (
    SELECT
        d.township_code, d.township_name, d.unit_class, d.county_code, d.city_code, d.province_code, d.valid_to, d.successor_code
    FROM dim_division AS d
    WHERE d.level = 'township'
),
step AS (
    SELECT t.township_code, t.township_code AS current_code, t.successor_code, []::VARCHAR[] AS followed_by
    FROM township AS t
    UNION
    SELECT s.township_code, n.township_code, n.successor_code, list_append(s.followed_by, n.township_code)
    FROM step AS s
    INNER JOIN township AS n ON n.township_code = s.successor_code
),
made AS (
    SELECT
        n.township_code,
        bool_or(
            regexp_replace(p.township_name, '(镇|乡|街道|民族乡)$', '')
            = regexp_replace(n.township_name, '(镇|乡|街道|民族乡)$', '')
        ) AS is_new,
        max(year(p.valid_to + 1)) AS first_year
    FROM township AS p
    INNER JOIN township AS n ON n.township_code = p.successor_code
    GROUP BY n.township_code
)
SELECT
    t.township_code,
    s.current_code,
    t.successor_code,
    s.followed_by,
    t.unit_class,
    c.county_code,
    c.city_code,
    c.province_code,
    CASE WHEN m.is_new THEN m.first_year END AS first_year,
    year(t.valid_to + 1) - 1 AS last_year
FROM township AS t
INNER JOIN step AS s ON s.township_code = t.township_code AND s.successor_code IS NULL
INNER JOIN township AS c ON c.township_code = s.current_code
LEFT JOIN made AS m ON m.township_code = t.township_code
ORDER BY t.township_code
