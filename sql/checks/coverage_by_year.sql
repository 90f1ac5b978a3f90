SELECT c.report_year, c.counted, c.before, c.now, c.before - c.now AS lost
FROM coverage_change AS c
WHERE c.now < c.before
