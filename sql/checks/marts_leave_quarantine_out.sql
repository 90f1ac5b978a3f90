SELECT DISTINCT m.report_id
FROM (SELECT unnest(t.report_ids) AS report_id FROM township_metric AS t) AS m
WHERE NOT EXISTS (
    SELECT 1
    FROM dim_report AS d
    WHERE d.report_id = m.report_id AND d.status = 'accepted'
)
