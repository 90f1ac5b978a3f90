SELECT coalesce(d.report_id, '') || ' ' || d.reason_code AS report
FROM dim_report AS d
ANTI JOIN documented_reason AS r ON r.reason_code = d.reason_code
WHERE d.reason_code IS NOT NULL
