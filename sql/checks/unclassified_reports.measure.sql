WITH report AS (
    SELECT n.report_id, count(*) AS numbers, count(*) FILTER (WHERE n.disposition = 'unclassified') AS unclassified
    FROM number_mention AS n
    SEMI JOIN dim_report AS r ON r.report_id = n.report_id AND r.status = 'accepted'
    GROUP BY n.report_id
)
SELECT
    'reports' AS scope,
    count(*) FILTER (
        WHERE c.unclassified >= getvariable('fewest') AND c.unclassified > getvariable('share') * c.numbers
    ) AS value,
    count(*) AS whole
FROM report AS c
HAVING count(*) > 0
