-- Which reports were found more than once, and which version counts? Mirrors, earlier and incomplete versions are kept but not used.
-- 哪些报告有多个版本，采用的是哪一个？转载、较早和不完整的版本保留但不采用。
SELECT
    d.county_name AS county,
    d.township_name AS township,
    r.report_year AS year,
    r.version_reason,
    r.source_url AS set_aside,
    c.source_url AS used
FROM dim_report AS r
INNER JOIN dim_report AS c ON c.report_id = r.canonical_report_id
INNER JOIN dim_division AS d ON d.township_code = r.township_code
WHERE r.version_reason IS NOT NULL
ORDER BY d.township_code, r.report_year, r.raw_path
