SELECT 'numbers' AS scope, count(*) FILTER (WHERE n.disposition = 'unclassified') AS value, count(*) AS whole
FROM number_mention AS n
SEMI JOIN dim_report AS r ON r.report_id = n.report_id AND r.status = 'accepted'
HAVING count(*) > 0
