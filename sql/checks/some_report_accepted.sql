SELECT 'no accepted report among ' || count(*) || ' files' AS files
FROM dim_report AS d
HAVING count(*) FILTER (WHERE d.status = 'accepted') = 0
