SELECT n.report_id, count(*) FILTER (WHERE n.disposition = 'unclassified') AS unclassified, count(*) AS numbers
FROM number_mention AS n
SEMI JOIN dim_report AS r ON r.report_id = n.report_id AND r.status = 'accepted'
GROUP BY n.report_id
HAVING
    count(*) FILTER (WHERE n.disposition = 'unclassified') >= getvariable('fewest')
    AND count(*) FILTER (WHERE n.disposition = 'unclassified') > getvariable('share') * count(*)
