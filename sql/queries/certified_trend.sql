-- How did the certified share develop over the same units? Units that state both numbers in every year of the warehouse, beside all that state both in the year.
-- 同一批单位的持证比例如何变化？同一批指每年都写明两个数的单位，并列当年写明两数的全部单位。
WITH stated AS (
    SELECT
        y.township_code, y.report_year, y.enforcement_staff AS staff, y.enforcement_staff_certified AS certified,
        count(*) OVER (PARTITION BY y.township_code) AS n_years
    FROM township_year AS y
    WHERE y.enforcement_staff_certified <= y.enforcement_staff AND y.enforcement_staff > 0
),
span AS (
    SELECT count(DISTINCT y.report_year) AS n_years
    FROM township_year AS y
)
SELECT
    s.report_year AS year,
    round(100 * sum(s.certified) FILTER (WHERE s.n_years = p.n_years) / sum(s.staff) FILTER (WHERE s.n_years = p.n_years), 1)
        AS percent_of_the_same_units,
    count(*) FILTER (WHERE s.n_years = p.n_years) AS n_same_units,
    round(100 * sum(s.certified) / sum(s.staff), 1) AS percent_of_all,
    count(*) AS n_all
FROM stated AS s
CROSS JOIN span AS p
GROUP BY s.report_year
ORDER BY s.report_year
