SELECT
    coalesce(n.unit_raw, '') AS unit_raw, count(*) AS numbers, count(DISTINCT n.report_id) AS reports,
    min(n.report_id || ':' || n.char_start) AS first_of_them
FROM number_mention AS n
SEMI JOIN dim_report AS r ON r.report_id = n.report_id AND r.status = 'accepted'
WHERE n.disposition = 'unclassified'
GROUP BY coalesce(n.unit_raw, '')
