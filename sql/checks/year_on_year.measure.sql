SELECT 'changes' AS scope, count(*) AS value, NULL AS whole
FROM leap AS l
