-- A row is a unit, year and target for which several facts can count. A fact that is alone has nothing to be compared with.
SELECT
    c.unit_year,
    c.target
FROM target_candidate AS c
GROUP BY c.unit_year, c.target
HAVING count(*) > 1
