-- One row for each province and year in which any unit reports: its units at the end of that year (township_succession,
-- as in province_year: without special units, which do not report by their nature), and how many of them have an accepted
-- report. A report of a former unit counts in the province that its ground belongs to today.
WITH reported AS (
    SELECT DISTINCT r.township_code, r.report_year
    FROM dim_report AS r
    WHERE r.status = 'accepted' AND r.is_canonical
),
reported_year AS (
    SELECT DISTINCT r.report_year
    FROM reported AS r
)
SELECT
    any_value(p.division_name) AS province, y.report_year, count(*) AS n_units, count(r.township_code) AS n_reporting
FROM township_succession AS s
INNER JOIN reported_year AS y
    ON y.report_year >= coalesce(s.first_year, y.report_year) AND y.report_year <= coalesce(s.last_year, y.report_year)
INNER JOIN dim_division AS p ON p.level = 'province' AND p.division_code = s.province_code
LEFT JOIN reported AS r ON r.township_code = s.township_code AND r.report_year = y.report_year
WHERE s.unit_class <> 'special'
GROUP BY s.province_code, y.report_year
ORDER BY s.province_code, y.report_year
