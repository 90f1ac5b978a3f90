-- Every year from the first to the last for which any unit has an accepted report. It is a table of its own because the marts
-- in parts see the reports of one province only.
SELECT unnest(generate_series(min(r.report_year), max(r.report_year)))::INTEGER AS report_year
FROM dim_report AS r
WHERE r.status = 'accepted'
ORDER BY report_year
