-- The map: which counties could be drawn.
-- name: counties
-- Each county of today with the codes that it has had, as boundaries may be older than its present code.
SELECT
    d.division_code AS county_code,
    d.division_name AS county_name,
    list_append(
        coalesce(
            (
                SELECT list(DISTINCT o.county_code_then)
                FROM dim_county_year AS o
                WHERE o.county_code = d.division_code AND NOT o.is_part
            ), []
        ), d.division_code
    ) AS codes
FROM dim_division AS d
WHERE d.level = 'county' AND d.valid_to IS NULL
ORDER BY d.division_code
