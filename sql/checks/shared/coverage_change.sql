-- Accepted reports, and units that report, by year: in the last release (before) and in the tables (now).
WITH now AS (
    SELECT d.report_year, count(*) AS reports, count(DISTINCT d.township_code) AS units
    FROM dim_report AS d
    WHERE d.status = 'accepted'
    GROUP BY d.report_year
)
SELECT l.report_year, 'reports' AS counted, l.reports AS before, coalesce(n.reports, 0) AS now
FROM last_coverage AS l
LEFT JOIN now AS n ON n.report_year = l.report_year
UNION ALL
SELECT l.report_year, 'units', l.units, coalesce(n.units, 0)
FROM last_coverage AS l
LEFT JOIN now AS n ON n.report_year = l.report_year
