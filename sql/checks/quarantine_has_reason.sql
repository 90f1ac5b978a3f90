SELECT d.report_id
FROM dim_report AS d
WHERE
    d.status NOT IN ('accepted', 'quarantined')
    OR (d.status = 'quarantined') <> (d.status_reason IS NOT NULL)
    OR (d.status = 'quarantined') <> (d.reason_code IS NOT NULL)
    OR (d.reason_code IS NULL) <> (d.reason_text IS NULL)
