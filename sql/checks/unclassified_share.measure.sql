SELECT 'numbers' AS scope, count(*) FILTER (WHERE n.disposition = 'unclassified') AS value, count(*) AS whole
FROM number_mention AS n
HAVING count(*) > 0
