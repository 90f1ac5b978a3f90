SELECT d.report_id
FROM dim_report AS d
WHERE d.status = 'accepted' AND (d.township_code IS NULL OR d.report_year IS NULL)
