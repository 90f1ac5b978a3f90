SELECT
    c.report_year::VARCHAR || ' ' || c.counted AS scope, greatest(c.before - c.now, 0) AS value, c.before AS whole
FROM coverage_change AS c
ORDER BY c.report_year, c.counted
