-- One row a county of today and a year: the code and the name that its ground had at the end of that year. The changes come
-- from comparing registers (raw/reference/county_changes.csv). A county is followed back from today: a new code or name
-- (recode, rename) and a split lead to the county before it, `new` to nothing, because no register bears out what was there.
-- A county that was merged into this one had a life of its own until then: its code stands in merged_codes.
-- A change lies between two registers. Where a year's end lies between them too, the row has the older state.
WITH RECURSIVE counted AS (
    SELECT unnest(range(2012, 2025))::INTEGER AS year
),
year AS (
    SELECT n.year, make_date(n.year, 12, 31) AS day
    FROM counted AS n
),
state AS (
    SELECT
        d.county_code, d.county_name, d.division_code AS code, d.division_name AS name, TRUE AS is_main, FALSE AS is_part,
        DATE '2023-06-30' AS known_until, NULL::DATE AS changed_on
    FROM dim_division AS d
    WHERE d.level = 'county'
    UNION
    SELECT
        s.county_code, s.county_name, c.old_code, c.old_name, s.is_main AND c.kind <> 'merger',
        s.is_part OR c.kind = 'split', c.known_until, c.changed_on
    FROM state AS s
    INNER JOIN ref_county_changes AS c
        ON c.new_code = s.code AND c.new_name = s.name AND c.changed_on <= coalesce(s.changed_on, c.changed_on)
    WHERE c.kind <> 'new'
),
-- A state holds from the change that made it. Mergers into it make no new state. A code may come back (辛集市 130181).
begun AS (
    SELECT s.code, s.name, s.changed_on AS ended_on, max(c.changed_on) AS begun_on
    FROM state AS s
    INNER JOIN ref_county_changes AS c
        ON c.new_code = s.code AND c.new_name = s.name AND c.changed_on < coalesce(s.changed_on, c.changed_on + 1)
    WHERE c.kind <> 'merger'
    GROUP BY s.code, s.name, s.changed_on
),
held AS (
    SELECT
        s.county_code, y.year, s.code, s.name, s.is_main, s.is_part,
        y.day <= s.known_until AS is_certain
    FROM state AS s
    CROSS JOIN year AS y
    LEFT JOIN begun AS b ON b.code = s.code AND b.name = s.name AND b.ended_on IS NOT DISTINCT FROM s.changed_on
    WHERE y.day < coalesce(s.changed_on, y.day + 1) AND y.day >= coalesce(b.begun_on, y.day)
),
main AS (
    SELECT h.county_code, h.year, h.code, h.name, h.is_part, h.is_certain
    FROM held AS h
    WHERE h.is_main
),
merged AS (
    SELECT h.county_code, h.year, list(DISTINCT h.code ORDER BY h.code) AS codes, bool_and(h.is_certain) AS is_certain
    FROM held AS h
    WHERE NOT h.is_main
    GROUP BY h.county_code, h.year
)
SELECT
    d.county_code,
    d.county_name,
    y.year,
    m.code AS county_code_then,
    m.name AS county_name_then,
    coalesce(m.is_part, FALSE) AS is_part,
    coalesce(o.codes, []::VARCHAR[]) AS merged_codes,
    coalesce(m.is_certain, FALSE) AND coalesce(o.is_certain, TRUE) AS is_certain
FROM dim_division AS d
CROSS JOIN year AS y
LEFT JOIN main AS m ON m.county_code = d.county_code AND m.year = y.year
LEFT JOIN merged AS o ON o.county_code = d.county_code AND o.year = y.year
WHERE d.level = 'county'
ORDER BY d.county_code, y.year
